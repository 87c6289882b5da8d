"""Where everything stands in the plots."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.reporting.plots import (
    INTERVAL_WIDTH,
    Series,
    bar_plot,
    histogram,
    interval,
    line_plot,
    share_interval,
    steps,
)

NUMBERS = st.floats(0, 1e6, allow_nan=False)
SHARES = st.floats(0, 1)


@given(st.integers(0, 200), st.integers(1, 200))
def test_an_interval_holds_its_share_and_stays_between_none_and_all(right, count):
    share = min(right, count) / count
    low, high = share_interval(share, count)
    assert 0 <= low <= share <= high <= 1


def test_intervals_are_those_of_wilson():
    # Eight of ten, as any table of Wilson intervals has it.
    assert share_interval(0.8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert share_interval(0, 0) == (0, 1)


@given(NUMBERS, NUMBERS, st.integers(2, 20))
def test_steps_are_even_few_and_cover_the_range(one, other, about):
    low, high = sorted((one, other))
    marks = steps(low, high, about=about)
    assert 2 <= len(marks) <= about + 3
    slack = (marks[1] - marks[0]) * 1e-6
    assert marks[0] <= low + slack
    assert marks[-1] >= high - slack


def test_steps_are_round():
    assert steps(0, 37) == [0, 10, 20, 30, 40]
    assert steps(0, 1) == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert len(steps(7, 7)) >= 2


@given(st.lists(NUMBERS, max_size=60))
def test_every_value_is_in_a_bin_of_the_histogram(values):
    plot = histogram("用时", values, x_label="毫秒")
    if plot is None:
        assert values == []
        return
    assert sum(int(bar.text.split()[0]) for bar in plot.bars) == len(values)
    for bar in plot.bars:
        assert plot.frame.top - 0.1 <= bar.y <= plot.frame.bottom
        assert plot.frame.left <= bar.x <= plot.frame.right


def test_the_slowest_hundredth_does_not_stretch_the_axis():
    plot = histogram("用时", [10.0] * 199 + [90_000.0], x_label="毫秒")
    assert float(plot.x_ticks[-1].label) < 100
    assert "1 题" not in [bar.text for bar in plot.bars[:-1]]


@given(st.lists(st.tuples(SHARES, SHARES), min_size=1, max_size=30))
def test_points_stay_inside_the_frame(points):
    plot = line_plot(
        "图",
        [Series(name="甲", points=tuple(sorted(points)))],
        x_label="横",
        x_values=(0.01, 0.1, 1.0),
        scale=math.log10,
    )
    for x, y in plot.lines[0].dots:
        assert plot.frame.left <= x <= plot.frame.right
        assert plot.frame.top <= y <= plot.frame.bottom


def test_a_higher_share_stands_higher_and_a_larger_number_further_right():
    series = Series(name="甲", points=((0.0, 0.2), (0.5, 0.9)), level=0.5)
    plot = line_plot("图", [series], x_label="横", x_values=(0.0, 1.0), mark=(0.5, "现用"))
    (x1, y1), (x2, y2) = plot.lines[0].dots
    assert x1 < x2
    assert y1 > y2
    assert plot.mark.position == x2
    assert y2 < plot.levels[0].position < y1
    assert "甲 0 时 20%，0.5 时 90%" in plot.description


def test_bars_say_share_and_count_and_have_whiskers_around_their_ends():
    plot = bar_plot("答对", [("谁", 0.75, 20), ("何时", None, 0)])
    first, missing = plot.bars
    assert first.text == "75.0%（20 题）"
    assert first.low < first.x + first.width < first.high <= plot.frame.right
    assert missing.text == "–"
    assert missing.low == missing.high
    assert "谁 75.0%（20 题）" in plot.description


def test_a_plot_without_rows_can_be_drawn():
    assert bar_plot("答对", []).bars == ()


@given(st.floats(-9, 9), st.floats(0, 9), st.floats(0, 9))
def test_a_forest_interval_is_in_order_and_symmetrical_about_zero(centre, below, above):
    low, high = centre - below, centre + above
    row = interval(centre, low, high, end=max(abs(low), abs(high), 0.1))
    assert 0 < row.low <= row.centre <= row.high < INTERVAL_WIDTH
    assert row.zero == INTERVAL_WIDTH / 2
    assert (row.centre - row.zero) * centre >= 0
