"""When and where: dates of event and publication, and the place a document is about."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.facts.bylines import Label, edges, find_dateline, find_labels
from ingest.facts.headlines import Headline
from ingest.facts.issuers import is_national, signature_date, standing_date
from rag.dates import find_dates, first_date
from rag.documents import Kind, Level, PartialDate, Place
from rag.places import find_place, find_places
from rag.text import Span, sentence_spans

_PUBLISHED_LABELS = (
    "发布日期",
    "发布时间",
    "发布日",
    "发文日期",
    "公布日期",
    "发稿",
    "刊发",
    "刊登",
    "更新",
    "发表",
    "上传",
    "日期",
    "时间",
)
_EVENT_LABELS = frozenset({"成文日期", "成文时间", "生成日期", "印发日期", "印发时间"})
_ADOPTED = re.compile(r"通过|批准|印发|发布|公布")
_MADE_PUBLIC = re.compile(r"公布|发布")
_AMENDED = re.compile(r"修[正订改]|施行|起执行")
_EVENT = re.compile(
    r"召开|举行|举办|开幕|闭幕|主持|出席|会见|会谈|调研|考察|揭牌|挂牌|成立|启动|审议|签署|抵达|"
    r"发表|作出?报告|宣读|部署|视察|座谈|"
    r"印发|发布|来到|深入|开工|通车|开班|上线|开展|组织"
)
_NEWS_OF_DAY = re.compile(r"消息|讯|电|报道|刊发|出版")
_NOT_EVENT = re.compile(r"(?:自|从|至|截至|截止到?|于?去年|以来|自)$")
_SOURCE_WITH_DATE = re.compile(
    r"来[ \u3000]*源[ \u3000]*[:：][^\n：:]{2,16}?(?P<date>(?:19|"
    r"20)\d{2}[年/.-]\d{1,2}[月/.-]\d{1,2}日?)"
)
# Not behind the name of a place: 历任上海市委副书记 tells of a career.
_ON_ITS_OWN = r"(?:^|[^\u4e00-\u9fff]|[在由经向对和与及据受])"
_HERE = {
    Level.PROVINCE: re.compile(rf"我省|全省|全自治区|{_ON_ITS_OWN}(?:省委|省政府)", re.MULTILINE),
    Level.CITY: re.compile(rf"我市|全市|我州|全州|{_ON_ITS_OWN}(?:市委|市政府)", re.MULTILINE),
    Level.COUNTY: re.compile(
        rf"我区|全区|我县|全县|我旗|全旗|{_ON_ITS_OWN}(?:[区县]委|[区县]政府)", re.MULTILINE
    ),
}
_OWN = {
    Level.PROVINCE: re.compile(r"我省|全省|我区各地"),
    Level.CITY: re.compile(r"我市|全市|我州|全州"),
    Level.COUNTY: re.compile(r"我区|全区|我县|全县|我旗|全旗"),
}
_PART_OF_A_NAME = re.compile(
    r"(?:日报|晚报|商报|早报|晨报|时报|青年报|都市报|快报|新闻网|报业|电视台|卫视|广播|大学|银行|"
    r"证券|"
    r"股份|路|街|\d{1,2}月\d{1,2}日(?:电|讯))"
)
_OWN_GOVERNMENT = re.compile(
    r"我(?:受|代表)(?:[\u4e00-\u9fff]{0,6}?)(?P<level>自治区|省|市|区|县|州|旗)(?:人民)?政府"
)
_LEVELS = {
    "自治区": Level.PROVINCE,
    "省": Level.PROVINCE,
    "市": Level.CITY,
    "州": Level.CITY,
    "区": Level.COUNTY,
    "县": Level.COUNTY,
    "旗": Level.COUNTY,
}
_CONGRESS = re.compile(r"第[一二三四五六七八九十]+届(?:人民代表大会|人大|委员会)")
_LEAD_LENGTH = 400
_OPENING_LENGTH = 100
_NOTICE_LENGTH = 1500
_LEAST_SHARE = 0.6
_LEAST_SHARE_OF_OWN = 0.35
_FEWEST_MENTIONS = 3


@dataclass(frozen=True, slots=True)
class DatedField:
    """A date with the origin it was found by."""

    date: PartialDate
    origin: str


def published_date(text: str, labels: Sequence[Label]) -> DatedField | None:
    """When the document says that it was published: a label, else a dateline."""
    for label in labels:
        if label.name.startswith(_PUBLISHED_LABELS):
            date = first_date(label.value)
            if date is not None:
                return DatedField(date, "label")
    source = _SOURCE_WITH_DATE.search(text, 0, edges(text)[0].end)
    if source:
        date = first_date(source["date"])
        if date is not None:
            return DatedField(date, "label")
    dateline = find_dateline(text)
    date = first_date(dateline.date) if dateline else None
    return DatedField(date, "dateline") if date else None


def adoption_dates(
    text: str, headline: Headline, labels: Sequence[Label]
) -> tuple[DatedField | None, DatedField | None]:
    """When a law or notice was adopted or signed, and when it was made public."""
    for label in labels:
        date = first_date(label.value) if label.name in _EVENT_LABELS else None
        if date is not None:
            return DatedField(date, "label"), None
    front = text[headline.span.end : max(headline.body, headline.span.end)][:600]
    if not front.strip():
        front = "\n".join(text.split("\n")[1:4])
        front = front if len(front) < 400 else ""
    adopted, public = _front_dates(front)
    if adopted is None:
        signed = signature_date(text) or standing_date(text, end=headline.body + _NOTICE_LENGTH)
        date = first_date(signed) if signed else None
        adopted = DatedField(date, "signature") if date else None
    return adopted, public


def _front_dates(front: str) -> tuple[DatedField | None, DatedField | None]:
    adopted: DatedField | None = None
    public: DatedField | None = None
    for line in front.split("\n"):
        found = find_dates(line)
        for index, (span, date) in enumerate(found):
            following = found[index + 1][0].start if index + 1 < len(found) else len(line)
            words = line[span.end : following]
            if _AMENDED.search(words) or date.day is None:
                continue
            if adopted is None and (_ADOPTED.search(words) or not words.strip("）) 　")):
                adopted = DatedField(date, "text")
            if public is None and _MADE_PUBLIC.search(words):
                public = DatedField(date, "text")
    return adopted, public


def occasion_date(text: str, headline: Headline) -> DatedField | None:
    """When a speech or report was given: the date below its title."""
    front = text[headline.span.start : headline.body]
    for line in (front or text[:300]).split("\n"):
        if find_labels(line) or len(line) > 100:
            continue
        for _, date in find_dates(line):
            if date.day is not None:
                return DatedField(date, "headline")
    return None


def reported_date(text: str, headline: Headline) -> DatedField | None:
    """When what a news item reports took place: the first date with a day in its first
    sentences, if that sentence tells of an event and no other day is named in it.
    """
    start = headline.body
    dateline = find_dateline(text)
    for sentence in sentence_spans(text, within=Span(start, min(len(text), start + _LEAD_LENGTH)))[
        :4
    ]:
        words = sentence.of(text)
        dates = [
            (span, date)
            for span, date in find_dates(words)
            if date.day is not None and not _NEWS_OF_DAY.match(words, span.end)
        ]
        if dateline is not None:
            dates = [pair for pair in dates if pair[0].of(words) != dateline.date]
        if not dates:
            continue
        span, date = dates[0]
        is_event = _EVENT.search(words) and not _NOT_EVENT.search(words[: span.start])
        return DatedField(date, "text") if is_event else None
    return None


def find_subject_place(
    text: str, *, headline: Headline, issuer: str | None, kind: Kind
) -> tuple[Place, str] | None:
    """The administrative area a document is about, with the origin; None when unsure.

    The issuer decides, then the title, then the place the text names most among those of the
    level it calls its own (我市, 全区). A body of the whole country makes it 全国.
    """
    if issuer is not None:
        if is_national(issuer):
            return Place(name="全国", level=Level.NATION), "issuer"
        place = _innermost(issuer, text)
        if place is not None:
            return place, "issuer"
    session = _session_place(text[: headline.body + 200])
    if session is not None and kind in {Kind.REPORT, Kind.SPEECH}:
        return session, "headline"
    bracketed = _bracketed_place(headline.title)
    if bracketed is not None:
        return bracketed, "headline"
    named = _most_named(text, headline)
    if named is not None:
        return named
    return None


def _innermost(words: str, context: str) -> Place | None:
    """The last and narrowest place of the first chain of places in `words`: 郑州市二七区."""
    found = find_places(words)
    if not found:
        return None
    chain = [found[0]]
    for span, place in found[1:]:
        if span.start != chain[-1][0].end:
            break
        chain.append((span, place))
    place = chain[-1][1]
    if place.level is Level.COUNTY and not place.within:
        place = _placed_by(context, place)
    return place


def _placed_by(context: str, place: Place) -> Place:
    """The same place with what holds it, where the text as a whole tells."""
    known = [
        other for _, other in find_places(context) if other.name == place.name and other.within
    ]
    return known[0] if known else place


def _session_place(opening: str) -> Place | None:
    for match in _CONGRESS.finditer(opening):
        found = [
            (span, place)
            for span, place in find_places(opening[: match.end()])
            if span.end == match.start()
        ]
        if found:
            return found[-1][1]
    if re.search(
        r"第[一二三四五六七八九十]+届全国人民代表大会|全国人民代表大会第|我代表国务院", opening
    ):
        return Place(name="全国", level=Level.NATION)
    government = re.search(
        r"我(?:受|代表)(?P<body>[\u4e00-\u9fff]{2,20}?)人民(?:政府|代表大会)", opening
    )
    return _innermost(government["body"], opening) if government else None


def _bracketed_place(title: str) -> Place | None:
    """【河南】长葛：…: a province in brackets, and a place of it behind them."""
    match = re.match(r"【([\u4e00-\u9fff]{2,8})】([\u4e00-\u9fff]{2,6})?", title)
    if match is None:
        return None
    if match[1] in {"中央", "全国", "国家"}:
        return None
    province = find_place(match[1])
    if province is None:
        return None
    narrower = find_place(match[2], within=province.name) if match[2] else None
    return narrower or province


def _own_level(text: str) -> Level | None:
    """The level the text calls its own: 我代表市人民政府, else 我市 or 全市, else 市委.

    Of levels named about as often the narrowest: a city is compared with 全省, a province
    seldom with 全市.
    """
    government = _OWN_GOVERNMENT.search(text, 0, _LEAD_LENGTH)
    if government:
        return _LEVELS[government["level"]]
    for patterns in (_OWN, _HERE):
        counts = {level: len(pattern.findall(text)) for level, pattern in patterns.items()}
        most = max(counts.values())
        if most > 1 or (patterns is _OWN and most == 1 and sum(counts.values()) == 1):
            often = [level for level, count in counts.items() if count * 2 >= most]
            return often[-1]
    return None


def _most_named(text: str, headline: Headline) -> tuple[Place, str] | None:
    found = [
        (span, place)
        for span, place in find_places(text)
        if not _PART_OF_A_NAME.match(text, span.end)
    ]
    if not found:
        return None
    is_written = headline.origin != "first_clause"
    in_title = {place.name for _, place in find_places(headline.title if is_written else "")}
    in_lead = {place.name for span, place in found if span.start < headline.body + _LEAD_LENGTH}
    in_opening = {
        place.name
        for span, place in found
        if headline.body <= span.start < headline.body + _OPENING_LENGTH
    }
    counts = Counter(place.name for _, place in found)
    places = {place.name: place for _, place in reversed(found)}
    for place in (other for _, other in found if other.within):
        places.setdefault(place.name, place)
        if not places[place.name].within:
            places[place.name] = place
    level = None if in_title else _own_level(text)
    at_level = [
        name
        for name in counts
        if (name in in_title if in_title else _is_of_level(places[name], level))
    ]
    candidates = [
        name
        for name in at_level
        if name in in_title
        or (level is not None and name in in_opening)
        or (name in in_lead and counts[name] >= (2 if level else _FEWEST_MENTIONS))
        or (level is not None and counts[name] >= _FEWEST_MENTIONS)
    ]
    if not candidates:
        return None
    ranked = sorted(candidates, key=lambda name: counts[name], reverse=True)
    best = ranked[0]
    around = sum(count for name, count in counts.items() if _nested(places[best], places[name]))
    least = _LEAST_SHARE if level is None else _LEAST_SHARE_OF_OWN
    if not in_title and around < least * len(found):
        return None
    if _is_contested(best, ranked, counts, places, is_own=level is not None):
        return None
    return places[best], "headline" if best in in_title else "text"


def _is_of_level(place: Place, level: Level | None) -> bool:
    """Whether a text that calls `level` its own may mean `place`.

    我市 is also said by a city of county rank and by 上海市.
    """
    is_city = level is Level.CITY and place.name.endswith("市")
    return level is None or place.level is level or is_city


def _nested(one: Place, other: Place) -> bool:
    return one.name == other.name or one.name in other.within or other.name in one.within


def _is_contested(
    best: str,
    ranked: Sequence[str],
    counts: Counter[str],
    places: dict[str, Place],
    *,
    is_own: bool,
) -> bool:
    """Whether another place, neither within the best nor around it, is named nearly as often."""
    rivals = [name for name in ranked[1:] if not _nested(places[best], places[name])]
    share = 2 if is_own else 3
    return any(counts[rival] * share > counts[best] for rival in rivals)
