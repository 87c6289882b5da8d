"""The route /v1/drafts/check."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from ingest.draft_files import DraftText, draft_from_bytes, draft_from_text
from ui.api.content_types import media_type
from ui.api.draft_schemas import DraftBody, DraftFindings
from ui.api.problems import problem_responses
from ui.api.upload_routes import shown_name
from ui.drafts.annotation import annotated_docx
from ui.drafts.report import findings_html
from ui.drafts.wording import in_order, summary
from ui.roles import Backing

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_NEITHER = (
    "文稿可以作为 JSON 发送（Content-Type: application/json，字段 text），"
    "或作为文件上传（multipart/form-data，字段 file）。"
)
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": DraftBody.model_json_schema()},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": ".txt, .md or .docx",
                        }
                    },
                }
            },
        },
    }
}
_RESULTS = {
    200: {
        "description": "The findings; with `as=html` a report, with `as=docx` the draft with a "
        + "comment at each place that needs attention.",
        "content": {
            "text/html": {"schema": {"type": "string"}},
            WORD: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


def draft_routes(backing: Backing) -> APIRouter:
    """Check drafts. Nothing of them is stored."""
    router = APIRouter(prefix="/v1/drafts", tags=["quotations"])

    async def sent_draft(request: Request) -> DraftText:
        """The draft in the body, whichever of the two kinds that is."""
        match media_type(request):
            case "application/json":
                return await run_in_threadpool(_from_json, await request.body())
            case "multipart/form-data":
                return await _from_form(request, max_bytes=backing.max_file_bytes)
            case _:
                raise HTTPException(415, _NEITHER)

    @router.post(
        "/check",
        operation_id="check_draft",
        summary="Check quotations, set phrases, names, figures and titles of a draft",
        response_model=DraftFindings,
        responses={**_RESULTS, **problem_responses(400, 403, 413, 415, 422, 503)},
        openapi_extra=_BODY,
    )
    def check_draft(
        draft: Annotated[DraftText, Depends(sent_draft)],
        form: Annotated[
            Literal["json", "html", "docx"], Query(alias="as", description="What to answer with.")
        ] = "json",
    ) -> DraftFindings | Response:
        findings = in_order(backing.drafts.check(draft.text))
        match form:
            case "html":
                return Response(
                    findings_html(draft.text, findings, title="核稿报告"), media_type="text/html"
                )
            case "docx":
                return Response(annotated_docx(draft, findings), media_type=WORD)
            case _:
                return DraftFindings(items=findings, text=draft.text, summary=summary(findings))

    return router


def _from_json(body: bytes) -> DraftText:
    try:
        return draft_from_text(DraftBody.model_validate_json(body).text)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error


async def _from_form(request: Request, *, max_bytes: int) -> DraftText:
    async with request.form(max_files=1, max_fields=0) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise HTTPException(422, "没有收到文件：请把文稿放在 file 字段，一次一份。")
        data = await file.read()
    name = shown_name(file.filename)
    return await run_in_threadpool(draft_from_bytes, data, file_name=name, max_bytes=max_bytes)
