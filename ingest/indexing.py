"""Catalog → vectors, words, fingerprints: whatever is pending or buried there is worked off here.

Each batch goes embed → vectors → words → catalog. A process killed in between leaves the
batch pending, and doing it again changes nothing.
"""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from ingest.fingerprinting import complete_fingerprints, complete_lexicon
from ingest.progress import SILENCE, Progress, Stage
from rag.storage import Storage

BATCH = 1000


def complete(storage: Storage, progress: Progress = SILENCE) -> None:
    """Bring all indexes level with the catalog; on return all of it is durable.

    Raises:
        StorageError: The catalog cannot be written.
        IndexingError: An index cannot be written.
    """
    with storage.indexing:
        counts = storage.catalog.counts()
        if counts.tombstones:
            progress.start(Stage.REMOVING, counts.tombstones)
            while removed := _bury_batch(storage):
                progress.advance(removed)
        if counts.pending:
            progress.start(Stage.INDEXING, counts.pending)
            while indexed := index_batch(storage):
                progress.advance(indexed)
        complete_fingerprints(storage, progress)
        complete_lexicon(storage, progress)
        storage.catalog.make_durable()


def index_batch(storage: Storage) -> int:
    """Index at most BATCH pending passages; returns how many there were."""
    with storage.indexing:
        passages = storage.catalog.indexing.pending_passages(BATCH)
        if not passages:
            return 0
        # An index must never hold what a power cut can take from the catalog.
        storage.catalog.make_durable()
        passage_ids = [passage.passage_id for passage in passages]
        texts = [passage.embedded_text for passage in passages]
        storage.vectors.upsert(passage_ids, storage.embedder.embed_passages(texts))
        storage.words.upsert(
            (passage.passage_id, passage.document_id, passage.indexed_text) for passage in passages
        )
        storage.catalog.indexing.mark_indexed(passage_ids)
        return len(passages)


class BackgroundIndexing:
    """Indexes full batches in a thread of its own while other files are being read.

    Chroma and tantivy work outside of Python's lock, so reading goes on beside them. At most
    one batch is under way; leaving the block waits for it.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="indexing")
        self._batch: Future[int] | None = None
        self._waiting = 0

    def expect(self, passages: int) -> None:
        """So many more passages are pending.

        Raises:
            StorageError: The catalog cannot be written.
            IndexingError: A batch before could not be indexed.
        """
        self._waiting += passages
        while self._waiting >= BATCH:
            self._wait()
            self._waiting -= BATCH
            self._batch = self._executor.submit(index_batch, self._storage)

    def _wait(self) -> None:
        if self._batch is not None:
            self._batch.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._executor.shutdown()
        if error is None:
            self._wait()


def _bury_batch(storage: Storage) -> int:
    passage_ids = storage.catalog.indexing.tombstones(BATCH)
    if passage_ids:
        storage.catalog.make_durable()
        storage.vectors.remove(passage_ids)
        storage.words.remove(passage_ids)
        storage.catalog.indexing.clear_tombstones(passage_ids)
    return len(passage_ids)


def remove_documents(
    storage: Storage, document_ids: Iterable[str], progress: Progress = SILENCE
) -> None:
    """Remove documents from catalog and indexes.

    Raises:
        DocumentNotFoundError: One of them does not exist; those before it are gone.
    """
    try:
        for document_id in document_ids:
            storage.catalog.remove_document(document_id)
    finally:
        complete(storage, progress)
