"""A desk of background jobs whose folder goes when nobody holds it any more."""

import shutil
import tempfile
import weakref
from pathlib import Path

from rag.catalog_jobs import JOB_TABLES, JobRecords
from rag.database import Database
from ui.jobs.desk import JobDesk
from ui.jobs.incoming import Intake


def make_job_desk(intake: Intake, *, most_waiting: int = 100) -> JobDesk:
    folder = tempfile.mkdtemp(prefix="wence-jobs-")
    database = Database(Path(folder) / "catalog.sqlite3")
    weakref.finalize(database, shutil.rmtree, folder, ignore_errors=True)
    with database.writing() as connection:
        for statement in JOB_TABLES:
            connection.execute(statement)
    return JobDesk(
        JobRecords(database),
        intake,
        folder=Path(folder) / "uploads",
        most_waiting=most_waiting,
        most_bytes=10_000_000,
    )
