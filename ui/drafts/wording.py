"""What verdicts, kinds and sources are called where people read them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rag.quotations.quotation import Finding, FindingKind, Match, Verdict
from rag.text import in_title_marks
from ui.page.answers import KIND_NAMES, shown_date

VERDICT_NAMES: Mapping[Verdict, str] = {
    Verdict.EXACT: "一致",
    Verdict.ALTERED: "与原文不符",
    Verdict.MISATTRIBUTED: "出处有误",
    Verdict.NOT_FOUND: "库中未见",
}
FINDING_KIND_NAMES: Mapping[FindingKind, str] = {
    FindingKind.QUOTATION: "引文",
    FindingKind.EXPRESSION: "提法",
    FindingKind.ENUMERATION: "列举",
    FindingKind.PERSON: "人名职务",
    FindingKind.DATE: "日期",
    FindingKind.FIGURE: "数字",
    FindingKind.TITLE: "文件标题",
    FindingKind.DOCUMENT_NUMBER: "文号",
    FindingKind.QUOTATION_MARK: "引号",
}
ATTENTION = frozenset({Verdict.ALTERED, Verdict.MISATTRIBUTED})
"""The verdicts that ask the writer to do something."""


def verdict_name(finding: Finding) -> str:
    """The verdict in words that fit what was checked: only a quotation has an original."""
    if finding.verdict is Verdict.ALTERED and finding.kind is not FindingKind.QUOTATION:
        is_mark = finding.kind is FindingKind.QUOTATION_MARK
        return "不成对" if is_mark else "与资料库不一致"
    return VERDICT_NAMES[finding.verdict]


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """By place in the draft, the longer first where two begin together."""
    return sorted(findings, key=lambda finding: (finding.start, -finding.end))


def summary(findings: Sequence[Finding]) -> str:
    """How many places were checked and what came of it, in one line."""
    if not findings:
        return "没有找到可以核对的内容：文稿里没有引文、提法、人名职务、日期、数字或文件标题。"
    verdicts = Counter(finding.verdict for finding in findings)
    kinds = Counter(finding.kind for finding in findings if finding.verdict in ATTENTION)
    attention = f"需要处理 {kinds.total()} 处"
    if kinds:
        named = [
            f"{name} {kinds[kind]}" for kind, name in FINDING_KIND_NAMES.items() if kinds[kind]
        ]
        attention += f"（{'、'.join(named)}）"
    return (
        f"共核对 {len(findings)} 处：{attention}，"
        f"库中未见 {verdicts[Verdict.NOT_FOUND]} 处，一致 {verdicts[Verdict.EXACT]} 处。"
    )


def source_line(match: Match) -> str:
    """A source: 《题目》（讲话，某市市长李某，干部大会，2014年2月10日，某报，第3页）."""
    speaker = f"{match.office or ''}{match.speaker}" if match.speaker else None
    facts = (
        "示例" if match.is_sample and "示例" not in match.title else None,
        KIND_NAMES[match.kind],
        speaker,
        match.occasion,
        shown_date(match.date),
        match.publisher,
        None if match.page is None else f"第{match.page}页",
        "最早出现" if match.is_first else None,
    )
    return f"{in_title_marks(match.title)}（{'，'.join(fact for fact in facts if fact)}）"
