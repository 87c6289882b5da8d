"""A run or a comparison as text for a terminal: every function returns what is to be printed."""

import unicodedata
from collections.abc import Iterable, Sequence
from io import StringIO

from rich import box
from rich.cells import cell_len
from rich.columns import Columns
from rich.console import Console, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from evals.comparing import Change, Comparison, Outcome
from evals.records import Case, Judged
from evals.reporting.breakdowns import Table, family_tables, kind_table, noise_table
from evals.reporting.differences import by_unit, notes, told, view_difference
from evals.reporting.outcomes import group_of, outcome_of, worst_first
from evals.reporting.wording import kind_name
from evals.summaries import summarise

_STYLES: dict[Outcome, str] = {
    "better": "bold cyan",
    "worse": "bold yellow",
    "no_difference": "dim",
}
_SIGNS: dict[Outcome, str] = {"better": "▲ ", "worse": "▼ ", "no_difference": ""}
_NARROWEST, _WIDEST = 6, 12
_GAP = 3
_STEERING = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def shown_run(
    run: Sequence[Judged], *, worst: int = 0, width: int | None = None, coloured: bool = False
) -> str:
    """All measures, then the chief ones by kind and by noise, then the worst questions.

    Args:
        run: In any order; without questions it says so.
        worst: How many of the questions that came out wrong are shown.
        width: Columns to fill; None for those of the terminal. Tables by kind leave out the
            measures for which there is no room.
        coloured: With colours for a terminal.
    """
    if not run:
        return "没有题。"
    console = _console(width, coloured=coloured)
    summary = summarise(run)
    families = [_drawn(table, console.width) for table in family_tables(summary.averages)]
    console.print(Columns(families, padding=(0, 4)))
    for table in (kind_table(run), noise_table(run)):
        if table is not None and len(table.rows) > 1:
            console.print(_drawn(table, console.width))
    wrong = [judged for judged in worst_first(run) if not outcome_of(judged).right][:worst]
    return _finished(console, [_asked_and_answered(judged) for judged in wrong])


def shown_comparison(
    comparison: Comparison, *, worst: int = 0, width: int | None = None, coloured: bool = False
) -> str:
    """Each measure before and after with the 95 % interval of its difference, then questions.

    Args:
        comparison: Of two runs.
        worst: How many of those that got worse most, and of those that got better, are shown.
        width: Columns to fill; None for those of the terminal.
        coloured: With colours for a terminal.
    """
    console = _console(width, coloured=coloured)
    if comparison.differences:
        console.print(_differences(comparison))
    for line in (told(comparison), *notes(comparison)):
        console.print(Text(line))
    parts = [_changed("变差", change) for change in comparison.worse[:worst]]
    parts += [_changed("变好", change) for change in comparison.better[:worst]]
    return _finished(console, parts)


def _console(width: int | None, *, coloured: bool) -> Console:
    return Console(
        file=StringIO(),
        width=width,
        force_terminal=coloured,
        color_system="standard" if coloured else None,
        highlight=False,
        legacy_windows=False,
    )


def _finished(console: Console, parts: Iterable[str]) -> str:
    assert isinstance(console.file, StringIO)
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]
    return "\n\n".join(["\n".join(lines).strip("\n"), *parts])


def _empty(title: str) -> RichTable:
    return RichTable(
        title=Text(title, style="bold"),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        header_style="",
    )


def _drawn(table: Table, width: int) -> RenderableType:
    """As many columns as there is room for; the first is always there."""
    drawn = _empty(table.title)
    drawn.add_column(table.corner, no_wrap=True)
    left = width - max(cell_len(row.name) for row in table.rows) - 2
    shown = 0
    for number, name in enumerate(table.columns):
        needed = max(cell_len(row.cells[number]) for row in table.rows)
        needed = max(needed, min(_WIDEST, max(_NARROWEST, cell_len(name))))
        left -= needed + _GAP
        if left < 0 and shown:
            break
        drawn.add_column(name, justify="right", width=needed, overflow="fold")
        shown += 1
    for row in table.rows:
        cells = (printable(row.name), *row.cells[:shown])
        drawn.add_row(*map(Text, cells), style="bold" if row.whole else "")
    return drawn


def _differences(comparison: Comparison) -> RenderableType:
    drawn = _empty("各项指标的差（后减前；比率以百分点计）")
    drawn.add_column("指标")
    for name in ("题数", "前", "后", "差", "95% 区间"):
        drawn.add_column(name, justify="right", no_wrap=True)
    drawn.add_column("结论", no_wrap=True)
    for differences in by_unit(comparison.differences).values():
        for one in map(view_difference, differences):
            figures = (f"{one.n:,}", one.before, one.after, one.difference, one.interval)
            verdict = Text(_SIGNS[one.outcome] + one.outcome_name, style=_STYLES[one.outcome])
            drawn.add_row(Text(printable(one.title)), *map(Text, figures), verdict)
        drawn.add_section()
    return drawn


def _asked_and_answered(judged: Judged) -> str:
    case = judged.case
    return "\n".join((
        f"✗ {outcome_of(judged).text}　{_name(case)}",
        f"  问：{_line(case.question)}",
        f"  答：{_line(judged.prediction.text)}",
        f"  应有：{_line(_expected(case))}",
    ))


def _changed(word: str, change: Change) -> str:
    case = change.after.case
    return "\n".join((
        f"{'▼' if change.gain < 0 else '▲'} {word}　{_name(case)}",
        f"  问：{_line(case.question)}",
        f"  前：{_line(change.before.prediction.text)}",
        f"  后：{_line(change.after.prediction.text)}",
        f"  应有：{_line(_expected(case))}",
    ))


def _name(case: Case) -> str:
    return printable(f"{kind_name(group_of(case))}　{case.id}")


def _expected(case: Case) -> str:
    facts = "；".join(" / ".join(fact) for fact in case.facts)
    if case.false_premise:
        return f"更正（{facts}）或拒答" if facts else "拒答"
    if not case.answerable:
        return "拒答"
    return facts or " / ".join(case.references) or "（未知）"


def _line(text: str) -> str:
    """Further lines stand under the first."""
    return printable(text).strip().replace("\n", "\n      ")


def printable(text: str) -> str:
    """`text`, as long as before, with what could steer a terminal as �."""
    return "".join(
        "\ufffd" if unicodedata.category(one) in _STEERING and one not in "\n\t" else one
        for one in text
    )
