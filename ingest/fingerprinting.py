"""Catalog → quotation fingerprints: what is pending there is worked off here.

A segment is written, then the catalog told which texts are in it: a process killed in between
leaves a file that nobody refers to, and the texts pending.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from ingest.progress import Progress, Stage
from rag.quotations.fingerprints import SEGMENT_CHARACTERS, Segment
from rag.storage import Storage

_TIER: Final = 8
"""So many segments of about one size become one; a segment is so many times that size then."""


def complete_fingerprints(storage: Storage, progress: Progress) -> None:
    """Bring the fingerprints level with the catalog.

    Raises:
        StorageError: The catalog cannot be written.
        IndexingError: A segment cannot be written.
    """
    records, index = storage.catalog.fingerprints, storage.fingerprints
    if records.texts_in_segments().keys() - index.numbers:
        records.keep_only(index.numbers)  # not otherwise: it forgets what was read of all of them
    if pending := records.pending():
        progress.start(Stage.FINGERPRINTING, pending)
        while texts := records.pending_texts(max_characters=SEGMENT_CHARACTERS):
            # A segment must never hold what a power cut can take from the catalog.
            storage.catalog.make_durable()
            records.place(index.add(text.text for text in texts), texts)
            progress.advance(len(texts))
    _tidy(storage)


def _tidy(storage: Storage) -> None:
    """Delete segments that hold nothing any more, and write small or stale ones anew."""
    records, index = storage.catalog.fingerprints, storage.fingerprints
    alive = records.texts_in_segments()
    index.remove(index.numbers - alive.keys())
    for numbers in _worth_rewriting(index.segments, alive):
        texts = records.texts_of(numbers)
        storage.catalog.make_durable()
        records.place(index.add(text.text for text in texts), texts)
        index.remove(numbers)


def _worth_rewriting(segments: Sequence[Segment], alive: dict[int, int]) -> list[list[int]]:
    """Numbers of segments of which one should be made: at most one that is full."""
    stale = list[list[int]]()
    tiers = defaultdict[int, list[int]](list)
    for segment in segments:
        if 2 * alive[segment.number] < len(segment.starts) - 1:
            stale.append([segment.number])
        else:
            tier, size = 0, int(segment.starts[-1])
            while size * _TIER ** (tier + 1) < SEGMENT_CHARACTERS:
                tier += 1
            tiers[tier].append(segment.number)
    full = [numbers for tier, numbers in tiers.items() if tier and len(numbers) >= _TIER]
    return stale + full
