"""A client of a running 问策 server: what a command does when the server owns the data folder.

The server is this machine's own, so proxies of the environment are not used.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from http import HTTPStatus
from itertools import takewhile
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import quote, unquote

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from rag.documents import Answer
from rag.errors import (
    ChatModelNotFoundError,
    ConversationClosedError,
    ConversationNotFoundError,
    DocumentNotFoundError,
    ServerError,
    WenceError,
)
from rag.quotations.quotation import Finding
from ui.api.conversation_schemas import (
    ConversationDetail,
    ConversationItem,
    ConversationList,
    TitleBody,
)
from ui.api.document_schemas import DocumentDetail, DocumentItem, DocumentList
from ui.api.draft_schemas import DraftBody, DraftFindings
from ui.api.job_schemas import JobDetail
from ui.api.quotation_schemas import (
    QuotationResults,
    QuotationSearchBody,
    VerificationBody,
    VerificationResult,
)
from ui.api.schemas import (
    MAX_LIMIT,
    FiltersBody,
    ProblemBody,
    QuestionBody,
    SearchBody,
    SearchResults,
    UploadItem,
    UploadResults,
)
from ui.conversations.desk import Export, ExportForm

MAX_FILES_PER_REQUEST = 50
MAX_BYTES_PER_REQUEST = 32 * 2**20

_CONVERSATIONS = "/v1/conversations"
_answers = TypeAdapter(Answer)
_lists = TypeAdapter(DocumentList)
_jobs = TypeAdapter(JobDetail)
_IN_BACKGROUND = {"Prefer": "respond-async"}
_SECONDS_BETWEEN_LOOKS = 0.2
_Reply = TypeVar("_Reply")


class _RefusedError(ServerError):
    """The server understood the request and won't do it: what was sent is at fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file to send.

    Attributes:
        source: What identifies it within its collection, as for a local ingest.
        size: In bytes.
    """

    path: Path
    source: str
    file_name: str
    size: int


def batches(uploads: Sequence[Upload]) -> Iterator[list[Upload]]:
    """`uploads` in order, in pieces that one request can carry.

    A piece has at most MAX_FILES_PER_REQUEST files and, unless it is a single file,
    MAX_BYTES_PER_REQUEST bytes; no source stands twice in it.
    """
    batch = list[Upload]()
    held = 0
    for upload in uploads:
        full = len(batch) == MAX_FILES_PER_REQUEST or held + upload.size > MAX_BYTES_PER_REQUEST
        if batch and (full or any(one.source == upload.source for one in batch)):
            yield batch
            batch, held = [], 0
        batch.append(upload)
        held += upload.size
    if batch:
        yield batch


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """A batch that was sent, but for the files that could not be, and the reply if any were."""

    batch: Sequence[Upload]
    failed: Mapping[int, UploadItem]
    response: httpx.Response | None


class ServerClient:
    """Calls the API of a server; a context manager.

    Every method may raise ServerError: the server is gone, refuses, or is no 问策 server; its
    message is the server's own explanation where it gave one.

    Args:
        url: Where the API listens: http://127.0.0.1:8000.
        timeout_s: Longest wait for a reply; taking files in and chat models take their time.
    """

    def __init__(self, url: str, *, timeout_s: float = 900) -> None:
        self.url = url.rstrip("/")
        timeout = httpx.Timeout(timeout_s, connect=5)
        self._http = httpx.Client(base_url=self.url, timeout=timeout, trust_env=False)

    def answer(self, body: QuestionBody) -> Answer:
        """The answer to a question, saved where `body` names a conversation."""
        response = self._post("/v1/answers", body)
        return self._parsed(response, _answers)

    def search(self, body: SearchBody) -> SearchResults:
        """Passages, best first."""
        return self._parsed(self._post("/v1/search", body), TypeAdapter(SearchResults))

    def verify(self, body: VerificationBody) -> VerificationResult:
        """What the library knows about a quotation."""
        response = self._post("/v1/quotations/verify", body)
        return self._parsed(response, TypeAdapter(VerificationResult))

    def quotations(self, body: QuotationSearchBody) -> QuotationResults:
        """Places that hold words, or the like."""
        response = self._post("/v1/quotations/search", body)
        return self._parsed(response, TypeAdapter(QuotationResults))

    def check(self, text: str) -> Sequence[Finding]:
        """What was checked in a draft, and what came of it, in order of place."""
        response = self._post("/v1/drafts/check", DraftBody(text=text))
        return self._parsed(response, TypeAdapter(DraftFindings)).items

    def documents(self, filters: FiltersBody, *, limit: int | None = None) -> DocumentList:
        """Documents, at most `limit`; None for all, however many requests that takes."""
        items = list[DocumentItem]()
        cursor: str | None = None
        while True:
            wanted = MAX_LIMIT if limit is None else min(MAX_LIMIT, limit - len(items))
            parameters = filters.model_dump(mode="json", exclude_none=True) | {"limit": wanted}
            if cursor is not None:
                parameters["cursor"] = cursor
            response = self._request("GET", "/v1/documents", params=parameters)
            page = self._parsed(response, _lists)
            items += page.items
            cursor = page.next
            if cursor is None or (limit is not None and len(items) >= limit):
                return DocumentList(items=items, next=cursor)

    def document(self, document_id: str) -> DocumentDetail:
        """A document with its text.

        Raises:
            DocumentNotFoundError: There is none.
        """
        response = self._request("GET", _document_path(document_id))
        return self._parsed(response, TypeAdapter(DocumentDetail))

    def remove(self, document_id: str) -> None:
        """Remove a document everywhere.

        Raises:
            DocumentNotFoundError: There is none.
        """
        self._request("DELETE", _document_path(document_id))

    def start_conversation(self) -> ConversationItem:
        """A new conversation.

        Raises:
            ConversationClosedError: None are saved.
        """
        response = self._request("POST", _CONVERSATIONS)
        return self._parsed(response, TypeAdapter(ConversationItem))

    def conversations(self, query: str = "", *, limit: int | None = None) -> ConversationList:
        """Conversations, the last one continued first, at most `limit`; None for all."""
        items = list[ConversationItem]()
        cursor: str | None = None
        while True:
            wanted = MAX_LIMIT if limit is None else min(MAX_LIMIT, limit - len(items))
            parameters = {"query": query, "limit": wanted}
            if cursor is not None:
                parameters["cursor"] = cursor
            response = self._request("GET", _CONVERSATIONS, params=parameters)
            page = self._parsed(response, TypeAdapter(ConversationList))
            items += page.items
            cursor = page.next
            if cursor is None or (limit is not None and len(items) >= limit):
                return ConversationList(items=items, next=cursor)

    def conversation(self, conversation_id: str) -> ConversationDetail:
        """A conversation with all its turns.

        Raises:
            ConversationNotFoundError: There is none.
        """
        response = self._request(
            "GET", _conversation_path(conversation_id), params={"limit": MAX_LIMIT}
        )
        return self._parsed(response, TypeAdapter(ConversationDetail))

    def rename_conversation(self, conversation_id: str, title: str) -> ConversationItem:
        """Give it another title.

        Raises:
            ConversationNotFoundError: There is none.
        """
        body = TitleBody(title=title).model_dump(mode="json")
        response = self._request("PATCH", _conversation_path(conversation_id), json=body)
        return self._parsed(response, TypeAdapter(ConversationItem))

    def remove_conversation(self, conversation_id: str) -> None:
        """Delete it.

        Raises:
            ConversationNotFoundError: There is none.
        """
        self._request("DELETE", _conversation_path(conversation_id))

    def export_conversation(self, conversation_id: str, *, form: ExportForm) -> Export:
        """The whole of it as a file.

        Raises:
            ConversationNotFoundError: There is none.
        """
        path = f"{_conversation_path(conversation_id)}/export"
        response = self._request("GET", path, params={"as": form.value})
        named = response.headers.get("content-disposition", "").partition("filename*=UTF-8''")[2]
        # The server's name becomes that of a file here: no folder is in it.
        name = Path(unquote(named)).name or f"conversation.{form.value}"
        media_type = response.headers.get("content-type", "")
        return Export(file_name=name, media_type=media_type, content=response.content)

    def upload(
        self, uploads: Sequence[Upload], *, collection: str
    ) -> Iterator[list[tuple[Upload, UploadItem]]]:
        """Send files, batch by batch; what became of each, in order, as it becomes known.

        A batch that the server refuses as a whole is sent again file by file, so that one
        file's fault is not the others'. A file that can't be sent is a failed item.
        """
        for batch in batches(uploads):
            try:
                sent = self._send(batch, collection=collection)
            except _RefusedError as error:
                if len(batch) == 1:
                    yield [(batch[0], _failed(batch[0], str(error)))]
                    continue
                for upload in batch:
                    yield from self._sent_alone(upload, collection=collection)
            else:
                yield from self._outcomes(sent)

    def _sent_alone(
        self, upload: Upload, *, collection: str
    ) -> Iterator[list[tuple[Upload, UploadItem]]]:
        try:
            sent = self._send([upload], collection=collection)
        except _RefusedError as error:
            yield [(upload, _failed(upload, str(error)))]
        else:
            yield from self._outcomes(sent)

    def _send(self, batch: Sequence[Upload], *, collection: str) -> _Sent:
        failed = dict[int, UploadItem]()
        with ExitStack() as stack:
            files = list[tuple[str, tuple[str, object]]]()
            sources = list[str]()
            for number, upload in enumerate(batch):
                try:
                    upload.source.encode()
                    stream = stack.enter_context(upload.path.open("rb"))
                except OSError as error:
                    failed[number] = _failed(upload, f"无法读取：{error.strerror}")
                except UnicodeEncodeError:
                    failed[number] = _failed(upload, "文件名不是有效的 UTF-8 文字：请改名后再导入")
                else:
                    files.append(("files", (upload.file_name, stream)))
                    sources.append(upload.source)
            response = None
            if files:
                form = {"collection": collection, "source": sources}
                response = self._request(
                    "POST", "/v1/documents", data=form, files=files, headers=_IN_BACKGROUND
                )
        return _Sent(batch=batch, failed=failed, response=response)

    def _outcomes(self, sent: _Sent) -> Iterator[list[tuple[Upload, UploadItem]]]:
        """What became of the files of a batch, in order, in pieces as it becomes known."""
        batch, known = sent.batch, dict(sent.failed)
        places = [place for place in range(len(batch)) if place not in known]
        arrived = given = 0
        for items in self._replies(sent.response):
            known |= dict(zip(places[arrived:], items, strict=False))
            arrived += len(items)
            ready = list(takewhile(known.__contains__, range(given, len(batch))))
            given += len(ready)
            if ready:
                yield [(batch[place], known[place]) for place in ready]
        if arrived != len(places):
            message = f"{self.url} 对 {len(places)} 个文件只回复了 {arrived} 个结果"
            raise ServerError(message)

    def _replies(self, response: httpx.Response | None) -> Iterator[list[UploadItem]]:
        """The results of what was sent, in order; a job is followed to its end.

        A server that knows no jobs gives all results at once.
        """
        if response is None:
            yield []
        elif response.status_code != HTTPStatus.ACCEPTED:
            yield self._parsed(response, TypeAdapter(UploadResults)).items
        else:
            yield from self._followed(self._parsed(response, _jobs))

    def _followed(self, job: JobDetail) -> Iterator[list[UploadItem]]:
        given = 0
        while True:
            known = [file.result for file in job.files[given:] if file.result is not None]
            given += len(known)
            if known:
                yield known
            if job.status.is_finished:
                break
            time.sleep(_SECONDS_BETWEEN_LOOKS)
            job = self._parsed(self._request("GET", f"/v1/jobs/{job.job_id}"), _jobs)
        reason = job.problem.detail if job.problem else "上传任务已被取消"
        yield [
            UploadItem(file_name=file.file_name, status="failed", document_ids=[], reason=reason)
            for file in job.files[given:]
        ]

    def _post(self, path: str, body: BaseModel) -> httpx.Response:
        return self._request(
            "POST", path, json=body.model_dump(mode="json", exclude_none=True, exclude_unset=True)
        )

    def _request(self, method: str, path: str, **content: object) -> httpx.Response:
        try:
            response = self._http.request(method, path, **content)  # pyright: ignore[reportArgumentType] - handed through as it came
        except httpx.WriteError as error:
            message = "服务没有收完就断开了：文件可能超过它的上限（设置 WENCE_MAX_FILE_MB）"
            raise _RefusedError(message) from error
        except httpx.TimeoutException as error:
            message = f"{self.url} 的服务没有在限定时间内回复：请稍后再试"
            raise ServerError(message) from error
        except httpx.HTTPError as error:
            message = f"{self.url} 的服务连不上（{error}）：请看它是否还在运行"
            raise ServerError(message) from error
        if response.is_success:
            return response
        raise _problem_of(response)

    def _parsed(self, response: httpx.Response, adapter: TypeAdapter[_Reply]) -> _Reply:
        try:
            return adapter.validate_json(response.content)
        except ValidationError as error:
            message = f"{self.url} 的回复看不懂：它不是问策的服务，或版本不同"
            raise ServerError(message) from error

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

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
    return f"{_CONVERSATIONS}/" + quote(conversation_id, safe="", errors="replace")


def _document_path(document_id: str) -> str:
    return "/v1/documents/" + quote(document_id, safe="", errors="replace")


def _failed(upload: Upload, reason: str) -> UploadItem:
    return UploadItem(file_name=upload.file_name, status="failed", document_ids=[], reason=reason)


def _problem_of(response: httpx.Response) -> WenceError:
    """What the server says is wrong; a reply that is no problem names its status alone."""
    try:
        problem = ProblemBody.model_validate_json(response.content)
    except ValidationError:
        message = f"{response.url} 回复了 {response.status_code}：它可能不是问策的服务"
        return ServerError(message)
    detail = problem.detail
    if any(one.field == "model" for one in problem.errors or ()):
        return ChatModelNotFoundError(detail)
    is_conversation = response.request.url.path.startswith(_CONVERSATIONS)
    if response.status_code == HTTPStatus.NOT_FOUND:
        return (ConversationNotFoundError if is_conversation else DocumentNotFoundError)(detail)
    if response.status_code == HTTPStatus.CONFLICT and is_conversation:
        return ConversationClosedError(detail)
    if response.is_client_error:
        return _RefusedError(detail)
    return ServerError(detail)
