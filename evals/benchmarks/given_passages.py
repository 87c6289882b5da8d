"""The assistant with given passages in place of a library: benchmarks of reading alone."""

from collections.abc import Sequence

from evals.asking import ask_assistant, retrieved_records
from evals.records import Case, Prediction
from rag.answering import Assistant
from rag.assembly import open_finder
from rag.chain import AnswerChain
from rag.documents import (
    Document,
    Filters,
    Metadata,
    Passage,
    RetrievedPassage,
    derive_document_id,
)
from rag.embedding import load_embedder
from rag.retrieval import Retriever
from rag.text import Span
from rag.words import built_in_words

_COLLECTION = "given"


class _Given(Retriever):
    """Finds what it was given, in that order, whatever it is asked."""

    def __init__(self) -> None:
        self.passages = list[RetrievedPassage]()

    def retrieve(
        self,
        query: str,
        *,
        filters: Filters = Filters(),
        limit: int = 10,
        highlights: bool = False,
    ) -> list[RetrievedPassage]:
        return self.passages[:limit]


class PassageReader:
    """Answers from given passages alone, by extraction, with the built-in models.

    The chain is the one that users ask; nothing is stored or indexed. Not safe to call from
    several threads.
    """

    def __init__(self) -> None:
        self._given = _Given()
        finder = open_finder(load_embedder(), built_in_words())
        answers = AnswerChain(self._given, finder, passage_at=self._passage_at)
        self._assistant = Assistant(answers, self._given)

    def _passage_at(self, document: Document, _offset: int) -> Passage:
        own = (p.passage for p in self._given.passages if p.document == document)
        return next(own)

    def ask(self, case: Case, passages: Sequence[str]) -> tuple[Prediction, float | None]:
        """The answer, and the answerer's confidence; as `evals.asking.ask`.

        Each passage is a document of its own, without title, named by its id; blank ones and
        repetitions are left out.
        """
        given = dict.fromkeys(text for text in passages if text.strip())
        self._given.passages = [as_passage(text) for text in given]
        documents = {p.document.document_id: p.document for p in self._given.passages}
        prediction, confidence = ask_assistant(
            self._assistant, case, document_of=documents.__getitem__
        )
        # As they were given, not as they were ordered.
        given_records = retrieved_records(self._given.passages)
        return prediction.model_copy(update={"retrieved": given_records}), confidence


def as_passage(text: str) -> RetrievedPassage:
    """A given passage as a document of its own."""
    document_id = derive_document_id(collection=_COLLECTION, source=text)
    return RetrievedPassage(
        document=Document(
            document_id=document_id,
            collection=_COLLECTION,
            source=document_id,
            file_name=document_id,
            text=text,
            metadata=Metadata(title=""),
        ),
        passage=Passage(
            passage_id=document_id,
            document_id=document_id,
            index=0,
            span=Span(0, len(text)),
            text=text,
        ),
        score=1.0,
    )
