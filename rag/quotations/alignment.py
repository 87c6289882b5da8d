"""What a quotation and its source have in common, character by character."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import Final, Literal

from rapidfuzz.distance import Indel, Levenshtein

_TOKEN: Final = re.compile(r"\d+(?:\.\d+)?|[A-Za-z]+|.", re.DOTALL)
_CLAUSE: Final = re.compile(r"[^，。；：、！？,;:!?]+|.", re.DOTALL)
# From here on what is covered in another order shows that clauses changed places.
_MOVED: Final = 0.15
_MOST_SLACK: Final = 8
_LONGEST_SEED: Final = 4
# A source may be so many times as long as what is left of it in a quotation with words left out.
_STRETCH: Final = 2.5

Operation = Literal["equal", "replace", "insert", "delete"]
Piece = tuple[Operation, int, int]
# RapidFuzz says what turns the quotation into its source; we say what the quotation did to it.
_OPERATIONS: Final[dict[str, Operation]] = {
    "equal": "equal",
    "replace": "replace",
    "insert": "delete",
    "delete": "insert",
}


@dataclass(frozen=True, slots=True)
class Alignment:
    """A quotation laid against the stretch of a text that is most like it.

    Attributes:
        start: In the text that was given; so for `end`.
        similarity: Twice the longest common subsequence, in parts of both lengths together.
        covered: Share of the quotation that stands there in runs of several characters, in
            whatever order.
        cells: For each character of the quotation whether it stands in such a run.
        pieces: Operation, end in the quotation, end in the stretch; see `DiffPiece`.
    """

    start: int
    end: int
    similarity: float
    covered: float
    cells: bytes
    pieces: tuple[Piece, ...]


def align(quoted: str, text: str) -> Alignment | None:
    """The stretch of `text` that is most like `quoted`, or None where they share no run.

    Runs of `quoted` in `text` are the seeds; where they lie closest together is the stretch,
    so that clauses that changed places are found as well as words that were left out.
    """
    size = max(2, min(_LONGEST_SEED, len(quoted) // 3))
    seeds = _closest_together(_seeds(quoted, text, size), round(len(quoted) * _STRETCH) + size)
    if not seeds:
        return None
    offsets = [offset for _, offset in seeds]
    start, end = _bounds(quoted, text, seeds, size)
    cells = bytearray(len(quoted))
    for offset in offsets:
        cells[offset : offset + size] = b"\1" * size
    covered = sum(cells) / len(quoted)
    pieces, skipped, left = _pieces(quoted, text[start:end], _TOKEN)
    similarity = Indel.normalized_similarity(quoted, text[start + skipped : end - left])
    if covered > similarity + _MOVED:
        pieces, skipped, left = _pieces(quoted, text[start:end], _CLAUSE)
    start, end = start + skipped, end - left
    return Alignment(
        start=start,
        end=end,
        similarity=similarity,
        covered=covered,
        cells=bytes(cells),
        pieces=pieces,
    )


def _seeds(quoted: str, text: str, size: int) -> list[tuple[int, int]]:
    """Where in `text` and where in `quoted` they share `size` characters, in order of `text`."""
    offsets = defaultdict[str, list[int]](list)
    for offset in range(len(quoted) - size + 1):
        offsets[quoted[offset : offset + size]].append(offset)
    return [
        (place, offset)
        for place in range(len(text) - size + 1)
        for offset in offsets.get(text[place : place + size], ())
    ]


def _closest_together(seeds: list[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """The seeds of the stretch of at most `length` that holds most different ones."""
    best, best_rank = range(0), (0, 0)
    counts = defaultdict[int, int](int)
    first = 0
    for index, (place, offset) in enumerate(seeds):
        counts[offset] += 1
        while place - seeds[first][0] >= length:
            _forget(counts, seeds[first][1])
            first += 1
        # Of two stretches with the same runs the shorter is the quotation's.
        while counts[seeds[first][1]] > 1:
            _forget(counts, seeds[first][1])
            first += 1
        rank = (len(counts), seeds[first][0] - place)
        if rank > best_rank:
            best, best_rank = range(first, index + 1), rank
    return seeds[best.start : best.stop]


def _forget(counts: dict[int, int], offset: int) -> None:
    counts[offset] -= 1
    if not counts[offset]:
        del counts[offset]


def _bounds(quoted: str, text: str, seeds: Sequence[tuple[int, int]], size: int) -> tuple[int, int]:
    """The stretch of the seeds, and at both ends as much as the quotation may have there."""
    start, before = seeds[0]
    while before and start and text[start - 1] == quoted[before - 1]:
        start, before = start - 1, before - 1
    end, after = seeds[-1][0] + size, seeds[-1][1] + size
    while after < len(quoted) and end < len(text) and text[end] == quoted[after]:
        end, after = end + 1, after + 1
    offsets = [offset for _, offset in seeds]
    lead = min(before, *offsets)
    tail = len(quoted) - max(after, *(offset + size for offset in offsets))
    return max(0, start - lead - _slack(lead)), min(len(text), end + tail + _slack(tail))


def _slack(unmatched: int) -> int:
    """How much longer than in the quotation what is not matched at an end may be in the source."""
    return min(unmatched + 2, _MOST_SLACK) if unmatched else 0


def _pieces(quoted: str, source: str, token: re.Pattern[str]) -> tuple[tuple[Piece, ...], int, int]:
    """The comparison, and how much of `source` at its start and end has nothing to do with it.

    Numbers and Latin words are compared as wholes: 47 and 37 differ, not only their 4 and 3.
    Where clauses changed places, clauses are.
    """
    ours, theirs = token.findall(quoted), token.findall(source)
    our_ends = [0, *accumulate(map(len, ours))]
    their_ends = [0, *accumulate(map(len, theirs))]
    steps: list[Piece] = [
        (_OPERATIONS[step.tag], our_ends[step.src_end], their_ends[step.dest_end])
        for step in Levenshtein.opcodes(ours, theirs)
    ]
    skipped = _cut_start(steps)
    left = len(source) - _cut_end(steps)
    moved: list[Piece] = [(operation, our_end, end - skipped) for operation, our_end, end in steps]
    return tuple(_merged(moved)), skipped, left


def _merged(steps: Sequence[Piece]) -> Iterator[Piece]:
    """Neighbours that differ as one: what the quotation has there against what the source has."""
    our_start = their_start = 0
    for is_equal, group in groupby(steps, key=lambda step: step[0] == "equal"):
        *_, (operation, our_end, their_end) = group
        if not is_equal and our_end > our_start and their_end > their_start:
            operation = "replace"
        yield operation, our_end, their_end
        our_start, their_start = our_end, their_end


def _cut_start(steps: list[Piece]) -> int:
    """Take out what only the source has at the start, and return how long it is.

    Whether that stands before or behind what was replaced there, nobody can tell: before it.
    """
    if steps[0][0] == "delete":
        return steps.pop(0)[2]
    if len(steps) > 1 and (steps[0][0], steps[1][0]) == ("replace", "delete"):
        (_, our_end, replaced), (_, _, end) = steps[:2]
        steps[:2] = [("replace", our_end, end)]
        return end - replaced
    return 0


def _cut_end(steps: list[Piece]) -> int:
    """As `_cut_start` at the end; returns where the source ends then."""
    if steps[-1][0] == "delete":
        steps.pop()
    elif len(steps) > 1 and (steps[-2][0], steps[-1][0]) == ("delete", "replace"):
        start = steps[-3][2] if len(steps) > 2 else 0
        (_, _, begin), (_, our_end, end) = steps[-2:]
        steps[-2:] = [("replace", our_end, start + end - begin)]
    return steps[-1][2]
