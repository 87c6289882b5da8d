"""Where a command gets its results: from the data folder, or from the server that owns it."""

from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Protocol

from rag.answering import AnswerObserver
from rag.documents import Answer
from rag.errors import DataFolderInUseError
from rag.ownership import Ownership
from rag.quotations.quotation import Finding
from rag.settings import Settings
from ui.api.conversation_schemas import ConversationDetail, ConversationItem, ConversationList
from ui.api.document_schemas import DocumentDetail, DocumentList
from ui.api.quotation_schemas import (
    QuotationResults,
    QuotationSearchBody,
    VerificationBody,
    VerificationResult,
)
from ui.api.schemas import FiltersBody, QuestionBody, SearchBody, SearchResults
from ui.conversations.desk import Export, ExportForm


class Desk(Protocol):
    """What commands ask for; both kinds give the bodies of the API."""

    def answer(self, body: QuestionBody) -> Answer:
        """The answer to a question, saved where `body` names a conversation."""
        ...

    def search(self, body: SearchBody) -> SearchResults:
        """Passages, best first."""
        ...

    def verify(self, body: VerificationBody) -> VerificationResult:
        """What the library knows about a quotation; WenceError where it is none."""
        ...

    def quotations(self, body: QuotationSearchBody) -> QuotationResults:
        """Places that hold words, or the like; WenceError where there are none to look up."""
        ...

    def check(self, text: str) -> Sequence[Finding]:
        """What was checked in a draft, and what came of it, in order of place."""
        ...

    def documents(self, filters: FiltersBody, *, limit: int | None = None) -> DocumentList:
        """Documents, at most `limit`; None for all."""
        ...

    def document(self, document_id: str) -> DocumentDetail:
        """A document; DocumentNotFoundError where there is none."""
        ...

    def remove(self, document_id: str) -> None:
        """Remove a document everywhere; DocumentNotFoundError where there is none."""
        ...

    def start_conversation(self) -> ConversationItem:
        """A new conversation; ConversationClosedError where none are saved."""
        ...

    def conversations(self, query: str = "", *, limit: int | None = None) -> ConversationList:
        """Conversations, the last one continued first, at most `limit`; None for all."""
        ...

    def conversation(self, conversation_id: str) -> ConversationDetail:
        """A conversation with all its turns; ConversationNotFoundError where there is none."""
        ...

    def rename_conversation(self, conversation_id: str, title: str) -> ConversationItem:
        """Give it another title; ConversationNotFoundError where there is none."""
        ...

    def remove_conversation(self, conversation_id: str) -> None:
        """Delete it; ConversationNotFoundError where there is none."""
        ...

    def export_conversation(self, conversation_id: str, *, form: ExportForm) -> Export:
        """The whole of it as a file; ConversationNotFoundError where there is none."""
        ...


@contextmanager
def open_desk(
    settings: Settings, *, program: str, observers: Sequence[AnswerObserver] = ()
) -> Generator[Desk]:
    """The data folder's desk if this process can own it, else that of the server that does.

    A folder in which nothing was ever stored gets the built-in library first. `observers` are
    told of the answers that this process gives: a server tells its own.

    Raises:
        DataFolderInUseError: The owner is no server.
    """
    with ExitStack() as stack:
        desk: Desk
        try:
            # Only asked for, to find a server before a second goes into opening what it owns.
            Ownership(settings.data, program=program).release()
            from ui.terminal.local_desk import (
                open_local_desk,  # deferred: a client needs none of it
            )

            desk = stack.enter_context(
                open_local_desk(settings, program=program, observers=observers)
            )
        except DataFolderInUseError as error:
            if error.url is None:
                raise
            from ui.terminal.client import ServerClient  # deferred: local work needs none of it

            desk = stack.enter_context(ServerClient(error.url))
        yield desk
