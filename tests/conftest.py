"""Fakes at the edges and small documents, for tests of every package."""

import hashlib
from collections.abc import Collection, Iterable, Sequence

import numpy
import pytest
from hypothesis import HealthCheck, settings

from rag.documents import (
    Document,
    Filters,
    Hit,
    Kind,
    Metadata,
    Passage,
    derive_document_id,
    derive_passage_id,
)
from rag.text import Span, fold

settings.register_profile("desk", max_examples=50, deadline=None)
settings.register_profile(
    "thorough", max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("desk")


class BigramSegmenter:
    """Cuts into pairs of characters: no vocabulary needed."""

    def words(self, text: str) -> list[str]:
        """Neighbouring pairs without overlap, punctuation left out."""
        letters = "".join(character for character in fold(text) if character.isalnum())
        return [letters[i : i + 2] for i in range(0, len(letters), 2)]


class HashingEmbedder:
    """Adds up hashed character pairs: equal texts are near, others mostly not."""

    name = "hashing"
    dimensions = 64

    def embed_query(self, text: str) -> numpy.ndarray:
        """One vector of length 1, or zeros for no text."""
        vector = numpy.zeros(self.dimensions, numpy.float32)
        folded = fold(text)
        for i in range(len(folded) - 1):
            digest = hashlib.blake2b(folded[i : i + 2].encode(), digest_size=2).digest()
            vector[int.from_bytes(digest) % self.dimensions] += 1
        length = float(numpy.linalg.norm(vector))
        return vector / length if length else vector

    def embed_passages(self, texts: Sequence[str]) -> numpy.ndarray:
        """One row a text."""
        rows = [self.embed_query(text) for text in texts]
        return numpy.array(rows, numpy.float32).reshape(len(rows), self.dimensions)


class InMemoryWordIndex:
    """Counts shared character pairs."""

    def __init__(self) -> None:
        self.entries: dict[str, tuple[str, set[str]]] = {}

    def upsert(self, entries: Iterable[tuple[str, str, str]]) -> None:
        """Keep the pairs of each text."""
        for passage_id, document_id, text in entries:
            folded = fold(text)
            pairs = {folded[i : i + 2] for i in range(len(folded) - 1)}
            self.entries[passage_id] = (document_id, pairs)

    def remove(self, passage_ids: Collection[str]) -> None:
        """Forget them."""
        for passage_id in passage_ids:
            self.entries.pop(passage_id, None)

    def search(
        self, query: str, *, limit: int, document_ids: Collection[str] | None = None
    ) -> list[Hit]:
        """Most shared pairs first."""
        folded = fold(query)
        wanted = {folded[i : i + 2] for i in range(len(folded) - 1)}
        hits = [
            Hit(passage_id=passage_id, score=float(len(wanted & pairs)))
            for passage_id, (document_id, pairs) in self.entries.items()
            if (document_ids is None or document_id in document_ids) and wanted & pairs
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))[:limit]

    search_unscaled = search

    def ids(self) -> set[str]:
        """All of them."""
        return set(self.entries)


class InMemoryPassageIndex:
    """Exact search over a dictionary of vectors."""

    def __init__(self) -> None:
        self.vectors: dict[str, numpy.ndarray] = {}

    def upsert(self, passage_ids: Sequence[str], vectors: numpy.ndarray) -> None:
        """Keep them."""
        self.vectors.update(zip(passage_ids, vectors, strict=True))

    def remove(self, passage_ids: Collection[str]) -> None:
        """Forget them."""
        for passage_id in passage_ids:
            self.vectors.pop(passage_id, None)

    def search(
        self, vector: numpy.ndarray, *, limit: int, among: Collection[str] | None = None
    ) -> list[Hit]:
        """Nearest first."""
        hits = [
            Hit(passage_id=key, score=float(row @ vector))
            for key, row in self.vectors.items()
            if among is None or key in among
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))[:limit]

    def ids(self) -> set[str]:
        """All of them."""
        return set(self.vectors)


class InMemoryStore:
    """Documents and passages in dictionaries; filters by collection only."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self.passages: dict[str, Passage] = {}

    def document_ids(self, filters: Filters) -> set[str] | None:
        """Documents of the collection, or None without one."""
        if filters.collection is None:
            return None
        return {k for k, d in self.documents.items() if d.collection == filters.collection}

    def passage_ids(self, document_ids: Collection[str]) -> set[str]:
        """Passages of these documents."""
        return {k for k, p in self.passages.items() if p.document_id in document_ids}

    def passages_by_id(self, passage_ids: Iterable[str]) -> dict[str, Passage]:
        """Those that are known."""
        return {key: self.passages[key] for key in passage_ids if key in self.passages}

    def documents_by_id(self, document_ids: Iterable[str]) -> dict[str, Document]:
        """Those that are known."""
        return {key: self.documents[key] for key in document_ids if key in self.documents}

    def passage_at(self, document: Document, offset: int) -> Passage:
        """The passage that holds an offset."""
        return next(
            passage
            for passage in self.passages.values()
            if passage.document_id == document.document_id
            and passage.span.start <= offset < passage.span.end
        )


def make_document(
    text: str,
    *,
    title: str = "文件",
    collection: str = "default",
    source: str = "",
    **metadata: object,
) -> Document:
    """A document with the given text; further arguments are metadata."""
    source = source or f"{title}.txt"
    return Document(
        document_id=derive_document_id(collection=collection, source=source),
        collection=collection,
        source=source,
        file_name=f"{title}.txt",
        text=text,
        metadata=Metadata(title=title, **{"kind": Kind.OTHER, **metadata}),
    )


def make_passages(document: Document) -> list[Passage]:
    """One passage for each paragraph, its line break included."""
    passages = list[Passage]()
    start = 0
    for line in document.text.splitlines(keepends=True):
        span = Span(start, start + len(line.rstrip("\n")))
        start += len(line)
        if not len(span):
            continue
        text = span.of(document.text)
        context = document.metadata.title
        passages.append(
            Passage(
                passage_id=derive_passage_id(
                    document_id=document.document_id, span=span, indexed_text=f"{context}\n{text}"
                ),
                document_id=document.document_id,
                index=len(passages),
                span=span,
                text=text,
                context=context,
            )
        )
    return passages


@pytest.fixture
def segmenter() -> BigramSegmenter:
    """Pairs of characters as words."""
    return BigramSegmenter()


@pytest.fixture
def embedder() -> HashingEmbedder:
    """Hashed pairs as vectors."""
    return HashingEmbedder()
