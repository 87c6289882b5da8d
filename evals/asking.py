"""Puts a question to the assistant the way a user would, and writes down what came back."""

import time
from collections.abc import Callable, Iterable, Iterator

from evals.records import Case, CitationRecord, Prediction, RetrievedRecord
from rag.answering import AnswerDone, Assistant, EvidenceFound
from rag.assembly import System
from rag.documents import Answer, Document, RetrievedPassage, Turn

DocumentOf = Callable[[str], Document]


def ask(system: System, case: Case) -> tuple[Prediction, float | None]:
    """The answer with the passages it was looked for in, and the confidence of the answerer.

    `ms` is what a user waits for: from the question to the whole answer.
    """
    return ask_assistant(system.assistant, case, document_of=system.catalog.document)


def ask_assistant(
    assistant: Assistant, case: Case, *, document_of: DocumentOf
) -> tuple[Prediction, float | None]:
    """As `ask`, of any assistant; `document_of` gives the document of an id."""
    history = [Turn(role=m.role, content=m.content) for m in case.history]
    since = time.perf_counter()
    events = list(assistant.stream(case.question, history=history))
    milliseconds = (time.perf_counter() - since) * 1000
    found = [p for e in events if isinstance(e, EvidenceFound) for p in e.passages]
    (answer,) = (e.answer for e in events if isinstance(e, AnswerDone))
    prediction = Prediction(
        id=case.id,
        task=case.task,
        noise=case.noise,
        question=case.question,
        status=answer.status.value,
        text=answer.text,
        citations=tuple(_citations(answer, document_of)),
        retrieved=retrieved_records(found),
        ms=round(milliseconds, 2),
    )
    return prediction, answer.confidence


def _citations(answer: Answer, document_of: DocumentOf) -> Iterator[CitationRecord]:
    for citation in answer.citations:
        document = document_of(citation.document_id)
        yield CitationRecord(
            marker=citation.marker,
            document=document.file_name,
            start=citation.start,
            end=citation.end,
            quote=citation.quote,
            valid=document.text[citation.start : citation.end] == citation.quote,
        )


def retrieved_records(found: Iterable[RetrievedPassage]) -> tuple[RetrievedRecord, ...]:
    """What was found, as a prediction states it, in the same order."""
    return tuple(
        RetrievedRecord(
            id=one.passage.passage_id,
            document=one.document.file_name,
            text=one.passage.text,
            score=round(one.score, 6),
        )
        for one in found
    )
