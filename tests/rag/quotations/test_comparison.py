"""Comparable text, and the way back from it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.quotations.comparison import ComparableText, code_points
from rag.text import Span, comparable, comparable_character

TEXTS = st.text("甲乙繁體“”'「Ａa1２％…㈠½ﷺ \n\u3000\u200b\x00🙂", max_size=30) | st.text(
    max_size=30
)


def test_code_points_are_those_of_the_text() -> None:
    assert code_points("甲a🙂").tolist() == [ord("甲"), ord("a"), ord("🙂")]
    assert code_points("").tolist() == []
    assert code_points("\ud800").tolist() == [0xD800]


@given(text=TEXTS)
def test_the_text_is_the_comparable_one_with_an_offset_for_each_character(text: str) -> None:
    made = ComparableText.of(text)
    assert made.text == comparable(text)
    offsets = made.offsets.tolist()
    assert len(offsets) == len(made.text)
    assert offsets == sorted(offsets)
    from_characters = [
        (offset, piece)
        for offset, character in enumerate(text)
        for piece in comparable_character(character)
    ]
    assert list(zip(offsets, made.text, strict=True)) == from_characters


@given(text=TEXTS, data=st.data())
def test_a_span_leads_back_to_what_it_came_from(text: str, data: st.DataObject) -> None:
    made = ComparableText.of(text)
    start = data.draw(st.integers(0, max(0, len(made.text) - 1)))
    end = data.draw(st.integers(start, len(made.text)))
    if start == end:
        with pytest.raises(ValueError, match="no characters"):
            made.span_of(start, end)
        return
    span = made.span_of(start, end)
    assert made.text[start:end] in comparable(span.of(text))
    # Nothing that does not count lies at the ends.
    assert comparable(text[span.start])
    assert comparable(text[span.end - 1])
    if len(comparable(span.of(text))) == end - start:
        assert comparable(span.of(text)) == made.text[start:end]


@given(text=TEXTS, data=st.data())
def test_cuts_fall_where_the_pieces_begin(text: str, data: st.DataObject) -> None:
    made = ComparableText.of(text)
    if not made.text:
        return
    within = made.span_of(0, len(made.text))
    bounds = sorted(data.draw(st.lists(st.integers(0, len(made.text)), max_size=4)))
    cuts = made.cuts(bounds, within)
    assert cuts == sorted(cuts)
    pieces = [
        comparable(text[start:end]) for start, end in pairwise([within.start, *cuts, within.end])
    ]
    assert "".join(pieces) == made.text
    if all(len(comparable_character(character)) < 2 for character in text):
        bounded = pairwise([0, *bounds, len(made.text)])
        assert pieces == [made.text[start:end] for start, end in bounded]


def test_cuts_stay_within_a_stretch() -> None:
    made = ComparableText.of("甲乙 丙丁")
    assert made.cuts([0, 2, 4], Span(1, 4)) == [1, 3, 4]
