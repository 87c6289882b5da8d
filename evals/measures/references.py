"""Do the citations rest on the sentences that a right answer rests on?"""

from collections.abc import Mapping
from typing import Final

from evals.records import Case, Prediction
from rag.text import fold

BEGINNING_CHARS: Final = 25
"""DragonBall's measure: where so much of a sentence stands, the sentence does."""
COVERED_SHARE: Final = 0.5

_RUN_CHARS = 8


def measure_references(case: Case, prediction: Prediction) -> Mapping[str, float]:
    """reference_recall: share of the case's references of which a cited quote holds or is a
    part. reference_precision: share of the cited quotes that are one of a reference.
    any_reference_cited: 1 where there is one.

    Only where references are known and the question can be answered; not for false premises
    that were refused. Precision is absent of refusals, and 0 of answers that cite nothing.
    Citations whose quote is not in the document count as quotes that hold no reference.
    """
    references = [folded for folded in map(fold, case.references) if folded]
    rightly_refused = case.false_premise and prediction.refused
    only_looked_up = not prediction.refused and not prediction.text.strip()
    if not references or not case.answerable or rightly_refused or only_looked_up:
        return {}
    quotes = [fold(citation.quote) if citation.valid else "" for citation in prediction.citations]
    cited = [any(overlap(reference, quote) for quote in quotes) for reference in references]
    measures = {
        "reference_recall": sum(cited) / len(cited),
        "any_reference_cited": float(any(cited)),
    }
    if not prediction.refused:
        on_target = sum(any(overlap(one, quote) for one in references) for quote in quotes)
        measures["reference_precision"] = on_target / max(len(quotes), 1)
    return measures


def overlap(reference: str, quote: str) -> bool:
    """Whether a quote is, holds or is part of a reference; both folded.

    So it is where the first BEGINNING_CHARS of one stand in the other, or COVERED_SHARE of the
    reference's characters stand in the quote, in runs of _RUN_CHARS or more. A quote shorter
    than a run must be the whole reference.
    """
    if len(quote) < _RUN_CHARS or len(reference) < _RUN_CHARS:
        return bool(reference) and (reference == quote or reference in quote)
    if reference[:BEGINNING_CHARS] in quote or quote[:BEGINNING_CHARS] in reference:
        return True
    return _covered(reference, quote) >= COVERED_SHARE * len(reference)


def _covered(reference: str, quote: str) -> int:
    """How many characters of `reference` stand in `quote`, in runs of _RUN_CHARS or more."""
    covered = 0
    end = 0
    for start in range(len(reference) - _RUN_CHARS + 1):
        if reference[start : start + _RUN_CHARS] in quote:
            covered += start + _RUN_CHARS - max(start, end)
            end = start + _RUN_CHARS
    return covered
