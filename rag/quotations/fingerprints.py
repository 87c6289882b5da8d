"""Where in the library any four characters stand: what look-up and verification start from.

A text is fingerprinted by all of its 4-grams, over its folded form (`rag.text.fold`), so that
a quotation of four characters is found as surely as one of two thousand, wherever passages,
paragraphs and lines end. Fingerprints lie in segments, files that never change once written:
about eight million characters of text, and for each bucket of 4-grams the places where one of
them begins. Documents that go leave their places behind: whoever asks takes them for what the
catalog says, and a segment that is mostly gone is written anew.

Winnowing (Schleimer, Wilkerson & Aiken, SIGMOD 2003) would keep a part of the fingerprints,
and could then promise nothing about short quotations; with a window of one it keeps them all.
A place takes four bytes and the table of buckets up to four more for four characters of text,
against some twelve bytes of UTF-8.
"""

import os
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy
from numpy.typing import NDArray

from rag.errors import IndexingError
from rag.quotations.comparison import code_points
from rag.text import fold

GRAM: Final = 4
SEGMENT_CHARACTERS: Final = 8_000_000
"""A segment is closed before it holds more, unless a single text does."""

_MAGIC: Final = 0x57435146  # "WCQF"
_VERSION: Final = 1
_HEADER: Final = 8  # numbers of four bytes
_PLACES_PER_BUCKET: Final = 4
_FEWEST_BITS: Final = 12
_MULTIPLIERS: Final = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F)
_SUFFIX: Final = ".fingerprints"

Numbers = NDArray[numpy.uint32]


def gram_hashes(folded: str) -> Numbers:
    """A hash of 32 bits for each 4-gram, in order: shape (max(0, len(folded) - 3),)."""
    codes = code_points(folded)
    if len(codes) < GRAM:
        return numpy.empty(0, numpy.uint32)
    count = len(codes) - GRAM + 1
    hashes = numpy.zeros(count, numpy.uint32)
    for offset, multiplier in enumerate(_MULTIPLIERS):
        hashes += codes[offset : offset + count] * numpy.uint32(multiplier)
        hashes ^= hashes >> numpy.uint32(15)
        hashes *= numpy.uint32(0x2C1B3C6D)
    hashes ^= hashes >> numpy.uint32(13)
    return hashes


@dataclass(frozen=True, slots=True)
class Segment:
    """Fingerprints of some texts, read where they lie in a file.

    Attributes:
        number: Names the file.
        starts: Where in the joined texts each begins, then the length of all: shape
            (texts + 1,). Between two texts stands a character that no text has.
        table: Where in `places` each bucket begins, then the end: shape (2 ** bits + 1,).
        places: Where in the joined texts a 4-gram of a bucket begins, rising within a bucket.
    """

    number: int
    bits: int
    starts: Numbers
    table: Numbers
    places: Numbers

    def buckets(self, hashes: Numbers) -> tuple[Numbers, Numbers]:
        """For each hash where its bucket begins and ends in `places`."""
        numbers = hashes >> numpy.uint32(32 - self.bits)
        return self.table[numbers], self.table[numbers + numpy.uint32(1)]

    def ordinals(self, places: Numbers) -> NDArray[numpy.int64]:
        """Which text each place lies in, counted from 0."""
        return numpy.searchsorted(self.starts, places, side="right") - 1


def _joined(texts: Iterable[str]) -> tuple[str, list[int]]:
    folded = list[str]()
    starts = [0]
    for text in texts:
        folded.append(fold(text))
        starts.append(starts[-1] + len(folded[-1]) + 1)
    return "\0".join(folded), starts


def make_segment(number: int, texts: Iterable[str]) -> Segment:
    """Fingerprint `texts`, in order.

    Raises:
        ValueError: They are longer than four bytes can count.
    """
    joined, starts = _joined(texts)
    if starts[-1] >= 2**32:
        message = f"texts of {starts[-1]} characters do not fit into one segment"
        raise ValueError(message)
    hashes = gram_hashes(joined)
    bits = max(_FEWEST_BITS, (len(hashes) // _PLACES_PER_BUCKET).bit_length() - 1)
    # Bucket and place in one number: sorting those is the fastest way to sort places by bucket.
    keys = (hashes >> numpy.uint32(32 - bits)).astype(numpy.uint64)
    counts = numpy.bincount(keys.astype(numpy.int64), minlength=2**bits)
    keys <<= numpy.uint64(32)
    keys |= numpy.arange(len(hashes), dtype=numpy.uint64)
    keys.sort()
    table = numpy.zeros(2**bits + 1, numpy.uint32)
    numpy.cumsum(counts, out=table[1:])
    return Segment(
        number, bits, numpy.array(starts, numpy.uint32), table, keys.astype(numpy.uint32)
    )


class FingerprintIndex:
    """Segments in a folder of their own. Derived from the catalog, may be rebuilt at any time.

    Any thread may search while one writes. Which document is which text of a segment, the
    catalog knows.

    Raises:
        IndexingError: The folder cannot be read. A damaged segment is none: it is deleted, and
            its number is missing from `numbers`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._changing = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for left in folder.glob("*.tmp"):  # of a process that was killed
                left.unlink()
            paths = sorted(folder.glob(f"*{_SUFFIX}"))
            found = {path: _read(path) for path in paths}
            for path, segment in found.items():
                if segment is None:
                    path.unlink()
        except OSError as error:
            raise self._failure(error) from error
        self._segments = {
            segment.number: segment for segment in found.values() if segment is not None
        }

    @property
    def segments(self) -> Sequence[Segment]:
        """All of them, by number."""
        return [segment for _, segment in sorted(self._segments.items())]

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers of all segments."""
        return frozenset(self._segments)

    def add(self, texts: Iterable[str]) -> int:
        """Write a segment and return its number; durable on return.

        Raises:
            IndexingError: The disk refused.
        """
        with self._changing:
            number = max(self._segments, default=0) + 1
            path = self._path(number)
            try:
                _write(path, make_segment(number, texts))
                segment = _read(path)
            except OSError as error:
                raise self._failure(error) from error
            assert segment is not None
            self._segments = {**self._segments, number: segment}
            return number

    def remove(self, numbers: Iterable[int]) -> None:
        """Delete segments; numbers without one are ignored.

        Raises:
            IndexingError: The disk refused.
        """
        with self._changing:
            gone = self._segments.keys() & set(numbers)
            self._segments = {
                number: segment for number, segment in self._segments.items() if number not in gone
            }
            try:
                for number in gone:  # whoever searches at this moment keeps what is mapped
                    self._path(number).unlink(missing_ok=True)
            except OSError as error:
                raise self._failure(error) from error

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:08}{_SUFFIX}"

    def _failure(self, error: OSError) -> IndexingError:
        return IndexingError(
            f"引文索引 {self._folder} 无法读写（{error.strerror}）：请检查磁盘空间和访问权限"
        )


def _write(path: Path, segment: Segment) -> None:
    """All of it or nothing: a process killed on the way leaves a .tmp behind."""
    temporary = path.with_suffix(".tmp")
    header = numpy.zeros(_HEADER, numpy.uint32)
    header[:6] = (
        _MAGIC,
        _VERSION,
        segment.number,
        segment.bits,
        len(segment.starts),
        len(segment.places),
    )
    with temporary.open("wb") as file:
        for part in (header, segment.starts, segment.table, segment.places):
            part.astype("<u4", copy=False).tofile(file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _read(path: Path) -> Segment | None:
    """The segment, mapped into memory; None where the file is none, or is cut off."""
    size = path.stat().st_size
    if size < _HEADER * 4 or size % 4:
        return None
    numbers = numpy.memmap(path, "<u4", mode="r")
    magic, version, number, bits, starts, places = (int(value) for value in numbers[:6])
    if (magic, version, f"{number:08}{_SUFFIX}") != (_MAGIC, _VERSION, path.name):
        return None
    if not _FEWEST_BITS <= bits <= 32 or len(numbers) != _HEADER + starts + 2**bits + 1 + places:
        return None
    table = _HEADER + starts
    return Segment(
        number,
        bits,
        numpy.asarray(numbers[_HEADER:table]),
        numpy.asarray(numbers[table : table + 2**bits + 1]),
        numpy.asarray(numbers[table + 2**bits + 1 :]),
    )
