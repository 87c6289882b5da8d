"""The data folder: catalog, vectors and words, opened together by the process that owns it."""

import shutil
import threading
from contextlib import ExitStack, closing
from pathlib import Path
from types import TracebackType
from typing import Self

from rag.catalog import Catalog
from rag.errors import IndexingError, IndexMismatchError, StorageError
from rag.lexical import TantivyIndex
from rag.ownership import Ownership
from rag.protocols import Embedder, Segmenter
from rag.quotations.fingerprints import FingerprintIndex
from rag.vectors import ChromaIndex

CATALOG_NAME = "catalog.sqlite3"
VECTORS_NAME = "vectors"
WORDS_NAME = "words"
FINGERPRINTS_NAME = "fingerprints"
LEXICON_NAME = "lexicon"
UPLOADS_NAME = "uploads"
"""Bytes of uploads that are still to be taken in; `rag.catalog_jobs` knows of each."""


class Storage:
    """What a data folder holds, and the model that belongs to it; a context manager.

    Attributes:
        indexing: Held by whoever changes the indexes: one thread at a time.
        damage: Why the indexes were thrown away at the opening, in Chinese; None when they
            were not. All passages are pending then.
    """

    def __init__(
        self,
        *,
        folder: Path,
        catalog: Catalog,
        vectors: ChromaIndex,
        words: TantivyIndex,
        fingerprints: FingerprintIndex,
        embedder: Embedder,
        ownership: Ownership,
        closing: ExitStack,
        damage: str | None = None,
    ) -> None:
        self.folder = folder
        self.catalog = catalog
        self.vectors = vectors
        self.words = words
        self.fingerprints = fingerprints
        self.embedder = embedder
        self.indexing = threading.RLock()
        self.damage = damage
        self._ownership = ownership
        self._closing = closing

    def announce(self, url: str) -> None:
        """Tell other processes where the API of this one listens."""
        self._ownership.announce(url)

    def close(self) -> None:
        """Close all three and give the folder up; a second call does nothing."""
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def holds_catalog(folder: Path) -> bool:
    """Whether something was ever stored in `folder`; it need not exist."""
    return (folder / CATALOG_NAME).is_file()


def open_storage(
    folder: Path,
    *,
    embedder: Embedder,
    segmenter: Segmenter,
    program: str,
    url: str | None = None,
    rebuilding: bool = False,
) -> Storage:
    """Own a data folder until the storage is closed; it is made where it does not exist.

    What a killed process left pending is still pending: `ingest.indexing.complete` works it
    off. A damaged index is thrown away and everything left pending; `Storage.damage` says so.

    Args:
        folder: The data folder.
        embedder: The model that makes the vectors.
        segmenter: What cuts text into words.
        program: What the user started, for those who find the folder in use.
        url: Where the program's API listens, if it has one.
        rebuilding: Throw the indexes away unread, whatever model made them, and leave
            everything pending for `embedder`.

    Raises:
        DataFolderInUseError: Another process owns the folder.
        StorageError: It cannot be read or written, or the catalog is damaged.
        IndexMismatchError: Another model built the vectors.
        IndexingError: An index cannot be opened, not even a new one.
    """
    folder = folder.absolute()
    with ExitStack() as stack:
        ownership = stack.enter_context(Ownership(folder, program=program, url=url))
        catalog = stack.enter_context(closing(Catalog(folder / CATALOG_NAME)))
        _prepare_indexes(folder, catalog, model=embedder.name, rebuilding=rebuilding)
        damage = None
        try:
            vectors, words = _open_indexes(folder, stack, embedder, segmenter)
        except IndexMismatchError:
            raise
        except IndexingError as error:
            # Chroma writes its files one after the other: a process killed in between leaves
            # what it cannot open itself. Nothing is lost, for the catalog has it all.
            damage = str(error)
            _prepare_indexes(folder, catalog, model=embedder.name, rebuilding=True)
            vectors, words = _open_indexes(folder, stack, embedder, segmenter)
        return Storage(
            folder=folder,
            catalog=catalog,
            vectors=vectors,
            words=words,
            fingerprints=FingerprintIndex(folder / FINGERPRINTS_NAME),
            embedder=embedder,
            ownership=ownership,
            closing=stack.pop_all(),
            damage=damage,
        )


def _open_indexes(
    folder: Path, stack: ExitStack, embedder: Embedder, segmenter: Segmenter
) -> tuple[ChromaIndex, TantivyIndex]:
    with ExitStack() as opened:
        vectors = ChromaIndex(folder / VECTORS_NAME, dimensions=embedder.dimensions)
        opened.enter_context(closing(vectors))
        words = TantivyIndex(folder / WORDS_NAME, segmenter=segmenter)
        opened.enter_context(closing(words))
        stack.push(opened.pop_all())
        return vectors, words


def _prepare_indexes(folder: Path, catalog: Catalog, *, model: str, rebuilding: bool) -> None:
    known = catalog.indexing.model
    if rebuilding or known is None:
        catalog.indexing.forget(model)
    elif known != model:
        message = (
            f"{folder} 的索引由模型 {known} 建成，当前模型是 {model}："
            "请运行 wence rebuild 重建索引，或改回原来的模型"
        )
        raise IndexMismatchError(message)
    if catalog.indexing.to_discard:
        _delete_folder(folder / VECTORS_NAME)
        _delete_folder(folder / WORDS_NAME)
        _delete_folder(folder / FINGERPRINTS_NAME)
        catalog.indexing.note_discarded()


def _delete_folder(folder: Path) -> None:
    try:
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        message = f"旧索引 {folder} 删不掉（{error.strerror}）：请检查权限，或手工删除后重试"
        raise StorageError(message) from error
