"""Fitting of what tells a contradicted number."""

import json

import numpy
import pytest

from evals.quotations.fitting import Case, fit, held_out, report
from rag.drafts.contradiction import WEIGHTS


def cases(count: int = 60) -> list[Case]:
    """The fact has a high first feature; the second says nothing."""
    chance = numpy.random.default_rng(7)
    made = list[Case]()
    for number in range(count):
        is_error = number % 2 == 0
        is_fact = numpy.array([float(is_error), 0.0, 0.0])
        features = chance.normal(size=(3, 2)) * 0.3
        features[:, 0] += 2 * is_fact
        made.append(
            Case(draft=f"{number // 3:02}", is_error=is_error, features=features, is_fact=is_fact)
        )
    return made


def test_what_tells_gets_weight_and_what_does_not_gets_little():
    telling, silent, _ = fit(cases())
    assert telling > 1
    assert abs(silent) < telling / 4


def test_held_out_cases_are_told_apart():
    found = held_out(cases())
    assert len(found) == 60
    right = sum(case.is_error == (chance >= 0.5) for case, chance, _ in found)
    assert right >= 54
    assert all(is_fact for case, chance, is_fact in found if case.is_error and chance >= 0.5)


def test_the_report_counts_errors_and_false_alarms():
    error, correct = cases(2)
    lines = report([(error, 0.9, True), (correct, 0.32, False)])
    assert lines[0].endswith("查出 1/1，改法正确 1，误报 1/1")
    assert lines[-1].endswith("查出 1/1，改法正确 1，误报 0/1")


@pytest.mark.slow
def test_the_committed_weights_are_those_that_are_fitted():
    from evals.builtin import open_builtin_library
    from evals.quotations.fitting import read_cases
    from evals.quotations.records import read_drafts
    from rag.assembly import open_draft_library

    with open_builtin_library() as system:
        library = open_draft_library(system.storage, system.verifier)
        names, found = read_cases(read_drafts(split="dev"), library)
    fitted = dict(zip([*names, "constant"], fit(found), strict=True))
    assert json.loads(WEIGHTS.read_text(encoding="utf-8")) == pytest.approx(fitted, abs=0.02)
