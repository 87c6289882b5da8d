"""Whether somebody else holds the office, or did the thing, by the document that a draft follows.

A draft may give a person the right office and yet name the wrong person: the one who held it
another year, or who merely took part.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rag.documents import Document
from rag.drafts.claims import pairs
from rag.drafts.evidence import EvidenceFinder
from rag.drafts.holdings import (
    Holding,
    NamedPerson,
    find_holders,
    office_places,
    offices_agree,
)
from rag.drafts.reading import Draft, DraftSentence
from rag.people import PersonMention, find_people
from rag.text import Span, fold, sentence_spans

# Of these there are several at a time.
_SHARED: Final = ("副", "委员", "常委", "成员", "代表", "记者", "队员", "干部")
_CONFIRMED: Final = 2
_LONGEST_OFFICE: Final = 24
_OF_STATE: Final = "国务委员"
_FEWEST_PAIRS: Final = 3
_SAME_DEED: Final = 0.75
_OTHER_DEED: Final = 0.45
_CLAUSE_MARKS: Final = frozenset("，。；：！？,;:!?\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Deed:
    """A sentence of a document with the persons it names."""

    document: Document
    pairs: frozenset[str]
    people: tuple[PersonMention, ...]


class RoleChecker:
    """Looks in the documents that a draft follows for who else it may have been."""

    def __init__(self, draft: Draft, evidence: EvidenceFinder) -> None:
        self._draft = draft
        self._evidence = evidence
        self._deeds = dict[str, list[_Deed]]()

    def other_person(self, person: NamedPerson) -> Holding | None:
        """Who holds the office or did what the draft says, by a document that the paragraph
        follows; None where that may be the person named.
        """
        sentence = self._draft.sentences[person.sentence]
        if len(person.office) > _LONGEST_OFFICE:
            return None
        for document in self._evidence.used_documents:
            if not self._evidence.is_followed(document, sentence.paragraph):
                continue
            if person.name in document.text:
                found = self._other_doer(person, sentence, document)
            elif self._evidence.is_followed(document, sentence.paragraph, times=_CONFIRMED):
                found = self._other_holder(person, document)
            else:
                found = None
            if found is not None:
                return found
        return None

    def _other_holder(self, person: NamedPerson, document: Document) -> Holding | None:
        if person.office.startswith(_SHARED):
            return None
        if person.office.endswith(_SHARED[1:]) and not person.office.endswith(_OF_STATE):
            return None
        for mention in self._people(document):
            if mention.office and offices_agree(person.office, mention.office):
                return self._holding(document, mention)
        return None

    def _other_doer(
        self, person: NamedPerson, sentence: DraftSentence, document: Document
    ) -> Holding | None:
        deed = self._deed_of(person, sentence)
        if len(deed) < _FEWEST_PAIRS:
            return None
        own, other, doer = 0.0, 0.0, None
        for one in self._deeds_of(document):
            names = {mention.name for mention in one.people}
            share = len(deed & one.pairs) / len(deed)
            if person.name in names:
                own = max(own, share)
            elif len(names) == 1 and share > other:
                other, doer = share, one.people[0]
        own = max(own, self._share_elsewhere(person, sentence, deed))
        if doer is None or other < _SAME_DEED or own > _OTHER_DEED:
            return None
        return self._holding(document, doer)

    def _share_elsewhere(
        self, person: NamedPerson, sentence: DraftSentence, deed: set[str]
    ) -> float:
        """How much of the deed another sentence that names the person tells."""
        found = self._evidence.passages(sentence.span.of(self._draft.text))
        texts = [
            span.of(one.passage.text)
            for one in found
            if person.name in one.passage.text
            for span in sentence_spans(one.passage.text)
            if person.name in span.of(one.passage.text)
        ]
        return max((len(deed & pairs(fold(text))) / len(deed) for text in texts), default=0.0)

    def _deed_of(self, person: NamedPerson, sentence: DraftSentence) -> set[str]:
        """Pairs of characters of the clause that names the person, without office and name."""
        text = self._draft.text
        start = person.start
        while start > sentence.span.start and text[start - 1] not in _CLAUSE_MARKS:
            start -= 1
        end = person.span.end
        while end < sentence.span.end and text[end] not in _CLAUSE_MARKS:
            end += 1
        return pairs(fold(text[start : person.start])) | pairs(fold(text[person.span.end : end]))

    def _people(self, document: Document) -> Iterator[PersonMention]:
        for deed in self._deeds_of(document):
            yield from deed.people

    def _deeds_of(self, document: Document) -> list[_Deed]:
        if document.document_id not in self._deeds:
            self._deeds[document.document_id] = list(_read_deeds(document))
        return self._deeds[document.document_id]

    def _holding(self, document: Document, mention: PersonMention) -> Holding:
        return Holding(
            document=document,
            start=mention.start,
            name_start=mention.span.start,
            name=mention.name,
            office=mention.office or "",
            places=office_places(mention.office or "") or self._evidence.scope_of(document).places,
        )


def _read_deeds(document: Document) -> Iterator[_Deed]:
    known = {one.span.start: one for one in find_people(document.text)}
    known |= {one.span.start: one for one in find_holders(document.text)}
    people = [one for _, one in sorted(known.items())]
    for span in sentence_spans(document.text):
        inside = tuple(one for one in people if span.contains(one.span))
        if inside:
            words = fold(_without(document.text, span, inside))
            yield _Deed(document=document, pairs=frozenset(pairs(words)), people=inside)


def _without(text: str, span: Span, people: tuple[PersonMention, ...]) -> str:
    """A sentence without the persons it names and their offices."""
    kept = list[str]()
    position = span.start
    for mention in people:
        kept.append(text[position : max(position, mention.start)])
        position = max(position, mention.end)
    return "，".join([*kept, text[position : span.end]])
