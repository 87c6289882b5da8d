"""Opening a data folder: everything or nothing."""

from pathlib import Path

import pytest

from rag.errors import DataFolderInUseError, IndexMismatchError, StorageError
from rag.storage import Storage, holds_catalog, open_storage
from tests.conftest import BigramSegmenter, HashingEmbedder, make_document, make_passages


class OtherEmbedder(HashingEmbedder):
    """Another model, of another length."""

    name = "other"
    dimensions = 32


def opened(folder: Path, embedder: HashingEmbedder | None = None, **options: bool) -> Storage:
    return open_storage(
        folder,
        embedder=embedder or HashingEmbedder(),
        segmenter=BigramSegmenter(),
        program="tests",
        **options,
    )


def test_a_new_folder_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    assert not holds_catalog(folder)
    with opened(folder) as storage:
        assert storage.catalog.indexing.model == "hashing"
        assert storage.folder == folder
    assert holds_catalog(folder)


def test_one_opening_at_a_time(tmp_path: Path) -> None:
    with opened(tmp_path) as storage:
        storage.announce("http://127.0.0.1:1")
        with pytest.raises(DataFolderInUseError, match=r"http://127\.0\.0\.1:1"):
            opened(tmp_path)
    with opened(tmp_path) as storage:
        storage.close()


def test_another_model_is_refused_until_the_rebuilding(tmp_path: Path) -> None:
    with opened(tmp_path) as storage:
        document = make_document("一段。")
        storage.catalog.put_document(document, make_passages(document))
        storage.catalog.indexing.mark_indexed(storage.catalog.passage_ids())
    with pytest.raises(IndexMismatchError, match="wence rebuild"):
        opened(tmp_path, OtherEmbedder())
    with opened(tmp_path, OtherEmbedder(), rebuilding=True) as storage:
        assert storage.catalog.counts().pending == 1
        assert storage.vectors.ids() == set()
    with pytest.raises(IndexMismatchError, match="other"):
        opened(tmp_path)


@pytest.mark.parametrize("damaged", ["words/meta.json", "vectors/chroma.sqlite3"])
def test_a_damaged_index_is_thrown_away(tmp_path: Path, damaged: str) -> None:
    with opened(tmp_path) as storage:
        document = make_document("一段。")
        storage.catalog.put_document(document, make_passages(document))
        storage.catalog.indexing.mark_indexed(storage.catalog.passage_ids())
        assert storage.damage is None
    (tmp_path / damaged).write_text("{ not what it was")
    with opened(tmp_path) as storage:
        assert storage.damage is not None
        assert storage.catalog.counts().pending == 1
    with opened(tmp_path) as storage:
        assert storage.damage is None


def test_a_failed_opening_gives_the_folder_up(tmp_path: Path) -> None:
    (tmp_path / "words").write_text("a file where a folder must be")
    for _ in range(2):
        with pytest.raises(StorageError, match="words"):
            opened(tmp_path)
    (tmp_path / "words").unlink()
    opened(tmp_path).close()


def test_indexes_half_discarded_are_discarded_at_the_next_opening(tmp_path: Path) -> None:
    embedder = HashingEmbedder()
    with opened(tmp_path) as storage:
        storage.vectors.upsert(["left over"], embedder.embed_passages(["一段话"]))
        storage.words.upsert([("left over", "d", "一段话")])
        # A process killed here has forgotten the indexes, but not emptied them.
        storage.catalog.indexing.forget("hashing")
    with opened(tmp_path) as storage:
        assert storage.vectors.ids() == storage.words.ids() == set()
        assert not storage.catalog.indexing.to_discard
