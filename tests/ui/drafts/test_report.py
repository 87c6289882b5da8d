"""The HTML report of a draft."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.quotations.quotation import Finding, FindingKind, Reference, Verdict
from tests.ui.drafts.conftest import diff, make_finding, make_match
from ui.drafts.report import findings_html
from ui.drafts.report_views import build_report_page

DRAFT = "标题\n\n　　书记说：“改革要蹄急步稳。”\n全市设党政机构47个。\n结尾有新词。"
ALTERED = make_finding(
    DRAFT,
    "改革要蹄急步稳。",
    correction="改革要蹄疾步稳。",
    matches=(
        make_match(
            "改革要蹄疾步稳。",
            diff=diff(("改革要蹄", "改革要蹄"), ("急", "疾"), ("步稳。", "步稳。")),
        ),
    ),
)
FINDINGS = [
    ALTERED,
    make_finding(DRAFT, "标题", kind=FindingKind.TITLE, verdict=Verdict.EXACT),
    make_finding(DRAFT, "新词", kind=FindingKind.EXPRESSION, verdict=Verdict.NOT_FOUND),
    make_finding(DRAFT, "机构47个", kind=FindingKind.FIGURE, correction="机构37个"),
]


class Page(HTMLParser):
    """What a reader meets: tags, identifiers, links and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.open = list[tuple[str, dict[str, str | None]]](), list[str]()
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def body_text(html: str) -> str:
    page = Page(html)
    assert not page.open
    return page.text


def test_the_report_shows_all_that_is_known():
    text = body_text(findings_html(DRAFT, FINDINGS, title="讲话稿.docx"))
    for shown in (
        "讲话稿.docx",
        "共核对 4 处：需要处理 2 处（引文 1、数字 1），库中未见 1 处，一致 1 处。",
        "第2段第6字",
        "与原文不符",
        "与资料库不一致",
        "与原文有一处不同。",
        "改革要蹄（删去：急）（改为：疾）步稳。",
        "机构（删去：47）（改为：37）个",
        "改革要蹄疾步稳。",
        "前一句改革要蹄疾步稳。后一句。",
        "青禾市委书记林远舟",
        "林远舟. 讲话[Z]. (2018-11-06).",
        "林远舟. 讲话[Z]. 2018-11-06.",
        "（林远舟，2018年11月）",
    ):
        assert shown in text


def test_the_draft_is_marked_and_linked_both_ways():
    page = Page(findings_html(DRAFT, FINDINGS, title="稿"))
    identifiers = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))
    targets = {attributes["href"] for tag, attributes in page.tags if tag == "a"}
    assert targets == {f"#{letter}{number}" for letter in "fp" for number in (1, 2, 3, 4)}
    assert targets <= {f"#{one}" for one in identifiers}


def test_what_is_confirmed_is_folded_and_the_rest_is_not():
    html = findings_html(DRAFT, FINDINGS, title="稿")
    folded = html[html.index("<details") : html.index("</details>")]
    assert re.findall(r'class="finding (\w+)"', folded) == ["exact"]
    rest = html.replace(folded, "")
    assert re.findall(r'class="finding (\w+)"', rest) == ["altered", "altered", "not_found"]


def test_nothing_is_fetched_and_no_script_runs():
    html = findings_html(DRAFT, FINDINGS, title="稿")
    page = Page(html)
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in page.tags}
    assert not re.search(r"url\(|@import|https?:", html)
    policy = next(one["content"] for _, one in page.tags if "http-equiv" in one)
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


def test_the_style_is_the_one_that_the_policy_allows():
    import base64
    import hashlib

    html = findings_html(DRAFT, [], title="稿")
    style = html.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in html.replace("&#43;", "+")


EVIL = "<script>alert(1)</script>&\"'{{ 7*7 }}"


def test_everything_is_escaped():
    draft = f"开头{EVIL}结尾"
    reference = Reference(gbt7714_2015=EVIL, gbt7714_2025=EVIL, in_text=EVIL)
    match = make_match(
        EVIL, title=EVIL, speaker=EVIL, publisher=EVIL, reference=reference, context=EVIL
    )
    finding = make_finding(draft, EVIL, message=EVIL, correction=f"{EVIL}改", matches=(match,))
    html = findings_html(draft, [finding], title=EVIL)
    assert "<script" not in html
    assert "49" not in body_text(html).replace("2018", "")
    assert EVIL in body_text(html)


def test_overlapping_findings_are_both_marked():
    draft = "甲乙丙丁戊"
    findings = [
        make_finding(draft, "乙丙", verdict=Verdict.EXACT),
        make_finding(draft, "丙丁", verdict=Verdict.MISATTRIBUTED),
    ]
    ((_, segments),) = build_report_page(draft, findings, title="稿").paragraphs
    assert [(one.text, one.css) for one in segments] == [
        ("甲", ""), ("乙", "exact"), ("丙", "misattributed"), ("丁", "misattributed"), ("戊", ""),
    ]  # fmt: skip
    assert [one.starting for one in segments] == [(), (1,), (2,), (), ()]
    assert [[view.number for view in one.ending] for one in segments] == [[], [], [1], [2], []]


@given(st.text("改革 \n\r\t<&", max_size=30), st.data())
def test_the_draft_in_the_report_is_the_draft(draft: str, data: st.DataObject):
    places = st.integers(0, len(draft))
    spans = data.draw(st.lists(st.tuples(places, places), max_size=4))
    findings = [
        Finding(
            start=min(span),
            end=max(span),
            kind=FindingKind.QUOTATION,
            verdict=Verdict.ALTERED,
            message="改",
        )
        for span in spans
    ]
    page = build_report_page(draft, findings, title="稿")
    shown = ["".join(one.text for one in segments) for _, segments in page.paragraphs]
    lines = draft.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert shown == [line for line in lines if line.strip()]
    assert sum(len(group.findings) for group in page.groups) == len(findings)


def test_sources_beyond_three_are_counted():
    finding = make_finding(DRAFT, "新词", matches=tuple(make_match("新词") for _ in range(5)))
    assert "另有 2 处来源" in findings_html(DRAFT, [finding], title="稿")


def test_a_context_that_does_not_fit_its_quote_shows_the_quote_alone():
    finding = make_finding(DRAFT, "新词", matches=(make_match("新词", context_start=90),))
    (group,) = build_report_page(DRAFT, [finding], title="稿").groups
    assert group.findings[0].sources[0].context == ("", "新词", "")


@pytest.mark.parametrize("draft", ["", "只有正文。"], ids=["empty", "plain"])
def test_a_draft_without_findings_has_a_report(draft: str):
    assert "没有找到可以核对的内容" in body_text(findings_html(draft, [], title="稿"))
