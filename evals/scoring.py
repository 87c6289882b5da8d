"""Judges one answer by all measures that apply to its question."""

from evals.measures.citations import measure_citations
from evals.measures.facts import measure_facts
from evals.measures.ranking import measure_ranking
from evals.measures.references import measure_references
from evals.measures.refusals import measure_refusals
from evals.records import Case, Judged, Prediction

_FAMILIES = (
    measure_facts,
    measure_refusals,
    measure_citations,
    measure_references,
    measure_ranking,
)
# What was saved equals what is computed again.
_DECIMALS = 6


def judge(case: Case, prediction: Prediction, *, confidence: float | None = None) -> Judged:
    """The answer with its measures; a measure that does not apply is absent.

    Where nothing was said and nothing refused (a benchmark that only looks for passages), what
    is said of answers does not apply; facts that were asked for still do.

    Args:
        case: What is known of the right answer.
        prediction: What was answered to it.
        confidence: Probability that the answerer gave its best sentence.
    """
    values = {
        name: value for family in _FAMILIES for name, value in family(case, prediction).items()
    }
    values["ms"] = prediction.ms
    measures = {name: round(float(value), _DECIMALS) for name, value in values.items()}
    return Judged(case=case, prediction=prediction, measures=measures, confidence=confidence)
