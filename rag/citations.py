"""Ties sentences of an answer to spans of documents, and proves it."""

from collections.abc import Sequence

from rag.documents import Citation, Document, Evidence
from rag.errors import CitationError
from rag.text import Span


def document_date(document: Document) -> str | None:
    """Publication date, else event date, as PartialDate writes it."""
    date = document.metadata.published_date or document.metadata.event_date
    return None if date is None else str(date)


def cite(marker: int, evidence: Evidence) -> Citation:
    """A citation of the whole span of `evidence`, not yet verified."""
    document, span = evidence.document, evidence.span
    speaker = document.speaker_at(span)
    return Citation(
        marker=marker,
        document_id=document.document_id,
        title=document.metadata.title,
        kind=document.metadata.kind,
        speaker=speaker.name if speaker else None,
        date=document_date(document),
        publisher=document.metadata.publisher or document.metadata.issuer,
        page=document.page_at(span.start),
        passage_id=evidence.passage.passage_id,
        start=span.start,
        end=span.end,
        quote=evidence.text,
    )


def verify(citations: Sequence[Citation], documents: dict[str, Document]) -> tuple[Citation, ...]:
    """The citations, each compared with its document.

    Args:
        citations: In any order.
        documents: By id; every document that is cited.

    Raises:
        CitationError: A citation names a document that is not there, or its quote is not
            what stands at its span: a defect of this program, never shown to a reader.
    """
    for citation in citations:
        document = documents.get(citation.document_id)
        span = Span(citation.start, citation.end)
        if document is None or not len(span) or span.of(document.text) != citation.quote:
            message = f"引用 [{citation.marker}] 与文件 {citation.document_id} 的原文不符"
            raise CitationError(message)
    return tuple(citations)
