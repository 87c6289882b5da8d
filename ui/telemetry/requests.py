"""What is noted of every HTTP request: its id, a log line, its count and duration."""

import re
import time
from collections.abc import Generator, Iterator
from contextvars import copy_context
from typing import TypeVar
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.api.problems import REQUEST_ID
from ui.telemetry.metrics import Metrics

UNMATCHED = "unmatched"
"""The route of requests that are refused before one is looked for, or for which there is none."""
NO_RESPONSE = 499
"""The status of requests whose client went away before there was one; nginx calls it so."""

_SANE_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")
_Step = TypeVar("_Step")
_log = structlog.get_logger()


class RequestWatch:
    """ASGI middleware around everything else.

    The id of a request is the one that its sender gave it in `X-Request-Id`, if that is short and
    plain, else a new one. It goes back in the response, and into every line that is logged
    meanwhile. Paths and queries are written nowhere: people search by them.

    Args:
        app: What lies inside; it finds the id in the request's state.
        metrics: Where requests are counted.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        self._log = _log.bind()  # once: a third of the time of a line

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in and note what becomes of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _id_of(scope)
        scope.setdefault("state", {})[REQUEST_ID] = request_id
        status, began = NO_RESPONSE, time.perf_counter()

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_marked)
            finally:
                self._note(scope, status=status, seconds=time.perf_counter() - began)

    def _note(self, scope: Scope, *, status: int, seconds: float) -> None:
        # The routers leave it there.
        route = getattr(scope.get("route"), "path_format", None) or UNMATCHED
        method = scope["method"]
        self._metrics.request(method=method, route=route, status=status, seconds=seconds)
        self._log.info(
            "request_served",
            method=method[:10],
            route=route,
            status=status,
            duration_ms=round(seconds * 1000, 1),
        )


def logged_as(request_id: str, steps: Iterator[_Step]) -> Generator[_Step]:
    """The same steps, each logged under the id, whichever threads and tasks ask for them.

    Work that a request hands over to a queue, as the page does, has lost its context.
    """
    context = copy_context()
    context.run(structlog.contextvars.bind_contextvars, request_id=request_id)
    try:
        while (step := context.run(next, steps, None)) is not None:
            yield step
    finally:
        if isinstance(steps, Generator):
            context.run(steps.close)


def _id_of(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _SANE_ID.fullmatch(given) else uuid4().hex
