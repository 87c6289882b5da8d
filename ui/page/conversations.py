"""Saved conversations on the page: the list beside the chat, and one of them opened.

The list is the page's own script's, which asks the API for it. To open a conversation passes
through the page's framework, since its turns then stand where answers do. Which one is open
stands in the address, so that a tab goes on with its own after it is loaded again.
"""

from collections.abc import Sequence
from html import escape
from typing import Any

import gradio
import structlog

from rag.conversations import history_of
from rag.documents import Turn
from rag.errors import ConversationNotFoundError, WenceError
from ui.api.schemas import MAX_TURN_CHARACTERS, MAX_TURNS
from ui.conversations.exported import CheckedTurn
from ui.conversations.wording import shown_time
from ui.page.answers import answer_html, failure_html, question_html
from ui.page.asking import Conversation, samples_among
from ui.page.stopping import AnswersUnderWay, session_of
from ui.roles import Backing

SHOWN_TURNS = 50
"""Of a conversation that is opened; it may have more."""
_GONE = '<p class="aside-note" role="status">这个对话已被删除，或不在这个资料库中。</p>'
_FAILURE = "暂时打不开这个对话，请稍后再试。"
_UNSAVED = '<p class="unsaved">对话不保存，关闭页面后即消失</p>'
_HEAD = """<div class="talk-title"><button type="button" class="quiet" data-action="history" \
aria-expanded="false" aria-controls="history-list">历史对话</button>\
<h2 class="current-title">问答</h2></div>"""
_LIST = """<aside class="history" aria-label="历史对话"><section id="history-list">
<div class="history-head"><h2>历史对话</h2>
<button type="button" class="quiet close-history" data-action="close-history">收起</button></div>
<input type="search" class="history-search" placeholder="搜索标题、问题和回答" \
aria-label="搜索历史对话" maxlength="200" autocomplete="off">
<p class="failure" role="alert"></p><p class="empty history-empty" hidden></p>
<ol class="conversations" aria-label="对话"></ol>
<button type="button" class="quiet more-conversations" data-action="more-conversations" hidden>\
显示更多</button>
<p class="hint history-hint">对话自动保存在资料库所在的机器上。\
<button type="button" class="plain" data-action="delete-all" hidden>全部删除</button></p>
</section></aside>"""
# The address may have been typed: what it names is looked for, and never shown.
_WANTED = "() => new URLSearchParams(location.hash.slice(1)).get('conversation') || ''"

_log = structlog.get_logger()


def conversation_list(backing: Backing) -> str:
    """HTML of the list, which the script fills; empty where conversations are not saved."""
    return _LIST if backing.conversations.is_saving else ""


def conversation_head(backing: Backing) -> str:
    """HTML above the chat: the way to the list, and what the open conversation is called."""
    return _HEAD if backing.conversations.is_saving else _UNSAVED


def conversation_mark(conversation: Conversation) -> str:
    """HTML that tells the script which conversation is open, and how many questions it has."""
    return (
        f'<div hidden data-conversation="{escape(conversation.conversation_id or "")}"'
        f' data-count="{conversation.count}"></div>'
    )


def opened(backing: Backing, conversation_id: str) -> tuple[str, Conversation]:
    """A saved conversation as the page goes on with it, and what the page says besides.

    Where it can't be opened, that is said and a new one begun.
    """
    try:
        end = backing.conversations.open_end(conversation_id, most=SHOWN_TURNS)
    except ConversationNotFoundError:
        return _GONE, Conversation()
    except WenceError as error:
        _log.error("conversation_not_opened", exc_info=error)
        return failure_html(_FAILURE), Conversation()
    count = end.conversation.turn_count
    hidden = max(0, count - len(end.turns))
    note = (
        f'<p class="aside-note">更早的 {hidden} 问没有列出，导出后可看全文。</p>' if hidden else ""
    )
    return note, Conversation(
        turns=_turns(end.turns),
        shown=tuple(
            _turn_html(backing, turn, number=number)
            for number, turn in enumerate(end.turns, count - len(end.turns))
        ),
        count=count,
        conversation_id=conversation_id,
    )


def _turns(turns: Sequence[CheckedTurn]) -> tuple[Turn, ...]:
    history = history_of(one.turn for one in turns)[-MAX_TURNS:]
    return tuple(
        Turn(role=turn.role, content=turn.content[:MAX_TURN_CHARACTERS]) for turn in history
    )


def _turn_html(backing: Backing, checked: CheckedTurn, *, number: int) -> str:
    answer = checked.turn.answer
    question = question_html(checked.turn.question, when=shown_time(checked.turn.asked, None))
    return question + answer_html(
        answer,
        number=number,
        seconds=answer.timings_ms.get("total", 0.0) / 1000,
        samples=samples_among(backing, answer.citations),
        checked=checked.citations,
    )


def shown(conversation: Conversation, *, note: str = "") -> list[object]:
    """What the parts of the chat become when a conversation is opened, or a new one begun.

    Returns:
        Start, past, live, question, the button 提问, and the conversation.
    """
    *earlier, live = conversation.shown or ("",)
    return [
        gradio.update(visible=not conversation.shown),
        note + "".join(earlier),
        conversation_mark(conversation) + live,
        gradio.skip(),
        gradio.update(interactive=True),
        conversation,
    ]


def wire_opening(
    backing: Backing, page: gradio.Blocks, outputs: list[Any], under_way: AnswersUnderWay
) -> None:
    """Open the conversation that the address names: with the page, and when the script asks.

    Args:
        backing: Where it is read.
        page: Which.
        outputs: What shows a conversation, in the order of `shown`.
        under_way: What is still being answered, in the conversation before.
    """
    wanted = gradio.Textbox(visible=False)
    opener = gradio.Button("打开", elem_id="open-conversation", visible="hidden")

    def reopen(request: gradio.Request, conversation_id: str) -> list[object]:
        under_way.leave(session_of(request))
        if not conversation_id or not backing.conversations.is_saving:
            return [gradio.skip()] * len(outputs)
        note, conversation = opened(backing, conversation_id)
        return shown(conversation, note=note)

    settings: dict[str, Any] = {
        "fn": reopen,
        "inputs": [wanted],
        "outputs": outputs,
        "js": _WANTED,
        "api_visibility": "private",
        "show_progress": "hidden",
    }
    page.load(**settings)
    opener.click(**settings)
