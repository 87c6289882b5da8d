from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.dates import find_dates, first_date, make_date
from rag.documents import PartialDate


def dates(text: str) -> list[tuple[str, str]]:
    return [(span.of(text), str(date)) for span, date in find_dates(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("2019年3月22日公布", [("2019年3月22日", "2019-03-22")], id="full"),
        pytest.param(
            "1．2019年3月公布", [("2019年3月", "2019-03")], id="behind a full-width point"
        ),
        pytest.param("2019年03月", [("2019年03月", "2019-03")], id="month"),
        pytest.param("2019年以来", [("2019年", "2019")], id="year"),
        pytest.param("12月28日上午", [("12月28日", "--12-28")], id="without a year"),
        pytest.param("今年2月，他说", [("2月", "--02")], id="this year stays open"),
        pytest.param(")1 月16日", [("1 月16日", "--01-16")], id="white space inside"),
        pytest.param(
            "二〇一九年三月二十二日", [("二〇一九年三月二十二日", "2019-03-22")], id="numerals"
        ),
        pytest.param(
            "一九九六年十一月五日", [("一九九六年十一月五日", "1996-11-05")], id="numerals 1996"
        ),
        pytest.param("二○○六年十月十八日", [("二○○六年十月十八日", "2006-10-18")], id="circles"),
        pytest.param("２０１９年３月", [("２０１９年３月", "2019-03")], id="full width"),
        pytest.param("2019-03-22 10:00", [("2019-03-22", "2019-03-22")], id="hyphens"),
        pytest.param("2019/3/22", [("2019/3/22", "2019-03-22")], id="slashes"),
        pytest.param("2019.3.22", [("2019.3.22", "2019-03-22")], id="dots"),
        pytest.param("2021—2023年", [("2023年", "2023")], id="range of years"),
        pytest.param("11月28日至29日", [("11月28日", "--11-28")], id="range of days"),
        pytest.param("2023年02月29日", [], id="no leap year"),
        pytest.param("2月30日", [], id="no such day"),
        pytest.param("13月5日", [], id="no such month"),
        pytest.param("3个月后", [], id="duration"),
        pytest.param("80年代", [], id="decade"),
        pytest.param("20xx年", [], id="year left open"),
        pytest.param("国发〔2019〕6号", [], id="document number"),
        pytest.param("昨日上午", [], id="yesterday"),
        pytest.param("1.2019年", [], id="behind a dot"),
        pytest.param("", [], id="empty"),
    ],
)
def test_find_dates(text: str, expected: list[tuple[str, str]]) -> None:
    assert dates(text) == expected


def test_first_date_of_several() -> None:
    assert first_date("3月13日开会，3月14日结束") == PartialDate(month=3, day=13)
    assert first_date("没有日期") is None


@given(st.dates())
def test_a_written_date_is_found_whole(date) -> None:
    if not 1800 <= date.year <= 2099:
        return
    text = f"于{date.year}年{date.month}月{date.day}日召开"
    expected = PartialDate(year=date.year, month=date.month, day=date.day)
    assert [found for _, found in find_dates(text)] == [expected]


@given(st.text(alphabet="0123456789年月日一二三十〇-./ 第至", max_size=40))
def test_found_dates_are_in_order_and_apart(text: str) -> None:
    found = [span for span, _ in find_dates(text)]
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(st.integers(-5, 3000), st.integers(-5, 20), st.integers(-5, 40))
def test_make_date_never_raises(year: int, month: int, day: int) -> None:
    date = make_date(year, month, day)
    assert date is None or (date.year, date.month, date.day) == (year, month, day)
