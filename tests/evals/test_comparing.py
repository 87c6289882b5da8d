import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.comparing import LEAST_QUESTIONS, Comparison, below_baseline, compare, slim
from evals.measures.catalogue import CATALOGUE
from evals.records import Judged, write_lines
from tests.evals.answers import make_case, make_judged, make_prediction


def run_of(measure: str, values: list[float]) -> list[Judged]:
    return [make_judged(str(number), {measure: value}) for number, value in enumerate(values)]


def compared(measure: str, before: list[float], after: list[float]) -> Comparison:
    return compare(run_of(measure, before), run_of(measure, after), samples=2000)


def test_a_run_does_not_differ_from_itself() -> None:
    run = run_of("fact_recall", [0.1, 0.5, 1 / 3, 0.7, 0.9, 1.0, 0.2])
    comparison = compare(run, run)
    difference = comparison.differences["fact_recall"]
    assert (difference.difference, difference.low, difference.high) == (0, 0, 0)
    assert (difference.chance, difference.outcome) == (1, "no_difference")
    assert not comparison.better + comparison.worse
    assert below_baseline(comparison) == []


def test_a_plain_loss_is_found_and_named() -> None:
    comparison = compared("held", [1.0] * 30, [1.0] * 15 + [0.0] * 15)
    difference = comparison.differences["held"]
    assert (difference.before, difference.after, difference.difference) == (1, 0.5, -0.5)
    assert -0.7 < difference.low < -0.5 < difference.high < -0.3
    assert (difference.n, difference.outcome) == (30, "worse")
    assert difference.chance < 0.001
    assert below_baseline(comparison) == [difference]


@pytest.mark.parametrize(
    ("measure", "outcome", "below"),
    [
        ("held", "better", []),
        ("false_refusal", "worse", ["false_refusal"]),
        ("characters", "worse", ["characters"]),
        ("ms", "worse", []),
        ("charm", "no_difference", []),
    ],
)
def test_what_more_means_depends_on_the_measure(
    measure: str, outcome: str, below: list[str]
) -> None:
    comparison = compared(measure, [0.0] * 20, [1.0] * 20)
    assert comparison.differences[measure].outcome == outcome
    assert [difference.measure for difference in below_baseline(comparison)] == below


def test_one_changed_question_of_many_may_be_chance() -> None:
    difference = compared("held", [1.0] * 40, [1.0] * 39 + [0.0]).differences["held"]
    assert difference.outcome == "no_difference"
    assert difference.low < 0 == difference.high


@pytest.mark.parametrize(
    ("questions", "outcome"), [(LEAST_QUESTIONS - 1, "no_difference"), (LEAST_QUESTIONS, "worse")]
)
def test_a_handful_of_questions_proves_nothing(questions: int, outcome: str) -> None:
    comparison = compared("held", [1.0] * questions, [0.0] * questions)
    assert comparison.differences["held"].outcome == outcome


def test_only_questions_of_both_runs_with_the_measure_in_both_are_compared() -> None:
    before = [
        make_judged("a", {"held": 1}),
        make_judged("b", {"held": 1}),
        make_judged("c", {"held": 1}),
        make_judged("a", {"held": 1}, noise=0.4),
    ]
    after = [
        make_judged("d", {"held": 1}),
        make_judged("c", {"false_refusal": 1}),
        make_judged("a", {"held": 0}),
    ]
    comparison = compare(before, after, samples=100)
    assert comparison.differences.keys() == {"held"}
    assert comparison.differences["held"].n == 1
    assert [judged.prediction.key for judged in comparison.only_before] == [
        ("own", "b", None),
        ("own", "a", 0.4),
    ]
    assert [judged.case.id for judged in comparison.only_after] == ["d"]


def test_runs_without_a_common_question_have_no_differences() -> None:
    comparison = compare([make_judged("a", {"held": 1})], [make_judged("b", {"held": 1})])
    assert comparison.differences == {}


def test_changed_answers_are_listed_with_what_tells_greatest_change_first() -> None:
    before = [
        make_judged("little", {"held": 0, "fact_recall": 0.5}),
        make_judged("much", {"false_refusal": 1, "fact_recall": 0}),
        make_judged("lost", {"held": 1, "fact_recall": 1, "characters": 90}),
        make_judged("shorter", {"held": 1, "characters": 90}),
    ]
    after = [
        make_judged("little", {"held": 0, "fact_recall": 0.75}),
        make_judged("much", {"false_refusal": 0, "fact_recall": 1}),
        make_judged("lost", {"held": 0, "fact_recall": 0.5, "characters": 20}),
        make_judged("shorter", {"held": 1, "characters": 20}),
    ]
    comparison = compare(before, after, samples=100)
    better = [(c.after.case.id, c.measure, c.gain) for c in comparison.better]
    assert better == [("much", "false_refusal", 1), ("little", "fact_recall", 0.25)]
    worse = [(c.before.case.id, c.measure, c.gain) for c in comparison.worse]
    assert worse == [("lost", "held", -1)]


def test_samples_must_be_positive() -> None:
    with pytest.raises(ValueError, match="samples must be positive, got 0"):
        compare([], [], samples=0)


_PAIRS = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=30)


@given(_PAIRS, st.integers(0, 1000))
def test_the_interval_holds_together_and_turns_round_with_the_runs(
    pairs: list[tuple[float, float]], seed: int
) -> None:
    before = run_of("held", [one for one, _ in pairs])
    after = run_of("held", [other for _, other in pairs])
    there = compare(before, after, samples=300, seed=seed).differences["held"]
    back = compare(after, before, samples=300, seed=seed).differences["held"]
    gains = [other - one for one, other in pairs]
    assert min(gains) - 1e-9 <= there.low <= there.high <= max(gains) + 1e-9
    assert 0 <= there.chance <= 1
    assert back.difference == pytest.approx(-there.difference)
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low))
    swapped = {"better": "worse", "worse": "better", "no_difference": "no_difference"}
    assert back.outcome == swapped[there.outcome]


def test_the_same_seed_gives_the_same_figures() -> None:
    values = [[random.Random(number).random() for _ in range(50)] for number in (1, 2)]
    assert compared("held", *values) == compared("held", *values)


def test_the_interval_is_that_of_the_normal_approximation_for_many_questions() -> None:
    chance = random.Random(3)
    gains = [chance.gauss(0.05, 0.3) for _ in range(600)]
    difference = compare(
        run_of("held", [0.0] * 600), run_of("held", gains), samples=10_000
    ).differences["held"]
    mean = sum(gains) / 600
    deviation = (sum((gain - mean) ** 2 for gain in gains) / 600) ** 0.5
    assert difference.low == pytest.approx(mean - 1.96 * deviation / 600**0.5, abs=0.002)
    assert difference.high == pytest.approx(mean + 1.96 * deviation / 600**0.5, abs=0.002)


def random_run(seed: int, questions: int) -> list[Judged]:
    chance = random.Random(seed)
    return [
        make_judged(str(number), {name: chance.random() for name in CATALOGUE})
        for number in range(questions)
    ]


@pytest.mark.slow
def test_all_measures_of_600_questions_are_compared_within_ten_seconds() -> None:
    before, after = random_run(1, 600), random_run(2, 600)
    since = time.process_time()
    assert len(compare(before, after).differences) == len(CATALOGUE)
    assert time.process_time() - since < 10


def test_a_baseline_compares_as_the_run_it_was_made_of() -> None:
    run = run_of("held", [1.0, 0.0, 1.0])
    comparison = compare(slim(run), run)
    assert comparison.differences["held"].difference == 0
    assert not comparison.only_before + comparison.only_after
    assert slim(slim(run)) == slim(run)


def test_a_baseline_of_700_questions_takes_less_than_a_megabyte(tmp_path: Path) -> None:
    quote = "青湾市在机构改革中把原有的九个局合并为五个局，精简编制三百二十名。"
    applicable = [name for name in CATALOGUE if not name.startswith(("judged", "fake", "refusal"))]
    run = list[Judged]()
    for number in range(700):
        case = make_case(
            f"how_many-{number:08x}.1",
            kind="how_many",
            split="test",
            question="青湾市在机构改革中把原有的九个局合并成了几个局？",
            facts=(("五个局", "5个局"), ("三百二十名", "320名")),
            references=(quote,) * 3,
            relevant={"a" * 24: 1, "b" * 24: 1},
        )
        prediction = make_prediction(
            f"{quote}[1]" * 3, *[quote] * 3, case=case, retrieved=["c" * 24] * 24, ms=12.34
        )
        measures = dict.fromkeys(applicable, 0.333333)
        run.append(Judged(case=case, prediction=prediction, measures=measures, confidence=0.1234))
    path = tmp_path / "baseline.jsonl"
    write_lines(path, slim(run))
    assert path.stat().st_size < 1_000_000
    assert all(one.prediction.text and one.case.facts for one in slim(run))
