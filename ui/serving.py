"""`wence serve`: page and API on one port of this machine."""

import errno
import socket
from collections.abc import Sequence
from contextlib import ExitStack, suppress

from fastapi import FastAPI

from rag.assembly import System
from rag.documents import AnswerMode
from rag.errors import StorageError
from rag.settings import Settings
from rag.storage import UPLOADS_NAME
from ui.api.app import FILES_WORTH_PER_UPLOAD, create_app
from ui.conversations.desk import ConversationDesk
from ui.feedback.desk import FeedbackDesk
from ui.intake import StorageIntake
from ui.jobs.desk import JobDesk
from ui.listening import bound_socket, quiet_server, url_of
from ui.roles import Backing, Suggesting
from ui.suggesting import SuggestionDesk
from ui.telemetry.watch import Watch, open_watch
from ui.terminal.local_desk import open_ready_system
from ui.terminal.output import print_note, print_result
from ui.termination import Termination

_PROGRAM = "wence serve"
_WARM_UP_QUESTION = "机构改革的主要内容是什么？"
_NOT_OURS = (
    "不能在 {host} 上提供服务：还没有账号和密钥，别的机器上的人都能读写资料库。"
    "请用本机地址 127.0.0.1（设置 WENCE_HOST 或 --host）"
)
MOST_WAITING_UPLOADS = 10
"""Background uploads that wait may be as large together as so many of the largest."""


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM.

    Raises:
        WenceError: The address is none of this machine's alone, or taken; or the data folder
            cannot be used; or traces are asked for that cannot be sent.
    """
    termination = Termination()
    termination.watch()
    with (
        suppress(KeyboardInterrupt),
        open_watch(settings) as watch,
        bound_socket(
            settings.host,
            settings.port,
            not_ours=_NOT_OURS.format(host=settings.host),
            why_not_bound=lambda error: _why_not_bound(error, settings.host, settings.port),
        ) as bound,
    ):
        _serve_on(bound, settings, watch, termination)
    print_note("问策已停止。")


def _serve_on(
    bound: socket.socket, settings: Settings, watch: Watch, termination: Termination
) -> None:
    with ExitStack() as opened:
        system = opened.enter_context(open_ready_system(settings, program=_PROGRAM))
        suggesting = SuggestionDesk(system.catalog, system.assistant)
        opened.enter_context(suggesting.working())  # the first are there before the page is
        app = build_app(
            system,
            max_file_bytes=settings.max_file_bytes,
            save_conversations=settings.save_conversations,
            max_queued_jobs=settings.max_queued_jobs,
            suggesting=suggesting,
            watch=watch,
        )
        _warm_up(system)
        url = url_of(settings.host, bound)

        def announce() -> None:
            system.storage.announce(url)
            print_result(f"问策已就绪：{url} （接口文档 {url}/docs，按 Ctrl+C 停止）")

        termination.run(quiet_server(app, announce=announce), bound)


def build_app(
    system: System,
    *,
    max_file_bytes: int,
    save_conversations: bool = True,
    max_queued_jobs: int = 100,
    suggesting: Suggesting | None = None,
    watch: Watch | None = None,
) -> FastAPI:
    """API and page over an open system.

    Args:
        system: What answers.
        max_file_bytes: An uploaded file may be so large.
        save_conversations: Whether conversations, and the words of feedback, are kept.
        max_queued_jobs: So many uploads may wait to be taken in.
        suggesting: None for one that finds no new questions.
        watch: What is told of requests and answers, or None for metrics alone.
    """
    from ui.page.layout import mount_page  # deferred: Gradio takes two seconds

    watch = watch or Watch()
    watch.metrics.count_library(system.catalog.counts)
    intake = StorageIntake(
        system.storage, max_bytes=max_file_bytes, observer=watch.metrics.taken_in
    )
    backing = Backing(
        assistant=system.assistant.observed_by(watch.answered),
        verifier=system.verifier,
        quotations=system.quotations,
        drafts=system.drafts,
        shelf=system.catalog,
        intake=intake,
        conversations=ConversationDesk(
            system.catalog.conversations, system.catalog, is_saving=save_conversations
        ),
        feedback=FeedbackDesk(
            system.catalog.feedback, system.recent, keeps_text=save_conversations
        ),
        suggesting=suggesting or SuggestionDesk(system.catalog, system.assistant),
        jobs=JobDesk(
            system.catalog.jobs,
            intake,
            folder=system.storage.folder / UPLOADS_NAME,
            most_waiting=max_queued_jobs,
            most_bytes=MOST_WAITING_UPLOADS * FILES_WORTH_PER_UPLOAD * max_file_bytes,
        ),
        unready_reasons=lambda: _unready_reasons(system),
        max_file_bytes=max_file_bytes,
    )
    return mount_page(create_app(backing, watch=watch), backing)


def _unready_reasons(system: System) -> Sequence[str]:
    try:
        pending = system.catalog.counts().pending
    except StorageError:
        return ["目录数据库读不出来"]
    return [f"还有 {pending} 段没有编入索引"] if pending else []


def _warm_up(system: System) -> None:
    """Let the first user not wait for what is loaded on first use."""
    system.assistant.answer(_WARM_UP_QUESTION, mode=AnswerMode.EXTRACTIVE)


def _why_not_bound(error: OSError, host: str, port: int) -> str:
    remedy = "请换一个端口（设置 WENCE_PORT，或 wence serve --port 8001）"
    if error.errno == errno.EADDRINUSE:
        return f"端口 {port} 已被占用：请停掉占用它的程序，或{remedy[1:]}"
    if error.errno == errno.EACCES:
        return f"没有权限使用端口 {port}：{remedy}"
    return f"不能在 {host}:{port} 上提供服务（{error.strerror}）：{remedy}"
