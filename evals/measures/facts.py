"""Does the answer hold what it must, and in how many characters?"""

from collections.abc import Mapping, Sequence
from typing import Final

from evals.measures.sentences import text_without_markers
from evals.measures.wordings import stands_in
from evals.records import Case, Prediction

SHORT_KINDS: Final = frozenset({"who", "when", "how_many", "where"})
"""Kinds of questions whose answer is a word or two."""


def measure_facts(case: Case, prediction: Prediction) -> Mapping[str, float]:
    """fact_recall: share of the facts that are held. held: whether all are. Lengths: characters
    of what was said, markers not counted; short_characters for `SHORT_KINDS` alone.

    Facts are judged where the question can be answered and takes nothing false for granted; a
    refusal holds none. Lengths are those of answers, not of refusals.
    """
    measures = dict[str, float]()
    text = text_without_markers(prediction)
    if case.facts and case.answerable and not case.false_premise:
        held = [not prediction.refused and fact_held(fact, text, case.limit) for fact in case.facts]
        measures |= {"fact_recall": sum(held) / len(held), "held": float(all(held))}
    if text and not prediction.refused:
        measures["characters"] = len(text)
        if case.kind in SHORT_KINDS:
            measures["short_characters"] = len(text)
    return measures


def fact_held(wordings: Sequence[str], text: str, limit: int = 0) -> bool:
    """Whether one of the wordings stands in `text`; see `stands_in`.

    Args:
        wordings: Alternatives.
        text: Without markers.
        limit: Only the first so many characters count; 0: all.
    """
    counted = text[:limit] if limit else text
    return any(stands_in(wording, counted) for wording in wordings)
