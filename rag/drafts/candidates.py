"""Claims of documents that may be of the fact of a draft's claim, and which of them confirms it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rag.drafts.claims import Claim
from rag.drafts.comparing import is_same_sentence, is_to_the_letter, likeness
from rag.drafts.source_sentences import SourceClaim
from rag.quantities import Sort
from rag.scopes import places_agree
from rag.values import is_unlikely, may_be_compared, values_agree

NOTICED: Final = 0.2
_DOUBT: Final = 0.1
_NEARBY: Final = 300
_CONFIRMED: Final = 0.5
_SURE: Final = 0.75
# A claim with another value must be this much more alike than one with the same value.
_MARGIN: Final = 0.15
_MARGIN_BESIDE: Final = 0.1
# No such number is twice the same by chance: 1361万人.
_MARGIN_UNLIKELY: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A claim of a document that may be of the fact that a claim of the draft is of.

    Attributes:
        agrees: Both values may be the same.
        score: How alike the two are, less what their surroundings speak against it.
    """

    source: SourceClaim
    agrees: bool
    score: float


def compared_with(claim: Claim, sources: Iterable[SourceClaim]) -> list[Candidate]:
    """The candidates among `sources` that tell whether one confirms the claim, and those in the
    very sentence.
    """
    agreeing, others = list[SourceClaim](), list[SourceClaim]()
    for source in sources:
        if source.claim.quantity.comparability == claim.quantity.comparability:
            agrees = values_agree(claim.quantity, source.claim.quantity)
            (agreeing if agrees else others).append(source)
    found = list(candidates_among(claim, agreeing))
    if best_confirmed(found) is None:
        others = [one for one in others if is_same_sentence(claim, one.claim)]
    return [*found, *candidates_among(claim, others)]


def is_settled(claim: Claim, candidates: Sequence[Candidate]) -> bool:
    """Whether no further document need be asked: one confirms the number beyond doubt, or has
    the very sentence with another number.
    """
    same = best_confirmed(candidates)
    if same is not None:
        return same.score >= _SURE
    return any(
        is_same_sentence(claim, one.source.claim) and one.score >= _SURE for one in candidates
    )


def candidates_among(claim: Claim, sources: Iterable[SourceClaim]) -> Iterator[Candidate]:
    """Those of `sources` that are like the claim enough to be noticed, in their order."""
    for source in sources:
        if not may_be_compared(claim.quantity, source.claim.quantity):
            continue
        found = likeness(claim, source.claim)
        if found is None or found.score < NOTICED:
            continue
        doubt = doubt_by_scope(claim, source)
        if doubt is not None:
            agrees = values_agree(claim.quantity, source.claim.quantity)
            yield Candidate(source=source, agrees=agrees, score=found.score - doubt)


def doubt_by_scope(ours: Claim, source: SourceClaim) -> float | None:
    """How much place and year speak against one fact; None where they exclude it: not where the
    document has the very sentence, with all of its numbers.
    """
    theirs = source.claim
    if is_to_the_letter(ours, theirs):
        return 0.0
    if ours.scope.years and theirs.scope.years and ours.quantity.sort is not Sort.DATE:
        slack = 0 if _has_year(ours) and _has_year(theirs) else 1
        if not any(
            abs(one - other) <= slack for one in ours.scope.years for other in theirs.scope.years
        ):
            return None
    if places_agree(ours.scopes, theirs.scope) or _is_mentioned(ours, source):
        return 0.0
    is_open = not ours.own_scope.places and not ours.own_scope.is_national
    return _DOUBT if is_open and theirs.scope.is_national and not theirs.scope.places else None


def _is_mentioned(ours: Claim, source: SourceClaim) -> bool:
    """Whether the lines before the document's sentence name the draft's place: a town of the
    county that the document is of.
    """
    if source.claim.own_scope.places:
        return False
    end = source.claim.sentence.end
    near = source.document.text[max(0, source.claim.sentence.start - _NEARBY) : end]
    return any(place in near for place in ours.scope.places)


def _has_year(claim: Claim) -> bool:
    return "@" in claim.left + claim.right


def best_confirmed(candidates: Sequence[Candidate]) -> Candidate | None:
    """The claim with the same value, unless another is clearly more alike."""
    same = max((one for one in candidates if one.agrees), key=_score, default=None)
    if same is None:
        return None
    best = max(candidates, key=_score)
    # Where both stand in one sentence, all but the words beside them is the same.
    is_beside = best.source.claim.sentence == same.source.claim.sentence
    margin = _MARGIN_BESIDE if is_beside else _MARGIN
    if not is_beside and same.score >= _SURE and is_unlikely(same.source.claim.quantity):
        margin = _MARGIN_UNLIKELY
    return same if same.score >= max(_CONFIRMED, best.score - margin) else None


def _score(candidate: Candidate) -> float:
    return candidate.score
