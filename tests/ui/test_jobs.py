"""Background uploads: acknowledged, worked off, interrupted, cancelled."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ingest.progress import SILENCE, Progress, Stage
from rag.catalog_jobs import JOB_TABLES, MOST_ATTEMPTS, JobRecords
from rag.database import Database
from rag.errors import IndexingError, JobConflictError, JobQueueFullError, StorageError
from rag.jobs import IntakeOutcome, Job, JobFile, JobStatus
from ui.jobs import desk as desk_module
from ui.jobs.desk import FILES_AT_ONCE, JobDesk
from ui.jobs.incoming import IncomingFile


@dataclass
class GatedIntake:
    """Takes files in when it may; "archive" has three members; "broken" fails as a whole."""

    gate: threading.Event = field(default_factory=threading.Event)
    inside: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    calls: list[list[str]] = field(default_factory=list)
    read: list[bytes] = field(default_factory=list)

    def take_in(
        self, files: Sequence[IncomingFile], *, collection: str, progress: Progress = SILENCE
    ) -> list[IntakeOutcome]:
        self.calls.append([file.file_name for file in files])
        members = 3 if files and files[0].file_name == "archive" else len(files)
        progress.start(Stage.READING, members)
        self.inside.release()
        for _ in range(members):
            assert self.gate.wait(10)
            progress.advance(1)
            self.inside.release()
        if any(file.file_name == "broken" for file in files):
            raise IndexingError("/secret/path")
        self.read += [file.path.read_bytes() for file in files]
        return [
            IntakeOutcome(file_name=file.file_name, status="added", document_ids=(file.source,))
            for file in files
        ]

    def remove(self, document_id: str) -> None:
        raise NotImplementedError


@dataclass
class Bench:
    """A desk that can be closed and opened again over the same folder, as a server is."""

    folder: Path
    intake: GatedIntake
    records: JobRecords
    desk: JobDesk

    def reopened(self) -> JobDesk:
        self.desk.close()
        self.desk = make_desk(self.folder, self.records, self.intake)
        return self.desk

    def kept(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("*"))


def make_desk(folder: Path, records: JobRecords, intake: GatedIntake, most: int = 10) -> JobDesk:
    return JobDesk(records, intake, folder=folder, most_waiting=most, most_bytes=10**9)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    database = Database(tmp_path / "catalog.sqlite3")
    with database.writing() as connection:
        for statement in JOB_TABLES:
            connection.execute(statement)
    records, intake = JobRecords(database), GatedIntake()
    folder = tmp_path / "uploads"
    bench = Bench(folder, intake, records, make_desk(folder, records, intake))
    yield bench
    intake.gate.set()
    bench.desk.close()
    database.close()


def saving(*names: str, content: str = "正文") -> Callable[[Path], list[IncomingFile]]:
    def save(folder: Path) -> list[IncomingFile]:
        files = list[IncomingFile]()
        for number, name in enumerate(names):
            path = folder / str(number) / "upload.txt"
            path.parent.mkdir()
            path.write_text(content + name, encoding="utf-8")
            files.append(IncomingFile(path=path, source=f"upload:{name}", file_name=name))
        return files

    return save


def submitted(bench: Bench, *names: str) -> Job:
    return bench.desk.submit(saving(*names), collection="讲话")[0]


def test_files_are_taken_in_after_they_were_acknowledged_and_their_bytes_are_dropped(bench: Bench):
    job = submitted(bench, "甲", "乙")
    assert job.status is JobStatus.QUEUED
    assert bench.kept() == [job.job_id]
    bench.intake.gate.set()
    done = bench.desk.wait(job.job_id)
    assert done.status is JobStatus.DONE
    assert [file.outcome.document_ids for file in done.files if file.outcome] == [
        ("upload:甲",),
        ("upload:乙",),
    ]
    assert bench.intake.read == ["正文甲".encode(), "正文乙".encode()]
    bench.desk.close()
    assert bench.kept() == []


def test_one_sees_how_far_a_job_is(bench: Bench):
    job = submitted(bench, "archive")
    assert bench.intake.inside.acquire(timeout=10)
    progress = bench.desk.show(job.job_id).progress
    assert progress is not None
    assert (progress.stage, progress.done, progress.total) == (Stage.READING, 0, 3)
    assert progress.positions == range(1)
    (view,), _ = bench.desk.list_jobs(JobStatus.RUNNING)
    assert view.progress == progress
    bench.intake.gate.set()
    bench.desk.wait(job.job_id)
    assert bench.desk.show(job.job_id).progress is None


def test_small_files_are_taken_in_together_and_a_large_one_alone(bench: Bench, monkeypatch):
    monkeypatch.setattr(desk_module, "BYTES_AT_ONCE", 100)
    bench.intake.gate.set()
    names = [str(number) for number in range(FILES_AT_ONCE + 1)]
    job = submitted(bench, *names, "大" * 40, "末")
    bench.desk.wait(job.job_id)
    assert bench.intake.calls == [names[:FILES_AT_ONCE], names[FILES_AT_ONCE:], ["大" * 40], ["末"]]


def test_jobs_are_worked_off_one_after_the_other(bench: Bench):
    jobs = [submitted(bench, name) for name in "甲乙丙"]
    bench.intake.gate.set()
    for job in jobs:
        assert bench.desk.wait(job.job_id).status is JobStatus.DONE
    assert bench.intake.calls == [["甲"], ["乙"], ["丙"]]


def test_what_was_left_is_done_after_the_next_start(bench: Bench):
    first, second = submitted(bench, "archive"), submitted(bench, "乙")
    assert bench.intake.inside.acquire(timeout=10)
    closing = threading.Thread(target=bench.desk.close)
    closing.start()
    bench.intake.gate.set()
    closing.join()
    assert bench.records.get(first.job_id).status is JobStatus.QUEUED
    assert bench.kept() == sorted([first.job_id, second.job_id])
    (bench.folder / "left by a killed process").mkdir()
    desk = bench.reopened()
    assert bench.kept() == sorted([first.job_id, second.job_id])
    desk.start()
    assert desk.wait(first.job_id).status is JobStatus.DONE
    assert desk.wait(second.job_id).status is JobStatus.DONE


def test_files_with_an_outcome_are_not_taken_in_again(bench: Bench, monkeypatch):
    monkeypatch.setattr(desk_module, "FILES_AT_ONCE", 1)
    bench.desk.close()
    job = submitted(bench, "甲", "乙", "丙")
    bench.records.begin_next()
    known = IntakeOutcome(file_name="乙", status="replaced", document_ids=("d",))
    bench.records.record(job.job_id, {1: known})
    bench.intake.gate.set()
    desk = bench.reopened()
    desk.start()
    done = desk.wait(job.job_id)
    assert bench.intake.calls == [["甲"], ["丙"]]
    assert done.files[1].outcome == known


def test_bytes_that_are_gone_are_a_failure_of_their_file_alone(bench: Bench):
    bench.desk.close()
    job = submitted(bench, "甲", "乙")
    (bench.folder / job.job_id / "0" / "upload.txt").unlink()
    bench.intake.gate.set()
    desk = bench.reopened()
    desk.start()
    lost, kept = (file.outcome for file in desk.wait(job.job_id).files)
    assert lost is not None
    assert kept is not None
    assert (lost.status, kept.status) == ("failed", "added")
    assert "丢失" in (lost.reason or "")


def test_a_job_that_fails_says_so_without_paths_and_the_next_one_goes_on(bench: Bench):
    broken, good = submitted(bench, "broken"), submitted(bench, "甲")
    bench.intake.gate.set()
    failed = bench.desk.wait(broken.job_id)
    assert failed.status is JobStatus.FAILED
    assert "写不进去" in (failed.failure or "")
    assert "secret" not in (failed.failure or "")
    assert bench.desk.wait(good.job_id).status is JobStatus.DONE
    bench.desk.close()
    assert bench.kept() == []


def test_a_waiting_job_is_cancelled_and_never_begun(bench: Bench):
    first, second = submitted(bench, "甲"), submitted(bench, "乙")
    assert bench.intake.inside.acquire(timeout=10)
    assert bench.desk.cancel(second.job_id).job.status is JobStatus.CANCELLED
    assert bench.kept() == [first.job_id]
    bench.intake.gate.set()
    bench.desk.wait(first.job_id)
    assert bench.desk.wait(second.job_id).status is JobStatus.CANCELLED
    assert bench.intake.calls == [["甲"]]


def test_a_running_job_stops_after_the_files_in_hand_which_keep_their_outcomes(
    bench: Bench, monkeypatch
):
    monkeypatch.setattr(desk_module, "FILES_AT_ONCE", 2)
    job = submitted(bench, "甲", "乙", "丙")
    assert bench.intake.inside.acquire(timeout=10)
    noted = bench.desk.cancel(job.job_id).job
    assert (noted.status, noted.is_cancelling) == (JobStatus.RUNNING, True)
    bench.intake.gate.set()
    cancelled = bench.desk.wait(job.job_id)
    assert cancelled.status is JobStatus.CANCELLED
    assert [file.outcome is not None for file in cancelled.files] == [True, True, False]
    assert bench.intake.calls == [["甲", "乙"], []]


def test_a_running_job_stops_within_an_archive_and_what_was_read_is_indexed(bench: Bench):
    job = submitted(bench, "archive")
    assert bench.intake.inside.acquire(timeout=10)
    bench.desk.cancel(job.job_id)
    bench.intake.gate.set()
    assert bench.desk.wait(job.job_id).status is JobStatus.CANCELLED
    assert bench.intake.calls == [["archive"], []]


def test_a_cancelled_job_is_not_gone_on_with_after_a_kill(bench: Bench):
    bench.desk.close()
    job = submitted(bench, "甲")
    bench.records.begin_next()
    bench.records.cancel(job.job_id)
    desk = bench.reopened()
    desk.start()
    assert desk.wait(job.job_id).status is JobStatus.CANCELLED
    desk.close()
    assert (bench.intake.calls, bench.kept()) == ([], [])


def test_a_job_that_kills_the_process_again_and_again_is_given_up(bench: Bench):
    bench.desk.close()
    killer, good = submitted(bench, "甲"), submitted(bench, "乙")
    for _ in range(MOST_ATTEMPTS):
        bench.records.begin_next()
    bench.intake.gate.set()
    desk = bench.reopened()
    desk.start()
    assert desk.wait(killer.job_id).status is JobStatus.FAILED
    assert desk.wait(good.job_id).status is JobStatus.DONE
    assert bench.intake.calls == [["乙"]]


def test_who_waits_is_told_when_the_server_stops(bench: Bench, monkeypatch):
    monkeypatch.setattr(desk_module, "CLOSING_S", 0.1)
    job = submitted(bench, "甲")
    assert bench.intake.inside.acquire(timeout=10)
    errors = list[StorageError]()

    def wait() -> None:
        try:
            bench.desk.wait(job.job_id)
        except StorageError as error:
            errors.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    bench.desk.close()
    waiting.join(10)
    assert "再次启动后" in str(errors[0])


def test_a_refused_upload_leaves_no_bytes(bench: Bench):
    desk = make_desk(bench.folder, bench.records, bench.intake, most=1)
    job = desk.submit(saving("甲"), collection="讲话", key="k")[0]
    with pytest.raises(JobQueueFullError):
        desk.submit(saving("乙"), collection="讲话")

    def full(folder: Path) -> list[IncomingFile]:
        (folder / "half").write_text("…")
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageError, match="No space left"):
        desk.submit(full, collection="讲话")
    again, is_new = desk.submit(saving("甲"), collection="讲话", key="k")
    assert (again.job_id, is_new) == (job.job_id, False)
    assert bench.kept() == [job.job_id]
    bench.intake.gate.set()
    desk.wait(job.job_id)
    desk.close()


def test_only_the_same_content_name_and_collection_are_the_same_upload(bench: Bench):
    bench.intake.gate.set()
    first = bench.desk.submit(saving("甲"), collection="讲话", key="k")[0]
    for save, collection in [
        (saving("乙"), "讲话"),
        (saving("甲", "乙"), "讲话"),
        (saving("甲", content="别的"), "讲话"),
        (saving("甲"), "新闻"),
    ]:
        with pytest.raises(Exception, match="内容不同"):
            bench.desk.submit(save, collection=collection, key="k")
    assert bench.desk.submit(saving("甲"), collection="讲话", key="k")[0].job_id == first.job_id


def test_what_is_done_cannot_be_cancelled(bench: Bench):
    bench.intake.gate.set()
    job = bench.desk.wait(submitted(bench, "甲").job_id)
    with pytest.raises(JobConflictError):
        bench.desk.cancel(job.job_id)


def test_files_are_parted_without_loss(bench: Bench):
    def file(name: str, *, done: bool) -> JobFile:
        outcome = IntakeOutcome(file_name=name, status="added") if done else None
        return JobFile(stored_name=name, source=name, file_name=name, size=1, outcome=outcome)

    job = submitted(bench, "甲")
    for mask in range(2**6):
        files = tuple(file(str(place), done=bool(mask >> place & 1)) for place in range(6))
        job = Job(**{name: getattr(job, name) for name in job.__slots__} | {"files": files})
        places = [place for portion in desk_module._portions(job) for place in portion]
        assert places == [place for place in range(6) if files[place].outcome is None]
