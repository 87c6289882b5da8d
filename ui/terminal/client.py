"""A client of a running 问策 server: what a command does when the server owns the data folder."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, TypeVar
from urllib.parse import quote, unquote

from pydantic import TypeAdapter

from rag.documents import Answer
from rag.quotations.quotation import Finding
from ui.api.conversation_schemas import (
    ConversationDetail,
    ConversationItem,
    ConversationList,
    TitleBody,
)
from ui.api.document_schemas import DocumentDetail, DocumentList
from ui.api.draft_schemas import DraftBody, DraftFindings
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
    UploadItem,
)
from ui.conversations.desk import Export, ExportForm
from ui.terminal.server_connection import CONVERSATIONS_PATH, ServerConnection
from ui.terminal.uploading import Upload, Uploading


class _Page(Protocol):
    """A page of a list, and the cursor of the next one or None."""

    @property
    def items(self) -> Sequence[object]: ...

    @property
    def next(self) -> str | None: ...


_AnyPage = TypeVar("_AnyPage", bound=_Page)


class ServerClient:
    """Calls the API of a server; a context manager.

    Every method may raise ServerError: the server is gone, refuses, or is no 问策 server; its
    message is the server's own explanation where it gave one.

    Args:
        url: Where the API listens: http://127.0.0.1:8000.
        timeout_s: Longest wait for a reply; taking files in and chat models take their time.
    """

    def __init__(self, url: str, *, timeout_s: float = 900) -> None:
        self._server = ServerConnection(url, timeout_s=timeout_s)
        self.url = self._server.url

    def answer(self, body: QuestionBody) -> Answer:
        """The answer to a question, saved where `body` names a conversation."""
        response = self._server.post("/v1/answers", body)
        return self._server.parsed(response, TypeAdapter(Answer))

    def search(self, body: SearchBody) -> SearchResults:
        """Passages, best first."""
        response = self._server.post("/v1/search", body)
        return self._server.parsed(response, TypeAdapter(SearchResults))

    def verify(self, body: VerificationBody) -> VerificationResult:
        """What the library knows about a quotation."""
        response = self._server.post("/v1/quotations/verify", body)
        return self._server.parsed(response, TypeAdapter(VerificationResult))

    def quotations(self, body: QuotationSearchBody) -> QuotationResults:
        """Places that hold words, or the like."""
        response = self._server.post("/v1/quotations/search", body)
        return self._server.parsed(response, TypeAdapter(QuotationResults))

    def check(self, text: str) -> Sequence[Finding]:
        """What was checked in a draft, and what came of it, in order of place."""
        response = self._server.post("/v1/drafts/check", DraftBody(text=text))
        return self._server.parsed(response, TypeAdapter(DraftFindings)).items

    def documents(self, filters: FiltersBody, *, limit: int | None = None) -> DocumentList:
        """Documents, at most `limit`; None for all, however many requests that takes."""
        parameters = filters.model_dump(mode="json", exclude_none=True)
        lists = TypeAdapter(DocumentList)
        pages = list(self._pages("/v1/documents", lists, parameters, limit=limit))
        items = [item for page in pages for item in page.items]
        return DocumentList(items=items, next=pages[-1].next)

    def document(self, document_id: str) -> DocumentDetail:
        """A document with its text.

        Raises:
            DocumentNotFoundError: There is none.
        """
        response = self._server.request("GET", _document_path(document_id))
        return self._server.parsed(response, TypeAdapter(DocumentDetail))

    def remove(self, document_id: str) -> None:
        """Remove a document everywhere.

        Raises:
            DocumentNotFoundError: There is none.
        """
        self._server.request("DELETE", _document_path(document_id))

    def start_conversation(self) -> ConversationItem:
        """A new conversation.

        Raises:
            ConversationClosedError: None are saved.
        """
        response = self._server.request("POST", CONVERSATIONS_PATH)
        return self._server.parsed(response, TypeAdapter(ConversationItem))

    def conversations(self, query: str = "", *, limit: int | None = None) -> ConversationList:
        """Conversations, the last one continued first, at most `limit`; None for all."""
        lists = TypeAdapter(ConversationList)
        pages = list(self._pages(CONVERSATIONS_PATH, lists, {"query": query}, limit=limit))
        items = [item for page in pages for item in page.items]
        return ConversationList(items=items, next=pages[-1].next)

    def conversation(self, conversation_id: str) -> ConversationDetail:
        """A conversation with all its turns.

        Raises:
            ConversationNotFoundError: There is none.
        """
        response = self._server.request(
            "GET", _conversation_path(conversation_id), params={"limit": MAX_LIMIT}
        )
        return self._server.parsed(response, TypeAdapter(ConversationDetail))

    def rename_conversation(self, conversation_id: str, title: str) -> ConversationItem:
        """Give it another title.

        Raises:
            ConversationNotFoundError: There is none.
        """
        body = TitleBody(title=title).model_dump(mode="json")
        response = self._server.request("PATCH", _conversation_path(conversation_id), json=body)
        return self._server.parsed(response, TypeAdapter(ConversationItem))

    def remove_conversation(self, conversation_id: str) -> None:
        """Delete it.

        Raises:
            ConversationNotFoundError: There is none.
        """
        self._server.request("DELETE", _conversation_path(conversation_id))

    def export_conversation(self, conversation_id: str, *, form: ExportForm) -> Export:
        """The whole of it as a file.

        Raises:
            ConversationNotFoundError: There is none.
        """
        path = f"{_conversation_path(conversation_id)}/export"
        response = self._server.request("GET", path, params={"as": form.value})
        named = response.headers.get("content-disposition", "").partition("filename*=UTF-8''")[2]
        # The server's name becomes that of a file here: no folder is in it.
        name = Path(unquote(named)).name or f"conversation.{form.value}"
        media_type = response.headers.get("content-type", "")
        return Export(file_name=name, media_type=media_type, content=response.content)

    def upload(
        self, uploads: Sequence[Upload], *, collection: str
    ) -> Iterator[list[tuple[Upload, UploadItem]]]:
        """Send files, batch by batch; what became of each, in order, as it becomes known."""
        return Uploading(self._server, collection=collection).send(uploads)

    def _pages(
        self,
        path: str,
        pages: TypeAdapter[_AnyPage],
        parameters: Mapping[str, object],
        *,
        limit: int | None,
    ) -> Iterator[_AnyPage]:
        """Pages that hold at most `limit` items together, one at the least; None for all."""
        held, cursor = 0, None
        while True:
            wanted = MAX_LIMIT if limit is None else min(MAX_LIMIT, limit - held)
            asked = {**parameters, "limit": wanted}
            if cursor is not None:
                asked["cursor"] = cursor
            page = self._server.parsed(self._server.request("GET", path, params=asked), pages)
            yield page
            held, cursor = held + len(page.items), page.next
            if cursor is None or (limit is not None and held >= limit):
                return

    def close(self) -> None:
        """Close the connections."""
        self._server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _conversation_path(conversation_id: str) -> str:
    return f"{CONVERSATIONS_PATH}/" + quote(conversation_id, safe="", errors="replace")


def _document_path(document_id: str) -> str:
    return "/v1/documents/" + quote(document_id, safe="", errors="replace")
