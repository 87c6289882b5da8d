"""Saved conversations as text for a terminal."""

from ui.api.conversation_schemas import ConversationDetail, ConversationList, TurnItem
from ui.conversations.wording import shown_time
from ui.terminal.output import printable
from ui.terminal.results import shown_answer


def shown_conversations(conversations: ConversationList) -> str:
    """One line for each conversation, then how many there are."""
    if not conversations.items:
        return "没有符合条件的对话。"
    lines = [
        f"{one.conversation_id}  {shown_time(one.updated, None)}  {one.title}"
        f"（{one.turn_count} 问）"
        for one in conversations.items
    ]
    more = "，还有更多（加大 --limit 可见）" if conversations.next else ""
    return printable("\n".join([*lines, f"共 {len(lines)} 个对话{more}"]))


def shown_conversation(conversation: ConversationDetail) -> str:
    """A conversation: its title, then each question with its answer."""
    head = f"{conversation.title or '未命名对话'}（{conversation.turn_count} 问）"
    turns = [_turn(number, turn) for number, turn in enumerate(conversation.turns.items, 1)]
    return "\n\n".join([printable(head), *turns])


def _turn(number: int, turn: TurnItem) -> str:
    question = printable(f"问 {number}（{shown_time(turn.asked, None)}）：{turn.question}")
    changed = [
        printable(f"注意：[{one.marker}] {one.message}")
        for one in turn.citations_now
        if one.message
    ]
    return "\n".join([question, "", shown_answer(turn.answer), *changed])
