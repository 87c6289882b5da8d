"""The verbs: what the core needs of the libraries behind it."""

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

import numpy
from numpy.typing import NDArray

from rag.documents import Hit

Vectors = NDArray[numpy.float32]


class Embedder(Protocol):
    """Turns text into vectors."""

    @property
    def name(self) -> str:
        """Which model this is, with a digest of its weights: the index remembers it."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimensions), rows of length 1; a text without any known word
        gives a row of zeros.
        """
        ...

    def embed_query(self, text: str) -> Vectors:
        """Shape (dimensions,), length 1 or all zeros."""
        ...


class Segmenter(Protocol):
    """Cuts text into words."""

    def words(self, text: str) -> list[str]:
        """Words in order, normalised as for comparing, punctuation left out."""
        ...


class PassageIndex(Protocol):
    """Vectors by passage id. Derived from the catalog, may be rebuilt at any time."""

    def upsert(self, passage_ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace; when it returns, the vectors survive a killed process."""
        ...

    def remove(self, passage_ids: Collection[str]) -> None:
        """Remove; ids that are not there are ignored."""
        ...

    def search(
        self, vector: Vectors, *, limit: int, among: Collection[str] | None = None
    ) -> list[Hit]:
        """Nearest passages by cosine, best first; `among` restricts to these passage ids."""
        ...

    def ids(self) -> set[str]:
        """Every passage id that is there."""
        ...


class WordIndex(Protocol):
    """Words and character bigrams by passage id, ranked by BM25."""

    def upsert(self, entries: Iterable[tuple[str, str, str]]) -> None:
        """Add or replace (passage_id, document_id, indexed_text); durable on return."""
        ...

    def remove(self, passage_ids: Collection[str]) -> None:
        """Remove; ids that are not there are ignored."""
        ...

    def search(
        self, query: str, *, limit: int, document_ids: Collection[str] | None = None
    ) -> list[Hit]:
        """Best first. Words and bigrams are scored apart, divided by their maximum, added."""
        ...

    def search_unscaled(
        self, query: str, *, limit: int, document_ids: Collection[str] | None = None
    ) -> list[Hit]:
        """As `search`, with scores added as they are: for whoever looks at all the hits."""
        ...

    def search_words(self, query: str, *, limit: int) -> list[Hit]:
        """Best first, by words alone: for many searches at once."""
        ...

    def ids(self) -> set[str]:
        """Every passage id that is there."""
        ...
