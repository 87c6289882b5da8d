"""What `wence eval --json` prints."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from evals.comparing import Change, Comparison, Difference
from evals.records import Judged
from evals.summaries import RefusalPoint, Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionBody:
    """A question as files name it: `id` is unique together with `task` and `noise`."""

    id: str
    task: str
    noise: float | None
    question: str

    @classmethod
    def of(cls, judged: Judged) -> Self:
        """The question of what was judged."""
        case = judged.case
        return cls(id=case.id, task=case.task, noise=case.noise, question=case.question)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeBody:
    """A question whose answer got better or worse; `gain` is negative where it got worse."""

    question: QuestionBody
    measure: str
    gain: float
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonBody:
    """`evals.comparing.Comparison` without passages and qrels."""

    samples: int
    seed: int
    differences: tuple[Difference, ...]
    better: tuple[ChangeBody, ...]
    worse: tuple[ChangeBody, ...]
    only_before: tuple[QuestionBody, ...]
    only_after: tuple[QuestionBody, ...]

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """All figures, and the questions that changed with both answers."""
        return cls(
            samples=comparison.samples,
            seed=comparison.seed,
            differences=tuple(comparison.differences.values()),
            better=_changes(comparison.better),
            worse=_changes(comparison.worse),
            only_before=tuple(map(QuestionBody.of, comparison.only_before)),
            only_after=tuple(map(QuestionBody.of, comparison.only_after)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RunBody:
    """A run summed up.

    Attributes:
        judge: The chat model that judged, if one did.
        worst: As many as were asked for, worst first, with all that is known of them.
        comparison: With the baseline, if one was given.
        below_baseline: Measures that are significantly worse than there.
    """

    summary: Summary
    refusal_curve: tuple[RefusalPoint, ...]
    judge: str | None
    worst: tuple[Judged, ...]
    comparison: ComparisonBody | None
    below_baseline: tuple[str, ...]


def _changes(changes: Iterable[Change]) -> tuple[ChangeBody, ...]:
    return tuple(
        ChangeBody(
            question=QuestionBody.of(change.after),
            measure=change.measure,
            gain=change.gain,
            before=change.before.prediction.text,
            after=change.after.prediction.text,
        )
        for change in changes
    )
