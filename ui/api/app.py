"""The HTTP API: a function of what stands behind it."""

from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import structlog
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.routing import compile_path

from rag.documents import Answer
from ui.api.content_types import json_only
from ui.api.conversation_routes import conversation_routes
from ui.api.departure import noticing_departure
from ui.api.document_routes import document_routes
from ui.api.draft_routes import draft_routes
from ui.api.feedback_routes import feedback_routes
from ui.api.job_routes import job_routes
from ui.api.metrics_route import metrics_route
from ui.api.openai_errors import OpenAIProblem, with_openai_error
from ui.api.openai_routes import openai_routes
from ui.api.openai_schemas import ChatCompletionChunk
from ui.api.perimeter import Perimeter
from ui.api.problems import (
    install_problem_handlers,
    problem_body,
    problem_response,
    problem_responses,
    request_id_of,
)
from ui.api.quotation_routes import quotation_routes
from ui.api.reference import install_reference
from ui.api.schemas import (
    CitationsBody,
    EvidenceBody,
    Health,
    ProblemBody,
    QuestionBody,
    SearchBody,
    SearchResults,
    TextBody,
    search_items,
)
from ui.api.streaming import AnswerStream, begun, prefers_events, server_sent_events
from ui.conversations.asking import prepared
from ui.jobs.desk import JobDesk
from ui.roles import Backing
from ui.telemetry.requests import RequestWatch
from ui.telemetry.watch import Watch

MAX_JSON_BYTES = 1_000_000
FILES_WORTH_PER_UPLOAD = 4
"""A whole upload may be so many times as large as its largest permitted file."""

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_DESCRIPTION = """Answers about policy documents in which every sentence shows where it stands.

Positions are half-open `[start, end)`, in Unicode code points (not UTF-16 units), in the `text` of
`GET /v1/documents/{document_id}`. Every list is `{items, next}`. Every failure is a problem
(RFC 9457), `application/problem+json`."""
_TAGS = [
    {"name": "answers", "description": "Ask questions and search for passages."},
    {"name": "openai", "description": "For any client of OpenAI's API: base URL `/v1`."},
    {"name": "quotations", "description": "Look quotations up, verify them, check drafts."},
    {"name": "conversations", "description": "Saved questions and answers."},
    {"name": "documents", "description": "The documents that answers rest on."},
    {"name": "jobs", "description": "Uploads that are taken in in the background."},
    {"name": "health", "description": "Whether the server works."},
]
_EVENT_BODIES = {
    "evidence": EvidenceBody,
    "text": TextBody,
    "citations": CitationsBody,
    "done": Answer,
    "problem": ProblemBody,
}
_LOOSE_MODELS = (
    ProblemBody,
    EvidenceBody,
    TextBody,
    CitationsBody,
    OpenAIProblem,
    ChatCompletionChunk,
)
_log = structlog.get_logger()


def _answer_routes(backing: Backing) -> APIRouter:
    router = APIRouter(
        prefix="/v1",
        tags=["answers"],
        dependencies=[Depends(json_only)],
        responses=problem_responses(400, 403, 413, 415, 422, 503),
    )

    @router.post(
        "/answers",
        operation_id="answer_question",
        summary="Answer a question",
        response_model=Answer,
        responses={
            200: {
                "description": "The answer; with `Accept: text/event-stream` as it comes about: "
                + "events `evidence`, `text` (many), `citations`, then `done` or `problem`.",
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
            },
            **problem_responses(404, 409, 502),
        },
        dependencies=[Depends(noticing_departure)],
    )
    def answer_question(body: QuestionBody, request: Request) -> Answer | Response:
        assistant, conversations = backing.assistant, backing.conversations
        put = prepared(body, conversations)  # refused before anything is asked
        asked, saved_in = put.request, body.conversation_id
        if not prefers_events(request.headers.get("accept", "")):
            answer = assistant.answer(
                asked.question,
                history=asked.history,
                filters=asked.filters,
                mode=asked.mode,
                model=asked.model,
            )
            return conversations.saved(answer, asked, conversation_id=saved_in, note=put.note)
        events = assistant.stream(
            asked.question,
            history=asked.history,
            filters=asked.filters,
            mode=asked.mode,
            model=asked.model,
        )
        kept = conversations.saving(events, asked, conversation_id=saved_in, note=put.note)
        encoded = server_sent_events(begun(kept), request_id=request_id_of(request))
        return AnswerStream(encoded, source=events)

    @router.post("/search", operation_id="search_passages", summary="Find passages")
    def search_passages(body: SearchBody) -> SearchResults:
        found = backing.assistant.search(
            body.query, filters=body.filters.filters(), limit=body.limit
        )
        return SearchResults(items=search_items(found))

    return router


def _health_routes(backing: Backing) -> APIRouter:
    router = APIRouter(tags=["health"])

    @router.get(
        "/healthz", operation_id="is_alive", summary="Liveness", responses=problem_responses()
    )
    def is_alive() -> Health:
        return Health(status="ok")

    @router.get(
        "/readyz",
        operation_id="is_ready",
        summary="Readiness: the index is open and consistent",
        response_model=Health,
        responses=problem_responses(503),
    )
    def is_ready(request: Request) -> Health | Response:
        reasons = backing.unready_reasons()
        if not reasons:
            return Health(status="ready")
        detail = "；".join(reasons)
        return problem_response(problem_body(503, detail, request_id=request_id_of(request)))

    return router


class WenceApi(FastAPI):
    """FastAPI whose OpenAPI document also holds what only problems and events use."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        if self.openapi_schema is None:
            document = get_openapi(
                title=self.title,
                version=self.version,
                description=self.description,
                routes=self.routes,
                tags=self.openapi_tags,
            )
            _add_loose_schemas(document)
            self.openapi_schema = document
        return self.openapi_schema


def _add_loose_schemas(document: dict[str, Any]) -> None:
    """Add the schemas that no response model names, and describe the events by them."""
    schemas = document["components"]["schemas"]
    for model in _LOOSE_MODELS:
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        definitions = schema.pop("$defs", {})
        for name, definition in {**definitions, model.__name__: schema}.items():
            schemas.setdefault(name, definition)
    content = document["paths"]["/v1/answers"]["post"]["responses"]["200"]["content"]
    content["text/event-stream"] = {
        "itemSchema": {
            "oneOf": [
                {
                    "properties": {
                        "event": {"const": event},
                        "data": {
                            "contentMediaType": "application/json",
                            "contentSchema": {"$ref": f"#/components/schemas/{body.__name__}"},
                        },
                    },
                    "required": ["event", "data"],
                }
                for event, body in _EVENT_BODIES.items()
            ]
        }
    }


def _add_unserved_paths(app: WenceApi) -> None:
    """Answer what no route serves: without this it would reach the page, mounted at the root."""

    @app.api_route("/v1", methods=_METHODS, include_in_schema=False)
    @app.api_route("/v1/{rest:path}", methods=_METHODS, include_in_schema=False)
    @app.api_route("/healthz", methods=_METHODS, include_in_schema=False)
    @app.api_route("/readyz", methods=_METHODS, include_in_schema=False)
    @app.api_route("/metrics", methods=_METHODS, include_in_schema=False)
    @app.api_route("/docs{rest:path}", methods=_METHODS, include_in_schema=False)
    @app.api_route("/openapi.json", methods=_METHODS, include_in_schema=False)
    def unserved(request: Request) -> Response:
        path = request.url.path
        methods = {
            method.upper()
            for template, operations in app.openapi()["paths"].items()
            if compile_path(template)[0].match(path)
            for method in operations
        }
        if methods:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(methods))})
        raise HTTPException(404)


def _working_on(jobs: JobDesk) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Background jobs go on while the application runs."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        jobs.start()
        try:
            yield
        finally:
            await run_in_threadpool(jobs.close)

    return lifespan


def create_app(
    backing: Backing, *, extra_hosts: Collection[str] = (), watch: Watch | None = None
) -> FastAPI:
    """The API; the page is mounted on it by `ui.page.layout.mount_page`.

    Args:
        backing: What stands behind it.
        extra_hosts: Host names that are served besides those of the loopback interface.
        watch: Is told of every request, and shown at /metrics; None for one of its own.
    """
    watch = watch or Watch()
    app = WenceApi(
        title="问策 WenCe",
        version="1",
        description=_DESCRIPTION,
        openapi_tags=_TAGS,
        docs_url=None,  # FastAPI's own loads its scripts from another host
        redoc_url=None,
        telemetry=watch.for_fastapi(),
        lifespan=_working_on(backing.jobs),
    )
    install_problem_handlers(app)
    upload = backing.max_file_bytes * FILES_WORTH_PER_UPLOAD + MAX_JSON_BYTES
    app.add_middleware(
        Perimeter,
        max_body_bytes=MAX_JSON_BYTES,
        max_upload_bytes={
            "/v1/documents": upload,
            "/v1/drafts/check": backing.max_file_bytes + MAX_JSON_BYTES,
            "/gradio_api/upload": upload,
        },
        extra_hosts=extra_hosts,
        problem_shapes={"/v1/chat/completions": with_openai_error},
    )
    app.add_middleware(RequestWatch, metrics=watch.metrics)  # around the perimeter
    app.include_router(_answer_routes(backing))
    app.include_router(feedback_routes(backing.feedback, backing.suggesting))
    app.include_router(openai_routes(backing))
    app.include_router(quotation_routes(backing))
    app.include_router(draft_routes(backing))
    app.include_router(conversation_routes(backing.conversations))
    app.include_router(document_routes(backing))
    app.include_router(job_routes(backing.jobs))
    app.include_router(_health_routes(backing))
    app.include_router(metrics_route(watch.metrics))
    install_reference(app)
    _add_unserved_paths(app)
    return app
