"""What a second round of unseen drafts taught: sayings, moved items, exchanged offices, years."""

import pytest

from rag.documents import Kind
from rag.drafts.checking import check_draft
from rag.drafts.enumerations import ListWords
from rag.drafts.list_comparison import Difference, compare_lists
from rag.drafts.office_comparison import has_other_office, offices_agree
from rag.drafts.reading import read_draft
from rag.quantities import find_quantities
from rag.scopes import read_scope
from tests.rag.drafts.conftest import InMemoryLibrary, document, place

TEXTS = (
    document(
        "沙柳县下放事项见闻\n"
        "2022年4月9日，沙柳县印发沙政发〔2022〕14号文件，下放事项58项。\n"
        "放权讲究权随责走、费随事转，放下去的事要有人管。\n"
        "沙柳县委常委、常务副县长宋若溪说，窗口不能空着，电话不能响着。\n"
        "县委常委、县纪委书记梁观澜宣读了纪律要求。审批局局长是陆见山。\n"
        "下放分五步：清单、评估、培训、交接、督查。\n",
        title="沙柳县下放事项见闻",
        kind=Kind.NEWS,
        place=place("沙柳县"),
    ),
)
FOLLOWED = "沙柳县2022年4月9日印发文件，下放事项58项。"


@pytest.fixture(scope="module")
def library() -> InMemoryLibrary:
    """One document."""
    return InMemoryLibrary(TEXTS)


def wrong(text: str, library: InMemoryLibrary) -> list[tuple[str, str, str | None]]:
    return [
        (one.kind.value, text[one.start : one.end], one.correction)
        for one in check_draft(text, library)
        if one.verdict.value == "altered"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "放权讲究人随责走、费随事转。",
            [("expression", "人随责走、费随事转", "权随责走、费随事转")],
            id="one character of a saying in two halves",
        ),
        pytest.param("放权讲究权随责走、费随事转。", [], id="a saying as it is"),
        pytest.param("放权讲究权随责走、钱跟人跑。", [], id="a saying of one half only"),
        pytest.param(
            f"{FOLLOWED}下放分清单、培训、评估、交接、督查五步。",
            [("enumeration", "清单、培训、评估、交接、督查", "清单、评估、培训、交接、督查")],
            id="two items of a list exchanged",
        ),
        pytest.param(
            f"{FOLLOWED}沙柳县委副书记、常务副县长宋若溪说了话。",
            [("person", "沙柳县委副书记、常务副县长宋若溪", "沙柳县委常委、常务副县长宋若溪")],
            id="one of two offices",
        ),
        pytest.param(
            f"{FOLLOWED}县委常委、常务副县长宋若溪说了话。", [], id="both offices as they are"
        ),
        pytest.param(
            f"{FOLLOWED}审批局局长是陆见川。",
            [("person", "审批局局长是陆见川", "审批局局长是陆见山")],
            id="a name behind 是, one character wrong",
        ),
        pytest.param(
            "沙柳县印发的是沙政办发〔2022〕14号文件。",
            [("document_number", "沙政办发〔2022〕14号", "沙政发〔2022〕14号")],
            id="another issuer with the same number",
        ),
    ],
)
def test_what_the_library_contradicts_is_found(
    text: str, expected: list[tuple[str, str, str | None]], library: InMemoryLibrary
) -> None:
    assert wrong(text, library) == expected


def test_a_year_is_spoken_of_in_its_paragraph_only_and_a_place_beyond_it() -> None:
    text = "沙柳县情况汇报\n2012年试点。后来推开。\n改革后设机构38个。\n二、2016年情况\n又设3个。"
    sentences = read_draft(text, place_names=frozenset({"沙柳县"})).sentences
    scopes = [(sorted(one.scope.places), sorted(one.scope.years)) for one in sentences]
    assert scopes == [
        (["沙柳"], []),
        (["沙柳"], [2012]),
        (["沙柳"], [2012]),
        (["沙柳"], []),
        (["沙柳"], [2016]),
        (["沙柳"], [2016]),
    ]


def test_words_before_a_list_do_not_hide_an_item_that_moved() -> None:
    ours = ListWords(
        items=("逐件核查申请", "评审", "试点", "公示", "备案"),
        begins_clearly=False,
        is_exact=False,
    )
    theirs = ListWords(
        items=("申请", "评审", "公示", "试点", "备案"), begins_clearly=True, is_exact=False
    )
    compared = compare_lists(ours, theirs)
    assert compared is not None
    assert compared.difference is Difference.REORDERED
    assert compared.starts_at == len("逐件核查")
    assert compared.ours == ("申请", "评审", "试点", "公示", "备案")


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("第十三届全国人民代表大会第一次会议通过了方案", {2018}),
        ("九届全国人大一次会议上作说明", {1998}),
        ("十四届全国人大二次会议", {2024}),
        ("县十四届人大二次会议", set()),
    ],
)
def test_a_session_of_the_congress_tells_the_year(text: str, years: set[int]) -> None:
    assert read_scope(text).years == years


def test_deputies_are_counted() -> None:
    (found,) = find_quantities("领导职数为一正三副")
    assert (found.unit, found.value, found.span.of("领导职数为一正三副")) == ("副", 3, "一正三副")


def test_levels_of_committees_tell_offices_apart() -> None:
    assert not offices_agree("市委书记", "沙柳县委书记")
    assert offices_agree("县委书记", "沙柳县委书记")


def test_an_office_exchanged_for_another_is_told_from_one_left_out() -> None:
    held = ["县委常委、常务副县长"]
    assert has_other_office("县委副书记、常务副县长", held)
    assert not has_other_office("常务副县长", held)
    assert not has_other_office("县委常委、常务副县长", held)
    assert not has_other_office("县委副书记、常务副县长", [])
