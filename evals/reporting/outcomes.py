"""How a question came out, in a word, and how bad that is."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from evals.measures.catalogue import CATALOGUE, Measure
from evals.records import Case, Judged


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a question came out right, and what happened, in Chinese."""

    right: bool
    text: str


def outcome_of(judged: Judged) -> Outcome:
    """Right is what the first measure that applies says, at its best value.

    Of a false premise: that it is not affirmed; of an unanswerable question: that it is
    refused; of all others: that they are not, and that all facts are held. Where no facts are
    known, that a reference is cited; where no references are known either, that a relevant
    passage is among the first ten. A quote that its document does not hold is always wrong.
    """
    if judged.measures.get("span_validity", 1) < 1:
        return Outcome(right=False, text="引文不实")
    case = judged.case
    if case.false_premise:
        return _by(judged, "not_affirmed", right="未附和", wrong="附和错误前提")
    if not case.answerable:
        return _by(judged, "refusal", right="拒答正确", wrong="该拒未拒")
    if judged.prediction.refused:
        return Outcome(right=False, text="误拒")
    return _of_an_answer(judged)


def _of_an_answer(judged: Judged) -> Outcome:
    if "held" in judged.measures:
        return _by(judged, "held", right="答全", wrong=_missing(judged))
    if "any_reference_cited" in judged.measures:
        return _by(judged, "any_reference_cited", right="引到依据", wrong="没引到依据")
    return _by(judged, "S@10", right="已检出", wrong="前十段未检出")


def _by(judged: Judged, name: str, *, right: str, wrong: str) -> Outcome:
    if name not in judged.measures:
        return Outcome(right=True, text="未判")
    best = judged.measures[name] == 1
    return Outcome(right=best, text=right if best else wrong)


def _missing(judged: Judged) -> str:
    facts = len(judged.case.facts)
    held = round(judged.measures.get("fact_recall", 0) * facts)
    return f"缺 {facts - held}/{facts} 项" if facts > 1 else "没答到"


def goodness(judged: Judged) -> float:
    """The mean of the measures that tell right from wrong, 1 for best; 1 where none applies."""
    values = [
        judged.measures[name] if measure.higher_is_better else 1 - judged.measures[name]
        for name, measure in CATALOGUE.items()
        if name in judged.measures and _tells(measure)
    ]
    return sum(values) / len(values) if values else 1.0


def _tells(measure: Measure) -> bool:
    return measure.tells_right_from_wrong or measure.name == "nDCG@10"


def worst_first(run: Iterable[Judged]) -> list[Judged]:
    """What is wrong before what is right, then by goodness; of equals, the surest first.

    Being sure of what is wrong is worst; questions equal in all of this keep their order.
    """

    def key(judged: Judged) -> tuple[bool, float, float]:
        return outcome_of(judged).right, goodness(judged), -(judged.confidence or 0)

    return sorted(run, key=key)


def group_of(case: Case) -> str:
    """What reports are broken down by: the kind, or the task where a question has none."""
    return case.kind or case.task


def right_share(run: Collection[Judged]) -> float | None:
    """Share of the questions that came out right; None of none."""
    return sum(outcome_of(judged).right for judged in run) / len(run) if run else None
