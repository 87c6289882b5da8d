"""The scores of quotations and drafts as text for a terminal."""

from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evals.quotations.classes import TITLES
from evals.quotations.scoring import JudgedDraft, JudgedQuotation
from evals.quotations.summing import DraftScore, QuotationScore, Score, Share
from evals.reporting.tables import printable

VERDICT_TITLES: Final = {
    "exact": "一字不差",
    "altered": "有改动",
    "misattributed": "讲话人不符",
    "not_found": "资料库未见",
}
KIND_TITLES: Final = {
    "quotation": "引语",
    "expression": "提法",
    "enumeration": "列举",
    "person": "人名职务",
    "date": "日期",
    "figure": "数字",
    "title": "文件名称",
    "document_number": "文号",
    "quotation_mark": "引号",
}


def shown_score(score: Score, *, width: int | None = None) -> str:
    """All shares with their intervals, by class and by kind, and the matrix of verdicts.

    Args:
        score: Of a run.
        width: Columns to fill; None for those of the terminal.
    """
    tables = [
        _shares("引语核验", _quotation_shares(score.quotations)),
        _matrix(score.quotations),
        _shares("草稿检查", _draft_shares(score.drafts)),
    ]
    console = Console(file=StringIO(), width=width, highlight=False, legacy_windows=False)
    for table in tables:
        console.print(table)
    assert isinstance(console.file, StringIO)
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]
    return "\n".join(lines).strip("\n")


def shown_mistakes(
    quotations: Sequence[JudgedQuotation], drafts: Sequence[JudgedDraft]
) -> list[str]:
    """One line for each wrong verdict, each error that was missed, each false alarm."""
    lines = [
        f"{one.case.id}：应为{VERDICT_TITLES[one.case.verdict]}，"
        f"得{VERDICT_TITLES[one.got]}：{_line(one.case.text)}"
        for one in quotations
        if not one.right
    ]
    for draft in drafts:
        lines += [
            f"草稿 {draft.name} 漏查{KIND_TITLES[one.label.kind]}：{_line(one.label.text)}"
            for one in draft.labels
            if one.label.is_error and not one.found
        ]
        lines += [
            f"草稿 {draft.name} 误报{KIND_TITLES[one.kind]}：{_line(one.text)}（{one.message}）"
            for one in draft.false_alarms
        ]
    return lines


def _line(text: str) -> str:
    return printable(text.replace("\n", " "))


def _quotation_shares(score: QuotationScore) -> Mapping[str, Share]:
    classes = {f"　{TITLES.get(name, name)}": share for name, share in score.classes.items()}
    return {
        "结论正确": score.accuracy,
        **classes,
        "首条位置正确": score.spans,
        "近似文件中原件居首": score.ranks,
    }


def _draft_shares(score: DraftScore) -> Mapping[str, Share]:
    recall = {f"　{KIND_TITLES[kind]}": share for kind, share in score.recall_by_kind.items()}
    precision = {f"　 {KIND_TITLES[kind]}": one for kind, one in score.precision_by_kind.items()}
    return {
        "查出的错误（召回率）": score.recall,
        **recall,
        "报错属实（精确率）": score.precision,
        **precision,
        "类别判对": score.kinds,
        "改法正确": score.corrections,
        "正确之处未误报": score.untouched,
        "正确之处得到印证": score.confirmed,
    }


def _shares(title: str, shares: Mapping[str, Share]) -> Table:
    table = _table(title)
    table.add_column("项目", no_wrap=True)
    for name in ("数目", "其中", "占比", "95% 区间"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, share in shares.items():
        if share.n:
            interval = f"{share.low:.1%}–{share.high:.1%}"
            table.add_row(name, str(share.n), str(share.right), f"{share.value:.1%}", interval)
    return table


def _matrix(score: QuotationScore) -> Table:
    table = _table("应有的结论（行）与给出的结论（列）")
    table.add_column("", no_wrap=True)
    for title in VERDICT_TITLES.values():
        table.add_column(title, justify="right", no_wrap=True)
    for expected, counts in score.matrix.items():
        row = [str(counts[got]) for got in VERDICT_TITLES]
        table.add_row(VERDICT_TITLES[expected], *row)
    return table


def _table(title: str) -> Table:
    return Table(
        title=Text(title, style="bold"),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        header_style="",
    )
