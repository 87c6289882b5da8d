"""Disguises that leave a quotation exact: the same words, written or printed another way."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from evals.quotations.cutting import Made, clause_ends, statements, stretches, substring
from evals.quotations.draws import draw, shuffled
from evals.quotations.oracle import converted, same_words
from rag.documents import Document
from rag.text import Span

Disguise = Callable[[str, str], str]
"""Text, key of its draws → the text in disguise; unchanged where nothing can be disguised."""

_TO_HALF: Final = {ord(full): ord(full) - 0xFEE0 for full in "，；：？！（）％"}
_TO_FULL: Final = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_MARKS: Final = ("「」", '""', "『』", "＂＂", "‘’")
_BREAKS: Final = ("\n　　", "\n\n", "\n    ", "\r\n\t", " \u00a0", "　")
_PLAIN_PER_DOCUMENT, _LONG_PER_DOCUMENT = 6, 3
_PAIRS: Final = ("“”", "《》", "（）")
_ENDS_OF_PIECES: Final = "，、；。！？："


def wrapped(text: str, key: str) -> str:
    """Line breaks after every so many characters, as a newspaper column has them."""
    width = 12 + draw(20, "wrapped", key)
    lines = [text[at : at + width] for at in range(0, len(text), width)]
    return ("\r\n" if draw(4, "break", key) == 0 else "\n").join(lines)


def broken(text: str, key: str) -> str:
    """One to three breaks of columns or runs of spaces between any two characters."""
    for number in range(1 + draw(3, "broken", key)):
        place = 1 + draw(max(len(text) - 1, 1), "place", number, key)
        text = text[:place] + _BREAKS[draw(len(_BREAKS), "gap", number, key)] + text[place:]
    return text


def widened(text: str, key: str) -> str:
    """Digits and letters in full width, or punctuation in half width, or both."""
    way = draw(3, "widened", key)
    halved = text.translate(_TO_HALF) if way != 1 else text
    if way == 0:
        return halved
    return "".join(
        chr(_TO_FULL[ord(changed)]) if changed == old and ord(changed) in _TO_FULL else changed
        for old, changed in zip(text, halved, strict=True)
    )


def remarked(text: str, key: str) -> str:
    """Quotation marks in another style."""
    opening, closing = _MARKS[draw(len(_MARKS), "remarked", key)]
    return text.replace("“", opening).replace("”", closing)


def traditional(text: str, key: str) -> str:
    """Traditional characters, one by one; key is not drawn on."""
    del key
    return "".join(converted(character, "s2t") for character in text)


def mixed(text: str, key: str) -> str:
    """Three of the others, one after the other."""
    order = (traditional, remarked, widened, wrapped, broken)
    for number in sorted(shuffled(range(len(order)), "mixed", key)[:3]):
        text = order[number](text, key)
    return text


def disguising(disguise: Disguise, name: str) -> Callable[[Document], Iterator[Made]]:
    """A maker of quotations in that disguise; those it leaves as they are, are left out."""

    def make(document: Document) -> Iterator[Made]:
        for span in stretches(document, name):
            original = span.of(document.text)
            text = disguise(original, original)
            if text != original and same_words(text, original):
                yield Made(text=text, source=span)

    return make


def make_plain(document: Document) -> Iterator[Made]:
    """Any 4 to 200 characters in a row."""
    yield from _substrings(document, shortest=4, longest=200, times=_PLAIN_PER_DOCUMENT)


def make_long(document: Document) -> Iterator[Made]:
    """200 to 2,000 characters in a row, over the border of a paragraph."""
    made = _substrings(document, shortest=200, longest=2000, times=_LONG_PER_DOCUMENT)
    yield from (one for one in made if "\n" in one.text)


def _substrings(document: Document, *, shortest: int, longest: int, times: int) -> Iterator[Made]:
    for number in range(times):
        key = ("substring", shortest, document.metadata.title, number)
        span = substring(document, *key, shortest=shortest, longest=longest)
        if span is not None and len(re.findall(r"\w", span.of(document.text))) >= shortest * 0.75:
            yield Made(text=span.of(document.text), source=span)


def make_stopped(document: Document) -> Iterator[Made]:
    """A full stop added where the document goes on, or left out where it has one."""
    for number, span in enumerate(statements(document)):
        text = span.of(document.text)
        ends = [end for end in clause_ends(text) if end >= len(text) / 3]
        if number % 2 and len(ends) > 1:
            end = ends[draw(len(ends) - 1, "stopped", text)]
            yield Made(text=f"{text[:end]}。", source=Span(span.start, span.start + end))
        elif text.endswith("。"):
            yield Made(text=text[:-1], source=Span(span.start, span.end - 1))


def make_elliptical(document: Document) -> Iterator[Made]:
    """One or two gaps in the words, marked by …… as the writer must."""
    for span in stretches(document, "elliptical"):
        text = span.of(document.text)
        kept = cut_at_clauses(text)
        if kept:
            yield Made(text="……".join(kept), source=span)


def cut_at_clauses(text: str) -> list[str]:
    """The beginning of a text, its end, and where it is long its middle, clauses between them
    left out; each at least 6 characters long.

    Empty where there is too little to leave out, or a piece would part a pair of marks.
    """
    pieces = re.findall(rf"[^{_ENDS_OF_PIECES}]+[{_ENDS_OF_PIECES}]?[”」』）]*", text)
    if len(pieces) < 3 or "".join(pieces) != text:
        return []
    kept = [pieces[0], pieces[len(pieces) // 2], pieces[-1]] if len(pieces) > 4 else []
    kept = kept or [pieces[0], pieces[-1]]
    whole = all(len(piece.strip(_ENDS_OF_PIECES)) >= 6 and _is_paired(piece) for piece in kept)
    return kept if whole and "\n" not in text else []


def _is_paired(text: str) -> bool:
    return all(text.count(opening) == text.count(closing) for opening, closing in _PAIRS)
