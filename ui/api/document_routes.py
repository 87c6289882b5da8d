"""The routes under /v1/documents."""

import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Annotated

from fastapi import (
    APIRouter,
    Depends,
    File,
    Form,
    HTTPException,
    Query,
    Request,
    Response,
    UploadFile,
)
from fastapi import Path as InPath
from pydantic import StringConstraints

from ui.api.content_types import multipart_only
from ui.api.document_schemas import DocumentDetail, DocumentList, document_detail, document_item
from ui.api.problems import problem_responses
from ui.api.schemas import DocumentQuery, Name, UploadItem, UploadResults
from ui.roles import Backing, IncomingFile, IntakeOutcome

MAX_FILES_PER_UPLOAD = 100
"""More files go up in several requests."""

_FORM_FIELDS = frozenset({"files", "collection", "source"})
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff\ud800-\udfff]")

Source = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4096)]
DocumentId = Annotated[str, InPath(min_length=1, max_length=64)]


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


def upload_item(outcome: IntakeOutcome) -> UploadItem:
    """The body for `outcome`."""
    return UploadItem(
        file_name=outcome.file_name,
        status=outcome.status,
        document_ids=list(outcome.document_ids),
        reason=outcome.reason,
    )


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


def document_routes(backing: Backing) -> APIRouter:
    """List, upload, show and delete documents."""
    router = APIRouter(
        prefix="/v1/documents",
        tags=["documents"],
        responses=problem_responses(422, 503),
        form_limits={"max_files": MAX_FILES_PER_UPLOAD, "max_fields": 2 * MAX_FILES_PER_UPLOAD},
    )

    @router.get("", operation_id="list_documents", summary="List documents")
    def list_documents(query: Annotated[DocumentQuery, Query()]) -> DocumentList:
        try:
            entries, cursor = backing.shelf.list_documents(
                query.filters(), limit=query.limit, cursor=query.cursor
            )
        except (TypeError, ValueError) as error:  # what a forged cursor decodes to
            raise HTTPException(422, "cursor 应取自上一页的 next。") from error
        return DocumentList(items=[document_item(entry) for entry in entries], next=cursor)

    @router.post(
        "",
        operation_id="upload_documents",
        summary="Upload files; a file of the same source in the collection is replaced",
        dependencies=[Depends(multipart_only), Depends(_known_fields_only)],
        responses=problem_responses(400, 403, 413, 415),
    )
    def upload_documents(
        files: Annotated[list[UploadFile], File(min_length=1, description="One or more files.")],
        collection: Annotated[Name, Form(description="The collection they go to.")] = "default",
        source: Annotated[
            list[Source] | None,
            Form(description="What identifies each file; default: upload: and its name."),
        ] = None,
    ) -> UploadResults:
        sources = _sources(source, files)
        with tempfile.TemporaryDirectory(prefix="wence-upload-") as folder:
            incoming = [
                _saved(upload, source=given, folder=Path(folder, str(number)))
                for number, (upload, given) in enumerate(zip(files, sources, strict=True))
            ]
            outcomes = backing.intake.take_in(incoming, collection=collection)
        return UploadResults(items=[upload_item(outcome) for outcome in outcomes])

    @router.get(
        "/{document_id}",
        operation_id="show_document",
        summary="A document with its text, passages, and how its metadata was found",
        responses=problem_responses(404),
    )
    def show_document(document_id: DocumentId) -> DocumentDetail:
        document = backing.shelf.document(document_id)
        return document_detail(document, backing.shelf.passages(document_id))

    @router.delete(
        "/{document_id}",
        operation_id="delete_document",
        summary="Delete a document from catalog, vectors and words",
        status_code=204,
        responses=problem_responses(403, 404),
    )
    def delete_document(document_id: DocumentId) -> Response:
        backing.intake.remove(document_id)
        return Response(status_code=204)

    return router
