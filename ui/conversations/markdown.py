"""A conversation as Markdown: what others wrote is text in it, never markup."""

import re
from collections.abc import Iterator, Sequence
from html import escape

from rag.conversations import CheckedCitation
from ui.conversations.exported import CheckedTurn, WholeConversation
from ui.conversations.plain_text import plain_line, plain_lines
from ui.conversations.wording import circumstances, remarks, shown_time

# Markers stay readable. No line of an export defines what [1] would link to, and one that could
# be read as such a definition, or as a link of its own, is escaped like every other bracket.
_ESCAPED = re.compile(r"(?P<marker>\[\d{1,3}\](?![:(]))|(?P<mark>[\\`*_{}\[\]~|$#])")
_AT_THE_BEGINNING = re.compile(r"[-+=:]|\d{1,9}(?=[.)])")


def markdown(whole: WholeConversation) -> str:
    """The conversation as CommonMark, each paragraph a line; it ends with a line break."""
    return "\n\n".join(_paragraphs(whole)) + "\n"


def escaped_line(text: str) -> str:
    """A line that reads as `text` does, and is one paragraph of nothing but text.

    Args:
        text: As `plain_lines` gives it.
    """
    line = _ESCAPED.sub(
        lambda match: match["marker"] or f"\\{match['mark']}", escape(text, quote=False)
    )
    begun = _AT_THE_BEGINNING.match(line)
    if begun is None:
        return line
    return line[: begun.end()] + "\\" + line[begun.end() :] if begun[0].isdigit() else f"\\{line}"


def _escaped(text: str) -> list[str]:
    return [escaped_line(line) for line in plain_lines(text)]


def _paragraphs(whole: WholeConversation) -> Iterator[str]:
    conversation = whole.conversation
    yield f"# {escaped_line(plain_line(conversation.title)) or '未命名对话'}"
    exported = shown_time(whole.exported, whole.zone)
    yield f"由问策导出：{exported}；共 {conversation.turn_count} 轮问答"
    for number, checked in enumerate(whole.turns, 1):
        yield f"## 第 {number} 问"
        yield from _turn(checked, whole)


def _turn(checked: CheckedTurn, whole: WholeConversation) -> Iterator[str]:
    turn = checked.turn
    yield from _escaped(turn.question)
    yield from _escaped(circumstances(turn, whole.zone))
    yield "### 回答"
    yield from _escaped(turn.answer.text)
    for note in turn.answer.notes:
        yield f"说明：{escaped_line(plain_line(note))}"
    if checked.citations:
        yield "### 参考文献"
    for entry in checked.references():
        yield from _reference(entry)


def _reference(entry: Sequence[CheckedCitation]) -> Iterator[str]:
    first = entry[0]
    reference = escaped_line(plain_line(first.reference.gbt7714_2025))
    yield f"[{first.citation.marker}] {reference}{remarks(first) if len(entry) == 1 else ''}"
    for checked in entry:
        quote = "\n>\n".join(f"> {line}" for line in _escaped(checked.citation.quote)) or "> "
        yield quote + (remarks(checked) if len(entry) > 1 else "")
