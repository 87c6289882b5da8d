"""Figures, dates and ordinals of a draft against the sentences of the library that state them.

A number is called wrong only where the library states the very fact with another one; what it
states nothing about is not found.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import Final

from rag.documents import PartialDate
from rag.drafts.claims import Claim
from rag.drafts.comparing import Likeness, is_same_event, is_same_sentence, likeness
from rag.drafts.evidence import EvidenceFinder, SourceClaim
from rag.drafts.quantities import Quantity, Sort, find_impossible_dates, write_like
from rag.drafts.reading import Draft
from rag.drafts.scopes import places_agree
from rag.drafts.values import is_slip, is_vaguer, shared_components, values_agree
from rag.quotations.quotation import Finding, FindingKind, Match, Verdict
from rag.quotations.quoting import quote
from rag.text import Span

_NOTICED: Final = 0.35
_CONFIRMED: Final = 0.5
_SURE: Final = 0.75
_CONTRADICTED: Final = 0.62
_UNPLACED: Final = 0.8
_UNLIKELY: Final = 0.85
_NEVER: Final = 2.0
# A claim with another value must be this much more alike than one with the same value.
_MARGIN: Final = 0.15
_SLIP: Final = 0.05
# Their ordinals say which meeting it is: another ordinal is mostly another meeting.
_MEETINGS: Final = frozenset(("届", "次", "中全会"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    source: SourceClaim
    likeness: Likeness
    agrees: bool


def check_figures(draft: Draft, evidence: EvidenceFinder) -> Iterator[Finding]:
    """A finding for each number of the draft that can be held against the library."""
    yield from (_impossible(draft, span) for span in find_impossible_dates(draft.text))
    for index, group in groupby(draft.claims, key=itemgetter(0)):
        sentence = draft.sentences[index]
        claims = [claim for _, claim in group if _is_checked(draft, claim)]
        if not claims:
            continue
        compared = _compared(claims, evidence.claims_of_used(sentence, draft.text))
        if not all(_is_settled(claim, found) for claim, found in compared.items()):
            further = _compared(claims, evidence.claims(sentence, draft.text))
            compared = {claim: [*compared[claim], *further[claim]] for claim in claims}
        confirmed = {claim: _confirmed(candidates) for claim, candidates in compared.items()}
        used = {_used(same.source) for same in confirmed.values() if same is not None}
        for claim, same in confirmed.items():
            if same is not None:
                evidence.use(same.source.document)
                yield _exact(claim, same)
            else:
                # What confirms one number of the sentence does not contradict another.
                others = [one for one in compared[claim] if _used(one.source) not in used]
                if (finding := _unconfirmed(draft, claim, others)) is not None:
                    yield finding


def _used(source: SourceClaim) -> tuple[str, str]:
    """The value that a document states: several may state it, in other words."""
    quantity = source.claim.quantity
    return quantity.unit, str(quantity.value)


def _compared(
    claims: Sequence[Claim], sources: Iterable[SourceClaim]
) -> dict[Claim, list[_Candidate]]:
    known = list(sources)
    return {claim: list(_candidates(claim, known)) for claim in claims}


def _is_settled(claim: Claim, candidates: Sequence[_Candidate]) -> bool:
    """Whether no further document need be asked: one confirms the number beyond doubt, or has
    the very sentence with another number.
    """
    same = _confirmed(candidates)
    if same is not None:
        return same.likeness.score >= _SURE
    return any(
        is_same_sentence(claim, one.source.claim) and one.likeness.score >= _SURE
        for one in candidates
    )


def _impossible(draft: Draft, span: Span) -> Finding:
    return Finding(
        start=span.start,
        end=span.end,
        kind=FindingKind.DATE,
        verdict=Verdict.ALTERED,
        message=f"历法上没有“{span.of(draft.text)}”这一日期，请核实。",
    )


def _is_checked(draft: Draft, claim: Claim) -> bool:
    span = claim.quantity.span
    return claim.quantity.sort is not Sort.DOCUMENT_NUMBER and not (
        draft.titled(span) or draft.in_term(span)
    )


def _candidates(claim: Claim, sources: Iterable[SourceClaim]) -> Iterator[_Candidate]:
    for source in sources:
        found = likeness(claim, source.claim)
        if (
            found is not None
            and found.score >= _NOTICED
            and not is_vaguer(source.claim.quantity, claim.quantity)
            and _scopes_agree(claim, source.claim)
        ):
            agrees = values_agree(claim.quantity, source.claim.quantity)
            yield _Candidate(source=source, likeness=found, agrees=agrees)


def _scopes_agree(ours: Claim, theirs: Claim) -> bool:
    if ours.scope.years and theirs.scope.years and ours.quantity.sort is not Sort.DATE:
        slack = 0 if _has_year(ours) and _has_year(theirs) else 1
        if not any(
            abs(one - other) <= slack for one in ours.scope.years for other in theirs.scope.years
        ):
            return False
    return places_agree(ours.scopes, theirs.scope)


def _has_year(claim: Claim) -> bool:
    return "@" in claim.left + claim.right


def _confirmed(candidates: Sequence[_Candidate]) -> _Candidate | None:
    """The claim with the same value, unless another is clearly more alike."""
    same = max((one for one in candidates if one.agrees), key=_score, default=None)
    if same is None:
        return None
    best = max(candidates, key=_score)
    least = max(_CONFIRMED, best.likeness.score - _MARGIN)
    return same if same.likeness.score >= least else None


def _score(candidate: _Candidate) -> float:
    return candidate.likeness.score


def _exact(claim: Claim, same: _Candidate) -> Finding:
    return Finding(
        start=claim.quantity.span.start,
        end=claim.quantity.span.end,
        kind=_kind(claim),
        verdict=Verdict.EXACT,
        message=f"与《{same.source.document.metadata.title}》一致。",
        matches=(_match(same),),
    )


def _unconfirmed(draft: Draft, claim: Claim, candidates: Sequence[_Candidate]) -> Finding | None:
    best = max(candidates, key=lambda one: _plausibility(claim, one), default=None)
    if best is None or best.agrees or best.likeness.score < _least(claim, best):
        return _not_found(claim.quantity.span, _kind(claim)) if _tells(claim.quantity) else None
    return _altered(draft, claim, best, _kind(claim))


def _tells(quantity: Quantity) -> bool:
    """Whether the writer should know that nobody knows of a number: no year alone, no ordinal."""
    if isinstance(quantity.value, PartialDate):
        return quantity.value.month is not None
    return quantity.sort is Sort.FIGURE or quantity.unit == "号"


def _plausibility(claim: Claim, candidate: _Candidate) -> float:
    """How alike, with a little more for a value that a slip of the pen may have made of it."""
    ours, theirs = claim.quantity, candidate.source.claim.quantity
    return candidate.likeness.score + _SLIP * (not candidate.agrees and is_slip(ours, theirs))


def _least(claim: Claim, best: _Candidate) -> float:
    """How alike the two must be before the draft's number is called wrong.

    Writers err by a digit or a component of a date; numbers that have less in common are more
    often of different things.
    """
    ours, theirs = claim.quantity, best.source.claim.quantity
    if is_same_sentence(claim, best.source.claim):
        return _CONTRADICTED
    is_placed = any(scope.places for scope in claim.scopes)
    source = best.source.claim.scope
    both_national = source.is_national and any(scope.is_national for scope in claim.scopes)
    if not is_placed and source.places and not both_national:
        return _UNPLACED if ours.sort is Sort.FIGURE and is_slip(ours, theirs) else _NEVER
    if ours.unit in _MEETINGS and not is_same_event(claim, best.source.claim):
        return _NEVER
    if isinstance(ours.value, PartialDate) and isinstance(theirs.value, PartialDate):
        return _least_for_dates(claim, best)
    return _CONTRADICTED


def _least_for_dates(claim: Claim, best: _Candidate) -> float:
    ours, theirs = claim.quantity.value, best.source.claim.quantity.value
    assert isinstance(ours, PartialDate)
    assert isinstance(theirs, PartialDate)
    differing = sum(one != other for one, other in shared_components(ours, theirs))
    if not claim.event or differing == 0:
        return _NEVER
    return _CONTRADICTED if differing == 1 else _UNLIKELY


def _altered(draft: Draft, claim: Claim, best: _Candidate, kind: FindingKind) -> Finding:
    span = claim.quantity.span
    theirs = best.source.claim.quantity
    text = best.source.document.text
    said = theirs.span.of(text)
    correction = _correction(draft.text, claim.quantity, theirs, said)
    return Finding(
        start=span.start,
        end=span.end,
        kind=kind,
        verdict=Verdict.ALTERED,
        message=f"与《{best.source.document.metadata.title}》不符：该文写的是“{said}”，此处写作“{span.of(draft.text)}”。",
        correction=correction if correction != span.of(draft.text) else None,
        matches=(_match(best),),
    )


def _correction(text: str, ours: Quantity, theirs: Quantity, said: str) -> str | None:
    if isinstance(theirs.value, Fraction):
        number = write_like(theirs.value, ours.number.of(text))
        if number is None:
            return said
        return (
            text[ours.span.start : ours.number.start]
            + number
            + text[ours.number.end : ours.span.end]
        )
    return said


def _not_found(span: Span, kind: FindingKind) -> Finding:
    return Finding(
        start=span.start,
        end=span.end,
        kind=kind,
        verdict=Verdict.NOT_FOUND,
        message="资料库里没有说同一件事的数字，无法核对。",
    )


def _kind(claim: Claim) -> FindingKind:
    if claim.quantity.sort is Sort.DATE:
        return FindingKind.DATE
    if claim.quantity.unit == "号":
        return FindingKind.DOCUMENT_NUMBER
    return FindingKind.FIGURE


def _match(candidate: _Candidate) -> Match:
    return quote(candidate.source.document, candidate.source.claim.sentence)
