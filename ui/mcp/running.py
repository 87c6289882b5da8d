"""`wence mcp`: from the settings to a running server. Imports nothing of the extra by itself."""

import os
import sys
from importlib.util import find_spec

from rag.errors import WenceError
from rag.settings import Settings
from ui.mcp.keeping import DeskKeeper
from ui.telemetry.watch import open_watch
from ui.terminal.desk import open_desk
from ui.terminal.output import print_note

DEFAULT_PORT = 8001
"""Not that of `wence serve`, beside which it runs."""

_PROGRAM = "wence mcp"
_WAIT_S = 1.0
"""Clients wait two seconds for a server to end before they kill it."""
_MISSING = (
    "这个环境里没有 mcp 软件包，wence mcp 需要它。请在问策的目录里安装：\n"
    "  .venv/bin/python -m pip install --constraint constraints.txt --editable '.[mcp]'\n"
    "（问策若是用 pip 装的：pip install 'wence[mcp]'）"
)


def run_mcp(settings: Settings, *, http: bool, port: int | None = None) -> None:
    """Serve MCP clients until they leave (stdio) or until SIGINT or SIGTERM.

    The data folder is opened at the first question, and given back when nobody asked anything
    for a while; where `wence serve` has it, that is asked instead.

    Args:
        settings: Which folder; for HTTP, which address.
        http: Serve streamable HTTP instead of standard input and output.
        port: For HTTP; None for `DEFAULT_PORT`, 0 for any that is free.

    Raises:
        WenceError: The extra is not installed, the address can't be used, or traces are asked
            for that cannot be sent.
    """
    if find_spec("mcp") is None:
        raise WenceError(_MISSING)
    from ui.mcp.server import build_server  # deferred: of the extra
    from ui.mcp.transports import serve_http, serve_stdio

    with open_watch(settings) as watch:
        keeper = DeskKeeper(
            lambda: open_desk(settings, program=_PROGRAM, observers=[watch.answered])
        )
        try:
            if http:
                serve_http(
                    build_server(keeper),
                    host=settings.host,
                    port=DEFAULT_PORT if port is None else port,
                    announce=_announce,
                    metrics=watch.metrics,
                )
                _say_that_it_stopped()
            else:
                _tell_a_person_what_to_do()
                serve_stdio(build_server(keeper))
        except KeyboardInterrupt:
            _say_that_it_stopped()
        finally:
            is_done = keeper.close(wait_s=_WAIT_S)
    if not is_done:
        # Work that nobody waits for any more only reads; the interpreter would wait for it.
        sys.stderr.flush()
        os._exit(0)


def _say_that_it_stopped() -> None:
    print_note("问策的 MCP 服务已停止。")


def _announce(url: str) -> None:
    print_note(f"问策的 MCP 服务已就绪：{url} （按 Ctrl+C 停止）")


def _tell_a_person_what_to_do() -> None:
    """Programs start it with a pipe; who types the command sees nothing happen otherwise."""
    if sys.stdin is not None and sys.stdin.isatty():  # None: closed
        print_note("正在等 MCP 客户端由标准输入发来消息：请在客户端里配置这条命令（Ctrl+C 停止）。")
