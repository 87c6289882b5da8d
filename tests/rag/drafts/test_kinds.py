"""The check of a whole draft, kind by kind, and what holds for every draft."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.drafts.checking import DraftChecker, check_draft
from rag.quotations.quotation import FindingKind, Match, Verdict
from rag.scopes import place_spans
from tests.rag.drafts.conftest import InMemoryLibrary

Told = tuple[str, str, str, str | None]


def told(text: str, library: InMemoryLibrary) -> list[Told]:
    """Kind, verdict, words and correction of each finding."""
    return [
        (one.kind.value, one.verdict.value, text[one.start : one.end], one.correction)
        for one in check_draft(text, library)
    ]


NUMBERS = [
    pytest.param(
        "青禾县改革后设置党政机构43个，其中党委机构9个。",
        [("figure", "altered", "43个", "34个"), ("figure", "exact", "9个", None)],
        id="digits of a figure swapped",
    ),
    pytest.param(
        "青禾县改革后共设四十三个党政机构。",
        [("figure", "altered", "四十三个", "三十四个")],
        id="a figure in Chinese numerals, in another order of words",
    ),
    pytest.param(
        "石桥县改革后设置党政机构31个。",
        [("figure", "exact", "31个", None)],
        id="the same fact of another county",
    ),
    pytest.param(
        "金山县改革后设置党政机构43个。",
        [("figure", "not_found", "43个", None)],
        id="a county that the library does not know",
    ),
    pytest.param(
        "青禾县审批平均用时由15天缩短到14天。",
        [("figure", "exact", "15天", None), ("figure", "altered", "14天", "4天")],
        id="what a number was is not what it became",
    ),
    pytest.param(
        "青禾县机构定为34个，党委口9个，政府口52个。",
        [
            ("figure", "exact", "34个", None),
            ("figure", "exact", "9个", None),
            ("figure", "altered", "52个", "25个"),
        ],
        id="the third number of a sentence put in other words",
    ),
    pytest.param(
        "2019年3月16日，青禾县召开机构改革动员会。",
        [("date", "altered", "2019年3月16日", "2019年3月6日")],
        id="the day of an event",
    ),
    pytest.param(
        "《白鹭市机构编制管理办法》2018年5月9日公布，2018年9月1日起施行。",
        [
            ("title", "exact", "白鹭市机构编制管理办法", None),
            ("date", "exact", "2018年5月9日", None),
            ("date", "altered", "2018年9月1日", "2018年7月1日"),
        ],
        id="of two events the one whose day is wrong",
    ),
    pytest.param(
        "2019年13月6日，青禾县开会。",
        [("date", "altered", "2019年13月6日", None)],
        id="a day that no calendar has",
    ),
    pytest.param(
        "青禾县改革后有党政机构３４个，涉及转隶人员268名。",
        [("figure", "exact", "３４个", None), ("figure", "exact", "268名", None)],
        id="full-width digits and another classifier",
    ),
    pytest.param(
        "2019 年 3 月 16 日，青禾县改革后设置党政机构 43 个。",
        [
            ("date", "altered", "2019 年 3 月 16 日", "2019 年 3 月 6 日"),
            ("figure", "altered", "43 个", "34 个"),
        ],
        id="digits set apart, and so they are mended",
    ),
]
NAMES = [
    pytest.param(
        "会议由县长李远明主持。",
        [("person", "altered", "县长李远明", "县委书记李远明")],
        id="another office",
    ),
    pytest.param(
        "青禾县县长周知秋出席。",
        [("person", "exact", "青禾县县长周知秋", None)],
        id="an office with its place",
    ),
    pytest.param(
        "金山县县长周知秋出席。",
        [("person", "not_found", "金山县县长周知秋", None)],
        id="somebody of the same name in another place",
    ),
    pytest.param(
        "依照《白鹭市机构编制管理办法》执行。",
        [("title", "exact", "白鹭市机构编制管理办法", None)],
        id="a title that is known",
    ),
    pytest.param(
        "依照《白鹭市机构编制管理办去》执行。",
        [("title", "altered", "白鹭市机构编制管理办去", "白鹭市机构编制管理办法")],
        id="a title with a slip",
    ),
    pytest.param(
        "依照《乌鹭市机构编制管理办法》执行。",
        [("title", "not_found", "乌鹭市机构编制管理办法", None)],
        id="the same title of another place",
    ),
    pytest.param(
        "实施细则见白政办发[2018]45号。",
        [("document_number", "exact", "白政办发[2018]45号", None)],
        id="a document number in other brackets",
    ),
    pytest.param(
        "白鹭市人民政府办公室印发实施细则（白政办发〔2018〕54号）。",
        [("document_number", "altered", "白政办发〔2018〕54号", "白政办发〔2018〕45号")],
        id="a document number with its digits swapped",
    ),
]
PHRASES = [
    pytest.param(
        "要增强“四个意思”，做到“两个维护”。",
        [
            ("expression", "altered", "四个意思", "四个意识"),
            ("expression", "exact", "两个维护", None),
        ],
        id="a set phrase with a wrong character",
    ),
    pytest.param("他把“好事”办好，从不喊“累”。", [], id="ordinary words in scare quotes"),
    pytest.param(
        "大力推进“五个跃升”。",
        [("expression", "not_found", "五个跃升", None)],
        id="a term that nobody knows",
    ),
    pytest.param(
        "坚持以人民为重心的思想。",
        [("expression", "altered", "坚持以人民为重心", "坚持以人民为中心")],
        id="a set phrase without marks",
    ),
    pytest.param(
        "坚定“四个自信”（道路自信、理论自信、制度自信）。",
        [
            ("expression", "exact", "四个自信", None),
            (
                "enumeration",
                "altered",
                "道路自信、理论自信、制度自信",
                "道路自信、理论自信、制度自信、文化自信",
            ),
        ],
        id="three of four",
    ),
    pytest.param(
        "要增强政治意识、大局意识、核心意识。",
        [
            (
                "enumeration",
                "altered",
                "政治意识、大局意识、核心意识",
                "政治意识、大局意识、核心意识、看齐意识",
            )
        ],
        id="three of four without their name",
    ),
    pytest.param(
        "青禾县做到“四个不误”：不误春耕、不误服务、不误项目、不误安全。",
        [
            ("expression", "exact", "四个不误", None),
            (
                "enumeration",
                "altered",
                "不误春耕、不误服务、不误项目、不误安全",
                "不误春耕、不误项目、不误服务、不误安全",
            ),
        ],
        id="another order",
    ),
    pytest.param(
        "推进“放管服改革。",
        [("quotation_mark", "altered", "“放管服", "“放管服”")],
        id="a mark without its partner",
    ),
]
QUOTATIONS = [
    pytest.param(
        "县委书记李远明指出，“牌子换了不算数，群众少跑腿才算数”。",
        [
            ("person", "exact", "县委书记李远明", None),
            (
                "quotation",
                "altered",
                "牌子换了不算数，群众少跑腿才算数",
                "牌子换了不算数，群众少跑路才算数",
            ),
        ],
        id="a quotation with a wrong character",
    ),
    pytest.param(
        "县委书记李远明指出，牌子换了不算数，群众少跑路才算数。",
        [
            ("person", "exact", "县委书记李远明", None),
            ("quotation", "exact", "牌子换了不算数，群众少跑路才算数", None),
        ],
        id="a statement without marks",
    ),
    pytest.param(
        "县长郑望舒说，“牌子换了不算数，群众少跑路才算数”。",
        [
            ("person", "exact", "县长郑望舒", None),
            ("quotation", "misattributed", "牌子换了不算数，群众少跑路才算数", None),
        ],
        id="a quotation of somebody else",
    ),
    pytest.param(
        "县长郑望舒说：“桥通了，心也就通了，日子还在后头。”",
        [
            ("person", "exact", "县长郑望舒", None),
            ("quotation", "not_found", "桥通了，心也就通了，日子还在后头。", None),
        ],
        id="a quotation that nobody knows",
    ),
]


@pytest.mark.parametrize(("text", "expected"), [*NUMBERS, *NAMES, *PHRASES, *QUOTATIONS])
def test_each_kind_is_told(text: str, expected: list[Told], library: InMemoryLibrary):
    assert told(text, library) == expected


def test_a_figure_in_an_altered_quotation_is_not_told_apart(library: InMemoryLibrary):
    text = "县委编办主任王立成说，“县行政审批局把19个部门的164项审批事项集中办理”。"
    wrong = [one for one in check_draft(text, library) if one.verdict is Verdict.ALTERED]
    assert [(one.kind, one.correction) for one in wrong] == [
        (FindingKind.QUOTATION, "县行政审批局把19个部门的146项审批事项集中办理")
    ]


def test_a_draft_in_traditional_characters_is_read(library: InMemoryLibrary):
    text = "青禾縣改革後設置黨政機構４３個。"
    assert told(text, library) == [("figure", "altered", "４３個", "34个")]


def test_what_stands_in_a_sentence_broken_by_lines_is_read(library: InMemoryLibrary):
    text = "青禾县通讯\n\n按照市里的方案，青禾县改革后设置党政机\n构43个，其中党委机构9个。"
    assert ("figure", "altered", "43个", "34个") in told(text, library)


def test_a_place_is_taken_from_the_title_where_sentences_name_none(library: InMemoryLibrary):
    text = "石桥县政务服务通报\n\n全县设立综合窗口25个。"
    assert told(text, library) == [("figure", "altered", "25个", "22个")]


@pytest.mark.parametrize("text", ["", " \n\u3000", "，。！“”", "🙂🙂"])
def test_a_draft_without_words_is_refused_in_chinese(text: str, library: InMemoryLibrary):
    with pytest.raises(ValueError, match="稿件"):
        check_draft(text, library)


def test_a_checker_is_the_check_on_one_library(library: InMemoryLibrary):
    text = "青禾县改革后设置党政机构43个。"
    assert DraftChecker(library).check(text) == check_draft(text, library)


PIECES = (
    "“ ” ‘ ’ 「 」 『 』 《 》 〈 〉 \" ' （ ） ， 。 ； ： 、 ？ \n \n\n \x00 \u200b 🙂 # \ud800 "
    "青禾县 石桥县 白鹭市 李远明 县长 县委书记 周知秋 指出 说， 强调： 34个 四十三个 百分之 %5 "
    "2019年3月6日 2019年 第 届 次 全会 白政办发〔2018〕45号 〔2018〕 号 四个意识 四个自信 "
    "道路自信、 理论自信、 党政机构 是指 即 一是 二是 由 减为 等 牌子换了不算数 机构改革 "
    "其中 共 设置 局长是 和 至 28日 周 A b 7 ０ 萬 万 亿 ·"
).split(" ")


@given(text=st.lists(st.sampled_from(PIECES), max_size=50).map("".join) | st.text(max_size=80))
def test_findings_of_any_text_are_places_in_order(library: InMemoryLibrary, text: str):
    if not any(character.isalnum() for character in text):
        return
    findings = check_draft(text, library)
    assert list(findings) == sorted(findings, key=lambda one: (one.start, one.end, one.kind))
    for one in findings:
        assert 0 <= one.start < one.end <= len(text)
        assert one.message
        assert one.correction != text[one.start : one.end]
        assert all(_stands(match, library) for match in one.matches)


def _stands(match: Match, library: InMemoryLibrary) -> bool:
    return library.documents[match.document_id].text[match.start : match.end] == match.quote


def test_a_long_draft_takes_few_searches(library: InMemoryLibrary):
    text = "".join(f"某地第{number}次调整后设置机构{number}个。" for number in range(300))
    before = library.searches
    assert check_draft(text, library)
    assert library.searches - before <= 40 + len(text) // 300


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("白露区区委书记讲话", ["白露区"]),
        ("白露县县委编办", ["白露县"]),
        ("从前镇上只有一个站所", []),
        ("前阵子区里开了会", []),
    ],
)
def test_names_of_areas_end_where_the_body_begins(text: str, names: list[str]) -> None:
    assert [name for _, name in place_spans(text)] == names
