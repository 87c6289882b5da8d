"""Markdown: headings, paragraphs, lists, tables; marks gone, front matter to what is stated."""

import html
import re
from collections.abc import Iterator

from ingest.readers.encoding import decode_text
from ingest.readers.rows import row_blocks
from ingest.readers.text import lines_of
from ingest.stages import Block, PublishedText, Role, SourceFile

_FRONT_MATTER = re.compile(r"\A\s*---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_FIELD_LINE = re.compile(r"([\w\u4e00-\u9fff-]+)[ \t]*[:：][ \t]*(.*)")
_FRONT_FIELDS = {
    "title": "title", "标题": "title", "date": "published_date", "发布日期": "published_date",
    "publish_date": "published_date", "日期": "published_date", "source": "publisher",
    "publisher": "publisher", "来源": "publisher", "author": "reporters", "authors": "reporters",
    "作者": "reporters", "记者": "reporters", "editor": "editors", "编辑": "editors", "url": "url",
    "link": "url", "链接": "url", "issuer": "issuer", "发文机关": "issuer", "place": "place",
    "地区": "place", "document_number": "document_number", "文号": "document_number",
    "发文字号": "document_number", "speaker": "speakers", "speakers": "speakers",
    "讲话人": "speakers", "event_date": "event_date", "成文日期": "event_date",
}  # fmt: skip
_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_RULE = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_BULLET = re.compile(r"[ \t]*[-*+][ \t]+(?:\[[ xX]\][ \t]+)?")
_ORDERED = re.compile(r"[ \t]*\d{1,9}[.)][ \t]+")
_QUOTE = re.compile(r" {0,3}>[ \t]?")
_TABLE_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_NOTE = re.compile(r" {0,3}\[\^[^\]]+\]:[ \t]*")
_DEFINITION = re.compile(r" {0,3}\[[^\]^]+\]:[ \t]*\S+(?:[ \t]+[\"'(].*)?$")
_FULL_LINE_CHARS = 45
_NEW_PARAGRAPH = re.compile(
    r"[\u3000 ]{2}|第[一二三四五六七八九十百千零〇\d]+[章节条款]|[一二三四五六七八九十]+[、是]"
    r"|[（(][一二三四五六七八九十\d]+[）)]|\d{1,3}[.．、]"
)
_WIDE_END = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\u3000-\u303f\uff00-\uffef“”‘’—…]")

# Each repetition has an upper bound, or a line of 100,000 brackets would take minutes.
_ADDRESS = r"\([^()]{0,1000}(?:\([^()]{0,500}\)[^()]{0,1000}){0,5}\)"
_INLINE = (
    (re.compile(rf"!\[[^\]\[]{{0,500}}\](?:{_ADDRESS}|\[[^\]\[]{{0,200}}\])"), ""),
    (re.compile(rf"\[([^\]\[]{{0,500}})\]{_ADDRESS}"), r"\1"),
    (re.compile(r"\[\^[^\]\[]{1,100}\]"), ""),
    (re.compile(r"\[([^\]\[]{1,500})\]\[[^\]\[]{0,200}\]"), r"\1"),
    (re.compile(r"<((?:https?|mailto):[^>\s]{1,1000})>"), r"\1"),
    (re.compile(r"</?[A-Za-z][^<>]{0,1000}>"), ""),
    (re.compile(r"(?<!`)(`{1,3})(?!`)(.{1,1000}?)(?<!`)\1(?!`)"), r"\2"),
    (re.compile(r"(\*{1,3})(?=[^\s*])(.{1,1000}?)(?<=[^\s*])\1"), r"\2"),
    (re.compile(r"(?<![\w\u4e00-\u9fff])(_{1,3})(?=\S)(.{1,1000}?)(?<=\S)\1(?!\w)"), r"\2"),
    (re.compile(r"~~(?=\S)(.{1,1000}?)(?<=\S)~~"), r"\1"),
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def read_markdown(data: bytes, _file: SourceFile) -> list[PublishedText]:
    """One text of headings, paragraphs, list items, table rows (cells joined by " | "), notes.

    Lines that break a paragraph are joined, without a space between Chinese characters. A line
    that ends a sentence and is longer than any wrapped one, or is followed by the beginning of
    an article or item, ends the paragraph: many files put one paragraph on each line.

    Raises:
        ParsingError: The bytes are no text.
    """
    text = "\n".join(lines_of(decode_text(data).replace("\f", "\n")))
    stated = dict[str, str]()
    if (front := _FRONT_MATTER.match(text)) and ":" in front[1].replace("：", ":"):
        stated = _front_fields(front[1])
        text = text[front.end() :]
    blocks = tuple(_Lines(_COMMENT.sub("", text).split("\n")).blocks())
    stated_by = "front_matter" if stated else ""
    return [PublishedText(blocks=blocks, stated=stated, stated_by=stated_by)]


def plain_inline(text: str) -> str:
    """A line without marks of emphasis, links, code, images and tags; escapes resolved."""
    kept = list[str]()

    def keep(match: re.Match[str]) -> str:
        kept.append(match[1])
        return f"\x00{len(kept) - 1}\x00"

    text = _ESCAPED.sub(keep, text)
    for pattern, replacement in _INLINE:
        text = pattern.sub(replacement, text)
    text = html.unescape(text)
    return re.sub(r"\x00(\d+)\x00", lambda match: kept[int(match[1])], text).strip()


def _front_fields(front: str) -> dict[str, str]:
    fields = dict[str, str]()
    for line in front.split("\n"):
        match = _FIELD_LINE.match(line)
        name = _FRONT_FIELDS.get(match[1].lower()) if match else None
        value = match[2].strip().strip("\"'[]").strip() if match else ""
        if name and value:
            fields.setdefault(name, value)
    return fields


class _Lines:
    """Goes through the lines once, gathering a paragraph until something ends it."""

    def __init__(self, lines: list[str]):
        self._lines = lines
        self._at = 0
        self._paragraph = list[str]()

    def blocks(self) -> Iterator[Block]:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            yield from self._line_blocks(_unquoted(line))
        yield from self._flush()

    def _line_blocks(self, line: str) -> Iterator[Block]:
        if not line.strip():
            yield from self._flush()
        elif fence := _FENCE.match(line):
            yield from self._flush()
            yield from self._code(fence[1])
        elif self._paragraph and (underline := _SETEXT.match(line)):
            text = plain_inline(_joined(self._paragraph))
            self._paragraph = []
            yield Block(text=text, role=Role.HEADING, level=1 if underline[1][0] == "=" else 2)
        elif self._is_table(line):
            yield from self._flush()
            yield from self._table(line)
        elif heading := _ATX.match(line):
            yield from self._flush()
            text = plain_inline(heading[2] or "")
            yield from [Block(text=text, role=Role.HEADING, level=len(heading[1]))] if text else []
        elif _RULE.match(line) or _DEFINITION.match(line):
            yield from self._flush()
        else:
            yield from self._text_line(line)

    def _text_line(self, line: str) -> Iterator[Block]:
        if note := _NOTE.match(line):
            yield from self._flush()
            yield Block(text=plain_inline(line[note.end() :]), role=Role.FOOTNOTE)
            return
        bullet = _BULLET.match(line)
        if bullet or _ORDERED.match(line) or self._begins_paragraph(line):
            yield from self._flush()
        self._paragraph.append(line[bullet.end() :] if bullet else line)
        if line.endswith(("  ", "\\")) or line.rstrip().endswith(("<br>", "<br/>", "<br />")):
            yield from self._flush()

    def _begins_paragraph(self, line: str) -> bool:
        before = self._paragraph[-1].rstrip() if self._paragraph else ""
        if not before.endswith(("。", "！", "？", "；", "：", "”", "）")):
            return False
        return len(before) > _FULL_LINE_CHARS or bool(_NEW_PARAGRAPH.match(line))

    def _flush(self) -> Iterator[Block]:
        text = plain_inline(_joined(self._paragraph).removesuffix("\\"))
        self._paragraph = []
        if text:
            yield Block(text=text)

    def _code(self, fence: str) -> Iterator[Block]:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            if line.strip().startswith(fence):
                return
            yield Block(text=line, role=Role.LINE)

    def _is_table(self, line: str) -> bool:
        following = self._lines[self._at] if self._at < len(self._lines) else ""
        return "|" in line and "|" in following and bool(_TABLE_RULE.match(_unquoted(following)))

    def _table(self, header: str) -> Iterator[Block]:
        rows = [_cells(header)]
        self._at += 1
        while self._at < len(self._lines) and "|" in self._lines[self._at]:
            rows.append(_cells(_unquoted(self._lines[self._at])))
            self._at += 1
        yield from row_blocks(rows)


def _unquoted(line: str) -> str:
    while match := _QUOTE.match(line):
        line = line[match.end() :]
    return line


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [plain_inline(cell) for cell in re.split(r"(?<!\\)\|", inner)]


def _joined(lines: list[str]) -> str:
    text = ""
    for line in (line.strip() for line in lines):
        wide = text and line and (_WIDE_END.match(text[-1]) or _WIDE_END.match(line[0]))
        text += line if not text or wide else f" {line}"
    return text
