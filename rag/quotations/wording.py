"""What somebody typed as a quotation → the words that are looked for.

Marks around it, an ellipsis in it and a full stop behind it are no words of the quotation.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.quotations.comparison import ComparableText
from rag.text import Span

SHORTEST: Final = 4
LONGEST: Final = 2000

_OPENING: Final = frozenset("“「『〝„｢‘‚")
_CLOSING: Final = frozenset("”」』〞‟｣’‛")
_ELLIPSIS: Final = r"[(\[]?(?:\.{3,}|⋯+|。{3,})[)\]]?"
_BETWEEN: Final = re.compile(_ELLIPSIS)
_AT_START: Final = re.compile(rf"(?:{_ELLIPSIS})+")
_AT_END: Final = re.compile(rf"(?:{_ELLIPSIS})+$")
_WORD_CHARACTER: Final = re.compile(r"[^\W_]")
_SHORTEST_PART: Final = 2
_SHORTEST_TERM: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """A quotation to look for; what is looked for is comparable text.

    Attributes:
        typed: What was typed.
        span: Where in `typed.text` the core stands.
        before: Marks in front of the core as typed, empty without.
        after: A full stop and marks behind the core as typed, in their order.
    """

    typed: ComparableText
    span: Span
    before: str
    after: str

    @property
    def core(self) -> str:
        """What was typed, comparable, without marks around it, ellipses at its ends and a full
        stop behind it, unless too little is left.
        """
        return self.span.of(self.typed.text)

    @property
    def parts(self) -> tuple[str, ...]:
        """What stands between ellipses in the core; the core alone where there is none, or where
        a part is too short to be sure of.
        """
        parts = tuple(_BETWEEN.split(self.core))
        if any(len(_WORD_CHARACTER.findall(part)) < _SHORTEST_PART for part in parts):
            return (self.core,)
        return parts

    def cuts(self, bounds: Sequence[int]) -> list[int]:
        """Where to cut what was typed so that it falls into the pieces that `bounds` cut the
        core into: the start, then the end of each piece.
        """
        within = self.typed.span_of(self.span.start, self.span.end)
        places = self.typed.cuts([self.span.start + bound for bound in bounds[:-1]], within)
        return [within.start, *places, within.end]


def read_quotation(text: str) -> Quotation:
    """What was typed.

    Raises:
        ValueError: It has fewer than SHORTEST or more than LONGEST characters, white space not
            counted, or no letter or digit; the message, Chinese, is for the user.
    """
    typed = ComparableText.of(text)
    whole = typed.text
    if not whole:
        raise ValueError("引文是空的：请输入要核对的原话")
    if not _WORD_CHARACTER.search(whole):
        raise ValueError("引文里没有文字：请输入要核对的原话，不能只有标点或符号")
    if len(whole) < SHORTEST:
        message = f"引文只有 {len(whole)} 个字：至少要 {SHORTEST} 个字才能核对"
        raise ValueError(message)
    _check_length(whole)
    return _read(typed, shortest=SHORTEST)


def read_term(text: str) -> Quotation:
    """Words to look up: as `read_quotation`, but two characters are enough.

    Raises:
        ValueError: It has fewer than two letters or digits, or more than LONGEST characters;
            the message, Chinese, is for the user.
    """
    typed = ComparableText.of(text)
    if len(_WORD_CHARACTER.findall(typed.text)) < _SHORTEST_TERM:
        raise ValueError("没有可以查找的文字：请输入要查的原话，至少两个字")
    _check_length(typed.text)
    return _read(typed, shortest=_SHORTEST_TERM)


def _check_length(whole: str) -> None:
    if len(whole) > LONGEST:
        message = f"引文有 {len(whole):,} 个字：一次最多 {LONGEST:,} 个字，整篇稿件请用“核稿”"
        raise ValueError(message)


def _read(typed: ComparableText, *, shortest: int) -> Quotation:
    """Peel off what is not the quotation's own, as long as enough is left."""
    quotation = Quotation(typed=typed, span=Span(0, len(typed.text)), before="", after="")
    while (peeled := _peeled(quotation)) is not None and len(peeled.span) >= shortest:
        quotation = peeled
    return quotation


def _peeled(quotation: Quotation) -> Quotation | None:
    """The quotation with one thing less around its core; None where nothing is around it."""
    core, span = quotation.core, quotation.span
    if (found := _AT_START.match(core)) and found.end() < len(core):
        return replace(
            quotation,
            span=Span(span.start + found.end(), span.end),
            before=quotation.before + found.group(),
        )
    if (found := _AT_END.search(core)) and found.start():
        return replace(
            quotation,
            span=Span(span.start, span.start + found.start()),
            after=found.group() + quotation.after,
        )
    if core.endswith("。"):
        return replace(quotation, span=Span(span.start, span.end - 1), after=f"。{quotation.after}")
    if _has_marks_around(quotation):
        return replace(
            quotation,
            span=Span(span.start + 1, span.end - 1),
            before=f'{quotation.before}"',
            after=f'"{quotation.after}',
        )
    return None


def _has_marks_around(quotation: Quotation) -> bool:
    """Whether the core opens with a mark that the one at its end closes: not in “甲”和“乙”."""
    core, span, typed = quotation.core, quotation.span, quotation.typed
    if len(core) < 2 or core[0] != '"' or core[-1] != '"':
        return False
    first, *inner, last = [
        typed.original[typed.offsets[span.start + index]]
        for index, character in enumerate(core)
        if character == '"'
    ]
    depth = 0
    for mark in inner:
        if mark not in {first, last}:  # another style: not of the pair
            continue
        if mark not in _OPENING | _CLOSING:  # "甲"和"乙": nobody can tell
            return False
        depth += (mark in _OPENING) - (mark in _CLOSING)
        if depth < 0:
            return False
    return depth == 0
