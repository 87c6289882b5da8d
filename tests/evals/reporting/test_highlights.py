"""Marks in texts."""

from hypothesis import given
from hypothesis import strategies as st

from evals.reporting.highlights import Piece, mark_difference, mark_words

TEXT = st.text(alphabet='改革３3个 \n“"机構构', max_size=40)


def marked(pieces: tuple[Piece, ...]) -> list[str]:
    return [piece.text for piece in pieces if piece.marked]


@given(TEXT, st.lists(TEXT, max_size=4))
def test_the_pieces_joined_are_the_text(text, words):
    pieces = mark_words(text, words)
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces)


@given(TEXT, TEXT)
def test_both_sides_of_a_difference_are_whole(before, after):
    first, second = mark_difference(before, after)
    assert "".join(piece.text for piece in first) == before
    assert "".join(piece.text for piece in second) == after


@given(TEXT)
def test_equal_texts_of_some_length_differ_nowhere(text):
    text = f"甲乙{text}"
    first, second = mark_difference(text, text)
    assert marked(first) == marked(second) == []


def test_words_are_found_however_they_are_written():
    pieces = mark_words("共设３６个 机構，比去年多36个。", ["36个", "机构"])
    assert marked(pieces) == ["３６个", "机構", "36个"]


def test_a_word_that_is_not_there_marks_nothing():
    assert mark_words("共设机构。", ["处室", "", " "]) == (Piece("共设机构。"),)
    assert mark_words("", ["处室"]) == ()


def test_only_what_the_other_lacks_is_marked():
    before, after = mark_difference("青石区共设三十六个机构。", "青石区共设四十个机构。")
    assert marked(before) == ["三十六"]
    assert marked(after) == ["四十"]


def test_a_single_common_character_is_chance():
    before, after = mark_difference("甲一乙", "丙一丁")
    assert marked(before) == ["甲一乙"]
    assert marked(after) == ["丙一丁"]
