"""Catalog → quotation fingerprints and lexicon: what is pending there is worked off here.

A segment is written, then the catalog told which texts are in it: a process killed in between
leaves a file that nobody refers to, and the texts pending.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from ingest.progress import Progress, Stage
from rag.quotations.fingerprints import SEGMENT_CHARACTERS, Segment
from rag.storage import LEXICON_NAME, Storage

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


def complete_lexicon(storage: Storage, progress: Progress) -> None:
    """Read what drafts are held against from the texts of segments that are new.

    Else the first check of a draft would have to: a quarter of a minute in a large library.
    Where all numbers of segments are known this returns at once, for every program that opens
    the folder calls it; numbers given anew after a rebuild are told apart by the first check.

    Raises:
        StorageError: The catalog cannot be read.
    """
    folder = storage.folder / LEXICON_NAME
    known = {path.name.partition("-")[0] for path in folder.glob("*.json")}
    if all(f"{number:08}" in known for number in storage.fingerprints.numbers):
        return
    from rag.drafts.library import open_lexicons  # deferred: it takes a third of a second

    lexicons = open_lexicons(storage.catalog, storage.fingerprints, folder=folder)
    alive = storage.catalog.fingerprints.texts_in_segments()
    if unread := lexicons.unread():
        progress.start(Stage.LEXICON, sum(alive.get(number, 0) for number in unread))
        for number in unread:
            lexicons.read(number)
            progress.advance(alive.get(number, 0))


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
