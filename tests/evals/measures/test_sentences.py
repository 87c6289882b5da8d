import re

from hypothesis import given
from hypothesis import strategies as st

from evals.measures.sentences import MarkedSentence, marked_sentences, text_without_markers
from tests.evals.answers import make_prediction


def test_markers_belong_to_the_sentence_before_them() -> None:
    prediction = make_prediction("设五个局。[1][2]局长由市长提名。[3]\n其中两个是新设的[1]。")
    assert marked_sentences(prediction) == [
        MarkedSentence("设五个局。", (1, 2)),
        MarkedSentence("局长由市长提名。", (3,)),
        MarkedSentence("其中两个是新设的。", (1,)),
    ]


def test_a_sentence_may_have_no_marker_or_one_twice() -> None:
    prediction = make_prediction("设五个局。另有两个办公室[2]，一个中心[2]。[1]")
    assert marked_sentences(prediction) == [
        MarkedSentence("设五个局。", ()),
        MarkedSentence("另有两个办公室，一个中心。", (2, 1)),
    ]


def test_marks_alone_are_no_sentence() -> None:
    assert marked_sentences(make_prediction("……！[1]")) == []
    assert marked_sentences(make_prediction("")) == []


def test_what_looks_like_a_marker_within_a_quote_is_a_word_of_it() -> None:
    quote = "青湾撤局[3]一事，又称九月改革[4]。"
    prediction = make_prediction(f"{quote}[1]", quote)
    assert text_without_markers(prediction) == quote
    assert marked_sentences(prediction) == [MarkedSentence(quote, (1,))]


_SENTENCES = st.lists(
    st.tuples(st.text(alphabet="青湾市局设", min_size=1), st.integers(1, 9)), max_size=5
)


@given(_SENTENCES)
def test_nothing_but_markers_is_taken_out(sentences: list[tuple[str, int]]) -> None:
    text = "".join(f"{words}。[{marker}]" for words, marker in sentences)
    prediction = make_prediction(text)
    assert text_without_markers(prediction) == re.sub(r"\[\d\]", "", text)
    assert marked_sentences(prediction) == [
        MarkedSentence(f"{words}。", (marker,)) for words, marker in sentences
    ]
