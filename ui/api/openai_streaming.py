"""An answer as the chunks of a chat completion."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from fastapi.sse import format_sse_event

from rag.answering import AnswerDone, AnswerEvent, TextAdded
from rag.documents import Answer
from rag.errors import AnsweringError
from ui.api.openai_errors import openai_problem
from ui.api.openai_reading import footnotes
from ui.api.openai_schemas import (
    ChatCompletionChunk,
    ChunkChoice,
    Delta,
    Usage,
    finish_reason_of,
)

_DONE = format_sse_event(data_str="[DONE]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkStyle:
    """What all chunks of a reply have in common.

    Attributes:
        created: Seconds since 1970.
        with_footnotes: Whether the text ends with a line for each citation.
        with_usage: Whether a last chunk tells how long question and answer are.
        prompt_characters: How long the question is.
    """

    completion_id: str
    created: int
    model: str
    with_footnotes: bool
    with_usage: bool
    prompt_characters: int

    def encoded(self, choice: ChunkChoice | None, *, usage: Usage | None = None) -> bytes:
        """The wire form of a chunk; without a choice it is the one that tells `usage`."""
        chunk = ChatCompletionChunk(
            id=self.completion_id,
            object="chat.completion.chunk",
            created=self.created,
            model=self.model,
            choices=[] if choice is None else [choice],
        )
        if self.with_usage:
            chunk = chunk.model_copy(update={"usage": usage})
        return format_sse_event(data_str=chunk.model_dump_json(exclude_unset=True))

    def added(self, text: str) -> bytes:
        """The chunk that adds `text`."""
        return self.encoded(ChunkChoice(index=0, delta=Delta(content=text), finish_reason=None))


def chat_chunks(
    events: Iterator[AnswerEvent], *, style: ChunkStyle, request_id: str
) -> Generator[bytes]:
    """The wire form of `events`, up to `[DONE]`; a failure on the way becomes a last `error`."""
    try:
        yield from _chunks(events, style)
        yield _DONE
    except Exception as error:  # noqa: BLE001 - the status is sent: only an event can still tell
        problem = openai_problem(error, request_id=request_id)
        yield format_sse_event(data_str=f'{{"error":{problem.error.model_dump_json()}}}')


def _chunks(events: Iterator[AnswerEvent], style: ChunkStyle) -> Iterator[bytes]:
    role = Delta(role="assistant", content="")
    yield style.encoded(ChunkChoice(index=0, delta=role, finish_reason=None))
    shown = ""
    for event in events:
        match event:
            case TextAdded(text=text) if text:
                shown += text
                yield style.added(text)
            case AnswerDone(answer=answer):
                yield from _last_chunks(answer, shown, style)
                return
            case _:
                pass
    raise AnsweringError("回答没有写完。")


def _last_chunks(answer: Answer, shown: str, style: ChunkStyle) -> Iterator[bytes]:
    """What is still to be told; what was shown stays, even where the answer became another."""
    rest = answer.text.removeprefix(shown) if answer.text.startswith(shown) else ""
    rest += footnotes(answer.citations) if style.with_footnotes else ""
    if rest:
        yield style.added(rest)
    yield style.encoded(
        ChunkChoice(
            index=0,
            delta=Delta(),
            finish_reason=finish_reason_of(answer),
            citations=list(answer.citations),
            status=answer.status,
            notes=list(answer.notes),
        )
    )
    if style.with_usage:
        usage = Usage.of(style.prompt_characters, len(shown + rest))
        yield style.encoded(None, usage=usage)
