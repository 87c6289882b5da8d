"""Vectors in Chroma: ids and vectors only, cosine space."""

import threading
from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy

from rag.documents import Hit
from rag.errors import IndexingError, IndexMismatchError
from rag.protocols import Vectors

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection as ChromaCollection

BATCH = 1000
_NAME = "passages"
# Fetching a vector by id costs about four times as much as one more neighbour in a query.
_FETCH_COST = 4


class ChromaIndex:
    """A PassageIndex in a folder of its own, which no other process may open.

    A vector of zeros is kept as it is: its similarity to everything is 0. Neighbours are
    approximate (HNSW) without `among`; with few ids in `among` they are exact.

    Args:
        dimensions: Length of the vectors.

    Raises:
        IndexMismatchError: The folder holds vectors of another length.
        IndexingError: Chroma cannot read the folder.
    """

    def __init__(self, folder: Path, *, dimensions: int) -> None:
        self._folder = folder
        self._dimensions = dimensions
        self._changing = threading.Lock()
        self._client = _open_client(folder)
        try:
            self._collection = self._open_collection()
        except BaseException:
            self._client.close()
            raise

    def _open_collection(self) -> "ChromaCollection":
        with _translated(self._folder):
            # Without `embedding_function=None` Chroma would download a model.
            collection = self._client.get_or_create_collection(
                _NAME,
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine", "ef_search": 200}},
                metadata={"dimensions": self._dimensions},
            )
            # Vectors whose files are lost show only when one is read.
            collection.get(limit=1, include=["embeddings"])
        stored = (collection.metadata or {}).get("dimensions")
        if stored != self._dimensions:
            message = (
                f"向量索引 {self._folder} 的维数是 {stored}，当前模型的是 {self._dimensions}："
                "请运行 wence rebuild 重建索引"
            )
            raise IndexMismatchError(message)
        return collection

    def upsert(self, passage_ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace; durable on return.

        Raises:
            ValueError: `vectors` has not one row of the index's length for each id.
            IndexingError: Chroma did not take them.
        """
        if vectors.shape != (len(passage_ids), self._dimensions):
            message = f"need {len(passage_ids)} vectors of {self._dimensions}, got {vectors.shape}"
            raise ValueError(message)
        # Chroma refuses a batch that names an id twice: the last one counts.
        row_of = {passage_id: row for row, passage_id in enumerate(passage_ids)}
        with self._changing, _translated(self._folder):
            for batch in _batches(list(row_of)):
                rows = vectors[[row_of[passage_id] for passage_id in batch]]
                self._collection.upsert(ids=batch, embeddings=rows)

    def remove(self, passage_ids: Collection[str]) -> None:
        """Remove; ids that are not there are ignored.

        Raises:
            IndexingError: Chroma refused.
        """
        with self._changing, _translated(self._folder):
            for batch in _batches(list(passage_ids)):
                self._collection.delete(ids=batch)

    def search(
        self, vector: Vectors, *, limit: int, among: Collection[str] | None = None
    ) -> list[Hit]:
        """Nearest passages, best first, then by id; scores are cosine similarities.

        Nothing is near a vector of zeros: it finds nothing.

        Args:
            limit: At most this many hits.
            among: Only these passages; ids that are not there are ignored.

        Raises:
            IndexingError: Chroma cannot search.
        """
        if limit < 1 or not vector.any() or (among is not None and not among):
            return []
        with _translated(self._folder):
            if among is None:
                return self._nearest(vector, limit)
            total = self._collection.count()
            fetched = min(total, 1 + limit * total * 3 // (2 * len(among)))
            if len(among) * _FETCH_COST <= fetched or len(among) <= limit:
                return self._exact(vector, limit, among)
            return self._filtered(vector, limit, frozenset(among), fetched=fetched, total=total)

    def ids(self) -> set[str]:
        """Every passage id whose vector can be read.

        Raises:
            IndexingError: Vectors that Chroma lists are lost.
        """
        with _translated(self._folder):
            listed = self._collection.get(include=[])["ids"]
            found = set[str]()
            for batch in _batches(listed):
                found.update(self._stored(batch)[0])
            return found

    def close(self) -> None:
        """Let go of the folder."""
        self._client.close()

    def _nearest(self, vector: Vectors, limit: int) -> list[Hit]:
        reply = self._collection.query(
            query_embeddings=vector, n_results=limit, include=["distances"]
        )
        distances = reply["distances"] or [[]]
        hits = [
            Hit(passage_id=passage_id, score=1.0 - distance)
            for passage_id, distance in zip(reply["ids"][0], distances[0], strict=True)
        ]
        return _ordered(hits)

    def _filtered(
        self, vector: Vectors, limit: int, among: frozenset[str], *, fetched: int, total: int
    ) -> list[Hit]:
        """Neighbours among all, more and more, until enough of them are in `among`."""
        while True:
            hits = [hit for hit in self._nearest(vector, fetched) if hit.passage_id in among]
            if len(hits) >= limit or fetched >= total:
                return hits[:limit]
            fetched = min(total, fetched * 4)

    def _exact(self, vector: Vectors, limit: int, among: Collection[str]) -> list[Hit]:
        hits = list[Hit]()
        for batch in _batches(list(set(among))):
            passage_ids, rows = self._stored(batch)
            lengths = numpy.linalg.norm(rows, axis=1) * numpy.linalg.norm(vector)
            scores = (rows @ vector) / numpy.where(lengths > 0, lengths, 1)
            hits += [
                Hit(passage_id=passage_id, score=float(score))
                for passage_id, score in zip(passage_ids, scores, strict=True)
            ]
        return _ordered(hits)[:limit]

    def _stored(self, passage_ids: list[str]) -> tuple[list[str], Vectors]:
        reply = self._collection.get(ids=passage_ids, include=["embeddings"])
        rows = numpy.asarray(reply["embeddings"], dtype=numpy.float32)
        return reply["ids"], rows.reshape(len(reply["ids"]), self._dimensions)


def _ordered(hits: list[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))


def _batches(passage_ids: list[str]) -> Generator[list[str]]:
    for start in range(0, len(passage_ids), BATCH):
        yield passage_ids[start : start + BATCH]


def _open_client(folder: Path) -> "Client":
    import chromadb  # deferred: half a second that most commands need not pay
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings
    from chromadb.errors import ChromaError

    with _translated(folder):
        try:
            client = chromadb.PersistentClient(
                path=str(folder), settings=Settings(anonymized_telemetry=False)
            )
        except ChromaError:
            # Chroma would hand the half-started system out again at the next attempt.
            SharedSystemClient._identifier_to_system.pop(str(folder), None)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - no public way to drop one
            raise
    return cast("Client", client)


@contextmanager
def _translated(folder: Path) -> Generator[None]:
    from chromadb.errors import ChromaError  # deferred, as above

    try:
        yield
    except ChromaError as error:
        message = f"向量索引 {folder} 无法使用（{error}）：请运行 wence rebuild 重建索引"
        raise IndexingError(message) from error
