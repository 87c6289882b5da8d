"""From the elements of an article to blocks."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from ingest.readers.html_measures import is_block
from ingest.readers.rows import row_blocks
from ingest.stages import Block, Role

_LONGEST_HEADING = 120
_LONGEST_CELL = 300
_SPACES = re.compile(r"[ \t\r\n\f\v\xa0\u200b\ufeff]+")
_WIDE = r"[\u2e80-\u9fff\uf900-\ufaff\u3000-\u303f\uff00-\uffef“”‘’—…]"
_SOURCE_BREAK = re.compile(rf"(?<={_WIDE})[ \t]*\n\s*(?={_WIDE})")
_MARKER = "\x00"

# Lines that surround an article: in front of it, after it.
_BUTTON = (
    r"(?:打印(?:本页|此页)?|关闭(?:窗口|本页)?|收藏(?:本页)?|下载|全屏|分享|返回(?:顶部|列表|首页)?|回到顶部"
    r"|保存本页|我要纠错|纠错|点赞|评论|还原|加大|减小|(?:语音)?朗读(?:全文|本文)?|A[+-])"
)
_LEADING = re.compile(
    r"^(?:(?:您?当前|你|您|目前)?(?:所在)?的?位置\s*[:：].*|首页\s*[>＞»/].*"
    r"|.{0,40}[>＞»].{0,20}[>＞»].{0,60}|【?(?:字体|字号|字体大小)\s*[:：].*"
    rf"|[【\[]?{_BUTTON}(?:[\s|】【\[\]]*{_BUTTON})*[】\]]?"
    r"|(?:浏览|点击|阅读)(?:次数|量|数)?\s*[:：]?\s*\[?\d*\]?\s*次?|[大中小\s|]{1,9}"
    r"|分享(?:到|至)\s*[:：]?.{0,30}|扫一扫.{0,30}|主要内容|视频简介)$"
)
_TRAILING = re.compile(
    r"^(?:扫一扫.{0,30}|.{0,10}手机(?:打开|查看|浏览|阅读)(?:当前|此|本)页.{0,10}"
    r"|(?:上|下)一(?:篇|条|页)\s*(?:[:：].*)?|分享(?:到|至)\s*[:：]?.{0,30}"
    rf"|[【\[]?{_BUTTON}(?:[\s|】【\[\]]*{_BUTTON})*[】\]]?"
    r"|(?:相关|延伸|推荐|热门|更多)(?:链接|阅读|新闻|稿件|文章|报道|信息|推荐|解读|文档|内容)\s*[:：]?"
    r"|.{0,80}版权所有.*|.{0,60}ICP备.*|.*公网安备.*|网站标识码.*|网站地图.*|[|\s]+)$"
)
_LIST_FOLLOWS = re.compile(r"^(?:相关|延伸|推荐|热门|更多)\S{2,4}\s*[:：]?$")


def article_blocks(elements: list[HtmlElement]) -> list[Block]:
    """The blocks of the elements of an article, without the lines that surround it.

    A line break is the end of a paragraph, since Chinese pages indent after it. White space of
    the source counts as one space, and as none between Chinese characters.
    """
    blocks = [block for element in elements for block in _Walk().blocks(element)]
    while blocks and blocks[0].role is not Role.HEADING and _LEADING.match(blocks[0].text):
        blocks.pop(0)
    return _without_tail(blocks)


def _without_tail(blocks: list[Block]) -> list[Block]:
    """Cut what follows a headline such as 相关阅读 near the end, and single trailing lines."""
    for index in range(max(1, len(blocks) * 2 // 3), len(blocks)):
        following = blocks[index + 1 :]
        if _LIST_FOLLOWS.match(blocks[index].text) and all(
            len(block.text) <= 60 and not block.text.endswith("。") for block in following
        ):
            blocks = blocks[:index]
            break
    while len(blocks) > 1 and _TRAILING.match(blocks[-1].text):
        blocks.pop()
    return blocks


def tidy(text: str) -> str:
    """White space of HTML as a reader sees it; full-width spaces go only at the ends."""
    return _SPACES.sub(" ", _SOURCE_BREAK.sub("", text)).strip(" \u3000")


class _Walk:
    """Gathers text until a block begins or ends, without recursion through deep pages."""

    def __init__(self) -> None:
        self._text = list[str]()

    def blocks(self, root: HtmlElement) -> Iterator[Block]:
        stack: list[tuple[HtmlElement, bool]] = [(root, False)]
        while stack:
            element, leaving = stack.pop()
            if leaving:
                yield from self._leave(element)
                self._text.append("" if element is root else element.tail or "")
                continue
            if is_block(element) or element.tag == "br":
                yield from self._flush(Role.PARAGRAPH)
            if element.tag == "table" and is_data_table(element):
                yield from row_blocks(table_rows(element))
                self._text.append("" if element is root else element.tail or "")
                continue
            stack.append((element, True))
            if element.tag in {"rt", "rp", "pre"}:
                yield from _lines(element) if element.tag == "pre" else ()
                continue
            self._text.append(element.text or "")
            stack.extend((inner, False) for inner in reversed(element))
        yield from self._flush(Role.PARAGRAPH)

    def _leave(self, element: HtmlElement) -> Iterator[Block]:
        if element.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            yield from self._flush(Role.HEADING, level=int(element.tag[1]))
        elif is_block(element):
            yield from self._flush(Role.PARAGRAPH)

    def _flush(self, role: Role, *, level: int = 0) -> Iterator[Block]:
        text = tidy("".join(self._text))
        self._text = []
        if text and role is Role.HEADING and len(text) <= _LONGEST_HEADING:
            yield Block(text=text, role=role, level=level)
        elif text:
            yield Block(text=text)


def _lines(element: HtmlElement) -> Iterator[Block]:
    for line in "".join(map(str, element.itertext())).split("\n"):
        yield Block(text=line.rstrip("\r"), role=Role.LINE)


def is_data_table(table: HtmlElement) -> bool:
    """Whether a table shows data, and does not only arrange the page."""
    if next(table.iter("table"), table) is not table or len(list(table.iter("table"))) > 1:
        return False
    rows = [list(row.iter("td", "th")) for row in table.iter("tr")]
    texts = [[len("".join(_cell_text(cell).split())) for cell in row] for row in rows]
    wide = [row for row in texts if sum(map(bool, row)) >= 2]
    lengths = [length for row in texts for length in row if length]
    return (
        bool(wide)
        and len(wide) * 2 >= sum(any(row) for row in texts)
        and (sum(lengths) / len(lengths) <= _LONGEST_CELL)
    )


def table_rows(table: HtmlElement) -> list[list[str]]:
    """The cells of each row; a cell that covers several rows stands in each of them."""
    rows = list[list[str]]()
    pending = dict[int, tuple[int, str]]()
    for row in table.iter("tr"):
        cells = list[str]()
        for cell in row.iter("td", "th"):
            _fill_pending(cells, pending)
            text = tidy(_cell_text(cell))
            if (covered := _span(cell, "rowspan")) > 1:
                pending[len(cells)] = (covered - 1, text)
            cells.extend([text, *[""] * (_span(cell, "colspan") - 1)])
        _fill_pending(cells, pending)
        rows.append(cells)
    return rows


def _fill_pending(cells: list[str], pending: dict[int, tuple[int, str]]) -> None:
    while len(cells) in pending:
        left, text = pending.pop(len(cells))
        if left > 1:
            pending[len(cells)] = (left - 1, text)
        cells.append(text)


def _cell_text(cell: HtmlElement) -> str:
    return " ".join(map(str, cell.itertext()))


def _span(cell: HtmlElement, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return max(1, min(int(value), 100)) if value.isdecimal() else 1
