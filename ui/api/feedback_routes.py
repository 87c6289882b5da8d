"""Feedback on answers, and suggestions of what to ask."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Response
from fastapi import Path as InPath

from ui.api.content_types import json_only
from ui.api.feedback_schemas import (
    FeedbackBody,
    FeedbackItem,
    FeedbackList,
    FeedbackQuery,
    SuggestionItem,
    SuggestionList,
    SuggestionQuery,
)
from ui.api.problems import problem_responses
from ui.feedback.desk import FeedbackDesk
from ui.roles import Suggesting

AnswerId = Annotated[str, InPath(min_length=1, max_length=64)]


def feedback_routes(desk: FeedbackDesk, suggesting: Suggesting) -> APIRouter:
    """Give, withdraw and list feedback; list suggestions."""
    router = APIRouter(prefix="/v1", tags=["answers"], responses=problem_responses(422, 503))
    _add_feedback_routes(router, desk)

    @router.get(
        "/suggestions",
        operation_id="list_suggestions",
        summary="Questions that the library answers: each was asked, and its document cited first",
    )
    def list_suggestions(query: Annotated[SuggestionQuery, Query()]) -> SuggestionList:
        found = suggesting.suggestions(limit=query.limit, collection=query.collection)
        return SuggestionList(items=[SuggestionItem.of(one) for one in found])

    return router


def _add_feedback_routes(router: APIRouter, desk: FeedbackDesk) -> None:
    @router.post(
        "/answers/{answer_id}/feedback",
        operation_id="give_feedback",
        summary="Say whether an answer helped; said again, it takes the place of what was said",
        dependencies=[Depends(json_only)],
        responses=problem_responses(400, 403, 404, 413, 415),
    )
    def give_feedback(answer_id: AnswerId, body: FeedbackBody) -> FeedbackItem:
        try:
            return FeedbackItem.of(desk.give(answer_id, body.feedback()))
        except ValueError as error:
            raise HTTPException(422, f"{error}。") from error

    @router.delete(
        "/answers/{answer_id}/feedback",
        operation_id="withdraw_feedback",
        summary="Delete what was said of an answer",
        status_code=204,
        responses=problem_responses(403, 404),
    )
    def withdraw_feedback(answer_id: AnswerId) -> Response:
        desk.withdraw(answer_id)
        return Response(status_code=204)

    @router.get("/feedback", operation_id="list_feedback", summary="List feedback, latest first")
    def list_feedback(query: Annotated[FeedbackQuery, Query()]) -> FeedbackList:
        try:
            found, cursor = desk.list_feedback(query.rating, limit=query.limit, cursor=query.cursor)
        except ValueError as error:
            raise HTTPException(422, f"{error}。") from error
        return FeedbackList(items=[FeedbackItem.of(one) for one in found], next=cursor)
