"""Fingerprints of a quotation → the places in a segment that may hold it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy
from numpy.typing import NDArray

from rag.quotations.fingerprints import GRAM, Numbers, Segment

# Of a long quotation so many 4-grams are looked up, spread over it, when it is not verbatim.
_GRAMS_LOOKED_UP: Final = 256
_NARROWEST_REGION: Final = 32
_MOST_CELLS: Final = 2**32 // _GRAMS_LOOKED_UP
_SHARE_OF_BEST: Final = 0.3

Places = NDArray[numpy.int64]
_Number = TypeVar("_Number", numpy.uint32, numpy.uint64)


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of a text that shares 4-grams with a quotation.

    Attributes:
        segment: Number of the segment; `ordinal` is the text in it.
        start: In the folded text; may be negative, as `end` may lie behind its end.
        shared: How many 4-grams of those looked up its middle half holds.
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
        length: Of the quotation, in characters; regions are four times as long, or four
            times _NARROWEST_REGION.
        limit: At most so many regions.
        budget: So many places are looked at, at most.

    Returns:
        Regions that overlap at their ends at most, those that share most first.
    """
    step = -(-len(hashes) // _GRAMS_LOOKED_UP)
    begins, ends = segment.buckets(_runs(numpy.sort(hashes[::step]))[0])
    grams, places = _rarest(segment, begins.astype(numpy.int64), ends.astype(numpy.int64), budget)
    if not len(places):
        return []
    width = max(length, _NARROWEST_REGION)
    # Cell and 4-gram in one number, of four bytes where they fit: half the time to sort.
    fits = int(segment.starts[-1]) // width < _MOST_CELLS
    cells = (places // numpy.uint32(width)).astype(numpy.uint32 if fits else numpy.uint64)
    pairs, _ = _runs(numpy.sort(cells * cells.dtype.type(_GRAMS_LOOKED_UP) + grams))
    cells, counts = _runs(pairs // cells.dtype.type(_GRAMS_LOOKED_UP))
    regions = [
        region
        for cell, shared in _best(cells.astype(numpy.int64), counts, limit=limit)
        for region in _regions_at(segment, grams, places, cell=cell, width=width, shared=shared)
    ]
    return sorted(regions, key=lambda region: -region.shared)[:limit]


def _runs(ordered: NDArray[_Number]) -> tuple[NDArray[_Number], Places]:
    """Each of some rising numbers once, and how often it stands there.

    As `numpy.unique` with counts, which hashes and takes ten times as long.
    """
    starts = numpy.flatnonzero(numpy.append(True, ordered[1:] != ordered[:-1])[: len(ordered)])
    return ordered[starts], numpy.diff(numpy.append(starts, len(ordered)))


def _rarest(segment: Segment, begins: Places, ends: Places, budget: int) -> tuple[Numbers, Numbers]:
    """Which 4-gram and which place: all places of the rarest 4-grams, within the budget."""
    sizes = ends - begins
    order = numpy.argsort(sizes, kind="stable")
    order = order[sizes[order] > 0]
    order = order[: max(1, int(numpy.searchsorted(numpy.cumsum(sizes[order]), budget)))]
    sizes = numpy.minimum(sizes[order], budget)
    ends_of_runs = numpy.cumsum(sizes)
    total = int(ends_of_runs[-1]) if len(order) else 0
    shifts = numpy.repeat(begins[order] - (ends_of_runs - sizes), sizes)
    grams = numpy.repeat(numpy.arange(len(order), dtype=numpy.uint32), sizes)
    return grams, segment.places[numpy.arange(total) + shifts]


def _best(cells: Places, counts: Places, *, limit: int) -> list[tuple[int, int]]:
    """Cells that share most together with the one behind them, and how much; the best first,
    none beside another.
    """
    follows = numpy.zeros(len(cells), numpy.int64)
    follows[:-1] = numpy.where(cells[1:] == cells[:-1] + 1, counts[1:], 0)
    shared = counts + follows
    # Each that is chosen keeps three others away.
    most = min(len(shared), 4 * limit)
    least = numpy.partition(shared, len(shared) - most)[len(shared) - most]
    likely = numpy.flatnonzero(shared >= least)
    chosen = list[tuple[int, int]]()
    taken = set[int]()
    for index in likely[numpy.argsort(-shared[likely], kind="stable")]:
        if len(chosen) == limit:
            break
        cell = int(cells[index])
        if taken.isdisjoint((cell - 1, cell, cell + 1)):
            taken |= {cell, cell + 1}
            chosen.append((cell, int(shared[index])))
    return chosen


def _regions_at(
    segment: Segment, grams: Numbers, places: Numbers, *, cell: int, width: int, shared: int
) -> Iterator[Region]:
    """A cell and the one behind it with one more on both sides, for each text they lie in."""
    start, end = cell * width, (cell + 2) * width
    bounds = [start, min(end - 1, int(segment.starts[-1]))]
    first, last = segment.ordinals(numpy.array(bounds, numpy.uint32)).tolist()
    counts = {first: shared}
    if first != last:
        inside = (places >= start) & (places < end)
        ordinals = segment.ordinals(places[inside])
        counts = {
            ordinal: len(set(grams[inside][ordinals == ordinal].tolist()))
            for ordinal in set(ordinals.tolist())
        }
    for ordinal, count in counts.items():
        before = width + int(segment.starts[ordinal])
        yield Region(segment.number, ordinal, start - before, end + 2 * width - before, count)


def best_regions(regions: Sequence[Region], *, limit: int) -> list[Region]:
    """Those that share most, of several segments, but none that shares far less than the best."""
    order = sorted(
        regions, key=lambda region: (-region.shared, region.segment, region.ordinal, region.start)
    )
    least = _SHARE_OF_BEST * order[0].shared if order else 0
    return [region for region in order[:limit] if region.shared >= least]
