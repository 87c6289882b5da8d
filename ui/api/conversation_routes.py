"""The routes under /v1/conversations."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Query, Response
from fastapi import Path as InPath

from ui.api.content_types import json_only
from ui.api.conversation_schemas import (
    ConversationDetail,
    ConversationItem,
    ConversationList,
    ConversationQuery,
    PageQuery,
    TitleBody,
)
from ui.api.problems import problem_responses
from ui.conversations.desk import ConversationDesk, Export, ExportForm

ConversationId = Annotated[str, InPath(min_length=1, max_length=64)]
_EXPORTED = {
    200: {
        "description": "The conversation, its citations as references by GB/T 7714—2025.",
        "content": {
            "text/markdown": {"schema": {"type": "string"}},
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document": {
                "schema": {"type": "string", "format": "binary"}
            },
        },
    }
}


def conversation_routes(desk: ConversationDesk) -> APIRouter:
    """Start, list, search, show, rename, delete and export saved conversations."""
    router = APIRouter(
        prefix="/v1/conversations",
        tags=["conversations"],
        responses=problem_responses(422, 503),
    )
    _add_list_routes(router, desk)
    _add_item_routes(router, desk)
    return router


def _add_list_routes(router: APIRouter, desk: ConversationDesk) -> None:
    @router.get("", operation_id="list_conversations", summary="List or search conversations")
    def list_conversations(query: Annotated[ConversationQuery, Query()]) -> ConversationList:
        with _explained():
            found, cursor = desk.list_conversations(
                query.query, limit=query.limit, cursor=query.cursor
            )
        return ConversationList(items=[ConversationItem.of(one) for one in found], next=cursor)

    @router.post(
        "",
        operation_id="start_conversation",
        summary="Start a conversation: its id goes into `conversation_id` of POST /v1/answers",
        status_code=201,
        responses=problem_responses(403, 409),
    )
    def start_conversation(response: Response) -> ConversationItem:
        started = desk.start()
        response.headers["Location"] = f"/v1/conversations/{started.conversation_id}"
        return ConversationItem.of(started)

    @router.delete(
        "",
        operation_id="delete_conversations",
        summary="Delete every conversation",
        status_code=204,
        responses=problem_responses(403),
    )
    def delete_conversations() -> Response:
        desk.delete_all()
        return Response(status_code=204)


def _add_item_routes(router: APIRouter, desk: ConversationDesk) -> None:
    @router.get(
        "/{conversation_id}",
        operation_id="show_conversation",
        summary="A conversation with its turns, and what has become of their citations",
        responses=problem_responses(404),
    )
    def show_conversation(
        conversation_id: ConversationId, page: Annotated[PageQuery, Query()]
    ) -> ConversationDetail:
        with _explained():
            opened = desk.open(conversation_id, limit=page.limit, cursor=page.cursor)
        return ConversationDetail.of_open(opened)

    @router.patch(
        "/{conversation_id}",
        operation_id="rename_conversation",
        summary="Rename a conversation",
        dependencies=[Depends(json_only)],
        responses=problem_responses(400, 403, 404, 413, 415),
    )
    def rename_conversation(conversation_id: ConversationId, body: TitleBody) -> ConversationItem:
        with _explained():
            return ConversationItem.of(desk.rename(conversation_id, body.title))

    @router.delete(
        "/{conversation_id}",
        operation_id="delete_conversation",
        summary="Delete a conversation",
        status_code=204,
        responses=problem_responses(403, 404),
    )
    def delete_conversation(conversation_id: ConversationId) -> Response:
        desk.delete(conversation_id)
        return Response(status_code=204)

    @router.get(
        "/{conversation_id}/export",
        operation_id="export_conversation",
        summary="A conversation as Markdown or .docx",
        response_class=Response,
        responses={**_EXPORTED, **problem_responses(404)},
    )
    def export_conversation(
        conversation_id: ConversationId,
        form: Annotated[ExportForm, Query(alias="as", description="The form of the file.")],
    ) -> Response:
        return _attachment(desk.export(conversation_id, form=form))


@contextmanager
def _explained() -> Generator[None]:
    """What the core refuses, as a problem: its messages are written for users."""
    try:
        yield
    except ValueError as error:
        raise HTTPException(422, f"{error}。") from error


def _attachment(export: Export) -> Response:
    """The file, to be kept under its name; those who know no RFC 5987 see a plain one."""
    plain = f"conversation.{export.file_name.rpartition('.')[2]}"
    named = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(export.file_name, safe='')}"
    return Response(
        export.content,
        media_type=export.media_type,
        headers={"Content-Disposition": named, "Cache-Control": "no-store"},
    )
