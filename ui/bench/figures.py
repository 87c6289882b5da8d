"""What is measured, beside what was promised, and how it is shown."""

from collections.abc import Sequence

from pydantic import BaseModel

from ui.terminal.chinese_parser import display_width


class Figure(BaseModel):
    """One thing that was measured.

    Attributes:
        goal: What is promised; None where nothing is.
        met: Whether it was kept; None without a goal, or where nothing could be measured.
    """

    name: str
    label: str
    value: float | None
    unit: str
    goal: str | None = None
    met: bool | None = None


class Figures(BaseModel):
    """All that was measured."""

    items: list[Figure]
    next: str | None = None


def figure(
    name: str,
    label: str,
    value: float | None,
    unit: str,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
) -> Figure:
    """A figure beside its goal, if it has one."""
    goal: str | None = None
    met: bool | None = None
    if at_least is not None:
        goal, met = f"≥ {at_least:g}", None if value is None else value >= at_least
    elif at_most is not None:
        goal, met = f"≤ {at_most:g}", None if value is None else value <= at_most
    return Figure(name=name, label=label, value=value, unit=unit, goal=goal, met=met)


def quantile(ordered: Sequence[float], share: float) -> float:
    """The nearest-rank quantile of sorted values."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def shown_figures(figures: Figures) -> str:
    """The table."""
    rows = [("项目", "实测", "目标", "")] + [
        (
            item.label,
            _shown_value(item),
            item.goal or "",
            {True: "达到", False: "未达到", None: ""}[item.met],
        )
        for item in figures.items
    ]
    widths = [max(display_width(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "  ".join(
            cell + " " * (width - display_width(cell))
            for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    )


def _shown_value(item: Figure) -> str:
    if item.value is None:
        return "测不到"
    return f"{item.value:,.{_digits(item.value)}f} {item.unit}"


def _digits(value: float) -> int:
    return 0 if value == int(value) or value >= 100 else 1 if value >= 10 else 2
