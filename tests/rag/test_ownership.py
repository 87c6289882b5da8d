"""One owner for a data folder, whoever comes second, however the first one ended."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rag.errors import DataFolderInUseError, StorageError
from rag.ownership import LOCK_NAME, OWNER_NAME, Ownership

OTHER = """
import sys, time
from pathlib import Path
from rag.ownership import Ownership
owner = Ownership(Path(sys.argv[1]), program="wence serve", url="http://127.0.0.1:8000")
print("owned", flush=True)
time.sleep(60)
"""


def other_owner(folder: Path) -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "owned\n"
    return process


def test_a_second_process_learns_who_owns_the_folder(tmp_path: Path) -> None:
    with other_owner(tmp_path) as process:
        try:
            with pytest.raises(DataFolderInUseError) as caught:
                Ownership(tmp_path, program="wence ingest")
        finally:
            process.kill()
    assert caught.value.process_id == process.pid
    assert caught.value.url == "http://127.0.0.1:8000"
    assert f"正被进程 {process.pid}（wence serve，http://127.0.0.1:8000）使用" in str(caught.value)


def test_what_a_killed_process_leaves_does_no_harm(tmp_path: Path) -> None:
    with other_owner(tmp_path) as process:
        os.kill(process.pid, signal.SIGKILL)
    assert (tmp_path / OWNER_NAME).exists()
    with Ownership(tmp_path, program="wence ingest"):
        assert str(os.getpid()) in (tmp_path / OWNER_NAME).read_text()


def test_the_same_process_cannot_own_it_twice(tmp_path: Path) -> None:
    with (
        Ownership(tmp_path, program="wence serve"),
        pytest.raises(DataFolderInUseError, match=str(os.getpid())),
    ):
        Ownership(tmp_path, program="wence serve")


def test_a_released_folder_is_free(tmp_path: Path) -> None:
    first = Ownership(tmp_path, program="wence serve")
    first.release()
    first.release()
    with Ownership(tmp_path, program="wence serve"):
        pass


def test_an_address_can_be_told_later(tmp_path: Path) -> None:
    with Ownership(tmp_path, program="wence serve") as owner:
        owner.announce("http://127.0.0.1:4321")
        with pytest.raises(DataFolderInUseError) as caught:
            Ownership(tmp_path, program="wence ask")
    assert caught.value.url == "http://127.0.0.1:4321"


def test_a_lock_without_a_readable_owner(tmp_path: Path) -> None:
    with Ownership(tmp_path, program="wence serve"):
        (tmp_path / OWNER_NAME).write_text("{")
        with pytest.raises(DataFolderInUseError) as caught:
            Ownership(tmp_path, program="wence ask")
    assert caught.value.process_id is None
    assert "另一个进程" in str(caught.value)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="不能写入"):
        Ownership(tmp_path / "file" / "data", program="wence ingest")


def test_a_folder_whose_lock_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).mkdir()
    with pytest.raises(StorageError, match="不能写入"):
        Ownership(tmp_path, program="wence ingest")
