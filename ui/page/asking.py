"""From a question in the page to the pieces of HTML that it shows one after another."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import structlog
from pydantic import ValidationError

from rag.answering import AnswerDone, AnswerRequest, TextAdded
from rag.documents import Answer, AnswerMode, Citation, Turn
from rag.errors import DocumentNotFoundError, WenceError
from ui.api.problems import explained_errors
from ui.api.schemas import MAX_TURN_CHARACTERS, MAX_TURNS, FiltersBody, QuestionBody
from ui.page.answers import (
    answer_html,
    failure_html,
    question_html,
    stopped_html,
    waiting_html,
)
from ui.page.stopping import until_stopped
from ui.roles import Backing

_REDRAW_EVERY_S = 0.08
_FAILURE = "处理这个问题时出错，详情已记入日志。请稍后再试。"
_FIELD_NAMES = {
    "question": "问题",
    "text": "词句",
    "collection": "集合",
    "kind": "类型",
    "speaker": "讲话人",
    "place": "地区",
    "date_from": "起始日期",
    "date_to": "截止日期",
    "请求正文": "筛选条件",
}

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What has been said, and how the page shows it.

    Attributes:
        turns: For the assistant, the oldest left out.
        shown: One piece of HTML for each question with its answer, oldest first.
        count: How many questions there were, those no longer shown too.
        conversation_id: Where it is saved; None where it is not, or not yet.
    """

    turns: tuple[Turn, ...] = ()
    shown: tuple[str, ...] = ()
    count: int = 0
    conversation_id: str | None = None

    def continued(self, html: str, *turns: Turn) -> "Conversation":
        """With one more question and answer."""
        return replace(
            self,
            turns=(*self.turns, *turns)[-MAX_TURNS:],
            shown=(*self.shown, html)[-MAX_TURNS:],
            count=self.count + 1,
        )


def checked_filters(**values: str | None) -> FiltersBody:
    """Filters from the fields of the page, of which empty ones do not restrict.

    Raises:
        ValueError: A field holds what no filter can be; the message is for the user.
    """
    given = {name: value.strip() for name, value in values.items() if value and value.strip()}
    try:
        return FiltersBody.model_validate(given)
    except ValidationError as error:
        raise ValueError(explanation(error)) from error


def checked_question(
    question: str, filters: FiltersBody, *, model: str | None = None
) -> QuestionBody:
    """A question as the API would take it; `model` names the chat model, None the default one.

    Raises:
        ValueError: It is empty or too long; the message is for the user.
    """
    try:
        return QuestionBody.model_validate({
            "question": question,
            "filters": filters,
            "model": model or None,
        })
    except ValidationError as error:
        raise ValueError(explanation(error)) from error


def explanation(error: ValidationError) -> str:
    """What is wrong with the values of the page's fields, in Chinese."""
    found = explained_errors(error.errors())
    return "；".join(f"{_FIELD_NAMES.get(one.field, one.field)}：{one.message}" for one in found)


def asked(
    backing: Backing,
    body: QuestionBody,
    conversation: Conversation,
    *,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[str, Conversation]]:
    """HTML of the question with its answer as it comes about, and the conversation so far.

    The conversation only grows with the last piece, and is saved before that. What fails
    becomes a last piece that says so, and leaves the turns as they were. An answer that is
    stopped ends with what was shown of it, and is not saved.
    """
    asking = question_html(body.question)
    yield asking + waiting_html(), conversation
    conversation = _kept(backing, conversation)
    try:
        yield from _answered(backing, body, conversation, is_stopped)
    except WenceError as error:
        html = asking + failure_html(str(error))
        yield html, conversation.continued(html)
    except Exception as error:  # noqa: BLE001 - the page must say something; the log says what
        _log.error("question_failed", exc_info=error)
        html = asking + failure_html(_FAILURE)
        yield html, conversation.continued(html)


def _kept(backing: Backing, conversation: Conversation) -> Conversation:
    """The conversation with a place where it is saved, if any is to be had."""
    if conversation.conversation_id or not backing.conversations.is_saving:
        return conversation
    try:
        started = backing.conversations.start()
    except WenceError as error:
        _log.error("conversation_not_started", reason=type(error).__name__)
        return conversation
    return replace(conversation, conversation_id=started.conversation_id)


def _answered(
    backing: Backing,
    body: QuestionBody,
    conversation: Conversation,
    is_stopped: Callable[[], bool],
) -> Iterator[tuple[str, Conversation]]:
    asking, started, drawn, text = question_html(body.question), time.perf_counter(), 0.0, ""
    mode, model = body.writer()
    request = AnswerRequest(
        question=body.question,
        history=conversation.turns,
        filters=body.filters.filters(),
        mode=mode,
        model=model,
    )
    events = backing.assistant.stream(
        request.question,
        history=request.history,
        filters=request.filters,
        mode=request.mode,
        model=request.model,
    )
    kept = backing.conversations.saving(
        until_stopped(events, is_stopped),
        request,
        conversation_id=conversation.conversation_id,
    )
    is_whole = False
    for event in kept:
        if isinstance(event, TextAdded):
            text += event.text
            if time.perf_counter() - drawn > _REDRAW_EVERY_S:
                drawn = time.perf_counter()
                yield asking + waiting_html(text), conversation
        elif isinstance(event, AnswerDone):
            is_whole = True
            answer = _with_note(event.answer, backing, conversation)
            html = asking + answer_html(
                answer,
                number=conversation.count,
                seconds=time.perf_counter() - started,
                samples=samples_among(backing, answer.citations),
                withdrawn=_withdrawn(text, answer),
            )
            yield html, conversation.continued(html, *_turns(body.question, answer))
    if not is_whole:
        html = asking + stopped_html(text)
        yield html, conversation.continued(html)


def _with_note(answer: Answer, backing: Backing, conversation: Conversation) -> Answer:
    """The answer with a note where it should have been saved, but there was no place for it."""
    if conversation.conversation_id or not backing.conversations.is_saving:
        return answer
    return replace(answer, notes=(*answer.notes, "这一轮问答没有存入对话。"))


def _withdrawn(text: str, answer: Answer) -> str:
    """What was shown before the answer, and is no part of it.

    Args:
        text: All that was shown, in the order in which it came.
        answer: Where a chat model's text gave way to extraction, that came behind it.
    """
    is_behind = answer.mode is AnswerMode.EXTRACTIVE and text.endswith(answer.text)
    return text.removesuffix(answer.text).strip() if is_behind else ""


def _turns(question: str, answer: Answer) -> Sequence[Turn]:
    return (
        Turn(role="user", content=question),
        Turn(role="assistant", content=answer.text[:MAX_TURN_CHARACTERS]),
    )


def samples_among(backing: Backing, citations: Iterable[Citation]) -> set[str]:
    """The ids of those cited documents that are invented examples."""
    cited = {citation.document_id for citation in citations}
    return {document_id for document_id in cited if _is_sample(backing, document_id)}


def _is_sample(backing: Backing, document_id: str) -> bool:
    try:
        return backing.shelf.document(document_id).metadata.is_sample
    except DocumentNotFoundError:  # deleted since it was cited
        return False
