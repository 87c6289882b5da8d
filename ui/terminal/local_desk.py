"""The data folder's own desk: this process owns it and does the work itself."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from ingest.indexing import remove_documents
from rag.answering import AnswerObserver
from rag.assembly import System, open_system
from rag.documents import Answer
from rag.errors import WenceError
from rag.quotations.quotation import Finding
from rag.settings import Settings
from rag.storage import holds_catalog
from ui.api.conversation_schemas import (
    ConversationDetail,
    ConversationItem,
    ConversationList,
)
from ui.api.document_schemas import (
    DocumentDetail,
    DocumentItem,
    DocumentList,
    document_detail,
    document_item,
)
from ui.api.quotation_schemas import (
    QuotationResults,
    QuotationSearchBody,
    VerificationBody,
    VerificationResult,
)
from ui.api.schemas import (
    MAX_LIMIT,
    FiltersBody,
    QuestionBody,
    SearchBody,
    SearchResults,
    search_items,
)
from ui.conversations.asking import prepared
from ui.conversations.desk import ConversationDesk, Export, ExportForm
from ui.drafts.wording import in_order
from ui.intake import bring_up_to_date
from ui.terminal.output import print_note
from ui.terminal.progress_display import shown_progress


class LocalDesk:
    """Answers from an open system with the bodies of the API.

    Args:
        system: Which.
        saves_conversations: Whether new turns of conversations are kept.
    """

    def __init__(self, system: System, *, saves_conversations: bool = True) -> None:
        self._system = system
        self._conversations = ConversationDesk(
            system.catalog.conversations, system.catalog, is_saving=saves_conversations
        )

    def answer(self, body: QuestionBody) -> Answer:
        """The answer to a question, saved where `body` names a conversation."""
        put = prepared(body, self._conversations)
        asked = put.request
        answer = self._system.assistant.answer(
            asked.question,
            history=asked.history,
            filters=asked.filters,
            mode=asked.mode,
            model=asked.model,
        )
        return self._conversations.saved(
            answer, asked, conversation_id=body.conversation_id, note=put.note
        )

    def search(self, body: SearchBody) -> SearchResults:
        """Passages, best first."""
        found = self._system.assistant.search(
            body.query, filters=body.filters.filters(), limit=body.limit
        )
        return SearchResults(items=search_items(found))

    def verify(self, body: VerificationBody) -> VerificationResult:
        """What the library knows about a quotation; WenceError where it is none."""
        try:
            found = body.verify_by(self._system.verifier)
        except ValueError as error:
            raise WenceError(str(error)) from error
        return VerificationResult.of(found)

    def quotations(self, body: QuotationSearchBody) -> QuotationResults:
        """Places that hold words, or the like; WenceError where there are none to look up."""
        try:
            found = body.look_up_in(self._system.quotations)
        except ValueError as error:
            raise WenceError(str(error)) from error
        return QuotationResults.of(found)

    def check(self, text: str) -> Sequence[Finding]:
        """What was checked in a draft, and what came of it, in order of place."""
        return in_order(self._system.drafts.check(text))

    def documents(self, filters: FiltersBody, *, limit: int | None = None) -> DocumentList:
        """Documents, at most `limit`; None for all."""
        items = list[DocumentItem]()
        cursor: str | None = None
        while True:
            wanted = MAX_LIMIT if limit is None else min(MAX_LIMIT, limit - len(items))
            entries, cursor = self._system.catalog.list_documents(
                filters.filters(), limit=wanted, cursor=cursor
            )
            items += [document_item(entry) for entry in entries]
            if cursor is None or (limit is not None and len(items) >= limit):
                return DocumentList(items=items, next=cursor)

    def document(self, document_id: str) -> DocumentDetail:
        """A document; DocumentNotFoundError where there is none."""
        catalog = self._system.catalog
        document = catalog.document(document_id)
        return document_detail(document, catalog.passages(document_id))

    def remove(self, document_id: str) -> None:
        """Remove a document everywhere; DocumentNotFoundError where there is none."""
        with shown_progress() as progress:
            remove_documents(self._system.storage, [document_id], progress)

    def start_conversation(self) -> ConversationItem:
        """A new conversation; ConversationClosedError where none are saved."""
        return ConversationItem.of(self._conversations.start())

    def conversations(self, query: str = "", *, limit: int | None = None) -> ConversationList:
        """Conversations, the last one continued first, at most `limit`; None for all."""
        items = list[ConversationItem]()
        cursor: str | None = None
        while True:
            wanted = MAX_LIMIT if limit is None else min(MAX_LIMIT, limit - len(items))
            found, cursor = self._conversations.list_conversations(
                query, limit=wanted, cursor=cursor
            )
            items += [ConversationItem.of(one) for one in found]
            if cursor is None or (limit is not None and len(items) >= limit):
                return ConversationList(items=items, next=cursor)

    def conversation(self, conversation_id: str) -> ConversationDetail:
        """A conversation with all its turns; ConversationNotFoundError where there is none."""
        return ConversationDetail.of_open(self._conversations.open(conversation_id))

    def rename_conversation(self, conversation_id: str, title: str) -> ConversationItem:
        """Give it another title; ConversationNotFoundError where there is none."""
        return ConversationItem.of(self._conversations.rename(conversation_id, title))

    def remove_conversation(self, conversation_id: str) -> None:
        """Delete it; ConversationNotFoundError where there is none."""
        self._conversations.delete(conversation_id)

    def export_conversation(self, conversation_id: str, *, form: ExportForm) -> Export:
        """The whole of it as a file; ConversationNotFoundError where there is none."""
        return self._conversations.export(conversation_id, form=form)


@contextmanager
def open_ready_system(settings: Settings, *, program: str) -> Generator[System]:
    """Own the data folder for the length of the block, with nothing left to do in it.

    A folder in which nothing was ever stored gets the built-in library; what a killed process
    left undone is done.

    Raises:
        DataFolderInUseError: Another process owns the folder.
        WenceError: As `rag.assembly.open_system`.
    """
    is_new = not holds_catalog(settings.data)
    with open_system(settings, program=program) as system:
        if is_new:
            print_note(f"数据目录 {settings.data} 还没有内容，先建好内置资料库……")
        with shown_progress() as progress:
            bring_up_to_date(system.storage, with_library=is_new, progress=progress)
        yield system


@contextmanager
def open_local_desk(
    settings: Settings, *, program: str, observers: Sequence[AnswerObserver] = ()
) -> Generator[LocalDesk]:
    """As `open_ready_system`, with the desk that works on it; `observers` are told of answers."""
    with open_ready_system(settings, program=program) as system:
        observed = replace(system, assistant=system.assistant.observed_by(*observers))
        yield LocalDesk(observed, saves_conversations=settings.save_conversations)
