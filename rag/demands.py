"""What a question takes for granted that a document must speak of, or it cannot answer."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rag.documents import Document, Level, RetrievedPassage
from rag.numerals import chinese_number
from rag.people import find_names, is_name
from rag.places import find_places
from rag.text import Span, fold
from rag.words import STATIC_MODEL, load_tokenizer

_YEAR = re.compile(r"(?:19|20)\d{2}(?=年)")
# 2023年的工作报告: the year is that of the document, which need not state it.
_DATED_DOCUMENT = re.compile(
    r"((?:19|20)\d{2})年度?的?[^，。？、年]{0,14}?(?:报告|方案|意见|通知|办法|规定|计划|公报|纪要|年报|讲话|文件)"
)
# What each digit of a year may be written with.
_DIGITS = ("0〇○零", "1一", "2二", "3三", "4四", "5五", "6六", "7七", "8八", "9九")
_ANY_YEAR = re.compile("(?:19|20)\\d{2}年|[一二][九〇○零][〇○零一二三四五六七八九]{2}年")
_ORDINAL = re.compile(r"第[一二三四五六七八九十百\d]+(?:次|届|期|条|章|批|轮|号|集)")
_QUOTED = re.compile("[“《「]([^“”《》「」]{2,30})[”》」]")

_AUTONOMOUS = re.compile("(?:壮族|回族|维吾尔)?自治区$")
_UNNAMED = re.compile("[\u4e00-\u9fff]某{1,2}")
_ENDS = "有限公司|集团公司|集团|医院|法院|检察院|大学|学院|银行|协会|基金会|研究院|研究所|出版社"
# 的 and the like stand in no name.
_BODY = re.compile(
    rf"(?:(?![的在哪其是、，。年])[\u4e00-\u9fffA-Za-z0-9]){{2,24}}?(?:{_ENDS})(?!{_ENDS})"
)
_BODY_END = re.compile(f"(?:{_ENDS})$")
# What asks for a body (几家医院, 由谁移送检察院) or counts some (两家医院) names none.
_ASKS = re.compile("什么|多少|怎|谁|啥|哪|几|些|[那这](?:家|个|所|间)")
_COUNTED = re.compile(r"[一两二三四五六七八九十多数各每该本\d]+[家所座间个]|个")
_LEGAL_FORM = re.compile("(?:股份)?(?:有限)?公司$")
_NAME_CHARACTERS = 4
_STEM_CHARACTERS = 2
# Towns and districts that no list names. Those that are words stand in the vocabulary: 开发区.
_AREA = re.compile("[\u4e00-\u9fff]{2,4}[区县市镇乡]")
_GENERAL_AREA = re.compile("[全各本我该某哪几多每个省]|国家|城乡|乡镇|直管|试点")
_AREA_CHARACTERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """What a document must speak of, or it cannot answer.

    Attributes:
        places: 忻州市.
        areas: What may end with the name of a place that no list has: 跟松屏区.
        years: 2018, for 2018年.
        document_years: Those of them that date a document: 2018, for 2018年的工作报告.
        ordinals: 第二十二次, 第三条.
        quoted: What stands in quotation marks, folded.
        names: Persons, companies, courts, hospitals and the like.
    """

    places: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    document_years: tuple[str, ...] = ()
    ordinals: tuple[str, ...] = ()
    quoted: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


_SORTS = ("places", "years", "ordinals", "quoted", "names")


def demands_of(question: str) -> Demands:
    """Read the demands off a question."""
    places = find_places(question)
    return Demands(
        places=tuple(dict.fromkeys(place.name for _, place in places)),
        areas=tuple(_areas(question, [span for span, _ in places])),
        years=tuple(dict.fromkeys(_YEAR.findall(question))),
        document_years=tuple(dict.fromkeys(_DATED_DOCUMENT.findall(question))),
        ordinals=tuple(dict.fromkeys(_ORDINAL.findall(question))),
        quoted=tuple(dict.fromkeys(fold(name) for name in _QUOTED.findall(question))),
        names=tuple(dict.fromkeys(_names(question))),
    )


def _areas(question: str, listed: Sequence[Span]) -> Iterable[str]:
    taken = {offset for span in listed for offset in range(span.start, span.end)}
    for match in _AREA.finditer(question):
        if match.end() - 1 not in taken:
            yield match.group()


def _names(question: str) -> Iterable[str]:
    """Names of persons, and bodies by what they end with: where these begin is not known yet."""
    yield from (name for _, name in find_names(question) if not _ASKS.search(name))
    yield from filter(is_name, _UNNAMED.findall(question))
    for match in _BODY.finditer(question):
        asked = question[: match.start()].endswith("哪")
        if not (asked or _ASKS.search(match.group()) or _COUNTED.match(match.group())):
            yield match.group()


def resolve(demands: Demands, retrieved: Sequence[RetrievedPassage]) -> Demands:
    """Each name cut down to the longest part of it that stands in one of the documents.

    结合创新科技有限公司 names 创新科技有限公司, and so does 创新科技. A name of which nothing
    stands anywhere stays as it is. What may end with the name of a place becomes a place where
    a document's title has such a name first or right behind a mark, else nothing.
    """
    if demands.areas:
        found = _places_among(demands.areas, retrieved)
        places = dict.fromkeys((*demands.places, *found))
        demands = replace(demands, places=tuple(places), areas=())
    if not demands.names:
        return demands
    texts = [_whole(one.document) for one in retrieved]
    names = tuple(
        next((tail for tail in _tails(name) if any(_names_in(tail, text) for text in texts)), name)
        for name in demands.names
    )
    return replace(demands, names=names)


def _places_among(areas: Sequence[str], retrieved: Sequence[RetrievedPassage]) -> Iterable[str]:
    """Names of places in which `areas` end, once one of them begins a title.

    A name is the end that begins a title, else the one that stands in most texts: 日松屏区 is
    in fewer of them than 松屏区.
    """
    titles = {one.document.metadata.title for one in retrieved}
    tails = [tuple(_area_tails(area)) for area in areas]
    titled = {tail for own in tails for tail in own if any(_begins(t, tail) for t in titles)}
    texts = {_whole(one.document) for one in retrieved} if titled else set[str]()
    for own in tails if titled else ():
        standing = {tail: sum(tail in text for text in texts) for tail in own}
        name = max(own, key=lambda tail: (tail in titled, standing[tail]), default="")
        if standing.get(name):
            yield name


def _begins(title: str, name: str) -> bool:
    """Whether `name` stands first in a title or right behind a mark: 【公示】松屏区…"""
    return bool(re.search(rf"(?:^|[^\u4e00-\u9fff]){name}", title))


def _area_tails(area: str) -> Iterable[str]:
    """Ends of `area` that may be names, longest first; 开发区 and 全市 are none."""
    words = load_tokenizer(STATIC_MODEL / "tokenizer.json")
    for start in range(len(area) - _AREA_CHARACTERS + 1):
        name = area[start:]
        if not _GENERAL_AREA.match(name) and words.token_to_id(name) is None:
            yield name


def spoken_of(demands: Demands, retrieved: RetrievedPassage) -> str:
    """The demands that a passage with its document meets, as one text.

    What the document as a whole speaks of, a sentence of it need not say again.
    """
    if demands == Demands():
        return ""
    meeting = met(demands, retrieved)
    years = (f"{year}年" for year in meeting.years)
    return " ".join((*meeting.names, *meeting.places, *years))


def _tails(name: str) -> Iterable[str]:
    """The ends of a body's name, longest first, and then those without their legal form."""
    end = _BODY_END.search(name)
    last = max(end.start() - 2, 0) if end else 0
    for whole in dict.fromkeys((name, _LEGAL_FORM.sub("", name))):
        least = _NAME_CHARACTERS if whole != name else 1
        yield from (whole[i:] for i in range(last + 1) if len(whole) - i >= least)


def _stem(place: str) -> str:
    """What a place is called for short: 忻州, 西藏."""
    short = _AUTONOMOUS.sub("", place)
    if short != place:
        return short
    return place[:-1] if len(place) > 2 and place[-1] in "省市县区州" else place


def _whole(document: Document) -> str:
    place = document.metadata.place
    within = (place.name, *place.within) if place else ()
    return "\n".join((document.metadata.title, *within, document.text))


def met(demands: Demands, retrieved: RetrievedPassage) -> Demands:
    """Those of the demands that a passage with its document meets.

    A place counts when the title or the document's own place names it; where the document
    belongs to another place, the passage itself must name it, else any part of the text may:
    a province's report speaks of many cities in passing. A year counts when the text or a date
    has it, or when the document states no year anywhere; one that dates a document also when
    the document's own date is not known.
    """
    document, metadata = retrieved.document, retrieved.document.metadata
    place = metadata.place
    own = "\n".join((metadata.title, *((place.name, *place.within) if place else ())))
    local = place is not None and place.level is not Level.NATION
    spoken = own + (retrieved.passage.text if local else document.text)
    dates = [date for date in (metadata.event_date, metadata.published_date) if date]
    known = {str(date.year) for date in dates if date.year}
    whole = _whole(document)
    undated = bool(demands.years) and not known and not _ANY_YEAR.search(whole)
    folded = fold(whole) if demands.quoted else ""
    return Demands(
        places=tuple(name for name in demands.places if _stem(name) in spoken),
        years=tuple(
            year
            for year in demands.years
            if undated
            or year in known
            or (year in demands.document_years and not known)
            or _states(whole, year)
        ),
        ordinals=tuple(o for o in demands.ordinals if o in whole or in_chinese(o) in whole),
        quoted=tuple(name for name in demands.quoted if name in folded),
        names=tuple(name for name in demands.names if _names_in(name, whole)),
    )


def in_chinese(ordinal: str) -> str:
    """第15届 as 第十五届."""
    return re.sub(r"\d+", lambda match: chinese_number(int(match.group())), ordinal)


def _names_in(name: str, text: str) -> bool:
    """Whether a text has a name, or that of a body in full: 江夏法院 is 江夏区人民法院."""
    if name in text:
        return True
    end = _BODY_END.search(name)
    if end is None or end.start() < _STEM_CHARACTERS or name[:_STEM_CHARACTERS] not in text:
        return False
    stem, place, rest = name[: end.start()], name[:_STEM_CHARACTERS], name[_STEM_CHARACTERS:]
    return bool(
        re.search(f"{stem}[\u4e00-\u9fff]{{1,6}}{end.group()}|{place}[省市县区州]{rest}", text)
    )


def _states(text: str, year: str) -> bool:
    """Whether a text has a year, 1958 or 一九五八."""
    return year in text or bool(
        re.search("".join(f"[{_DIGITS[int(digit)]}]" for digit in year) + "年", text)
    )


def select(
    demands: Demands, retrieved: Sequence[RetrievedPassage]
) -> tuple[list[RetrievedPassage], tuple[str, ...]]:
    """The passages that can answer, and what none of them speaks of.

    A question may compare places or years: a passage then needs to speak of one of each sort
    only, but all of them together must speak of everything. Where something is missing
    altogether, nothing can answer, and no passage is left.

    Args:
        demands: With its names as `resolve` leaves them.
        retrieved: In any order, which is kept.
    """
    if demands == Demands():
        return list(retrieved), ()
    able = {one.passage.passage_id: met(demands, one) for one in retrieved}
    for sort in _SORTS:
        wanted: tuple[str, ...] = getattr(demands, sort)
        found = set[str]().union(*(getattr(meeting, sort) for meeting in able.values()))
        if missing := tuple(name for name in wanted if name not in found):
            return [], missing
        if wanted:
            able = {key: meeting for key, meeting in able.items() if getattr(meeting, sort)}
    return [one for one in retrieved if one.passage.passage_id in able], ()
