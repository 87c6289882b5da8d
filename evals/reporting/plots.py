"""Where everything stands in the plots; `templates/plots.html.j2` draws it.

Lengths are in units of an SVG's viewBox, about a CSS pixel each; y grows downwards.
"""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH = 460.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 16.0, 14.0, 40.0
_HEIGHT = 250.0
_LEVEL_RIGHT = 76.0
_ROW = 28.0
_BAR_RIGHT = 108.0
_LABEL_LEAST, _LABEL_CHARACTERS, _CHARACTER = 60.0, 14, 12.8
_NORMAL_95 = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A line of an axis: its place and what it says."""

    position: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The rectangle in which data stands, and the size of the whole."""

    left: float
    top: float
    right: float
    bottom: float
    width: float = WIDTH
    height: float = _HEIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A horizontal bar with its 95 % interval, or a bin of a histogram.

    Attributes:
        text: What is written beside a bar, or said of a bin.
        low: Where the whisker begins; equal to `high` where there is none.
    """

    label: str
    text: str
    x: float
    y: float
    width: float
    height: float
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BarPlot:
    """Horizontal bars from 0 to 1, one below the other."""

    title: str
    description: str
    frame: Frame
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A series: `points` as SVG writes them; `dots` are the places of its markers."""

    name: str
    points: str
    dots: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePlot:
    """Series over a common axis.

    Attributes:
        mark: A vertical line with its name, or None.
        levels: For each line a height to compare it with, or None.
    """

    title: str
    description: str
    frame: Frame
    x_label: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    lines: tuple[Line, ...]
    levels: tuple[Tick | None, ...]
    mark: Tick | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """How often values fall into bins of equal width; the mark is the median."""

    title: str
    description: str
    frame: Frame
    x_label: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]
    mark: Tick | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Points of a line, in order of x; shares between 0 and 1 on y.

    Attributes:
        level: A share to compare the line with.
    """

    name: str
    points: tuple[tuple[float, float], ...]
    level: float | None = None


def share_interval(share: float, count: int) -> tuple[float, float]:
    """The 95 % interval of a share of `count` yes-or-no outcomes; (0, 1) of none.

    Source:
        Wilson, JASA 22 (1927), 209-212, doi:10.1080/01621459.1927.10502953.
    """
    if not count:
        return 0.0, 1.0
    z2 = _NORMAL_95**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    spread = share * (1 - share) / count + z2 / (4 * count * count)
    half = _NORMAL_95 * math.sqrt(spread) / (1 + z2 / count)
    # Rounding must not push the share itself out of its interval.
    return min(share, max(0.0, middle - half)), max(share, min(1.0, middle + half))


def steps(low: float, high: float, *, about: int = 5) -> list[float]:
    """Round numbers from at most `low` to at least `high`: 1, 2 or 5 times a power of ten apart.

    Never fewer than two; where `low` and `high` are as good as equal, as if 1 lay between them.
    """
    width = high - low if high - low > 1e-9 * max(1.0, abs(high)) else 1.0
    power = 10.0 ** math.floor(math.log10(width / about))
    step = next(power * n for n in (1, 2, 5, 10) if width / (power * n) <= about)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, max(last, first + 1) + 1)]


def _place(value: float, low: float, high: float, start: float, end: float) -> float:
    share = (value - low) / (high - low) if high > low else 0.5
    return round(start + min(1.0, max(0.0, share)) * (end - start), 1)


def _percent_ticks(start: float, end: float) -> tuple[Tick, ...]:
    return tuple(
        Tick(position=_place(p, 0, 100, start, end), label=f"{p}%") for p in range(0, 101, 25)
    )


def bar_plot(title: str, rows: Sequence[tuple[str, float | None, int]]) -> BarPlot:
    """One bar for each `(label, share, how many questions)`, in order, with its interval.

    A row without a share has its label only, so that rows of two plots stand side by side;
    long labels are cut.
    """
    longest = max((len(label) for label, _, _ in rows), default=0)
    frame = Frame(
        left=max(_LABEL_LEAST, min(longest, _LABEL_CHARACTERS) * _CHARACTER + 12),
        right=WIDTH - _BAR_RIGHT,
        top=6,
        bottom=6 + _ROW * len(rows),
        height=6 + _ROW * len(rows) + 26,
    )
    bars = tuple(_bar(frame, number, *row) for number, row in enumerate(rows))
    said = "；".join(f"{bar.label} {bar.text}" for bar in bars)
    return BarPlot(
        title=title,
        description=f"横条图，细线为 95% 置信区间。{said}。",
        frame=frame,
        ticks=_percent_ticks(frame.left, frame.right),
        bars=bars,
    )


def _bar(frame: Frame, number: int, label: str, share: float | None, count: int) -> Bar:
    def across(value: float) -> float:
        return _place(value, 0, 1, frame.left, frame.right)

    low, high = (0.0, 0.0) if share is None else share_interval(share, count)
    return Bar(
        label=label if len(label) <= _LABEL_CHARACTERS else f"{label[: _LABEL_CHARACTERS - 1]}…",
        text="–" if share is None else f"{share:.1%}（{count} 题）",
        x=frame.left,
        y=frame.top + _ROW * number + 6,
        width=round(across(share or 0) - frame.left, 1),
        height=_ROW - 12,
        low=across(low),
        high=across(high),
    )


def line_plot(
    title: str,
    series: Sequence[Series],
    *,
    x_label: str,
    x_values: Sequence[float],
    scale: Callable[[float], float] = float,
    mark: tuple[float, str] | None = None,
    dotted: bool = True,
) -> LinePlot:
    """Shares against another number.

    Args:
        title: Of the plot.
        series: At least one, each with at least one point.
        x_label: What the other number is.
        x_values: Where its axis has ticks; the first and the last bound it, and what lies
            beyond is drawn at its end.
        scale: A rising function of x that is even on the axis: `math.log10` for ratios.
        mark: A vertical line: where, and what it is.
        dotted: Every point has a marker; else only the line is drawn.
    """
    margin = _RIGHT if all(one.level is None for one in series) else _LEVEL_RIGHT
    frame = Frame(left=_LEFT, right=WIDTH - margin, top=_TOP + 22, bottom=_HEIGHT - _BOTTOM)
    first, last = scale(x_values[0]), scale(x_values[-1])

    def across(x: float) -> float:
        inside = min(max(x, x_values[0]), x_values[-1])
        return _place(scale(inside), first, last, frame.left, frame.right)

    def up(share: float) -> float:
        return _place(share, 0, 1, frame.bottom, frame.top)

    def line(one: Series) -> Line:
        places = tuple((across(x), up(share)) for x, share in one.points)
        points = " ".join(f"{x:g},{y:g}" for x, y in dict.fromkeys(places))
        return Line(name=one.name, points=points, dots=places if dotted else ())

    said = "；".join(f"{one.name} {_told(one.points)}" for one in series)
    return LinePlot(
        title=title,
        description=f"折线图，横轴为{x_label}。{said}。",
        frame=frame,
        x_label=x_label,
        x_ticks=tuple(Tick(position=across(x), label=f"{x:g}") for x in x_values),
        y_ticks=_percent_ticks(frame.bottom, frame.top),
        lines=tuple(line(one) for one in series),
        levels=tuple(
            None if one.level is None else Tick(position=up(one.level), label=f"{one.level:.1%}")
            for one in series
        ),
        mark=Tick(position=across(mark[0]), label=mark[1]) if mark else None,
    )


_TOLD_POINTS = 6


def _told(points: Sequence[tuple[float, float]]) -> str:
    """A few points in words, the first and the last among them."""
    every = max(1, math.ceil((len(points) - 1) / (_TOLD_POINTS - 1)))
    told = [*points[:-1:every], points[-1]]
    return "，".join(f"{x:g} 时 {y:.0%}" for x, y in told)


def histogram(
    title: str, values: Sequence[float], *, x_label: str, bins: int = 16
) -> Histogram | None:
    """How values are spread; the last bin also holds the hundredth that lies beyond the axis.

    Args:
        title: Of the plot.
        values: Not negative, in any order.
        x_label: What they are, with their unit.
        bins: At most so many, of a round width.

    Returns:
        None where there are no values.
    """
    if not values:
        return None
    ordered = sorted(values)
    end = ordered[math.ceil(len(ordered) * 0.99) - 1]
    edges = steps(0, end or 1.0, about=bins)
    counts = [0] * (len(edges) - 1)
    for value in ordered:
        counts[min(int(value / edges[1]), len(counts) - 1)] += 1
    frame = Frame(left=_LEFT, right=WIDTH - _RIGHT, top=_TOP + 14, bottom=_HEIGHT - _BOTTOM)
    heights = steps(0, max(counts), about=4)

    def across(value: float) -> float:
        return _place(value, 0, edges[-1], frame.left, frame.right)

    def up(count: float) -> float:
        return _place(count, 0, heights[-1], frame.bottom, frame.top)

    bars = tuple(
        Bar(
            label=f"{low:g}–{high:g}",
            text=f"{count} 题",
            x=across(low) + 0.5,
            y=up(count),
            width=round(across(high) - across(low) - 1, 1),
            height=round(frame.bottom - up(count), 1),
        )
        for (low, high), count in zip(pairwise(edges), counts, strict=True)
    )
    middle = statistics.median(ordered)
    told = "；".join(f"{bar.label}：{bar.text}" for bar in bars if bar.height)
    return Histogram(
        title=title,
        description=f"直方图，横轴为{x_label}，中位数 {middle:.3g}。{told}。",
        frame=frame,
        x_label=x_label,
        x_ticks=tuple(
            Tick(position=across(x), label=f"{x:g}") for x in steps(0, edges[-1]) if x <= edges[-1]
        ),
        y_ticks=tuple(Tick(position=up(n), label=f"{n:g}") for n in heights if n == int(n)),
        bars=bars,
        mark=Tick(position=across(middle), label=f"中位数 {middle:.3g}"),
    )


INTERVAL_WIDTH = 320.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A row of a forest plot, `INTERVAL_WIDTH` wide: where 0, the difference and its bounds are."""

    zero: float
    centre: float
    low: float
    high: float


def interval(centre: float, low: float, high: float, *, end: float) -> Interval:
    """An interval on an axis from -`end` to `end`; `end` is positive."""

    def across(value: float) -> float:
        return _place(value, -end, end, 8, INTERVAL_WIDTH - 8)

    return Interval(zero=across(0), centre=across(centre), low=across(low), high=across(high))
