"""Uploads in the background: acknowledged, worked off one after the other, shown, cancelled.

What is acknowledged survives a killed process: the bytes are on the disk before the catalog
has the job, and the catalog has it before the client is told. A job that was interrupted goes
on with the files that have no outcome yet; to take a file in twice changes nothing.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import structlog

from rag.catalog_jobs import JobRecords
from rag.errors import StorageError, WenceError
from rag.jobs import IntakeOutcome, Job, JobStatus, NewJob
from ui.jobs.incoming import IncomingFile, Intake
from ui.jobs.progress import JobProgress, WatchedProgress
from ui.jobs.uploads import UploadFolder, fingerprint

FILES_AT_ONCE = 8
"""Indexing has a price of its own each time: so many small files share it."""
BYTES_AT_ONCE = 4 * 2**20
CLOSING_S = 5.0

_BROKEN = "资料库或索引写不进去，没有入库的文件请重新上传；原因已记入服务的日志"
_MISSING = "上传的文件在服务中断期间丢失：请重新上传"
_STOPPING = "服务正在停止，上传的文件会在它再次启动后入库"
_STUCK = "这次上传没有处理完：服务再次启动后会继续"

_log = structlog.get_logger()


class _ClosingError(Exception):
    """The program ends: the job waits for its next start."""


class _CancelledError(Exception):
    """Somebody cancelled the job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A job and, while it is being worked on, how far it is."""

    job: Job
    progress: JobProgress | None


class JobDesk:
    """Background uploads; any thread may call it.

    A thread of its own lives while there is something to do. What a former process left is
    gone on with after `start`.

    Args:
        records: Where the jobs are kept.
        intake: What takes files in.
        folder: Where uploaded bytes are kept; what belongs to no unfinished job is deleted.
        most_waiting: So many jobs may be unfinished.
        most_bytes: So large may their files be together.

    Raises:
        StorageError: From every method, when catalog or folder cannot be used.
    """

    def __init__(
        self,
        records: JobRecords,
        intake: Intake,
        *,
        folder: Path,
        most_waiting: int,
        most_bytes: int,
    ) -> None:
        self._records = records
        self._intake = intake
        self._uploads = UploadFolder(folder)
        self._most_waiting = most_waiting
        self._most_bytes = most_bytes
        self._changed = threading.Condition()
        self._worker: threading.Thread | None = None
        self._is_closing = False
        self._cancelled = set[str]()
        self._running: tuple[str, WatchedProgress] | None = None
        self._uploads.keep_only(records.unfinished())

    def start(self) -> None:
        """Go on with what a former process left."""
        self._is_closing = False
        self._wake()

    def _wake(self) -> None:
        with self._changed:
            if self._worker is None and not self._is_closing:
                self._worker = threading.Thread(target=self._work, name="jobs", daemon=True)
                self._worker.start()

    def close(self) -> None:
        """Stop after the file in hand, or in the middle of a large one; nothing is lost.

        After CLOSING_S seconds the file in hand is left to its fate: the next start takes it
        in again.
        """
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
            worker = self._worker
        if worker is not None:
            worker.join(CLOSING_S)

    def submit(
        self,
        save: Callable[[Path], Sequence[IncomingFile]],
        *,
        collection: str,
        key: str | None = None,
    ) -> tuple[Job, bool]:
        """Acknowledge an upload, or recognise one that was sent before with the same key.

        Args:
            save: Writes the files into a folder of the job and says which they are.
            collection: The collection they go to.
            key: The client's, as in `rag.catalog_jobs.JobRecords.add`.

        Returns:
            The job, and whether it is new. It is durable.

        Raises:
            KeyReusedError: Another upload had the key.
            JobQueueFullError: Too much is waiting.
        """
        job_id = uuid4().hex
        folder = self._uploads.new(job_id)
        is_new = False
        try:
            files = save(folder)
            new = NewJob(
                job_id=job_id,
                collection=collection,
                files=tuple(self._uploads.described(job_id, files)),
                fingerprint=fingerprint(collection, files),
                key=key,
            )
            self._uploads.make_durable(job_id)
            job, is_new = self._records.add(
                new, most_waiting=self._most_waiting, most_bytes=self._most_bytes
            )
        except OSError as error:
            message = f"上传的文件存不进 {folder}（{error.strerror}）：请检查权限和磁盘空间"
            raise StorageError(message) from error
        finally:
            if not is_new:
                self._drop_unless_known(job_id)
        if is_new:
            self._wake()
        return job, is_new

    def _drop_unless_known(self, job_id: str) -> None:
        """A job that was stored, but maybe not durably, was not acknowledged and yet is there."""
        with suppress(StorageError):
            if job_id not in self._records.unfinished():
                self._uploads.drop(job_id)

    def wait(self, job_id: str) -> Job:
        """The job when it is finished.

        Raises:
            JobNotFoundError: There is none.
            StorageError: It can't be finished now, because the server stops or the disk fails.
        """
        with self._changed:
            while not (job := self._records.get(job_id)).status.is_finished:
                if self._is_closing:
                    raise StorageError(_STOPPING)
                if self._worker is None:
                    raise StorageError(_STUCK)
                self._changed.wait()
        return job

    def show(self, job_id: str) -> JobView:
        """The job as it is now.

        Raises:
            JobNotFoundError: There is none.
        """
        return self._view(self._records.get(job_id))

    def list_jobs(
        self, status: JobStatus | None = None, *, limit: int = 100, cursor: str | None = None
    ) -> tuple[list[JobView], str | None]:
        """As `JobRecords.list_jobs`."""
        jobs, following = self._records.list_jobs(status, limit=limit, cursor=cursor)
        return [self._view(job) for job in jobs], following

    def cancel(self, job_id: str) -> JobView:
        """Cancel a job; one that runs stops after the file in hand, or within a large archive.

        What was taken in by then stays.

        Raises:
            JobNotFoundError: There is none.
            JobConflictError: It is done or has failed.
        """
        job = self._records.cancel(job_id)
        with self._changed:
            if job.status.is_finished:
                self._uploads.drop(job_id)
                self._changed.notify_all()
            else:
                self._cancelled.add(job_id)
        return self._view(job)

    def _view(self, job: Job) -> JobView:
        running = self._running
        is_running = running is not None and running[0] == job.job_id
        return JobView(job=job, progress=running[1].now if running and is_running else None)

    def _work(self) -> None:
        """Work jobs off until there are none, or the program ends."""
        try:
            while (job := self._next()) is not None:
                if job.status.is_finished:  # cancelled, or given up, when it was to be gone on with
                    self._uploads.drop(job.job_id)
                else:
                    self._run(job)
                with self._changed:
                    self._cancelled.discard(job.job_id)
                    self._changed.notify_all()
        except WenceError as error:  # not even that it failed could be noted
            if not self._is_closing:
                _log.error("jobs_stopped", exc_info=error)
        finally:
            with self._changed:
                if self._worker is threading.current_thread():
                    self._worker = None
                self._changed.notify_all()

    def _next(self) -> Job | None:
        """What to do next; None when the thread shall end: the next job wakes another."""
        with self._changed:
            job = None if self._is_closing else self._records.begin_next()
            if job is None:
                self._worker = None
        return job

    def _run(self, job: Job) -> None:
        """Take all files of a job in that have no outcome yet, and finish it."""
        failure: str | None = None
        status = JobStatus.DONE
        try:
            for positions in _portions(job):
                self._take(job, positions)
        except _ClosingError:
            self._records.put_back(job.job_id)
            return
        except _CancelledError:
            status = JobStatus.CANCELLED
            self._intake.take_in([], collection=job.collection)  # indexes what was read by then
        except Exception as error:  # noqa: BLE001 - the jobs behind it must go on
            if self._is_closing:  # the storage was closed under its hands
                return
            _log.error("job_failed", job_id=job.job_id, exc_info=error)
            status, failure = JobStatus.FAILED, _BROKEN
        finally:
            self._running = None
        self._records.finish(job.job_id, status, failure=failure)
        self._uploads.drop(job.job_id)

    def _take(self, job: Job, positions: range) -> None:
        """Take a few files in together; each has an outcome then, in the catalog too."""

        def check() -> None:
            if self._is_closing:
                raise _ClosingError
            if job.job_id in self._cancelled:
                raise _CancelledError

        progress = WatchedProgress(positions, check)
        self._running = (job.job_id, progress)
        check()
        incoming = {
            position: self._uploads.incoming(job.job_id, job.files[position])
            for position in positions
        }
        present = {place: file for place, file in incoming.items() if file.path.is_file()}
        outcomes = {
            place: IntakeOutcome(file_name=file.file_name, status="failed", reason=_MISSING)
            for place, file in incoming.items()
            if place not in present
        }
        taken = self._intake.take_in(
            [*present.values()], collection=job.collection, progress=progress
        )
        outcomes |= dict(zip(present, taken, strict=True))
        self._records.record(job.job_id, outcomes)


def _portions(job: Job) -> Iterator[range]:
    """Places of files without outcome, in order: a few small ones together, a large one alone."""
    start, size = 0, 0
    for place, file in enumerate(job.files):
        is_full = place - start == FILES_AT_ONCE or size + file.size > BYTES_AT_ONCE
        if place > start and (file.outcome is not None or is_full):
            yield range(start, place)
            start, size = place, 0
        if file.outcome is not None:
            start = place + 1
        size = 0 if file.outcome is not None else size + file.size
    if start < len(job.files):
        yield range(start, len(job.files))
