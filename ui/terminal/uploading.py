"""Sending files to a running server: in batches, each followed to its end."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from http import HTTPStatus
from itertools import takewhile
from pathlib import Path

import httpx
from pydantic import TypeAdapter

from rag.errors import ServerError
from ui.api.job_schemas import JobDetail
from ui.api.schemas import UploadItem, UploadResults
from ui.terminal.server_connection import RefusedError, ServerConnection

MAX_FILES_PER_REQUEST = 50
MAX_BYTES_PER_REQUEST = 32 * 2**20

_IN_BACKGROUND = {"Prefer": "respond-async"}
_SECONDS_BETWEEN_LOOKS = 0.2
_jobs = TypeAdapter(JobDetail)


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


class Uploading:
    """Sends files to a collection.

    Every method may raise ServerError, as those of `ui.terminal.client`.
    """

    def __init__(self, server: ServerConnection, *, collection: str) -> None:
        self._server = server
        self._collection = collection

    def send(self, uploads: Sequence[Upload]) -> Iterator[list[tuple[Upload, UploadItem]]]:
        """Send files, batch by batch; what became of each, in order, as it becomes known.

        A batch that the server refuses as a whole is sent again file by file, so that one
        file's fault is not the others'. A file that can't be sent is a failed item.
        """
        for batch in batches(uploads):
            try:
                sent = self._send(batch)
            except RefusedError as error:
                if len(batch) == 1:
                    yield [(batch[0], _failed(batch[0], str(error)))]
                    continue
                for upload in batch:
                    yield from self._sent_alone(upload)
            else:
                yield from self._outcomes(sent)

    def _sent_alone(self, upload: Upload) -> Iterator[list[tuple[Upload, UploadItem]]]:
        try:
            sent = self._send([upload])
        except RefusedError as error:
            yield [(upload, _failed(upload, str(error)))]
        else:
            yield from self._outcomes(sent)

    def _send(self, batch: Sequence[Upload]) -> _Sent:
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
                form = {"collection": self._collection, "source": sources}
                response = self._server.request(
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
            message = f"{self._server.url} 对 {len(places)} 个文件只回复了 {arrived} 个结果"
            raise ServerError(message)

    def _replies(self, response: httpx.Response | None) -> Iterator[list[UploadItem]]:
        """The results of what was sent, in order; a job is followed to its end.

        A server that knows no jobs gives all results at once.
        """
        if response is None:
            yield []
        elif response.status_code != HTTPStatus.ACCEPTED:
            yield self._server.parsed(response, TypeAdapter(UploadResults)).items
        else:
            yield from self._followed(self._server.parsed(response, _jobs))

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
            response = self._server.request("GET", f"/v1/jobs/{job.job_id}")
            job = self._server.parsed(response, _jobs)
        reason = job.problem.detail if job.problem else "上传任务已被取消"
        yield [
            UploadItem(file_name=file.file_name, status="failed", document_ids=[], reason=reason)
            for file in job.files[given:]
        ]


def _failed(upload: Upload, reason: str) -> UploadItem:
    return UploadItem(file_name=upload.file_name, status="failed", document_ids=[], reason=reason)
