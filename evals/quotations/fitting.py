"""Fits the weights of `rag.drafts.contradiction` on the drafts of the first half.

`python -m evals.quotations.fitting` prints how good they are on drafts they were not fitted on,
then writes them. A case is a number of a draft that nothing confirms, with every claim of a
document that has another one; it is positive where that is the fact the label names.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy
from numpy.typing import NDArray

from evals.builtin import open_builtin_library
from evals.quotations.records import DraftLabel, MarkedDraft, read_drafts
from rag.assembly import open_draft_library
from rag.drafts.claims import Claim
from rag.drafts.contradiction import WEIGHTS
from rag.drafts.evidence import EvidenceFinder
from rag.drafts.figures import FigureChecker, Weighed
from rag.drafts.protocols import DraftLibrary
from rag.drafts.reading import read_draft
from rag.drafts.source_sentences import SourceClaim
from rag.errors import WenceError
from rag.quantities import find_quantities
from rag.values import values_agree

KINDS: Final = frozenset({"figure", "date", "document_number"})
_FOLDS: Final = 10
_PENALTY: Final = 10.0
_STEPS: Final = 40
# A number with a hundred claims beside it should not outweigh one with five.
_WEIGHT_OF_CASE: Final = 8
_TELLING: Final = 14
_AROUND: Final = 60
_THRESHOLDS: Final = (0.25, 0.3, 0.35, 0.4, 0.5)

Values = NDArray[numpy.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A number of a draft that nothing confirms.

    Attributes:
        draft: The draft's name.
        is_error: Whether it is wrong.
        features: A row for each claim beside it; shape (claims, features).
        is_fact: For each claim whether it is the fact; shape (claims,).
    """

    draft: str
    is_error: bool
    features: Values
    is_fact: Values


def read_cases(
    drafts: Sequence[MarkedDraft], library: DraftLibrary
) -> tuple[list[str], list[Case]]:
    """The names of the features, and the cases of the drafts in order."""
    names = list[str]()
    cases = list[Case]()
    for draft in drafts:
        lexicon = library.lexicon()
        place_names = lexicon.terms.place_names
        text = read_draft(draft.text, place_names=place_names)
        evidence = EvidenceFinder(library, place_names=place_names, searches=80)
        checker = FigureChecker(text, evidence)
        checker.look_up()
        for claim in checker.unconfirmed:
            label = _label(draft, claim)
            weighed = checker.weigh(claim)
            if weighed and (label is None or label.kind in KINDS):
                names = names or list(weighed[0].features)
                cases.append(_case(draft.name, label, weighed))
    return names, cases


def _label(draft: MarkedDraft, claim: Claim) -> DraftLabel | None:
    span = claim.quantity.span
    return next(
        (one for one in draft.labels if one.start < span.end and span.start < one.end), None
    )


def _case(draft: str, label: DraftLabel | None, weighed: Sequence[Weighed]) -> Case:
    is_error = label is not None and label.verdict == "altered"
    return Case(
        draft=draft,
        is_error=is_error,
        features=numpy.array([list(one.features.values()) for one in weighed]),
        is_fact=numpy.array([
            float(label is not None and is_error and _names(label, one.source)) for one in weighed
        ]),
    )


def _names(label: DraftLabel, source: SourceClaim) -> bool:
    """Whether a claim has the right number in the words that the label gives as proof."""
    text, sentence = source.document.text, source.claim.sentence
    near = text[max(0, sentence.start - _AROUND) : sentence.end + _AROUND]
    words = sentence.of(text).strip()[:_TELLING]
    return any(
        one.comparability == source.claim.quantity.comparability
        and values_agree(one, source.claim.quantity)
        for one in find_quantities(label.correction or "")
    ) and (label.note[:_TELLING] in near or words in label.note)


def fit(cases: Sequence[Case]) -> Values:
    """Weights and, last, the constant: logistic regression with a penalty on standardised
    features, by Newton's method; shape (features + 1,).
    """
    rows = numpy.concatenate([case.features for case in cases])
    targets = numpy.concatenate([case.is_fact for case in cases])
    shares = numpy.concatenate([
        numpy.where(
            case.is_fact > 0, 1.0, _WEIGHT_OF_CASE / max(_WEIGHT_OF_CASE, len(case.is_fact))
        )
        for case in cases
    ])
    mean, deviation = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    inputs = numpy.column_stack([(rows - mean) / deviation, numpy.ones(len(rows))])
    penalty = numpy.append(numpy.full(rows.shape[1], _PENALTY), 0.0)
    weights = numpy.zeros(inputs.shape[1])
    for _ in range(_STEPS):
        chances = 1 / (1 + numpy.exp(-inputs @ weights))
        gradient = inputs.T @ (shares * (chances - targets)) + penalty * weights
        curvature = (inputs * (shares * chances * (1 - chances))[:, None]).T @ inputs
        weights -= numpy.linalg.solve(curvature + numpy.diag(penalty + 1e-6), gradient)
    raw = weights[:-1] / deviation
    return numpy.append(raw, weights[-1] - raw @ mean)


def held_out(cases: Sequence[Case]) -> list[tuple[Case, float, bool]]:
    """For each case the likelihood of its likeliest claim, and whether that is the fact, by
    weights fitted on the drafts of other folds.
    """
    names = sorted({case.draft for case in cases})
    fold = {name: index % _FOLDS for index, name in enumerate(names)}
    found = list[tuple[Case, float, bool]]()
    for number in range(_FOLDS):
        weights = fit([case for case in cases if fold[case.draft] != number])
        for case in cases:
            if fold[case.draft] == number:
                scores = case.features @ weights[:-1] + weights[-1]
                best = int(scores.argmax())
                chance = float(1 / (1 + numpy.exp(-scores[best])))
                found.append((case, chance, bool(case.is_fact[best])))
    return found


def report(found: Sequence[tuple[Case, float, bool]]) -> list[str]:
    """Lines: for several thresholds what would be called wrong."""
    errors = sum(case.is_error for case, _, _ in found)
    lines = list[str]()
    for threshold in _THRESHOLDS:
        called = [(case, is_fact) for case, chance, is_fact in found if chance >= threshold]
        right = sum(case.is_error for case, _ in called)
        corrected = sum(is_fact for _, is_fact in called)
        lines.append(
            f"阈值 {threshold:.2f}：查出 {right}/{errors}，改法正确 {corrected}，"
            f"误报 {len(called) - right}/{len(found) - errors}"
        )
    return lines


def main() -> int:
    """Fit and write the weights; returns the exit code."""
    try:
        with open_builtin_library() as system:
            library = open_draft_library(system.storage, system.verifier)
            names, cases = read_cases(read_drafts(split="dev"), library)
    except WenceError as error:
        sys.stderr.write(f"出错：{error}\n")
        return 1
    sys.stdout.write("\n".join(report(held_out(cases))) + "\n")
    values = [round(float(value), 4) for value in fit(cases)]
    weights = dict(zip([*names, "constant"], values, strict=True))
    WEIGHTS.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
