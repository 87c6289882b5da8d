"""Background uploads while real servers are killed and stopped."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from rag.catalog_jobs import MOST_ATTEMPTS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]  # several starts of a server each

ASYNC = {"Prefer": "respond-async"}
FILES = 40


@contextmanager
def serving(folder: Path) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """A real server over a folder, on a free port, and a client of it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "serve", "--port", "0", "--data", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    try:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "问策已就绪" in line:
                break
        else:
            pytest.fail("".join(lines))
        url = line.split("：", 1)[1].split(" ")[0]
        with httpx.Client(base_url=url, timeout=60) as client:
            yield process, client
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the built-in library, to be copied."""
    folder = tmp_path_factory.mktemp("library") / "data"
    folder.mkdir()
    with serving(folder) as (process, _):
        process.terminate()
        assert process.wait(timeout=60) == 0
    return folder


@pytest.fixture
def folder(library: Path, tmp_path: Path) -> Path:
    return shutil.copytree(library, tmp_path / "data")


def form(batch: int) -> list[tuple[str, tuple[str, bytes]]]:
    """Files of several lengths, so that some are indexed in more than one portion."""
    files = list[tuple[str, tuple[str, bytes]]]()
    for number in range(FILES):
        sentence = f"河源镇设立第{batch * FILES + number}号便民站。\n"
        text = f"第{batch}批第{number}号通知\n{sentence * (1 + number % 30)}"
        files.append(("files", (f"{batch}-{number}.txt", text.encode())))
    return files


def submitted(client: httpx.Client, batch: int) -> str:
    headers = ASYNC | {"Idempotency-Key": f'"batch {batch}"'}
    response = client.post("/v1/documents", files=form(batch), headers=headers)
    assert response.status_code == 202, response.text
    return response.headers["location"]


def finished(client: httpx.Client, path: str) -> dict:
    limit = time.monotonic() + 240
    while time.monotonic() < limit:
        job = client.get(path).json()
        if job["status"] not in {"queued", "running"}:
            return job
        time.sleep(0.1)
    pytest.fail(f"{path} is not finished: {job}")


def emptied(folder: Path) -> bool:
    """Whether nothing is left in a folder, or soon: files go after their job is done."""
    limit = time.monotonic() + 30
    while any(folder.iterdir()) and time.monotonic() < limit:
        time.sleep(0.05)
    return not any(folder.iterdir())


def check_everything_is_there(client: httpx.Client, paths: list[str], folder: Path) -> None:
    for batch, path in enumerate(paths):
        job = finished(client, path)
        assert job["status"] == "done"
        for file in job["files"]:
            # Stored, but killed before that was noted: unchanged.
            assert file["result"]["status"] in {"added", "unchanged"}, file
            (document_id,) = file["result"]["document_ids"]
            document = client.get(f"/v1/documents/{document_id}").json()
            assert document["file_name"] == file["file_name"]
        assert submitted(client, batch) == path
    assert client.get("/readyz").json() == {"status": "ready"}
    found = client.post("/v1/search", json={"query": "第7号便民站"}).json()["items"]
    assert "第7号便民站" in found[0]["text"]
    listed = client.get("/v1/documents", params={"collection": "default", "limit": 1000}).json()
    assert len(listed["items"]) == FILES * len(paths)
    assert emptied(folder / "uploads")


def test_nothing_that_was_acknowledged_is_lost_when_servers_are_killed(folder: Path):
    delays_s = (0.0, 0.25, 0.7)
    # On a slow machine no server gets on with the first job before it is killed.
    assert 1 + len(delays_s) < MOST_ATTEMPTS
    with serving(folder) as (process, client):
        paths = [submitted(client, 0)]
        process.kill()
        process.wait()
    (folder / "uploads" / "left").mkdir()
    for delay_s in delays_s:
        with serving(folder) as (process, client):
            paths.append(submitted(client, len(paths)))
            time.sleep(delay_s)
            before = client.get(paths[0]).json()
            process.kill()
            process.wait()
    with serving(folder) as (process, client):
        after = client.get(paths[0]).json()
        for old, new in zip(before["files"], after["files"], strict=True):
            assert old["result"] is None or old["result"] == new["result"]
        check_everything_is_there(client, paths, folder)


def test_a_server_that_is_killed_amid_an_upload_has_taken_it_whole_or_not_at_all(folder: Path):
    with serving(folder) as (process, client):
        killer = threading.Timer(0.05, process.kill)
        killer.start()
        with suppress(httpx.TransportError):
            while True:  # the answers that come are kept by the server
                client.post("/v1/documents", files=form(0), headers=ASYNC)
        killer.join()
        process.wait()
    with serving(folder) as (process, client):
        for item in client.get("/v1/jobs", params={"limit": 100}).json()["items"]:
            job = finished(client, f"/v1/jobs/{item['job_id']}")
            assert (job["status"], job["failed_count"]) == ("done", 0)
        path = submitted(client, 0)  # what was refused or cut off is sent again
        check_everything_is_there(client, [path], folder)


def test_a_server_that_is_stopped_leaves_its_jobs_to_the_next_one(folder: Path):
    paths = list[str]()
    with serving(folder) as (process, client):
        paths += [submitted(client, batch) for batch in range(3)]
        begun = time.monotonic()
        process.terminate()
        assert process.wait(timeout=20) == 0
        assert time.monotonic() - begun < 10
    with serving(folder) as (process, client):
        check_everything_is_there(client, paths, folder)
