"""Saved conversations: what is kept of them, and what has become of their citations since."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rag.documents import (
    Answer,
    AnswerMode,
    Citation,
    Document,
    Filters,
    Metadata,
    PartialDate,
    Turn,
)
from rag.quotations.quotation import Reference
from rag.quotations.references import reference_to
from rag.text import Span, fold

LONGEST_TITLE = 200
"""Of a title that somebody gives."""
LONGEST_MADE_TITLE = 40
"""Of one that is made from a question."""
MOST_SEARCH_WORDS = 10

# Control characters, line separators, and what is invisible or turns the direction of writing.
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]+"
)
_PAUSE = re.compile(r"[，,。；;：:、！!？?）)》」”\s]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedTurn:
    """A question and what was answered, as it was then.

    Attributes:
        mode: Who was asked to write; `answer.mode` says who wrote.
        asked: When, with its time zone.
    """

    question: str
    answer: Answer
    filters: Filters = Filters()
    mode: AnswerMode = AnswerMode.AUTO
    asked: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedConversation:
    """A conversation without its turns.

    Attributes:
        conversation_id: 32 random hexadecimal digits: who knows one cannot guess another.
        title: From the first question, or as it was renamed; empty before either.
        updated: When its last turn was saved, else when it began. Renaming leaves it.
        turn_count: How many questions were asked.
    """

    conversation_id: str
    title: str
    created: datetime
    updated: datetime
    turn_count: int


class CitationState(StrEnum):
    """What has become of a saved citation: a closed list.

    VALID: the quote stands where it stood. MOVED: elsewhere in the same document, once.
    CHANGED: the document is there, but the quote is not, or at several other places.
    GONE: the document is not there.
    """

    VALID = "valid"
    MOVED = "moved"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedCitation:
    """A saved citation held against the document as it is now.

    Attributes:
        citation: As it was saved.
        span: Where the quote stands now; None unless valid or moved.
        page: On which page that is, where the file has pages; else as it was saved.
        reference: To the document as it is now where the quote still stands in it, else to
            what was cited then, as far as the citation tells.
    """

    citation: Citation
    state: CitationState
    span: Span | None
    page: int | None
    reference: Reference


def check_citation(citation: Citation, document: Document | None) -> CheckedCitation:
    """What has become of `citation`; `document` is that of its id, None where it is gone."""
    span = None if document is None else _place_of(citation, document.text)
    if document is None or span is None:
        return CheckedCitation(
            citation=citation,
            state=CitationState.GONE if document is None else CitationState.CHANGED,
            span=None,
            page=citation.page,
            reference=_reference_as_saved(citation),
        )
    is_valid = span == Span(citation.start, citation.end)
    page = document.page_at(span.start)
    return CheckedCitation(
        citation=citation,
        state=CitationState.VALID if is_valid else CitationState.MOVED,
        span=span,
        page=page,
        reference=reference_to(document, page=page, speaker=citation.speaker),
    )


def _place_of(citation: Citation, text: str) -> Span | None:
    """Where the quote stands: where it stood, else at the only place that holds it."""
    quote = citation.quote
    if not quote:
        return None
    if citation.start >= 0 and text[citation.start : citation.end] == quote:
        return Span(citation.start, citation.end)
    first = text.find(quote)
    if first < 0 or text.find(quote, first + 1) >= 0:
        return None
    return Span(first, first + len(quote))


def _reference_as_saved(citation: Citation) -> Reference:
    metadata = Metadata(
        title=citation.title,
        kind=citation.kind,
        publisher=citation.publisher,
        published_date=_date(citation.date),
    )
    document = Document(
        document_id=citation.document_id,
        collection="",
        source="",
        file_name="",
        text="",
        metadata=metadata,
    )
    return reference_to(document, page=citation.page, speaker=citation.speaker)


def _date(text: str | None) -> PartialDate | None:
    try:
        return PartialDate.parse(text) if text else None
    except ValueError:
        return None


def _on_one_line(text: str) -> str:
    return " ".join(_UNSEEN.sub(" ", text).split())


def title_from(question: str) -> str:
    """A title for a conversation that begins with `question`: one line, not empty.

    A long question is cut behind its last pause within LONGEST_MADE_TITLE characters, unless
    that would leave less than half of them.
    """
    line = _on_one_line(question)
    if len(line) <= LONGEST_MADE_TITLE:
        return line or "未命名对话"
    pauses = [match.start() for match in _PAUSE.finditer(line, 0, LONGEST_MADE_TITLE)]
    end = pauses[-1] if pauses else 0
    return line[: end if 2 * end >= LONGEST_MADE_TITLE else LONGEST_MADE_TITLE - 1].rstrip() + "…"


def checked_title(title: str) -> str:
    """A title that somebody gives, on one line and without what cannot be seen.

    Raises:
        ValueError: Nothing is left of it, or it is too long.
    """
    line = _on_one_line(title)
    if not line:
        raise ValueError("标题不能为空")
    if len(line) > LONGEST_TITLE:
        message = f"标题太长：{len(line)} 字，最多 {LONGEST_TITLE} 字"
        raise ValueError(message)
    return line


def search_words(query: str) -> tuple[str, ...]:
    """What a search looks for, each in the form that texts are compared in.

    Words are parted by white space; each must stand somewhere in title, questions or answers.

    Raises:
        ValueError: There are too many.
    """
    words = tuple(dict.fromkeys(filter(None, map(fold, query.split()))))
    if len(words) > MOST_SEARCH_WORDS:
        message = f"检索词太多：{len(words)} 个，最多 {MOST_SEARCH_WORDS} 个"
        raise ValueError(message)
    return words


def history_of(turns: Iterable[SavedTurn]) -> tuple[Turn, ...]:
    """Saved turns as the history of the next question, in the same order."""
    return tuple(
        turn
        for saved in turns
        for turn in (
            Turn(role="user", content=saved.question),
            Turn(role="assistant", content=saved.answer.text),
        )
    )
