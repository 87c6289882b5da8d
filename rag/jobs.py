"""Background jobs: uploads that are taken in after they were acknowledged."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeOutcome:
    """What became of an uploaded file.

    Attributes:
        document_ids: The documents it became; empty when it failed.
        reason: Why it failed, in Chinese, else None.
    """

    file_name: str
    status: Literal["added", "replaced", "unchanged", "failed"]
    document_ids: tuple[str, ...] = ()
    reason: str | None = None


class JobStatus(StrEnum):
    """Where a job stands: a closed list.

    DONE: every file has an outcome, be it that it failed. FAILED: the files could not be worked
    off at all; those that have an outcome keep it.
    """

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_finished(self) -> bool:
        """Whether it stays so for good."""
        return self in {JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFile:
    """A file of a job.

    Attributes:
        stored_name: Where its bytes are in the folder of the job, until that is finished.
        source: What identifies it within its collection.
        size: In bytes.
        outcome: None until it was taken in.
    """

    stored_name: str
    source: str
    file_name: str
    size: int
    outcome: IntakeOutcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job that is to be acknowledged; its bytes are on the disk already.

    Attributes:
        job_id: 32 random hexadecimal digits.
        key: The client's `Idempotency-Key`, if it gave one.
        fingerprint: Of collection and files with their contents: equal for equal uploads.
    """

    job_id: str
    collection: str
    files: tuple[JobFile, ...]
    fingerprint: str
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An acknowledged job.

    Attributes:
        is_cancelling: Whether it was cancelled while it ran.
        failure: Why it failed as a whole, in Chinese; None unless FAILED.
        files: In the order in which they were sent.
    """

    job_id: str
    collection: str
    status: JobStatus
    is_cancelling: bool
    created: datetime
    started: datetime | None
    finished: datetime | None
    failure: str | None
    files: tuple[JobFile, ...]
