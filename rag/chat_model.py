"""The chat model, reached through LangChain; its failures in our words."""

import logging
import time
from collections.abc import Generator, Iterator, Mapping
from http import HTTPStatus
from typing import Final

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessageChunk
from langchain_core.prompts import ChatPromptTemplate

from rag.errors import ChatModelError
from rag.giving_up import refuse_if_given_up
from rag.prompting import SYSTEM, Prompt
from rag.telemetry import FallBack, note_retry

LONGEST_REPLY: Final = 20_000
LONGEST_REPLY_S: Final = 300.0
LONGEST_BRIEF_REPLY: Final = 4000
_LOOK_EVERY_S: Final = 0.1
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


class Reply:
    """A reply, to be read once, piece by piece as it comes; whoever closes it ends the request.

    Attributes:
        unfinished: That the reply broke off before its end, in Chinese; "" where it did not, and
            as long as it is being read.

    Raises:
        ChatModelError: While it is read: the model could not be reached, refused, broke off, took
            too long, or said nothing.
        AnswerGivenUpError: Likewise: nobody waits for it any more.
    """

    def __init__(
        self, pieces: Iterator[AIMessageChunk], *, within_s: float, characters: int
    ) -> None:
        self.unfinished = ""
        self._pieces = self._read(pieces, within_s=within_s, characters=characters)

    def __iter__(self) -> Iterator[str]:
        return self._pieces

    def close(self) -> None:
        """End the request, if it has not come to its end."""
        self._pieces.close()

    def _read(
        self, pieces: Iterator[AIMessageChunk], *, within_s: float, characters: int
    ) -> Generator[str]:
        until, empty, finish, looked = time.monotonic() + within_s, True, "", 0.0
        try:
            while characters > 0:
                looked = _looked(looked)
                if (piece := _next_of(pieces)) is None:
                    break
                finish = _finish_of(piece) or finish
                empty = empty and not piece.text.strip()
                yield piece.text[:characters]
                characters -= len(piece.text)
                if time.monotonic() > until:
                    raise ChatModelError("聊天模型写得太慢，没有等它写完", reason=FallBack.TOO_SLOW)
        finally:
            if isinstance(pieces, Generator):
                pieces.close()
        if empty:
            raise ChatModelError("聊天模型的回答是空的", reason=FallBack.EMPTY)
        self.unfinished = _unfinished(_TOO_LONG if characters <= 0 else finish)


def stream_reply(
    model: BaseChatModel,
    *,
    question: str,
    evidence: str,
    within_s: float = LONGEST_REPLY_S,
    characters: int = LONGEST_REPLY,
) -> Reply:
    """The model's reply as it comes.

    Args:
        model: Which.
        question: It stands alone.
        evidence: As `rag.prompting.lay_out` gives it.
        within_s: Seconds that the whole reply may take.
        characters: What comes behind so many is not read.
    """
    prompt = PROMPT.invoke({"question": question, "evidence": evidence})
    return _reply(model, prompt, within_s=within_s, characters=characters)


def brief_reply(model: BaseChatModel, prompt: Prompt, *, within_s: float) -> str:
    """The whole of a reply that is short: what comes behind LONGEST_BRIEF_REPLY is not read.

    Args:
        model: Opened without retries and with `within_s` as time-out: a piece that does not come
            is waited for so long.
        prompt: What it is asked.
        within_s: Seconds that the reply may take.

    Raises:
        ChatModelError: As for `Reply`.
    """
    messages = [("system", prompt.system), ("human", prompt.human)]
    return "".join(_reply(model, messages, within_s=within_s, characters=LONGEST_BRIEF_REPLY))


def _reply(
    model: BaseChatModel,
    prompt: LanguageModelInput,
    *,
    within_s: float,
    characters: int,
) -> Reply:
    # Not `PROMPT | model`: a sequence that is closed reads on to the end of the reply.
    return Reply(model.stream(prompt), within_s=within_s, characters=characters)


def _looked(last: float) -> float:
    """When it was last looked whether anybody waits for the reply: now, or not long ago.

    Raises:
        AnswerGivenUpError: Nobody does.
    """
    now = time.monotonic()
    if now - last < _LOOK_EVERY_S:
        return last
    refuse_if_given_up()
    return now


def _next_of(pieces: Iterator[AIMessageChunk]) -> AIMessageChunk | None:
    """The next piece, or None at the end; whatever fails is the model's failure."""
    try:
        return next(pieces, None)
    except Exception as error:
        reason = _reason_of(error)
        raise ChatModelError(_said_of(reason, error), reason=reason) from error


_TOO_LONG: Final = "length"
_STOPPED: Final = "聊天模型的服务中止了回答，没有写完"
_UNFINISHED: Final = {
    "": "聊天模型的回答没有正常结束，可能没有写完",
    _TOO_LONG: "聊天模型的回答到了长度上限，没有写完",
    "content_filter": _STOPPED,
    "insufficient_system_resource": _STOPPED,  # DeepSeek's
}


def _finish_of(piece: AIMessageChunk) -> str:
    """Why the model ends here, as its server says; "" where it goes on."""
    finish: object = piece.response_metadata.get("finish_reason")
    return finish if isinstance(finish, str) else ""


def _unfinished(finish: str) -> str:
    """That a reply is not whole, in Chinese; "" where its server says that it is."""
    return _UNFINISHED.get(finish, "")


_NO_PIECES = "No generation"
_BY_CLASS: Final = (
    ("Timeout", FallBack.TOO_SLOW),
    ("APIConnectionError", FallBack.UNREACHABLE),
    ("ConnectError", FallBack.UNREACHABLE),
    ("TransportError", FallBack.UNREACHABLE),  # httpx: broken off amid the reply
    ("ContextOverflowError", FallBack.REFUSED),
)
_SAID: Final = {
    FallBack.TOO_SLOW: "聊天模型超时没有回答",
    FallBack.UNREACHABLE: "聊天模型的服务连接不上或连接中断",
    FallBack.BUSY: "聊天模型的服务限流，暂不接受请求",
    FallBack.SERVER_ERROR: "聊天模型的服务出错",
    FallBack.REFUSED: "聊天模型的服务拒绝了请求",
    FallBack.EMPTY: "聊天模型的回答是空的",
}
_REMEDIES: Final[Mapping[int, str]] = {
    HTTPStatus.UNAUTHORIZED: "请检查 API 密钥",
    HTTPStatus.FORBIDDEN: "请检查 API 密钥的权限",
    HTTPStatus.NOT_FOUND: "请检查模型名称和服务地址",
}


def _reason_of(error: Exception) -> FallBack:
    """Which of the usual failures it is, told by the names of its classes, and of those they
    are made from: each client has classes of its own.
    """
    names = " ".join(kind.__name__ for kind in type(error).__mro__)
    for name, reason in _BY_CLASS:
        if name in names:
            return reason
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return _reason_of_status(status)
    return FallBack.EMPTY if _NO_PIECES in str(error) else FallBack.FAILED


def _reason_of_status(status: int) -> FallBack:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return FallBack.BUSY
    return FallBack.SERVER_ERROR if status >= 500 else FallBack.REFUSED


def _said_of(reason: FallBack, error: Exception) -> str:
    """What happened, for a reader; what the server said about it is not repeated."""
    status = getattr(error, "status_code", None)
    known = f"HTTP {status}" if isinstance(status, int) else ""
    remedy = _REMEDIES.get(status, "") if isinstance(status, int) else ""
    if "ContextOverflowError" in type(error).__name__:
        remedy = "依据超过它能读的长度，请减小 WENCE_CHAT_EVIDENCE_CHARACTERS"
    details = "，".join(filter(None, (known, remedy)))
    said = _SAID.get(reason, "聊天模型的回复无法读取")
    return f"{said}（{details}）" if details else said


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
