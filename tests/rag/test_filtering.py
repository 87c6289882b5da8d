"""Names of places with and without suffix, and ranges of partial dates."""

import pytest

from rag.documents import Filters, Metadata, PartialDate
from rag.filtering import conditions, date_range, place_stem


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("郑州市", "郑州"),
        ("河南省", "河南"),
        ("二七区", "二七"),
        ("市中区", "市中"),
        ("沙市区", "沙市"),
        ("兰州", "兰州"),
        ("内蒙古自治区", "内蒙古"),
        ("广西壮族自治区", "广西"),
        ("新疆维吾尔自治区", "新疆"),
        ("恩施土家族苗族自治州", "恩施"),
        ("积石山保安族东乡族撒拉族自治县", "积石山"),
        ("香港特别行政区", "香港"),
        ("雄安新区", "雄安"),
        ("东区", "东区"),
        ("", ""),
    ],
)
def test_a_place_loses_its_suffix_and_no_more(name: str, stem: str) -> None:
    assert place_stem(name) == stem


@pytest.mark.parametrize(
    ("published", "event", "expected"),
    [
        ("2019-03-22", "2018", ("2019-03-22", "2019-03-22")),
        ("2019-03", None, ("2019-03-01", "2019-03-31")),
        ("2019", None, ("2019-01-01", "2019-12-31")),
        (None, "2018", ("2018-01-01", "2018-12-31")),
        ("--12-28", "2018", ("2018-01-01", "2018-12-31")),
        ("--12-28", None, ("", "")),
        (None, None, ("", "")),
    ],
)
def test_the_date_of_a_document(
    published: str | None, event: str | None, expected: tuple[str, str]
) -> None:
    metadata = Metadata(
        title="文件",
        published_date=PartialDate.parse(published) if published else None,
        event_date=PartialDate.parse(event) if event else None,
    )
    assert date_range(metadata) == expected


def test_no_filters_give_no_conditions() -> None:
    assert conditions(Filters()) == []


@pytest.mark.parametrize("wrong", ["去年", "2019/3/1", "--03-01", "2019-13", ""])
def test_a_wrong_date_is_named(wrong: str) -> None:
    with pytest.raises(ValueError, match="请写成 2019") as caught:
        conditions(Filters(date_from=wrong))
    assert repr(wrong) in str(caught.value)
