"""Lists, terms and titles of a draft against those of documents, whatever stands beside them."""

from dataclasses import replace

import pytest

from rag.documents import Kind
from rag.drafts.checking import check_draft
from rag.drafts.enumerations import Enumeration, ListWords, find_enumerations
from rag.drafts.lexicon import read_terms
from rag.drafts.list_comparison import Difference, compare_lists
from rag.drafts.listings import corrected
from rag.drafts.lists_by_form import find_plain_lists
from rag.text import Span
from tests.rag.drafts.conftest import InMemoryLibrary, document, place

LISTS = (
    document(
        "白茅县执法改革见闻\n"
        "2021年5月8日，白茅县召开执法改革现场会。县长宋若谷要求年底以前所有队伍统一服装、统一文书、统一培训。\n"
        "宋若谷提出“三个再问一遍”：一问路修没修通，二问水引没引到，三问账晒没晒清。\n"
        "这个县把农机站、种子站、植保站三家合并，设立农技中心。\n"
        "宋若谷说，谁审批谁盖章，谁监管谁到场，谁担责谁签字。\n"
        "全县共有执法人员126人，比上年少14人。\n",
        title="白茅县执法改革见闻",
        kind=Kind.NEWS,
        place=place("白茅县"),
    ),
    document(
        "白鹭市芦苇区人民政府办公室关于做好汛期便民服务工作的通知\n"
        "芦苇区便民服务要做到“两张表”：一张任务表，一张服务表，每季度对一次账。\n"
        "芦苇区现在五个办公室：综合办、党建办、发展和改革办、平安办、乡村办。\n"
        "芦苇区先搬的是综合办、党建办、发展和改革办，随后才是别的。\n"
        "芦苇区便民中心2020年6月3日启用，设窗口37个。\n",
        title="白鹭市芦苇区人民政府办公室关于做好汛期便民服务工作的通知",
        kind=Kind.BRIEFING,
        place=place("芦苇区"),
    ),
)


@pytest.fixture(scope="module")
def lists() -> InMemoryLibrary:
    """Two documents, of two counties, that list things in several ways."""
    return InMemoryLibrary(LISTS)


def wrong(text: str, library: InMemoryLibrary) -> list[tuple[str, str, str | None]]:
    """Kind, words and correction of what the library contradicts."""
    return [
        (one.kind.value, text[one.start : one.end], one.correction)
        for one in check_draft(text, library)
        if one.verdict.value == "altered"
    ]


SEEN = "白茅县2021年5月8日开现场会，全县执法人员126人。"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            f"{SEEN}年底以前统一服装、统一车辆、统一培训。",
            ("统一服装、统一车辆、统一培训", "统一服装、统一文书、统一培训"),
            id="an item replaced, words before the first",
        ),
        pytest.param(
            f"{SEEN}县里把农机站、林业站、植保站三家并成农技中心。",
            ("农机站、林业站、植保站", "农机站、种子站、植保站"),
            id="other words behind the last item",
        ),
        pytest.param(
            f"{SEEN}“三个再问一遍”问得细：一问路修没修通，二问水引没引来，三问账晒没晒清。",
            (
                "一问路修没修通，二问水引没引来，三问账晒没晒清",
                "一问路修没修通，二问水引没引到，三问账晒没晒清",
            ),
            id="numbered clauses",
        ),
        pytest.param(
            f"{SEEN}谁审批谁盖章，谁监管谁出力，谁担责谁签字，这话说得明白。",
            (
                "谁审批谁盖章，谁监管谁出力，谁担责谁签字",
                "谁审批谁盖章，谁监管谁到场，谁担责谁签字",
            ),
            id="clauses alike in form",
        ),
        pytest.param(
            "芦苇区归成五个办公室，即综合办、党建办、发展和改革办、乡村办。",
            (
                "综合办、党建办、发展和改革办、乡村办",
                "综合办、党建办、发展和改革办、平安办、乡村办",
            ),
            id="fewer items than announced, one with 和 in its name",
        ),
        pytest.param(
            "芦苇区归成五个办公室，即综合办、党建办、平安办和乡村办。",
            ("综合办、党建办、平安办和乡村办", "综合办、党建办、发展和改革办、平安办和乡村办"),
            id="the draft's own 和 stays",
        ),
    ],
)
def test_an_item_that_the_document_has_otherwise_is_told(
    text: str, expected: tuple[str, str], lists: InMemoryLibrary
):
    assert ("enumeration", *expected) in wrong(text, lists)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{SEEN}年底以前统一服装、统一文书等。", id="a list that says it is open"),
        pytest.param("芦苇区有五个办公室：综合办、党建办、平安办等。", id="open beside its term"),
        pytest.param(
            "芦苇区的综合办、党建办、发展和改革办、平安办等搬了家。",
            id="part of one list, one more than another",
        ),
        pytest.param(f"{SEEN}县里的农机站、种子站和植保站三家合并。", id="和 for 、"),
        pytest.param("石门县把农机站、林业站、植保站合并。", id="another county"),
        pytest.param(
            f"{SEEN}会上也说到修路、引水、晒账、植树、读书。", id="a list that nobody knows"
        ),
    ],
)
def test_what_no_document_contradicts_is_not_told(text: str, lists: InMemoryLibrary):
    assert not [one for one in wrong(text, lists) if one[0] == "enumeration"]


def test_a_heading_may_name_the_place(lists: InMemoryLibrary):
    text = (
        "三地见闻\n\n一、青禾县\n\n青禾县的事另说。\n\n二、白茅县：执法\n\n"
        "三家合成一家，说的是农机站、林业站、植保站。\n"
    )
    assert ("enumeration", "农机站、林业站、植保站", "农机站、种子站、植保站") in wrong(text, lists)


def test_a_title_is_known_without_who_wrote_it(lists: InMemoryLibrary):
    text = "区里印发《关于做好汛期便民服务的通知》。"
    assert wrong(text, lists) == [
        ("title", "关于做好汛期便民服务的通知", "关于做好汛期便民服务工作的通知")
    ]
    text = "区里印发《关于做好汛期便民服务工作的通知》。"
    assert [one.verdict.value for one in check_draft(text, lists)] == ["exact"]


def test_a_title_is_read_with_and_without_its_issuer():
    titles = read_terms(LISTS).titles
    assert "关于做好汛期便民服务工作的通知" in titles
    assert "白鹭市芦苇区人民政府办公室关于做好汛期便民服务工作的通知" in titles


def test_a_term_formed_alike_is_told_where_the_document_is_followed(lists: InMemoryLibrary):
    text = (
        "芦苇区便民中心2020年6月3日启用，设窗口37个。"
        "便民服务用的是“两本账”，一张任务表，一张服务表，每季度对一次账。"
    )
    assert ("expression", "两本账", "两张表") in wrong(text, lists)


def test_a_term_formed_alike_elsewhere_is_left_alone(lists: InMemoryLibrary):
    text = "便民服务用的是“两本账”，一张任务表，一张服务表，每季度对一次账。"
    assert "两本账" not in [words for _, words, _ in wrong(text, lists)]


def plain(*items: str, clear: bool = False, exact: bool = False) -> ListWords:
    """A list to compare."""
    return ListWords(items=items, begins_clearly=clear, is_exact=exact)


@pytest.mark.parametrize(
    ("ours", "theirs", "difference", "told"),
    [
        (("要求甲站", "乙站", "丙站工作"), ("甲站", "乙站", "丙站"), Difference.NONE, ()),
        (("甲站", "乙站"), ("甲站", "乙站", "丙站"), Difference.MISSING, ("丙站",)),
        (("甲站", "丁站", "丙站"), ("甲站", "乙站", "丙站"), Difference.REPLACED, ("乙站",)),
        (("乙站", "甲站", "丙站"), ("甲站", "乙站", "丙站"), Difference.REORDERED, ("乙站",)),
        (
            ("甲站", "乙站", "丁站", "丙站"),
            ("甲站", "乙站", "丙站"),
            Difference.ADDED,
            ("丁站",),
        ),
        (("市监局", "甲站", "乙站"), ("市场监管局", "甲站", "乙站"), Difference.NONE, ()),
        (("北京", "河北", "山西三地"), ("北京市", "河北省", "山西省"), Difference.NONE, ()),
    ],
)
def test_two_lists_are_compared(
    ours: tuple[str, ...],
    theirs: tuple[str, ...],
    difference: Difference,
    told: tuple[str, ...],
):
    found = compare_lists(plain(*ours), plain(*theirs))
    assert found is not None
    assert found.difference is difference
    if difference is not Difference.REORDERED:
        assert found.wrong == told


@pytest.mark.parametrize(
    "ours",
    [("甲站", "丁站", "戊站"), ("甲站", "乙站", "丁站", "戊站"), ("丁站", "戊站", "己站")],
)
def test_lists_with_little_in_common_are_two(ours: tuple[str, ...]):
    assert compare_lists(plain(*ours), plain("甲站", "乙站", "丙站")) is None


def test_a_list_of_two_is_no_list_to_compare_with():
    assert compare_lists(plain("甲站", "乙站"), plain("甲站", "乙站")) is None


def test_numbered_items_that_are_missing_are_not_written_in():
    text = "一看甲，二看乙"
    items = [Span(2, 3), Span(6, 7)]
    assert corrected(text, items, ours=("甲", "乙"), theirs=("甲", "乙", "丙")) is None
    assert corrected(text, items, ours=("甲", "乙"), theirs=("甲", "丙")) == "甲，二看丙"


def words_of(text: str, found: Enumeration) -> list[str]:
    return found.words(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("（一）修路到村\n（二）引水到户\n（三）晒账到墙\n", ["修路到村", "引水到户", "晒账到墙"]),
        ("第一，把路修通。第二，把水引到。", ["把路修通", "把水引到"]),
        ("要做到路有人修，水有人引，账有人晒。", ["路有人修", "水有人引", "账有人晒"]),
        ("一家开门，二家关门", ["开门", "关门"]),
    ],
)
def test_clauses_are_read_as_lists(text: str, expected: list[str]):
    assert expected in [words_of(text, one) for one in find_plain_lists(text) if one.is_exact]


def test_a_number_alone_is_no_list():
    assert not [one for one in find_plain_lists("一看就懂，三看才明白。") if one.is_exact]


def test_an_open_list_beside_its_term_is_known_as_such():
    (found,) = find_enumerations("三个办：综合办、党建办等。")
    assert found.is_open
    assert replace(found, is_open=False).words("三个办：综合办、党建办等。") == ["综合办", "党建办"]
