"""From a question to a verified answer: the file to read first.

    question ─► query            rag.followups   what 那 and 它 mean
             ─► parts            rag.parts       one question for each thing asked
             ─► passages         rag.retrieval   words, bigrams, vectors; filters first
             ─► evidence         rag.evidence    sentences that answer, ranked, or none
             ─► what is answered rag.settling    the whole or its parts
             ─► text             rag.extraction  spans alone   |   rag.chat_model + rag.claims
             ─► citations        rag.citations   text[start:end] == quote, always

The steps are LangChain Runnables, put together in `rag.chain`.
"""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.documents import (
    Answer,
    AnswerMode,
    AnswerStatus,
    Citation,
    Filters,
    RetrievedPassage,
    Turn,
)
from rag.errors import ChatModelNotFoundError
from rag.retrieval import Retriever
from rag.telemetry import AnswerRecord

MAX_QUESTION_CHARS = 2000
NO_EVIDENCE_TEXT = "没有找到依据：库中的文件没有回答这个问题。"
NOTHING_ASKED_TEXT = (
    "没有看出要问什么。请用一句话写出问题，例如哪项改革从什么时候开始、由谁负责、有多少个机构。"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRequest:
    """What is asked, of which documents, and who shall write.

    Attributes:
        model: Name of a configured chat model; None for the default one.
    """

    question: str
    history: tuple[Turn, ...] = ()
    filters: Filters = Filters()
    mode: AnswerMode = AnswerMode.AUTO
    model: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFound:
    """Passages that will be looked through, best first; may be empty."""

    passages: tuple[RetrievedPassage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextAdded:
    """A further piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationsSettled:
    """Every citation of the answer, verified."""

    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDone:
    """The whole answer; always the last event."""

    answer: Answer


AnswerEvent = EvidenceFound | TextAdded | CitationsSettled | AnswerDone
AnswerObserver = Callable[[AnswerRecord], None]
"""Is told of each answer once: before the last event, or when it failed or was given up."""


class Chain(Protocol):
    """The chain of `rag.chain`, as far as the assistant knows it."""

    @property
    def chat_models(self) -> tuple[str, ...]:
        """Names of the chat models, the default one first."""
        ...

    def stream(self, request: AnswerRequest) -> Iterator[AnswerEvent]:
        """Events in order; the last is AnswerDone."""
        ...


def no_evidence(reason: str = "", *, mode: AnswerMode = AnswerMode.EXTRACTIVE) -> Answer:
    """The answer where nothing answers; `reason` is a note for the reader."""
    return Answer(
        status=AnswerStatus.NO_EVIDENCE,
        text=NO_EVIDENCE_TEXT,
        mode=mode,
        notes=(reason,) if reason else (),
    )


def nothing_asked() -> Answer:
    """The answer to what asks for nothing: a request for a question."""
    return Answer(status=AnswerStatus.DECLINED, text=NOTHING_ASKED_TEXT)


class Assistant:
    """Answers questions and finds passages; safe to call from several threads."""

    def __init__(
        self, chain: Chain, retriever: Retriever, *, observers: Sequence[AnswerObserver] = ()
    ) -> None:
        self._chain = chain
        self._retriever = retriever
        self._observers = tuple(observers)

    def observed_by(self, *observers: AnswerObserver) -> "Assistant":
        """The same assistant, each of whose answers these are told of, too."""
        return Assistant(self._chain, self._retriever, observers=(*self._observers, *observers))

    def answer(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = Filters(),
        mode: AnswerMode = AnswerMode.AUTO,
        model: str | None = None,
    ) -> Answer:
        """The whole answer at once.

        Raises:
            ValueError: The question is empty or too long.
            ChatModelNotFoundError: No chat model is called `model`.
        """
        events = self.stream(question, history=history, filters=filters, mode=mode, model=model)
        for event in events:
            if isinstance(event, AnswerDone):
                return event.answer
        raise AssertionError("a chain ends with AnswerDone")

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = Filters(),
        mode: AnswerMode = AnswerMode.AUTO,
        model: str | None = None,
    ) -> Iterator[AnswerEvent]:
        """Events as they come: EvidenceFound, TextAdded…, CitationsSettled, AnswerDone.

        Raises:
            ValueError: The question is empty or too long; before the first event.
            ChatModelNotFoundError: No chat model is called `model`; likewise.
        """
        events = self._chain.stream(
            AnswerRequest(
                question=_checked(question),
                history=tuple(history),
                filters=filters,
                mode=mode,
                model=self._known(model),
            )
        )
        return self._observed(events) if self._observers else events

    @property
    def chat_models(self) -> tuple[str, ...]:
        """Names of the chat models to choose from, the default one first; may be empty."""
        return self._chain.chat_models

    def _known(self, model: str | None) -> str | None:
        if model is None or model in self.chat_models:
            return model
        known = "、".join(self.chat_models)
        available = f"可用的有：{known}" if known else "还没有配置聊天模型（WENCE_CHAT_MODEL）"
        message = f"没有名为 {model[:100]} 的聊天模型，{available}"
        raise ChatModelNotFoundError(message)

    def search(
        self, query: str, *, filters: Filters = Filters(), limit: int = 10
    ) -> list[RetrievedPassage]:
        """Passages that match, best first.

        Raises:
            ValueError: The query is empty or too long, or `limit` is not positive.
        """
        if limit < 1:
            message = f"limit must be positive, got {limit!r}"
            raise ValueError(message)
        return self._retriever.retrieve(
            _checked(query), filters=filters, limit=limit, highlights=True
        )

    def _observed(self, events: Iterator[AnswerEvent]) -> Generator[AnswerEvent]:
        """The same events; the observers are told how the answer came about."""
        record, since = AnswerRecord(), time.perf_counter_ns()

        def tell() -> None:
            record.duration_ns = time.perf_counter_ns() - since
            for observer in self._observers:
                observer(record)

        try:
            while (event := record.next_of(events)) is not None:
                if isinstance(event, AnswerDone):
                    record.answer = event.answer
                    tell()
                yield event
        except Exception as error:
            record.error = type(error).__name__
            raise
        finally:
            if isinstance(events, Generator):
                events.close()  # a chat model that still writes must stop
            if record.answer is None:
                tell()


def _checked(question: str) -> str:
    stripped = question.strip()
    if not stripped:
        raise ValueError("问题是空的，请输入要问的内容")
    if len(stripped) > MAX_QUESTION_CHARS:
        message = f"问题太长：{len(stripped)} 字，最多 {MAX_QUESTION_CHARS} 字"
        raise ValueError(message)
    return stripped
