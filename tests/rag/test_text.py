import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text import (
    Span,
    find_words,
    fold,
    in_title_marks,
    normalise,
    sentence_spans,
    trimmed_span,
)

CHINESE = st.text(alphabet="机构改革，。！？；：“”‘’…\n 　a1２（）", max_size=200)


def test_span_rejects_an_end_before_its_start():
    with pytest.raises(ValueError, match="0 <= start <= end"):
        Span(3, 2)


def test_sentences_end_after_closing_marks():
    text = "他说：“好。”会议结束！\n下一段"
    assert [span.of(text) for span in sentence_spans(text)] == [
        "他说：“好。”",
        "会议结束！",
        "下一段",
    ]


def test_sentences_within_a_part_count_from_the_start_of_the_text():
    text = "甲。乙。丙。"
    assert [span.of(text) for span in sentence_spans(text, within=Span(2, 4))] == ["乙。"]


def test_no_text_has_no_sentences():
    assert sentence_spans("") == []
    assert sentence_spans(" \n　") == []


@given(st.one_of(CHINESE, st.text(max_size=100)))
def test_sentences_hold_every_character_that_is_not_white(text: str):
    spans = sentence_spans(text)
    covered = "".join(span.of(text) for span in spans)
    assert "".join(covered.split()) == "".join(text.split())
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(len(span) and span == trimmed_span(text, span) for span in spans)


@given(st.one_of(CHINESE, st.text(max_size=100)))
def test_offsets_of_normalised_text_lead_back(text: str):
    normalised = normalise(text)
    assert len(normalised.offsets) == len(normalised.text) + 1
    assert list(normalised.offsets) == sorted(normalised.offsets)
    for index, character in enumerate(normalised.text):
        original = normalised.original(Span(index, index + 1)).of(text)
        assert character in fold(original)


@given(st.text(max_size=100))
def test_fold_is_what_normalise_gives(text: str):
    assert fold(text) == normalise(text).text


def test_normalising_makes_styles_alike_and_keeps_digits():
    assert fold("「三定」 Ａ２０１８") == fold("“三定”a2018")
    assert fold("黨和國家機構改革") == "党和国家机构改革"
    assert fold("37个") != fold("47个")


def test_span_arithmetic():
    assert Span(2, 4).shifted(3) == Span(5, 7)
    assert Span(0, 5).contains(Span(1, 5))
    assert not Span(0, 5).contains(Span(4, 6))
    assert Span(0, 5).overlaps(Span(4, 6))
    assert not Span(0, 5).overlaps(Span(5, 6))


def test_title_marks_within_title_marks_are_single():
    assert in_title_marks("一事一议") == "《一事一议》"
    assert in_title_marks("《某条例》（2007年）") == "《〈某条例〉（2007年）》"


@given(
    st.text("甲乙丙", max_size=40), st.sets(st.text("甲乙丙", min_size=1, max_size=3), min_size=1)
)
def test_words_are_found_as_a_pattern_of_them_finds_them(text: str, words: set[str]):
    pattern = "|".join(sorted(words, key=len, reverse=True))
    expected = [Span(match.start(), match.end()) for match in re.finditer(pattern, text)]
    assert find_words(text, words) == expected


def test_words_are_found_within_a_part_only():
    assert find_words("甲乙甲乙甲", {"甲"}, within=Span(1, 4)) == [Span(2, 3)]
    assert find_words("甲乙", ()) == []


def test_a_trimmed_span_of_white_space_is_empty():
    assert trimmed_span("甲 \n乙", Span(1, 3)) == Span(1, 1)
