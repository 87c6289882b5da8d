"""Quotations looked up: by their very words, by near wording, by meaning.

A hit is a place in a document. Briefings, which are written in our own words, are left out
unless they are asked for: they are nobody's words to quote.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final, Protocol

from rag.documents import Document, Filters, Kind, RetrievedPassage
from rag.protocols import Embedder
from rag.quotations.attribution import Person, is_said_by, read_person
from rag.quotations.expressions import ExpressionFinder
from rag.quotations.finding import QuotationFinder
from rag.quotations.quotation import LookUp, LookUpMode, Match, Order
from rag.quotations.quoting import quote
from rag.quotations.wording import read_term
from rag.text import Span, comparable, sentence_spans

_DEEPEST: Final = 1000
_PASSAGES: Final = 60
_LEAST_LIKENESS: Final = 0.45
_SHORTEST_SENTENCE: Final = 6

_Place = tuple[Document, Span, float]
"""A document, where in it the words stand, and how like they are to what was looked for."""


class PassageSearch(Protocol):
    """Finds passages by words and meaning."""

    def retrieve(
        self, query: str, *, filters: Filters = ..., limit: int = 10
    ) -> Sequence[RetrievedPassage]:
        """The passages that match, best first."""
        ...


class QuotationLookUp:
    """Looks quotations up.

    Any thread may call it. It may raise StorageError and IndexingError.
    """

    def __init__(
        self,
        finder: QuotationFinder,
        expressions: ExpressionFinder,
        *,
        passages: PassageSearch,
        embedder: Embedder,
    ) -> None:
        self._finder = finder
        self._expressions = expressions
        self._passages = passages
        self._embedder = embedder

    def look_up(
        self,
        text: str,
        *,
        mode: LookUpMode = LookUpMode.EXACT,
        filters: Filters = Filters(),
        order: Order = Order.RELEVANCE,
        with_briefings: bool = False,
        limit: int = 20,
        skip: int = 0,
    ) -> LookUp:
        """Places that hold `text`, or nearly, or that say the like.

        Args:
            text: EXACT looks for the very words; several words with spaces between them must
                all stand in one sentence. NEAR also finds other wordings, MEANING other words.
            mode: How to look.
            filters: Only documents that match. `speaker` also asks that it is he who says it,
                with or without office (习近平总书记).
            order: RELEVANCE puts what is most alike first, the earliest of those first.
            with_briefings: Look in briefings too; so does a filter that asks for them.
            limit: At most so many.
            skip: Leave out so many: `following` of the page before.

        Raises:
            ValueError: Nothing can be looked up; the message is for the user.
        """
        term = read_term(text)
        person = read_person(filters.speaker) if filters.speaker else None
        narrowed = replace(filters, speaker=person.name or None) if person else filters
        allowed = with_briefings or filters.kind is Kind.BRIEFING
        total: int | None = None
        if mode is LookUpMode.MEANING:
            found = self._by_meaning(text, narrowed, every=person is not None)
        else:
            occurrences = self._finder.mentions(term.core, filters=narrowed)
            if not allowed:
                occurrences = occurrences.without_briefings()
            found = ((*place, 1.0) for place in self._finder.confirmed(term, occurrences))
            if not occurrences.total and len(text.split()) > 1:
                found = self._by_words(text.split(), narrowed)
            else:
                total = occurrences.total
                if mode is LookUpMode.NEAR:
                    found = self._with_near(term.core, found, narrowed)
        hits = self._hits(found, person, allowed=allowed)
        page = list(islice(_in_order(hits, order), skip, skip + limit + 1))
        is_first_page = skip == 0 and mode is not LookUpMode.MEANING
        return LookUp(
            matches=tuple(page[:limit]),
            following=skip + limit if len(page) > limit else None,
            total=total,
            expression=self._expressions.describe(text) if is_first_page else None,
        )

    def _hits(
        self, found: Iterable[_Place], person: Person | None, *, allowed: bool
    ) -> Iterator[Match]:
        """The places as matches; where a person is asked for, what of them is his."""
        for document, span, likeness in found:
            if document.metadata.kind is Kind.BRIEFING and not allowed:
                continue
            if person is None:
                yield quote(document, span, similarity=likeness)
                continue
            for speech in document.speeches:
                his = speech.span.common(span)
                if (
                    his
                    and 2 * len(his) >= len(span)
                    and is_said_by(person, speech.speaker, document)
                ):
                    yield quote(document, his, similarity=likeness, preferred=speech)
                    break

    def _with_near(
        self, core: str, verbatim: Iterable[_Place], filters: Filters
    ) -> Iterator[_Place]:
        seen = set[tuple[str, int]]()
        for place in verbatim:
            seen.add((place[0].document_id, place[1].start))
            yield place
        near = sorted(self._finder.near(core, filters=filters), key=lambda one: one.order)
        for one in near:
            span = one.text.span_of(one.start, one.end)
            key = (one.document.document_id, span.start)
            if one.likeness >= _LEAST_LIKENESS and key not in seen:
                seen.add(key)
                yield one.document, span, round(one.likeness, 4)

    def _by_words(self, words: Sequence[str], filters: Filters) -> Iterator[_Place]:
        """Sentences that hold all of several words."""
        wanted = [comparable(word) for word in words]
        passages = self._passages.retrieve(" ".join(words), filters=filters, limit=_PASSAGES)
        for found in passages:
            text = found.document.text
            for span in sentence_spans(text, within=found.passage.span):
                sentence = comparable(span.of(text))
                if all(word in sentence for word in wanted):
                    yield found.document, span, 1.0

    def _by_meaning(self, text: str, filters: Filters, *, every: bool) -> Iterator[_Place]:
        """Of each passage that matches the sentence nearest in meaning, the nearest first.

        Args:
            text: What is asked for.
            filters: Only documents that match.
            every: Give every sentence: the nearest may be somebody else's than who is asked for.
        """
        passages = self._passages.retrieve(text, filters=filters, limit=_PASSAGES)
        sentences = [
            (number, found.document, span)
            for number, found in enumerate(passages)
            for span in sentence_spans(found.document.text, within=found.passage.span)
            if len(span) >= _SHORTEST_SENTENCE
        ]
        if not sentences:
            return
        vectors = self._embedder.embed_passages([span.of(one.text) for _, one, span in sentences])
        likeness = (vectors @ self._embedder.embed_query(text)).tolist()
        given = set[int]()
        for score, (number, document, span) in sorted(
            zip(likeness, sentences, strict=True), key=lambda one: (-one[0], one[1][0], one[1][2])
        ):
            if every or number not in given:
                given.add(number)
                yield document, span, round(min(max(score, 0.0), 0.9999), 4)


def _in_order(found: Iterator[Match], order: Order) -> Iterator[Match]:
    """As they come, which is by relevance; by date they must all be there first."""
    if order is Order.RELEVANCE:
        return found
    dated = islice(found, _DEEPEST)
    undated = "9999"
    return iter(
        sorted(
            dated,
            key=lambda match: (
                match.date if match.date and not match.date.startswith("-") else undated,
                match.document_id,
                match.start,
            ),
        )
    )
