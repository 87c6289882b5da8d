from hypothesis import given
from hypothesis import strategies as st

from rag.documents import Document, Filters
from rag.features import Rarity
from rag.retrieval import ORDERED_ANEW, Retriever, highlight
from rag.text import fold
from rag.words import built_in_words
from tests.conftest import (
    HashingEmbedder,
    InMemoryPassageIndex,
    InMemoryStore,
    InMemoryWordIndex,
    make_document,
    make_passages,
)


def make_retriever(*documents: Document, rarity: Rarity = lambda _: 1.0) -> Retriever:
    store, words = InMemoryStore(), InMemoryWordIndex()
    for document in documents:
        store.documents[document.document_id] = document
        for passage in make_passages(document):
            store.passages[passage.passage_id] = passage
            words.upsert([(passage.passage_id, document.document_id, passage.indexed_text)])
    return Retriever(
        store,
        words=words,
        vectors=InMemoryPassageIndex(),
        embedder=HashingEmbedder(),
        segmenter=built_in_words(),
        rarity=rarity,
    )


@given(
    st.text(alphabet="机构改革三定Ａa1，。　", min_size=1, max_size=60).filter(str.strip),
    st.lists(st.sampled_from(["机构", "改革", "三定", "a1"]), max_size=3),
)
def test_highlights_stand_inside_the_passage_and_hold_words_of_the_query(
    text: str, words: list[str]
):
    document = make_document("前文。\n" + text)
    for passage in make_passages(document):
        for span in highlight(passage, words):
            assert passage.span.contains(span)
            assert any(word in fold(span.of(document.text)) for word in words)


def test_touching_words_are_marked_as_one():
    document = make_document("推进机构改革工作。")
    (passage,) = make_passages(document)
    spans = highlight(passage, ["机构", "改革", "推"])
    assert [span.of(document.text) for span in spans] == ["机构改革"]


def test_the_passage_that_says_it_stands_before_one_that_shares_more_letters():
    document = make_document("这是年报的说明。\n说明：收入三亿元。", title="公司年报")
    retriever = make_retriever(document, rarity=lambda word: 9.0 if word == "收入" else 1.0)
    question = "按照公司年报的说明，收入是多少？"
    best = retriever.rank(question, filters=Filters(), limit=1)
    first, second = retriever.retrieve(question, limit=2)
    assert best[0].passage_id == second.passage.passage_id
    assert "三亿元" in first.passage.text


def test_scores_fall_beyond_the_passages_that_are_ordered_anew():
    text = "\n".join(f"第{number}项工作已经完成。" for number in range(ORDERED_ANEW + 10))
    retriever = make_retriever(make_document(text))
    found = retriever.retrieve("第三项工作完成了吗？", limit=ORDERED_ANEW + 10)
    scores = [one.score for one in found]
    assert len(scores) == ORDERED_ANEW + 10
    assert scores == sorted(scores, reverse=True)


def test_a_query_without_words_finds_nothing_and_fails_nowhere():
    assert make_retriever(make_document("机构改革。")).retrieve("？！") == []
