"""Web pages: the article without what surrounds it, and what the page states about it."""

import email
import email.policy
import re

import lxml.html
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - compiled, no stubs

from ingest.readers.encoding import decode_text
from ingest.readers.html_blocks import article_blocks
from ingest.readers.html_metadata import clean_title, stated_by_page
from ingest.readers.html_selection import select_article, without_hidden
from ingest.stages import Block, PublishedText, Role, SourceFile
from rag.errors import ParsingError

_DECLARED = re.compile(
    rb"<(?:meta[^>]{0,200}?charset|\?xml[^>]{0,100}?encoding)\s*=\s*[\"']?\s*([\w-]{2,20})",
    re.IGNORECASE,
)
_NO_ARTICLE = "网页里没有正文：可能是由脚本生成的页面，请在浏览器中打开后另存，或复制文字存为 .txt"
_TITLE_SCAN_BLOCKS = 6
_MANY_TAGS = 3
_TAG = re.compile(r"</?(?:p|div|span|br|strong|b|table|tr|td|font|h[1-6])\b[^<>]{0,500}>", re.I)
_ESCAPED_TAG = re.compile(r"<\w+ [^<>]{0,200}=\\[\"']|<\\/\w+>")
# As browsers and crawlers note it.
_SAVED_FROM = re.compile(
    r"<!--\s*(?:saved from url=\(\d+\)|(?:source|url|crawled from)[:：\s]+)(https?://[^\s<>]+)",
    re.I,
)
_ESCAPED_SCAN_CHARS = 100_000


def read_html(data: bytes, _file: SourceFile) -> list[PublishedText]:
    """One text: the article of a page, and what meta tags, JSON-LD and labelled rows state.

    Raises:
        ParsingError: It is no text, or a page without an article.
    """
    page = _unescaped(decode_page(data))
    root = _parsed(page)
    stated = stated_by_page(root)
    if saved_from := _SAVED_FROM.search(page[:_ESCAPED_SCAN_CHARS]):
        stated.setdefault("url", saved_from[1])
    blocks = _article(root)
    if sum(len(_TAG.findall(block.text)) for block in blocks) >= _MANY_TAGS:
        # The article was stored as text: &lt;p&gt;…&lt;/p&gt;
        blocks = _article(_parsed("\n".join(block.text for block in blocks)))
    blocks = tuple(_titled(blocks, stated.get("title", ""), root))
    if not blocks:
        raise ParsingError(_NO_ARTICLE)
    return [PublishedText(blocks=blocks, stated=stated, stated_by="html" if stated else "")]


def read_mhtml(data: bytes, file: SourceFile) -> list[PublishedText]:
    """The page in a web archive (.mht), as browsers and Word save it.

    Raises:
        ParsingError: The archive holds no page.
    """
    message = email.message_from_bytes(data, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                return read_html(payload, file)
    raise ParsingError(_NO_ARTICLE)


def decode_page(data: bytes) -> str:
    """The characters of a page: byte order mark, then UTF-8 if valid, then what it declares.

    A declaration is believed only where the bytes bear it out, since pages are re-encoded
    more often than their declarations. gb2312 and gbk mean GB18030, as in every browser.
    """
    declared = _DECLARED.search(data[:4096])
    name = declared[1].decode("ascii").lower() if declared else ""
    if name in {"gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk"}:
        name = "gb18030"
    if name in {"gb18030", "big5", "big5-hkscs"} and not data.startswith((
        b"\xff\xfe",
        b"\xfe\xff",
    )):
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode(name, errors="replace")
            if text.count("\ufffd") * 200 < len(text):
                return text
    return decode_text(data)


def _unescaped(page: str) -> str:
    """A page out of a dump of strings, where quotation marks and slashes bear backslashes."""
    if len(_ESCAPED_TAG.findall(page[:_ESCAPED_SCAN_CHARS])) < _MANY_TAGS:
        return page
    page = re.sub(r"\\[rnt]", "\n", page)
    return re.sub(r"\\([\"'/\\])", r"\1", page)


def _parsed(page: str) -> lxml.html.HtmlElement:
    # lxml refuses a str with an encoding declaration, and control characters.
    page = re.sub(r"\A\s*<\?xml[^>]*\?>", "", page)
    page = re.sub(r"[\x00-\x08\x0b\x0e-\x1f]", "", page)
    try:
        # Without huge_tree what lies more than 256 unclosed tags deep is lost without a word.
        parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
        root = lxml.html.document_fromstring(page.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ParsingError(_NO_ARTICLE) from error
    if any("depth" in str(entry.message).lower() for entry in parser.error_log):
        raise ParsingError("网页的标签嵌套过深，无法完整读取：请在浏览器中打开后另存为 .txt")
    return root


def _article(root: lxml.html.HtmlElement) -> list[Block]:
    without_hidden(root)
    return article_blocks(select_article(root))


def _titled(blocks: list[Block], title: str, root: lxml.html.HtmlElement) -> list[Block]:
    """The blocks, beginning with the title as a heading where the page shows it.

    Where the article itself begins with its title, perhaps broken into several lines, those
    lines become the heading.
    """
    wanted = _letters(title)
    if not blocks or len(wanted) < 4:
        return blocks
    for start in range(min(_TITLE_SCAN_BLOCKS, len(blocks))):
        together = ""
        for end in range(start, min(start + 5, len(blocks))):
            together += _letters(clean_title(blocks[end].text))
            if together == wanted:
                heading = Block(text=title, role=Role.HEADING, level=1)
                return [*blocks[:start], heading, *blocks[end + 1 :]]
            if not wanted.startswith(together):
                break
    shown = any(_letters(clean_title(text)) == wanted for text in _shown_lines(root))
    return [Block(text=title, role=Role.HEADING, level=1), *blocks] if shown else blocks


def _shown_lines(root: lxml.html.HtmlElement) -> list[str]:
    body = root.find("body")
    return [] if body is None else [str(text) for text in body.itertext()]


def _letters(text: str) -> str:
    return re.sub(r"[\s\u3000]+", "", text)
