"""How requests reach a running 问策 server, and what its refusals mean.

The server is this machine's own, so proxies of the environment are not used.
"""

from http import HTTPStatus
from typing import TypeVar

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from rag.errors import (
    ChatModelNotFoundError,
    ConversationClosedError,
    ConversationNotFoundError,
    DocumentNotFoundError,
    ServerError,
    WenceError,
)
from ui.api.schemas import ProblemBody

CONVERSATIONS_PATH = "/v1/conversations"
_Reply = TypeVar("_Reply")


class RefusedError(ServerError):
    """The server understood the request and won't do it: what was sent is at fault."""


class ServerConnection:
    """Requests to one server.

    Every method but `close` may raise ServerError; `parsed`: the reply is none of 问策's.

    Args:
        url: Where the API listens: http://127.0.0.1:8000.
        timeout_s: Longest wait for a reply; taking files in and chat models take their time.
    """

    def __init__(self, url: str, *, timeout_s: float) -> None:
        self.url = url.rstrip("/")
        timeout = httpx.Timeout(timeout_s, connect=5)
        self._http = httpx.Client(base_url=self.url, timeout=timeout, trust_env=False)

    def post(self, path: str, body: BaseModel) -> httpx.Response:
        """The reply to what is set in `body`; errors as those of `request`."""
        return self.request(
            "POST", path, json=body.model_dump(mode="json", exclude_none=True, exclude_unset=True)
        )

    def request(self, method: str, path: str, **content: object) -> httpx.Response:
        """The reply, a successful one.

        Args:
            method: GET, POST and so on.
            path: With a slash in front.
            content: As for `httpx.Client.request`.

        Raises:
            RefusedError: What was sent is at fault.
            WenceError: What the server says is not there or not possible.
        """
        try:
            response = self._http.request(method, path, **content)  # pyright: ignore[reportArgumentType] - handed through as it came
        except httpx.WriteError as error:
            message = "服务没有收完就断开了：文件可能超过它的上限（设置 WENCE_MAX_FILE_MB）"
            raise RefusedError(message) from error
        except httpx.TimeoutException as error:
            message = f"{self.url} 的服务没有在限定时间内回复：请稍后再试"
            raise ServerError(message) from error
        except httpx.HTTPError as error:
            message = f"{self.url} 的服务连不上（{error}）：请看它是否还在运行"
            raise ServerError(message) from error
        if response.is_success:
            return response
        raise _problem_of(response)

    def parsed(self, response: httpx.Response, adapter: TypeAdapter[_Reply]) -> _Reply:
        """What a reply says."""
        try:
            return adapter.validate_json(response.content)
        except ValidationError as error:
            message = f"{self.url} 的回复看不懂：它不是问策的服务，或版本不同"
            raise ServerError(message) from error

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


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
    is_conversation = response.request.url.path.startswith(CONVERSATIONS_PATH)
    if response.status_code == HTTPStatus.NOT_FOUND:
        return (ConversationNotFoundError if is_conversation else DocumentNotFoundError)(detail)
    if response.status_code == HTTPStatus.CONFLICT and is_conversation:
        return ConversationClosedError(detail)
    if response.is_client_error:
        return RefusedError(detail)
    return ServerError(detail)
