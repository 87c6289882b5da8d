"""Marks in texts: where words of the gold answer stand, and where two answers differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rag.text import Span, fold, normalise


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; `marked` is what is to be seen at a glance."""

    text: str
    marked: bool = False


def mark_words(text: str, words: Iterable[str]) -> tuple[Piece, ...]:
    """`text` in pieces, marked where one of the words stands, compared as `fold` does.

    The pieces joined are `text`; none is empty. Words without a character that counts mark
    nothing; where marks overlap or touch, they are one.
    """
    normalised = normalise(text)
    spans = list[Span]()
    for word in {fold(word) for word in words} - {""}:
        start = normalised.text.find(word)
        while start >= 0:
            spans.append(normalised.original(Span(start, start + len(word))))
            start = normalised.text.find(word, start + 1)
    return _cut(text, spans)


def mark_difference(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts in pieces; marked is what the other has not."""
    # Short matches between long texts are chance, and would leave nothing to read.
    blocks = [
        block
        for block in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
        if block.size > 1
    ]
    return (
        _cut(before, _gaps([(block.a, block.a + block.size) for block in blocks], len(before))),
        _cut(after, _gaps([(block.b, block.b + block.size) for block in blocks], len(after))),
    )


def _gaps(taken: Sequence[tuple[int, int]], length: int) -> list[Span]:
    starts = [0, *(end for _, end in taken)]
    ends = [*(start for start, _ in taken), length]
    return [Span(start, end) for start, end in zip(starts, ends, strict=True) if start < end]


def _cut(text: str, spans: Iterable[Span]) -> tuple[Piece, ...]:
    pieces = list[Piece]()
    position = 0
    for span in _merged(spans):
        pieces += [Piece(text[position : span.start]), Piece(span.of(text), marked=True)]
        position = span.end
    pieces.append(Piece(text[position:]))
    return tuple(piece for piece in pieces if piece.text)


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged = list[Span]()
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(span.end, merged[-1].end))
        else:
            merged.append(span)
    return merged
