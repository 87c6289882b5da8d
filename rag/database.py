"""SQLite for many reading threads and one writer."""

import os
import sqlite3
import threading
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import StorageError


class Database:
    """A pool of connections to one file.

    Threads that read borrow a connection each and see the last committed state (WAL); those
    that write take turns. A committed transaction survives a killed process at once
    (synchronous=NORMAL) and a power cut after `make_durable`: waiting for the disk at every
    document took more time than all else that the catalog does for it.

    Raises:
        StorageError: From every method, for whatever SQLite reports.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle = deque[sqlite3.Connection]()
        self._writing = threading.RLock()
        with self._translated():
            self._writer = self._connect()
            try:
                self._writer.execute("PRAGMA journal_mode = WAL")
            except sqlite3.Error:
                self._writer.close()
                raise

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, timeout=30
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    @contextmanager
    def _translated(self) -> Generator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            message = f"目录库 {self.path} 无法读写（{error}）：请检查磁盘空间和访问权限"
            raise StorageError(message) from error
        except sqlite3.Error as error:
            message = (
                f"目录库 {self.path} 已损坏或不是问策的目录库（{error}）："
                "请从备份恢复；没有备份时移走数据目录，重新导入"
            )
            raise StorageError(message) from error

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """A connection for one thread, for the length of the block."""
        with self._translated():
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = self._connect()
            try:
                yield connection
            finally:
                self._idle.append(connection)

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """One transaction: committed at the end of the block, undone if it raises."""
        with self._writing, self._translated():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    @contextmanager
    def erasing(self) -> Generator[sqlite3.Connection]:
        """As `writing`, and what is deleted is overwritten in the file."""
        with self.writing() as connection:
            # Else the words stay in the file until others are written over them.
            connection.execute("PRAGMA secure_delete = ON")
            try:
                yield connection
            finally:
                connection.execute("PRAGMA secure_delete = OFF")

    def make_durable(self) -> None:
        """Wait until the disk has all that was committed.

        In WAL mode every transaction that the main file lacks is in the log beside it, and
        SQLite itself syncs both when it folds the one into the other.

        Raises:
            StorageError: The disk reports a failure.
        """
        log = self.path.with_name(self.path.name + "-wal")
        try:
            with log.open("rb+") as file:
                os.fsync(file.fileno())
        except FileNotFoundError:
            return
        except OSError as error:
            message = f"{log} 写不进磁盘（{error.strerror}）：请检查磁盘空间和访问权限"
            raise StorageError(message) from error

    def problems(self) -> list[str]:
        """What SQLite's own check finds wrong with the file; empty when all is well."""
        with self.reading() as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
        return [] if found == ["ok"] else found

    def close(self) -> None:
        """Close every connection; the last one folds the write-ahead log into the file."""
        while self._idle:
            self._idle.pop().close()
        self._writer.close()
