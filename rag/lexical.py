"""Words and character bigrams in tantivy, ranked by BM25."""

import re
import threading
from collections.abc import Collection, Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rag.documents import Hit
from rag.errors import IndexingError
from rag.protocols import Segmenter
from rag.text import fold

if TYPE_CHECKING:
    from tantivy import Document, IndexWriter, Occur, Query, Searcher

_PASSAGE = "passage_id"
_DOCUMENT = "document_id"
_WORDS = "words"
_BIGRAMS = "bigrams"
_WRITER_MEMORY: Final = 30_000_000
_RUN = re.compile(r"[^\W_]+")


def bigrams(text: str) -> list[str]:
    """Pairs of neighbouring characters of the normalised text, in order.

    No pair reaches across punctuation; a character that stands alone stands for itself.
    """
    pairs = list[str]()
    for run in _RUN.findall(fold(text)):
        pairs += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
    return pairs


class TantivyIndex:
    """A WordIndex in a folder of its own.

    Args:
        words_weight: What the best passage by words gains; `bigrams_weight` likewise.

    Raises:
        IndexingError: tantivy cannot read the folder.
    """

    def __init__(
        self,
        folder: Path,
        *,
        segmenter: Segmenter,
        words_weight: float = 1.0,
        bigrams_weight: float = 1.0,
    ) -> None:
        import tantivy  # deferred: commands that only print help need no index

        self._tantivy = tantivy
        self._folder = folder
        self._segmenter = segmenter
        self._weights = {_WORDS: words_weight, _BIGRAMS: bigrams_weight}
        self._changing = threading.Lock()
        self._writer: IndexWriter | None = None
        builder = tantivy.SchemaBuilder()
        builder.add_text_field(_PASSAGE, stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_text_field(_DOCUMENT, tokenizer_name="raw", index_option="basic")
        # The words come cut already; "whitespace" is among tantivy's own tokenizers.
        builder.add_text_field(_WORDS, tokenizer_name="whitespace", index_option="freq")
        builder.add_text_field(_BIGRAMS, tokenizer_name="whitespace", index_option="freq")
        self._schema = builder.build()
        with _translated(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._index = tantivy.Index(self._schema, path=str(folder))
            self._searcher = self._index.searcher()

    def upsert(self, entries: Iterable[tuple[str, str, str]]) -> None:
        """Add or replace (passage_id, document_id, indexed_text); durable on return.

        Raises:
            IndexingError: tantivy did not take them; none of them is there then.
        """
        documents = [(entry[0], self._document(*entry)) for entry in entries]
        with self._committing() as writer:
            for passage_id, document in documents:
                writer.delete_documents_by_term(_PASSAGE, passage_id)
                writer.add_document(document)

    def _document(self, passage_id: str, document_id: str, text: str) -> "Document":
        document = self._tantivy.Document()
        document.add_text(_PASSAGE, passage_id)
        document.add_text(_DOCUMENT, document_id)
        document.add_text(_WORDS, " ".join(self._words(text)))
        document.add_text(_BIGRAMS, " ".join(bigrams(text)))
        return document

    def remove(self, passage_ids: Collection[str]) -> None:
        """Remove; ids that are not there are ignored.

        Raises:
            IndexingError: tantivy refused; all of them are still there then.
        """
        if passage_ids:
            with self._committing() as writer:
                for passage_id in passage_ids:
                    writer.delete_documents_by_term(_PASSAGE, passage_id)

    def search(
        self, query: str, *, limit: int, document_ids: Collection[str] | None = None
    ) -> list[Hit]:
        """Passages that share a word or a bigram with `query`, best first, then by id.

        Words and bigrams are scored apart by BM25, each divided by the best score that any
        passage reaches, weighted and added. A restriction changes no score.

        Args:
            query: Any text; nothing in it is an operator.
            limit: At most this many hits.
            document_ids: Only passages of these documents.

        Raises:
            IndexingError: tantivy cannot search.
        """
        if limit < 1:
            return []
        searcher = self._searcher
        query_parts = {_WORDS: self._words(query), _BIGRAMS: bigrams(query)}
        with _translated(self._folder):
            wanted = self._both(searcher, query_parts)
            if document_ids is not None:
                wanted = self._restricted(wanted, document_ids)
            return _hits(searcher, wanted, limit)

    def search_unscaled(
        self, query: str, *, limit: int, document_ids: Collection[str] | None = None
    ) -> list[Hit]:
        """As `search`, with the scores of words and bigrams added as they are.

        It takes a third of the time: nothing is searched for the best scores beforehand. For
        whoever looks at all the hits anyway.

        Raises:
            IndexingError: tantivy cannot search.
        """
        if limit < 1:
            return []
        should = self._tantivy.Occur.Should
        parts = ((_WORDS, self._words(query)), (_BIGRAMS, bigrams(query)))
        with _translated(self._folder):
            wanted = self._tantivy.Query.boolean_query([
                (should, self._any_of(field, terms)) for field, terms in parts
            ])
            if document_ids is not None:
                wanted = self._restricted(wanted, document_ids)
            return _hits(self._searcher, wanted, limit)

    def search_words(self, query: str, *, limit: int) -> list[Hit]:
        """Passages that share a word with `query`, best first by BM25, then by id.

        For whoever searches a hundred times over: it takes a quarter of the time of `search`.

        Raises:
            IndexingError: tantivy cannot search.
        """
        if limit < 1:
            return []
        with _translated(self._folder):
            return _hits(self._searcher, self._any_of(_WORDS, self._words(query)), limit)

    def ids(self) -> set[str]:
        """Every passage id that is there."""
        with _translated(self._folder):
            everything = self._tantivy.Query.all_query()
            terms = self._searcher.terms_with_prefix(_PASSAGE, "", filter_query=everything)
        return {term for term, _ in terms}

    def close(self) -> None:
        """Let go of the folder."""
        with self._changing:
            self._writer = None

    def _words(self, text: str) -> list[str]:
        return " ".join(self._segmenter.words(text)).split()

    def _both(self, searcher: "Searcher", terms: Mapping[str, list[str]]) -> "Query":
        """Words or bigrams, each scored in parts of its best score times its weight."""
        query, should = self._tantivy.Query, self._tantivy.Occur.Should
        parts = list[tuple["Occur", "Query"]]()
        for field, weight in self._weights.items():
            part = self._any_of(field, terms[field])
            best = searcher.search(part, 1, count=False).hits
            if best and weight > 0:
                parts.append((should, query.boost_query(part, weight / best[0][0])))
        return query.boolean_query(parts)

    def _any_of(self, field: str, terms: Iterable[str], *, index_option: str = "freq") -> "Query":
        query, should = self._tantivy.Query, self._tantivy.Occur.Should
        return query.boolean_query([
            (should, query.term_query(self._schema, field, term, index_option=index_option))
            for term in dict.fromkeys(terms)
        ])

    def _restricted(self, wanted: "Query", document_ids: Collection[str]) -> "Query":
        query, must = self._tantivy.Query, self._tantivy.Occur.Must
        # Terms one by one: with hundreds of ids a term set takes four times as long.
        among = self._any_of(_DOCUMENT, document_ids, index_option="basic")
        return query.boolean_query([(must, query.const_score_query(among, 0.0)), (must, wanted)])

    @contextmanager
    def _committing(self) -> "Generator[IndexWriter]":
        """A writer for one block: all of its changes are durable and visible, or none is."""
        with self._changing, _translated(self._folder):
            # Made at the first write, for it takes memory and most processes only read.
            if self._writer is None:
                self._writer = self._index.writer(heap_size=_WRITER_MEMORY, num_threads=1)
                # What a killed process left of a commit has the name that the next one needs.
                self._writer.garbage_collect_files()
            try:
                yield self._writer
                self._writer.commit()
            except BaseException:
                self._writer.rollback()
                self._writer.garbage_collect_files()
                raise
            self._index.reload()
            self._searcher = self._index.searcher()


def _hits(searcher: "Searcher", wanted: "Query", limit: int) -> list[Hit]:
    hits = [
        Hit(passage_id=searcher.doc(address)[_PASSAGE][0], score=float(score))
        for score, address in searcher.search(wanted, limit, count=False).hits
    ]
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))


@contextmanager
def _translated(folder: Path) -> Generator[None]:
    try:
        yield
    # tantivy's errors arrive as ValueError, those of the file system as OSError.
    except (ValueError, OSError) as error:
        message = f"词语索引 {folder} 无法使用（{error}）：请运行 wence rebuild 重建索引"
        raise IndexingError(message) from error
