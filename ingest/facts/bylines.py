"""Labels, bylines and datelines: the lines in which a document speaks of itself.

来源：济南日报 · 发布日期：2019-03-22 · 本报讯（记者 张三） · 编辑：李四 · 新华社北京3月5日电
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rag.people import split_names
from rag.text import Span

_LABEL = re.compile(
    r"(?:^|(?<=[\n\s\u3000|｜(（\[【_*]))(?P<label>(?:信息|稿件|文章|新闻|文稿|"
    r"资料)?来[ \u3000]*源|"
    r"发[布文][日时][期间]|"
    r"发布机[构关]|公布日期|"
    r"(?:发稿|刊发|刊登|更新|发表|上传|印发|成文|生成)[日时][期间]|发文(?:机关|单位)|制定机关|"
    r"颁布单位|发布部门|发布单位|"
    r"发文字号|文[ \u3000]*号|文件编号|日[ \u3000]*期|时[ \u3000]*间|"
    r"(?:责任|值班|本期|本版|执行|网络|视觉|美术)?编[ \u3000]*辑|责[ \u3000]*编|审[ \u3000]*核|"
    r"作[ \u3000]*者|撰[ \u3000]*稿|"
    r"(?:本报|见习|实习|首席|特约)?记[ \u3000]*者|通讯员|原文链接|标[ \u3000]*题)"
    r"[ \u3000]*[:：][ \u3000]*(?P<value>[^\n|｜]{0,200}?)"
    r"(?=$|[\n|｜]|[\s\u3000]+[^\s：:，。\d]{1,8}[ \u3000]*[:：])"
)
_LABEL_INSIDE = re.compile(
    r"[\s\u3000|｜]+(?:[^\s：:，。]{0,4}(?:来源|日期|时间|编辑|责编|作者|记者|字号|字体|浏览|点击|"
    r"阅读|审核|校对|监制|分享|打印|视力|"
    r"通讯员))[ \u3000]*[:：].*$"
)
_REPORTER_WORDS = (
    r"(?:(?:本报|本台|本网|见习|实习|首席|特约|特派|全媒体|融媒体?|驻[\u4e00-\u9fff]{2,6}|新华社|"
    r"央视|总台|"
    r"[\u4e00-\u9fff]{2,10}(?:日报|晚报|早报|晨报|时报|都市报|商报|快报|报业集团|报|网|台|社|"
    r"融媒体中心|客户端))(?:全媒体|融媒体?|见习|实习|"
    r"首席|特派)?)?"
)
_REPORTER = re.compile(
    rf"{_REPORTER_WORDS}(?:记者|通讯员|特约撰稿人?|撰稿|摄影)[ \u3000]*[:：]?[ \u3000]*"
    r"(?P<names>[\u4e00-\u9fff·](?:(?!记者|通讯员|摄影[: ：]|"
    r"实习生)[\u4e00-\u9fff· \u3000、，,/／]){1,60})"
)
_BYLINE = re.compile(
    rf"^[□■○●◎◆▲△/（(【\s\u3000]*(?:文[/／:：])?{_REPORTER_WORDS}(?:记者|通讯员|"
    rf"特约撰稿人?)[ \u3000]*[:：]?[ \u3000]*[\u4e00-\u9fff· \u3000、，,/／]{{2,70}}"
    r"[)）】\s\u3000]*$",
    re.MULTILINE,
)
_NEWS_LEAD = re.compile(
    r"(?:讯|电|消息|报道)[ \u3000]*[(（](?P<inside>[^()（）]{0,24}(?:记者|"
    r"通讯员)[^()（）]{2,70})[)）]"
)
_CLOSING_CREDIT = re.compile(
    r"[(（](?P<inside>[^()（）]{0,14}(?:记者|通讯员|撰稿)[^()（）]{2,50})[)）]\s*$", re.MULTILINE
)
_TRAILING_WORDS = re.compile(
    r"(?:综合报道|摄影报道|报道|整理|摄影|采写|实习生|(?:^|[ \u3000/／])(?:文图|文|图|"
    r"摄)(?:[/／][文图])?)$"
)
_DATELINE = re.compile(
    r"(?:^|\n)[\s\u3000]*(?P<agency>新华社|新华网|中新社|中新网|人民网|央视网|中国新闻网|本报|"
    r"本网)(?P<city>[\u4e00-\u9fff]{2,8}?)"
    r"(?P<date>(?:\d{4}年)?\d{1,2}月\d{1,2}日)(?:电|讯|消息)"
)
_AGENCY_LEAD = re.compile(
    r"(?:^|\n)[\s\u3000]*(?P<agency>新华社|中新社|央视网|人民网|中新网|新华网)(?:消息|讯|电)"
)
_SPACES = re.compile(r"[ \u3000]+")
_HEAD_LINES, _TAIL_LINES = 14, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A label with its value, both without inner white space in the label: 来源, 济南日报."""

    name: str
    value: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    """新华社北京3月5日电: agency and the words of the date."""

    agency: str
    date: str


def edges(text: str) -> tuple[Span, Span]:
    """The first and the last lines, where a document speaks of itself; they may overlap."""
    head = 0
    for _ in range(_HEAD_LINES):
        head = text.find("\n", head) + 1
        if not head:
            head = len(text)
            break
    tail = len(text)
    for _ in range(_TAIL_LINES):
        tail = text.rfind("\n", 0, tail)
        if tail < 0:
            break
    return Span(0, head), Span(max(tail, 0), len(text))


@lru_cache(maxsize=8)
def find_labels(text: str) -> tuple[Label, ...]:
    """Labels in the first and last lines of `text`, in order of place, none twice."""
    labels = dict[int, Label]()
    for part in edges(text):
        for match in _LABEL.finditer(text, part.start, part.end):
            value = _LABEL_INSIDE.sub("", match["value"]).strip()
            if value:
                span = Span(match.start(), match.end())
                name = _SPACES.sub("", match["label"])
                labels.setdefault(match.start(), Label(name=name, value=value, span=span))
    return tuple(labels[start] for start in sorted(labels))


def find_dateline(text: str) -> Dateline | None:
    """The dateline at the beginning of a news item."""
    match = _DATELINE.search(text, 0, edges(text)[0].end)
    return Dateline(agency=match["agency"], date=match["date"]) if match else None


def find_agency(text: str) -> str | None:
    """The agency or site a news item names in its first words: 央视网消息."""
    match = _AGENCY_LEAD.search(text, 0, edges(text)[0].end)
    return match["agency"] if match else None


def is_news_lead(line: str) -> bool:
    """Whether a paragraph begins as news do: 本报讯（记者 …）."""
    return bool(
        re.match(r"[\s\u3000]*(?:本报|本网|本台|本刊)(?:[\u4e00-\u9fff]{2,8})?[讯消]", line)
    )


def is_byline(line: str) -> bool:
    """Whether a line holds nothing but who wrote the text."""
    return bool(_BYLINE.match(line))


def _credits(text: str) -> Iterator[str]:
    head, tail = edges(text)
    for part in (head, tail):
        for pattern in (_NEWS_LEAD, _CLOSING_CREDIT):
            yield from (match["inside"] for match in pattern.finditer(text, part.start, part.end))
    for line in text.split("\n"):
        if ("记者" in line or "通讯员" in line or "撰稿" in line) and _BYLINE.match(line):
            yield line


def _names_in(credit: str) -> Iterator[str]:
    for match in _REPORTER.finditer(credit):
        # 张三/文 李四/图: who did what stands behind each name
        words = re.sub(r"[/／](?:文图|文|图|摄影?)(?![\u4e00-\u9fff])", " ", match["names"])
        yield from split_names(_TRAILING_WORDS.sub("", words.strip()))


def find_reporters(text: str) -> tuple[str, ...]:
    """Reporters, correspondents and authors, in the order in which the document names them."""
    names = [name for credit in _credits(text) for name in _names_in(credit)]
    for label in find_labels(text):
        if label.name in {"作者", "撰稿"} or label.name.endswith(("记者", "通讯员")):
            words = re.split(r"通讯员|摄影|记者", label.value)
            names += [name for part in words for name in split_names(part)]
    return tuple(dict.fromkeys(names))


def find_editors(text: str) -> tuple[str, ...]:
    """Whom the labels 编辑, 责任编辑, 责编 name."""
    names = [
        name
        for label in find_labels(text)
        if label.name.endswith(("编辑", "责编"))
        for name in split_names(re.split(r"[)）。]", label.value)[0])
    ]
    return tuple(dict.fromkeys(names))
