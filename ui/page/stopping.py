"""Answers under way on a page, which end when another conversation is turned to.

Gradio can cancel events too, but when it does while an answer streams, the request of the event
that cancels is lost about every other time.
"""

import threading
from collections.abc import Generator
from contextlib import contextmanager

import gradio


class AnswersUnderWay:
    """By the session of the page, of which each answers one question at a time."""

    def __init__(self) -> None:
        self._stops = dict[str, threading.Event]()
        self._lock = threading.Lock()

    @contextmanager
    def answering(self, session: str) -> Generator[threading.Event]:
        """An event that is set once nothing more of this answer may be shown."""
        stop = threading.Event()
        with self._lock:
            self._stops[session] = stop
        try:
            yield stop
        finally:
            with self._lock:
                if self._stops.get(session) is stop:
                    del self._stops[session]

    def stop(self, session: str) -> None:
        """End what the session is answering, if it is."""
        with self._lock:
            stop = self._stops.get(session)
        if stop is not None:
            stop.set()


def session_of(request: gradio.Request) -> str:
    """Which open page a request comes from."""
    return request.session_hash or ""
