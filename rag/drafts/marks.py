"""Quotation marks and title marks of a draft: what they enclose, and those without a partner.

Marks pair within a line, and over lines where a quotation goes on: drafts are pasted with hard
line breaks. An empty line ends every quotation.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rag.text import SENTENCE_END, Span

TITLE_MARKS = frozenset("《〈")
_PARTNERS = {
    "“": "”",
    "‘": "’",
    "「": "」",
    "『": "』",
    "《": "》",
    "〈": "〉",
    '"': '"',
    "＂": "＂",
}
_OPENERS = {closing: opening for opening, closing in _PARTNERS.items()}
_STRAIGHT = frozenset('"＂')
# An apostrophe stands behind a letter or a digit: it's, the ’90s.
_TOKEN = re.compile(r"[“”‘「」『』《》〈〉\"＂]|(?<![A-Za-z0-9])’|\n[ \t\u3000]*\n|\n")
_SHORT = 40
_LONGEST_OVER_LINES = 2000
_LONGEST_TERM = 12
_CLAUSE_MARK = re.compile(r"[，。；：！？,;:!?]")
_LEADING_SPACE = re.compile(r"[ \t\u3000]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """Something between two marks.

    Attributes:
        opening: The mark it opens with.
        outer: With its marks.
        inner: Without them.
    """

    opening: str
    outer: Span
    inner: Span

    @property
    def is_title(self) -> bool:
        """Whether title marks enclose it."""
        return self.opening in TITLE_MARKS


class MarkFault(StrEnum):
    """What is wrong with a mark."""

    UNCLOSED = "unclosed"
    UNOPENED = "unopened"
    CROSSED = "crossed"
    MISWRITTEN = "miswritten"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkProblem:
    """A mark without a partner, or marks that do not fit.

    Attributes:
        span: The mark; for several that do not fit, from the first to the last.
        correction: What should stand there, where that is clear.
    """

    span: Span
    fault: MarkFault
    correction: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkReading:
    """All marks of a text: what they enclose and what is wrong, each in order of place."""

    marked: tuple[Marked, ...]
    problems: tuple[MarkProblem, ...]


@dataclass(frozen=True, slots=True)
class _Mark:
    index: int
    character: str
    opens: bool

    @property
    def family(self) -> str:
        """Double quotation marks of both styles are one: writers mix them."""
        opening = _OPENERS.get(self.character, self.character)
        return "“" if opening in _STRAIGHT else opening


class _Reader:
    """Goes through the marks of a text from first to last."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.marked = list[Marked]()
        self.problems = list[MarkProblem]()
        self._open = list[_Mark]()
        self._depths = dict[str, int]()
        self._left = dict[int, _Mark]()
        self._crossed = list[tuple[_Mark, _Mark]]()
        self._surplus = 0

    def read(self) -> MarkReading:
        self._begin_line(0)
        for token in _TOKEN.finditer(self.text):
            character = token[0]
            if character[0] == "\n":
                self._end_line(token.end(), is_empty_line=len(character) > 1)
                self._begin_line(token.end())
            elif character in _STRAIGHT:
                self._take_straight(_Mark(token.start(), character, opens=True))
            else:
                self._take(_Mark(token.start(), character, opens=character in _PARTNERS))
        self._give_up(len(self._open))
        self._report_left()
        self._part_swapped()
        return MarkReading(
            marked=tuple(sorted(self.marked, key=lambda one: one.outer)),
            problems=tuple(sorted(self.problems, key=lambda one: one.span)),
        )

    def _begin_line(self, start: int) -> None:
        """Whether straight marks of a line stand for curly ones: “三定" and "三定” are halves."""
        end = self.text.find("\n", start)
        line = self.text[start : end if end >= 0 else len(self.text)]
        self._surplus = line.count("“") - line.count("”") if '"' in line or "＂" in line else 0

    def _take_straight(self, mark: _Mark) -> None:
        last = self._open[-1] if self._open else None
        if self._surplus > 0 and last and last.character == "“" and self._is_near(last, mark):
            self._surplus -= 1
            self._report_miswritten(self._pop(), mark)
        else:
            opens = not self._depths.get(mark.character)
            self._take(_Mark(mark.index, mark.character, opens=opens))

    def _take(self, mark: _Mark) -> None:
        if mark.opens:
            self._open.append(mark)
            self._depths[mark.character] = self._depths.get(mark.character, 0) + 1
        elif self._depths.get(_OPENERS[mark.character]):
            self._close(mark)
        elif not self._cross(mark):
            self._left[mark.index] = mark

    def _close(self, closing: _Mark) -> None:
        """Pair `closing` with the last opener of its style; those opened since are left over."""
        opening = self._pop()
        between = list[_Mark]()
        while _PARTNERS[opening.character] != closing.character:
            between.append(opening)
            opening = self._pop()
        self._left |= {mark.index: mark for mark in between}
        self._crossed = [(mark, closing) for mark in between]
        self._pair(opening.index, closing.index + 1, opening.character)

    def _cross(self, closing: _Mark) -> bool:
        """Whether `closing` belongs to an opener that the mark right before it cut off."""
        for opening, cutting in self._crossed:
            if _PARTNERS[opening.character] == closing.character and (
                cutting.index + 1 == closing.index
            ):
                del self._left[opening.index]
                self._crossed = []
                self._pair(opening.index, closing.index + 1, opening.character)
                self.problems.append(
                    MarkProblem(
                        span=Span(cutting.index, closing.index + 1),
                        fault=MarkFault.CROSSED,
                        correction=closing.character + cutting.character,
                    )
                )
                return True
        return False

    def _part_swapped(self) -> None:
        """“四个意识“，坚定”四个自信”: two quotations, of which the marks between are swapped."""
        outer = dict[int, Marked]()
        kept = list[Marked]()
        for one in sorted(self.marked, key=lambda one: one.outer):
            around = next((each for end, each in outer.items() if end >= one.outer.end), None)
            if around is not None and self._is_swapped(around, one):
                kept.remove(around)
                for start, end in (
                    (around.outer.start, one.inner.start),
                    (one.inner.end, around.outer.end),
                ):
                    kept.append(
                        Marked(opening="“", outer=Span(start, end), inner=Span(start + 1, end - 1))
                    )
                for place, right in ((one.outer.start, "”"), (one.inner.end, "“")):
                    self.problems.append(
                        MarkProblem(
                            span=Span(place, place + 1),
                            fault=MarkFault.MISWRITTEN,
                            correction=right,
                        )
                    )
                outer = {}
            else:
                kept.append(one)
                outer = {one.outer.end: one}
        self.marked = kept

    def _is_swapped(self, around: Marked, inside: Marked) -> bool:
        words = inside.inner.of(self.text)
        return (
            around.opening == inside.opening == "“"
            and bool(_CLAUSE_MARK.match(words))
            and len(words) <= _SHORT
            and len(around.outer) - len(inside.outer) <= _SHORT
        )

    def _pair(self, start: int, end: int, opening: str) -> None:
        self.marked.append(
            Marked(opening=opening, outer=Span(start, end), inner=Span(start + 1, end - 1))
        )

    def _pop(self) -> _Mark:
        mark = self._open.pop()
        self._depths[mark.character] -= 1
        return mark

    def _end_line(self, next_line: int, *, is_empty_line: bool) -> None:
        self._crossed = []
        oldest = self._open[0].index if self._open else next_line
        straight = any(mark.character in _STRAIGHT for mark in self._open)
        if is_empty_line or straight or next_line - oldest > _LONGEST_OVER_LINES:
            self._give_up(len(self._open))
        elif self._open and self._opens_again(next_line):
            self._continue(next_line)
        if not self._open:
            self._report_left()

    def _opens_again(self, next_line: int) -> bool:
        """Whether the next line repeats the mark, as paragraphs of one quotation do."""
        start = _LEADING_SPACE.match(self.text, next_line)
        first = start.end() if start else next_line
        mark = self._open[-1].character
        if len(self._open) > 1 or self.text[first : first + 1] != mark or mark in TITLE_MARKS:
            return False
        closing = self.text.find(_PARTNERS[mark], first, first + _LONGEST_TERM + 2)
        return closing < 0 or bool(_CLAUSE_MARK.search(self.text, first, closing))

    def _continue(self, next_line: int) -> None:
        opening = self._pop()
        end = next_line - 1
        self.marked.append(
            Marked(
                opening=opening.character,
                outer=Span(opening.index, end),
                inner=Span(opening.index + 1, end),
            )
        )

    def _give_up(self, count: int) -> None:
        """The marks opened last have no partner."""
        for _ in range(count):
            mark = self._pop()
            self._left[mark.index] = mark
        if count:
            self._report_left()

    def _report_left(self) -> None:
        """What is left over: two near each other are one of them written wrong, one is alone."""
        families = dict[str, list[_Mark]]()
        for _, mark in sorted(self._left.items()):
            families.setdefault(mark.family, []).append(mark)
        self._left = {}
        for marks in families.values():
            self._report_family(marks)

    def _report_family(self, marks: Sequence[_Mark]) -> None:
        index = 0
        while index < len(marks):
            first = marks[index]
            second = marks[index + 1] if index + 1 < len(marks) else None
            if second is not None and self._is_near(first, second):
                self._report_miswritten(first, second)
                index += 2
                continue
            fault = MarkFault.UNCLOSED if first.opens else MarkFault.UNOPENED
            self.problems.append(MarkProblem(span=_at(first), fault=fault))
            index += 1

    def _is_near(self, first: _Mark, second: _Mark) -> bool:
        between = self.text[first.index + 1 : second.index]
        return 0 < len(between) <= _SHORT and not re.search(rf"[{SENTENCE_END}\n]", between)

    def _report_miswritten(self, first: _Mark, second: _Mark) -> None:
        opening = first.family
        start, end = first.index, second.index + 1
        right = opening + self.text[start + 1 : end - 1] + _PARTNERS[opening]
        self._pair(start, end, opening)
        wrong = [mark for mark in (first, second) if right[mark.index - start] != mark.character]
        if not wrong:  # they pair; other marks between them did not
            return
        span = Span(wrong[0].index, wrong[-1].index + 1)
        self.problems.append(
            MarkProblem(
                span=span,
                fault=MarkFault.MISWRITTEN,
                correction=right[span.start - start : span.end - start],
            )
        )


def _at(mark: _Mark) -> Span:
    return Span(mark.index, mark.index + 1)


def read_marks(text: str) -> MarkReading:
    """What quotation marks and title marks enclose, nested ones too, and which do not fit.

    Curly, corner and straight quotation marks and both title marks count; an apostrophe behind
    a letter or digit does not. A quotation of several paragraphs, each opened again, is found
    paragraph by paragraph. Takes time linear in the length of `text`.
    """
    return _Reader(text).read()
