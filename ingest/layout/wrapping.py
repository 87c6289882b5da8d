"""Joining lines that a column, a page or a sentence-blind converter broke.

Whether a file is wrapped at all is read from its breaks: text set in columns breaks anywhere,
so a good part of the breaks falls inside a word. Lists, verses and headings never break there.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import mode

import rjieba

from ingest.layout.lines import (
    CHINESE,
    Ending,
    Line,
    ending,
    is_byline,
    is_dateline,
    is_punctuated,
    stands_alone,
    starts_with_marker,
    width,
)
from ingest.layout.numbering import numbering
from ingest.stages import Role

_NARROWEST, _WIDEST = 18, 130  # columns of a wrapped line; below that verses, above paragraphs
_SLACK = 6  # columns by which full lines may differ: punctuation may not begin one
_LAST_LINE_SLACK = 2  # the same, for a line with which a sentence ends
_SAMPLE = 160
_SPLIT_SHARE = 0.12  # of the breaks inside words; about 0.35 in columns, below 0.03 elsewhere

_HEAD = re.compile(f"[{CHINESE}]{{1,8}}")
_TAIL = re.compile(f"[{CHINESE}]{{1,8}}$")
# None of these ends a heading or a paragraph.
_OPEN_WORD = re.compile(
    "(?:的|和|与|及|或|在|对|把|将|从|向|由|让|使|被|于|以及|关于|根据|按照|为了|通过|围绕|包括|确保|各项|是|要)$"
)
_NEVER_FIRST = frozenset("，。、；：！？）】》〉”’」』…,;!?)")
_NUMBER_OR_DATE = re.compile(r"[\d.年月]$")
_GOES_ON = re.compile("[的了和与及等]")
_SUBSCRIPT = re.compile(r"[\d.]{1,4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """What is known of a file's lines as a whole.

    Attributes:
        is_wrapped: Its paragraphs run over several lines.
        usual_gap: Empty lines between any two lines; only more of them mean something.
        has_indents: Paragraphs begin indented, the lines in them don't.
        has_gaps: Paragraphs are set apart by empty lines.
    """

    is_wrapped: bool
    usual_gap: int
    has_indents: bool
    has_gaps: bool


def join_lines(lines: Sequence[Line]) -> list[Line]:
    """Paragraphs, in order: each line either begins one or goes on with the one before.

    Long lines stay as they are unless the sentence plainly goes on in the next. Joining twice
    changes nothing more.
    """
    paragraphs = _joined_once(lines)
    while True:
        # What a reader of the canonical text sees: no gaps, no indents.
        plain = [replace(line, gap=0, indent=0, parts=1) for line in paragraphs]
        again = _joined_once(plain)
        if len(again) == len(paragraphs):
            return paragraphs
        paragraphs = again


def _joined_once(lines: Sequence[Line]) -> list[Line]:
    layout = _layout(lines)
    shortfalls = _shortfalls(lines, layout.usual_gap) if layout.is_wrapped else {}
    paragraphs = list[Line]()
    for index, line in enumerate(lines):
        if index and _continues(
            paragraphs[-1],
            lines[index - 1],
            line,
            layout=layout,
            shortfall=shortfalls.get(index - 1, _WIDEST),
            runs_on=line.parts > 1 or shortfalls.get(index, _WIDEST) <= _SLACK,
        ):
            paragraphs[-1] = _merged(paragraphs[-1], line)
        else:
            paragraphs.append(line)
    return paragraphs


def _merged(paragraph: Line, line: Line) -> Line:
    first, last = line.text[0], paragraph.text[-1]
    blank = " " if last.isascii() and last.isalpha() and first.isascii() and first.isalpha() else ""
    start = len(paragraph.text) + len(blank)
    known = paragraph.pages[-1][1] if paragraph.pages else None
    pages = (
        tuple((start + offset, page) for offset, page in line.pages if page != known)
        if line.pages
        else ()
    )
    return Line(
        text=paragraph.text + blank + line.text,
        role=paragraph.role,
        gap=paragraph.gap,
        indent=paragraph.indent,
        pages=paragraph.pages + pages,
        parts=paragraph.parts + line.parts,
    )


def _layout(lines: Sequence[Line]) -> _Layout:
    running = [line for line in lines[1:] if line.is_running]
    gaps = sorted(line.gap for line in running)
    usual_gap = gaps[len(gaps) // 10] if gaps else 0
    indented = sum(line.indent >= 2 for line in running)
    wrapped = _is_wrapped(lines, usual_gap)
    return _Layout(
        is_wrapped=wrapped,
        usual_gap=usual_gap,
        has_indents=wrapped and 2 <= indented <= 0.6 * len(running),
        has_gaps=20 * sum(gap > usual_gap for gap in gaps) >= len(gaps),
    )


def _is_wrapped(lines: Sequence[Line], usual_gap: int) -> bool:
    """Whether most lines break off in mid-sentence, at one width, and often inside a word."""
    close = [
        (before, line)
        for before, line in pairwise(lines)
        if before.is_running and line.is_running and line.gap <= usual_gap
    ]
    breaks = [(before.text, line.text) for before, line in close if _is_break(before, line)]
    if len(breaks) < 2 or len(breaks) < 0.35 * len(close):
        return False
    widths = [width(before) for before, _ in breaks]
    alike = sum(abs(one - other) <= _SLACK for one, other in pairwise(widths))
    if alike < 0.6 * (len(widths) - 1):
        return False
    sample = breaks[:: max(1, len(breaks) // _SAMPLE)]
    splits = sum(splits_word(before, line) for before, line in sample)
    return splits >= (max(2, _SPLIT_SHARE * len(sample)) if len(sample) > 6 else 1)


def _is_break(before: Line, line: Line) -> bool:
    return (
        len(before.text) <= _WIDEST
        and _NARROWEST <= width(before.text) <= _WIDEST
        and ending(before.text) is Ending.WORD
        and not starts_with_marker(line.text)
    )


def splits_word(before: str, after: str) -> bool:
    """Whether a Chinese word begins at the end of one line and ends in the next."""
    tail, head = _TAIL.search(before), _HEAD.match(after)
    if tail is None or head is None:
        return False
    boundary = len(tail.group())
    end = 0
    for word in rjieba.cut(tail.group() + head.group(), hmm=False):
        start, end = end, end + len(word)
        if end >= boundary:
            # 回顾过去 is in the dictionary, but 工作回顾 | 过去一年 splits nothing.
            is_compound = boundary - start > 1 and end - boundary > 1
            return end > boundary and not is_compound
    return False


def _shortfalls(lines: Sequence[Line], usual_gap: int) -> dict[int, int]:
    """Index of each line that may fill its column → by how many columns it misses the edge.

    How wide the column is, the neighbours in the same run of lines tell, those before or
    those after: its width may change where a line stands.
    """
    widths = [
        min(line.indent, 8) + width(line.text) if len(line.text) <= _WIDEST else 0 for line in lines
    ]
    usual = mode(wide for wide in widths if wide >= _NARROWEST)
    shortfalls = dict[int, int]()
    for start, end in _runs(lines, usual_gap):
        if _may_be_headings(lines[start:end]):
            # Headings are as wide as they are: only one that fills the usual column is wrapped.
            widest = max(widths[start:end])
            if abs(widest - usual) <= _LAST_LINE_SLACK:
                full = [i for i in range(start, end) if widest - widths[i] <= _LAST_LINE_SLACK]
                shortfalls |= dict.fromkeys(full, 0)
            continue
        for index in range(start, end):
            if widths[index] >= _NARROWEST:
                measures = _measures(widths, index, start, end)
                shortfalls[index] = min(abs(widths[index] - measure) for measure in measures)
    return shortfalls


def _may_be_headings(run: Sequence[Line]) -> bool:
    text = "".join(line.text for line in run)
    return len(run) <= 4 and len(text) < 45 and not any(mark in text for mark in "。；！？")


def _runs(lines: Sequence[Line], usual_gap: int) -> Iterable[tuple[int, int]]:
    start = 0
    for index in range(1, len(lines) + 1):
        if index == len(lines) or lines[index].gap > usual_gap:
            yield start, index
            start = index


def _measures(widths: Sequence[int], index: int, start: int, end: int) -> list[int]:
    before = _repeated(widths[max(start, index - 4) : index + 1])
    after = _repeated(widths[index : min(end, index + 5)])
    known = [found for found in (before, after) if found]
    return known or [max(widths[max(start, index - 4) : min(end, index + 5)])]


def _repeated(widths: Sequence[int]) -> int:
    """The greatest width that two of them have, give or take one character; else 0."""
    ordered = sorted(widths, reverse=True)
    return next((wide for wide, next_one in pairwise(ordered) if wide - next_one <= 2), 0)


def _continues(
    paragraph: Line, before: Line, line: Line, *, layout: _Layout, shortfall: int, runs_on: bool
) -> bool:
    """Whether `line` goes on with `paragraph`, whose last line is `before`."""
    if not (paragraph.is_running and line.is_running):
        return False
    if line.text[0] in _NEVER_FIRST:
        return True
    if stands_alone(line.text) or _ends_byline(paragraph.text, line.text):
        return False
    if layout.is_wrapped and line.gap <= layout.usual_gap:
        return _fills_column(paragraph, before, line, layout=layout, shortfall=shortfall)
    if (line.gap or _turns_page(before, line)) and line.role is Role.LINE:
        return _crosses_break(paragraph, line, runs_on=runs_on)
    return _plainly_goes_on(paragraph.text, line.text)


def _ends_byline(paragraph: str, line: str) -> bool:
    """Whether a line that names reporters ends here: the text below is not theirs to begin."""
    return is_byline(paragraph) and not is_byline(f"{paragraph} {line}")


def _turns_page(before: Line, line: Line) -> bool:
    return bool(before.pages and line.pages) and before.pages[-1][1] != line.pages[0][1]


def _fills_column(
    paragraph: Line, before: Line, line: Line, *, layout: _Layout, shortfall: int
) -> bool:
    """Whether a line of wrapped text goes on in the next; `shortfall` as in `_shortfalls`."""
    if layout.has_indents and line.indent >= 2:
        return False
    # Where empty lines set paragraphs apart, they do so with headings.
    may_be_heading = (
        not layout.has_gaps
        and paragraph.parts == 1
        and not is_punctuated(before.text)
        and not is_dateline(before.text)
    )
    is_full = shortfall <= (_LAST_LINE_SLACK if may_be_heading else _SLACK)
    end = ending(before.text)
    if end in (Ending.DONE, Ending.LIST):
        # Where nothing else sets paragraphs apart, a shorter last line must.
        has_marks = layout.has_gaps or layout.has_indents
        is_full = is_full if has_marks else shortfall <= _LAST_LINE_SLACK
        return is_full and not starts_with_marker(line.text)
    if end is Ending.OPEN or is_full or _is_unfinished(paragraph):
        return True
    if _NUMBER_OR_DATE.search(before.text) and line.text[0].isdigit():
        return True
    return end is Ending.WORD and (
        _OPEN_WORD.search(before.text) is not None or splits_word(before.text, line.text)
    )


def _crosses_break(paragraph: Line, line: Line, *, runs_on: bool) -> bool:
    """Whether a sentence goes on over an empty line or on the next page."""
    end = ending(paragraph.text)
    if end not in (Ending.OPEN, Ending.WORD) or starts_with_marker(line.text):
        return False
    if not (runs_on or is_punctuated(line.text)):
        return False
    return (
        end is Ending.OPEN
        or _is_unfinished(paragraph)
        or _plainly_goes_on(paragraph.text, line.text)
    )


def _is_unfinished(paragraph: Line) -> bool:
    """Whether a paragraph that ends without punctuation is too much prose for a heading."""
    text = paragraph.text
    if "。" in text or "！" in text or "？" in text:
        return True
    is_long = len(text) >= 45 or paragraph.parts >= 3
    return is_long and not starts_with_marker(text) and ("，" in text or "," in text)


def _closes_in(before: str, line: str) -> bool:
    """Whether a quotation, title or bracket that the one opens ends in the other."""
    for opening, closing in ("“”", "《》", "（）", "()"):
        start, end = line.find(opening), line.find(closing)
        is_closed_here = end >= 0 and (start < 0 or end < start)
        if is_closed_here and before.rfind(opening) > before.rfind(closing):
            return True
    return False


def _plainly_goes_on(before: str, line: str) -> bool:
    """Whether the words alone show that the sentence goes on, whatever the layout."""
    end = ending(before)
    if end not in (Ending.OPEN, Ending.WORD) or starts_with_marker(line):
        return False
    if end is Ending.OPEN:
        return len(before) >= 20
    if numbering(before) is not None and not is_punctuated(before[4:]):
        return False
    if _SUBSCRIPT.fullmatch(line):
        return before[-1].isascii() and before[-1].isalpha() and len(before) >= 10
    if len(before) >= 20 and _closes_in(before, line):
        return True
    if is_punctuated(before) and (
        (len(before) >= 45 and _GOES_ON.match(line))
        or (len(before) >= 20 and _OPEN_WORD.search(before))
    ):
        return True
    return len(before) >= 10 and is_punctuated(line) and splits_word(before, line)
