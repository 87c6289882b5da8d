"""A data folder with fakes for model and segmenter."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.storage import Storage, open_storage
from tests.conftest import BigramSegmenter, HashingEmbedder


def open_simply(folder: Path, *, rebuilding: bool = False) -> Storage:
    """The storage of `folder` with the fakes."""
    return open_storage(
        folder,
        embedder=HashingEmbedder(),
        segmenter=BigramSegmenter(),
        program="tests",
        rebuilding=rebuilding,
    )


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    """A new one."""
    with open_simply(tmp_path / "data") as opened:
        yield opened


def assert_level(storage: Storage) -> None:
    """Catalog, vectors and words hold the same passages, and nothing is left to do."""
    expected = storage.catalog.passage_ids()
    assert storage.vectors.ids() == expected
    assert storage.words.ids() == expected
    counts = storage.catalog.counts()
    assert (counts.pending, counts.tombstones) == (0, 0)
