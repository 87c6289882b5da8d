"""tantivy ranks passages by words and bigrams, and takes any text for a query."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rag.errors import IndexingError
from rag.lexical import TantivyIndex, bigrams
from tests.conftest import BigramSegmenter

TEXTS = {
    "a": ("d1", "机构改革后设置工作部门三十七个"),
    "b": ("d1", "编制总额控制在改革前的规模以内"),
    "c": ("d2", "会议强调，机构改革要稳妥推进"),
    "d": ("d3", "今年粮食又获丰收"),
}


@pytest.fixture
def index(tmp_path: Path, segmenter: BigramSegmenter) -> Iterator[TantivyIndex]:
    opened = TantivyIndex(tmp_path / "words", segmenter=segmenter)
    opened.upsert((key, document, text) for key, (document, text) in TEXTS.items())
    yield opened
    opened.close()


def found(index: TantivyIndex, query: str, **restriction: object) -> list[str]:
    return [hit.passage_id for hit in index.search(query, limit=10, **restriction)]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("机构改革", ["机构", "构改", "改革"]),
        ("机构，改革", ["机构", "改革"]),
        ("機構 ２０", ["机构", "构2", "20"]),
        ("党", ["党"]),
        ("，。", []),
        ("", []),
    ],
)
def test_bigrams(text: str, pairs: list[str]) -> None:
    assert bigrams(text) == pairs


def test_the_best_passage_comes_first_with_the_sum_of_both_weights(index: TantivyIndex) -> None:
    hits = index.search(TEXTS["a"][1], limit=10)
    assert hits[0].passage_id == "a"
    assert hits[0].score == pytest.approx(2)
    assert "d" not in [hit.passage_id for hit in hits]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_weights_of_words_and_bigrams(tmp_path: Path, segmenter: BigramSegmenter) -> None:
    index = TantivyIndex(tmp_path, segmenter=segmenter, words_weight=0, bigrams_weight=3)
    index.upsert([("a", "d1", "一二三四"), ("b", "d1", "二三五六")])
    # 二三 is no word of "一二三四", but a bigram of both.
    assert found(index, "二三") == ["a", "b"] or found(index, "二三") == ["b", "a"]
    assert index.search("一二三四", limit=1)[0].score == pytest.approx(3)
    index.close()


def test_a_restriction_leaves_other_documents_out_and_scores_alone(index: TantivyIndex) -> None:
    assert found(index, "机构改革", document_ids=["d2"]) == ["c"]
    assert found(index, "机构改革", document_ids=[]) == []
    assert found(index, "机构改革", document_ids=["d3", "unknown"]) == []
    scores = {hit.passage_id: hit.score for hit in index.search("机构改革", limit=10)}
    (hit,) = index.search("机构改革", limit=10, document_ids=["d2"])
    assert hit.score == pytest.approx(scores["c"])


@given(st.text(max_size=30))
@example('title:"a" AND (b OR *) ~2 ^3 [a TO b] \\ /x/')
@example('+-&&||!(){}[]^"~*?:\\/')
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_query(index: TantivyIndex, query: str) -> None:
    hits = index.search(query, limit=3)
    assert {hit.passage_id for hit in hits} <= set(TEXTS)


def test_nothing_is_found_for_nothing(index: TantivyIndex) -> None:
    assert found(index, "") == []
    assert index.search("机构改革", limit=0) == []


def test_replaced_and_removed(index: TantivyIndex) -> None:
    index.upsert([("a", "d9", "换成别的话"), ("a", "d9", "换成别的话")])
    assert found(index, "工作部门") == []
    assert found(index, "别的话", document_ids=["d9"]) == ["a"]
    assert index.ids() == set(TEXTS)
    index.remove(["a", "unknown"])
    index.remove([])
    assert index.ids() == set(TEXTS) - {"a"}


def test_words_survive_closing(tmp_path: Path, segmenter: BigramSegmenter) -> None:
    for text in ("第一句", "第二句"):
        index = TantivyIndex(tmp_path, segmenter=segmenter)
        index.upsert([(text, "d", text)])
        index.close()
    index = TantivyIndex(tmp_path, segmenter=segmenter)
    assert index.ids() == {"第一句", "第二句"}
    index.close()


def test_a_commit_cut_off_by_a_kill_does_not_stop_the_next(
    tmp_path: Path, segmenter: BigramSegmenter
) -> None:
    index = TantivyIndex(tmp_path, segmenter=segmenter)
    index.upsert((key, document, text) for key, (document, text) in TEXTS.items())
    index.close()
    committed = (tmp_path / "meta.json").read_bytes()
    for _ in range(2):
        # Killed: the files of the commit are written, and the list that names them is not.
        (tmp_path / "meta.json").write_bytes(committed)
        index = TantivyIndex(tmp_path, segmenter=segmenter)
        assert index.ids() == set(TEXTS)
        index.remove(["a"])
        assert index.ids() == set(TEXTS) - {"a"}
        index.close()


def test_a_batch_that_fails_leaves_nothing(index: TantivyIndex) -> None:
    def entries() -> Iterator[tuple[str, str, str]]:
        yield "new", "d", "新的一句"
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError):
        index.upsert(entries())
    index.upsert([("other", "d", "另一句")])
    assert index.ids() == {*TEXTS, "other"}


def test_a_damaged_folder_names_the_remedy(tmp_path: Path, segmenter: BigramSegmenter) -> None:
    (tmp_path / "meta.json").write_text("{")
    with pytest.raises(IndexingError, match="wence rebuild"):
        TantivyIndex(tmp_path, segmenter=segmenter)


def test_words_alone_find_what_shares_a_word(index: TantivyIndex) -> None:
    everything = index.search("机构改革", limit=10)
    assert index.search_words("机构改革", limit=1)
    found = [hit.passage_id for hit in index.search_words("机构改革", limit=10)]
    assert set(found) <= {hit.passage_id for hit in everything}
    assert index.search_words("", limit=5) == index.search_words("机构", limit=0) == []


def test_unscaled_scores_find_the_same_passages(index: TantivyIndex) -> None:
    scaled = index.search("机构改革", limit=10)
    unscaled = index.search_unscaled("机构改革", limit=10)
    assert {hit.passage_id for hit in unscaled} == {hit.passage_id for hit in scaled}
    assert unscaled == sorted(unscaled, key=lambda hit: (-hit.score, hit.passage_id))
    assert index.search_unscaled("", limit=5) == index.search_unscaled("机构", limit=0) == []


def test_unscaled_scores_keep_to_the_documents_asked_for(index: TantivyIndex) -> None:
    found = index.search_unscaled("机构改革", limit=10, document_ids=["nowhere"])
    assert found == []
