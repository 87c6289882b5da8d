"""The bodies of background jobs in the HTTP API."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field
from pydantic.config import JsonDict

from ingest.progress import Stage
from rag.jobs import Job, JobFile, JobStatus
from ui.api.conversation_schemas import PageQuery
from ui.api.problems import problem_body
from ui.api.schemas import ProblemBody, UploadItem, UploadResults, upload_item
from ui.jobs.desk import JobView
from ui.jobs.progress import JobProgress

_EXAMPLE: JsonDict = {
    "job_id": "3f2c8a0e5b7d4c1f9a6e0d2b4c8f1a37",
    "status": "running",
    "is_cancelling": False,
    "collection": "default",
    "created": "2026-03-02T08:15:30.120000Z",
    "started": "2026-03-02T08:15:30.180000Z",
    "finished": None,
    "file_count": 2,
    "finished_count": 1,
    "failed_count": 0,
    "progress": {"stage": "reading", "done": 12, "total": 40},
    "problem": None,
    "files": [
        {
            "file_name": "方案.docx",
            "source": "upload:方案.docx",
            "size": 48213,
            "state": "finished",
            "result": {
                "file_name": "方案.docx",
                "status": "added",
                "document_ids": ["d3b07384d113edec"],
                "reason": None,
            },
        },
        {
            "file_name": "讲话汇编.zip",
            "source": "upload:讲话汇编.zip",
            "size": 9120334,
            "state": "running",
            "result": None,
        },
    ],
}


class JobQuery(PageQuery):
    """The query parameters of a list of jobs."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    status: JobStatus | None = Field(default=None, description="Only those that stand so.")


class JobProgressBody(BaseModel):
    """How far the running job is with the files that are being taken in now."""

    stage: Stage | None = Field(description="Null before the first stage.")
    done: int
    total: int = Field(
        description="Of the stage: `reading` counts files and members of archives, `indexing` and "
        + "`removing` passages, `fingerprinting` and `lexicon` documents."
    )

    @classmethod
    def of(cls, progress: JobProgress) -> Self:
        """The body for `progress`."""
        return cls(stage=progress.stage, done=progress.done, total=progress.total)


class JobFileBody(BaseModel):
    """A file of a job."""

    file_name: str
    source: str
    size: int = Field(description="In bytes.")
    state: Literal["waiting", "running", "finished", "skipped"] = Field(
        description="`skipped`: the job was cancelled or failed before the file was through."
    )
    result: UploadItem | None = Field(
        description="Once `finished`: as in the reply to an upload that is waited for. A file "
        + "that the server was taking in when it was killed may be `unchanged`, not `added`."
    )

    @classmethod
    def of(cls, file: JobFile, *, job: Job, is_running: bool) -> Self:
        """The body for a file of `job`."""
        state = "running" if is_running else "waiting"
        if file.outcome is not None:
            state = "finished"
        elif job.status.is_finished:
            state = "skipped"
        return cls(
            file_name=file.file_name,
            source=file.source,
            size=file.size,
            state=state,
            result=None if file.outcome is None else upload_item(file.outcome),
        )


class JobItem(BaseModel):
    """A job in a list."""

    job_id: str
    status: JobStatus = Field(
        description="`done`: every file has its result, be it that it failed. `failed`: the files "
        + "could not be taken in at all; `problem` says why."
    )
    is_cancelling: bool = Field(description="It is running still, but will be cancelled.")
    collection: str
    created: datetime
    started: datetime | None
    finished: datetime | None
    file_count: int
    finished_count: int = Field(description="Files that have a result.")
    failed_count: int = Field(description="Files whose result is that they failed.")
    progress: JobProgressBody | None = Field(description="While it is being worked on.")
    problem: ProblemBody | None

    @classmethod
    def of(cls, view: JobView) -> Self:
        """The body for `view`."""
        job = view.job
        outcomes = [file.outcome for file in job.files if file.outcome is not None]
        problem = None
        if job.failure is not None:
            problem = problem_body(503, job.failure, request_id=job.job_id)
        return cls(
            job_id=job.job_id,
            status=job.status,
            is_cancelling=job.is_cancelling,
            collection=job.collection,
            created=job.created,
            started=job.started,
            finished=job.finished,
            file_count=len(job.files),
            finished_count=len(outcomes),
            failed_count=sum(outcome.status == "failed" for outcome in outcomes),
            progress=None if view.progress is None else JobProgressBody.of(view.progress),
            problem=problem,
        )


class JobDetail(JobItem):
    """A job with its files, in the order in which they were sent."""

    model_config = {"json_schema_extra": {"examples": [_EXAMPLE]}}

    files: list[JobFileBody]

    @classmethod
    def of_view(cls, view: JobView) -> Self:
        """The body for `view`."""
        item, job = JobItem.of(view), view.job
        positions = () if view.progress is None else view.progress.positions
        files = [
            JobFileBody.of(file, job=job, is_running=place in positions)
            for place, file in enumerate(job.files)
        ]
        return cls(**item.model_dump(), files=files)


class JobList(BaseModel):
    """A page of jobs, the newest first."""

    items: list[JobItem]
    next: str | None


def upload_results(job: Job) -> UploadResults:
    """The results of a job that is done, as an upload that is waited for gives them."""
    outcomes = [file.outcome for file in job.files if file.outcome is not None]
    return UploadResults(items=[upload_item(outcome) for outcome in outcomes])
