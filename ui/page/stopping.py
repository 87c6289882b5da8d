"""Answers under way on a page: they end when stopped, or when it turns to another conversation.

Gradio can cancel events too, but when it does while an answer streams, the request of the event
that cancels is lost about every other time.
"""

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from queue import Empty, Queue

import gradio

from rag.answering import AnswerEvent
from rag.giving_up import give_up_when

_LOOK_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class UnderWay:
    """An answer under way.

    Attributes:
        stopped: Set once nothing more of it is to come.
        left: Set as well where the page shows something else by then.
    """

    stopped: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)


class AnswersUnderWay:
    """By the session of the page, of which each answers one question at a time."""

    def __init__(self) -> None:
        self._answers = dict[str, UnderWay]()
        self._lock = threading.Lock()

    @contextmanager
    def answering(self, session: str) -> Generator[UnderWay]:
        """An answer of the session, for the length of the block."""
        answer = UnderWay()
        with self._lock:
            self._answers[session] = answer
        try:
            yield answer
        finally:
            with self._lock:
                if self._answers.get(session) is answer:
                    del self._answers[session]

    def stop(self, session: str) -> None:
        """End what the session is answering, if it is; what there is of it stays to be seen."""
        with self._lock:
            answer = self._answers.get(session)
        if answer is not None:
            answer.stopped.set()

    def leave(self, session: str) -> None:
        """End what the session is answering, if it is, for the page turns to something else."""
        with self._lock:
            answer = self._answers.get(session)
        if answer is not None:
            answer.left.set()
            answer.stopped.set()


def session_of(request: gradio.Request) -> str:
    """Which open page a request comes from."""
    return request.session_hash or ""


def until_stopped(
    events: Iterator[AnswerEvent], is_stopped: Callable[[], bool]
) -> Generator[AnswerEvent]:
    """The same events, up to the moment when they are stopped.

    A chat model may be silent for a minute: so they are made by a thread of their own, which is
    left alone then, and gives the model up with its next sign of life. What fails there is raised
    here.
    """
    made = Queue[AnswerEvent | Exception | None]()
    is_given_up = threading.Event()
    arguments = (_make, events, made, is_given_up)
    threading.Thread(target=copy_context().run, args=arguments, name="answer", daemon=True).start()
    try:
        while not is_stopped():
            try:
                event = made.get(timeout=_LOOK_EVERY_S)
            except Empty:
                continue
            if isinstance(event, Exception):
                raise event
            if event is None:
                return
            yield event
    finally:
        is_given_up.set()


def _make(
    events: Iterator[AnswerEvent],
    made: "Queue[AnswerEvent | Exception | None]",
    is_given_up: threading.Event,
) -> None:
    """Hand events on, then None or what failed."""
    give_up_when(is_given_up.is_set)
    try:
        for event in events:
            made.put(event)
            if is_given_up.is_set():
                break
        made.put(None)
    except Exception as error:  # noqa: BLE001 - raised again by who waits
        made.put(error)
    finally:
        if isinstance(events, Generator):
            events.close()
