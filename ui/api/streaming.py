"""An answer as server-sent events: evidence, text, citations, done, problem."""

from collections.abc import Generator, Iterator
from itertools import chain

import structlog
from anyio import CancelScope
from fastapi.sse import EventSourceResponse, format_sse_event
from pydantic import BaseModel, TypeAdapter
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from rag.answering import AnswerDone, AnswerEvent, CitationsSettled, EvidenceFound, TextAdded
from rag.documents import Answer
from rag.errors import WenceError
from ui.api.problems import problem_of, unexplained_problem
from ui.api.schemas import CitationsBody, EvidenceBody, TextBody, search_items

_answers = TypeAdapter(Answer)
_log = structlog.get_logger()


def begun(events: Iterator[AnswerEvent]) -> Iterator[AnswerEvent]:
    """The same events, the first of them already made.

    What fails before the first event is raised here, while the status can still say so.
    """
    first = next(events, None)
    return chain(() if first is None else (first,), events)


def _event(name: str, data: str) -> bytes:
    return format_sse_event(event=name, data_str=data)


def _encoded(event: AnswerEvent) -> bytes:
    body: BaseModel
    match event:
        case EvidenceFound():
            name, body = "evidence", EvidenceBody(items=search_items(event.passages))
        case TextAdded():
            name, body = "text", TextBody(text=event.text)
        case CitationsSettled():
            name, body = "citations", CitationsBody(items=list(event.citations))
        case AnswerDone():
            return _event("done", _answers.dump_json(event.answer).decode())
    return _event(name, body.model_dump_json())


def server_sent_events(events: Iterator[AnswerEvent], *, request_id: str) -> Generator[bytes]:
    """The wire form of `events`; a failure on the way becomes a last event `problem`."""
    try:
        for event in events:
            yield _encoded(event)
    except WenceError as error:
        problem = problem_of(error, request_id=request_id)
        yield _event("problem", problem.model_dump_json(exclude_none=True))
    except Exception as error:  # noqa: BLE001 - the status is sent: only an event can still tell
        _log.error("request_failed", request_id=request_id, exc_info=error)
        problem = unexplained_problem(request_id=request_id)
        yield _event("problem", problem.model_dump_json(exclude_none=True))


class AnswerStream(EventSourceResponse):
    """Server-sent events that stop being made as soon as nobody listens any more.

    Args:
        events: Encoded.
        source: What they are made from.
    """

    def __init__(self, events: Generator[bytes], *, source: Iterator[AnswerEvent]) -> None:
        super().__init__(events, headers={"Cache-Control": "no-store"})
        self._events = events
        self._source = source

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events until they end or the client goes away."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            # No step is under way any more: Starlette waits for one that was begun.
            with CancelScope(shield=True):
                await run_in_threadpool(self._close)

    def _close(self) -> None:
        self._events.close()
        if isinstance(self._source, Generator):
            self._source.close()


def prefers_events(accept: str) -> bool:
    """Whether an Accept header ranks server-sent events above JSON; named first, they win ties."""
    ranks = dict[str, float]()
    for choice in accept.lower().split(","):
        name, *parameters = (part.strip() for part in choice.split(";"))
        quality = next((part[2:] for part in parameters if part.startswith("q=")), "1")
        ranks[name] = float(quality) if quality.replace(".", "", 1).isdecimal() else 0.0
    events, body = ranks.get("text/event-stream", 0.0), ranks.get("application/json", 0.0)
    order = list(ranks)
    first = "application/json" not in ranks or (
        events > 0 and order.index("text/event-stream") < order.index("application/json")
    )
    return events > 0 and (events > body or (events == body and first))
