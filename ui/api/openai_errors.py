"""Failures as OpenAI's clients read them: a problem (RFC 9457) with a member `error` besides.

A client of OpenAI looks at `error` alone; any other finds the problem that every route gives.
"""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field, model_serializer
from starlette.exceptions import HTTPException as StarletteHTTPException

from rag.errors import WenceError
from ui.api.problems import (
    DETAIL_OF,
    MEDIA_TYPE,
    TITLE_OF,
    explained_errors,
    problem_body,
    problem_of,
    problem_response,
    request_id_of,
    unexplained_problem,
)
from ui.api.schemas import ProblemBody

_log = structlog.get_logger()


class OpenAIErrorBody(BaseModel):
    """What OpenAI's clients make their exceptions from."""

    message: str
    type: str = Field(description="`invalid_request_error` or `server_error`.")
    param: str | None = Field(description="The field that is wrong: `messages.0.content`, `n`…")
    code: str | None = Field(description="`model_not_found`, `unsupported_value`…")

    @model_serializer
    def _whole(self) -> dict[str, str | None]:
        """With its empty members, which a problem leaves out."""
        return {
            "message": self.message,
            "type": self.type,
            "param": self.param,
            "code": self.code,
        }


class OpenAIProblem(ProblemBody):
    """RFC 9457, and beside it the failure in OpenAI's shape."""

    error: OpenAIErrorBody


class RefusedRequestError(HTTPException):
    """A request that is well formed but asks for what 问策 does not do.

    Args:
        param: The field it is about.
        detail: In Chinese, for the user.
        code: OpenAI's word for it.
        status: Of the response.
    """

    def __init__(
        self, param: str, detail: str, *, code: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST
    ) -> None:
        super().__init__(status, detail)
        self.param = param
        self.code = code


class OpenAIRoute(APIRoute):
    """A route whose failures carry `error`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The usual handler, with what it raises made a response."""
        handle = super().get_route_handler()

        async def handle_for_openai(request: Request) -> Response:
            try:
                return await handle(request)
            except Exception as error:  # noqa: BLE001 - further out it would lose its `error`
                return _failure_response(error, request_id=request_id_of(request))

        return handle_for_openai


def openai_problem(error: Exception, *, request_id: str) -> OpenAIProblem:
    """Any failure as OpenAI's clients read it; what nobody expected is logged."""
    match error:
        case RequestValidationError():
            return _invalid(error, request_id=request_id)
        case StarletteHTTPException():
            return _refused(error, request_id=request_id)
        case WenceError():
            return with_openai_error(problem_of(error, request_id=request_id))
        case _:
            _log.error("request_failed", request_id=request_id, exc_info=error)
            return with_openai_error(unexplained_problem(request_id=request_id))


def with_openai_error(
    problem: ProblemBody, *, param: str | None = None, code: str | None = None
) -> OpenAIProblem:
    """The problem, and OpenAI's error with its detail."""
    ours = problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    kind = "server_error" if ours else "invalid_request_error"
    error = OpenAIErrorBody(message=problem.detail, type=kind, param=param, code=code)
    return OpenAIProblem(**problem.model_dump(), error=error)


def _invalid(error: RequestValidationError, *, request_id: str) -> OpenAIProblem:
    """OpenAI answers with 400 where our other routes say 422: its clients tell them apart."""
    errors = explained_errors(error.errors())
    detail = "；".join(f"{one.field}：{one.message}" for one in errors[:5])
    problem = problem_body(400, detail, request_id=request_id, errors=errors[:100])
    return with_openai_error(_as_invalid(problem), param=errors[0].field)


def _refused(error: StarletteHTTPException, *, request_id: str) -> OpenAIProblem:
    """Starlette's and FastAPI's own refusals are in English; ours are not."""
    own = not error.detail.isascii()
    detail = error.detail if own else DETAIL_OF.get(error.status_code, "请求无法处理。")
    problem = problem_body(error.status_code, detail, request_id=request_id)
    if not isinstance(error, RefusedRequestError):
        return with_openai_error(problem)
    if error.status_code == HTTPStatus.BAD_REQUEST:
        problem = _as_invalid(problem)
    return with_openai_error(problem, param=error.param, code=error.code)


def _as_invalid(problem: ProblemBody) -> ProblemBody:
    """A problem of status 400 whose title says, as 422 does, that it could be read."""
    return problem.model_copy(update={"title": TITLE_OF[422]})


def _failure_response(error: Exception, *, request_id: str) -> Response:
    problem = openai_problem(error, request_id=request_id)
    headers = error.headers if isinstance(error, StarletteHTTPException) else None
    return problem_response(problem, headers=headers)


def openai_problem_responses(*statuses: int) -> dict[int | str, dict[str, object]]:
    """What OpenAPI says of the failures that a route answers with, in OpenAI's shape.

    `default` keeps FastAPI from adding a 422 of its own, which is never given.
    """
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/OpenAIProblem"}}}
    titles = {
        status: TITLE_OF[422 if status == HTTPStatus.BAD_REQUEST else status]
        for status in sorted({500, *statuses})
    }
    descriptions: dict[int | str, str] = {**titles, "default": "请求没有成功"}
    return {
        status: {"description": description, "content": content}
        for status, description in descriptions.items()
    }
