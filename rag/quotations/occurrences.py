"""Places where the fingerprints say that words stand, however many there are, in order."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy
from numpy.typing import NDArray

from rag.catalog_fingerprints import UNDATED, SegmentDocuments

Numbers = NDArray[numpy.int64]
_EMPTY: Final = numpy.empty(0, numpy.int64)
# So many become objects at once: mostly the first few are asked for.
_AT_ONCE: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """A place where the fingerprints say that the words stand.

    Attributes:
        day: The first day that the document's date may mean, as YYYYMMDD; UNDATED without one.
        start: In the document's comparable text.
        is_briefing: In our own words, which are nobody's to quote.
    """

    document_id: str
    day: int
    start: int
    is_briefing: bool

    @property
    def order(self) -> tuple[bool, int, str, int]:
        """The earliest first, those without a date last, and briefings after all others."""
        return self.is_briefing, self.day, self.document_id, self.start


class Occurrences:
    """All places where words stand, in the order of `Occurrence.order`.

    Of words that stand ten thousand times only those become objects that are asked for.

    Attributes:
        total: How many there are.
    """

    def __init__(
        self,
        pieces: Sequence[SegmentDocuments],
        numbers: Numbers,
        ordinals: Numbers,
        starts: Numbers,
    ) -> None:
        self._pieces = pieces
        self._numbers = numbers
        self._ordinals = ordinals
        self._starts = starts
        self.total = len(starts)

    @cached_property
    def documents(self) -> int:
        """In how many documents they are."""
        found = set[str]()
        for number, piece in enumerate(self._pieces):
            are_in = numpy.zeros(len(piece.document_ids), numpy.bool_)
            are_in[self._ordinals[self._numbers == number]] = True
            found.update(piece.document_ids[ordinal] for ordinal in numpy.flatnonzero(are_in))
        return len(found)

    @classmethod
    def of(
        cls,
        places: Sequence[tuple[SegmentDocuments, Numbers, Numbers]],
        *,
        allowed: Collection[str] | None = None,
    ) -> "Occurrences":
        """From documents of segments, with ordinals and starts of places, which rise.

        Texts that are gone are left out, and those that are not `allowed`. Of documents of one
        day the one that was taken in first comes first.
        """
        columns = [_EMPTY] * 4
        for number, (documents, ordinals, starts) in enumerate(places):
            there = _there(documents, ordinals, allowed)
            ordinals, starts = ordinals[there], starts[there]
            ranks = documents.days[ordinals] + UNDATED * documents.are_briefings[ordinals]
            rows = (numpy.full(len(starts), number), ordinals, starts, ranks)
            columns = [numpy.append(old, new) for old, new in zip(columns, rows, strict=True)]
        numbers, ordinals, starts, ranks = columns
        order = numpy.argsort(ranks, kind="stable")
        pieces = [documents for documents, _, _ in places]
        return cls(pieces, numbers[order], ordinals[order], starts[order])

    @classmethod
    def listed(cls, occurrences: Iterable[Occurrence]) -> "Occurrences":
        """From occurrences in any order."""
        ordered = sorted(occurrences, key=lambda one: one.order)
        documents = SegmentDocuments(
            document_ids=tuple(one.document_id for one in ordered),
            days=numpy.array([one.day for one in ordered], numpy.int64),
            are_briefings=numpy.array([one.is_briefing for one in ordered], numpy.bool_),
        )
        count = len(ordered)
        starts = numpy.array([one.start for one in ordered], numpy.int64)
        return cls([documents], numpy.zeros(count, numpy.int64), numpy.arange(count), starts)

    def without_briefings(self) -> "Occurrences":
        """Those in other documents than briefings."""
        kept = numpy.zeros(self.total, numpy.bool_)
        for number, piece in enumerate(self._pieces):
            here = self._numbers == number
            kept[here] = ~piece.are_briefings[self._ordinals[here]]
        return Occurrences(
            self._pieces, self._numbers[kept], self._ordinals[kept], self._starts[kept]
        )

    def __iter__(self) -> Iterator[Occurrence]:
        for first in range(0, self.total, _AT_ONCE):
            part = slice(first, first + _AT_ONCE)
            for number, ordinal, start in zip(
                self._numbers[part].tolist(),
                self._ordinals[part].tolist(),
                self._starts[part].tolist(),
                strict=True,
            ):
                documents = self._pieces[number]
                yield Occurrence(
                    document_id=documents.document_ids[ordinal],
                    day=int(documents.days[ordinal]),
                    start=start,
                    is_briefing=bool(documents.are_briefings[ordinal]),
                )


def _there(
    documents: SegmentDocuments, ordinals: Numbers, allowed: Collection[str] | None
) -> NDArray[numpy.bool_]:
    """Which of the texts are still there, and allowed."""
    are_there = documents.are_there
    if allowed is not None:
        are_there = numpy.array([one in allowed for one in documents.document_ids], numpy.bool_)
        are_there &= documents.are_there
    known = numpy.minimum(ordinals, len(are_there))
    return numpy.append(are_there, False)[known]
