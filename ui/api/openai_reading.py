"""From OpenAI's messages to a question and its history, and from citations to footnotes."""

import re
from collections.abc import Sequence

from rag.documents import Citation, Turn
from rag.text import in_title_marks
from ui.api.openai_errors import RefusedRequestError
from ui.api.openai_schemas import ChatCompletionBody, ChatMessage
from ui.api.schemas import MAX_QUESTION_CHARACTERS, MAX_TURN_CHARACTERS, MAX_TURNS, cleaned
from ui.page.answers import shown_date

_UNSUPPORTED = "unsupported_value"
_INVALID = "invalid_value"
_WITHOUT_SAY = frozenset({"system", "developer"})
_FOOTNOTES = re.compile(r"\n\n(?:\[\d{1,3}\] 《[^\n]*(?:\n|$))+\Z")


def refuse_what_cannot_be_done(body: ChatCompletionBody) -> None:
    """Check the fields that would change the meaning of the reply.

    Raises:
        RefusedRequestError: One of them asks for what is not done here.
    """
    if (body.n or 1) > 1:
        raise RefusedRequestError("n", "每次只给一个回答：n 应为 1。", code=_UNSUPPORTED)
    for param, choice in (
        ("tool_choice", body.tool_choice),
        ("function_call", body.function_call),
    ):
        if isinstance(choice, dict) or choice not in {None, "auto", "none"}:
            detail = f"问策不调用工具：{param} 应为 auto 或 none。"
            raise RefusedRequestError(param, detail, code=_UNSUPPORTED)
    if body.response_format and body.response_format.type != "text":
        detail = "回答只有文字一种格式：response_format.type 应为 text。"
        raise RefusedRequestError("response_format.type", detail, code=_UNSUPPORTED)
    if "audio" in (body.modalities or ()):
        detail = "回答只有文字：modalities 不能含 audio。"
        raise RefusedRequestError("modalities", detail, code=_UNSUPPORTED)


def question_and_history(messages: Sequence[ChatMessage]) -> tuple[str, list[Turn]]:
    """The question, and the turns before it, oldest first.

    Raises:
        RefusedRequestError: The last message is no question, or one of them cannot be read.
    """
    spoken = [
        (place, message)
        for place, message in enumerate(messages)
        if message.role not in _WITHOUT_SAY
    ]
    if not spoken or spoken[-1][1].role != "user":
        detail = "最后一条消息应是用户的问题（role 为 user）。"
        raise RefusedRequestError("messages", detail, code=_INVALID)
    *before, (place, last) = spoken
    question = _question(_words(last, place), place)
    turns = [turn for place, message in before if (turn := _turn(message, place))]
    return question, turns[-MAX_TURNS:]


def _words(message: ChatMessage, place: int) -> str:
    if message.unreadable is not None:
        param = f"messages.{place}.content"
        detail = f"只能读文字，不能读 {message.unreadable[:50]}：请只发送 type 为 text 的内容。"
        raise RefusedRequestError(param, detail, code=_UNSUPPORTED)
    return str(cleaned(message.text)).strip()


def _question(text: str, place: int) -> str:
    param = f"messages.{place}.content"
    if not text:
        raise RefusedRequestError(param, "问题是空的，请输入要问的内容。", code=_INVALID)
    if len(text) > MAX_QUESTION_CHARACTERS:
        detail = f"问题太长：{len(text)} 字，最多 {MAX_QUESTION_CHARACTERS} 字。"
        raise RefusedRequestError(param, detail, code="string_above_max_length")
    return text


def _turn(message: ChatMessage, place: int) -> Turn | None:
    """What an earlier message adds to the conversation; None where it adds nothing.

    Our own footnotes are taken off again: the names and lists in them were not said.
    """
    match message.role:
        case "user" | "assistant" as role:
            text = _FOOTNOTES.sub("", _words(message, place))[:MAX_TURN_CHARACTERS]
            return Turn(role=role, content=text) if text else None
        case _:
            return None


def footnotes(citations: Sequence[Citation]) -> str:
    """A line for each citation, to stand below the text; "" where there is none.

    Line breaks within a title or a quote become spaces: a footnote is one line.
    """
    lines = dict.fromkeys(map(_footnote, citations))
    return "\n\n" + "\n".join(lines) if lines else ""


def _footnote(citation: Citation) -> str:
    date = f"，{shown_date(citation.date)}" if citation.date else ""
    title = in_title_marks(_in_line(citation.title))
    return f"[{citation.marker}] {title}{date}：“{_in_line(citation.quote)}”"


def _in_line(text: str) -> str:
    return " ".join(text.splitlines())
