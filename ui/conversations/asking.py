"""A question as it is put within a saved conversation."""

from dataclasses import dataclass

from rag.answering import AnswerRequest
from rag.documents import Filters
from ui.api.schemas import QuestionBody
from ui.conversations.desk import ConversationDesk
from ui.conversations.wording import filters_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A question with what its conversation adds.

    Attributes:
        note: What the reader must know of that, in Chinese; "" where there is nothing.
    """

    request: AnswerRequest
    note: str = ""


def prepared(body: QuestionBody, conversations: ConversationDesk) -> Prepared:
    """The question that `body` asks, with the history of the conversation that it names and,
    unless it brings filters of its own, those of the question before.

    Raises:
        ConversationNotFoundError: There is no such conversation.
        ConversationClosedError: It takes no further turn.
    """
    history, filters, note = tuple(body.turns()), body.filters.filters(), ""
    if body.conversation_id is not None:
        former = conversations.resume(body.conversation_id)
        history = history or former.history
        if "filters" not in body.model_fields_set and former.filters != Filters():
            filters = former.filters
            note = f"沿用上一问的筛选范围：{filters_line(filters)}。"
    mode, model = body.writer()
    request = AnswerRequest(
        question=body.question, history=history, filters=filters, mode=mode, model=model
    )
    return Prepared(request=request, note=note)
