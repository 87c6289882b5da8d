import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.records import Judged
from evals.summaries import RefusalPoint, refusal_curve, summarise
from tests.evals.answers import make_case, make_judged, refused


def test_a_measure_is_averaged_over_the_questions_that_have_it() -> None:
    summary = summarise([
        make_judged("a", {"fact_recall": 1.0, "false_refusal": 0}),
        make_judged("b", {"fact_recall": 0.5, "false_refusal": 1}),
        make_judged("c", {"refusal": 1}),
    ])
    assert summary.n == 3
    assert (summary.averages["fact_recall"].mean, summary.averages["fact_recall"].n) == (0.75, 2)
    assert summary.averages["fact_recall"].median is None
    assert summary.averages["refusal"].n == 1
    assert list(summary.averages) == ["refusal", "false_refusal", "fact_recall"]


def test_times_and_lengths_have_a_median_and_a_95th_percentile() -> None:
    run = [make_judged(str(ms), {"ms": ms, "characters": 10}) for ms in range(101)]
    average = summarise(run).averages["ms"]
    assert (average.mean, average.median, average.p95, average.typical) == (50, 50, 95, 50)
    assert summarise(run).averages["characters"].typical == 10


def test_questions_are_grouped_by_what_they_have_in_common() -> None:
    summary = summarise([
        make_judged("a", {"held": 1}, kind="who", noise=0.4, task="noise"),
        make_judged("b", {"held": 0}, kind="who", noise=0.0, task="noise"),
        make_judged("c", {"held": 0.5}, kind="why", task="integration", noise=None),
    ])
    assert list(summary.groups) == ["task", "noise", "kind"]
    assert [(g.name, g.n, g.averages["held"].mean) for g in summary.groups["kind"]] == [
        ("who", 2, 0.5),
        ("why", 1, 0.5),
    ]
    assert [group.name for group in summary.groups["noise"]] == ["0", "0.4"]


def test_a_run_without_questions_has_no_averages() -> None:
    summary = summarise([])
    assert (summary.n, summary.averages, summary.groups) == (0, {}, {})


def test_the_refusal_curve_counts_what_lies_below_each_threshold() -> None:
    run = [
        make_judged("a", confidence=0.9),
        make_judged("b", confidence=0.2),
        make_judged("c", confidence=0.2, answerable=False),
        make_judged("d", confidence=0.1, answerable=False),
    ]
    assert refusal_curve(run) == (
        RefusalPoint(0.0, 0, 0),
        RefusalPoint(0.1, 0, 0),
        RefusalPoint(0.2, 0.5, 0),
        RefusalPoint(0.9, 1, 0.5),
        RefusalPoint(1.0, 1, 1),
    )


def test_what_is_refused_for_another_reason_is_refused_at_every_threshold() -> None:
    run = [
        make_judged("a", prediction=refused(make_case("a"))),
        make_judged("b", confidence=0.9, prediction=refused(make_case("b"), status="declined")),
        # Refused for its low confidence.
        make_judged("c", confidence=0.1, prediction=refused(make_case("c"))),
        make_judged("d", answerable=False),
    ]
    assert refusal_curve(run)[0] == RefusalPoint(0.0, 0, 2 / 3)
    assert refusal_curve(run)[-1] == RefusalPoint(1.0, 0, 1)


@pytest.mark.parametrize(
    "run",
    [
        pytest.param([], id="no question"),
        pytest.param([make_judged(confidence=0.5)], id="none unanswerable"),
        pytest.param([make_judged(confidence=0.5, answerable=False)], id="none answerable"),
        pytest.param(
            [
                make_judged("a", confidence=0.5),
                make_judged("b", confidence=0.5, answerable=False, false_premise=True),
            ],
            id="a false premise counts as neither",
        ),
    ],
)
def test_without_both_sorts_of_questions_there_is_no_curve(run: list[Judged]) -> None:
    assert refusal_curve(run) == ()


@given(
    st.lists(
        st.tuples(st.booleans(), st.none() | st.floats(0, 1), st.booleans()),
        min_size=2,
    )
)
def test_the_refusal_curve_rises(questions: list[tuple[bool, float | None, bool]]) -> None:
    run = [
        make_judged(
            str(number),
            confidence=confidence,
            answerable=answerable,
            prediction=refused(make_case(str(number))) if gave_up else None,
        )
        for number, (answerable, confidence, gave_up) in enumerate(questions)
    ]
    curve = refusal_curve(run)
    for axis in ("threshold", "refusal", "false_refusal"):
        values = [getattr(point, axis) for point in curve]
        assert values == sorted(values)
        assert all(0 <= value <= 1 for value in values)
