"""What the API and the page need from behind them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

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
from ui.conversations.desk import ConversationDesk


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


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingFile:
    """An uploaded file.

    Attributes:
        path: Where its bytes are, until it was taken in.
        source: What identifies it within its collection, "upload:…" by default.
        file_name: The name a user would recognise.
    """

    path: Path
    source: str
    file_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeOutcome:
    """What became of an uploaded file.

    Attributes:
        document_ids: The documents it became; empty when it failed.
        reason: Why it failed, in Chinese, else None.
    """

    file_name: str
    status: Literal["added", "replaced", "unchanged", "failed"]
    document_ids: tuple[str, ...] = ()
    reason: str | None = None


class Intake(Protocol):
    """Takes documents in and removes them."""

    def take_in(self, files: Sequence[IncomingFile], *, collection: str) -> list[IntakeOutcome]:
        """One outcome for each file, in order; a file that fails does not stop the others."""
        ...

    def remove(self, document_id: str) -> None:
        """Remove a document everywhere; DocumentNotFoundError where there is none."""
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
    unready_reasons: Callable[[], Sequence[str]]
    max_file_bytes: int
