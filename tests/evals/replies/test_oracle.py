"""What a passage says by itself: numbers, dates, names and quoted words in any notation."""

import pytest

from evals.replies.oracle import (
    chinese_value,
    coverage,
    dates_in,
    holds_date,
    holds_name,
    missing_values,
    numbers_in,
    quoted_in,
)


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("三", 3),
        ("十", 10),
        ("二十五", 25),
        ("一百零八", 108),
        ("两千万", 20_000_000),
        ("二〇一九", 2019),
    ],
)
def test_a_chinese_numeral_has_its_value(numeral: str, value: int) -> None:
    assert chinese_value(numeral) == value


def test_a_single_one_is_no_number() -> None:
    assert chinese_value("一") is None
    assert not numbers_in("统一领导")


def test_a_number_is_the_same_in_any_notation() -> None:
    assert numbers_in("３７个") == numbers_in("三十七个") == {37.0}
    assert {1.3, 13_000.0} <= numbers_in("1.3万人")
    assert 5.0 in numbers_in("百分之五")
    assert 5.0 in numbers_in("5%")


def test_a_date_is_the_same_in_any_notation() -> None:
    held = (2019, 2, 20)
    assert dates_in("2019年2月20日") == dates_in("二〇一九年二月二十日") == {held}
    assert held in dates_in("2019-02-20")


@pytest.mark.parametrize("wanted", ["2019年3月15日", "2019年3月", "3月15日", "2019年"])
def test_a_date_without_some_parts_stands_in_the_whole_one(wanted: str) -> None:
    assert all(holds_date(one, dates_in("2019年3月15日下午")) for one in dates_in(wanted))


@pytest.mark.parametrize("wanted", ["2018年3月15日", "2019年4月15日", "2019年3月16日", "2018年"])
def test_another_date_does_not_stand_there(wanted: str) -> None:
    held = dates_in("2019年3月15日下午，2019年")
    assert not any(holds_date(one, held) for one in dates_in(wanted))


def test_a_year_alone_bears_out_no_day_of_it() -> None:
    assert not holds_date((2019, 3, 15), dates_in("2019年的改革"))


def test_a_place_stands_there_without_its_suffix() -> None:
    assert holds_name("北京、山西、浙江三地", "山西省")
    assert not holds_name("北京、山西、浙江三地", "河南省")


def test_quoted_words_are_those_between_quotation_and_title_marks() -> None:
    assert quoted_in("“三定”规定，《监察法》") == ["三定", "监察法"]


def test_values_that_a_passage_lacks_are_named() -> None:
    seen = "2019年3月15日，市中区完成转隶，“三定”规定有37个。"
    names = ("市中区", "澄湖市")
    assert missing_values("市中区3月15日印发三十七个“三定”规定[2]。", seen, names) == []
    assert missing_values("澄湖市有38个“三不变”[1]。", seen, names) == ["38", "澄湖市", "三不变"]


def test_coverage_is_the_share_of_pairs() -> None:
    assert coverage("机构改革[1]。", "机构改革的方案") == 1
    assert coverage("机构改革", "机构设置") == pytest.approx(1 / 3)
    assert coverage("粮食", "机构设置") == 0
