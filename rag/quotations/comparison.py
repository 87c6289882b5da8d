"""Text as quotations are compared, with the way back to what stands in the document.

Two texts are the same words when their comparable forms are equal: see `rag.text.comparable`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from rag.text import Span, comparable, comparable_character

Codes = NDArray[numpy.uint32]

_UNKNOWN = 255


class _Lengths:
    """How many characters the comparable form of a code point has, looked up by the thousand."""

    def __init__(self) -> None:
        self._table = numpy.full(0x110000, _UNKNOWN, numpy.uint8)

    def of(self, codes: Codes) -> NDArray[numpy.uint8]:
        """The lengths, in order."""
        lengths = self._table[codes]
        if (lengths == _UNKNOWN).any():
            for code in numpy.unique(codes[lengths == _UNKNOWN]):
                self._table[code] = len(comparable_character(chr(code)))
            lengths = self._table[codes]
        return lengths


_LENGTHS = _Lengths()


def code_points(text: str) -> Codes:
    """The code points of `text`, in order: shape (len(text),)."""
    return numpy.frombuffer(text.encode("utf-32-le", "surrogatepass"), numpy.uint32)


@dataclass(frozen=True, slots=True)
class ComparableText:
    """A text and its comparable form.

    Attributes:
        original: As it stands.
        text: `comparable(original)`.
        offsets: For each character of `text` the index in `original` it came from: shape
            (len(text),), never decreasing.
    """

    original: str
    text: str
    offsets: NDArray[numpy.int64]

    @classmethod
    def of(cls, original: str) -> "ComparableText":
        """The comparable form of `original`, made in time linear in its length."""
        lengths = _LENGTHS.of(code_points(original))
        offsets = numpy.repeat(numpy.arange(len(original)), lengths)
        return cls(original, comparable(original), offsets)

    def span_of(self, start: int, end: int) -> Span:
        """The span of `original` that `text[start:end]` came from; it is not empty.

        White space at its ends is outside, white space within it inside.

        Raises:
            ValueError: `text[start:end]` is empty.
        """
        if not 0 <= start < end <= len(self.text):
            message = f"no characters at [{start}, {end}) of {len(self.text)}"
            raise ValueError(message)
        return Span(int(self.offsets[start]), int(self.offsets[end - 1]) + 1)

    def cuts(self, bounds: Sequence[int], within: Span) -> list[int]:
        """Where to cut `original` so that it falls into the pieces that `bounds` cut `text` into.

        Args:
            bounds: Indexes into `text`, never decreasing.
            within: Cuts before its start or behind its end become its start or end.
        """
        places = [
            within.end if bound >= len(self.text) else int(self.offsets[bound]) for bound in bounds
        ]
        return [min(max(place, within.start), within.end) for place in places]
