from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.documents import Level
from rag.places import find_place, find_places, is_place


def places(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(place.name, place.within) for _, place in find_places(text)]


@pytest.mark.parametrize(
    ("text", "name", "within"),
    [
        pytest.param("郑州市二七区", "二七区", ("郑州市", "河南省"), id="district"),
        pytest.param(
            "内蒙古自治区呼伦贝尔市海拉尔区", "海拉尔区", ("呼伦贝尔市", "内蒙古自治区"), id="chain"
        ),
        pytest.param("在管城区召开", "管城区", ("郑州市", "河南省"), id="without the nationality"),
        pytest.param("阿坝州人民政府", "阿坝州", ("四川省",), id="prefecture for short"),
        pytest.param("忻州特色", "忻州市", ("山西省",), id="city without suffix"),
        pytest.param("江苏实践", "江苏省", (), id="province without suffix"),
        pytest.param("北京市朝阳区", "朝阳区", ("北京市",), id="told apart by the city before"),
        pytest.param("湖北省巴东县", "巴东县", ("恩施土家族苗族自治州", "湖北省"), id="county"),
        pytest.param("神农架林区", "神农架林区", ("湖北省",), id="forest district"),
        pytest.param("西安市新城区", "新城区", ("西安市", "陕西省"), id="word behind its city"),
    ],
)
def test_find_places_gives_what_holds_them(text: str, name: str, within: tuple[str, ...]) -> None:
    assert places(text)[-1] == (name, within)


def test_a_shared_name_is_resolved_by_a_city_elsewhere() -> None:
    assert ("市中区", ("济南市", "山东省")) in places("市中区率先完成任务。信息来源：济南日报")


def test_a_shared_name_stays_open_without_a_city() -> None:
    assert places("市中区率先完成任务") == [("市中区", ())]


@pytest.mark.parametrize(
    "text",
    [
        "全市中区位优势",
        "建设现代化新城区",
        "提高县域经济",
        "和县城乡",
        "长治久安",
        "世界大同",
        "我区全区各区县",
        "",
    ],
)
def test_words_that_only_look_like_places_are_left(text: str) -> None:
    assert places(text) == []


@pytest.mark.parametrize("name", ["忻州", "忻州市", "市中区", "江苏省", "新疆", "香港", "宁乡县"])
def test_is_place(name: str) -> None:
    assert is_place(name)


@pytest.mark.parametrize("name", ["", "会议", "改革区", "市"])
def test_is_no_place(name: str) -> None:
    assert not is_place(name)


def test_find_place_needs_one_meaning() -> None:
    assert find_place("市中区") is None
    inside = find_place("市中区", within="济南市")
    assert inside is not None
    assert inside.within == ("济南市", "山东省")
    county = find_place("长葛", within="河南省")
    assert county is not None
    assert (county.name, county.level) == ("长葛市", Level.COUNTY)


def test_every_province_is_known() -> None:
    names = (
        "北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 "
        "湖南 广东 广西 海南 "
        "重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 香港 澳门 台湾"
    ).split()
    found = [find_place(name) for name in names]
    assert len(names) == 34
    assert all(place is not None and place.level is Level.PROVINCE for place in found)


@given(st.text(alphabet="全市中区县省州二七郑河南山西忻 ，", max_size=60))
def test_places_are_in_order_and_apart(text: str) -> None:
    spans = [span for span, _ in find_places(text)]
    assert all(one.end <= other.start for one, other in pairwise(spans))
