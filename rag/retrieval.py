"""A query → the passages that match it: words, bigrams and vectors, filters first.

filters ─► document ids    the catalog
query   ─► hits            rag.lexical and rag.vectors, joined by rag.fusion
        ─► passages        the first of them ordered anew by rag.passage_ranking
"""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from rag.documents import Document, Filters, Hit, Passage, RetrievedPassage
from rag.features import Rarity
from rag.fusion import weighted_fusion
from rag.passage_ranking import held_share, question_weights
from rag.protocols import Embedder, PassageIndex, Segmenter, WordIndex
from rag.text import Span, normalise

LEXICAL_WEIGHT = 1.0
VECTOR_WEIGHT = 0.1
# Deep enough that a passage found by one index only still meets the other's ranking.
DEPTH = 60
# What a passage gains that holds the whole question, against 1.1 for the best fused score.
# From .3 to .9 it hardly mattered, on questions of the training folder and on benchmarks.
HELD_WEIGHT = 0.45
# As many as a question is answered from; more changed nothing among the first ten.
ORDERED_ANEW = 24


class PassageStore(Protocol):
    """What retrieval needs of the catalog."""

    def document_ids(self, filters: Filters) -> Collection[str] | None:
        """Documents that match; None when the filters restrict nothing."""
        ...

    def passage_ids(self, document_ids: Collection[str]) -> set[str]:
        """Every passage of these documents."""
        ...

    def passages_by_id(self, passage_ids: Iterable[str]) -> Mapping[str, Passage]:
        """Passages; unknown ids are left out."""
        ...

    def documents_by_id(self, document_ids: Iterable[str]) -> Mapping[str, Document]:
        """Documents; unknown ids are left out."""
        ...


def passages_of(store: PassageStore, hits: Sequence[Hit]) -> list[RetrievedPassage]:
    """The passages of `hits` with their documents, in order; those that are gone are left out."""
    passages = store.passages_by_id([hit.passage_id for hit in hits])
    documents = store.documents_by_id({p.document_id for p in passages.values()})
    found = list[RetrievedPassage]()
    for hit in hits:
        passage = passages.get(hit.passage_id)
        document = documents.get(passage.document_id) if passage else None
        # A document replaced in between has another text: its old spans must not be used.
        if passage and document and passage.span.of(document.text) == passage.text:
            found.append(RetrievedPassage(passage=passage, document=document, score=hit.score))
    return found


def highlight(passage: Passage, query_words: Iterable[str]) -> tuple[Span, ...]:
    """Where words of a query stand in a passage: spans in the document, joined where they
    touch, in order. Words of one character are left out, for they stand everywhere.
    """
    wanted = {word for word in query_words if len(word) > 1}
    if not wanted:
        return ()
    folded = normalise(passage.text)
    marked = [False] * len(folded.text)
    for word in wanted:
        start = folded.text.find(word)
        while start >= 0:
            marked[start : start + len(word)] = [True] * len(word)
            start = folded.text.find(word, start + 1)
    spans = list[Span]()
    start = 0
    while start < len(marked):
        end = start
        while end < len(marked) and marked[end]:
            end += 1
        if end > start:
            spans.append(folded.original(Span(start, end)).shifted(passage.span.start))
        start = end + 1
    return tuple(spans)


class Retriever:
    """Finds passages in the indexes and brings them back with their documents."""

    def __init__(
        self,
        store: PassageStore,
        *,
        words: WordIndex,
        vectors: PassageIndex,
        embedder: Embedder,
        segmenter: Segmenter,
        rarity: Rarity,
    ) -> None:
        self._store = store
        self._words = words
        self._vectors = vectors
        self._embedder = embedder
        self._segmenter = segmenter
        self._rarity = rarity

    def rank(self, query: str, *, filters: Filters, limit: int) -> list[Hit]:
        """Ids of the passages that match, best first; a filter that leaves nothing gives none."""
        document_ids = self._store.document_ids(filters)
        if document_ids is not None and not document_ids:
            return []
        depth = max(DEPTH, limit)
        lexical = self._words.search(query, limit=depth, document_ids=document_ids)
        vector = self._embedder.embed_query(query)
        near = list[Hit]()
        if vector.any():
            among = None if document_ids is None else self._store.passage_ids(document_ids)
            near = self._vectors.search(vector, limit=depth, among=among)
        return weighted_fusion([(LEXICAL_WEIGHT, lexical), (VECTOR_WEIGHT, near)])[:limit]

    def retrieve(
        self,
        query: str,
        *,
        filters: Filters = Filters(),
        limit: int = 10,
        highlights: bool = False,
    ) -> list[RetrievedPassage]:
        """The passages that match, with their documents, best first.

        A passage that was removed between search and look-up is left out. Highlights are
        worked out only where asked for: they take as long as the search.
        """
        hits = self.rank(query, filters=filters, limit=max(limit, ORDERED_ANEW))
        found = self._ordered(query, passages_of(self._store, hits))[:limit]
        if not highlights:
            return found
        query_words = self._segmenter.words(query)
        return [replace(one, highlights=highlight(one.passage, query_words)) for one in found]

    def _ordered(self, query: str, found: Sequence[RetrievedPassage]) -> list[RetrievedPassage]:
        """The first ones by how much of the question they hold besides; the others behind."""
        weights = question_weights(query, segmenter=self._segmenter, rarity=self._rarity)
        if not weights:
            return list(found)
        first = [
            replace(one, score=one.score + HELD_WEIGHT * held_share(weights, one.passage))
            for one in found[:ORDERED_ANEW]
        ]
        first.sort(key=lambda one: (-one.score, one.passage.passage_id))
        return [*first, *found[ORDERED_ANEW:]]


def elapsed_ms(since: float) -> float:
    """Milliseconds since `time.perf_counter()` gave `since`, to a tenth."""
    return round((time.perf_counter() - since) * 1000, 1)
