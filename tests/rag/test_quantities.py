"""Numbers of a text, however they are set."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.dates import find_dates
from rag.quantities import find_quantities
from rag.text import Span

PIECES = (
    "37 ３７ 三十 个 名 万 % 第 届 年 月 日 2019 〔2018〕 国发 号 至 成 百分之 . 部门 共 ，".split(
        " "
    )
)
SENTENCES = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@pytest.mark.parametrize(
    ("text", "value", "unit", "number"),
    [
        ("共有37个党政机构", 37, "个", "37"),
        ("共有 37 个党政机构", 37, "个", "37"),
        ("共有\u300037\u3000个党政机构", 37, "个", "37"),
        ("下降了 5 %", 5, "%", "5"),
        ("安排资金 2.6 万元", 26000, "元", "2.6 万"),
        ("核定编制 1,361 名", 1361, "人", "1,361"),
        ("依照第 十 条的规定", 10, "条", "十"),
        ("第 14 届全国人民代表大会", 14, "届", "14"),
    ],
)
def test_white_space_around_digits_tells_nothing(
    text: str, value: int, unit: str, number: str
) -> None:
    (found,) = find_quantities(text)
    assert (found.value, found.unit, found.number.of(text)) == (Fraction(value), unit, number)
    assert found.span.of(text).strip() == found.span.of(text)


@pytest.mark.parametrize("text", ["2 部门职责", "一、总则\n  3 项目概况", "共有 37\n个", "37   个"])
def test_a_number_of_a_heading_or_apart_counts_nothing(text: str) -> None:
    assert find_quantities(text) == []


@given(SENTENCES, SENTENCES, SENTENCES)
def test_numbers_of_a_sentence_are_those_of_the_sentence_alone(
    before: str, sentence: str, behind: str
) -> None:
    text = f"{before}。{sentence}。{behind}"
    within = Span(len(before) + 1, len(before) + 1 + len(sentence))
    alone = find_quantities(sentence)
    found = find_quantities(text, within=within)
    assert [one.span for one in found] == [one.span.shifted(within.start) for one in alone]
    assert [one.number for one in found] == [one.number.shifted(within.start) for one in alone]
    assert [(one.value, one.unit) for one in found] == [(one.value, one.unit) for one in alone]
    dates = [(span.shifted(within.start), date) for span, date in find_dates(sentence)]
    assert find_dates(text, within=within) == dates
