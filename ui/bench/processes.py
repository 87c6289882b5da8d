"""Programs that `wence bench` starts and watches: a real server, and the command line."""

import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from rag.errors import ServerError

_START_S = 120.0
_STOP_S = 20.0


def command(*arguments: str) -> list[str]:
    """The command line of this installation."""
    return [sys.executable, "-m", "ui.cli", *arguments]


def clean_environment() -> dict[str, str]:
    """The environment without settings, so that the defaults are measured."""
    return {name: value for name, value in os.environ.items() if not name.startswith("WENCE_")}


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_server(data: Path) -> Generator[tuple[int, str]]:
    """A server on `data` for the length of the block: its process id and its URL.

    Raises:
        ServerError: It did not get ready.
    """
    url = f"http://127.0.0.1:{free_port()}"
    arguments = command("serve", "--data", str(data), "--port", url.rsplit(":", 1)[1])
    temporary = data.parent / "temporary"  # Gradio leaves a folder there
    temporary.mkdir(exist_ok=True)
    environment = clean_environment() | {"TMPDIR": str(temporary)}
    with (data.parent / "server.log").open("wb") as log:
        process = subprocess.Popen(
            arguments, stdout=log, stderr=log, cwd=data.parent, env=environment
        )
        try:
            _wait_until_ready(process, url, log=data.parent / "server.log")
            yield process.pid, url
        finally:
            process.terminate()
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_ready(process: "subprocess.Popen[bytes]", url: str, *, log: Path) -> None:
    deadline = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/readyz", trust_env=False, timeout=2).is_success:
                return
        except httpx.HTTPError:
            pass  # not yet
        time.sleep(0.1)
    said = log.read_text(encoding="utf-8", errors="replace")[-1000:]
    message = f"测速用的服务没有就绪：{said or '没有任何输出'}"
    raise ServerError(message)


def median_wall_s(
    arguments: Sequence[str], *, folder: Path, runs: int = 5, settings: Mapping[str, str] = {}
) -> float:
    """Median wall time of a command that must succeed, in seconds.

    Raises:
        ServerError: It failed.
    """
    times = list[float]()
    for _ in range(runs):
        since = time.perf_counter()
        done = subprocess.run(
            command(*arguments),
            capture_output=True,
            cwd=folder,
            env=clean_environment() | dict(settings),
            check=False,
        )
        times.append(time.perf_counter() - since)
        if done.returncode:
            message = f"wence {arguments[0]} 失败：{done.stderr.decode(errors='replace')[-500:]}"
            raise ServerError(message)
    return statistics.median(times)


def resident_mb(process_id: int) -> float | None:
    """Memory of a process that is resident, in MB; None where the system does not say."""
    try:
        status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii", errors="ignore")
        kilobytes = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(kilobytes.split()[1]) / 1024
    except (OSError, StopIteration):
        return _resident_mb_by_ps(process_id)


def _resident_mb_by_ps(process_id: int) -> float | None:
    try:
        done = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(process_id)], capture_output=True, check=True
        )
        return int(done.stdout) / 1024
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None


def has_loaded(process_id: int, library: str) -> bool | None:
    """Whether a process has mapped a library of that name; None where it can't be told."""
    try:
        return library in Path(f"/proc/{process_id}/maps").read_text(encoding="utf-8")
    except OSError:
        return None


def folder_mb(path: Path) -> float:
    """Size of a file, or of all files in a folder, in MB; 0 where there is none."""
    files = [path] if path.is_file() else path.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file()) / 2**20
