"""The lexicon of the library: read from the documents once, kept in the data folder.

Texts lie in segments of the quotation index, which never change once written: for each segment
one file holds what its texts set in marks. Documents that go leave their terms behind until
their segment is written anew; whoever names a place looks whether it is still there.
"""

import threading
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, Protocol

from pydantic import TypeAdapter, ValidationError

from rag.documents import Document
from rag.drafts.lexicon import Expansion, Lexicon, Terms, read_terms
from rag.text import fold

_PHRASES: Final = Path(__file__).with_name("expressions.txt")
_VERSION: Final = 2
_TERMS: Final = TypeAdapter(Terms)
_SUFFIX: Final = f".terms{_VERSION}.json"


class SegmentedDocuments(Protocol):
    """What the store needs of the catalog."""

    def segments(self) -> Mapping[int, str]:
        """For each segment what tells it from any other, as part of a file name."""
        ...

    def documents_of(self, segment: int) -> Iterable[Document]:
        """The documents of a segment, in any order."""
        ...


@lru_cache(maxsize=1)
def set_phrases() -> tuple[Mapping[str, str], Terms]:
    """Set phrases by their folded form, and what they stand for, as `expressions.txt` has them."""
    phrases = dict[str, str]()
    expansions = list[tuple[str, tuple[str, ...]]]()
    for line in _PHRASES.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            phrase, _, items = line.partition("|")
            phrases[fold(phrase)] = phrase
            if items:
                expansions.append((fold(phrase), tuple(items.split("；"))))
    terms = Terms(
        expansions=tuple(
            Expansion(term=term, is_quoted=True, items=items, place=None)
            for term, items in expansions
        )
    )
    return phrases, terms


class LexiconStore:
    """Gives the lexicon of the documents that are there now.

    Any thread may call it.

    Args:
        documents: By segment.
        folder: Where it is kept; None keeps it in memory only.
    """

    def __init__(self, documents: SegmentedDocuments, *, folder: Path | None) -> None:
        self._documents = documents
        self._folder = folder
        self._parts = dict[str, Terms]()
        self._lexicon: Lexicon | None = None
        self._lock = threading.Lock()

    def lexicon(self) -> Lexicon:
        """The lexicon; at once while no segment is new.

        Raises:
            StorageError: The catalog cannot be read.
        """
        with self._lock:
            segments = self._documents.segments()
            if self._lexicon is None or self._parts.keys() != set(segments.values()):
                self._parts = {
                    identity: self._parts.get(identity) or self._part(number, identity)
                    for number, identity in segments.items()
                }
                phrases, explained = set_phrases()
                self._lexicon = Lexicon.of([*self._parts.values(), explained], phrases=phrases)
                self._forget_others(segments.values())
            return self._lexicon

    def unread(self) -> list[int]:
        """Segments whose terms are not kept in the folder yet, in order; none without a folder."""
        if self._folder is None:
            return []
        there = {path.name for path in self._folder.glob(f"*{_SUFFIX}")}
        segments = self._documents.segments()
        return sorted(
            number for number, identity in segments.items() if f"{identity}{_SUFFIX}" not in there
        )

    def read(self, segment: int) -> None:
        """Read and keep the terms of a segment, so that `lexicon` need not.

        Raises:
            StorageError: The catalog cannot be read.
        """
        segments = self._documents.segments()
        self._part(segment, segments[segment])
        self._forget_others(segments.values())

    def _part(self, number: int, identity: str) -> Terms:
        path = self._folder / f"{identity}{_SUFFIX}" if self._folder else None
        known = _read(path) if path else None
        if known is None:
            known = read_terms(self._documents.documents_of(number))
            if path:
                _write(path, known)
        return known

    def _forget_others(self, identities: Iterable[str]) -> None:
        """Delete the files of segments that are gone, and of other versions of the program."""
        if self._folder is None or not self._folder.is_dir():
            return
        kept = {f"{identity}{_SUFFIX}" for identity in identities}
        for path in self._folder.glob("*.json"):
            if path.name not in kept:
                path.unlink(missing_ok=True)


def _read(path: Path) -> Terms | None:
    """What was kept, or None where nothing was, or nothing readable."""
    try:
        return _TERMS.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _write(path: Path, terms: Terms) -> None:
    """Kept where the disk lets it; it can always be read from the documents again."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".tmp")
        temporary.write_bytes(_TERMS.dump_json(terms))
        temporary.replace(path)
    except OSError:
        return
