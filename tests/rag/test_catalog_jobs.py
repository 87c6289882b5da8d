"""Background jobs in the catalog: order, keys, limits, what is kept and for how long."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from rag.catalog import Catalog
from rag.catalog_jobs import JOB_TABLES, JOBS_KEPT_FOR, KEYS_KEPT_FOR, MOST_ATTEMPTS, JobRecords
from rag.database import Database
from rag.errors import (
    JobConflictError,
    JobNotFoundError,
    JobQueueFullError,
    KeyReusedError,
    StorageError,
)
from rag.jobs import IntakeOutcome, Job, JobFile, JobStatus, NewJob

BEGUN = datetime(2026, 3, 2, 8, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = BEGUN

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "catalog.sqlite3")
    with database.writing() as connection:
        for statement in JOB_TABLES:
            connection.execute(statement)
    yield database
    database.close()


@pytest.fixture
def records(database: Database, clock: Clock) -> JobRecords:
    return JobRecords(database, clock=clock)


def make_file(number: int = 0, *, size: int = 10) -> JobFile:
    return JobFile(
        stored_name=f"{number}/upload.txt",
        source=f"upload:文件{number}.txt",
        file_name=f"文件{number}.txt",
        size=size,
    )


def make_job(*, files: int = 1, size: int = 10, key: str | None = None, of: str = "甲") -> NewJob:
    return NewJob(
        job_id=uuid4().hex,
        collection="讲话",
        files=tuple(make_file(number, size=size) for number in range(files)),
        fingerprint=of,
        key=key,
    )


def add(records: JobRecords, job: NewJob, *, most: int = 100, most_bytes: int = 10**9) -> Job:
    return records.add(job, most_waiting=most, most_bytes=most_bytes)[0]


def ids(records: JobRecords) -> list[str]:
    return [job.job_id for job in records.list_jobs()[0]]


ADDED = IntakeOutcome(file_name="文件0.txt", status="added", document_ids=("d1", "d2"))
FAILED = IntakeOutcome(file_name="文件1.txt", status="failed", reason="读不出")


def test_a_job_comes_back_as_it_was_added(records: JobRecords):
    new = make_job(files=2)
    job, is_new = records.add(new, most_waiting=1, most_bytes=1)
    assert is_new
    assert job == records.get(new.job_id)
    assert (job.status, job.collection, job.files) == (JobStatus.QUEUED, "讲话", new.files)
    assert (job.created, job.started, job.finished, job.failure) == (BEGUN, None, None, None)


def test_jobs_are_begun_in_the_order_in_which_they_came(records: JobRecords, clock: Clock):
    first, second = make_job(), make_job()
    add(records, first)
    add(records, second)
    clock.now += timedelta(seconds=5)
    begun = records.begin_next()
    assert begun is not None
    assert (begun.job_id, begun.status) == (first.job_id, JobStatus.RUNNING)
    assert begun.started == clock.now
    records.finish(first.job_id, JobStatus.DONE)
    assert records.unfinished() == [second.job_id]
    begun = records.begin_next()
    assert begun is not None
    assert begun.job_id == second.job_id
    records.finish(second.job_id, JobStatus.DONE)
    assert records.begin_next() is None


def test_outcomes_are_kept_and_an_interrupted_job_goes_on_with_the_rest(records: JobRecords):
    new = make_job(files=3)
    add(records, new)
    records.begin_next()
    records.record(new.job_id, {0: ADDED, 1: FAILED})
    again = records.begin_next()
    assert again is not None
    assert [file.outcome for file in again.files] == [ADDED, FAILED, None]
    assert again.status is JobStatus.RUNNING


def test_a_job_during_which_the_process_died_too_often_is_given_up(records: JobRecords):
    new = make_job(key="k")
    add(records, new)
    for _ in range(MOST_ATTEMPTS):
        begun = records.begin_next()
        assert begun is not None
        assert begun.status is JobStatus.RUNNING
    given_up = records.begin_next()
    assert given_up is not None
    assert given_up.status is JobStatus.FAILED
    assert "意外中断" in (given_up.failure or "")
    assert records.begin_next() is None


def test_a_job_that_gets_on_is_not_given_up(records: JobRecords):
    new = make_job(files=MOST_ATTEMPTS + 2)
    add(records, new)
    for place in range(MOST_ATTEMPTS + 2):
        begun = records.begin_next()
        assert begun is not None
        assert begun.status is JobStatus.RUNNING
        records.record(new.job_id, {place: ADDED})


def test_a_stop_in_good_order_is_no_attempt(records: JobRecords):
    new = make_job()
    add(records, new)
    for _ in range(MOST_ATTEMPTS + 2):
        begun = records.begin_next()
        assert begun is not None
        assert begun.status is JobStatus.RUNNING
        records.put_back(new.job_id)
        assert records.get(new.job_id).status is JobStatus.QUEUED


def test_a_finished_job_stays_as_it_is(records: JobRecords):
    new = make_job()
    add(records, new)
    records.begin_next()
    records.finish(new.job_id, JobStatus.DONE)
    done = records.get(new.job_id)
    records.finish(new.job_id, JobStatus.FAILED, failure="不是")
    records.put_back(new.job_id)
    assert records.get(new.job_id) == done


def test_the_same_key_and_upload_give_the_same_job_whatever_its_state(records: JobRecords):
    first = add(records, make_job(key="k"))
    for step in (
        lambda: None,
        records.begin_next,
        lambda: records.finish(first.job_id, JobStatus.DONE),
    ):
        step()
        job, is_new = records.add(make_job(key="k"), most_waiting=1, most_bytes=1)
        assert (job, is_new) == (records.get(first.job_id), False)
    assert ids(records) == [first.job_id]


def test_the_same_key_for_another_upload_is_refused(records: JobRecords):
    first = add(records, make_job(key="k"))
    with pytest.raises(KeyReusedError, match="内容不同"):
        add(records, make_job(key="k", of="乙"))
    assert ids(records) == [first.job_id]


def test_uploads_without_a_key_are_never_the_same(records: JobRecords):
    assert len({add(records, make_job()).job_id for _ in range(3)}) == 3


def test_a_key_is_kept_for_a_day_and_longer_while_its_job_is_not_finished(
    records: JobRecords, clock: Clock
):
    first = add(records, make_job(key="k"))
    clock.now += KEYS_KEPT_FOR + timedelta(seconds=1)
    assert add(records, make_job(key="k")) == first
    records.finish(first.job_id, JobStatus.DONE)
    second = add(records, make_job(key="k", of="乙"))
    assert second.job_id != first.job_id
    assert records.get(first.job_id).status is JobStatus.DONE
    clock.now += KEYS_KEPT_FOR
    records.finish(second.job_id, JobStatus.DONE)
    with pytest.raises(KeyReusedError):
        add(records, make_job(key="k"))


def test_a_failed_job_gives_its_key_back_and_a_cancelled_one_keeps_it(records: JobRecords):
    first = add(records, make_job(key="k"))
    records.finish(first.job_id, JobStatus.FAILED, failure="磁盘满")
    second = add(records, make_job(key="k"))
    assert second.job_id != first.job_id
    records.cancel(second.job_id)
    assert add(records, make_job(key="k")).status is JobStatus.CANCELLED


def test_of_equal_uploads_at_once_with_one_key_one_is_taken(records: JobRecords):
    taken = list[tuple[Job, bool]]()
    threads = [
        threading.Thread(
            target=lambda: taken.append(
                records.add(make_job(key="k"), most_waiting=99, most_bytes=9**9)
            )
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(is_new for _, is_new in taken) == [False] * 7 + [True]
    assert len({job.job_id for job, _ in taken}) == 1


def test_so_many_jobs_may_wait_and_no_more(records: JobRecords):
    first = add(records, make_job(key="k"), most=2)
    add(records, make_job(), most=2)
    with pytest.raises(JobQueueFullError, match="已有 2 个上传任务"):
        add(records, make_job(), most=2)
    assert add(records, make_job(key="k"), most=2) == first  # what is known is no new one
    records.finish(first.job_id, JobStatus.DONE)
    add(records, make_job(), most=2)


def test_so_many_bytes_may_wait_but_one_job_alone_may_have_more(records: JobRecords):
    large = add(records, make_job(files=2, size=100), most_bytes=150)
    with pytest.raises(JobQueueFullError, match="接近上限"):
        add(records, make_job(size=1), most_bytes=150)
    records.finish(large.job_id, JobStatus.DONE)
    add(records, make_job(size=100), most_bytes=150)
    add(records, make_job(size=50), most_bytes=150)


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_when_it_stops(records: JobRecords):
    running, waiting = add(records, make_job()), add(records, make_job())
    records.begin_next()
    assert records.cancel(waiting.job_id).status is JobStatus.CANCELLED
    noted = records.cancel(running.job_id)
    assert (noted.status, noted.is_cancelling) == (JobStatus.RUNNING, True)
    after_a_kill = records.begin_next()
    assert after_a_kill is not None
    assert (after_a_kill.status, after_a_kill.is_cancelling) == (JobStatus.CANCELLED, False)
    assert records.cancel(running.job_id) == after_a_kill


@pytest.mark.parametrize("status", [JobStatus.DONE, JobStatus.FAILED])
def test_what_is_over_cannot_be_cancelled(records: JobRecords, status: JobStatus):
    job = add(records, make_job())
    records.finish(job.job_id, status)
    with pytest.raises(JobConflictError, match="已经结束"):
        records.cancel(job.job_id)


@pytest.mark.parametrize("job_id", ["", "0" * 32, "\udcff", "' OR 1=1"])
def test_an_unknown_job_is_named_as_such(records: JobRecords, job_id: str):
    for ask in (records.get, records.cancel):
        with pytest.raises(JobNotFoundError, match="没有这个任务"):
            ask(job_id)


def test_the_list_goes_from_the_newest_page_by_page(records: JobRecords):
    jobs = [add(records, make_job()).job_id for _ in range(5)]
    for job_id in jobs[:2]:
        records.finish(job_id, JobStatus.DONE)
    seen, cursor = list[str](), None
    while True:
        page, cursor = records.list_jobs(limit=2, cursor=cursor)
        seen += [job.job_id for job in page]
        if cursor is None:
            break
        add(records, make_job())  # new ones neither repeat nor hide others
    assert seen == jobs[::-1]
    done, _ = records.list_jobs(JobStatus.DONE)
    assert [job.job_id for job in done] == jobs[1::-1]


@pytest.mark.parametrize("cursor", ["", "x", "-1", "9" * 19, "1 OR 1"])
def test_a_forged_cursor_is_refused(records: JobRecords, cursor: str):
    with pytest.raises(ValueError, match="翻页标记"):
        records.list_jobs(cursor=cursor)


def test_old_jobs_are_forgotten_with_their_files_but_not_those_that_wait(
    records: JobRecords, database: Database, clock: Clock
):
    old, waiting = add(records, make_job()), add(records, make_job())
    records.finish(old.job_id, JobStatus.DONE)
    clock.now += JOBS_KEPT_FOR + timedelta(seconds=1)
    new = add(records, make_job())
    assert ids(records) == [new.job_id, waiting.job_id]
    with database.reading() as connection:
        (files,) = connection.execute("SELECT count(*) FROM job_files").fetchone()
    assert files == 2


def test_jobs_survive_closing_and_opening_the_catalog(tmp_path: Path):
    catalog = Catalog(tmp_path / "catalog.sqlite3")
    job = add(catalog.jobs, make_job(key="k"))
    catalog.close()
    catalog = Catalog(tmp_path / "catalog.sqlite3")
    assert catalog.jobs.get(job.job_id) == job
    assert add(catalog.jobs, make_job(key="k")) == job
    catalog.close()


def test_nothing_is_half_stored_when_a_job_cannot_be_added(records: JobRecords):
    twice = make_job()
    add(records, twice)
    with pytest.raises(StorageError):
        add(records, twice)
    assert ids(records) == [twice.job_id]
