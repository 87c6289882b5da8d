"""`GET /metrics`, for Prometheus."""

from fastapi import APIRouter, Request, Response

from ui.api.problems import problem_responses
from ui.telemetry.metrics import Metrics

_SHOWN = {
    200: {
        "description": "Prometheus's text format; OpenMetrics where `Accept` asks for it.",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
}


def metrics_route(metrics: Metrics) -> APIRouter:
    """Shows what was counted since the start."""
    router = APIRouter(tags=["health"])

    @router.get(
        "/metrics",
        operation_id="show_metrics",
        summary="Counts and durations since the start, for Prometheus",
        response_class=Response,
        responses={**_SHOWN, **problem_responses()},
    )
    def show_metrics(request: Request) -> Response:
        return metrics_response(metrics, request)

    return router


def metrics_response(metrics: Metrics, request: Request) -> Response:
    """What was counted, in the form that the request asks for."""
    content, media_type = metrics.exposed(request.headers.get("accept", ""))
    # Set as it is: Response would name the character set again.
    return Response(content, headers={"Content-Type": media_type, "Cache-Control": "no-store"})
