"""Compares two runs: what differs by more than chance, and which questions changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy

from evals.measures.catalogue import CATALOGUE, find_measure, in_order
from evals.records import Judged

Key = tuple[str, str, float | None]
Outcome = Literal["better", "worse", "no_difference"]

SEED: Final = 20181
# Fewer can never differ significantly: six heads in a row have a probability of 2 × .5⁶ = .031.
LEAST_QUESTIONS: Final = 6

_INTERVAL = (2.5, 97.5)
# Resampled at a time: what a batch takes stays in the cache.
_BATCH = 1000
_DECIMALS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One measure in two runs, over the questions that have it in both.

    Attributes:
        n: How many questions.
        before: Mean in the first run; `after` in the second.
        difference: after - before; `low` and `high` bound its 95 % interval.
        chance: Twice the share of the samples in which the difference is not on the side of
            `difference`, at most 1: what a p-value is of a test.
        outcome: "no_difference" where the interval holds 0, the questions are fewer than
            LEAST_QUESTIONS, or no way is better.
    """

    measure: str
    n: int
    before: float
    after: float
    difference: float
    low: float
    high: float
    chance: float
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A question whose answer got better or worse.

    Attributes:
        measure: What tells: of the measures that tell right from wrong the first that changed,
            in the order of the catalogue.
        gain: By how much it got better; negative where it got worse.
    """

    before: Judged
    after: Judged
    measure: str
    gain: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two runs side by side.

    Attributes:
        differences: By measure, in the order of the catalogue; those that any question has in
            both runs.
        better: Greatest gain first; `worse` greatest loss first. Equal ones stand in the order
            of the second run.
        only_before: Questions that the second run lacks; `only_after` that the first does.
    """

    samples: int
    seed: int
    differences: Mapping[str, Difference]
    better: tuple[Change, ...]
    worse: tuple[Change, ...]
    only_before: tuple[Judged, ...]
    only_after: tuple[Judged, ...]


def compare(
    before: Sequence[Judged],
    after: Sequence[Judged],
    *,
    samples: int = 10_000,
    seed: int = SEED,
) -> Comparison:
    """Paired bootstrap over the questions that both runs have, one for each measure.

    Questions are drawn with replacement, each with both its values; the interval lies between
    the 2.5th and the 97.5th percentile of the mean differences. Turns of one conversation, and
    one question at several shares of noise, are drawn as if they had nothing to do with each
    other. Same runs and seed, same figures.

    Args:
        before: A question at most once, in any order; so for `after`.
        samples: How often is drawn, > 0.
        seed: Of the random numbers.

    Raises:
        ValueError: `samples` is not positive.

    Source:
        Efron & Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.
    """
    if samples < 1:
        message = f"samples must be positive, got {samples!r}"
        raise ValueError(message)
    first = {judged.prediction.key: judged for judged in before}
    second = {judged.prediction.key: judged for judged in after}
    pairs = [(first[key], judged) for key, judged in second.items() if key in first]
    changes = [change for pair in pairs if (change := _change(*pair))]
    changes.sort(key=lambda change: -abs(change.gain))
    return Comparison(
        samples=samples,
        seed=seed,
        differences=_differences(pairs, samples=samples, seed=seed),
        better=tuple(change for change in changes if change.gain > 0),
        worse=tuple(change for change in changes if change.gain < 0),
        only_before=tuple(judged for key, judged in first.items() if key not in second),
        only_after=tuple(judged for key, judged in second.items() if key not in first),
    )


def _differences(
    pairs: Sequence[tuple[Judged, Judged]], *, samples: int, seed: int
) -> Mapping[str, Difference]:
    names = {name for before, after in pairs for name in before.measures.keys() & after.measures}
    found = dict[str, Difference]()
    for name in in_order(names):
        values = numpy.array([
            (before.measures[name], after.measures[name])
            for before, after in pairs
            if name in before.measures and name in after.measures
        ])
        found[name] = _difference(name, values, samples=samples, seed=seed)
    return found


def _difference(name: str, values: numpy.ndarray, *, samples: int, seed: int) -> Difference:
    """`values` has a row for each question: before, after."""
    gains = values[:, 1] - values[:, 0]
    means = _resampled_means(gains, samples=samples, seed=seed)
    low, high = (float(bound) for bound in numpy.percentile(means, _INTERVAL))
    difference = float(gains.mean().round(_DECIMALS))
    other_side = (means <= 0) if difference > 0 else (means >= 0)
    return Difference(
        measure=name,
        n=len(values),
        before=float(values[:, 0].mean()),
        after=float(values[:, 1].mean()),
        difference=difference,
        low=low,
        high=high,
        chance=min(1.0, 2 * float(other_side.mean())),
        outcome=_outcome(name, len(values), low=low, high=high),
    )


def _resampled_means(gains: numpy.ndarray, *, samples: int, seed: int) -> numpy.ndarray:
    """Rounded, so that what cancels out is 0."""
    generator = numpy.random.default_rng(seed)
    batches = list[numpy.ndarray]()
    for start in range(0, samples, _BATCH):
        size = (min(_BATCH, samples - start), len(gains))
        drawn = generator.integers(len(gains), size=size, dtype=numpy.int32)
        batches.append(gains[drawn].mean(axis=1))
    return numpy.concatenate(batches).round(_DECIMALS)


def _outcome(name: str, n: int, *, low: float, high: float) -> Outcome:
    higher_is_better = find_measure(name).higher_is_better
    if higher_is_better is None or n < LEAST_QUESTIONS or low <= 0 <= high:
        return "no_difference"
    return "better" if (low > 0) == higher_is_better else "worse"


def _change(before: Judged, after: Judged) -> Change | None:
    for name, measure in CATALOGUE.items():
        if not measure.tells_right_from_wrong:
            continue
        if name not in before.measures or name not in after.measures:
            continue
        gain = after.measures[name] - before.measures[name]
        if gain:
            signed = gain if measure.higher_is_better else -gain
            return Change(before=before, after=after, measure=name, gain=signed)
    return None


def below_baseline(comparison: Comparison) -> list[Difference]:
    """The measures that are significantly worse than before, in the order of the catalogue.

    What depends on the machine is left out.
    """
    return [
        difference
        for difference in comparison.differences.values()
        if difference.outcome == "worse" and not find_measure(difference.measure).depends_on_machine
    ]


def slim(run: Sequence[Judged]) -> list[Judged]:
    """The run as a baseline keeps it: all that `compare` and its reports need.

    Cases with their facts, texts of answers and measures stay. Passages, citations, references,
    qrels and what was said before are dropped, so it cannot be judged again.
    """
    return [
        judged.model_copy(
            update={
                "case": judged.case.model_copy(
                    update={"history": (), "references": (), "relevant": {}}
                ),
                "prediction": judged.prediction.model_copy(
                    update={"question": "", "citations": (), "retrieved": ()}
                ),
            }
        )
        for judged in run
    ]
