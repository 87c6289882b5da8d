"""Numerals of good sentences are rewritten without saying something else."""

import pytest

from evals.replies.candidates import NO_EVIDENCE, Part, cited, numbered
from evals.replies.oracle import numbers_in
from evals.replies.rewording import in_arabic, in_chinese


@pytest.mark.parametrize(("number", "numeral"), [(5, "五"), (10, "十"), (16, "十六"), (40, "四十")])
def test_a_number_below_a_hundred_is_written_both_ways(number: int, numeral: str) -> None:
    assert in_chinese(number) == numeral
    assert in_arabic(numeral) == str(number)
    assert numbers_in(numeral) == {float(number)}


def test_markers_stand_before_the_full_stop() -> None:
    assert cited("任务完成。") == "任务完成[1]。"
    assert cited("任务完成", "[1][2]") == "任务完成[1][2]。"


def test_a_marker_without_evidence_gets_a_number_that_none_has() -> None:
    part = Part(text=f"任务完成{NO_EVIDENCE}。", kind="missing_evidence", cites=())
    assert numbered(part, {}, beyond=7) == "任务完成[7]。"
