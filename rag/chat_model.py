"""The chat model, reached through LangChain; its failures in our words."""

import logging
import time
from collections.abc import Generator, Iterator
from http import HTTPStatus
from typing import Final

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessageChunk
from langchain_core.prompts import ChatPromptTemplate

from rag.errors import ChatModelError
from rag.prompting import SYSTEM, Prompt
from rag.telemetry import FallBack, note_retry

LONGEST_REPLY: Final = 20_000
LONGEST_REPLY_S: Final = 300.0
LONGEST_BRIEF_REPLY: Final = 4000
PROMPT = ChatPromptTemplate.from_messages([
    ("system", SYSTEM),
    ("human", "<依据>\n{evidence}\n</依据>\n\n问题：{question}"),
])


def open_chat_model(
    name: str, *, base_url: str, api_key: str, timeout_s: float, retries: int = 2
) -> BaseChatModel:
    """A model behind an OpenAI-compatible API; nothing is asked of it yet.

    Args:
        name: As its server knows it.
        base_url: Of the API, or empty for OpenAI's own.
        api_key: Servers without keys take any; empty sends a placeholder.
        timeout_s: Longest wait for a reply to begin, or to go on.
        retries: How often it is asked again, after a growing pause, when it is busy or broken.
    """
    from langchain.chat_models import init_chat_model  # deferred: only where one is configured

    _count_retries()
    return init_chat_model(
        name,
        model_provider="openai",
        base_url=base_url or None,
        api_key=api_key or "none",
        timeout=timeout_s,
        max_retries=retries,
        temperature=0,
    )


def stream_reply(
    model: BaseChatModel,
    *,
    question: str,
    evidence: str,
    within_s: float = LONGEST_REPLY_S,
    characters: int = LONGEST_REPLY,
) -> Iterator[str]:
    """Pieces of the model's reply as they come.

    A caller who closes the iterator ends the request.

    Args:
        model: Which.
        question: It stands alone.
        evidence: As `rag.prompting.lay_out` gives it.
        within_s: Seconds that the whole reply may take.
        characters: What comes behind so many is not read.

    Raises:
        ChatModelError: It could not be reached, refused, broke off, took too long, or said
            nothing.
    """
    prompt = PROMPT.invoke({"question": question, "evidence": evidence})
    return _pieces(model, prompt, within_s=within_s, characters=characters)


def brief_reply(model: BaseChatModel, prompt: Prompt, *, within_s: float) -> str:
    """The whole of a reply that is short: what comes behind LONGEST_BRIEF_REPLY is not read.

    Args:
        model: Opened without retries and with `within_s` as time-out: a piece that does not come
            is waited for so long.
        prompt: What it is asked.
        within_s: Seconds that the reply may take.

    Raises:
        ChatModelError: As for `stream_reply`.
    """
    messages = [("system", prompt.system), ("human", prompt.human)]
    return "".join(_pieces(model, messages, within_s=within_s, characters=LONGEST_BRIEF_REPLY))


def _pieces(
    model: BaseChatModel,
    prompt: LanguageModelInput,
    *,
    within_s: float,
    characters: int,
) -> Iterator[str]:
    # Not `PROMPT | model`: a sequence that is closed reads on to the end of the reply.
    pieces = model.stream(prompt)
    until = time.monotonic() + within_s
    empty = True
    try:
        while characters > 0 and (piece := _next_of(pieces)) is not None:
            empty = empty and not piece.strip()
            yield piece[:characters]
            characters -= len(piece)
            if time.monotonic() > until:
                raise ChatModelError("聊天模型的回答太慢", reason=FallBack.TOO_SLOW)
    finally:
        if isinstance(pieces, Generator):
            pieces.close()
    if empty:
        raise ChatModelError("聊天模型的回答是空的", reason=FallBack.EMPTY)


def _next_of(pieces: Iterator[AIMessageChunk]) -> str | None:
    """The next piece, or None at the end; whatever fails is the model's failure."""
    try:
        piece = next(pieces, None)
    except Exception as error:
        message = f"聊天模型没有给出回答（{type(error).__name__}）"
        raise ChatModelError(message, reason=_reason_of(error)) from error
    return None if piece is None else piece.text


def _reason_of(error: Exception) -> FallBack:
    """Which of the usual failures it is, told by name: each client has classes of its own."""
    name, status = type(error).__name__, getattr(error, "status_code", None)
    if "Timeout" in name:
        return FallBack.TOO_SLOW
    if name in {"APIConnectionError", "ConnectError"}:
        return FallBack.UNREACHABLE
    if not isinstance(status, int):
        return FallBack.FAILED
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return FallBack.BUSY
    return FallBack.SERVER_ERROR if status >= 500 else FallBack.REFUSED


class _RetryCount(logging.Filter):
    """Counts what the client tells of asking again; nothing but warnings passes.

    Its hooks would replace LangChain's connections, which proxies and keep-alives depend on.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it shall be logged; what a client logs besides holds questions."""
        if str(record.msg).startswith("Retrying request"):
            note_retry()
        return record.levelno >= logging.WARNING


_RETRY_COUNT = _RetryCount()


def _count_retries() -> None:
    client_log = logging.getLogger("openai._base_client")
    client_log.addFilter(_RETRY_COUNT)  # one that is there already is not added again
    client_log.setLevel(logging.INFO)
