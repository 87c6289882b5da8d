"""Was refused what no document answers, and nothing else?"""

from collections.abc import Mapping

from evals.measures.facts import fact_held
from evals.measures.sentences import text_without_markers
from evals.records import Case, Prediction


def measure_refusals(case: Case, prediction: Prediction) -> Mapping[str, float]:
    """refusal: 1 for an unanswerable question that was refused. false_refusal: 1 for an
    answerable one that was. not_affirmed: for a question with a false premise instead of these,
    1 where it was refused or the answer holds every fact of the correction.

    Where nothing was said and nothing refused, none but not_affirmed applies: only passages
    were looked for.
    """
    if case.false_premise:
        return {"not_affirmed": float(prediction.refused or _corrects(case, prediction))}
    if not prediction.refused and not prediction.text.strip():
        return {}
    return {"false_refusal" if case.answerable else "refusal": float(prediction.refused)}


def _corrects(case: Case, prediction: Prediction) -> bool:
    text = text_without_markers(prediction)
    return bool(case.facts) and all(fact_held(fact, text, case.limit) for fact in case.facts)
