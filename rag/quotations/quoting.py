"""A place in a document → a Match: the words with all that a reader wants to know of them."""

import re
from typing import Final

from rag.citations import document_date
from rag.documents import AttributedSpeech, Document, Kind
from rag.quotations.attribution import speeches_at
from rag.quotations.quotation import DiffPiece, Match
from rag.quotations.references import reference_to
from rag.text import Span, sentence_spans

_LONGEST_CONTEXT: Final = 600
_OCCASION: Final = re.compile(
    r"(?:在|出席|主持召开|主持|召开的?)(?P<occasion>[^，。；：！？“”\s]{2,60}?"
    r"(?:会议|大会|全会|座谈会|动员会|推进会|部署会|研讨会|报告会|例会|现场会|论坛|仪式|典礼|培训班|研讨班|会见|会谈))"
    r"(?=上|时|并|开幕|闭幕|[，。：]|暨|的讲话|作|发表|强调|指出)"
)
_VISIT: Final = re.compile(
    r"(?:在|到|赴)(?P<occasion>[^，。；：！？“”\s]{1,20}(?:考察|调研|视察|检查)(?:工作)?)(?:时|中|期间)?"
)
_TITLE_SPEECH: Final = re.compile(
    r"(?:在|于)(?P<occasion>[^，。；：！？]{2,60}?)(?:上|时|中)?的(?:重要)?(?:讲话|致辞|报告|发言|演讲|说明)"
)


def quote(
    document: Document,
    span: Span,
    *,
    similarity: float = 1.0,
    diff: tuple[DiffPiece, ...] = (),
    preferred: AttributedSpeech | None = None,
) -> Match:
    """The words at `span`.

    Args:
        document: Where they stand.
        span: Not empty.
        similarity: With what was looked for.
        diff: From it, where it is not the same.
        preferred: Of several who say it together the one to name.
    """
    speeches = speeches_at(document, span)
    speech = preferred or (speeches[0] if speeches else None)
    speaker = speech.speaker if speech else None
    page = document.page_at(span.start)
    context = _context(document.text, span)
    metadata = document.metadata
    return Match(
        document_id=document.document_id,
        title=metadata.title,
        kind=metadata.kind,
        collection=document.collection,
        is_sample=metadata.is_sample,
        start=span.start,
        end=span.end,
        quote=span.of(document.text),
        context=context.of(document.text),
        context_start=context.start,
        speaker=speaker.name if speaker else None,
        office=speaker.office if speaker else None,
        occasion=_occasion(document, speech),
        date=document_date(document),
        publisher=metadata.publisher or metadata.issuer,
        page=page,
        similarity=similarity,
        reference=reference_to(document, page=page, speaker=speaker.name if speaker else None),
        diff=diff,
    )


def _context(text: str, span: Span) -> Span:
    """The sentences that `span` touches, and one before and behind them in the same paragraph."""
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end)
    paragraph = Span(max(start, span.start - _LONGEST_CONTEXT), len(text) if end < 0 else end)
    paragraph = Span(paragraph.start, min(paragraph.end, span.end + _LONGEST_CONTEXT))
    sentences = sentence_spans(text, within=paragraph)
    touched = [index for index, one in enumerate(sentences) if one.overlaps(span)]
    if not touched:
        return span
    first = sentences[max(0, touched[0] - 1)]
    last = sentences[min(len(sentences) - 1, touched[-1] + 1)]
    return Span(min(first.start, span.start), max(last.end, span.end))


def _occasion(document: Document, speech: AttributedSpeech | None) -> str | None:
    """Where it was said, by the words that introduce it, else by the title of a speech."""
    if speech is not None:
        introduction = speech.introduction.of(document.text)
        if len(introduction) < 200:
            for pattern in (_OCCASION, _VISIT):
                if found := pattern.search(introduction):
                    return found["occasion"]
    if document.metadata.kind is Kind.SPEECH and (
        found := _TITLE_SPEECH.search(document.metadata.title)
    ):
        return found["occasion"]
    return None
