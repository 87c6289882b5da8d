"""What was typed, and the words in it that are looked for."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.quotations.wording import LONGEST, SHORTEST, read_quotation, read_term
from rag.text import comparable


@pytest.mark.parametrize(
    ("typed", "core", "before", "after"),
    [
        pytest.param("把改革抓到底", "把改革抓到底", "", "", id="nothing around"),
        pytest.param(" 把改革\n抓到底。", "把改革抓到底", "", "。", id="a full stop"),
        pytest.param("“把改革抓到底”", "把改革抓到底", '"', '"', id="marks"),
        pytest.param("「把改革抓到底。」", "把改革抓到底", '"', '。"', id="a stop in marks"),
        pytest.param("“把改革抓到底”。", "把改革抓到底", '"', '"。', id="a stop behind marks"),
        pytest.param("“抓到底”", '"抓到底"', "", "", id="too little in the marks"),
        pytest.param("抓到底。", "抓到底。", "", "", id="too little without the stop"),
        pytest.param("“抓到底”。", '"抓到底"', "", "。", id="too little in marks with a stop"),
        pytest.param("“改革”和“开放”", '"改革"和"开放"', "", "", id="two pairs of marks"),
        pytest.param('"改革"和"开放"', '"改革"和"开放"', "", "", id="two pairs of straight marks"),
        pytest.param("“把‘改革’抓到底”", '把"改革"抓到底', '"', '"', id="marks in marks"),
        pytest.param("“把“改革”抓到底”", '把"改革"抓到底', '"', '"', id="the same marks in marks"),
        pytest.param("“把改革抓到底", '"把改革抓到底', "", "", id="an opening mark alone"),
        pytest.param("把改革抓到底！", "把改革抓到底!", "", "", id="another mark at the end"),
    ],
)
def test_marks_around_and_a_stop_behind_are_told_from_the_words(
    typed: str, core: str, before: str, after: str
) -> None:
    quotation = read_quotation(typed)
    assert (quotation.core, quotation.before, quotation.after) == (core, before, after)
    assert quotation.before + quotation.core + quotation.after == quotation.typed.text
    assert quotation.parts == (core,)


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("把改革……抓到底", ("把改革", "抓到底")),
        ("把改革…抓到底", ("把改革", "抓到底")),
        ("把改革......抓到底", ("把改革", "抓到底")),
        ("把改革。。。抓到底", ("把改革", "抓到底")),
        ("把改革⋯⋯抓到底", ("把改革", "抓到底")),
        ("把改革（……）抓到底", ("把改革", "抓到底")),
        ("把改革[...]抓到底……见成效", ("把改革", "抓到底", "见成效")),
        ("把改革抓到底..", ("把改革抓到底..",)),
        ("“把改革……抓到底。”", ("把改革", "抓到底")),
    ],
)
def test_an_ellipsis_parts_the_words(typed: str, parts: tuple[str, ...]) -> None:
    assert read_quotation(typed).parts == parts


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        pytest.param("", "引文是空的", id="empty"),
        pytest.param(" \u3000\n\t", "引文是空的", id="white space"),
        pytest.param("\x00\x01\x02\x03\x1b\u200b\ufeff", "引文是空的", id="control characters"),
        pytest.param("改", "引文只有 1 个字：至少要 4 个字", id="one character"),
        pytest.param("改 革\n开", "引文只有 3 个字", id="three characters"),
        pytest.param("，。！？……", "引文里没有文字", id="punctuation"),
        pytest.param("“”「」《》", "引文里没有文字", id="marks"),
        pytest.param("😀😀🙂👍🏽🎉", "引文里没有文字", id="emoji"),
        pytest.param("____——", "引文里没有文字", id="lines"),
        pytest.param("改" * 2001, "引文有 2,001 个字：一次最多 2,000 个字", id="too long"),
        pytest.param("改" * 1_000_000, "引文有 1,000,000 个字", id="a megabyte"),
    ],
)
def test_what_is_no_quotation_is_refused_in_chinese(typed: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_quotation(typed)


@pytest.mark.parametrize("typed", ["改革开放", "2035", "改😀革开", "改" * 2000, "改 " * 2000])
def test_what_is_long_enough_is_a_quotation(typed: str) -> None:
    assert SHORTEST <= len(read_quotation(typed).core) <= LONGEST


@given(typed=st.text("改革“”「」\"'。…a1 \n（", max_size=30), data=st.data())
def test_cuts_take_what_was_typed_apart(typed: str, data: st.DataObject) -> None:
    try:
        quotation = read_quotation(typed)
    except ValueError:
        return
    assert quotation.before + quotation.core + quotation.after == quotation.typed.text
    bounds = sorted(data.draw(st.lists(st.integers(0, len(quotation.core)), max_size=3)))
    cuts = quotation.cuts([*bounds, len(quotation.core)])
    assert cuts == sorted(cuts)
    pieces = [quotation.typed.original[start:end] for start, end in pairwise(cuts)]
    assert comparable("".join(pieces)) == quotation.core


@pytest.mark.parametrize(
    ("typed", "core"),
    [
        ("“三定”", "三定"),
        ("放管服", "放管服"),
        ("「放管服」。", "放管服"),
        ("三定。", "三定"),
        ("a1", "a1"),
    ],
)
def test_a_term_may_have_two_characters(typed: str, core: str) -> None:
    term = read_term(typed)
    assert term.core == core


@pytest.mark.parametrize("typed", ["", "定", "“定”", "定，", "，。", "😀😀", "\x00\x01"])
def test_less_than_two_characters_are_no_term(typed: str) -> None:
    with pytest.raises(ValueError, match="至少两个字"):
        read_term(typed)


def test_a_term_may_not_be_longer_than_a_quotation() -> None:
    with pytest.raises(ValueError, match="2,001"):
        read_term("定" * 2001)
