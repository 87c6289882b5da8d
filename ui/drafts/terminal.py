"""A checked draft on a terminal."""

import re
from collections.abc import Sequence

from rag.quotations.quotation import Finding, Verdict
from ui.drafts.differences import bracketed, difference
from ui.drafts.places import Paragraphs
from ui.drafts.wording import (
    ATTENTION,
    FINDING_KIND_NAMES,
    in_order,
    source_line,
    summary,
    verdict_name,
)
from ui.terminal.output import printable

_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
_CHANGE = re.compile(r"\[[^\[\]]*→[^\[\]]*\]")
_LONGEST_WORDS = 120


def shown_findings(draft: str, findings: Sequence[Finding], *, bold: bool) -> str:
    """The findings in order of place, numbered, then a line that sums them up.

    What the library confirms takes two lines, everything else as many as it needs.

    Args:
        draft: The text that was checked.
        findings: In any order; none gives the last line alone.
        bold: Mark what asks for attention, and what differs, by bold type.
    """
    paragraphs = Paragraphs.of(draft)
    items = [
        "\n".join(_lines(number, finding, paragraphs, bold=bold))
        for number, finding in enumerate(in_order(findings), 1)
    ]
    return "\n\n".join([*items, summary(findings)])


def _lines(number: int, finding: Finding, paragraphs: Paragraphs, *, bold: bool) -> list[str]:
    words = paragraphs.text[finding.start : finding.end]
    verdict = verdict_name(finding)
    if bold and finding.verdict in ATTENTION:
        verdict = f"{_BOLD}{verdict}{_PLAIN}"
    place = paragraphs.place(finding.start)
    kind = FINDING_KIND_NAMES[finding.kind]
    lines = [f"{number}. {place}  {kind}：{verdict}  {_one_line(_quoted(words))}"]
    source = finding.matches[0] if finding.matches else None
    if finding.verdict is not Verdict.EXACT:
        lines.append(f"    {_one_line(finding.message)}")
        if pieces := difference(finding, words):
            lines.append(f"    对照：{_emphasised(_one_line(bracketed(pieces)), bold=bold)}")
        if finding.correction is not None:
            lines.append(f"    建议改为：{_one_line(finding.correction)}")
    if source is not None:
        lines.append(f"    出处：{_one_line(source_line(source))}")
        if finding.verdict is not Verdict.EXACT:
            lines.append(f"    著录：{_one_line(source.reference.gbt7714_2025)}")
    return lines


def _quoted(words: str) -> str:
    """The words in brackets that no quotation in them can be mistaken for."""
    if len(words) > _LONGEST_WORDS:
        words = f"{words[: _LONGEST_WORDS - 20]}……{words[-20:]}"
    return f"「{words}」"


def _one_line(text: str) -> str:
    return printable(" ".join(text.split()))


def _emphasised(text: str, *, bold: bool) -> str:
    return _CHANGE.sub(rf"{_BOLD}\g<0>{_PLAIN}", text) if bold else text
