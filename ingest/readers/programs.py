"""Running other programs: found on PATH, with a time limit, and never left behind."""

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from rag.errors import ParsingError


def find_program(*names: str) -> str | None:
    """The path of the first of these programs that is installed, or None."""
    return next((found for name in names if (found := shutil.which(name))), None)


def run_program(
    command: Sequence[str],
    *,
    timeout_s: float,
    folder: Path,
    environment: dict[str, str] | None = None,
) -> bytes:
    """What a program writes to its standard output.

    It runs as its own process group, so that after the time limit its children end as well.

    Args:
        command: Program and arguments; no shell is involved.
        timeout_s: The whole group is killed after this many seconds.
        folder: Where it runs.
        environment: Variables on top of those of this process.

    Raises:
        ParsingError: It did not end in time, could not be started, or failed.
    """
    name = Path(command[0]).name
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
    except OSError as error:
        message = f"无法启动 {name}（{error.strerror}）：请检查它是否安装完整"
        raise ParsingError(message) from error
    with process:
        try:
            output, complaint = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired as error:
            message = f"{name} 处理超过 {timeout_s:.0f} 秒仍未完成，已中止：文件可能已损坏或过大"
            raise ParsingError(message) from error
        finally:
            _end_group(process)
    if process.returncode != 0:
        detail = complaint.decode("utf-8", errors="replace").strip().splitlines()
        message = f"{name} 处理失败：{detail[-1][:120] if detail else '没有说明原因'}"
        raise ParsingError(message)
    return output


def _end_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
