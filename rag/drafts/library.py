"""The real library behind the check of a draft: quotation index, word index and catalog."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from rag.catalog import Catalog
from rag.documents import Document, RetrievedPassage
from rag.drafts.lexicon import Lexicon
from rag.drafts.lexicon_store import LexiconStore
from rag.protocols import WordIndex
from rag.quotations.fingerprints import FingerprintIndex, Segment
from rag.quotations.quotation import Verification
from rag.quotations.verification import Verifier
from rag.retrieval import passages_of
from rag.text import Span

_BATCH: Final = 200


class IndexedLibrary:
    """Implements `rag.drafts.protocols.DraftLibrary` over an open data folder.

    Any thread may call it. Every method may raise StorageError and IndexingError.

    Args:
        verifier: For quotations.
        catalog: For documents.
        words: For figures and names: the words alone find them, vectors only blur numbers.
        lexicons: For the lexicon.
    """

    def __init__(
        self,
        *,
        verifier: Verifier,
        catalog: Catalog,
        words: WordIndex,
        lexicons: LexiconStore,
    ) -> None:
        self._verifier = verifier
        self._catalog = catalog
        self._words = words
        self._lexicons = lexicons

    def verify(self, text: str, *, speaker: str | None = None, limit: int = 5) -> Verification:
        """As `Verifier.verify`."""
        return self._verifier.verify(text, speaker=speaker, limit=limit)

    def places(self, text: str, *, limit: int) -> Sequence[tuple[Document, Span]]:
        """As `Verifier.places`."""
        return self._verifier.places(text, limit=limit)

    def search(self, query: str, *, limit: int) -> Sequence[RetrievedPassage]:
        """Passages that share words with `query`, best first."""
        return passages_of(self._catalog, self._words.search_words(query, limit=limit))

    def lexicon(self) -> Lexicon:
        """What the texts set in marks; slow once, after documents have come in."""
        return self._lexicons.lexicon()

    def documents_by_id(self, document_ids: Iterable[str]) -> Mapping[str, Document]:
        """Documents; unknown ids are left out."""
        return self._catalog.documents_by_id(document_ids)


def open_lexicons(
    catalog: Catalog, fingerprints: FingerprintIndex, *, folder: Path | None
) -> LexiconStore:
    """The lexicon of the documents of a catalog.

    Args:
        catalog: For documents.
        fingerprints: Its segments say when the lexicon must be read anew.
        folder: Where the lexicon is kept; None keeps it in memory only.
    """
    return LexiconStore(_SegmentedCatalog(catalog, fingerprints), folder=folder)


class _SegmentedCatalog:
    def __init__(self, catalog: Catalog, fingerprints: FingerprintIndex) -> None:
        self._catalog = catalog
        self._fingerprints = fingerprints
        self._identities = dict[int, tuple[Segment, str]]()

    def segments(self) -> Mapping[int, str]:
        found = dict[int, str]()
        for segment in self._fingerprints.segments:
            known = self._identities.get(segment.number)
            if known is None or known[0] is not segment:
                known = segment, _identity(segment)
                self._identities[segment.number] = known
            found[segment.number] = known[1]
        return found

    def documents_of(self, segment: int) -> Iterator[Document]:
        known = self._catalog.fingerprints.documents(segment)
        ids = [document_id for document_id in known.document_ids if document_id]
        for start in range(0, len(ids), _BATCH):
            batch = ids[start : start + _BATCH]
            documents = self._catalog.documents_by_id(batch)
            yield from (documents[key] for key in batch if key in documents)


def _identity(segment: Segment) -> str:
    """The same for the same texts: numbers are given anew when an index is rebuilt."""
    digest = hashlib.blake2b(digest_size=12)
    digest.update(segment.starts.tobytes())
    digest.update(segment.table.tobytes())
    return f"{segment.number:08}-{digest.hexdigest()}"
