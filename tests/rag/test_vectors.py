"""Chroma keeps vectors by id, finds neighbours, and says when something is wrong."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest

from rag.errors import IndexingError, IndexMismatchError
from rag.vectors import ChromaIndex

DIMENSIONS = 16


def vectors_of(count: int, *, seed: int = 0) -> numpy.ndarray:
    rows = numpy.random.default_rng(seed).normal(size=(count, DIMENSIONS)).astype(numpy.float32)
    return rows / numpy.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[ChromaIndex]:
    opened = ChromaIndex(tmp_path / "vectors", dimensions=DIMENSIONS)
    yield opened
    opened.close()


@pytest.fixture
def filled(index: ChromaIndex) -> ChromaIndex:
    index.upsert([f"p{number}" for number in range(2500)], vectors_of(2500))
    return index


def best(vector: numpy.ndarray, among: list[int], limit: int) -> list[str]:
    scores = vectors_of(2500)[among] @ vector
    return [f"p{among[row]}" for row in numpy.argsort(-scores)[:limit]]


def test_nothing_is_found_in_an_empty_index(index: ChromaIndex) -> None:
    assert index.search(vectors_of(1)[0], limit=5) == []
    assert index.search(vectors_of(1)[0], limit=5, among=["p1"]) == []
    assert index.ids() == set()


def test_neighbours_are_found_with_their_cosine(filled: ChromaIndex) -> None:
    rows = vectors_of(2500)
    hits = filled.search(rows[7], limit=10)
    assert hits[0].passage_id == "p7"
    assert len(hits) == 10
    for hit in hits:
        expected = float(rows[int(hit.passage_id[1:])] @ rows[7])
        assert hit.score == pytest.approx(expected, abs=1e-5)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize("size", [1, 5, 40, 400, 2400])
def test_a_restriction_gives_the_nearest_among_its_members(filled: ChromaIndex, size: int) -> None:
    among = numpy.random.default_rng(size).permutation(2500)[:size].tolist()
    query = vectors_of(1, seed=9)[0]
    hits = filled.search(query, limit=10, among=[f"p{number}" for number in among])
    expected = best(query, among, 10)
    assert len(hits) == len(expected)
    assert len({hit.passage_id for hit in hits} & set(expected)) >= 0.9 * len(expected)


def test_unknown_and_no_members(filled: ChromaIndex) -> None:
    query = vectors_of(1, seed=9)[0]
    assert filled.search(query, limit=5, among=[]) == []
    assert filled.search(query, limit=5, among=["unknown"]) == []
    assert [hit.passage_id for hit in filled.search(query, limit=5, among=["unknown", "p3"])] == [
        "p3"
    ]


def test_a_vector_of_zeros_is_kept_and_near_nothing(index: ChromaIndex) -> None:
    rows = vectors_of(3)
    rows[1] = 0
    index.upsert(["a", "b", "c"], rows)
    assert index.ids() == {"a", "b", "c"}
    scores = {hit.passage_id: hit.score for hit in index.search(rows[0], limit=3)}
    assert scores["b"] == pytest.approx(0)
    among = {hit.passage_id: hit.score for hit in index.search(rows[0], limit=2, among=["b", "a"])}
    assert among["b"] == pytest.approx(0)
    assert index.search(rows[1], limit=3) == []


def test_the_last_of_two_equal_ids_counts(index: ChromaIndex) -> None:
    rows = vectors_of(2)
    index.upsert(["a", "a"], rows)
    assert index.search(rows[1], limit=1)[0].score == pytest.approx(1, abs=1e-5)
    index.upsert(["a"], rows[:1])
    assert index.search(rows[0], limit=1)[0].score == pytest.approx(1, abs=1e-5)


def test_removed_and_unknown_ids(filled: ChromaIndex) -> None:
    filled.remove([f"p{number}" for number in range(1200)] + ["unknown"])
    assert filled.ids() == {f"p{number}" for number in range(1200, 2500)}
    filled.remove([])


def test_vectors_of_the_wrong_shape_are_refused(index: ChromaIndex) -> None:
    with pytest.raises(ValueError, match=r"\(3, 16\)"):
        index.upsert(["a"], vectors_of(3))


def test_a_folder_is_opened_again(tmp_path: Path) -> None:
    for _ in range(2):
        index = ChromaIndex(tmp_path, dimensions=DIMENSIONS)
        index.upsert(["a", "b"], vectors_of(2))
        index.close()
    index = ChromaIndex(tmp_path, dimensions=DIMENSIONS)
    assert index.ids() == {"a", "b"}
    index.close()


def test_vectors_of_another_length_name_the_remedy(tmp_path: Path) -> None:
    ChromaIndex(tmp_path, dimensions=DIMENSIONS).close()
    with pytest.raises(IndexMismatchError, match="wence rebuild"):
        ChromaIndex(tmp_path, dimensions=DIMENSIONS + 1)


def test_a_damaged_folder_names_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "chroma.sqlite3").write_text("not a database at all")
    with pytest.raises(IndexingError, match="wence rebuild"):
        ChromaIndex(tmp_path, dimensions=DIMENSIONS)


def test_lost_vectors_are_noticed_at_the_opening(tmp_path: Path) -> None:
    index = ChromaIndex(tmp_path, dimensions=DIMENSIONS)
    index.upsert([f"p{number}" for number in range(2500)], vectors_of(2500))
    index.close()
    segments = [folder for folder in tmp_path.iterdir() if folder.is_dir()]
    assert segments
    for folder in segments:
        shutil.rmtree(folder)
    with pytest.raises(IndexingError, match="wence rebuild"):
        ChromaIndex(tmp_path, dimensions=DIMENSIONS)
