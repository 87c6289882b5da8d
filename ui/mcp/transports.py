"""How clients reach the server: over standard input and output, or over HTTP on this machine."""

import os
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import anyio
from mcp.server import Server
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from ui.api.metrics_route import metrics_response
from ui.api.perimeter import Perimeter
from ui.listening import bound_socket, host_in_url, quiet_server, url_of
from ui.mcp.standard_input import lines_of
from ui.telemetry.metrics import Metrics
from ui.telemetry.requests import RequestWatch
from ui.termination import Termination

if TYPE_CHECKING:
    from anyio import AsyncFile

HTTP_PATH = "/mcp"
METRICS_PATH = "/metrics"
MAX_BODY_BYTES = 4 * 2**20
"""The longest draft, each of its characters escaped, is a third of it."""
_STANDARD_INPUT = 0
_NOT_OURS = (
    "不能在 {host} 上提供 MCP 服务：它没有账号和密钥，别的机器上的人都能读资料库。"
    "请用本机地址 127.0.0.1（设置 WENCE_HOST 或 --host）"
)


def serve_stdio(server: Server[Any]) -> None:
    """Serve the client at the other end of standard input, until it closes that or we are told.

    Only messages of the protocol go to standard output; whatever else is printed goes to stderr.
    """
    anyio.run(_serve_stdio, server)


async def _serve_stdio(server: Server[Any]) -> None:
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(_stop_when_told, group.cancel_scope)
            async with lines_of(_STANDARD_INPUT) as lines:
                # All that is asked of a file is to be iterated over.
                source = cast("AsyncFile[str]", lines)
                async with stdio_server(stdin=source) as (received, sent):
                    await server.run(received, sent, server.create_initialization_options())
            group.cancel_scope.cancel()
    except* (BrokenPipeError, anyio.BrokenResourceError, anyio.ClosedResourceError):
        pass  # the client went away without a word


async def _stop_when_told(scope: anyio.CancelScope) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            scope.cancel()
            return


def http_app(server: Server[Any], *, host: str, metrics: Metrics | None = None) -> ASGIApp:
    """The server as an application; what a website in a browser sends it is refused.

    Args:
        server: What is served, at `HTTP_PATH`.
        host: The address of this machine that it will listen on.
        metrics: Where requests are counted, shown at `METRICS_PATH`; None for new ones.
    """
    counted = metrics or Metrics()

    def show_metrics(request: Request) -> Response:
        return metrics_response(counted, request)

    names = {"127.0.0.1", "localhost", "[::1]", host_in_url(host)}
    hosts = [form for name in sorted(names) for form in (name, f"{name}:*")]
    security = TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=hosts,
        allowed_origins=[f"http://{name}" for name in hosts],
    )
    app = server.streamable_http_app(
        streamable_http_path=HTTP_PATH,
        transport_security=security,
        max_request_body_size=MAX_BODY_BYTES,
        custom_starlette_routes=[Route(METRICS_PATH, show_metrics, methods=["GET"])],
    )
    inner = Perimeter(app, max_body_bytes=MAX_BODY_BYTES, max_upload_bytes={})
    return RequestWatch(inner, metrics=counted)


def serve_http(
    server: Server[Any],
    *,
    host: str,
    port: int,
    announce: Callable[[str], None],
    metrics: Metrics | None = None,
) -> None:
    """Serve over streamable HTTP until SIGINT or SIGTERM.

    Args:
        server: What is served.
        host: An address of this machine alone.
        port: 0 for any that is free.
        announce: Called with the URL once it can be reached.
        metrics: As for `http_app`.

    Raises:
        WenceError: The address is none of this machine's alone, or taken.
    """
    termination = Termination()
    termination.watch()
    with bound_socket(
        host,
        port,
        not_ours=_NOT_OURS.format(host=host),
        why_not_bound=lambda error: _why_not_bound(error, port),
    ) as bound:
        url = url_of(host, bound) + HTTP_PATH
        app = http_app(server, host=host, metrics=metrics)
        termination.run(quiet_server(app, announce=lambda: announce(url), ws="none"), bound)


def _why_not_bound(error: OSError, port: int) -> str:
    reason = os.strerror(error.errno) if error.errno else str(error)
    remedy = "请换一个，例：wence mcp --http --port 8002"
    return f"端口 {port} 用不了（{reason}）：它可能已被占用，{remedy}"
