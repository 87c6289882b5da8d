"""The scores of scripted replies as text for a terminal."""

from collections.abc import Mapping, Sequence
from io import StringIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evals.quotations.summing import Share
from evals.replies.records import TITLES, AnyKind
from evals.replies.scoring import LEAST_CAUGHT, MOST_MARKED, JudgedSentence, ReplyScore
from evals.reporting.tables import printable

_TITLES: Mapping[str, str] = dict(TITLES.items())


def shown_score(score: ReplyScore, *, width: int | None = None) -> str:
    """Both shares with their 95 % intervals, altogether and by kind.

    Args:
        score: Of a run.
        width: Columns to fill; None for those of the terminal.
    """
    caught, marked = LEAST_CAUGHT, MOST_MARKED
    tables = [
        _shares(f"有问题的句子，查出（目标 ≥ {caught:.0%}）", score.caught, score.caught_by_kind),
        _shares(f"没有问题的句子，误标（目标 ≤ {marked:.0%}）", score.marked, score.marked_by_kind),
    ]
    console = Console(file=StringIO(), width=width, highlight=False, legacy_windows=False)
    console.print(f"回答 {score.replies} 个")
    for table in tables:
        console.print(table)
    assert isinstance(console.file, StringIO)
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]
    return "\n".join(lines).strip("\n")


def _shares(title: str, total: Share, by_kind: Mapping[str, Share]) -> Table:
    table = Table(
        title=Text(title, style="bold"),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        header_style="",
    )
    table.add_column("种类", no_wrap=True)
    for name in ("句数", "其中", "占比", "95% 区间"):
        table.add_column(name, justify="right", no_wrap=True)
    shares = {"合计": total} | {f"　{_TITLES[kind]}": one for kind, one in by_kind.items()}
    for name, share in shares.items():
        interval = f"{share.low:.1%}–{share.high:.1%}"
        table.add_row(name, str(share.n), str(share.right), f"{share.value:.1%}", interval)
    return table


def shown_mistakes(judged: Sequence[JudgedSentence]) -> list[str]:
    """One line for each fault that passed, then for each good sentence that was marked."""
    wrong = sorted((one for one in judged if not one.right), key=_order)
    return [
        f"{'漏查' if one.sentence.is_faulty else '误标'}·{_title(one.sentence.kind)} {one.reply}："
        f"{printable(one.sentence.text)}{_note(one.sentence.note)}"
        for one in wrong
    ]


def _order(one: JudgedSentence) -> tuple[bool, str]:
    return not one.sentence.is_faulty, one.sentence.kind


def _title(kind: AnyKind) -> str:
    return TITLES[kind]


def _note(note: str) -> str:
    return f"（{printable(note)}）" if note else ""
