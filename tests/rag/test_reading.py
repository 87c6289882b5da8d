from pathlib import Path

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.features import FEATURES
from rag.reading import load_reader, match_of, reading_tokens, token_shape
from rag.text import Span
from rag.words import built_in_words

READER = load_reader()


@given(st.text(max_size=80))
def test_tokens_stand_where_they_say_and_hold_every_mark(text: str):
    tokens = reading_tokens(text, built_in_words())
    assert all(Span(0, len(text)).contains(span) for _, span in tokens)
    starts = [span.start for _, span in tokens]
    assert starts == sorted(starts)
    held = {i for _, span in tokens for i in range(span.start, span.end)}
    assert {i for i, c in enumerate(text) if not c.isspace()} <= held


@given(st.text(max_size=40), st.lists(st.text(max_size=120), max_size=5))
def test_every_sentence_is_read_and_its_answer_lies_inside(question: str, sentences: list[str]):
    rows = numpy.zeros((len(sentences), len(FEATURES)), numpy.float32)
    readings = READER.read(question, sentences, rows)
    assert len(readings) == len(sentences)
    for reading, sentence in zip(readings, sentences, strict=True):
        assert numpy.isfinite(reading.log_odds)
        assert reading.answer.end <= len(sentence)


def test_a_sentence_is_read_alike_alone_and_beside_others():
    sentences = ["全区设置党政机构36个。", "会议由区长主持，各部门参加，会后印发了纪要。", "好。"]
    rows = numpy.zeros((len(sentences), len(FEATURES)), numpy.float32)
    together = READER.read("设置多少个党政机构？", sentences, rows)
    for sentence, one in zip(sentences, together, strict=True):
        (alone,) = READER.read("设置多少个党政机构？", [sentence], rows[:1])
        assert alone.log_odds == pytest.approx(one.log_odds, abs=1e-4)
        assert alone.answer == one.answer


@pytest.mark.parametrize(("token", "match"), [("机构", 1), ("机关", 2), ("改革", 0), ("构", 0)])
def test_a_match_is_the_word_or_one_of_its_characters(token: str, match: int):
    assert match_of(token, frozenset({"机构", "多少"}), "多少机构") == match


def test_a_year_is_told_from_other_numbers():
    assert token_shape("2018", 5.0)[3] == 1
    assert token_shape("37", 5.0)[3] == 0
    assert token_shape("，", 0.0)[2] == 1


def test_a_model_that_is_missing_is_an_error():
    with pytest.raises(FileNotFoundError):
        load_reader(Path("none.npz"))
