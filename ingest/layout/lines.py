"""Lines on their way from blocks to canonical text, and what single lines look like."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from ingest.stages import Block, Role

CHINESE = "〇一-鿿"
NUMERAL = "[一二三四五六七八九十百千零〇两]"

_GONE = dict.fromkeys([
    *(code for code in range(0x20) if code not in {0x09, 0x0A, 0x0C, 0x0D}),
    *range(0x7F, 0xA0),
    0xAD,
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2065),
    0xFEFF,
])
_BLANKS = dict.fromkeys(
    [0x09, 0x0C, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " "
)
_CLEAN: dict[int, str | None] = {**_GONE, **_BLANKS}
# Two single characters with an ideographic space between them are one aligned word: 刘　颖.
_ALIGNED = re.compile(rf"(?<![{CHINESE}])([{CHINESE}])\u3000+([{CHINESE}])(?![{CHINESE}])")
_SPREAD = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")
_SPACED_CHAPTER = re.compile(rf"(第{NUMERAL}+[编章节] )([{CHINESE}]) ([{CHINESE}])")
_CHAPTER_AND_ARTICLE = re.compile(
    rf"(第{NUMERAL}+[编章节] ?\S{{1,25}}) (?=第{NUMERAL}+[章节条] ?\S)"
)
_GLUED_PARAGRAPH = re.compile(rf"(?<=[。！？])([”’」』）]*) (?=[{CHINESE}“《])")
_LINE_BREAK = re.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]")
_LONG_LINE = 200


class Ending(Enum):
    """How a line ends, as far as that says whether the sentence goes on."""

    DONE = "a sentence ends"
    LIST = "a colon or semicolon"
    OPEN = "a comma or an opening bracket: the sentence goes on"
    CLOSED = "a closing bracket that ends no sentence"
    WORD = "a letter, digit or character"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a file, or a paragraph joined from several.

    Attributes:
        text: Tidy and never empty.
        gap: How many empty lines stand before it.
        indent: Width of the white space it began with, in half-width columns.
        pages: (offset in `text`, page) for each page it stands on; empty without pages.
        parts: How many lines it is made of.
    """

    text: str
    role: Role = Role.LINE
    level: int = 0
    gap: int = 0
    indent: int = 0
    pages: tuple[tuple[int, int], ...] = ()
    parts: int = 1

    @property
    def is_running(self) -> bool:
        """Whether it may be part of a paragraph that runs over several lines."""
        return self.role is Role.LINE or self.role is Role.PARAGRAPH


def tidy(text: str) -> str:
    """One line without control characters and with single blanks; wording stays as it is.

    Blanks that only align or spread characters (刘　颖, 政 府 工 作 报 告) go: typesetters
    and text recognition put them in.
    """
    if "\u3000" in text:
        text = _ALIGNED.sub(r"\1\2", text)
    text = " ".join(text.replace("&nbsp;", " ").translate(_CLEAN).split(" ")).strip()
    if "  " in text:
        text = " ".join(text.split())
    if " " in text and text.count(" ") >= 0.3 * len(text):
        return _SPREAD.sub("", text)
    if text.startswith("第"):
        return _SPACED_CHAPTER.sub(r"\1\2\3", text) if _SPACED_CHAPTER.fullmatch(text) else text
    return text


def published_lines(blocks: Iterable[Block]) -> list[Line]:
    """The lines of a text in order, tidied; empty ones are counted in the next one's `gap`."""
    lines = list[Line]()
    gap = 0
    for block in blocks:
        texts = _LINE_BREAK.split(block.text)
        if block.role is Role.HEADING:
            texts = [" ".join(texts)]
        for raw in texts:
            text = tidy(raw)
            if not text:
                gap += 1
                continue
            lines.append(
                Line(
                    text=text,
                    role=block.role,
                    level=block.level,
                    gap=gap,
                    indent=_indent(raw),
                    pages=() if block.page is None else ((0, block.page),),
                )
            )
            gap = 0
    return lines


def _indent(raw: str) -> int:
    white = raw[: len(raw) - len(raw.lstrip())]
    return len(white) + white.count("\u3000") + white.count("\u2003")


def unglued(lines: Iterable[Line]) -> list[Line]:
    """The lines, those apart that stand on one line with only a blank between them.

    That is a heading of a chapter before its first article, and a paragraph after the full
    stop of another.
    """
    parted = list[Line]()
    for line in lines:
        start = 0
        for text in _paragraphs_in(line.text) if line.is_running else [line.text]:
            if len(text) == len(line.text):
                parted.append(line)
                break
            pages = _pages_within(line.pages, start, start + len(text))
            gap = 0 if start else line.gap
            parted.append(replace(line, text=text, gap=gap, pages=pages, parts=1))
            start += len(text) + 1
    return parted


def _paragraphs_in(text: str) -> list[str]:
    if text.startswith("第"):
        text = _CHAPTER_AND_ARTICLE.sub("\\1\n", text)
    if len(text) >= _LONG_LINE and "。 " in text:
        # A file that puts a blank after every sentence means nothing by it.
        blanks = len(_GLUED_PARAGRAPH.findall(text))
        if blanks * 3 <= text.count("。"):
            text = _GLUED_PARAGRAPH.sub("\\1\n", text)
    return text.split("\n")


def _pages_within(
    pages: tuple[tuple[int, int], ...], start: int, end: int
) -> tuple[tuple[int, int], ...]:
    before = [page for offset, page in pages if offset <= start]
    inside = tuple((offset - start, page) for offset, page in pages if start < offset < end)
    return ((0, before[-1]), *inside) if before else inside


def width(text: str) -> int:
    """Columns it takes in print: two for a Chinese character, one for a Latin one."""
    # GB18030 happens to take one byte for ASCII and two for Chinese; nothing is faster.
    return len(text.encode("gb18030", "replace"))


_CLOSING = "”’」』）)】》〉]\"'"


def ending(text: str) -> Ending:
    """How `text` ends; it must not be empty."""
    last = text[-1]
    if last in _CLOSING:
        inner = text.rstrip(_CLOSING)
        done = bool(inner) and inner[-1] in "。！？!?…"
        return Ending.DONE if done else Ending.CLOSED
    if last in "。！？!?…—" or (last == "." and not text[-2:-1].isdigit()):
        return Ending.DONE
    if last in "：:；;":
        return Ending.LIST
    if last in "，,、（(《“‘【〈":
        return Ending.OPEN
    return Ending.WORD


_MARKER = re.compile(
    rf"第(?:{NUMERAL}+|\d+)[编章节条篇](?![件款例])|{NUMERAL}{{1,3}}、|[（(]{NUMERAL}{{1,3}}[）)]"
    r"|\d{1,3}(?:[.．﹒](?!\d)|、)|[（(]\d{1,3}[）)]|[①-⑳]|——|--|[●■□◆▲★○◎•►▶※]|附件|附表|专栏|【"
)
_LABEL = re.compile(
    r"(?:发布(?:日期|时间|人|机构|单位)|发文(?:机关|字号)|成文日期|更新(?:时间|日期)|公开日期"
    r"|(?:信息|文章|稿件|新闻|资料|文字)?来源|时间|日期|作者|撰稿|供稿|(?:责任|本版|网络|值班)?编辑"
    r"|责编|校对|审核|初审|复审|终审|监制|策划|统筹|记者|通讯员|摄影|摄像|主编|值班编委|索引号"
    r"|标题|主题词"
    r"|视频简介|联系人|联系电话)[ ]?[:：]"
)
_NAMES = r"[\u4e00-\u9fff·]{2,4}(?:[ 、,，][\u4e00-\u9fff·]{2,4}){0,7}"
# Without one of these a few words of a sentence would do: 听取了记者汇报.
_REPORTER = re.compile(
    "^[□■◎●△▲○（(本].*(?:记者|通讯员|特派员|评论员)|(?:记者|通讯员|撰稿人?|特派员|评论员)[ :：]"
)
_BYLINE = re.compile(
    rf"[□■◎●△▲○]? ?[（(]?(?:[{CHINESE}]{{0,14}}?(?:记者|通讯员|特约撰稿人?|特派员|评论员)[:： ]?"
    rf" ?{_NAMES} ?){{1,3}}(?:[/／、 ]?(?:文|图|摄影|摄|报道|综合|整理))*"
    rf"(?: ?{_NAMES}[/／ ](?:文|图|摄影|摄))?[）)]?"
)
_DATELINE = re.compile(
    r"(?:本报|本刊|本台|本网)(?:讯|消息)|(?:本报|新华社|新华网|中新社|中新网|人民网|央视网|中国新闻网)"
    r"[^，。,]{0,16}(?:电|讯|消息)(?: |[（(:：]|$)"
    r"|[（(]?(?:本报)?(?:首席)?记者[^，。,]{2,20}(?:报道|讯)"
)


_FIRST_OF_DATELINE = frozenset("本新中人央（(首记")


def starts_with_marker(text: str) -> bool:
    """Whether a number, bullet or dash of a list or heading begins it."""
    return _MARKER.match(text) is not None


def is_label(text: str) -> bool:
    """Whether it is a line like 来源：某报, which stands for itself."""
    if len(text) > 80 or (":" not in text and "：" not in text):
        return False
    return _LABEL.match(text) is not None


def is_byline(text: str) -> bool:
    """Whether it does nothing but name reporters: 记者 张三 通讯员 李四/文 王五/图."""
    if len(text) > 60 or _REPORTER.search(text) is None:
        return False
    return _BYLINE.fullmatch(text) is not None


def is_dateline(text: str) -> bool:
    """Whether the body of a news item begins here: 本报讯（记者 张三）."""
    return text[0] in _FIRST_OF_DATELINE and _DATELINE.match(text) is not None


def stands_alone(text: str) -> bool:
    """Whether it can't go on with a sentence of the line before, whatever that is."""
    return is_label(text) or is_dateline(text) or is_byline(text)


_PUNCTUATION = re.compile("[，。；：！？、,;:!?]")


def is_punctuated(text: str) -> bool:
    """Whether there is any punctuation of a sentence in it."""
    return _PUNCTUATION.search(text) is not None
