"""Sums a run up: each measure over all questions and over groups of them, and the refusal curve."""

import statistics
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy

from evals.measures.catalogue import find_measure, in_order
from evals.records import Judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Average:
    """A measure over several questions.

    Attributes:
        n: How many questions have it, > 0.
        median: Only where the catalogue says that it stands for the run; so for `p95`, the
            95th percentile.
    """

    n: int
    mean: float
    median: float | None = None
    p95: float | None = None

    @property
    def typical(self) -> float:
        """What stands for the run: the median where there is one, else the mean."""
        return self.mean if self.median is None else self.median


Averages = Mapping[str, Average]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The questions that have one thing in common.

    Attributes:
        name: A kind, a split, a task, or a share of noise written as 0.4.
        n: How many questions.
        averages: By measure, in the order of the catalogue.
    """

    name: str
    n: int
    averages: Averages


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A run summed up.

    Attributes:
        n: How many questions.
        averages: By measure, in the order of the catalogue.
        groups: "task", "noise", "split" and "kind" → their groups, as far as the run has two
            at least; questions without (no noise, no split) are in none. Shares of noise
            rise, other groups stand in the order of their first question.
    """

    n: int
    averages: Averages
    groups: Mapping[str, tuple[Group, ...]]


@dataclass(frozen=True, slots=True)
class RefusalPoint:
    """What would be refused if the best sentence needed a probability of `threshold`.

    Attributes:
        refusal: Share of the unanswerable questions that would be refused.
        false_refusal: Share of the answerable ones.
    """

    threshold: float
    refusal: float
    false_refusal: float


_GROUPINGS: Final[Mapping[str, Callable[[Judged], str]]] = {
    "task": lambda judged: judged.case.task,
    "noise": lambda judged: "" if judged.case.noise is None else f"{judged.case.noise:g}",
    "split": lambda judged: judged.case.split,
    "kind": lambda judged: judged.case.kind,
}


def summarise(run: Sequence[Judged]) -> Summary:
    """Averages of a run and of the groups in it; without questions all are empty."""
    grouped = {name: _groups(run, key, numeric=name == "noise") for name, key in _GROUPINGS.items()}
    return Summary(
        n=len(run),
        averages=_averages(run),
        groups={name: groups for name, groups in grouped.items() if len(groups) > 1},
    )


def _groups(
    run: Sequence[Judged], key: Callable[[Judged], str], *, numeric: bool
) -> tuple[Group, ...]:
    members = defaultdict[str, list[Judged]](list)
    for judged in run:
        if name := key(judged):
            members[name].append(judged)
    names = sorted(members, key=float) if numeric else list(members)
    return tuple(
        Group(name=name, n=len(members[name]), averages=_averages(members[name])) for name in names
    )


def _averages(run: Sequence[Judged]) -> Averages:
    values = defaultdict[str, list[float]](list)
    for judged in run:
        for name, value in judged.measures.items():
            values[name].append(value)
    return {name: _average(name, values[name]) for name in in_order(values)}


def _average(name: str, values: Sequence[float]) -> Average:
    mean = statistics.fmean(values)
    if find_measure(name).typical == "mean":
        return Average(n=len(values), mean=mean)
    return Average(
        n=len(values),
        mean=mean,
        median=statistics.median(values),
        p95=float(numpy.percentile(values, 95)),
    )


def refusal_curve(run: Sequence[Judged]) -> tuple[RefusalPoint, ...]:
    """Refusals and false refusals by threshold, threshold rising from 0; both shares rise with it.

    A question is refused where its confidence is below the threshold. Declined ones and refused
    ones without confidence, of which nothing was looked at, are refused at every threshold, and
    answers without confidence at none. Questions with a false premise are left out.

    Returns:
        A point at 0, at each confidence, and at 1; empty unless the run has both answerable and
        unanswerable questions.
    """
    judged = [one for one in run if not one.case.false_premise]
    answerable = numpy.sort([_gives_way_at(one) for one in judged if one.case.answerable])
    unanswerable = numpy.sort([_gives_way_at(one) for one in judged if not one.case.answerable])
    if not len(answerable) or not len(unanswerable):
        return ()
    confidences = {one.confidence for one in judged if one.confidence is not None}
    return tuple(
        RefusalPoint(
            threshold,
            float(numpy.searchsorted(unanswerable, threshold)) / len(unanswerable),
            float(numpy.searchsorted(answerable, threshold)) / len(answerable),
        )
        for threshold in sorted({0.0, 1.0} | confidences)
    )


def _gives_way_at(judged: Judged) -> float:
    """Refused at every threshold above this."""
    if judged.prediction.status == "declined":
        return -numpy.inf
    if judged.confidence is None:
        return -numpy.inf if judged.prediction.refused else numpy.inf
    return judged.confidence
