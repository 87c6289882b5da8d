"""The routes under /v1/documents."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response
from fastapi import Path as InPath

from ui.api.document_schemas import DocumentDetail, DocumentList, document_detail, document_item
from ui.api.problems import problem_responses
from ui.api.schemas import DocumentQuery
from ui.api.upload_routes import MAX_FILES_PER_UPLOAD, add_upload_route
from ui.roles import Backing

DocumentId = Annotated[str, InPath(min_length=1, max_length=64)]


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

    add_upload_route(router, backing)

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
