"""A conversation as a Word file."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import cast

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.parser import OxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from rag.conversations import CheckedCitation
from ui.conversations.exported import CheckedTurn, WholeConversation
from ui.conversations.plain_text import plain_line, plain_lines
from ui.conversations.wording import circumstances, remarks, shown_time
from ui.word_files import AUTHOR, BODY_STYLE, chinese_font, file_bytes, new_document

_HEADING_FACE = "黑体"
_INDENT = Cm(0.75)
_LONGEST_PROPERTY = 255
_BLACK = RGBColor(0, 0, 0)


class _Style(StrEnum):
    """The styles of paragraphs by name; without its spaces it is the id."""

    TITLE = "Title"
    TURN = "Heading 1"
    PART = "Heading 2"
    BODY = BODY_STYLE
    QUESTION = "WenCe Question"
    NOTE = "WenCe Note"
    REFERENCE = "WenCe Reference"
    QUOTE = "WenCe Quote"


_HEADING_SIZES = {_Style.TITLE: Pt(18), _Style.TURN: Pt(14), _Style.PART: Pt(12)}


def word_file(whole: WholeConversation) -> bytes:
    """The conversation as .docx, plain paragraphs without links or fields."""
    document = new_document()
    title = plain_line(whole.conversation.title) or "未命名对话"
    _set_up(document, title=title, exported=whole.exported)
    body = document.element.body
    # Each paragraph that python-docx adds looks through all before it for the section's end:
    # forty seconds for a thousand turns.
    section = body.sectPr
    body.remove(section)
    for style, text in _paragraphs(whole, title):
        element = OxmlElement("w:p")
        body.append(element)
        if style is not _Style.BODY:
            element.style = style.replace(" ", "")
        Paragraph(element, document).add_run(text)
    body.append(section)
    return file_bytes(document)


def _paragraphs(whole: WholeConversation, title: str) -> Iterator[tuple[_Style, str]]:
    yield _Style.TITLE, title
    exported = shown_time(whole.exported, whole.zone)
    yield _Style.NOTE, f"由问策导出：{exported}；共 {whole.conversation.turn_count} 轮问答"
    for number, checked in enumerate(whole.turns, 1):
        yield _Style.TURN, f"第 {number} 问"
        yield from _turn(checked, whole)


def _turn(checked: CheckedTurn, whole: WholeConversation) -> Iterator[tuple[_Style, str]]:
    turn = checked.turn
    for line in plain_lines(turn.question):
        yield _Style.QUESTION, line
    yield _Style.NOTE, plain_line(circumstances(turn, whole.zone))
    yield _Style.PART, "回答"
    for line in plain_lines(turn.answer.text):
        yield _Style.BODY, line
    for note in turn.answer.notes:
        yield _Style.NOTE, f"说明：{plain_line(note)}"
    if checked.citations:
        yield _Style.PART, "参考文献"
    for entry in checked.references():
        yield from _reference(entry)


def _reference(entry: Sequence[CheckedCitation]) -> Iterator[tuple[_Style, str]]:
    first, is_alone = entry[0], len(entry) == 1
    reference = plain_line(first.reference.gbt7714_2025)
    remark = remarks(first) if is_alone else ""
    yield _Style.REFERENCE, f"[{first.citation.marker}] {reference}{remark}"
    for checked in entry:
        *lines, last = plain_lines(checked.citation.quote) or [""]
        for line in lines:
            yield _Style.QUOTE, line
        yield _Style.QUOTE, last + ("" if is_alone else remarks(checked))


def _set_up(document: Document, *, title: str, exported: datetime) -> None:
    """Our styles, and what the file says of itself."""
    for style, size in _HEADING_SIZES.items():
        font = chinese_font(document, style, face=_HEADING_FACE)
        font.size, font.color.rgb = size, _BLACK
    _new_style(document, _Style.QUESTION).font.bold = True
    _new_style(document, _Style.NOTE).font.size = Pt(10)
    reference = _new_style(document, _Style.REFERENCE).paragraph_format
    reference.left_indent, reference.first_line_indent = _INDENT, -_INDENT
    reference.keep_with_next = True
    quote = _new_style(document, _Style.QUOTE)
    quote.font.size, quote.paragraph_format.left_indent = Pt(10), 2 * _INDENT
    properties = document.core_properties
    properties.last_modified_by = AUTHOR
    properties.title = title[:_LONGEST_PROPERTY]
    properties.created = properties.modified = exported.astimezone(UTC)


def _new_style(document: Document, style: _Style) -> ParagraphStyle:
    """A style for paragraphs that looks like the body's until it is changed."""
    created = cast("ParagraphStyle", document.styles.add_style(style, WD_STYLE_TYPE.PARAGRAPH))
    created.base_style = document.styles[_Style.BODY]
    return created
