"""Whether somebody else holds the office, or did the thing, by the document that a draft follows.

A draft may give a person the right office and yet name the wrong person: the one who held it
another year, or who merely took part. Whom the documents name for an office, an act (to
preside, to read out, to lead a group) or in like words is held against whom the draft names.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from propcache.api import cached_property

from rag.documents import Document
from rag.drafts.deeds import Deed, bare_mentions, deeds_of, people_of, read_deeds
from rag.drafts.evidence import EvidenceFinder
from rag.drafts.holdings import Holding, NamedPerson
from rag.drafts.office_comparison import (
    is_beside_office,
    office_places,
    offices_agree,
    without_time,
)
from rag.drafts.pairs import pairs
from rag.drafts.reading import Draft, DraftSentence
from rag.people import PersonMention, is_common_word
from rag.scopes import places_agree
from rag.text import Span, fold, sentence_spans

# Of these there are several at a time.
_SHARED: Final = ("副", "委员", "常委", "成员", "代表", "记者", "队员", "干部")
_CONFIRMED: Final = 2
_LONGEST_OFFICE: Final = 24
_OF_STATE: Final = "国务委员"
_FEWEST_PAIRS: Final = 3
_FEWEST_PAIRS_TOLD: Final = 6
_SHORTEST_WITH_BODY: Final = 4
_PASSAGES: Final = 3
_SURE_NAME: Final = 3
_SAME_CLAUSE: Final = 0.75
_SAME_DEED: Final = 0.6
_OTHER_DEED: Final = 0.45
_CLAUSE_MARKS: Final = frozenset("，。；：！？,;:!?\n")
_LONGEST_DOCUMENT: Final = 12_000
_SHORTEST_QUOTATION: Final = 8


class RoleChecker:
    """Looks in the documents that a draft follows for who else it may have been."""

    def __init__(self, draft: Draft, evidence: EvidenceFinder, people: Sequence[NamedPerson]):
        self._draft = draft
        self._evidence = evidence
        self._named = people
        self._people = dict[str, list[PersonMention]]()
        self._deeds = dict[str, list[Deed]]()
        self._near_paragraph = dict[int, list[Document]]()

    def other_person(self, person: NamedPerson, *, is_confirmed: bool) -> Holding | None:
        """Who holds the office or did what the draft says, by a document that the paragraph
        follows; None where that may be the person named.

        Args:
            person: Whom the draft names.
            is_confirmed: A document gives the person this office.
        """
        sentence = self._draft.sentences[person.sentence]
        if len(person.office) > _LONGEST_OFFICE:
            return None
        for document in self._evidence.used_documents:
            if not self._evidence.is_followed(document, sentence.paragraph):
                continue
            if person.name in document.text:
                found = self._other_of_clause(person, sentence, document)
            elif self._evidence.is_followed(document, sentence.paragraph, times=_CONFIRMED):
                found = self._other_holder(person, document)
                if is_confirmed and found and not _may_be_of_one_place(person, found):
                    found = None
            else:
                found = None
            if found is not None:
                return found
        found = None if is_confirmed else self._other_of_office(person, sentence)
        return found or self._other_doer(person.span, sentence)

    def held_nearby(self, person: NamedPerson) -> list[Holding]:
        """Offices that documents give the person which the paragraph or one beside it follows."""
        return [
            self._holding(document, mention)
            for document in self._near(self._draft.sentences[person.sentence])
            for mention in self._people_of(document)
            if mention.name == person.name and mention.office
        ]

    def bare_people(self) -> Iterator[tuple[PersonMention, Holding]]:
        """Whom the draft names without an office for what somebody else did."""
        taken = {person.span.start for person in self._named}
        for deed in self._own_deeds:
            for mention in deed.people:
                if mention.span.start in taken:
                    continue
                sentence = self._draft.sentence_at(mention.span.start)
                other = self._other_doer(mention.span, sentence) if sentence else None
                if other is not None:
                    yield mention, other

    def _other_holder(self, person: NamedPerson, document: Document) -> Holding | None:
        if person.office.startswith(_SHARED) or is_beside_office(person.office):
            return None
        if person.office.endswith(_SHARED[1:]) and not person.office.endswith(_OF_STATE):
            return None
        for mention in self._people_of(document):
            if mention.office and offices_agree(person.office, mention.office):
                return self._holding(document, mention)
        return None

    def _other_of_office(self, person: NamedPerson, sentence: DraftSentence) -> Holding | None:
        """Who holds the office of somebody whom no document gives it: one document that the
        draft follows is enough where the office says of which body it is.
        """
        if len(without_time(person.office)) < _SHORTEST_WITH_BODY:
            return None
        ours = office_places(person.office) or sentence.own.places
        for document in self._near(sentence):
            found = self._other_holder(person, document)
            if found and (not ours or not found.places or not ours.isdisjoint(found.places)):
                return found
        return None

    def _other_of_clause(
        self, person: NamedPerson, sentence: DraftSentence, document: Document
    ) -> Holding | None:
        """Who else did what the very clause says that names the person."""
        deed = self._clause_of(person, sentence)
        if len(deed) < _FEWEST_PAIRS:
            return None
        own, other, doer = 0.0, 0.0, None
        for one in self._deeds_of(document):
            share = len(deed & one.pairs) / len(deed)
            if person.name in one.names:
                own = max(own, share)
            elif len(one.names) == 1 and share > other:
                other, doer = share, one.people[0]
        own = max(own, self._share_elsewhere(person.name, sentence, deed))
        if doer is None or other < _SAME_CLAUSE or own > _OTHER_DEED:
            return None
        return self._holding(document, doer)

    def _share_elsewhere(self, name: str, sentence: DraftSentence, deed: set[str]) -> float:
        """How much of the deed another sentence that names the person tells."""
        found = self._evidence.passages_like(sentence, self._draft.text)
        texts = [
            span.of(one.passage.text)
            for one in found
            if name in one.passage.text
            for span in sentence_spans(one.passage.text)
            if name in span.of(one.passage.text)
        ]
        return max((len(deed & pairs(fold(text))) / len(deed) for text in texts), default=0.0)

    def _clause_of(self, person: NamedPerson, sentence: DraftSentence) -> set[str]:
        """Pairs of characters of the clause that names the person, without office and name."""
        text = self._draft.text
        start = person.place.start
        while start > sentence.span.start and text[start - 1] not in _CLAUSE_MARKS:
            start -= 1
        end = person.place.end
        while end < sentence.span.end and text[end] not in _CLAUSE_MARKS:
            end += 1
        return pairs(fold(text[start : person.place.start])) | pairs(
            fold(text[person.place.end : end])
        )

    def _other_doer(self, name: Span, sentence: DraftSentence) -> Holding | None:
        """Who else did what the sentence tells of the person, in like words or by its act."""
        deed = next(
            (one for one in self._own_deeds if any(name == of.span for of in one.people)), None
        )
        if deed is None:
            return None
        years = deed.years or sentence.scope.topic_years
        near = self._near(sentence)
        return self._other_of_act(deed, near, years) or self._other_in_words(
            deed, near or self._like(sentence), years
        )

    def _other_of_act(
        self, deed: Deed, documents: Sequence[Document], years: frozenset[int]
    ) -> Holding | None:
        """Who presided, by a document that knows the person and does not say that he did."""
        for act in deed.acts:
            doers = list[tuple[Document, PersonMention]]()
            is_known = False
            for document in documents:
                for one in self._deeds_of(document):
                    is_known = is_known or not one.names.isdisjoint(deed.names)
                    if act not in one.acts or not _may_be_of(years, one):
                        continue
                    if not _has_meetings(document, deed.meetings):
                        continue
                    if not one.names.isdisjoint(deed.names):
                        doers.clear()
                        is_known = False
                        break
                    doers += [(document, mention) for mention in one.people]
            if is_known and len({mention.name for _, mention in doers}) == 1:
                return self._holding(*doers[0])
        return None

    def _other_in_words(
        self, deed: Deed, documents: Sequence[Document], years: frozenset[int]
    ) -> Holding | None:
        if len(deed.pairs) < _FEWEST_PAIRS_TOLD:
            return None
        own, other, doer = 0.0, 0.0, None
        for document in documents:
            for one in self._deeds_of(document):
                share = len(deed.pairs & one.pairs) / len(deed.pairs)
                if not one.names.isdisjoint(deed.names):
                    own = max(own, share)
                elif share > other and _may_be_of(years, one) and deed.is_speech >= one.is_speech:
                    other, doer = share, (document, one.people[0])
        if doer is None or other < _SAME_DEED or own > _OTHER_DEED:
            return None
        return self._holding(*doer)

    def _near(self, sentence: DraftSentence) -> list[Document]:
        """Documents that the paragraph or one beside it follows."""
        number = sentence.paragraph
        if number not in self._near_paragraph:
            self._near_paragraph[number] = [
                document
                for document in self._evidence.used_documents
                if any(
                    self._evidence.is_followed(document, near)
                    for near in (number - 1, number, number + 1)
                )
            ]
        return self._near_paragraph[number]

    def _like(self, sentence: DraftSentence) -> list[Document]:
        """Documents of the same place that have words of the sentence: it takes a search."""
        found = self._evidence.passages_like(sentence, self._draft.text)[:_PASSAGES]
        return [
            one.document
            for one in found
            if len(one.document.text) <= _LONGEST_DOCUMENT
            and places_agree(sentence.scopes, self._evidence.scope_of(one.document))
        ]

    @cached_property
    def _own_deeds(self) -> list[Deed]:
        """What the draft tells of persons: those with an office, and those of documents that
        it follows.
        """
        text = self._draft.text
        named = {
            person.span.start: PersonMention(
                span=person.span,
                name=person.name,
                office=person.office,
                start=person.place.start,
                end=person.place.end,
            )
            for person in self._named
        }
        names = {person.name for person in self._named} | set(self._names())
        for mention in bare_mentions(text, names, Span(0, len(text))):
            named.setdefault(mention.span.start, mention)
        quoted = [
            one.inner
            for one in self._draft.marks.marked
            if one.is_title or len(one.inner) >= _SHORTEST_QUOTATION
        ]
        people = [one for _, one in sorted(named.items())]
        spans = [sentence.span for sentence in self._draft.sentences]
        return list(read_deeds(text, people, spans, left_out=quoted))

    def _names(self) -> Iterator[str]:
        """Whom the documents name that the draft follows; two characters may be a mere word,
        if they are no speaker's.
        """
        for document in self._evidence.used_documents:
            speakers = {speech.speaker.name for speech in document.speeches}
            for name in {mention.name for mention in self._people_of(document)}:
                if len(name) >= _SURE_NAME or name in speakers or not is_common_word(name):
                    yield name

    def _people_of(self, document: Document) -> list[PersonMention]:
        if document.document_id not in self._people:
            self._people[document.document_id] = people_of(document)
        return self._people[document.document_id]

    def _deeds_of(self, document: Document) -> list[Deed]:
        if document.document_id not in self._deeds:
            deeds = deeds_of(document, self._people_of(document))
            self._deeds[document.document_id] = deeds
        return self._deeds[document.document_id]

    def _holding(self, document: Document, mention: PersonMention) -> Holding:
        if not mention.office:
            people = self._people_of(document)
            same = [one for one in people if one.name == mention.name and one.office]
            mention = same[0] if same else mention
        return Holding(
            document=document,
            span=Span(mention.start, mention.end),
            name_start=mention.span.start,
            name=mention.name,
            office=mention.office or "",
            places=office_places(mention.office or "") or self._evidence.scope_of(document).places,
        )


def _may_be_of_one_place(person: NamedPerson, other: Holding) -> bool:
    known = frozenset[str]().union(*(one.places for one in person.holdings))
    return not known or not other.places or not known.isdisjoint(other.places)


def _may_be_of(years: frozenset[int], deed: Deed) -> bool:
    """Whether the years of a sentence do not say that it tells of another event."""
    return not years or not deed.years or not years.isdisjoint(deed.years)


def _has_meetings(document: Document, kinds: frozenset[str]) -> bool:
    """Whether a document speaks of such meetings: who presides one need not preside others."""
    return all(re.search(rf"{kind}[\u4e00-\u9fff]{{0,2}}会", document.text) for kind in kinds)
