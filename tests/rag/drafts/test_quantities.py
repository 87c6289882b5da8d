"""Numbers of a text, however they are set."""

from fractions import Fraction

import pytest

from rag.drafts.quantities import find_quantities


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
