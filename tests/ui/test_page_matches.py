"""Quotations on the page as HTML: escaped, marked, told to who hears them, page by page."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.documents import Filters, Kind
from rag.quotations.quotation import (
    DiffPiece,
    Expression,
    FindingKind,
    LookUpMode,
    Match,
    Reference,
    Verdict,
    Wording,
)
from tests.ui.test_page_answers import parsed
from ui.api.schemas import FiltersBody
from ui.page.drafts import finding_names
from ui.page.expressions import expression_html, years_html
from ui.page.looking_up import checked_search, checked_verification, looked_up, verified
from ui.page.matches import CITED_ON, difference_html, match_html, references_html, verdict_html

REFERENCE = Reference(
    gbt7714_2015="周文川. 讲话[N]. 东江日报, 2018-11-06.",
    gbt7714_2025="周文川. 讲话[N]. 东江日报，2018-11-06.",
    in_text="（周文川，2018年11月）",
)
MATCH = Match(
    document_id="d1",
    title="讲话",
    kind=Kind.SPEECH,
    collection="test",
    is_sample=False,
    start=12,
    end=18,
    quote="改革要蹄疾步",
    context="  前一句。改革要蹄疾步稳。",
    context_start=6,
    speaker="周文川",
    office="东江市委书记",
    occasion="全市机构改革动员会",
    date="2018-11-06",
    publisher="东江日报",
    page=2,
    similarity=1.0,
    reference=REFERENCE,
)


def search(text, *, mode="exact", order="relevance", with_briefings=False, limit=2, **filters):
    return checked_search(
        text,
        mode=mode,
        order=order,
        with_briefings=with_briefings,
        limit=limit,
        filters=FiltersBody(**filters),
    )


@given(st.text(max_size=40))
def test_no_text_of_a_document_becomes_markup(text):
    hostile = f"<script>{text}</script><img src=x onerror=1>{text}"
    match = replace(
        MATCH,
        document_id=hostile[:40],
        title=hostile,
        quote=hostile,
        context=hostile,
        context_start=MATCH.start,
        speaker=hostile,
        office=hostile,
        occasion=hostile,
        publisher=hostile,
        date="2018",
        reference=Reference(gbt7714_2015=hostile, gbt7714_2025=hostile, in_text=hostile),
        diff=(DiffPiece(operation="replace", quoted=hostile, source=hostile),),
        similarity=0.5,
    )
    wording = Wording(
        text=hostile, total=1, documents=1, by_year={2018: 1, 2020: 2}, first=match, latest=MATCH
    )
    html = (
        match_html(match, number=1)
        + verdict_html(Verdict.ALTERED, hostile)
        + expression_html(Expression(wordings=(wording,), expansions=(match,)))
    )
    found = parsed(html)
    assert not {"script", "img", "a"} & set(found.tags)
    assert not [name for name, _ in found.attributes if name.startswith("on")]


def test_a_match_shows_who_said_it_where_and_when_with_the_words_marked():
    html = match_html(replace(MATCH, is_first=True, is_sample=True), number=3)
    found = parsed(html)
    for shown in (
        "讲话", "示例", "最早", "东江市委书记周文川", "全市机构改革动员会", "2018年11月6日",
        "东江日报", "第2页",
    ):  # fmt: skip
        assert shown in found.text
    assert "<mark>改革要蹄疾步</mark>稳。</blockquote>" in html
    assert "<blockquote>前一句。" in html
    assert ("data-start", "12") in found.attributes
    assert ("data-document", "d1") in found.attributes
    assert "相似" not in found.text


def test_what_is_unknown_is_left_out():
    bare = replace(MATCH, speaker=None, office=None, occasion=None, date=None, publisher=None)
    html = match_html(replace(bare, page=None), number=1)
    facts = html.partition('<p class="facts">')[2].partition("</p>")[0]
    assert parsed(facts).text == "讲话"


def test_a_briefing_says_that_it_is_nobodys_words():
    assert "不宜当作原话引用" in match_html(replace(MATCH, kind=Kind.BRIEFING), number=1)
    assert "不宜当作原话引用" not in match_html(MATCH, number=1)


@pytest.mark.parametrize(("similarity", "shown"), [(0.9999, "99%"), (0.5, "50%")])
def test_what_is_not_the_same_is_never_like_by_a_hundred_per_cent(similarity, shown):
    assert f"相似 {shown}" in match_html(replace(MATCH, similarity=similarity), number=1)


def test_a_difference_takes_numbers_as_wholes_and_is_told_to_who_hears_it():
    pieces = (
        DiffPiece(operation="equal", quoted="设机构", source="设机构"),
        DiffPiece(operation="replace", quoted="4", source="3"),
        DiffPiece(operation="equal", quoted="7个", source="7个"),
        DiffPiece(operation="delete", quoted="", source="左右"),
    )
    html = difference_html(pieces)
    assert "（引文：47）（原文：37）个（原文：左右）" in parsed(html).text
    assert html.count("<del>") == 2  # one explains the marks
    assert difference_html(()) == ""


def test_references_can_be_copied_and_a_page_on_the_web_lacks_its_date_of_citation():
    html = references_html(REFERENCE)
    copied = [value for name, value in parsed(html).attributes if name == "data-copy"]
    assert copied == [REFERENCE.gbt7714_2025, REFERENCE.gbt7714_2015, REFERENCE.in_text]
    assert CITED_ON not in html
    online = replace(REFERENCE, gbt7714_2015="讲话[EB/OL]. (2018-11-06). https://a.example.")
    assert CITED_ON in references_html(online)


def test_years_without_documents_have_a_column_too():
    html = years_html({2018: 1, 2021: 4})
    found = parsed(html)
    assert [value for name, value in found.attributes if name == "title"] == [
        "2018年 1 份", "2019年 0 份", "2020年 0 份", "2021年 4 份",
    ]  # fmt: skip
    label = dict(found.attributes)["aria-label"]
    assert label == "每年有多少份文件用到：2018年1份，2021年4份"
    assert [value for name, value in found.attributes if name == "style"] == [
        "height:25%", "height:0%", "height:0%", "height:100%",
    ]  # fmt: skip


@given(
    st.dictionaries(st.integers(1900, 2100), st.integers(1, 10_000), min_size=2, max_size=60),
)
def test_every_year_between_the_first_and_the_last_is_drawn_and_few_are_named(by_year):
    html = years_html(by_year)
    assert html.count('class="year-column"') == max(by_year) - min(by_year) + 1
    named = [part for part in html.split("<small>")[1:] if not part.startswith("</small>")]
    assert 1 <= len(named) <= 8


def test_a_single_year_needs_no_plot_and_none_nothing():
    assert parsed(years_html({2018: 3})).text == "按年：2018年3份"
    assert years_html({}) == ""


def test_first_and_latest_are_one_line_where_they_are_one_place():
    wording = Wording(
        text="四个到位", total=1, documents=1, by_year={2018: 1}, first=MATCH, latest=MATCH
    )
    html = expression_html(Expression(wordings=(wording,), expansions=()))
    assert "见于" in html
    assert "最早" not in html
    assert "文件里的解释" not in html


def test_what_a_phrase_stands_for_tells_whose_words_these_are():
    briefing = replace(MATCH, kind=Kind.BRIEFING, quote="甲到位、乙到位")
    sample = replace(MATCH, is_sample=True, quote="甲、乙")
    html = expression_html(Expression(wordings=(), expansions=(briefing, sample, MATCH)))
    items = [parsed(item).text for item in html.split("<li ")[1:]]
    assert ["资料卡" in item for item in items] == [True, False, False]
    assert ["示例" in item for item in items] == [False, True, False]


def test_pages_follow_one_another_without_gap_or_repetition(desk):
    backing = desk.backing()
    first = looked_up(backing, search("四个到位"))
    assert "先列出 2 处，还有更多" in first.html
    assert "作为提法" in first.html
    second = looked_up(backing, first.body, before=first)
    assert second.body is None
    assert "共找到 3 处" in second.html
    assert "作为提法" in second.html
    numbers = [v for name, v in parsed(second.html).attributes if name == "data-marker"]
    assert numbers == ["1", "2", "3"]
    assert [asked["skip"] for asked in desk.quotations.asked] == [0, 2]


def test_a_page_that_fails_leaves_those_before(desk):
    backing = desk.backing()
    first = looked_up(backing, search("四个到位"))
    failing = first.body.model_copy(update={"text": "故障"})
    second = looked_up(backing, failing, before=first)
    assert second.html.startswith(first.html)
    assert "详情已记入日志" in second.html
    assert "secret" not in second.html
    assert second.body == first.body


def test_all_that_was_chosen_reaches_the_look_up(desk):
    body = search("四个到位", mode="near", order="date", with_briefings=True, speaker="周文川")
    looked_up(desk.backing(), body)
    asked = desk.quotations.asked[-1]
    assert asked["filters"] == Filters(speaker="周文川")
    assert (asked["mode"], asked["order"], asked["with_briefings"]) == ("near", "date", True)


@pytest.mark.parametrize(
    ("text", "options", "hint"),
    [
        ("没有的话", {}, "“相近措辞”或“意思相近”"),
        ("龘靐", {"mode": "near"}, "改用“意思相近”"),
        ("龘靐", {"mode": "meaning"}, "换一种说法"),
        ("其中党委机构十二个", {}, "勾选“也查资料卡”"),
    ],
)
def test_where_nothing_is_found_the_next_step_is_told(desk, text, options, hint):
    assert hint in looked_up(desk.backing(), search(text, **options)).html


@pytest.mark.parametrize(
    ("quotation", "speaker", "shown"),
    [
        ("改革要蹄疾步稳，先立后破。", "", "一致"),
        ("改革要蹄疾步稳，先立后破。", "李明远", "出处有误"),
        ("改革要蹄急步稳，先立后破。", "", "与原文不符"),
        ("今天的天气很好，适合出门", "", "库中未见"),
    ],
)
def test_the_verdict_is_said_in_words(desk, quotation, speaker, shown):
    body = checked_verification(quotation, speaker=speaker, limit=20)
    html = verified(desk.backing(), body).html
    assert f">{shown}</span>" in html
    assert ("<del>" in html) == (shown == "与原文不符")
    assert ('class="match"' in html) == (shown != "库中未见")


def test_the_earliest_of_several_sources_is_marked(desk):
    body = checked_verification("改革要蹄疾步稳", speaker="", limit=20)
    html = verified(desk.backing(), body).html
    first = html.partition(">最早<")[0].rpartition('class="match"')[2]
    assert "在全市机构改革动员会上的讲话" in first
    assert html.count(">最早<") == 1
    assert "原文见于 2 份文件，共 2 处" in html


@pytest.mark.parametrize(
    ("quotation", "message"),
    [
        ("三个字", "引文只有 3 个字：至少要 4 个字才能核对。"),
        ("，。！？；：", "不能只有标点或符号。"),
        ("故障的引文", "详情已记入日志"),
        ("存储坏了的引文", "目录数据库读不出来"),
    ],
)
def test_what_cannot_be_verified_is_explained(desk, quotation, message):
    body = checked_verification(quotation, speaker=" ", limit=20)
    html = verified(desk.backing(), body).html
    assert message in html
    assert 'role="alert"' in html
    assert "secret" not in html


@pytest.mark.parametrize("text", ["", " \n　"])
def test_empty_words_are_asked_for(text):
    with pytest.raises(ValueError, match="请先输入要查的话"):
        search(text)
    with pytest.raises(ValueError, match="请先输入要查的话"):
        checked_verification(text, speaker="", limit=20)


def test_what_no_field_can_hold_is_named():
    with pytest.raises(ValueError, match="词句：最多 20000 个字符"):
        search("长" * 20_001)
    with pytest.raises(ValueError, match="讲话人：最多 200 个字符"):
        checked_verification("四个到位", speaker="长" * 201, limit=20)


def test_every_mode_has_words_for_finding_nothing(desk):
    for mode in LookUpMode:
        assert "没有找到" in looked_up(desk.backing(), search("龘靐", mode=mode.value)).html


def test_every_verdict_on_every_kind_has_a_name():
    names = finding_names()
    assert len(names["each"]) == len(FindingKind) * len(Verdict)
    assert names["each"]["quotation altered"] == "与原文不符"
    assert names["each"]["figure altered"] == "与资料库不一致"
    assert all(names["each"].values())
    assert set(names["kinds"]) == {kind.value for kind in FindingKind}
