"""Every failure as `application/problem+json` (RFC 9457): one table from error to status."""

import re
from collections.abc import Collection, Mapping, Sequence
from http import HTTPStatus
from typing import cast
from uuid import uuid4

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from rag.errors import (
    AnswerGivenUpError,
    AnsweringError,
    AnswerNotFoundError,
    ChatModelError,
    ChatModelNotFoundError,
    ConversationClosedError,
    ConversationNotFoundError,
    CorpusError,
    DataFolderInUseError,
    DocumentNotFoundError,
    IndexingError,
    JobConflictError,
    JobNotFoundError,
    JobQueueFullError,
    KeyReusedError,
    StorageError,
    WenceError,
)
from ui.api.schemas import ProblemBody, ProblemError

MEDIA_TYPE = "application/problem+json"
REQUEST_ID = "request_id"

STATUS_OF: Mapping[type[WenceError], HTTPStatus] = {
    DocumentNotFoundError: HTTPStatus.NOT_FOUND,
    ConversationNotFoundError: HTTPStatus.NOT_FOUND,
    ConversationClosedError: HTTPStatus.CONFLICT,
    AnswerNotFoundError: HTTPStatus.NOT_FOUND,
    JobNotFoundError: HTTPStatus.NOT_FOUND,
    JobConflictError: HTTPStatus.CONFLICT,
    JobQueueFullError: HTTPStatus.TOO_MANY_REQUESTS,
    KeyReusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    CorpusError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ChatModelError: HTTPStatus.BAD_GATEWAY,
    ChatModelNotFoundError: HTTPStatus.UNPROCESSABLE_ENTITY,
    AnswerGivenUpError: HTTPStatus.REQUEST_TIMEOUT,  # nobody reads it but whoever reads logs
    AnsweringError: HTTPStatus.INTERNAL_SERVER_ERROR,
    DataFolderInUseError: HTTPStatus.SERVICE_UNAVAILABLE,
    StorageError: HTTPStatus.SERVICE_UNAVAILABLE,
    IndexingError: HTTPStatus.SERVICE_UNAVAILABLE,
    WenceError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""The most special class that an error belongs to decides."""

TITLE_OF: Mapping[int, str] = {
    400: "请求无法解析",
    403: "拒绝跨站请求",
    404: "没有找到",
    405: "不支持这种请求方法",
    408: "客户端已经离开",
    409: "与当前状态冲突",
    413: "内容过大",
    415: "不支持这种内容类型",
    421: "不接受这个主机名",
    422: "请求内容有误",
    429: "等待处理的任务太多",
    500: "服务器内部错误",
    502: "聊天模型没有给出可用的回复",
    503: "暂时不能服务",
}
DETAIL_OF: Mapping[int, str] = {
    400: "请求正文无法解析：请检查是否为完整的 UTF-8 编码内容。",
    404: "没有这个地址。接口列表见 /docs。",
    405: "这个地址不支持该请求方法，支持的方法见响应头 Allow。",
    413: "请求正文超过上限：JSON 正文最大 1 MB，上传文件的上限见设置 WENCE_MAX_FILE_MB。",
    500: "处理请求时出错，详情已记入日志。请凭 instance 中的编号查找。",
}

_UUID = re.compile(r"[0-9a-fA-F]{8}(-?)(?:[0-9a-fA-F]{4}\1){3}[0-9a-fA-F]{12}")
_log = structlog.get_logger()


def request_id_of(request: Request) -> str:
    """The id that the request was given (`ui.telemetry.requests`); a fresh one where it wasn't."""
    given = getattr(request.state, REQUEST_ID, None)
    return given if isinstance(given, str) else uuid4().hex


def problem_body(
    status: int, detail: str, *, request_id: str, errors: Sequence[ProblemError] | None = None
) -> ProblemBody:
    """A problem; `request_id` becomes its instance."""
    return ProblemBody(
        title=TITLE_OF.get(status) or HTTPStatus(status).phrase,
        status=status,
        detail=_encodable(detail),
        instance=f"urn:{'uuid' if _UUID.fullmatch(request_id) else 'request'}:{request_id}",
        errors=None if errors is None else list(errors),
    )


def problem_response(body: ProblemBody, *, headers: Mapping[str, str] | None = None) -> Response:
    """The response that carries `body`."""
    content = body.model_dump_json(exclude_none=True)
    return Response(content, status_code=body.status, headers=headers, media_type=MEDIA_TYPE)


def status_of(error: WenceError) -> HTTPStatus:
    """The status of the most special class that `error` belongs to."""
    return next(STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF)


def problem_of(error: WenceError, *, request_id: str) -> ProblemBody:
    """The problem for `error`.

    Messages of our own errors are written for users; only those of storage and indexes, which
    name paths, stay in the log.
    """
    status = status_of(error)
    if status < HTTPStatus.INTERNAL_SERVER_ERROR or isinstance(error, ChatModelError):
        fault = isinstance(error, ChatModelNotFoundError)
        errors = [ProblemError(field="model", message=str(error))] if fault else None
        return problem_body(status, str(error), request_id=request_id, errors=errors)
    _log.error("request_failed", request_id=request_id, exc_info=error)
    return unexplained_problem(status, request_id=request_id)


def unexplained_problem(
    status: HTTPStatus = HTTPStatus.INTERNAL_SERVER_ERROR, *, request_id: str
) -> ProblemBody:
    """A problem whose cause is for the log alone."""
    return problem_body(status, DETAIL_OF[500], request_id=request_id)


def _encodable(text: str) -> str:
    """`text` with lone surrogates, which UTF-8 can't hold, replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")


_MESSAGES: Mapping[str, str] = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项，请检查拼写",
    "string_type": "应为文字",
    "string_unicode": "含有无法编码的字符",
    "string_too_short": "不能为空",
    "string_too_long": "最多 {max_length} 个字符",
    "too_long": "最多 {max_length} 项",
    "too_short": "至少 {min_length} 项",
    "list_type": "应为列表",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "int_parsing_size": "数值过大",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "enum": "应为其中之一：{expected}",
    "literal_error": "应为其中之一：{expected}",
    "json_invalid": "JSON 格式有误",
    "model_attributes_type": "应为 JSON 对象",
    "model_type": "应为 JSON 对象",
    "dict_type": "应为 JSON 对象",
}


def _explained(error: Mapping[str, object]) -> ProblemError:
    """One of pydantic's errors in Chinese; what was sent is not repeated."""
    kind = str(error["type"])
    place = [str(part) for part in cast("Sequence[object]", error["loc"])]
    if place and place[0] in {"body", "query", "path"}:
        place = place[1:]
    template = _MESSAGES.get(kind)
    context = cast("Mapping[str, object]", error.get("ctx") or {})
    if template is None:
        own = kind in {"partial_date", "date_order", "model_and_mode"}
        message = str(error["msg"]) if own else "内容不合要求"
    else:
        expected = str(context.get("expected", "")).replace(" or ", "、").replace(", ", "、")
        message = template.format(**{**context, "expected": expected})
    if kind == "json_invalid":
        place = [f"第 {place[0]} 个字符"] if place else []
    field = _encodable(".".join(place))[:200]
    return ProblemError(field=field or "请求正文", message=message)


def explained_errors(errors: Sequence[object]) -> list[ProblemError]:
    """What pydantic found wrong, in Chinese."""
    return [_explained(cast("Mapping[str, object]", error)) for error in errors]


async def _on_own_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, WenceError)
    passes = isinstance(error, JobConflictError | JobQueueFullError) and error.passes_in_s
    return problem_response(
        problem_of(error, request_id=request_id_of(request)),
        headers={"Retry-After": str(passes)} if passes else None,
    )


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = explained_errors(error.errors())
    detail = "；".join(f"{one.field}：{one.message}" for one in errors[:5])
    body = problem_body(422, detail, request_id=request_id_of(request), errors=errors[:100])
    return problem_response(body)


async def _on_http_error(request: Request, error: Exception) -> Response:
    """Starlette's and FastAPI's own refusals; ours carry a Chinese detail already."""
    assert isinstance(error, HTTPException)
    own = not error.detail.isascii()
    detail = error.detail if own else DETAIL_OF.get(error.status_code, "请求无法处理。")
    body = problem_body(error.status_code, detail, request_id=request_id_of(request))
    return problem_response(body, headers=error.headers)


def install_problem_handlers(app: FastAPI) -> None:
    """Make `app` answer every failure with a problem.

    What nobody expected is caught further out, in `ui.api.perimeter`.
    """
    app.add_exception_handler(WenceError, _on_own_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http_error)


_RETRY_AFTER: Mapping[str, object] = {
    "Retry-After": {
        "description": "Seconds after which to try again; not there where waiting does not help.",
        "schema": {"type": "integer"},
    }
}


def problem_responses(
    *statuses: int, passing: Collection[int] = ()
) -> dict[int | str, dict[str, object]]:
    """What OpenAPI says of the problems that a route can answer with; some may pass."""
    reference = {"$ref": "#/components/schemas/ProblemBody"}
    return {
        status: {
            "description": TITLE_OF[status],
            "content": {MEDIA_TYPE: {"schema": reference}},
            **({"headers": _RETRY_AFTER} if status in passing else {}),
        }
        for status in sorted({421, 500, *statuses})
    }
