from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval import highlight
from rag.text import fold
from tests.conftest import make_document, make_passages


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
