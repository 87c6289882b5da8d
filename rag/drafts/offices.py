"""Persons with their offices, as a draft names them, against the library.

Two people of one name in different places are two, and a change of office is no mistake where
dates tell of it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from rapidfuzz.distance import OSA

from rag.documents import RetrievedPassage
from rag.drafts.evidence import EvidenceFinder
from rag.drafts.holdings import Holding, NamedPerson, find_holders
from rag.drafts.office_comparison import (
    has_other_office,
    has_other_rank,
    is_beside_office,
    office_places,
    offices_agree,
)
from rag.drafts.reading import Draft, DraftSentence
from rag.drafts.roles import RoleChecker
from rag.people import PersonMention, find_people
from rag.quotations.quotation import Finding, FindingKind, Match, Verdict
from rag.quotations.quoting import quote
from rag.scopes import place_spans
from rag.text import Span, in_title_marks

_NATIONAL: Final = re.compile(r"总书记|总理|国家(?:副?主席)|委员长|中央")
_YEARS_APART: Final = 2
_DOCUMENTS_USED: Final = 2


def check_offices(
    draft: Draft, people: Sequence[NamedPerson], evidence: EvidenceFinder
) -> Iterator[Finding]:
    """A finding for each person with an office."""
    roles = RoleChecker(draft, evidence, people)
    misspelt = _Misspelt(draft, evidence)
    confirmations = [_confirmed(draft, person) for person in people]
    for person, confirmed in zip(people, confirmations, strict=True):
        for holding in confirmed[:_DOCUMENTS_USED]:
            paragraph = draft.sentences[person.sentence].paragraph
            evidence.use(holding.document, paragraph=paragraph, at=holding.name_start)
    for person, confirmed in zip(people, confirmations, strict=True):
        yield _finding_of(draft, person, confirmed, roles, misspelt, evidence)
    for mention, other in roles.bare_people():
        yield _finding_of_name(mention, other)


def _finding_of(
    draft: Draft,
    person: NamedPerson,
    confirmed: Sequence[Holding],
    roles: RoleChecker,
    misspelt: "_Misspelt",
    evidence: EvidenceFinder,
) -> Finding:
    if not confirmed:
        person = replace(person, holdings=(*roles.held_nearby(person), *person.holdings))
        confirmed = _confirmed(draft, person)
    if not confirmed and (ranked := _of_other_rank(draft, person)):
        return _finding(person, Verdict.ALTERED, ranked)
    if other := roles.other_person(person, is_confirmed=bool(confirmed)):
        return _finding(person, Verdict.ALTERED, [other])
    if confirmed and has_other_office(person.office, [one.office for one in confirmed]):
        return _finding(person, Verdict.ALTERED, confirmed)
    if confirmed:
        return _finding(person, Verdict.EXACT, confirmed)
    return _unconfirmed(draft, person, misspelt, evidence)


def _unconfirmed(
    draft: Draft, person: NamedPerson, misspelt: "_Misspelt", evidence: EvidenceFinder
) -> Finding:
    """A finding for somebody to whom no document gives the office."""
    sentence = draft.sentences[person.sentence]
    others = [
        one
        for one in person.holdings
        if _is_same_place(person, one, sentence) and _is_same_time(one, sentence)
    ]
    may_differ = is_beside_office(person.office) or (
        _NATIONAL.search(person.office)
        and not any(_is_of_same_year(one, sentence, evidence) for one in others)
    )
    if others and not may_differ:
        return _finding(person, Verdict.ALTERED, others)
    if meant := misspelt.meant(person):
        return _finding(person, Verdict.ALTERED, [meant])
    return _finding(person, Verdict.NOT_FOUND, person.holdings)


def _confirmed(draft: Draft, person: NamedPerson) -> list[Holding]:
    """Where documents give the person this very office."""
    sentence = draft.sentences[person.sentence]
    return [
        one
        for one in person.holdings
        if _is_same_place(person, one, sentence) and offices_agree(person.office, one.office)
    ]


def _of_other_rank(draft: Draft, person: NamedPerson) -> list[Holding]:
    """Where documents give the person another rank in the very body: that is what is wrong, not
    who it is.
    """
    sentence = draft.sentences[person.sentence]
    return [
        one
        for one in person.holdings
        if _is_same_place(person, one, sentence)
        and _is_same_time(one, sentence)
        and has_other_rank(person.office, one.office)
    ]


def _is_same_place(person: NamedPerson, holding: Holding, sentence: DraftSentence) -> bool:
    """Whether the draft may mean the person that the document names."""
    theirs = holding.places
    if ours := office_places(person.office):
        return not theirs or not ours.isdisjoint(theirs)
    if ours := sentence.own.places:
        # A county's officer goes to a town of it: the document names both.
        is_named = any(name in holding.document.text for name in ours)
        return not theirs or is_named or not ours.isdisjoint(theirs)
    places = {one.places for one in person.holdings}
    inherited = sentence.scope.places
    return len(places) == 1 or not inherited or not inherited.isdisjoint(holding.places)


def _is_same_time(holding: Holding, sentence: DraftSentence) -> bool:
    """Whether a change of office can be ruled out, as far as dates tell."""
    metadata = holding.document.metadata
    date = metadata.event_date or metadata.published_date
    if not sentence.own.years or date is None or date.year is None:
        return True
    return any(abs(year - date.year) <= _YEARS_APART for year in sentence.own.years)


def _is_of_same_year(holding: Holding, sentence: DraftSentence, evidence: EvidenceFinder) -> bool:
    """Whether the draft speaks of the very year that the document is of, or follows it there."""
    return evidence.is_followed(
        holding.document, sentence.paragraph
    ) or not sentence.scope.years.isdisjoint(evidence.scope_of(holding.document).years)


class _Misspelt:
    """Finds whom the library names where a draft's name differs in one character; it looks for
    each name once.
    """

    def __init__(self, draft: Draft, evidence: EvidenceFinder) -> None:
        self._draft = draft
        self._evidence = evidence
        self._known = dict[tuple[str, str], Holding | None]()

    def meant(self, person: NamedPerson) -> Holding | None:
        """Somebody with this very office whose name differs in one character."""
        if person.holdings or len(person.name) < 3:
            return None
        key = person.office, person.name
        if key not in self._known:
            sentence = self._draft.sentences[person.sentence]
            self._known[key] = next(self._alike(person, sentence), None)
        return self._known[key]

    def _alike(self, person: NamedPerson, sentence: DraftSentence) -> Iterator[Holding]:
        for found in self._evidence.passages_like(sentence, self._draft.text):
            part = found.passage
            for mention in (*find_people(part.text), *find_holders(part.text)):
                if (
                    mention.office
                    and len(mention.name) == len(person.name)
                    and OSA.distance(mention.name, person.name) == 1
                    and offices_agree(person.office, mention.office)
                ):
                    holding = self._holding(found, mention)
                    if _is_same_place(person, holding, sentence):
                        yield holding

    def _holding(self, found: RetrievedPassage, mention: PersonMention) -> Holding:
        start = found.passage.span.start
        places = office_places(mention.office or "")
        return Holding(
            document=found.document,
            span=Span(start + mention.start, start + mention.end),
            name_start=start + mention.span.start,
            name=mention.name,
            office=mention.office or "",
            places=places or self._evidence.scope_of(found.document).places,
        )


def _finding(person: NamedPerson, verdict: Verdict, holdings: Sequence[Holding]) -> Finding:
    correction = None
    if verdict is Verdict.ALTERED:
        holdings = sorted(holdings, key=lambda one: len(one.office))
        correction = _correction(person, holdings[0])
    return Finding(
        start=person.place.start,
        end=person.place.end,
        kind=FindingKind.PERSON,
        verdict=verdict,
        message=_message(person, verdict, holdings),
        correction=correction,
        matches=tuple(_match(holding) for holding in holdings[:3]),
    )


def _finding_of_name(mention: PersonMention, other: Holding) -> Finding:
    """The name alone did not do it."""
    return Finding(
        start=mention.span.start,
        end=mention.span.end,
        kind=FindingKind.PERSON,
        verdict=Verdict.ALTERED,
        message=f"与{in_title_marks(other.document.metadata.title)}不符：该文写的是“{_said(other)}”。",
        correction=other.name,
        matches=(_match(other),),
    )


def _said(holding: Holding) -> str:
    return f"{holding.office.strip()}{holding.name}"


def _match(holding: Holding) -> Match:
    return quote(holding.document, holding.span)


def _correction(person: NamedPerson, holding: Holding) -> str:
    """The office as the document has it, with the place that the draft names."""
    office = holding.office.strip()
    places = place_spans(person.office)
    if places and not place_spans(office):
        span, name = places[-1]
        rest = office[1:] if office[:1] == name[-1:] else office
        office = person.office[: span.end] + rest
    return person.written(office, holding.name)


def _message(person: NamedPerson, verdict: Verdict, holdings: Sequence[Holding]) -> str:
    if not holdings:
        return f"资料库里没有{person.name}其人，无法核对职务。"
    where = in_title_marks(holdings[0].document.metadata.title)
    said = _said(holdings[0])
    if verdict is Verdict.EXACT:
        return f"姓名和职务与{where}一致。"
    if verdict is Verdict.ALTERED:
        return f"与{where}不符：该文写的是“{said}”。如职务已有变动，请注明时间。"
    return f"{where}写的是“{said}”，但地方或年份不同，可能是另一人或职务已变，请核实。"
