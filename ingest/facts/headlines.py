"""The title of a document, stated or found at its top, and what stands below it."""

import re
from dataclasses import dataclass

from ingest.facts.bylines import find_labels, is_byline, is_news_lead
from ingest.stages import CleanText
from rag.people import is_common_word, is_name
from rag.text import Span

_LONGEST_LINE = 60
_LONGEST_TITLE = 120
_LONGEST_SUBTITLE = 200
_LONGEST_FIRST_CLAUSE = 40
_SHORTEST_CLAUSE = 12
_REPORTED = ("获悉", "了解到", "介绍")
_MOST_LINES = 4
_SENTENCE_MARK = re.compile(r"[。；;]|[！？!?](?!$)")
_ENDS_OPEN = re.compile(r"[，,、：:（(—-]$")
_SALUTATION = re.compile(
    r"^(?:(?:尊敬的|各位|同志|女士|先生|朋友|老师|代表|委员|大家|亲爱的)[^。]{0,40}[:：!！]|"
    r"各[^。，]{2,60}[:：]|"
    r"[^。，]{2,30}(?:同志们|朋友们)[:：!！]?)$"
)
_SECTION = re.compile(
    r"^(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[）)]|"
    r"第[一二三四五六七八九十百\d]+[章节条编部]|\d+[.、．]|附件|目录|摘要|前言|序言|"
    r"总则|"
    r"核心提示|阅读提示|内容提要|导读|编者按|【[^】]{2,10}】$)"
)
_SUBTITLE = re.compile(
    r"^[—–－-]{1,4}[ \u3000]*\S|^[(（].*[)）]$|^[^，。]{2,40}次(?:全体)?(?:会议|大会)上$"
)
_NUMBER_LINE = re.compile(
    r"^[（(]?[\u4e00-\u9fff]{1,12}[〔\[（(](?:19|20)\d{2}[〕\]）)][第\d]+\d*号[）)]?$|"
    r"^(?:中华人民共和国)?[\u4e00-\u9fff]{2,16}(?:令|"
    r"公告)[ \u3000]*第[ ]?[\d一二三四五六七八九十百〇]+[ ]?号$"
)
_DATE_LINE = re.compile(
    r"^[（(]?(?:(?:19|20)\d{2}[年./-]\d{1,2}[月./-]|"
    r"[一二][〇○零一二三四五六七八九]{3}年[一二三四五六七八九十]{1,2}月).{0,60}$"
)
_SPEAKER_LINE = re.compile(
    r"^[\u4e00-\u9fff、（）]{0,40}?(?:书记|市长|省长|区长|县长|州长|主席|主任|总理|部长|局长|厅长|"
    r"院长|检察长|委员长|镇长|乡长|旗长|"
    r"盟长)[ \u3000]+[\u4e00-\u9fff·]{1,12}([ \u3000][\u4e00-\u9fff]{1,3})?$"
)
_OFFICE_LINE = re.compile(
    r"^[\u4e00-\u9fff、]{0,30}(?:书记|市长|省长|区长|县长|州长|主席|主任|总理|部长|局长|厅长|院长|"
    r"检察长|委员长|镇长|乡长|旗长|盟长)$"
)
_CAPTION = re.compile(
    r"^.{4,80}[ 　]摄(?:影)?[。]?$|^(?:19|"
    r"20)\d{2}年\d{1,2}月\d{1,2}日.{4,60}作(?:政府)?工作报告[。]?$"
)
_SHOULDER = re.compile(
    r"^(?:学习贯彻|深入学习|认真学习|贯彻落实|深入贯彻|学习宣传)[^，。]{2,60}精神$"
)
_SITE = re.compile(
    r"\s*[_|｜]\s*[^_|｜]{2,40}$|\s+[-–—]\s*[^-–—]{2,20}(?:网|网站|政府|日报|平台|频道)$|"
    r"_[^_]{2,20}(?:网|"
    r"网站)(?:[（(][\w.]+[)）])?$"
)
_TAG = re.compile(r"^[\[【](?:视频|图文|组图|音频|直播|高清|图解)[\]】]\s*")
_FILE_SUFFIX = re.compile(
    r"\.(?:txt|md|markdown|html?|docx?|pdf|csv|xlsx?|json|rtf|wps)$", re.IGNORECASE
)
_FILE_EXTRAS = re.compile(
    r"[（(](?:FBM-)?CLI[\w.]*[)）]|\(\d{4}-\d{2}-\d{2}\)|[（(]\d+[)）]$|^(?:19|20)\d{2}_(?=(?:19|"
    r"20)\d{2}年)"
)
_NEWS_OPENING = re.compile(
    r"^[\s\u3000]*(?:原标题[:：])?(?:(?:本报|本网|本台|本刊)[\u4e00-\u9fff]{0,8}(?:讯|消息)|"
    r"[^，。；]{2,30}?(?:\d日(?:电|讯|消息)|(?:讯|消息|电)(?=[ \u3000]*[(（])))[ \u3000]*"
    r"(?:[(（][^)）]{0,80}[)）])?[ \u3000:：]*|^[\s\u3000]*原标题[:：]"
)
_OPENING_WORDS = re.compile(
    r"^(?:现在开会[。！]?|大家[上下]?[午晚]?好[。！]?|你们好[。！]?)[\s\u3000]*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A title and where it stands.

    Attributes:
        origin: How it was found, as in `Metadata.origins`.
        span: The lines that make it, where it stands in the text; else empty at its start.
        body: Where the text itself begins, behind title, date, labels and bylines.
    """

    title: str
    origin: str
    span: Span
    body: int


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    span: Span


def _first_lines(text: str, *, count: int) -> list[_Line]:
    lines = list[_Line]()
    start = 0
    while len(lines) < count and start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if text[start:end].strip():
            lines.append(_Line(text[start:end].strip(), Span(start, end)))
        start = end + 1
    return lines


def tidy_title(title: str) -> str:
    """`title` without line breaks, tags, and blanks that only spread characters (政 府 工 作)."""
    title = _TAG.sub("", re.sub(r"[\s\u3000]+", " ", title).strip())
    title = re.sub(r"(?<=\d) (?=[年月日号届次])|(?<=第) (?=\d)", "", title)
    characters = title.split(" ")
    if len(characters) > 3 and sum(len(part) == 1 for part in characters) > len(characters) * 0.7:
        return "".join(characters)
    return title


def without_site(title: str) -> str:
    """A page's title without the name of its site: "…_新闻_中国政府网"."""
    previous = ""
    while previous != title:
        previous, title = title, _SITE.sub("", title)
    return title.strip() or previous


def is_front_matter(line: str, *, labels: frozenset[str] = frozenset()) -> bool:
    """Whether a line below the title belongs to neither title nor body."""
    return (
        line in labels
        or bool(_SUBTITLE.match(line) and len(line) <= _LONGEST_SUBTITLE)
        or bool(_NUMBER_LINE.match(line) or _SPEAKER_LINE.match(line))
        or (
            bool(_DATE_LINE.match(line))
            and len(line) <= _LONGEST_LINE
            and "，" not in line
            and not line.endswith("。")
        )
        or is_byline(line)
        or bool(_CAPTION.match(line))
        or bool(re.match(r"^[^，。]{1,12}[:：]\s*[^，。]{0,50}$", line) and find_labels(line))
    )


def _may_be_title(line: str) -> bool:
    return (
        2 <= len(line) <= _LONGEST_LINE + 20
        and not _SENTENCE_MARK.search(line)
        and not _ENDS_OPEN.search(line)
        and not _SALUTATION.match(line)
        and not _SECTION.match(line)
        and not is_news_lead(line)
        and not is_front_matter(line)
        and not re.fullmatch(r"[\d\W_]+", line)
    )


def _title_lines(clean: CleanText) -> list[_Line]:
    lines = _first_lines(clean.text, count=_MOST_LINES + 2)
    while lines and is_front_matter(lines[0].text):
        lines.pop(0)
    levels = {heading.span.start: heading.level for heading in clean.headings}
    chosen = list[_Line]()
    for line in lines[:_MOST_LINES]:
        if not _may_be_title(line.text):
            break
        if chosen and levels.get(chosen[0].span.start) == 1 and levels.get(line.span.start, 2) != 1:
            break
        chosen.append(line)
    if len(chosen) == len(lines) and len(clean.text) <= chosen[-1].span.end if chosen else False:
        chosen = chosen[:1]  # nothing but short lines: a list, not a headline
    return chosen


def _main_title(lines: list[_Line]) -> tuple[str, Span]:
    """One title from the headline lines, and the lines it was taken from."""
    distinct = dict[str, str]()
    for line in lines:
        title = tidy_title(line.text)
        distinct.setdefault(_letters(title), title)
    kept = list(distinct.values())
    span = Span(lines[0].span.start, lines[-1].span.end)
    if len(kept) > 1 and _SHOULDER.match(kept[0]):
        kept = kept[1:]
    title = kept[0]
    for line in kept[1:]:
        if line in title or title in line:
            title = max(title, line, key=len)
        elif len(title) + len(line) < _LONGEST_TITLE and len(kept) <= 3:
            title = f"{title} {line}"
    return title, span


def _letters(title: str) -> str:
    """What two settings of one title share: no blanks, dashes or brackets."""
    return re.sub(r"[\W_]+", "", title)


def _file_title(file_name: str) -> str | None:
    """The file's name where it is a title, not a number or a key."""
    name = _FILE_SUFFIX.sub("", file_name.rsplit("/", 1)[-1])
    name = _FILE_EXTRAS.sub("", name).strip()
    chinese = len(re.findall(r"[\u4e00-\u9fff]", name))
    if chinese < 6 or chinese < len(name) * 0.6 or name.endswith(("...", "…")):
        return None
    return tidy_title(name.replace("_", " "))


def first_clause(text: str, *, start: int = 0) -> str:
    """The first clause that says something: no salutation, section heading or news opening."""
    for line in text[start:].split("\n"):
        words = _OPENING_WORDS.sub("", _NEWS_OPENING.sub("", line.strip()))
        if (
            len(words) < 2
            or _SALUTATION.match(words)
            or _SECTION.match(words)
            or is_front_matter(words)
        ):
            continue
        clauses = re.split(r"[，,]", re.split(r"[。；;！？!?]", words, maxsplit=1)[0])
        clause = clauses[0]
        for following in clauses[1:]:
            is_enough = len(clause) >= _SHORTEST_CLAUSE and not clause.endswith(_REPORTED)
            if is_enough or len(clause) + len(following) > _LONGEST_FIRST_CLAUSE:
                break
            clause = f"{clause}，{following}"
        return _shortened(clause.strip() or words)
    return _shortened(text.strip()) or "（无标题）"


def _shortened(clause: str) -> str:
    """`clause`, or as much of it as fits, cut at punctuation if there is some late enough."""
    if len(clause) <= _LONGEST_FIRST_CLAUSE:
        return re.sub(r"\s+", " ", re.sub(r"(?<=\d)\s+(?=\d|[年月日])", "", clause))
    piece = clause[:_LONGEST_FIRST_CLAUSE]
    cut = max(piece.rfind(mark) for mark in "、：:》”）")
    if cut >= _LONGEST_FIRST_CLAUSE // 2:
        return piece[: cut + (piece[cut] in "》”）")]
    return piece


def _body_start(clean: CleanText, after: int) -> int:
    """Where the text itself begins: behind labels, bylines, dates and subtitles."""
    labels = frozenset(label.span.of(clean.text).strip() for label in find_labels(clean.text))
    follows_office = False
    for line in _first_lines(clean.text[after:], count=14):
        name = re.sub(r"\s", "", line.text)
        is_speaker = is_name(name) and (follows_office or not is_common_word(name))
        follows_office = bool(_OFFICE_LINE.match(line.text))
        if not (follows_office or is_speaker or is_front_matter(line.text, labels=labels)):
            return after + line.span.start
    return after


def find_headline(clean: CleanText, *, file_name: str) -> Headline:
    """The title with its origin: stated, a headline, the file's name, or the first clause."""
    lines = _title_lines(clean)
    found = _main_title(lines) if lines else None
    span = found[1] if found else Span(0, 0)
    body = _body_start(clean, span.end)
    stated = without_site(tidy_title(clean.stated.get("title", "")))
    if stated:
        title, origin = stated, clean.stated_by or "stated"
    elif found:
        title, origin = found[0], "headline"
    elif name := _file_title(file_name):
        title, origin = name, "file_name"
    else:
        title, origin = first_clause(clean.text, start=body), "first_clause"
    return Headline(title=title, origin=origin, span=span, body=body)
