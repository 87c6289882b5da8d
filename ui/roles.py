"""What the API and the page need from behind them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.answering import AnswerEvent
from rag.catalog_entries import DocumentEntry
from rag.documents import (
    Answer,
    AnswerMode,
    Document,
    Filters,
    Passage,
    RetrievedPassage,
    Turn,
)
from rag.quotations.quotation import Finding, LookUp, LookUpMode, Order, Verification
from rag.suggestions import Suggestion
from ui.conversations.desk import ConversationDesk
from ui.feedback.desk import FeedbackDesk
from ui.jobs.desk import JobDesk
from ui.jobs.incoming import Intake


class Answering(Protocol):
    """Answers questions and finds passages."""

    @property
    def chat_models(self) -> Sequence[str]:
        """Names of the chat models to choose from, the default one first; may be empty."""
        ...

    def answer(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = ...,
        mode: AnswerMode = ...,
        model: str | None = None,
    ) -> Answer:
        """The whole answer; ChatModelNotFoundError where no chat model is called `model`."""
        ...

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = ...,
        mode: AnswerMode = ...,
        model: str | None = None,
    ) -> Iterator[AnswerEvent]:
        """The answer as it comes about; raises as `answer`, before the first event."""
        ...

    def search(
        self, query: str, *, filters: Filters = ..., limit: int = 10
    ) -> list[RetrievedPassage]:
        """Passages, best first."""
        ...


class Verifying(Protocol):
    """Verifies quotations."""

    def verify(self, text: str, *, speaker: str | None = None, limit: int = ...) -> Verification:
        """What the library knows about a quotation; ValueError where it is none."""
        ...


class Quoting(Protocol):
    """Looks quotations up."""

    def look_up(
        self,
        text: str,
        *,
        mode: LookUpMode = ...,
        filters: Filters = ...,
        order: Order = ...,
        with_briefings: bool = False,
        limit: int = ...,
        skip: int = 0,
    ) -> LookUp:
        """Places that hold the words, or the like; ValueError where there are none to look up."""
        ...


class DraftChecking(Protocol):
    """Checks drafts."""

    def check(self, text: str) -> Sequence[Finding]:
        """What was checked in a draft, and what came of it."""
        ...


class DocumentShelf(Protocol):
    """Where documents are read from."""

    def document(self, document_id: str) -> Document:
        """The document; DocumentNotFoundError where there is none."""
        ...

    def passages(self, document_id: str) -> Sequence[Passage]:
        """Its passages, in order."""
        ...

    def list_documents(
        self, filters: Filters, *, limit: int, cursor: str | None = None
    ) -> tuple[Sequence[DocumentEntry], str | None]:
        """A page of the list and the cursor of the next one; ValueError for a bad cursor."""
        ...

    def collections(self) -> Mapping[str, int]:
        """How many documents each collection has, by name."""
        ...


class Suggesting(Protocol):
    """Knows questions that the library answers."""

    def suggestions(self, *, limit: int, collection: str | None = None) -> Sequence[Suggestion]:
        """At most `limit` of them, of one collection or all; may be empty."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Backing:
    """All that stands behind API and page.

    Attributes:
        unready_reasons: Why questions cannot be answered yet, in Chinese; empty when they can.
        max_file_bytes: An uploaded file may be so large.
    """

    assistant: Answering
    verifier: Verifying
    quotations: Quoting
    drafts: DraftChecking
    shelf: DocumentShelf
    intake: Intake
    conversations: ConversationDesk
    feedback: FeedbackDesk
    suggesting: Suggesting
    jobs: JobDesk
    unready_reasons: Callable[[], Sequence[str]]
    max_file_bytes: int
