"""Cuts documents into stretches that somebody might quote."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from evals.quotations.draws import draw, shuffled
from rag.documents import Document
from rag.text import Span, sentence_spans, trimmed_span

_NUMBER = re.compile(r"[0-9.]")
_CLAUSE_END = re.compile(r"[，；。！？]")
_SHORTEST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A quotation made from a document.

    Attributes:
        source: The words it was made from; None where they are not one stretch.
    """

    text: str
    source: Span | None
    speaker: str | None = None


def statements(document: Document, *, within: Span | None = None) -> list[Span]:
    """Its whole sentences of at least 12 characters, in order; headings are none."""
    return [
        span
        for span in sentence_spans(document.text, within=within)
        if len(span) >= _SHORTEST and re.search(r"[。！？][”」』]?$", span.of(document.text))
    ]


def parts_number(text: str, place: int) -> bool:
    """Whether a cut at `place` would part a number: who quotes 7 of 37 quotes another number."""
    around = text[max(place - 1, 0) : place + 1]
    return len(around) == 2 and all(map(_NUMBER.match, around))


def substring(document: Document, *key: object, shortest: int, longest: int) -> Span | None:
    """Any stretch, short ones as often as long ones; it parts no number and has no white space
    at its ends.

    None where what was drawn is then shorter than `shortest`, or the document is.
    """
    text = document.text
    ratio = min(longest, len(text)) / shortest
    if ratio < 1:
        return None
    size = round(shortest * math.exp(math.log(ratio) * draw(1000, *key, "size") / 999))
    start = draw(len(text) - size + 1, *key, "start")
    end = start + size
    while start < end and parts_number(text, start):
        start += 1
    while start < end and parts_number(text, end):
        end -= 1
    span = trimmed_span(text, Span(start, end))
    return span if len(span) >= shortest else None


def stretches(
    document: Document, *key: object, longest: int = 200, within: Span | None = None
) -> Iterator[Span]:
    """One to three whole sentences from each place where one begins, in an order that is drawn."""
    sentences = statements(document, within=within)
    for index in shuffled(range(len(sentences)), *key, document.metadata.title):
        first, wanted = sentences[index], draw(3, *key, document.metadata.title, index)
        last = first
        for following in sentences[index + 1 : index + 1 + wanted]:
            if following.end - first.start > longest:
                break
            last = following
        if last.end - first.start <= longest:
            yield Span(first.start, last.end)


def clause_ends(text: str) -> list[int]:
    """Where clauses end in `text`: places of the commas, semicolons and full stops."""
    return [match.start() for match in _CLAUSE_END.finditer(text)]
