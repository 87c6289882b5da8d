"""What the library says about the sentences of a draft: passages, read as claims, found once."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from propcache.api import cached_property

from rag.documents import Document, Passage, RetrievedPassage
from rag.drafts.contradiction import Rarity
from rag.drafts.pairs import pairs
from rag.drafts.protocols import DraftLibrary
from rag.drafts.reading import DraftSentence
from rag.drafts.source_sentences import (
    NUMBER,
    InCommon,
    Place,
    SourceClaim,
    SourceSentence,
    read_source_sentences,
)
from rag.quantities import Quantity
from rag.scopes import Scope, document_scope, places_agree
from rag.text import Span, fold

PASSAGES: Final = 8
_LATEST_USED: Final = 6
_MOST_USED: Final = 60
_LONGEST_USED: Final = 12_000
# Paragraphs that a document is followed before and behind one that it confirmed something of.
_NEARBY: Final = 4
_MOST_NEARBY: Final = 8
# As many words as tell a sentence from others: every further one makes the search slower.
_LONGEST_QUERY: Final = 32
_MOST_PLACES: Final = 2
_SHORTEST_TO_THE_LETTER: Final = 12
_LONGEST_TO_THE_LETTER: Final = 400
_MOST_TO_THE_LETTER: Final = 2
_WORDS: Final = re.compile(r"[^\W\d_的了在于和与由从将把被对并也都又还为有至等及其]{2,}")
_NEAR_NUMBER: Final = 8
# A sentence of a passage with fewer pairs of characters in common says something else.
_FEWEST_COMMON: Final = 2
_LEAST_COMMON: Final = 0.2
_LEAST_COMMON_FOLLOWED: Final = 0.1


@dataclass(frozen=True, kw_only=True, eq=False)
class _UsedDocument:
    """A document that confirmed something, or the part of a long one that was read."""

    document: Document
    within: Span
    sentences: Sequence[SourceSentence]

    def holds(self, found: RetrievedPassage) -> bool:
        """Whether a passage is of what was read."""
        return found.passage.document_id == self.document.document_id and self.within.contains(
            found.passage.span
        )

    @cached_property
    def by_pair(self) -> Mapping[str, Sequence[SourceSentence]]:
        """Which of the sentences have a pair of characters: many are compared with them."""
        found = defaultdict[str, list[SourceSentence]](list)
        for sentence in self.sentences:
            for pair in sentence.pairs:
                found[pair].append(sentence)
        return found


class EvidenceFinder:
    """Finds passages for the sentences of one draft and reads each passage once.

    Args:
        library: Where they are looked for.
        place_names: Names of areas besides those of the gazetteer.
        searches: At most so many; after that it finds no more, for a draft of a megabyte may
            not keep others waiting. A quarter is kept for what is no claim.
    """

    def __init__(
        self, library: DraftLibrary, *, place_names: frozenset[str], searches: int
    ) -> None:
        self._library = library
        self._searches = searches
        self._reserve = searches // 4
        self._place_names = place_names
        self._found = dict[str, Sequence[RetrievedPassage]]()
        self._sentences = dict[str, Sequence[SourceSentence]]()
        self._scopes = dict[str, Scope]()
        self._followed = Counter[tuple[str, int]]()
        self._used = dict[str, _UsedDocument]()
        self._common = dict[int, InCommon]()
        # By the start of a draft's sentence and how often documents have been used by then.
        self._like = dict[tuple[int, int], list[SourceSentence]]()
        self._said = dict[tuple[int, int], list[SourceClaim]]()
        self._uses = 0

    def passages(self, text: str) -> Sequence[RetrievedPassage]:
        """Passages that share words with some words of the draft, best first."""
        return self._passages(query_of(text))

    def passages_like(self, sentence: DraftSentence, text: str) -> Sequence[RetrievedPassage]:
        """Passages that share words with a sentence of the draft, `text`, and with the names of
        the areas that it speaks of without naming them; best first.
        """
        return self._passages(_query_for(sentence, text))

    def _passages(self, query: str) -> Sequence[RetrievedPassage]:
        if query not in self._found:
            self._found[query] = self._search(query)
        return self._found[query]

    def _search(self, query: str) -> Sequence[RetrievedPassage]:
        if not query or self._searches <= 0:
            return ()
        self._searches -= 1
        return self._library.search(query, limit=PASSAGES)

    def claims_to_the_letter(self, sentence: DraftSentence, text: str) -> Iterator[SourceClaim]:
        """What the library claims with numbers where it has the very sentence of the draft, in
        documents of the same place if there are any.
        """
        words = sentence.span.of(text)
        if not _SHORTEST_TO_THE_LETTER <= len(fold(words)) <= _LONGEST_TO_THE_LETTER:
            return
        try:
            found = self._library.places(words, limit=PASSAGES)
        except ValueError:  # hardly anything but marks
            return
        nearer = [
            (document, span)
            for document, span in found
            if places_agree(sentence.scopes, self.scope_of(document))
        ]
        for document, span in (nearer or found)[:_MOST_TO_THE_LETTER]:
            for source in self._read_part(document, span, document.metadata.title):
                yield from source.claims

    def claims(self, sentence: DraftSentence, text: str) -> Iterator[SourceClaim]:
        """What the library claims with numbers in sentences like one of the draft's.

        Args:
            sentence: The draft's.
            text: The draft.
        """
        if self._searches <= self._reserve:
            return
        common = self._common_with(sentence, text)
        for found in self.passages_like(sentence, text):
            if self._may_speak_of(found, sentence):
                yield from _claims_like(common, self._read(found.passage, found.document))

    def claims_of_used(self, sentence: DraftSentence, text: str) -> Iterator[SourceClaim]:
        """As `claims`, of the documents that confirmed what stands before: a draft mostly goes
        on with the document it has begun with, and to look there takes no search.
        """
        for used in list(self._used.values())[-_LATEST_USED:]:
            if places_agree(sentence.scopes, self.scope_of(used.document)):
                common = self._common_with(sentence, text, [used])
                yield from _claims_like(common, used.sentences)

    def comparable_claims(
        self, sentence: DraftSentence, text: str, quantity: Quantity
    ) -> list[SourceClaim]:
        """What the passages found for a sentence of the draft, and the documents that its
        paragraph or one nearby follows, say with numbers that can be compared with `quantity`:
        in the sentences that have most in common with the draft's; each once. It takes no search.
        """
        found = dict[Place, SourceClaim]()
        for source in self._sentences_like(sentence, text):
            for one in source.claims:
                if one.claim.quantity.comparability == quantity.comparability:
                    found[one.place] = one
        return list(found.values())

    def _sentences_like(self, sentence: DraftSentence, text: str) -> list[SourceSentence]:
        key = sentence.span.start, self._uses
        if key not in self._like:
            nearby = self._used_nearby(sentence.paragraph)
            read = [
                self._read(one.passage, one.document)
                for one in self._found.get(_query_for(sentence, text), ())
                if not any(used.holds(one) for used in nearby)
            ]
            read += [used.sentences for used in nearby]
            common = self._common_with(sentence, text, nearby)
            self._like[key] = common.most_like(chain.from_iterable(read), least=_FEWEST_COMMON)
        return self._like[key]

    def _used_nearby(self, paragraph: int) -> list["_UsedDocument"]:
        """Documents that confirmed something in a paragraph or one nearby, the nearest first."""
        distances = dict[str, int]()
        for document_id, other in self._followed:
            distance = abs(other - paragraph)
            if distance <= _NEARBY and document_id in self._used:
                distances[document_id] = min(distance, distances.get(document_id, _NEARBY))
        nearest = sorted(distances, key=lambda document_id: distances[document_id])
        return [self._used[document_id] for document_id in nearest[:_MOST_NEARBY]]

    def rarity(self) -> Rarity:
        """Of the sentences that have been read so far."""
        sentences = dict[tuple[str, Span], frozenset[str]]()
        for read in (*self._sentences.values(), *(used.sentences for used in self._used.values())):
            for one in read:
                sentences[one.document.document_id, one.span] = one.pairs
        return Rarity(sentences.values())

    def claims_of_followed(
        self, sentence: DraftSentence, text: str, quantity: Quantity
    ) -> Iterator[SourceClaim]:
        """What the documents that the paragraph of a sentence of the draft, or one beside it,
        follows say with numbers that can be compared with `quantity`, in whatever words.
        """
        for one in self._said_by_followed(sentence, text):
            if one.claim.quantity.comparability == quantity.comparability:
                yield one

    def _said_by_followed(self, sentence: DraftSentence, text: str) -> list[SourceClaim]:
        key = sentence.span.start, self._uses
        if key not in self._said:
            ids = {one for one, other in self._followed if abs(other - sentence.paragraph) <= 1}
            followed = [used for document_id, used in self._used.items() if document_id in ids]
            common = self._common_with(sentence, text, followed)
            likest = common.most_like(
                chain.from_iterable(used.sentences for used in followed),
                least=max(_FEWEST_COMMON, _LEAST_COMMON_FOLLOWED * common.size),
            )
            self._said[key] = [claim for source in likest for claim in source.claims]
        return self._said[key]

    def _common_with(
        self, sentence: DraftSentence, text: str, used: Iterable[_UsedDocument] = ()
    ) -> InCommon:
        """What a sentence of the draft has in common with others, those of `used` counted."""
        start = sentence.span.start
        if start not in self._common:
            self._common[start] = InCommon(pairs(fold(sentence.span.of(text))))
        for one in used:
            self._common[start].count(one.sentences, by_pair=one.by_pair)
        return self._common[start]

    @property
    def used_documents(self) -> list[Document]:
        """Those that confirmed something, in order."""
        return [used.document for used in self._used.values()]

    def is_followed(self, document: Document, paragraph: int, *, times: int = 1) -> bool:
        """Whether a document confirmed so many things in a paragraph of the draft."""
        return self._followed.get((document.document_id, paragraph), 0) >= times

    def use(self, document: Document, *, paragraph: int, at: int) -> None:
        """A document confirmed something in a paragraph of the draft.

        Args:
            document: It is read whole, a long one around what confirmed something last.
            paragraph: The draft's.
            at: Where in the document that stands.
        """
        self._followed[document.document_id, paragraph] += 1
        self._uses += 1
        known = self._used.get(document.document_id)
        if known.within.start <= at < known.within.end if known else len(self._used) >= _MOST_USED:
            return
        within = Span(0, len(document.text))
        if len(within) > _LONGEST_USED:
            start = max(0, at - _LONGEST_USED // 2)
            within = Span(start, min(start + _LONGEST_USED, len(document.text)))
        sentences = self._read_part(document, within, document.metadata.title)
        self._used[document.document_id] = _UsedDocument(
            document=document, within=within, sentences=sentences
        )

    def scope_of(self, document: Document) -> Scope:
        """What a document speaks of."""
        if document.document_id not in self._scopes:
            scope = document_scope(document, known=self._place_names)
            self._scopes[document.document_id] = scope
        return self._scopes[document.document_id]

    def _may_speak_of(self, found: RetrievedPassage, sentence: DraftSentence) -> bool:
        """Whether a passage may be about the places of a sentence: it comes from one, or names
        one; a quick look before it is read.
        """
        places = frozenset[str]().union(*(scope.places for scope in sentence.scopes))
        if not places or any(scope.is_national for scope in sentence.scopes):
            return True
        if not places.isdisjoint(self.scope_of(found.document).places):
            return True
        words = f"{found.document.metadata.title}{found.passage.text}"
        return any(place in words for place in places)

    def _read(self, passage: Passage, document: Document) -> Sequence[SourceSentence]:
        if passage.passage_id not in self._sentences:
            headings = " ".join((document.metadata.title, *passage.heading_path))
            self._sentences[passage.passage_id] = self._read_part(document, passage.span, headings)
        return self._sentences[passage.passage_id]

    def _read_part(
        self, document: Document, within: Span, headings: str
    ) -> Sequence[SourceSentence]:
        return read_source_sentences(
            document,
            within=within,
            headings=headings,
            scope=self.scope_of(document),
            place_names=self._place_names,
        )


def _claims_like(common: InCommon, sentences: Sequence[SourceSentence]) -> Iterator[SourceClaim]:
    """The claims of those sentences that have enough in common with one of the draft's."""
    least = max(_FEWEST_COMMON, _LEAST_COMMON * common.size)
    for one in sentences:
        if common[one] >= least:
            yield from one.claims


def _query_for(sentence: DraftSentence, text: str) -> str:
    query = query_of(sentence.span.of(text))
    inherited = sorted(sentence.scope.places - sentence.own.places)
    return " ".join([query, *inherited[:_MOST_PLACES]]) if query else ""


def query_of(sentence: str) -> str:
    """The words of a sentence to search with: those beside numbers first, as far as they tell
    it from others.
    """
    numbers = [match.start() for match in NUMBER.finditer(sentence)]
    words = list(_WORDS.finditer(sentence))
    near = [
        word
        for word in words
        if any(
            word.start() - _NEAR_NUMBER <= number <= word.end() + _NEAR_NUMBER for number in numbers
        )
    ]
    chosen = list[re.Match[str]]()
    length = 0
    for word in [*near, *(word for word in words if word not in near)]:
        if length >= _LONGEST_QUERY:
            break
        chosen.append(word)
        length += len(word[0])
    return " ".join(word[0] for word in sorted(chosen, key=lambda word: word.start()))
