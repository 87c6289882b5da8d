"""Findings on a terminal, and the words they are told in."""

import pytest

from rag.documents import Kind
from rag.quotations.quotation import FindingKind, Verdict
from tests.ui.drafts.conftest import diff, make_finding, make_match
from ui.drafts.terminal import shown_findings
from ui.drafts.wording import (
    FINDING_KIND_NAMES,
    VERDICT_NAMES,
    source_line,
    summary,
    verdict_name,
)

DRAFT = "标题\n\n　　书记说：“改革要蹄急步稳。”\n全市设党政机构47个。\n结尾有新词。"
FINDINGS = [
    make_finding(
        DRAFT, "新词", kind=FindingKind.EXPRESSION, verdict=Verdict.NOT_FOUND, message="库中没有。"
    ),
    make_finding(
        DRAFT,
        "设党政机构47个",
        kind=FindingKind.FIGURE,
        message="资料库中是 37 个。",
        correction="设党政机构37个",
    ),
    make_finding(
        DRAFT,
        "改革要蹄急步稳。",
        correction="改革要蹄疾步稳。",
        matches=(
            make_match(
                "改革要蹄疾步稳。",
                diff=diff(("改革要蹄", "改革要蹄"), ("急", "疾"), ("步稳。", "步稳。")),
            ),
        ),
    ),
    make_finding(
        DRAFT, "标题", kind=FindingKind.TITLE, verdict=Verdict.EXACT, matches=(make_match("标题"),)
    ),
]
SOURCE = (
    "《在青禾市动员大会上的讲话（示例）》"
    "（讲话，青禾市委书记林远舟，全市动员大会，2018年11月6日，青禾日报，第2页）"
)
SHOWN = f"""\
1. 第1段第1字  文件标题：一致  「标题」
    出处：{SOURCE}

2. 第2段第6字  引文：与原文不符  「改革要蹄急步稳。」
    与原文有一处不同。
    对照：改革要蹄[急→疾]步稳。
    建议改为：改革要蹄疾步稳。
    出处：{SOURCE}
    著录：林远舟. 讲话[Z]. (2018-11-06).

3. 第3段第3字  数字：与资料库不一致  「设党政机构47个」
    资料库中是 37 个。
    对照：设党政机构[47→37]个
    建议改为：设党政机构37个

4. 第4段第4字  提法：库中未见  「新词」
    库中没有。

共核对 4 处：需要处理 2 处（引文 1、数字 1），库中未见 1 处，一致 1 处。"""


def test_findings_are_shown_in_order_with_all_that_is_known():
    assert shown_findings(DRAFT, FINDINGS, bold=False) == SHOWN


def test_bold_type_marks_verdicts_and_changes_and_nothing_else():
    shown = shown_findings(DRAFT, FINDINGS, bold=True)
    assert "\x1b[1m与原文不符\x1b[0m" in shown
    assert "设党政机构\x1b[1m[47→37]\x1b[0m个" in shown
    assert shown.replace("\x1b[1m", "").replace("\x1b[0m", "") == SHOWN


def test_a_draft_without_findings_says_so():
    assert shown_findings("你好。", [], bold=False).startswith("没有找到可以核对的内容")


def test_nothing_in_a_draft_steers_the_terminal():
    draft = "他说\x1b[2J改\n革"
    shown = shown_findings(draft, [make_finding(draft, draft, message="\x1b]0;a\x07")], bold=True)
    assert shown.replace("\x1b[1m", "").replace("\x1b[0m", "").count("\x1b") == 0
    assert "「他说\ufffd[2J改 革」" in shown


def test_long_words_lose_their_middle():
    draft = "".join(chr(0x4E00 + number) for number in range(500))
    words = shown_findings(draft, [make_finding(draft, draft)], bold=False).partition("「")[2]
    assert words.startswith(f"{draft[:100]}……{draft[-20:]}」")


@pytest.mark.parametrize("kind", FindingKind)
def test_only_a_quotation_differs_from_an_original(kind: FindingKind):
    expected = {
        FindingKind.QUOTATION: "与原文不符",
        FindingKind.QUOTATION_MARK: "不成对",
    }
    assert verdict_name(make_finding("甲", "甲", kind=kind)) == expected.get(kind, "与资料库不一致")
    for verdict in (Verdict.EXACT, Verdict.MISATTRIBUTED, Verdict.NOT_FOUND):
        finding = make_finding("甲", "甲", kind=kind, verdict=verdict)
        assert verdict_name(finding) == VERDICT_NAMES[verdict]


def test_every_verdict_and_kind_has_a_name():
    assert set(VERDICT_NAMES) == set(Verdict)
    assert set(FINDING_KIND_NAMES) == set(FindingKind)


def test_a_summary_names_no_kind_where_nothing_asks_for_attention():
    findings = [make_finding("甲", "甲", verdict=Verdict.EXACT)]
    assert summary(findings) == "共核对 1 处：需要处理 0 处，库中未见 0 处，一致 1 处。"


def test_a_source_line_leaves_out_what_is_unknown_and_keeps_titles_apart():
    match = make_match(
        "引文",
        title="关于印发《方案》的通知",
        kind=Kind.LAW,
        speaker=None,
        office=None,
        occasion=None,
        date=None,
        publisher=None,
        page=None,
        is_first=True,
    )
    assert source_line(match) == "《关于印发〈方案〉的通知》（示例，法规文件，最早出现）"
