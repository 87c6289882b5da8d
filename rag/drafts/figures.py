"""Figures, dates and ordinals of a draft against the sentences of the library that state them.

A number is called wrong only where the library states the very fact with another one; what it
states nothing about is not found.
"""

import heapq
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Final

from propcache.api import cached_property

from rag.documents import PartialDate
from rag.drafts.candidates import (
    NOTICED,
    Candidate,
    best_confirmed,
    candidates_among,
    compared_with,
    doubt_by_scope,
    is_settled,
)
from rag.drafts.claims import Claim
from rag.drafts.comparing import held, likeness
from rag.drafts.contradiction import (
    Circumstances,
    Pairing,
    Rarity,
    features,
    likelihood_from,
)
from rag.drafts.evidence import EvidenceFinder
from rag.drafts.number_findings import confirmed, contradicted, impossible, unknown
from rag.drafts.reading import Draft
from rag.drafts.source_sentences import Place, SourceClaim
from rag.drafts.support import Support
from rag.quantities import Quantity, Sort, find_impossible_dates
from rag.quotations.quotation import Finding
from rag.text import Span
from rag.values import is_computed, shared_components, values_agree

_BESIDE: Final = 2
_NEARLY_AS_LIKE: Final = 0.8
_TELLING: Final = 10
# So many numbers of a document that confirms others are compared with one of the draft.
_MOST_LIKE: Final = 12
_CONTRADICTED: Final = 0.15
_LIST_END: Final = re.compile("[，。；：,;:]")
_BETWEEN_ITEMS: Final = re.compile("、|以及|[和与及]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A claim of a document with another number than a claim of the draft.

    Attributes:
        features: As `rag.drafts.contradiction.features`.
    """

    source: SourceClaim
    features: Mapping[str, float]


class FigureChecker:
    """Holds the numbers of one draft against the library.

    First each sentence is looked up by itself. What the library confirms then tells which
    documents a paragraph follows, and which of their sentences one of its sentences is: with
    that the numbers that are left are looked at again.

    Args:
        draft: The draft.
        evidence: Finds what the library says of it.
        answered: Parts of the draft that are not looked at.
    """

    def __init__(
        self, draft: Draft, evidence: EvidenceFinder, *, answered: Sequence[Span] = ()
    ) -> None:
        self._draft = draft
        self._answered = answered
        self._evidence = evidence
        self._sentences = dict[Claim, int]()
        self._candidates = dict[Claim, list[Candidate]]()
        self._confirmed = dict[Claim, Candidate]()
        self._support = Support()
        self._taken = set[tuple[int, Place]]()

    def check(self) -> Iterator[Finding]:
        """A finding for each number of the draft that can be held against the library."""
        yield from (
            impossible(self._draft, span) for span in find_impossible_dates(self._draft.text)
        )
        self.look_up()
        for claim in self._sentences:
            if (finding := self._finding(claim)) is not None:
                yield finding

    def look_up(self) -> None:
        """Find what confirms the numbers of the draft."""
        for index, group in groupby(self._draft.claims, key=itemgetter(0)):
            claims = [claim for _, claim in group if self._is_checked(claim)]
            if claims:
                self._look_up(index, claims)
        self._confirm_one_each()
        for claim, index in self._sentences.items():
            if claim not in self._confirmed:
                self._look_again(claim, index)

    def _is_checked(self, claim: Claim) -> bool:
        span = claim.quantity.span
        return claim.quantity.sort is not Sort.DOCUMENT_NUMBER and not (
            self._draft.titled(span)
            or self._draft.in_term(span)
            or any(one.contains(span) for one in self._answered)
        )

    def _confirm_one_each(self) -> None:
        """Of several numbers of a sentence that one number of a document confirms, only the one
        most like it is confirmed: 撤掉9个，新建9个 is no twice 新建9个.
        """
        best = dict[tuple[int, Place], Claim]()
        for claim, same in list(self._confirmed.items()):
            place = self._sentences[claim], same.source.place
            other = best.setdefault(place, claim)
            if other is not claim:
                worse = min((claim, other), key=lambda one: self._confirmed[one].score)
                best[place] = claim if worse is other else other
                del self._confirmed[worse]
                self._taken.add(place)
                self._candidates[worse] = [
                    one for one in self._candidates[worse] if one.source.place != place[1]
                ]

    def _look_up(self, index: int, claims: Sequence[Claim]) -> None:
        sentence = self._draft.sentences[index]
        text = self._draft.text
        sources = list(self._evidence.claims_of_used(sentence, text))
        compared = {claim: compared_with(claim, sources) for claim in claims}
        for further in (self._evidence.claims_to_the_letter, self._evidence.claims):
            if all(is_settled(claim, found) for claim, found in compared.items()):
                break
            if added := list(further(sentence, text)):
                sources += added
                compared = {claim: compared_with(claim, sources) for claim in claims}
        for claim, candidates in compared.items():
            self._sentences[claim] = index
            self._candidates[claim] = candidates
            self._note(claim, best_confirmed(candidates))

    def _note(self, claim: Claim, same: Candidate | None) -> None:
        if same is None:
            return
        self._confirmed[claim] = same
        index = self._sentences[claim]
        paragraph = self._draft.sentences[index].paragraph
        self._evidence.use(same.source.document, paragraph=paragraph, at=same.source.place[1])
        self._support.add(same.source, sentence=index, paragraph=paragraph)

    def _look_again(self, claim: Claim, index: int) -> None:
        """Compare a number with all that the documents say which confirmed others."""
        candidates = self._candidates[claim]
        known = {one.source.place for one in candidates}
        agreeing, others = list[SourceClaim](), list[SourceClaim]()
        sentence, text = self._draft.sentences[index], self._draft.text
        for source in self._evidence.claims_of_followed(sentence, text, claim.quantity):
            if source.place not in known and (index, source.place) not in self._taken:
                agrees = values_agree(claim.quantity, source.claim.quantity)
                (agreeing if agrees else others).append(source)
        supported = [
            self._supported(claim, one) for one in (*candidates, *candidates_among(claim, agreeing))
        ]
        if best_confirmed(supported) is not None:
            likest = heapq.nlargest(_MOST_LIKE, others, key=lambda one: _common(claim, one.claim))
            supported += [self._supported(claim, one) for one in candidates_among(claim, likest)]
            self._note(claim, best_confirmed(supported))

    def _supported(self, claim: Claim, one: Candidate) -> Candidate:
        return replace(one, score=one.score + self._gained(claim, one.source))

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

    def weigh(self, claim: Claim) -> list[Weighed]:
        """What the library states, with another number, that may be the fact of a claim which
        nothing confirms; in no order.
        """
        return [
            Weighed(source=source, features=features(pairing))
            for source, pairing in self._opposed(claim)
            if not _is_elsewhere(claim, source)
        ]

    def _opposed(self, claim: Claim) -> Iterator[tuple[SourceClaim, Pairing]]:
        known = self._comparable(claim)
        agreeing = [one for one in known if values_agree(claim.quantity, one.claim.quantity)]
        agreement = cache(lambda: _agreement(claim, agreeing))
        agreed = frozenset(agreeing)
        for source in known:
            if source not in agreed and _may_be_weighed(claim, source.claim):
                circumstances = self._circumstances(claim, source, agreement)
                yield (
                    source,
                    Pairing(
                        ours=claim,
                        theirs=source.claim,
                        circumstances=circumstances,
                        rarity=self._rarity,
                    ),
                )

    def _comparable(self, claim: Claim) -> list[SourceClaim]:
        sentence = self._draft.sentences[self._sentences[claim]]
        known = {one.source.place: one.source for one in self._candidates[claim]}
        for source in self._evidence.comparable_claims(sentence, self._draft.text, claim.quantity):
            known.setdefault(source.place, source)
        return list(known.values())

    def _stated_beside(self, claim: Claim, best: SourceClaim) -> SourceClaim | None:
        """What states the draft's own number in the sentence that seems to contradict it, or in
        one beside it, in words no less like the draft's: so large a number is not the same by
        chance.
        """
        if not _is_telling(claim.quantity):
            return None
        least = max(NOTICED, _score_of(claim, best.claim) * _NEARLY_AS_LIKE)
        happened = claim.events & best.claim.events
        return next(
            (
                source
                for source in self._comparable(claim)
                if source.document is best.document
                and _is_as_exact(source.claim.quantity, claim.quantity)
                and values_agree(claim.quantity, source.claim.quantity)
                and (not happened or claim.events & source.claim.events)
                and not self._support.is_used_anywhere(source)
                and _gap(source.claim.sentence, best.claim.sentence) <= _BESIDE
                and _score_of(claim, source.claim) >= least
            ),
            None,
        )

    def _counts_list(self, claim: Claim) -> bool:
        """Whether a number counts the things that are listed right before it: 甲、乙和丙三项."""
        if not claim.quantity.is_count:
            return False
        clause = _LIST_END.split(claim.left)[-1]
        items = [item for item in _BETWEEN_ITEMS.split(clause) if item]
        return len(items) > _BESIDE and claim.quantity.value == len(items)

    def _circumstances(
        self, claim: Claim, source: SourceClaim, agreement: Callable[[], float]
    ) -> Circumstances:
        index = self._sentences[claim]
        paragraph = self._draft.sentences[index].paragraph
        return Circumstances(
            is_excluded=lambda: doubt_by_scope(claim, source) is None,
            support=self._support.of(source, sentence=index, paragraph=paragraph),
            confirms_another=self._support.is_used_anywhere(source),
            confirms_beside=self._support.is_used(source, paragraph=paragraph),
            agreement=agreement,
        )

    @cached_property
    def _rarity(self) -> Rarity:
        return self._evidence.rarity()

    @property
    def unconfirmed(self) -> list[Claim]:
        """Claims that were looked up and that nothing confirms, in order."""
        return [claim for claim in self._sentences if claim not in self._confirmed]

    def _finding(self, claim: Claim) -> Finding | None:
        same = self._confirmed.get(claim)
        if same is not None:
            return confirmed(claim, same.source)
        best = None if self._counts_list(claim) else self._likeliest(claim)
        if best is None:
            return unknown(claim)
        stated = self._stated_beside(claim, best)
        return confirmed(claim, stated) if stated else contradicted(self._draft, claim, best)

    def _likeliest(self, claim: Claim) -> SourceClaim | None:
        """What most likely states the fact of a claim with another number, if it is likely."""
        likely, best = 0.0, None
        for source, pairing in self._opposed(claim):
            found = likelihood_from(pairing, least=max(likely, _CONTRADICTED))
            if found > likely and not _is_elsewhere(claim, source):
                likely, best = found, source
        return best


def _may_be_weighed(ours: Claim, theirs: Claim) -> bool:
    """Whether the two share words, two dates also a part that can differ, and the draft's number
    was not reckoned from the document's.
    """
    one, other = ours.quantity.value, theirs.quantity.value
    if (
        isinstance(one, PartialDate)
        and isinstance(other, PartialDate)
        and not shared_components(one, other)
    ):
        return False
    if ours.whole.isdisjoint(theirs.whole) and ours.whole.isdisjoint(theirs.setting.around_pairs):
        return False
    return not is_computed(ours.quantity, theirs.setting.numbers)


def _is_elsewhere(ours: Claim, source: SourceClaim) -> bool:
    """Whether the draft's sentence names another place, or a figure's another year."""
    named = ours.own_scope.places or (ours.quantity.sort is Sort.FIGURE and ours.own_scope.years)
    return bool(named) and doubt_by_scope(ours, source) is None


def _agreement(ours: Claim, agreeing: Iterable[SourceClaim]) -> float:
    """How alike the best of the claims is that agree with one of the draft."""
    return max(
        (
            (held(ours, one.claim) + held(one.claim, ours)) / 2
            for one in agreeing
            if doubt_by_scope(ours, one) is not None
        ),
        default=0.0,
    )


def _common(ours: Claim, theirs: Claim) -> int:
    """How many pairs of characters of the draft's sentence the document's has."""
    return len(ours.whole & theirs.whole)


def _score_of(ours: Claim, theirs: Claim) -> float:
    found = likeness(ours, theirs)
    return found.score if found else 0.0


def _is_telling(quantity: Quantity) -> bool:
    if isinstance(quantity.value, PartialDate):
        return quantity.value.month is not None
    return isinstance(quantity.value, Fraction) and quantity.value >= _TELLING


def _is_as_exact(one: Quantity, other: Quantity) -> bool:
    """Whether a number has the unit of another one, a date also its month and day."""
    if isinstance(one.value, PartialDate) and isinstance(other.value, PartialDate):
        return not (
            (one.value.month is None and other.value.month)
            or (one.value.day is None and other.value.day)
        )
    return one.unit == other.unit


def _gap(one: Span, other: Span) -> int:
    """How many characters lie between two spans; 0 or less where they touch."""
    return max(one.start, other.start) - min(one.end, other.end)
