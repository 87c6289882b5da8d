"""Fingerprints of a quotation → the places in a segment that may hold it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy
from numpy.typing import NDArray

from rag.quotations.fingerprints import GRAM, Numbers, Segment

# Of a long quotation so many 4-grams are looked up, spread over it, when it is not verbatim.
_GRAMS_LOOKED_UP: Final = 256
_NARROWEST_REGION: Final = 32
_TEXT: Final = 1 << 32
_SHARE_OF_BEST: Final = 0.3

Places = NDArray[numpy.int64]
_Number = TypeVar("_Number", numpy.int64, numpy.uint32)


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of a text that shares 4-grams with a quotation.

    Attributes:
        segment: Number of the segment; `ordinal` is the text in it.
        start: In the folded text; may be negative, as `end` may lie behind its end.
        shared: How many different 4-grams of those looked up it holds.
    """

    segment: int
    ordinal: int
    start: int
    end: int
    shared: int


def verbatim_places(segment: Segment, hashes: Numbers) -> tuple[Places, Places]:
    """Where a folded text stands in a segment: ordinals of texts and offsets in them, in order.

    Fingerprints that cover it from end to end stand where they should. What differs is seldom
    among them: whoever asks compares the texts. A text of four characters has a single
    fingerprint, and a few places that differ for each segment.

    Args:
        segment: Where to look.
        hashes: Of the text, as `gram_hashes` gives them; at least one.
    """
    last = len(hashes) - 1
    offsets = numpy.append(numpy.arange(0, last, GRAM), last)
    begins, ends = segment.buckets(hashes[offsets])
    rarest, *others = numpy.argsort(ends - begins, kind="stable").tolist()
    places = segment.places[begins[rarest] : ends[rarest]].astype(numpy.int64) - offsets[rarest]
    places = places[places >= 0]
    for index in others:
        bucket = segment.places[begins[index] : ends[index]]
        if not len(places) or not len(bucket):
            places = places[:0]
            break
        wanted = places + offsets[index]
        nearest = numpy.searchsorted(bucket, wanted.astype(numpy.uint32))
        nearest[nearest == len(bucket)] = 0
        places = places[bucket[nearest] == wanted]
    ordinals = segment.ordinals(places.astype(numpy.uint32))
    return ordinals, places - segment.starts[ordinals].astype(numpy.int64)


def near_regions(
    segment: Segment, hashes: Numbers, *, length: int, limit: int, budget: int
) -> list[Region]:
    """Stretches of a segment's texts that share most 4-grams with a quotation.

    The rarest 4-grams are looked up first, so that boilerplate does not hide what is special.

    Args:
        segment: Where to look.
        hashes: All of the quotation's.
        length: Of the quotation, in characters; regions are three times as long, or three
            times _NARROWEST_REGION.
        limit: At most so many regions.
        budget: So many places are looked at, at most.

    Returns:
        Regions that overlap at their ends at most, those that share most first.
    """
    step = -(-len(hashes) // _GRAMS_LOOKED_UP)
    begins, ends = segment.buckets(_runs(hashes[::step])[0])
    grams, places = _rarest(segment, begins.astype(numpy.int64), ends.astype(numpy.int64), budget)
    if not len(places):
        return []
    width = max(length, _NARROWEST_REGION)
    ordinals = segment.ordinals(places)
    within = places.astype(numpy.int64) - segment.starts[ordinals].astype(numpy.int64)
    cells = ordinals * _TEXT + within // width
    pairs, _ = _runs(cells * _GRAMS_LOOKED_UP + grams)
    cells, counts = _runs(pairs // _GRAMS_LOOKED_UP)
    return _best(segment.number, cells, counts, width=width, limit=limit)


def _runs(numbers: NDArray[_Number]) -> tuple[NDArray[_Number], Places]:
    """Each number once, rising, and how often it stands there.

    As `numpy.unique` with counts, which hashes and takes ten times as long.
    """
    ordered = numpy.sort(numbers)
    starts = numpy.flatnonzero(numpy.append(True, ordered[1:] != ordered[:-1])[: len(ordered)])
    return ordered[starts], numpy.diff(numpy.append(starts, len(ordered)))


def _rarest(segment: Segment, begins: Places, ends: Places, budget: int) -> tuple[Places, Numbers]:
    """Which 4-gram and which place: all places of the rarest 4-grams, within the budget."""
    sizes = ends - begins
    order = numpy.argsort(sizes, kind="stable")
    order = order[sizes[order] > 0]
    order = order[: max(1, int(numpy.searchsorted(numpy.cumsum(sizes[order]), budget)))]
    sizes = numpy.minimum(sizes[order], budget)
    ends_of_runs = numpy.cumsum(sizes)
    total = int(ends_of_runs[-1]) if len(order) else 0
    shifts = numpy.repeat(begins[order] - (ends_of_runs - sizes), sizes)
    grams = numpy.repeat(numpy.arange(len(order)), sizes)
    return grams, segment.places[numpy.arange(total) + shifts]


def _best(segment: int, cells: Places, counts: Places, *, width: int, limit: int) -> list[Region]:
    """Each region is two neighbouring cells and as much again as one on both sides."""
    follows = numpy.zeros(len(cells), numpy.int64)
    follows[:-1] = numpy.where(cells[1:] == cells[:-1] + 1, counts[1:], 0)
    shared = counts + follows
    regions = list[Region]()
    taken = set[int]()
    for index in numpy.argsort(-shared, kind="stable"):
        if len(regions) == limit:
            break
        cell = int(cells[index])
        if not taken.isdisjoint((cell - 1, cell, cell + 1)):
            continue
        taken |= {cell, cell + 1}
        ordinal, number = divmod(cell, _TEXT)
        region = Region(
            segment,
            ordinal,
            number * width - width // 2,
            (number + 2) * width + width // 2,
            int(shared[index]),
        )
        regions.append(region)
    return regions


def best_regions(regions: Sequence[Region], *, limit: int) -> list[Region]:
    """Those that share most, of several segments, but none that shares far less than the best."""
    order = sorted(
        regions, key=lambda region: (-region.shared, region.segment, region.ordinal, region.start)
    )
    least = _SHARE_OF_BEST * order[0].shared if order else 0
    return [region for region in order[:limit] if region.shared >= least]
