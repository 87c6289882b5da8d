"""What a page states about its article: meta tags, JSON-LD, labelled rows and lines."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import cast

from lxml.html import HtmlElement

_META: Mapping[str, tuple[str, ...]] = {
    "title": ("articletitle", "og:title", "twitter:title", "dc.title", "headline", "title"),
    "published_date": (
        *("pubdate", "article:published_time", "publishdate", "publish_date", "og:release_date"),
        *(
            "publish-date",
            "datepublished",
            "date",
            "dc.date",
            "dc.date.issued",
            "maketime",
            "pubtime",
        ),
    ),
    "publisher": (
        "contentsource",
        "source",
        "mediaid",
        "article:publisher",
        "og:site_name",
        "sitename",
    ),
    "reporters": ("author", "article:author", "dc.creator"),
    "editors": ("editor", "responsibleeditor", "责任编辑"),
    "url": ("og:url", "url"),
}
_LABELS: Mapping[str, str] = {
    "发文机关": "issuer", "发文单位": "issuer", "制发机关": "issuer", "发布机构": "issuer",
    "发布单位": "issuer", "制定机关": "issuer", "公开责任部门": "issuer", "成文日期": "event_date",
    "成文时间": "event_date", "生成日期": "event_date", "标题": "title", "名称": "title",
    "信息名称": "title", "文件名称": "title", "发文字号": "document_number",
    "文号": "document_number",
    "发布日期": "published_date", "发布时间": "published_date", "发文日期": "published_date",
    "公开日期": "published_date", "更新时间": "published_date", "来源": "publisher",
    "信息来源": "publisher", "文章来源": "publisher",
    "稿件来源": "publisher", "作者": "reporters", "记者": "reporters", "责任编辑": "editors",
    "责编": "editors", "编辑": "editors", "初审": "editors", "发布者": "editors",
}  # fmt: skip
_LABEL = "|".join(sorted((r"[\s\u3000]*".join(label) for label in _LABELS), key=len, reverse=True))
_LABELLED = re.compile(
    rf"(?<![\u4e00-\u9fff])[【\[（(]?({_LABEL})[\s\u3000]*[:：][\s\u3000]*"
    rf"([^\n]*?)(?=[\s\u3000|【\[（(】\]）)]*(?:{_LABEL}|浏览|点击|阅读|字号|字体|打印|访问)[\s\u3000\w]*[:：]|$)"
)
_LONGEST_LABEL = 12
_LONGEST_LINE = 160
_LONGEST_VALUE = 60
_DATE = re.compile(r"\d{4}\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}\s*日?")
_TIMED = re.compile(rf"^({_DATE.pattern})[\sT]*\d{{1,2}}:\d{{2}}(?::\d{{2}})?$")
_PREFIX = re.compile(
    r"^(?:\s*[\[【](?:视频|图文|组图|图解|直播|图片|VR|微视频|网络直播)[\]】]\s*)+"
)
_SITE_SUFFIX = re.compile(
    r"(?:\s*[_|｜]+\s*|\s+[-–—]\s*|\s*[-–—]{1,2}\s+|\s*--\s*)"
    r"(?:[^_|｜]{0,30}(?:网|网站|报|客户端|政府|平台|频道|首页|官网|新闻|要闻|百科|文库|栏目|中心|维基文库|台|社)|[^_|｜]{0,20}\.(?:com|cn|org|net)\S*|[^_|｜]*\(\w[\w.]*\))\s*$"
)


def stated_by_page(root: HtmlElement) -> dict[str, str]:
    """Field of the metadata → what the page states, as written there.

    Labelled rows, as government pages print them, come before meta tags, and these before
    JSON-LD, labelled lines and the title of the window.
    """
    stated = _labelled_rows(root)
    meta = _meta_fields(root)
    if meta.get("reporters", "") not in _visible_text(root):
        # Many sites put whoever filled in the form there; a byline names who wrote it.
        del meta["reporters"]
    found: list[Mapping[str, str]] = [meta, _json_ld(root), _labelled_lines(root)]
    for fields in found:
        for name, value in fields.items():
            stated.setdefault(name, value)
    if "title" not in stated:
        stated["title"] = _window_title(root)
    stated["title"] = clean_title(stated["title"])
    stated["url"] = stated.get("url") or _address(root)
    return {name: value for name, value in stated.items() if value}


def clean_title(title: str) -> str:
    """Without the mark of a video in front and the names of the site behind."""
    title = _PREFIX.sub("", " ".join(title.split()))
    while (shorter := _SITE_SUFFIX.sub("", title)) != title and len(shorter) >= 4:
        title = shorter
    return title.strip()


def _labelled_rows(root: HtmlElement) -> dict[str, str]:
    """Cells that hold a label only, as 发文机关：, and the cell after each."""
    stated = dict[str, str]()
    for cell in root.iter("td", "th", "dt", "b", "strong", "span", "label", "div", "li"):
        if len(cell) > 2:
            continue
        label = re.sub(r"[\s\u3000:：【】\[\]]", "", _short_text(cell, _LONGEST_LABEL))
        field = _LABELS.get(label)
        following = cell.getnext()
        if field is None or following is None or not _is_label(cell, following):
            continue
        value = _short_text(following, 200)
        if value and re.sub(r"[\s\u3000:：]", "", value) not in _LABELS:
            stated.setdefault(field, value)
    return stated


def _is_label(cell: HtmlElement, following: HtmlElement) -> bool:
    """Whether a cell names the next one, and is not the header of a column."""
    if cell.tag in {"td", "th"} and following.tag not in {"td", "th"}:
        return False
    marked = any(mark in _short_text(cell, _LONGEST_LABEL) for mark in ":：】]")
    return marked or (cell.tag, following.tag) in {("th", "td"), ("dt", "dd")}


def _meta_fields(root: HtmlElement) -> dict[str, str]:
    contents = dict[str, str]()
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").lower()
        content = " ".join((meta.get("content") or "").split())
        if name and content:
            contents.setdefault(name, content)
    stated = dict[str, str]()
    for field, names in _META.items():
        for name in names:
            if value := contents.get(name, ""):
                stated[field] = value
                break
    return stated


def _json_ld(root: HtmlElement) -> dict[str, str]:
    stated = dict[str, str]()
    for script in root.iter("script"):
        if (script.get("type") or "").lower() != "application/ld+json":
            continue
        try:
            parsed: object = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for record in _records(parsed):
            for key, field in (
                ("headline", "title"),
                ("datePublished", "published_date"),
                ("publisher", "publisher"),
                ("author", "reporters"),
                ("editor", "editors"),
                ("url", "url"),
            ):
                if (value := _name(record.get(key))) and "headline" in record:
                    stated.setdefault(field, value)
    return stated


def _records(value: object) -> Iterator[dict[str, object]]:
    if isinstance(value, list):
        for item in cast("list[object]", value):
            yield from _records(item)
    elif isinstance(value, dict):
        record = cast("dict[str, object]", value)
        yield record
        yield from _records(record.get("@graph", []))


def _name(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return "、".join(filter(None, map(_name, cast("list[object]", value))))
    if isinstance(value, dict):
        return _name(cast("dict[str, object]", value).get("name"))
    return ""


def _labelled_lines(root: HtmlElement) -> dict[str, str]:
    """来源：央视网 2025-12-07 19:16 and the like, in short elements."""
    stated = dict[str, str]()
    editors = list[str]()
    for line in _short_lines(root):
        for field, value in _labelled_values(line):
            if field == "editors":
                editors.extend([] if value in editors else [value])
            else:
                stated.setdefault(field, value)
    if editors:
        stated["editors"] = "、".join(editors)
    return stated


def _labelled_values(line: str) -> Iterator[tuple[str, str]]:
    for match in _LABELLED.finditer(line):
        field = _LABELS[re.sub(r"[\s\u3000]", "", match[1])]
        value = match[2].strip(" \u3000|；;，,）)】]")
        date = _DATE.search(value)
        if field == "publisher" and date:
            yield "published_date", value[date.start() :].strip()
            value = value[: date.start()].strip(" \u3000|")
        is_date = field.endswith("_date")
        if 0 < len(value) <= _LONGEST_VALUE and field != "title" and (date or not is_date):
            yield field, value
    if _TIMED.match(line):
        yield "published_date", line


def _short_lines(root: HtmlElement) -> Iterator[str]:
    for element in root.iter("p", "div", "span", "td", "li", "em", "i", "h4", "h5", "h6", "time"):
        if len(element) > 12 or any(inner.tag in {"p", "div", "table", "ul"} for inner in element):
            continue
        if text := _short_text(element, _LONGEST_LINE):
            yield text


def _short_text(element: HtmlElement, limit: int) -> str:
    """The text of an element, white space collapsed; empty where it is longer than `limit`.

    It stops reading there: elements around a whole article are asked too, thousands of them.
    """
    text = ""
    for piece in element.itertext():
        text += " ".join(f"-{piece}-".split())[1:-1]
        if len(text) > limit:
            return ""
    return " ".join(text.split())


def _visible_text(root: HtmlElement) -> str:
    body = root.find("body")
    return "" if body is None else " ".join(map(str, body.itertext("*")))


def _window_title(root: HtmlElement) -> str:
    heading = next((_text(item) for item in root.iter("h1") if _text(item)), "")
    title = next((_text(item) for item in root.iter("title") if _text(item)), "")
    return heading if heading and heading in title else title or heading


def _text(element: HtmlElement) -> str:
    return " ".join("".join(map(str, element.itertext())).split())


def _address(root: HtmlElement) -> str:
    for link in root.iter("link"):
        if (link.get("rel") or "").lower() == "canonical":
            return (link.get("href") or "").strip()
    return ""
