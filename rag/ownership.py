"""One process owns a data folder: two writers on one Chroma path lose vectors silently."""

import json
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from rag.errors import DataFolderInUseError, StorageError

LOCK_NAME = "wence.lock"
OWNER_NAME = "wence.owner.json"


class Owner(BaseModel):
    """Who owns the folder, as the file beside the lock says."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    process_id: int
    program: str
    url: str | None = None


class Ownership:
    """The lock of a data folder, held from construction to `release`.

    The operating system drops the lock when the process ends, however it ends, so a file left
    behind by a killed process does no harm. The folder is made where it does not exist.

    Args:
        program: What the user started: "wence serve".
        url: Where its API listens, if it has one.

    Raises:
        DataFolderInUseError: Another process, or another part of this one, holds the lock.
        StorageError: The folder cannot be made or written.
    """

    def __init__(self, folder: Path, *, program: str, url: str | None = None) -> None:
        self._owner_file = folder / OWNER_NAME
        self._program = program
        self._lock = FileLock(folder / LOCK_NAME)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise _in_use(folder, _owner(self._owner_file)) from error
        except (OSError, NotImplementedError) as error:
            raise _unusable(folder, error) from error
        try:
            self.announce(url)
        except OSError as error:
            self._lock.release()
            raise _unusable(folder, error) from error

    def announce(self, url: str | None) -> None:
        """Say where the owner's API listens, once that is known."""
        owner = Owner(process_id=os.getpid(), program=self._program, url=url)
        draft = self._owner_file.with_suffix(".draft")
        draft.write_text(owner.model_dump_json(), encoding="utf-8")
        draft.replace(self._owner_file)

    def release(self) -> None:
        """Give the folder up; a second call does nothing."""
        if self._lock.is_locked:
            self._owner_file.unlink(missing_ok=True)
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()


def _owner(path: Path) -> Owner | None:
    """Read who owns the folder; the owner may be about to write it, so look twice."""
    for wait_s in (0.0, 0.2):
        time.sleep(wait_s)
        try:
            return Owner.model_validate(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, ValidationError):
            continue
    return None


def _in_use(folder: Path, owner: Owner | None) -> DataFolderInUseError:
    if owner is None:
        return DataFolderInUseError(
            f"数据目录 {folder} 正被另一个进程使用：请等它结束，或换一个目录"
        )
    where = f"，{owner.url}" if owner.url else ""
    remedy = "请通过它的接口操作，或先停掉它" if owner.url else "请等它结束，或换一个目录"
    message = (
        f"数据目录 {folder} 正被进程 {owner.process_id}（{owner.program}{where}）使用：{remedy}"
    )
    return DataFolderInUseError(message, process_id=owner.process_id, url=owner.url)


def _unusable(folder: Path, error: Exception) -> StorageError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return StorageError(f"数据目录 {folder} 不能写入（{reason}）：请检查权限，或换一个目录")
