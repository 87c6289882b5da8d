"""Suggestions made in the background: what documents answer is found out while nobody waits."""

import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Final

import structlog

from rag.asking import Candidate, candidates
from rag.catalog import Catalog
from rag.documents import AnswerMode
from rag.errors import DocumentNotFoundError, WenceError
from rag.suggestions import Suggestion, chosen, is_proven, spread
from ui.roles import Answering

_LOOK_EVERY_S: Final = 5.0
_SETTLING_S: Final = 10.0
"""A library that changes is left alone for so long after its last change."""
_REST: Final = 2.0
"""After each question it rests so many times as long as that took: people come first."""
_CLOSING_S: Final = 10.0

_log = structlog.get_logger()


class SuggestionDesk:
    """Questions that the documents of an open catalog answer; any thread may call it.

    What is listed was proven, and its document has not changed since. Another document's
    coming or going makes every question to be asked again, in the background.

    Args:
        catalog: Whose documents are asked about, and where the questions are kept.
        assistant: Answers them.
        settling_s: Seconds that a library must have been left alone for.
        look_every_s: How often it is looked at.
        rest: How long each question is rested for, in times of what it took.
    """

    def __init__(
        self,
        catalog: Catalog,
        assistant: Answering,
        *,
        settling_s: float = _SETTLING_S,
        look_every_s: float = _LOOK_EVERY_S,
        rest: float = _REST,
    ) -> None:
        self._catalog = catalog
        self._assistant = assistant
        self._settling_s = settling_s
        self._look_every_s = look_every_s
        self._rest = rest
        self._stopping = threading.Event()
        self._listed = dict[str | None, list[Suggestion]]()
        self._listed_at: tuple[int, int] | None = None
        self._written = 0
        self._lock = threading.Lock()

    def suggestions(self, *, limit: int, collection: str | None = None) -> Sequence[Suggestion]:
        """At most `limit` questions, of as many documents as there are any; empty for an empty
        library, and for one whose questions are not found yet.
        """
        with self._lock:
            now = (self._catalog.generation, self._written)
            if self._listed_at != now:
                self._listed, self._listed_at = {}, now
            if collection not in self._listed:
                kept = self._catalog.suggestions.listed(collection)
                self._listed[collection] = spread(kept)
            return self._listed[collection][:limit]

    @contextmanager
    def working(self) -> Generator[None]:
        """For the length of the block questions are made and proven in the background."""
        thread = threading.Thread(target=self._work, name="suggestions", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            thread.join(timeout=_CLOSING_S)

    def bring_up_to_date(self) -> None:
        """Make and prove what is to be made and proven, or part of it where the library changes
        meanwhile or the work is stopped.
        """
        if self._catalog.counts().pending:
            return
        generation, library = self._catalog.generation, self._catalog.suggestions.library()
        for document_id in self._catalog.suggestions.unproven(library):
            try:
                self._find(document_id, library)
            except DocumentNotFoundError:  # deleted meanwhile
                return
            if self._stopping.is_set() or self._catalog.generation != generation:
                return

    def _find(self, document_id: str, library: str) -> None:
        def proves(candidate: Candidate) -> bool:
            return not self._stopping.is_set() and self._proves(candidate, document_id)

        document = self._catalog.document(document_id)
        found = [(one.asked, one.question) for one in chosen(candidates(document), proves)]
        if not self._stopping.is_set():
            self._catalog.suggestions.keep(document_id, found, library=library)
            self._written += 1

    def _proves(self, candidate: Candidate, document_id: str) -> bool:
        since = time.perf_counter()
        answer = self._assistant.answer(candidate.question, mode=AnswerMode.EXTRACTIVE)
        self._stopping.wait((time.perf_counter() - since) * self._rest)
        return is_proven(candidate, answer, document_id=document_id)

    def _work(self) -> None:
        done, seen = -1, self._catalog.generation
        while not self._stopping.is_set():
            generation = self._catalog.generation
            if generation == seen and generation != done:
                try:
                    self.bring_up_to_date()
                except WenceError as error:
                    # Only the class: a message may hold a path.
                    _log.error("suggestions_not_made", reason=type(error).__name__)
                done = generation
            is_changing = generation != seen
            seen = generation
            self._stopping.wait(self._settling_s if is_changing else self._look_every_s)
