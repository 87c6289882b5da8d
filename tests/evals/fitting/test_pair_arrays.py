import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.fitting.pair_arrays import NO_PLACE, Candidate, PairWriter, answer_tokens
from rag.features import FEATURES
from rag.reading import MAX_SENTENCE_TOKENS, reading_tokens
from rag.text import Span
from rag.words import built_in_words

ROW = numpy.zeros(len(FEATURES), numpy.float32)
SENTENCE = "会议由闻启山主持，全区设置党政机构36个。"


def candidate(text: str, *, right: bool = False, answer: Span | None = None) -> Candidate:
    return Candidate(text=text, row=ROW, right=right, answer=answer)


@given(st.data())
def test_the_tokens_of_an_answer_cover_it_and_no_more_than_they_touch(data: st.DataObject):
    start = data.draw(st.integers(0, len(SENTENCE) - 1))
    answer = Span(start, data.draw(st.integers(start + 1, len(SENTENCE))))
    tokens = reading_tokens(SENTENCE, built_in_words())
    first, last = answer_tokens(tokens, answer)
    assert Span(tokens[first][1].start, tokens[last][1].end).contains(answer)
    assert tokens[first][1].overlaps(answer)
    assert tokens[last][1].overlaps(answer)


@pytest.mark.parametrize("answer", [None, Span(90, 95)], ids=["unknown", "beyond the tokens"])
def test_an_answer_that_is_not_among_the_tokens_has_no_place(answer: Span | None):
    assert answer_tokens(reading_tokens(SENTENCE, built_in_words()), answer) == NO_PLACE


def test_pairs_hold_what_was_added():
    writer = PairWriter(built_in_words())
    wanted = Span(SENTENCE.index("闻"), SENTENCE.index("主持"))
    writer.add(
        "会议由谁主持？",
        [candidate(SENTENCE, right=True, answer=wanted), candidate("  "), candidate("很好。")],
        source="甲",
        held_out=True,
    )
    writer.add("", [candidate(SENTENCE)], source="乙", held_out=False)
    writer.add("没有句子？", [], source="乙", held_out=False)
    writer.add("机构有多少？", [candidate("机" * 300)], source="丙", held_out=False)
    pairs = writer.pairs()
    assert pairs.sources == ["甲", "丙"]
    assert pairs.question_of.tolist() == [0, 0, 1]
    assert pairs.right.tolist() == [True, False, False]
    assert pairs.kept_back.tolist() == [True, True, False]
    assert pairs.sentences_of(numpy.array([1, 0])).tolist() == [2, 0, 1]
    assert len(pairs.sentences_of(numpy.zeros(0, numpy.int64))) == 0
    lengths = numpy.diff(pairs.sentences.starts)
    assert lengths.max() <= MAX_SENTENCE_TOKENS
    assert len(pairs.matches) == lengths.sum()
    tokens = [pairs.tokens[i] for i in pairs.sentences.numbers[: lengths[0]]]
    assert tokens == [token for token, _ in reading_tokens(SENTENCE, built_in_words())]
    first, last = pairs.answers[0]
    assert "".join(tokens[first : last + 1]) == "闻启山"
    assert pairs.answers[1:].tolist() == [[*NO_PLACE]] * 2


def test_nothing_added_gives_empty_pairs():
    pairs = PairWriter(built_in_words()).pairs()
    assert pairs.rows.shape == (0, len(FEATURES))
    assert len(pairs.questions) == len(pairs.sentences) == 0
