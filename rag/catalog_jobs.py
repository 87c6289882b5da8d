"""What the catalog keeps of background jobs and of the keys that clients gave their uploads."""

import json
import re
import sqlite3
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from rag.catalog_pages import bad_cursor, check_limit, now
from rag.database import Database
from rag.errors import JobConflictError, JobNotFoundError, JobQueueFullError, KeyReusedError
from rag.jobs import IntakeOutcome, Job, JobFile, JobStatus, NewJob

JOB_TABLES: Final = (
    # `number` gives the order; with AUTOINCREMENT none is used twice, so cursors stay true.
    """CREATE TABLE jobs (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        job_id TEXT NOT NULL UNIQUE,
        collection TEXT NOT NULL,
        status TEXT NOT NULL,
        cancelling INTEGER NOT NULL DEFAULT 0,
        attempts INTEGER NOT NULL DEFAULT 0,
        created TEXT NOT NULL,
        started TEXT,
        finished TEXT,
        failure TEXT,
        key TEXT UNIQUE,
        fingerprint TEXT NOT NULL
    )""",
    "CREATE INDEX jobs_unfinished ON jobs (number) WHERE finished IS NULL",
    """CREATE TABLE job_files (
        job_id TEXT NOT NULL REFERENCES jobs (job_id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        stored_name TEXT NOT NULL,
        source TEXT NOT NULL,
        file_name TEXT NOT NULL,
        size INTEGER NOT NULL,
        status TEXT,
        document_ids TEXT NOT NULL DEFAULT '[]',
        reason TEXT,
        PRIMARY KEY (job_id, position)
    ) WITHOUT ROWID""",
)

KEYS_KEPT_FOR = timedelta(hours=24)
JOBS_KEPT_FOR = timedelta(days=7)
"""From the end of a job: then nobody asks for it any more."""
MOST_ATTEMPTS = 5
"""A job during which the process died so often, with nothing done, is not begun again: it may be
what kills it.
"""

_CRASHED = (
    f"处理这批文件时程序连续 {MOST_ATTEMPTS} 次意外中断，不再重试：请逐个上传，找出有问题的文件"
)


class JobRecords:
    """Background jobs in the catalog's file, oldest first by number.

    Any thread may call any method, one thread alone `begin_next`. Every method may raise
    StorageError.

    Args:
        database: One that has the tables.
        clock: The time, with its zone.
    """

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = now) -> None:
        self._database = database
        self._clock = clock

    def add(self, new: NewJob, *, most_waiting: int, most_bytes: int) -> tuple[Job, bool]:
        """Acknowledge a job; one that was sent before with the same key stands for it.

        What is too old is forgotten on this occasion. Durable on return.

        Args:
            new: Its bytes must be durable.
            most_waiting: So many jobs may be unfinished, this one included.
            most_bytes: So many bytes may their files have together; one job alone may have more.

        Returns:
            The job, and whether it is `new`; if not, `new` was not stored.

        Raises:
            KeyReusedError: Another upload had the key within KEYS_KEPT_FOR.
            JobQueueFullError: Too much is waiting.
        """
        now = self._clock()
        with self._database.writing() as connection:
            _forget_old(connection, now)
            former = connection.execute(
                "SELECT job_id, fingerprint FROM jobs WHERE key = ?", (new.key,)
            ).fetchone()
            if former is not None:
                if former["fingerprint"] != new.fingerprint:
                    message = "这个 Idempotency-Key 已用于另一次内容不同的上传：请换一个键"
                    raise KeyReusedError(message)
                return _one(connection, former["job_id"]), False
            _check_room(connection, new, most_waiting=most_waiting, most_bytes=most_bytes)
            _insert(connection, new, now)
            added = _one(connection, new.job_id)
        self._database.make_durable()
        return added, True

    def get(self, job_id: str) -> Job:
        """The job.

        Raises:
            JobNotFoundError: There is none, or none any more.
        """
        with self._database.reading() as connection:
            return _one(connection, job_id)

    def list_jobs(
        self, status: JobStatus | None = None, *, limit: int = 100, cursor: str | None = None
    ) -> tuple[list[Job], str | None]:
        """A page of jobs, the newest first, and the cursor of the next one, if there is one.

        Raises:
            ValueError: `limit` or `cursor` is no such thing.
        """
        check_limit(limit)
        if cursor is not None and not re.fullmatch("[0-9]{1,18}", cursor):
            raise bad_cursor()
        before = 2**62 if cursor is None else int(cursor)
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM jobs WHERE number < ?1 AND (?2 IS NULL OR status = ?2)"
                " ORDER BY number DESC LIMIT ?3",
                (before, status, limit + 1),
            ).fetchall()
            jobs = [_job(connection, row) for row in rows[:limit]]
        return jobs, str(rows[limit - 1]["number"]) if len(rows) > limit else None

    def unfinished(self) -> list[str]:
        """Ids of queued and running jobs, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT job_id FROM jobs WHERE finished IS NULL ORDER BY number"
            ).fetchall()
        return [row["job_id"] for row in rows]

    def begin_next(self) -> Job | None:
        """The oldest unfinished job, which is running now; None when there is none.

        One that was running already was interrupted, and is gone on with; one that was also
        cancelled, or interrupted by dying processes too often, is finished now instead.
        """
        with self._database.writing() as connection:
            row = connection.execute(
                "SELECT job_id, cancelling, attempts FROM jobs WHERE finished IS NULL"
                " ORDER BY number LIMIT 1"
            ).fetchone()
            if row is None:
                return None
            job_id, now = str(row["job_id"]), _written(self._clock())
            if row["cancelling"]:
                _finish(connection, job_id, JobStatus.CANCELLED, now)
            elif row["attempts"] >= MOST_ATTEMPTS:
                _finish(connection, job_id, JobStatus.FAILED, now, failure=_CRASHED)
            else:
                connection.execute(
                    "UPDATE jobs SET status = ?, attempts = attempts + 1,"
                    " started = coalesce(started, ?) WHERE job_id = ?",
                    (JobStatus.RUNNING, now, job_id),
                )
            return _one(connection, job_id)

    def record(self, job_id: str, outcomes: Mapping[int, IntakeOutcome]) -> None:
        """Note what became of files, by their place in the job; it gets on, so that what
        interrupted it so far does not count any more.
        """
        with self._database.writing() as connection:
            connection.execute("UPDATE jobs SET attempts = 1 WHERE job_id = ?", (job_id,))
            connection.executemany(
                "UPDATE job_files SET status = ?, document_ids = ?, reason = ?"
                " WHERE job_id = ? AND position = ?",
                [
                    (
                        outcome.status,
                        json.dumps(outcome.document_ids),
                        outcome.reason,
                        job_id,
                        position,
                    )
                    for position, outcome in outcomes.items()
                ],
            )

    def put_back(self, job_id: str) -> None:
        """A running job waits again, because the program ends in good order."""
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE jobs SET status = ?, attempts = attempts - 1"
                " WHERE job_id = ? AND status = ?",
                (JobStatus.QUEUED, job_id, JobStatus.RUNNING),
            )

    def finish(self, job_id: str, status: JobStatus, *, failure: str | None = None) -> None:
        """An unfinished job has come to its end. Durable on return."""
        with self._database.writing() as connection:
            _finish(connection, job_id, status, _written(self._clock()), failure=failure)
        self._database.make_durable()

    def cancel(self, job_id: str) -> Job:
        """Cancel a waiting job, or note that a running one shall stop; durable on return.

        Raises:
            JobNotFoundError: There is none.
            JobConflictError: It is done or has failed.
        """
        with self._database.writing() as connection:
            job = _one(connection, job_id)
            if job.status in {JobStatus.DONE, JobStatus.FAILED}:
                raise JobConflictError("这个任务已经结束，不能取消")
            if job.status is JobStatus.QUEUED:
                _finish(connection, job_id, JobStatus.CANCELLED, _written(self._clock()))
            elif job.status is JobStatus.RUNNING:
                connection.execute("UPDATE jobs SET cancelling = 1 WHERE job_id = ?", (job_id,))
            cancelled = _one(connection, job_id)
        self._database.make_durable()
        return cancelled


def _written(time: datetime) -> str:
    """In UTC and of one length, so that texts sort as times do."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def _forget_old(connection: sqlite3.Connection, now: datetime) -> None:
    """Old jobs go; keys go earlier, but not those of jobs that are not finished."""
    connection.execute("DELETE FROM jobs WHERE finished < ?", (_written(now - JOBS_KEPT_FOR),))
    connection.execute(
        "UPDATE jobs SET key = NULL WHERE key IS NOT NULL AND created < ? AND finished IS NOT NULL",
        (_written(now - KEYS_KEPT_FOR),),
    )


def _check_room(
    connection: sqlite3.Connection, new: NewJob, *, most_waiting: int, most_bytes: int
) -> None:
    """Raise JobQueueFullError unless there is room for `new`."""
    waiting, size = connection.execute(
        "SELECT count(DISTINCT job_id), coalesce(sum(size), 0)"
        " FROM jobs JOIN job_files USING (job_id) WHERE finished IS NULL"
    ).fetchone()
    if waiting >= most_waiting:
        message = f"已有 {waiting} 个上传任务在等待，最多 {most_waiting} 个：请等它们处理完再上传"
        raise JobQueueFullError(message)
    if waiting and size + sum(file.size for file in new.files) > most_bytes:
        megabytes = most_bytes // 2**20
        message = f"等待处理的文件已接近上限（共 {megabytes} MB）：请等它们处理完再上传"
        raise JobQueueFullError(message)


def _insert(connection: sqlite3.Connection, new: NewJob, now: datetime) -> None:
    connection.execute(
        "INSERT INTO jobs (job_id, collection, status, created, key, fingerprint)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            new.job_id,
            new.collection,
            JobStatus.QUEUED,
            _written(now),
            new.key,
            new.fingerprint,
        ),
    )
    connection.executemany(
        "INSERT INTO job_files (job_id, position, stored_name, source, file_name, size)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [
            (new.job_id, position, file.stored_name, file.source, file.file_name, file.size)
            for position, file in enumerate(new.files)
        ],
    )


def _finish(
    connection: sqlite3.Connection,
    job_id: str,
    status: JobStatus,
    now: str,
    *,
    failure: str | None = None,
) -> None:
    """A failed job gives its key back: to try again with it must not give the failure again."""
    connection.execute(
        "UPDATE jobs SET status = ?1, finished = ?2, failure = ?3, cancelling = 0,"
        " key = CASE WHEN ?1 = 'failed' THEN NULL ELSE key END"
        " WHERE job_id = ?4 AND finished IS NULL",
        (status, now, failure, job_id),
    )


def _one(connection: sqlite3.Connection, job_id: str) -> Job:
    row = connection.execute(
        "SELECT * FROM jobs WHERE job_id = ?", (job_id.encode("utf-8", "replace").decode(),)
    ).fetchone()
    if row is None:
        raise JobNotFoundError("没有这个任务：已结束的任务只保留几天")
    return _job(connection, row)


def _job(connection: sqlite3.Connection, row: sqlite3.Row) -> Job:
    files = connection.execute(
        "SELECT * FROM job_files WHERE job_id = ? ORDER BY position", (row["job_id"],)
    )
    return Job(
        job_id=row["job_id"],
        collection=row["collection"],
        status=JobStatus(row["status"]),
        is_cancelling=bool(row["cancelling"]),
        created=datetime.fromisoformat(row["created"]),
        started=_time(row["started"]),
        finished=_time(row["finished"]),
        failure=row["failure"],
        files=tuple(_file(one) for one in files),
    )


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _file(row: sqlite3.Row) -> JobFile:
    outcome = None
    if row["status"] is not None:
        outcome = IntakeOutcome(
            file_name=row["file_name"],
            status=row["status"],
            document_ids=tuple(json.loads(row["document_ids"])),
            reason=row["reason"],
        )
    return JobFile(
        stored_name=row["stored_name"],
        source=row["source"],
        file_name=row["file_name"],
        size=row["size"],
        outcome=outcome,
    )
