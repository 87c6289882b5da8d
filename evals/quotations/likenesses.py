"""Quotations that concern several documents: near the same wording, and two put together."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Final

from evals.quotations.cutting import Made, statements
from evals.quotations.draws import draw, shuffled
from evals.quotations.library import Library
from rag.documents import Document

ALIKE: Final = 0.6
_LEAST, _MOST = 10, 70


def make_near_twin(library: Library, document: Document) -> Iterator[Made]:
    """Sentences that stand in one document and nearly so in another."""
    for span in shuffled(statements(document), "twin", document.metadata.title):
        text = span.of(document.text)
        if len(library.oracle.holding(text)) == 1 and _has_twin(library, document, text):
            yield Made(text=text, source=span)


def _has_twin(library: Library, document: Document, text: str) -> bool:
    matcher = SequenceMatcher(b=text, autojunk=False)
    for other in library.documents:
        if other.document_id == document.document_id:
            continue
        for span in statements(other):
            matcher.set_seq1(span.of(other.text))
            quick = matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE
            if quick and matcher.ratio() >= ALIKE:
                return True
    return False


def make_composed(library: Library, document: Document) -> Iterator[Made]:
    """A sentence of one document and one of another, or the beginning of the one and the end of
    the other, as if they were said together.
    """
    half = library.of_half(library.halves[document.document_id])
    others = [one for one in half if one.document_id != document.document_id]
    for span in shuffled(statements(document), "composed", document.metadata.title):
        first = span.of(document.text)
        fitting = _fitting(others[draw(len(others), "with", first)]) if others else []
        if fitting and _LEAST <= len(first) <= _MOST:
            second = fitting[draw(len(fitting), "second", first)]
            yield Made(text=_joined(first, second), source=span)


def _fitting(document: Document) -> list[str]:
    texts = [span.of(document.text) for span in statements(document)]
    return [text for text in texts if _LEAST <= len(text) <= _MOST]


def _joined(first: str, second: str) -> str:
    beginning, _, _ = first.rstrip("。").partition("，")
    _, comma, end = second.rpartition("，")
    if draw(2, "halves", first) and comma and min(len(beginning), len(end)) >= _LEAST:
        return f"{beginning}，{end}"
    return first.rstrip("。") + "。，；"[draw(3, "joined", first)] + second
