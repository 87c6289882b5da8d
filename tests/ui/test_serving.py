"""Starting the server: addresses, ports, and a real one from start to SIGTERM."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import uvicorn

from rag.errors import WenceError
from rag.settings import Settings
from ui import serving
from ui.termination import Termination


def settings_for(folder, **fields):
    return Settings(data=folder, **fields)


@pytest.fixture(autouse=True)
def _keep_signals():
    handler = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, handler)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "example.com", ""])
def test_an_address_that_others_can_reach_is_refused(tmp_path, host):
    with pytest.raises(WenceError, match=r"127\.0\.0\.1"):
        serving.serve(settings_for(tmp_path / "data", host=host))
    assert not (tmp_path / "data").exists()


def test_a_port_in_use_is_named_before_anything_is_built(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(WenceError, match=rf"端口 {port} 已被占用.*WENCE_PORT"):
            serving.serve(settings_for(tmp_path / "data", port=port))
    assert not (tmp_path / "data").exists()


def launched(folder):
    """A real server on a free port, as it begins."""
    command = [
        sys.executable,
        "-m",
        "ui.cli",
        "serve",
        "--port",
        "0",
        "--data",
        str(folder / "data"),
    ]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )


def ended(process):
    """The server was told to stop, and did."""
    process.terminate()
    try:
        assert process.wait(timeout=30) == 0
        assert process.stdout.read().rstrip().endswith("问策已停止。")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def started(folder):
    """A real server and its URL, once it is ready."""
    process = launched(folder)
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "问策已就绪" in line:
            return process, line.split("：", 1)[1].split(" ")[0]
    pytest.fail("".join(lines))


class StoppedServer(uvicorn.Server):
    """Is asked to stop as soon as it runs."""

    def __init__(self, termination: Termination) -> None:
        super().__init__(uvicorn.Config(lambda: None))
        self._termination = termination

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        self._termination.ask()


def test_a_signal_that_a_destructor_swallows_still_ends_the_program():
    termination = Termination()
    with pytest.raises(KeyboardInterrupt):  # and nobody hears of it
        termination.ask()
    with socket.socket() as bound, pytest.raises(KeyboardInterrupt):
        termination.run(StoppedServer(termination), bound)


def test_a_server_that_has_taken_over_is_told_to_stop():
    termination = Termination()
    server = StoppedServer(termination)
    with socket.socket() as bound:
        termination.run(server, bound)
    assert server.should_exit
    termination.ask()  # closing goes on undisturbed


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_sigterm_around_readiness_is_lost(tmp_path):
    process, _ = started(tmp_path)
    ended(process)  # the library is built now: further starts are alike
    begun = time.monotonic()
    process, _ = started(tmp_path)
    start_s = time.monotonic() - begun
    ended(process)
    chance = random.Random(0)
    for _ in range(6):
        process = launched(tmp_path)
        time.sleep(start_s * chance.uniform(0.6, 1.05))
        ended(process)
    for delay_s in (0.0, 0.001, 0.005, 0.02, 0.1, 0.3):
        process, _ = started(tmp_path)
        time.sleep(delay_s)
        ended(process)


@pytest.mark.slow
def test_a_server_says_when_it_is_ready_answers_takes_a_file_in_and_stops_on_sigterm(tmp_path):
    process, url = started(tmp_path)
    try:
        with httpx.Client(base_url=url, timeout=60) as client:
            assert client.get("/readyz").json() == {"status": "ready"}
            question = {"question": "市中区机构改革后共设置多少个党政机构？"}
            answer = client.post("/v1/answers", json=question).json()
            assert "37" in answer["text"]
            text = "河源镇于2031年设立了七个便民服务站。".encode()
            files = [("files", ("新闻.txt", text)), ("files", ("空.txt", b""))]
            good, bad = client.post("/v1/documents", files=files).json()["items"]
            assert good["status"] == "added"
            assert (bad["status"], bool(bad["reason"])) == ("failed", True)
            assert "/tmp" not in bad["reason"]
            found = client.post("/v1/search", json={"query": "河源镇便民服务站"}).json()["items"]
            assert found[0]["document_id"] == good["document_ids"][0]
            again = client.post("/v1/documents", files=files[:1]).json()["items"][0]
            assert again["status"] == "unchanged"
            path = f"/v1/documents/{good['document_ids'][0]}"
            assert client.delete(path).status_code == 204
            assert client.get(path).status_code == 404
            loaded = Path(f"/proc/{process.pid}/maps")
            assert not loaded.exists() or "libtorch" not in loaded.read_text()
        begun = time.monotonic()
        process.terminate()
        assert process.wait(timeout=20) == 0
        assert time.monotonic() - begun < 10
        assert "问策已停止" in process.stdout.read()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
