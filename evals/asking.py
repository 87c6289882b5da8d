"""Puts a question to the assistant the way a user would, and writes down what came back."""

import time

from evals.records import Case, CitationRecord, Prediction, RetrievedRecord
from rag.answering import AnswerDone, EvidenceFound
from rag.assembly import System
from rag.documents import Answer, RetrievedPassage, Turn


def ask(system: System, case: Case) -> tuple[Prediction, float | None]:
    """The answer with the passages it was looked for in, and the confidence of the answerer.

    `ms` is what a user waits for: from the question to the whole answer.
    """
    history = [Turn(role=m.role, content=m.content) for m in case.history]
    since = time.perf_counter()
    events = list(system.assistant.stream(case.question, history=history))
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
        citations=_citations(system, answer),
        retrieved=tuple(_retrieved(passage) for passage in found),
        ms=round(milliseconds, 2),
    )
    return prediction, answer.confidence


def _citations(system: System, answer: Answer) -> tuple[CitationRecord, ...]:
    records = list[CitationRecord]()
    for citation in answer.citations:
        document = system.catalog.document(citation.document_id)
        records.append(
            CitationRecord(
                marker=citation.marker,
                document=document.file_name,
                start=citation.start,
                end=citation.end,
                quote=citation.quote,
                valid=document.text[citation.start : citation.end] == citation.quote,
            )
        )
    return tuple(records)


def _retrieved(found: RetrievedPassage) -> RetrievedRecord:
    return RetrievedRecord(
        id=found.passage.passage_id,
        document=found.document.file_name,
        text=found.passage.text,
        score=round(found.score, 6),
    )
