"""What users think of an answer, and which answers they can still say it of.

An answer's id is random, not derived: it must not tell what was asked, for where conversations
are not saved nothing of a question is kept, and two people who get the same answer rate it each.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from rag.answering import AnswerDone, AnswerEvent, AnswerRequest, Chain
from rag.documents import Answer, AnswerMode, AnswerStatus, Filters

REMEMBERED_ANSWERS = 2000
"""So many answers can be rated that no conversation keeps, the latest ones."""


class Rating(StrEnum):
    """Whether an answer helped."""

    HELPFUL = "helpful"
    UNHELPFUL = "unhelpful"


class Reason(StrEnum):
    """What was wrong with an answer, or right: a closed list.

    INCORRECT: it is not true. UNSUPPORTED: its citations do not bear it out. INCOMPLETE:
    something is missing. IRRELEVANT: it answers something else. NOT_FOUND: the documents hold
    the answer, and it was not found. OUTDATED: it was true once. OTHER: see the comment.
    """

    INCORRECT = "incorrect"
    UNSUPPORTED = "unsupported"
    INCOMPLETE = "incomplete"
    IRRELEVANT = "irrelevant"
    NOT_FOUND = "not_found"
    OUTDATED = "outdated"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a user says of an answer.

    Attributes:
        comment: In the user's words; empty for none.
        markers: Of the citations that it is about, rising; empty for the answer as a whole.
    """

    rating: Rating
    reason: Reason | None = None
    comment: str = ""
    markers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedText:
    """A question with its answer, word for word."""

    question: str
    filters: Filters
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """An answer that can be rated.

    Attributes:
        mode: Who wrote it; `model` names the chat model.
        markers: Those of its citations.
        text: None where nothing of the question may be kept.
    """

    answer_id: str
    status: AnswerStatus
    mode: AnswerMode
    model: str | None
    markers: frozenset[int]
    text: AskedText | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenFeedback:
    """Feedback with the answer it is about.

    Attributes:
        given: When it was last changed, with its time zone.
        conversation_id: That keeps the answer, if any: deleted with it, the feedback goes too.
    """

    feedback: Feedback
    about: GivenAnswer
    given: datetime
    conversation_id: str | None = None


class RecentAnswers:
    """The latest answers by id, in memory only; any thread may call it.

    Args:
        with_text: Whether questions and answers are remembered too, or only that there was one.
        most: So many are remembered.
    """

    def __init__(self, *, with_text: bool, most: int = REMEMBERED_ANSWERS) -> None:
        self._with_text = with_text
        self._most = most
        self._answers = OrderedDict[str, GivenAnswer]()
        self._lock = threading.Lock()

    def named(self, answer: Answer, asked: AnswerRequest) -> Answer:
        """The same answer with an id, under which it is remembered."""
        named = replace(answer, answer_id=uuid4().hex)
        given = given_answer(named, question=asked.question, filters=asked.filters)
        with self._lock:
            self._answers[given.answer_id] = given if self._with_text else replace(given, text=None)
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
        return named

    def find(self, answer_id: str) -> GivenAnswer | None:
        """The answer with the id, or None where it is not, or no longer, remembered."""
        with self._lock:
            return self._answers.get(answer_id)


def given_answer(answer: Answer, *, question: str, filters: Filters) -> GivenAnswer:
    """What feedback needs of an answer that has an id."""
    return GivenAnswer(
        answer_id=answer.answer_id or "",
        status=answer.status,
        mode=answer.mode,
        model=answer.model,
        markers=frozenset(one.marker for one in answer.citations),
        text=AskedText(question=question, filters=filters, answer=answer),
    )


class NamingChain:
    """A chain whose answers have ids and are remembered."""

    def __init__(self, chain: Chain, recent: RecentAnswers) -> None:
        self._chain = chain
        self._recent = recent

    @property
    def chat_models(self) -> tuple[str, ...]:
        """As of the chain."""
        return self._chain.chat_models

    def stream(self, request: AnswerRequest) -> Iterator[AnswerEvent]:
        """The events of the chain; the last one's answer has an id."""
        for event in self._chain.stream(request):
            if isinstance(event, AnswerDone):
                yield replace(event, answer=self._recent.named(event.answer, request))
            else:
                yield event
