"""Runs and comparisons on a terminal."""

import pytest
from rich.cells import cell_len

from evals.comparing import compare
from evals.reporting.tables import printable, shown_comparison, shown_run
from tests.evals.reporting.conftest import make_judged, make_rgb_run, make_run


def test_a_run_shows_every_measure_and_every_kind():
    text = shown_run(make_run(48), width=120)
    for word in ("答全率", "误拒率 ↓", "引文属实率", "nDCG@10", "耗时（毫秒） ↓", "无答案（近）"):
        assert word in text


def test_noise_has_rows_of_its_own():
    text = shown_run(make_rgb_run(5), width=100)
    assert "噪声 0.4" in text
    assert "噪声 1" in text


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_nothing_is_wider_than_the_terminal_and_no_figure_is_cut(width):
    text = shown_run([*make_run(48), *make_rgb_run(3)], width=width)
    assert max(map(cell_len, text.splitlines())) <= width
    assert "…" not in text


def test_a_wider_terminal_shows_more_measures_by_kind():
    narrow, wide = (shown_run(make_run(24), width=width) for width in (70, 160))
    assert narrow.count("%") < wide.count("%")


def test_the_worst_questions_are_printed_plainly():
    text = shown_run(
        [make_judged(), make_judged(identifier="乙", answer="青石区召开了会议。")], worst=5
    )
    assert text.endswith(
        "✗ 没答到　多少　乙\n"
        "  问：青石区共设几个机构？\n"
        "  答：青石区召开了会议。[1]\n"
        "  应有：三十六个 / 36个"
    )


def test_what_is_right_is_not_among_the_worst():
    assert "✗" not in shown_run([make_judged()], worst=5)
    assert shown_run([]) == "没有题。"


def test_markers_are_no_markup_and_control_characters_steer_nothing():
    judged = make_judged(
        kind="[red]怪\x1b[31m",
        question="问[bold]？\x1b]0;x\x07",
        answer="青石区[1]召开\x1b[2J了会议[/]。",
        facts=(("三十六个\x9b",),),
    )
    text = shown_run([judged, make_judged()], worst=2, width=120)
    assert "问[bold]？" in text
    assert "青石区[1]召开�[2J了会议[/]。[1]" in text
    assert "[red]怪" in text
    assert not [c for c in text if not c.isprintable() and c not in "\n　"]


def test_printable_keeps_length_and_what_is_harmless():
    assert printable("甲　乙\n丙\t𠮷\u202e\ud800") == "甲　乙\n丙\t𠮷��"


def test_a_comparison_shows_before_after_interval_count_and_verdict():
    before, after = make_run(120, skill=0.95, luck=1), make_run(120, skill=0.5, luck=2)
    text = shown_comparison(compare(before, after, samples=500), width=110)
    (line,) = [line for line in text.splitlines() if line.strip().startswith("答全率")]
    assert "▼ 更差" in line
    assert " 至 " in line
    assert line.count("%") == 2
    assert "无显著差别" in text
    assert "同一台机器" in text


def test_a_comparison_lists_what_got_worse_and_what_got_better():
    good, bad = make_judged(), make_judged(answer="青石区召开了会议。")
    worse = shown_comparison(compare([good], [bad], samples=50), worst=3)
    better = shown_comparison(compare([bad], [good], samples=50), worst=3)
    assert "▼ 变差" in worse
    assert "前：青石区共设三十六个机构。[1]\n  后：青石区召开了会议。[1]" in worse
    assert "▲ 变好" in better
    assert "题太少" in better
    assert "变差　" not in shown_comparison(compare([good], [bad], samples=50))


def test_runs_without_common_questions_are_said_to_have_none():
    text = shown_comparison(compare([], [make_judged()], samples=50))
    assert text.startswith("两次结果没有相同的题")
    assert "后一次里的 1 题" in text


def test_colours_come_only_where_asked_for():
    before, after = make_run(60, luck=1), make_run(60, luck=2)
    compared = compare(before, after, samples=50)
    assert "\x1b[" in shown_comparison(compared, coloured=True)
    assert "\x1b[" not in shown_comparison(compared)
    assert "\x1b[" not in shown_run(before)
