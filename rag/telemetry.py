"""How an answer came about: what is measured of it, without a word of what was asked.

The steps of an answer note what they do in the record of that answer, which whoever asked for it
set down beforehand (`Assistant.observed_by`). Where nobody observes, nothing is noted.
"""

import time
from collections.abc import Generator, Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from rag.documents import Answer

_Item = TypeVar("_Item")


class Stage(StrEnum):
    """A step of an answer that takes time: a closed list."""

    RETRIEVE = "retrieve"
    RANK = "rank"
    COMPOSE = "compose"
    EXTRACT = "extract"


class FallBack(StrEnum):
    """Why an answer consists of spans although a chat model was to write it."""

    NOT_CONFIGURED = "not_configured"
    UNREACHABLE = "unreachable"
    BUSY = "busy"
    REFUSED = "refused"
    SERVER_ERROR = "server_error"
    TOO_SLOW = "too_slow"
    EMPTY = "empty"
    UNSUPPORTED = "unsupported"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTime:
    """When a stage was begun, in nanoseconds since 1970, and how long it took."""

    stage: Stage
    started_ns: int
    duration_ns: int


@dataclass(slots=True, kw_only=True)
class AnswerRecord:
    """What is noted of one answer.

    Attributes:
        started_ns: When it was begun, in nanoseconds since 1970.
        duration_ns: How long it took; 0 while it goes on.
        stages: In the order in which they ended; one that failed too.
        answer: None where there is none: it failed, or nobody waited for it.
        error: Name of the class of what it failed with; None where nothing did.
        fall_back: Why the chat model did not write it; None where it did, or was not to.
        unsupported: How many sentences of the chat model nothing bears out.
        retries: How often the chat model was asked again.
    """

    started_ns: int = field(default_factory=time.time_ns)
    duration_ns: int = 0
    stages: list[StageTime] = field(default_factory=list[StageTime])
    answer: Answer | None = None
    error: str | None = None
    fall_back: FallBack | None = None
    unsupported: int = 0
    retries: int = 0

    def next_of(self, items: Iterator[_Item]) -> _Item | None:
        """The next item, None at the end; what is noted meanwhile is noted here.

        Each item is asked for in a thread of its own, maybe.
        """
        token = _record.set(self)
        try:
            return next(items, None)
        finally:
            _record.reset(token)


_record: ContextVar[AnswerRecord | None] = ContextVar("answer_record", default=None)


@contextmanager
def stage(name: Stage, timings_ms: MutableMapping[str, float]) -> Generator[None]:
    """Time a stage: into `timings_ms`, to a tenth of a millisecond, and into the record."""
    record = _record.get()
    started_ns, since = time.time_ns(), time.perf_counter_ns()
    try:
        yield
    finally:
        duration_ns = time.perf_counter_ns() - since
        timings_ms[name.value] = round(duration_ns / 1e6, 1)
        if record is not None:
            record.stages.append(
                StageTime(stage=name, started_ns=started_ns, duration_ns=duration_ns)
            )


def note_fall_back(reason: FallBack) -> None:
    """The answer will consist of spans, though the chat model was to write it."""
    if (record := _record.get()) is not None:
        record.fall_back = reason


def note_unsupported(sentences: int) -> None:
    """So many sentences of the chat model are not borne out by what they cite."""
    if (record := _record.get()) is not None:
        record.unsupported += sentences


def note_retry() -> None:
    """The chat model is asked again."""
    if (record := _record.get()) is not None:
        record.retries += 1
