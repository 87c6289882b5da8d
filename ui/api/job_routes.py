"""The routes under /v1/jobs."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from fastapi import Path as InPath

from ui.api.job_schemas import JobDetail, JobItem, JobList, JobQuery
from ui.api.problems import problem_responses
from ui.jobs.desk import JobDesk

JobId = Annotated[str, InPath(min_length=1, max_length=64)]


def job_routes(desk: JobDesk) -> APIRouter:
    """List, show and cancel background jobs."""
    router = APIRouter(prefix="/v1/jobs", tags=["jobs"], responses=problem_responses(422, 503))

    @router.get(
        "", operation_id="list_jobs", summary="List uploads in the background, newest first"
    )
    def list_jobs(query: Annotated[JobQuery, Query()]) -> JobList:
        try:
            views, cursor = desk.list_jobs(query.status, limit=query.limit, cursor=query.cursor)
        except ValueError as error:
            raise HTTPException(422, f"{error}。") from error
        return JobList(items=[JobItem.of(view) for view in views], next=cursor)

    @router.get(
        "/{job_id}",
        operation_id="show_job",
        summary="How far a job is, and what became of each file",
        description="Kept for 7 days after its end. Ask once or twice a second.",
        responses=problem_responses(404),
    )
    def show_job(job_id: JobId) -> JobDetail:
        return JobDetail.of_view(desk.show(job_id))

    @router.post(
        "/{job_id}/cancel",
        operation_id="cancel_job",
        summary="Cancel a job that is not finished",
        description="A running one stops after the files in hand, or within a large archive: "
        "`is_cancelling` until then. What was taken in by then stays. To cancel twice is no error.",
        responses=problem_responses(403, 404, 409),
    )
    def cancel_job(job_id: JobId) -> JobDetail:
        return JobDetail.of_view(desk.cancel(job_id))

    return router
