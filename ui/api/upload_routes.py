"""The route that uploads files."""

import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, HTTPException, Request, Response, UploadFile
from pydantic import StringConstraints

from rag.errors import JobConflictError
from rag.jobs import Job, JobStatus
from ui.api.content_types import multipart_only
from ui.api.job_schemas import JobDetail, upload_results
from ui.api.problems import problem_responses
from ui.api.schemas import Name, UploadResults, upload_item
from ui.api.upload_headers import idempotency_key, prefers_async
from ui.jobs.desk import JobDesk
from ui.jobs.incoming import IncomingFile
from ui.roles import Backing

MAX_FILES_PER_UPLOAD = 100
"""More files go up in several requests."""

_FORM_FIELDS = frozenset({"files", "collection", "source"})
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff\ud800-\udfff]")

_LOOK_AGAIN_S = 2
Source = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4096)]


def shown_name(name: str | None) -> str:
    """The last part of a file's name as its sender gave it, without control characters."""
    last = PurePosixPath(_UNPRINTABLE.sub("", name or "").replace("\\", "/")).name
    return last[-150:] or "未命名文件"


def _saved(upload: UploadFile, *, source: str, folder: Path) -> IncomingFile:
    """The upload as a file of its own in `folder`, under a name that only keeps its suffix."""
    name = shown_name(upload.filename)
    suffix = re.sub(r"[^0-9A-Za-z.]", "", PurePosixPath(name).suffix)[:16]
    folder.mkdir()
    path = folder / f"upload{suffix}"
    with path.open("wb") as file:
        shutil.copyfileobj(upload.file, file)
    return IncomingFile(path=path, source=source, file_name=name)


async def _known_fields_only(request: Request) -> None:
    unknown = set(await request.form()) - _FORM_FIELDS
    if unknown:
        raise HTTPException(422, f"表单里没有这些字段：{'、'.join(sorted(unknown))[:200]}。")


def _sources(given: Sequence[str] | None, uploads: Sequence[UploadFile]) -> list[str]:
    """One source for each upload.

    Raises:
        HTTPException: There are not as many sources as files, or two files share one.
    """
    sources = list(given or (f"upload:{shown_name(upload.filename)}" for upload in uploads))
    if len(sources) != len(uploads):
        detail = f"source 有 {len(sources)} 个，文件有 {len(uploads)} 个：应一一对应，或都不填。"
        raise HTTPException(422, detail)
    twice = {source for source in sources if sources.count(source) > 1}
    if twice:
        detail = f"一次上传里有同名文件：{'、'.join(sorted(twice))[:500]}。请分开上传，或改名。"
        raise HTTPException(422, detail)
    return sources


_ACKNOWLEDGED = {
    202: {
        "model": JobDetail,
        "description": "With `Prefer: respond-async`: the files are safe and will be taken in, "
        "even if the server is killed. See `GET /v1/jobs/{job_id}`.",
        "headers": {
            "Location": {
                "description": "Of the job: /v1/jobs/{job_id}.",
                "schema": {"type": "string"},
            },
            "Preference-Applied": {"schema": {"const": "respond-async"}},
        },
    }
}


def _acknowledged(jobs: JobDesk, job: Job) -> Response:
    """The reply for those who do not wait."""
    return Response(
        JobDetail.of_view(jobs.show(job.job_id)).model_dump_json(),
        status_code=202,
        media_type="application/json",
        headers={
            "Location": f"/v1/jobs/{job.job_id}",
            "Preference-Applied": "respond-async",
        },
    )


def _awaited(jobs: JobDesk, job: Job, *, is_new: bool) -> UploadResults:
    """The reply for those who wait.

    Raises:
        JobConflictError: The upload was sent before, and is not done yet or was cancelled.
        HTTPException: It failed as a whole.
    """
    if not is_new and not job.status.is_finished:
        message = f"用这个 Idempotency-Key 的上传还在处理（任务 {job.job_id}）：请稍后再试"
        raise JobConflictError(message, passes_in_s=_LOOK_AGAIN_S)
    finished = jobs.wait(job.job_id)
    if finished.status is JobStatus.CANCELLED:
        message = f"用这个 Idempotency-Key 的上传已被取消（任务 {job.job_id}）：请换一个键重新上传"
        raise JobConflictError(message)
    if finished.failure is not None:
        raise HTTPException(503, f"{finished.failure}。")
    return upload_results(finished)


def add_upload_route(router: APIRouter, backing: Backing) -> None:
    """POST to the root of `router`, which must permit MAX_FILES_PER_UPLOAD."""

    @router.post(
        "",
        operation_id="upload_documents",
        summary="Upload files; a file of the same source in the collection is replaced",
        description="Replies when everything is taken in, unless the client prefers a job.",
        response_model=UploadResults,
        dependencies=[Depends(multipart_only), Depends(_known_fields_only)],
        responses={
            **_ACKNOWLEDGED,
            **problem_responses(400, 403, 409, 413, 415, 429, passing=(409, 429)),
        },
    )
    def upload_documents(
        files: Annotated[list[UploadFile], File(min_length=1, description="One or more files.")],
        key: Annotated[str | None, Depends(idempotency_key)],
        is_async: Annotated[bool, Depends(prefers_async)],
        collection: Annotated[Name, Form(description="The collection they go to.")] = "default",
        source: Annotated[
            list[Source] | None,
            Form(description="What identifies each file; default: upload: and its name."),
        ] = None,
    ) -> UploadResults | Response:
        sources = _sources(source, files)

        def save(folder: Path) -> list[IncomingFile]:
            return [
                _saved(upload, source=given, folder=folder / str(number))
                for number, (upload, given) in enumerate(zip(files, sources, strict=True))
            ]

        if key is None and not is_async:
            with tempfile.TemporaryDirectory(prefix="wence-upload-") as folder:
                outcomes = backing.intake.take_in(save(Path(folder)), collection=collection)
            return UploadResults(items=[upload_item(outcome) for outcome in outcomes])
        # With a key it is a job even if it is waited for: so its result is known another time.
        job, is_new = backing.jobs.submit(save, collection=collection, key=key)
        if is_async:
            return _acknowledged(backing.jobs, job)
        return _awaited(backing.jobs, job, is_new=is_new)
