"""Figures, dates and ordinals of a draft against the sentences of the library that state them.

A number is called wrong only where the library states the very fact with another one; what it
states nothing about is not found.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import Final

from rag.documents import PartialDate
from rag.drafts.claims import Claim, pairs
from rag.drafts.comparing import is_same_event, is_same_sentence, likeness
from rag.drafts.evidence import EvidenceFinder, SourceClaim
from rag.drafts.quantities import Quantity, Sort, find_impossible_dates, write_like
from rag.drafts.reading import Draft
from rag.drafts.scopes import places_agree
from rag.drafts.support import Support
from rag.drafts.values import is_slip, may_be_compared, shared_components, values_agree
from rag.quotations.quotation import Finding, FindingKind, Match, Verdict
from rag.quotations.quoting import quote
from rag.text import Span

_NOTICED: Final = 0.2
_DOUBT: Final = 0.1
_NEARBY: Final = 300
_CONFIRMED: Final = 0.5
_SURE: Final = 0.75
_CONTRADICTED: Final = 0.62
_UNPLACED: Final = 0.8
_SAME_YEAR: Final = 0.9
_UNLIKELY: Final = 0.85
_NEVER: Final = 2.0
# A claim with another value must be this much more alike than one with the same value.
_MARGIN: Final = 0.15
_MARGIN_BESIDE: Final = 0.1
_SLIP: Final = 0.05
# Their ordinals say which meeting it is: another ordinal is mostly another meeting.
_HIGH_ORDINAL: Final = 10
_MEETINGS: Final = frozenset(("届", "次", "中全会"))
_PROVISIONS: Final = frozenset(("条", "章", "款"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A claim of a document that may be of the fact that a claim of the draft is of.

    Attributes:
        agrees: Both values may be the same.
        score: How alike the two are, less what their surroundings speak against it.
    """

    source: SourceClaim
    agrees: bool
    score: float


class FigureChecker:
    """Holds the numbers of one draft against the library.

    First each sentence is looked up by itself. What the library confirms then tells which
    documents a paragraph follows, and which of their sentences one of its sentences is: with
    that the numbers that are left are looked at again.
    """

    def __init__(self, draft: Draft, evidence: EvidenceFinder) -> None:
        self._draft = draft
        self._evidence = evidence
        self._sentences = dict[Claim, int]()
        self._candidates = dict[Claim, list[_Candidate]]()
        self._confirmed = dict[Claim, _Candidate]()
        self._support = Support()

    def check(self) -> Iterator[Finding]:
        """A finding for each number of the draft that can be held against the library."""
        text = self._draft.text
        yield from (_impossible(self._draft, span) for span in find_impossible_dates(text))
        for index, group in groupby(self._draft.claims, key=itemgetter(0)):
            claims = [claim for _, claim in group if _is_checked(self._draft, claim)]
            if claims:
                self._look_up(index, claims)
        for claim, index in self._sentences.items():
            if claim not in self._confirmed:
                self._look_again(claim, index)
        for claim in self._sentences:
            if (finding := self._finding(claim)) is not None:
                yield finding

    def _look_up(self, index: int, claims: Sequence[Claim]) -> None:
        sentence = self._draft.sentences[index]
        text = self._draft.text
        compared = _compared(claims, self._evidence.claims_of_used(sentence, text))
        if not all(_is_settled(claim, found) for claim, found in compared.items()):
            further = _compared(claims, self._evidence.claims(sentence, text))
            compared = {claim: [*compared[claim], *further[claim]] for claim in claims}
        for claim, candidates in compared.items():
            self._sentences[claim] = index
            self._candidates[claim] = candidates
            self._note(claim, _confirmed(candidates))

    def _note(self, claim: Claim, same: _Candidate | None) -> None:
        if same is None:
            return
        self._confirmed[claim] = same
        index = self._sentences[claim]
        paragraph = self._draft.sentences[index].paragraph
        self._evidence.use(same.source.document, paragraph=paragraph)
        self._support.add(same.source, sentence=index, paragraph=paragraph)

    def _look_again(self, claim: Claim, index: int) -> None:
        """Compare a number with all that the documents say which confirmed others."""
        sentence = self._draft.sentences[index]
        known = {one.source.place for one in self._candidates[claim]}
        further = [
            source
            for source in self._evidence.claims_of_followed(
                claim.quantity, paragraph=sentence.paragraph
            )
            if source.place not in known
        ]
        candidates = [*self._candidates[claim], *_candidates(claim, further)]
        supported = [
            replace(one, score=one.score + self._gained(claim, one.source)) for one in candidates
        ]
        self._candidates[claim] = supported
        self._note(claim, _confirmed(supported))

    def _gained(self, claim: Claim, source: SourceClaim) -> float:
        """How much what was confirmed speaks for a claim; for a year it says nothing, for the
        year is what tells one document from another.
        """
        value = claim.quantity.value
        if isinstance(value, PartialDate) and value.month is None:
            return 0.0
        index = self._sentences[claim]
        paragraph = self._draft.sentences[index].paragraph
        return self._support.of(source, sentence=index, paragraph=paragraph)

    def _finding(self, claim: Claim) -> Finding | None:
        same = self._confirmed.get(claim)
        if same is not None:
            return _exact(claim, same)
        paragraph = self._draft.sentences[self._sentences[claim]].paragraph
        # What confirms one number of a paragraph does not contradict another.
        others = [
            one
            for one in self._candidates[claim]
            if not self._support.is_used(one.source, paragraph=paragraph)
        ]
        is_followed = {
            one.source.document.document_id: self._support.is_followed(
                one.source.document, paragraph=paragraph
            )
            for one in others
        }
        return _unconfirmed(self._draft, claim, others, is_followed)


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
        return same.score >= _SURE
    return any(
        is_same_sentence(claim, one.source.claim) and one.score >= _SURE for one in candidates
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
        if not may_be_compared(claim.quantity, source.claim.quantity):
            continue
        found = likeness(claim, source.claim)
        if found is None or found.score < _NOTICED:
            continue
        doubt = _doubt_by_scope(claim, source)
        if doubt is not None:
            agrees = values_agree(claim.quantity, source.claim.quantity)
            yield _Candidate(source=source, agrees=agrees, score=found.score - doubt)


def _doubt_by_scope(ours: Claim, source: SourceClaim) -> float | None:
    """How much place and year speak against one fact; None where they exclude it."""
    theirs = source.claim
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


def _confirmed(candidates: Sequence[_Candidate]) -> _Candidate | None:
    """The claim with the same value, unless another is clearly more alike."""
    same = max((one for one in candidates if one.agrees), key=_score, default=None)
    if same is None:
        return None
    best = max(candidates, key=_score)
    # Where both stand in one sentence, all but the words beside them is the same.
    is_beside = best.source.claim.sentence == same.source.claim.sentence
    least = max(_CONFIRMED, best.score - (_MARGIN_BESIDE if is_beside else _MARGIN))
    return same if same.score >= least else None


def _score(candidate: _Candidate) -> float:
    return candidate.score


def _exact(claim: Claim, same: _Candidate) -> Finding:
    return Finding(
        start=claim.quantity.span.start,
        end=claim.quantity.span.end,
        kind=_kind(claim),
        verdict=Verdict.EXACT,
        message=f"与《{same.source.document.metadata.title}》一致。",
        matches=(_match(same),),
    )


def _unconfirmed(
    draft: Draft,
    claim: Claim,
    candidates: Sequence[_Candidate],
    is_followed: Mapping[str, bool],
) -> Finding | None:
    best = max(candidates, key=lambda one: _plausibility(claim, one), default=None)
    if best is not None and not best.agrees:
        followed = is_followed[best.source.document.document_id]
        if best.score >= _least(claim, best, is_followed=followed):
            return _altered(draft, claim, best, _kind(claim))
    return _not_found(claim.quantity.span, _kind(claim)) if _tells(claim.quantity) else None


def _tells(quantity: Quantity) -> bool:
    """Whether the writer should know that nobody knows of a number: no year alone, no ordinal."""
    if isinstance(quantity.value, PartialDate):
        return quantity.value.month is not None
    return quantity.sort is Sort.FIGURE or quantity.unit == "号"


def _plausibility(claim: Claim, candidate: _Candidate) -> float:
    """How alike, with a little more for a value that a slip of the pen may have made of it."""
    ours, theirs = claim.quantity, candidate.source.claim.quantity
    return candidate.score + _SLIP * (not candidate.agrees and is_slip(ours, theirs))


def _least(claim: Claim, best: _Candidate, *, is_followed: bool) -> float:
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
    if not is_placed and source.places and not both_national and not is_followed:
        return _UNPLACED if ours.sort is Sort.FIGURE and is_slip(ours, theirs) else _NEVER
    if (
        ours.sort is Sort.ORDINAL
        and ours.unit in _MEETINGS
        and not is_same_event(claim, best.source.claim)
    ):
        is_high = isinstance(ours.value, Fraction) and ours.value >= _HIGH_ORDINAL
        if not (is_high and is_slip(ours, theirs)):
            return _NEVER
        return _UNLIKELY if is_followed else _SAME_YEAR
    if ours.sort is Sort.ORDINAL and ours.unit in _PROVISIONS:
        return _SURE if is_slip(ours, theirs) else _NEVER
    if isinstance(ours.value, PartialDate) and isinstance(theirs.value, PartialDate):
        return _least_for_dates(claim, best)
    return _CONTRADICTED


def _least_for_dates(claim: Claim, best: _Candidate) -> float:
    ours, theirs = claim.quantity.value, best.source.claim.quantity.value
    assert isinstance(ours, PartialDate)
    assert isinstance(theirs, PartialDate)
    differing = sum(one != other for one, other in shared_components(ours, theirs))
    if differing == 0:
        return _NEVER
    if ours.month is None:
        # A year that begins a sentence is what it speaks of, not when something was.
        return _SURE if claim.events or pairs(claim.left) else _NEVER
    if differing > 1:
        return _UNLIKELY if claim.events else _NEVER
    return _CONTRADICTED if claim.events else _SURE


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
