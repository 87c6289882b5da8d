"""Results as text, and how far an ingest is."""

import io
import os
import pty
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.progress import Stage
from rag.documents import Answer, AnswerMode, AnswerStatus, Citation, Kind
from rag.quotations.quotation import Expression, Verdict, Wording
from tests.ui.drafts.conftest import diff, make_match
from ui.api.quotation_schemas import QuotationResults, ReferenceItem, VerificationResult
from ui.api.schemas import SearchItem, SearchResults, SpanBody
from ui.terminal.output import printable
from ui.terminal.progress_display import PlainProgress, shown_progress
from ui.terminal.quotation_results import shown_diff, shown_quotations, shown_verification
from ui.terminal.results import shown_answer, shown_results

CITATION = Citation(
    marker=1,
    document_id="d1",
    title="示例：某区讲话",
    kind=Kind.SPEECH,
    speaker="李明远",
    date="--12-28",
    publisher=None,
    page=3,
    passage_id="p1",
    start=5,
    end=9,
    quote="四个到位",
)


def search_item(text: str, highlights: list[SpanBody], *, start: int = 0) -> SearchItem:
    return SearchItem(
        document_id="d1",
        passage_id="p1",
        title="标题",
        text=text,
        start=start,
        end=start + len(text),
        score=1.5,
        highlights=highlights,
        kind=Kind.NEWS,
        collection="default",
        heading_path=["一、机构", "（一）党委"],
        page=2,
    )


def test_an_answer_shows_where_each_quotation_stands():
    answer = Answer(
        status=AnswerStatus.PARTIAL,
        text="四个到位。[1]",
        citations=(CITATION,),
        mode=AnswerMode.CHAT_MODEL,
        model="某模型",
        notes=("有的句子没有依据，已标出。",),
    )
    text = shown_answer(answer)
    assert text.splitlines() == [
        "四个到位。[1]",
        "（部分回答，由 某模型 撰写）",
        "注：有的句子没有依据，已标出。",
        "",
        "引用",
        "[1] 示例：某区讲话（讲话，李明远 说，12月28日，第 3 页）",
        "    “四个到位”",
        "    文件 d1，位置 5–9",
    ]


def test_an_answer_lists_a_document_once_with_all_its_quotes():
    other = replace(CITATION, start=20, end=22, quote="到位")
    answer = Answer(status=AnswerStatus.ANSWERED, text="略", citations=(CITATION, other, CITATION))
    assert shown_answer(answer).splitlines()[5:] == [
        "    “四个到位”",
        "    文件 d1，位置 5–9",
        "    “到位”",
        "    文件 d1，位置 20–22",
    ]


def test_results_show_heading_place_and_page():
    text = shown_results(SearchResults(items=[search_item("机构改革。", [])]), bold=False)
    assert text.splitlines() == [
        "1. 标题（新闻，default，第 2 页）",
        "    一、机构 › （一）党委",
        "    机构改革。",
        "    文件 d1，位置 0–5，得分 1.500",
    ]


def test_highlights_are_bold_only_where_that_may_be():
    item = search_item("机构改革", [SpanBody(start=12, end=14)], start=10)
    results = SearchResults(items=[item])
    assert "\x1b" not in shown_results(results, bold=False)
    assert "机构\x1b[1m改革\x1b[0m" in shown_results(results, bold=True)


@given(
    st.text(alphabet="机构改革\n", min_size=1, max_size=20),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=5),
)
def test_bold_changes_nothing_but_the_weight(text: str, places: list[tuple[int, int]]):
    highlights = [SpanBody(start=min(place), end=max(place)) for place in places]
    results = SearchResults(items=[search_item(text, highlights)])
    bold = shown_results(results, bold=True).replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert bold.split() == shown_results(results, bold=False).split()


@given(st.text())
def test_printable_keeps_the_length_and_can_be_encoded(text: str):
    shown = printable(text)
    assert len(shown) == len(text)
    assert "\x1b" not in shown
    shown.encode()


def test_lines_tell_how_far_it_is_and_how_long_it_takes():
    stream = io.StringIO()
    progress = PlainProgress(stream, interval_s=0)
    progress.start(Stage.READING, 2)
    progress.advance(1, note="甲.txt", documents=3)
    progress.advance(1, note="乙.txt")
    progress.start(Stage.INDEXING, 5)
    progress.advance(5)
    first, second, third = stream.getvalue().splitlines()
    assert first.startswith("读取文件：1/2 个文件，得 3 份文件，每秒 ")
    assert "约剩" in first
    assert second.startswith("读取文件：2/2 个文件")
    assert "约剩" not in second
    assert third.startswith("编入索引：5/5 段")


def test_lines_are_few():
    stream = io.StringIO()
    progress = PlainProgress(stream)
    progress.start(Stage.READING, 1000)
    for _ in range(1000):
        progress.advance(1)
    assert len(stream.getvalue().splitlines()) == 1


def test_nothing_is_drawn_in_a_pipe_but_plain_lines():
    stream = io.StringIO()
    with shown_progress(stream) as progress:
        progress.start(Stage.REMOVING, 1)
        progress.advance(1)
    assert "\x1b" not in stream.getvalue()
    assert stream.getvalue().startswith("移出索引：1/1 段")


@pytest.mark.skipif(os.name != "posix", reason="a pseudo-terminal is needed")
def test_a_terminal_gets_a_bar_with_counts():
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as stream:
        with shown_progress(stream) as progress:
            progress.start(Stage.READING, 2)
            progress.advance(2, note="[bold]甲.txt")
        stream.flush()
        drawn = ""
        while "2/2" not in drawn:  # the last bar is drawn when the block ends
            drawn += os.read(ours, 65536).decode(errors="replace")
    os.close(ours)
    assert "读取文件" in drawn
    assert "2/2" in drawn
    assert "\x1b" in drawn


def verification(*matches: object, verdict: Verdict, total: int = 0) -> VerificationResult:
    return VerificationResult(
        verdict=verdict,
        message="说明。",
        matches=list(matches),
        references=[ReferenceItem.of(match) for match in matches],
        total=total,
        documents=len(matches),
        is_set_phrase=False,
    )


def test_a_verdict_is_shown_with_difference_place_and_references():
    match = make_match(
        "蹄疾步稳", similarity=0.75, diff=diff(("蹄", "蹄"), ("急", "疾"), ("步稳", "步稳"))
    )
    text = shown_verification(verification(match, verdict=Verdict.ALTERED), bold=False)
    assert text.splitlines() == [
        "【与原文不符】说明。",
        "",
        "1. 《在青禾市动员大会上的讲话（示例）》（讲话，青禾市委书记林远舟，全市动员大会，"
        "2018年11月6日，青禾日报，第2页）",
        "    前一句蹄疾步稳后一句。",
        "    引文[→原文]：蹄[急→疾]步稳",
        f"    文件 {match.document_id}，位置 103–107，相似度 0.75",
        "",
        "参考文献",
        "  林远舟. 讲话[Z]. (2018-11-06).",
        "    （GB/T 7714—2015）林远舟. 讲话[Z]. 2018-11-06.",
        "    （文中）（林远舟，2018年11月）",
    ]


def test_only_the_quotation_and_the_verdict_are_bold():
    result = verification(make_match("蹄疾步稳"), verdict=Verdict.EXACT, total=3)
    text = shown_verification(result, bold=True)
    assert text.startswith("【\x1b[1m一致\x1b[0m】")
    assert "前一句\x1b[1m蹄疾步稳\x1b[0m后一句" in text
    assert text.count("\x1b[1m") == 2
    assert "共 3 处，只列出 1 处" in text
    bare = shown_verification(result, bold=False)
    assert text.replace("\x1b[1m", "").replace("\x1b[0m", "") == bare


def test_a_set_phrase_is_shown_with_its_years_and_what_it_stands_for():
    first = make_match("四个到位", date="2018-11-06")
    wording = Wording(
        text="“四个到位”",
        total=9,
        documents=5,
        by_year={2018: 4, 2020: 1},
        first=first,
        latest=make_match("四个到位", date="2020"),
    )
    expression = Expression(wordings=(wording,), expansions=(make_match("甲到位、乙到位"),))
    results = QuotationResults(items=[first], next="1", total=9, expression=expression)
    lines = shown_quotations(results, bold=False).splitlines()
    assert lines[:2] == ["提法", "  “四个到位”：5 份文件，9 处"]
    assert lines[2].startswith("    最早：2018年11月6日，《")
    assert lines[3].startswith("    最近：2020年，《")
    assert lines[4] == f"    2018年 {'█' * 40} 4"
    assert lines[5] == f"    2020年 {'█' * 10} 1"
    assert lines[6].startswith("  含义：甲到位、乙到位——《")
    assert lines[-1].startswith("还有更多")


def test_a_difference_on_a_line_tells_what_is_too_much_and_what_is_missing():
    assert shown_diff(diff(("设", "设"), ("47", "37"), ("个", "个"), ("了", ""), ("", "。"))) == (
        "设[47→37]个[了→][→。]"
    )
