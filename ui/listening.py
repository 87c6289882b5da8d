"""Where a server of ours listens: on this machine alone."""

import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Literal

import uvicorn
from starlette.types import ASGIApp

from rag.errors import WenceError
from ui.api.perimeter import is_loopback
from ui.termination import AnnouncingServer

_SHUTDOWN_S = 3
"""An open page, or a client's stream, holds a connection for good."""


@contextmanager
def bound_socket(
    host: str, port: int, *, not_ours: str, why_not_bound: Callable[[OSError], str]
) -> Generator[socket.socket]:
    """A socket bound to the address, so that nobody takes it before there is a server.

    It does not listen yet: a client that comes too early is refused rather than kept waiting.

    Args:
        host: A name or an address of this machine alone.
        port: 0 for any that is free.
        not_ours: What to say of another host.
        why_not_bound: What to say where the address cannot be had.

    Raises:
        WenceError: The address is not this machine's alone, or taken, or not permitted.
    """
    if not is_loopback(host):
        raise WenceError(not_ours)
    family, kind, protocol, _, address = socket.getaddrinfo(
        host.strip("[]"), port, type=socket.SOCK_STREAM
    )[0]
    with socket.socket(family, kind, protocol) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(address)
        except OSError as error:
            raise WenceError(why_not_bound(error)) from error
        yield bound


def host_in_url(host: str) -> str:
    """A name or an address as URLs write it."""
    return f"[{host.strip('[]')}]" if ":" in host else host


def url_of(host: str, bound: socket.socket) -> str:
    """Where a bound socket is reached, without a path."""
    return f"http://{host_in_url(host)}:{bound.getsockname()[1]}"


def quiet_server(
    app: ASGIApp, *, announce: Callable[[], None], ws: Literal["auto", "none"] = "auto"
) -> uvicorn.Server:
    """A server that logs nothing by itself.

    Args:
        app: What is served.
        announce: Called once it listens.
        ws: "none" where no web sockets are served.
    """
    config = uvicorn.Config(
        app,
        log_level="critical",  # what goes wrong is logged by ui.api.perimeter
        access_log=False,
        server_header=False,
        ws=ws,
        timeout_graceful_shutdown=_SHUTDOWN_S,
    )
    return AnnouncingServer(config, announce=announce)
