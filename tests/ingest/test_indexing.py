"""Rebuilding, and finishing what was left."""

from pathlib import Path

import pytest

from ingest.indexing import complete
from ingest.pipeline import ingest
from rag.errors import IndexingError
from rag.storage import Storage
from tests.ingest.conftest import assert_level, open_simply
from tests.ingest.simple_stages import SIMPLE


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(5):
        text = "\n".join(f"文件{number}第{line}段。" for line in range(5))
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    return folder


def fill(storage: Storage, files: Path) -> None:
    ingest(storage, [files], collection="default", max_bytes=10_000, stages=SIMPLE)


def test_nothing_to_do_does_nothing(storage: Storage) -> None:
    complete(storage)
    assert_level(storage)


def test_rebuilding_gives_the_same_indexes(tmp_path: Path, files: Path) -> None:
    with open_simply(tmp_path / "data") as storage:
        fill(storage, files)
        before = storage.words.search("文件3第2段", limit=5)
        vector = storage.embedder.embed_query("文件3第2段")
        near = storage.vectors.search(vector, limit=1)
    with open_simply(tmp_path / "data", rebuilding=True) as storage:
        assert storage.words.ids() == storage.vectors.ids() == set()
        complete(storage)
        assert_level(storage)
        assert storage.words.search("文件3第2段", limit=5) == before
        assert storage.vectors.search(vector, limit=1) == near


@pytest.mark.parametrize("stop", ["vectors", "words", "catalog"])
def test_a_rebuilding_that_was_stopped_is_finished(
    tmp_path: Path, files: Path, monkeypatch: pytest.MonkeyPatch, stop: str
) -> None:
    with open_simply(tmp_path / "data") as storage:
        fill(storage, files)
    with open_simply(tmp_path / "data", rebuilding=True) as storage:
        target, name = {
            "vectors": (storage.vectors, "upsert"),
            "words": (storage.words, "upsert"),
            "catalog": (storage.catalog.indexing, "mark_indexed"),
        }[stop]

        def interrupted(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(target, name, interrupted)
        with pytest.raises(KeyboardInterrupt):
            complete(storage)
    monkeypatch.undo()
    with open_simply(tmp_path / "data") as storage:
        complete(storage)
        assert storage.catalog.counts().passages == 25
        assert_level(storage)


@pytest.mark.parametrize("rebuilding", [False, True])
def test_damaged_indexes_are_rebuilt(tmp_path: Path, files: Path, rebuilding: bool) -> None:
    with open_simply(tmp_path / "data") as storage:
        fill(storage, files)
    (tmp_path / "data" / "words" / "meta.json").write_text("{")
    with open_simply(tmp_path / "data", rebuilding=rebuilding) as storage:
        complete(storage)
        assert_level(storage)


def test_a_batch_that_fails_behind_the_scenes_is_not_forgotten(
    storage: Storage, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise IndexingError("磁盘已满")

    lines = "\n".join(f"第{number}段。" for number in range(1200))
    (files / "long.txt").write_text(lines, encoding="utf-8")
    monkeypatch.setattr(storage.words, "upsert", full)
    with pytest.raises(IndexingError, match="磁盘已满"):
        fill(storage, files)
    monkeypatch.undo()
    complete(storage)
    assert storage.catalog.counts().documents == 6
    assert_level(storage)
