"""What every request passes, for page and API alike, before anything else sees it.

The server has no accounts: it serves this machine alone. A website open in the same browser
could still reach it, by a name that resolves to 127.0.0.1 (DNS rebinding) or by posting a form
across sites; both are refused here.
"""

from collections.abc import Callable, Collection, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.api.problems import (
    DETAIL_OF,
    REQUEST_ID,
    ProblemBody,
    problem_body,
    problem_response,
    unexplained_problem,
)

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_CONTENT_POLICY = "; ".join((
    "default-src 'self'",
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'",  # Gradio compiles its templates
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "media-src 'self' blob:",
    "worker-src 'self' blob:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
))
_SECURITY_HEADERS = {
    "Content-Security-Policy": _CONTENT_POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_log = structlog.get_logger()


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address without a port, is this machine and no other."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _host_name(host_header: str) -> str:
    try:
        return urlsplit(f"//{host_header}").hostname or ""
    except ValueError:
        return ""


def _is_own_origin(headers: Headers) -> bool:
    """Whether the request comes from our own page, or from no page at all."""
    if headers.get("sec-fetch-site", "none") in {"cross-site", "same-site"}:
        return False
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host")


class Perimeter:
    """ASGI middleware: host, origin and size checks, security headers, last resort.

    The request has its id already (`ui.telemetry.requests`). FastAPI's own body limit answers in
    plain text, so sizes are checked here.

    Args:
        app: What lies inside.
        max_body_bytes: Largest body of a request.
        max_upload_bytes: Path → largest body, where it is another one.
        extra_hosts: Host names that are served besides those of the loopback interface.
        problem_shapes: Path → what makes a problem of the form that its clients read.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_body_bytes: int,
        max_upload_bytes: Mapping[str, int],
        extra_hosts: Collection[str] = (),
        problem_shapes: Mapping[str, Callable[[ProblemBody], ProblemBody]] | None = None,
    ) -> None:
        self._app = app
        self._problem_shapes = dict(problem_shapes or {})
        self._max_body_bytes = max_body_bytes
        self._max_upload_bytes = dict(max_upload_bytes)
        self._extra_hosts = frozenset(extra_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or answer it with a problem."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":  # neither API nor page has any
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = scope["state"][REQUEST_ID]
        started = False

        async def send_marked(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message).update(_SECURITY_HEADERS)
            await send(message)

        refusal = self._refusal(scope, request_id=request_id)
        if refusal is not None:
            await self._problem_response(scope, refusal)(scope, receive, send_marked)
            return
        try:
            await self._app(scope, self._limited(scope, receive), send_marked)
        except Exception as error:
            _log.error("request_failed", request_id=request_id, exc_info=error)
            if started:  # nothing more can be said to this client
                raise
            problem = unexplained_problem(request_id=request_id)
            await self._problem_response(scope, problem)(scope, receive, send_marked)

    def _problem_response(self, scope: Scope, body: ProblemBody) -> Response:
        shape = self._problem_shapes.get(scope["path"].rstrip("/"))
        return problem_response(shape(body) if shape else body)

    def _limit(self, scope: Scope) -> int:
        return self._max_upload_bytes.get(scope["path"].rstrip("/"), self._max_body_bytes)

    def _limited(self, scope: Scope, receive: Receive) -> Receive:
        """`receive` that stops a body which turns out larger than it may be."""
        limit, received = self._limit(scope), 0

        async def receive_limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(413)
            return message

        return receive_limited

    def _refusal(self, scope: Scope, *, request_id: str) -> ProblemBody | None:
        headers = Headers(scope=scope)
        host = _host_name(headers.get("host", ""))
        if not is_loopback(host) and host not in self._extra_hosts:
            detail = "只接受以 localhost 或 127.0.0.1 访问；请求的 Host 不是本机。"
            return problem_body(421, detail, request_id=request_id)
        if scope["method"] not in _SAFE_METHODS and not _is_own_origin(headers):
            detail = "这个请求来自别的网站，已拒绝。"
            return problem_body(403, detail, request_id=request_id)
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length[:18]) > self._limit(scope):
            return problem_body(413, DETAIL_OF[413], request_id=request_id)
        return None
