"""Quotations as text for a terminal: every function returns what is to be printed."""

from collections.abc import Sequence

from rag.quotations.quotation import DiffPiece, Expression, Match, Verdict, Wording
from ui.api.quotation_schemas import QuotationResults, ReferenceItem, VerificationResult
from ui.drafts.wording import VERDICT_NAMES, source_line
from ui.page.answers import shown_date
from ui.terminal.output import printable

_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
_BAR = 40


def shown_verification(result: VerificationResult, *, bold: bool) -> str:
    """The verdict, then each match with its diff, then references."""
    verdict = VERDICT_NAMES[result.verdict]
    parts = [f"【{_emphasised(verdict, bold=bold)}】{printable(result.message)}"]
    parts += [_match(number, match, bold=bold) for number, match in enumerate(result.matches, 1)]
    if result.verdict is not Verdict.ALTERED and result.total > len(result.matches):
        parts.append(f"共 {result.total} 处，只列出 {len(result.matches)} 处（加大 --limit 可见）")
    if result.references:
        parts.append("\n".join(["参考文献", *map(_reference, result.references)]))
    return "\n\n".join(parts)


def shown_quotations(results: QuotationResults, *, bold: bool) -> str:
    """What is known of the words as a set phrase, then each place."""
    parts = [_expression(results.expression)] if results.expression else []
    if not results.items:
        hint = "（资料卡未列入，加 --briefings 可查）" if results.total else ""
        parts.append(f"没有查到{hint}。" if results.total else "没有查到。")
    parts += [_match(number, match, bold=bold) for number, match in enumerate(results.items, 1)]
    if results.items:
        references = {match.document_id: ReferenceItem.of(match) for match in results.items}
        parts.append("\n".join(["参考文献", *map(_reference, references.values())]))
    if results.next is not None:
        parts.append("还有更多（加大 --limit 可见）")
    return "\n\n".join(parts)


def shown_diff(pieces: Sequence[DiffPiece]) -> str:
    """设党政机构[47→37]个: what the quotation says, then what the source says."""
    return "".join(
        piece.quoted if piece.operation == "equal" else f"[{piece.quoted}→{piece.source}]"
        for piece in pieces
    )


def _match(number: int, match: Match, *, bold: bool) -> str:
    before = match.start - match.context_start
    end = before + len(match.quote)
    context = printable(match.context)
    words = _emphasised(context[before:end], bold=bold)
    shown = f"{context[:before]}{words}{context[end:]}".strip().replace("\n", "\n    ")
    lines = [printable(f"{number}. {source_line(match)}"), f"    {shown}"]
    if match.diff:
        diff = printable(shown_diff(match.diff)).replace("\n", "")
        lines.append(f"    引文[→原文]：{diff}")
    likeness = f"，相似度 {match.similarity:.2f}" if match.similarity < 1 else ""
    lines.append(f"    文件 {match.document_id}，位置 {match.start}–{match.end}{likeness}")
    return "\n".join(lines)


def _emphasised(text: str, *, bold: bool) -> str:
    return f"{_BOLD}{text}{_PLAIN}" if bold else text


def _reference(reference: ReferenceItem) -> str:
    return printable(
        f"  {reference.gbt7714_2025}\n"
        f"    （GB/T 7714—2015）{reference.gbt7714_2015}\n"
        f"    （文中）{reference.in_text}"
    )


def _expression(expression: Expression) -> str:
    lines = [line for wording in expression.wordings for line in _wording(wording)]
    lines += [
        printable(f"含义：{match.quote}——{source_line(match)}") for match in expression.expansions
    ]
    return "\n".join(["提法", *(f"  {line}" for line in lines)])


def _wording(wording: Wording) -> list[str]:
    lines = [
        printable(f"“{wording.text.strip('“”')}”：{wording.documents} 份文件，{wording.total} 处")
    ]
    for name, match in (("最早", wording.first), ("最近", wording.latest)):
        if match is not None:
            lines.append(printable(f"  {name}：{shown_date(match.date)}，{source_line(match)}"))
    most = max(wording.by_year.values(), default=0)
    lines += [
        f"  {year}年 {'█' * max(1, round(_BAR * count / most))} {count}"
        for year, count in wording.by_year.items()
    ]
    return lines
