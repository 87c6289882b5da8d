"""Which place and which years a sentence speaks of: a figure of one is no figure of another."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import rjieba

from rag.dates import find_dates
from rag.documents import Document
from rag.numerals import read_number
from rag.places import find_places, is_place
from rag.text import Span

# What a sentence speaks of stands at its beginning; the nation is named anywhere.
_NATIONAL = re.compile(
    r"国务院|党中央|中共中央|中央(?![和与]省|巡视)|全国(?!性|先进|前列)|党和国家|我国|《[^》]{2,60}》|"
    r"国家[\u4e00-\u9fff]{2,12}?(?:局|部|署|院|委员会|委|办公室)|"
    r"(?<!委)(?:财政|司法|公安|民政|教育|组织|宣传|统战|发展改革)部(?![部门长队])|两办|中办|国办|新华社|(?:十[一二三四五六七八九]?|二十|[七八九])届"
)
_BEGINNING = 24
_NATION = frozenset(("全国", "中国", "国家"))
_FORM = re.compile(
    r"(?:^|(?<=[，。；：、“（\s在由对和与从向到]))(?P<name>[\u4e00-\u9fff]{2,3}(?:省|(?<![城都超门])市|(?<![社地园景城])区|县|州|盟|旗|镇|乡|街道))"
    r"(?![场域位划间长级])(?<!乡(?=[镇村]))"
)
_NO_NAME = re.compile(
    r"^[全各本该我此两多某整外县市区州省镇乡他她它这那给拿派把离到进往回下去来要送讲宣请叫帮替让使过现原"
    r"从前当由同每几数其以及或之后比按照跟像若如]"
    r"|^经(?!开)|^(?:城|农|社|地|园|山|郊|景|辖|新|库|片|开发|自治|直辖|地级|县级|中心|行政|示例|[一二三四五六七八九十])"
    r"|乡镇|市县|县[市区乡]|区县|省市|[的了和与在是个各级全到给们要求两几数每其又也都就才再还很更最没不有将被把刚已前后阵子里由从于向对按]"
)
# Tags of the segmenter: verbs, adverbs, times, pronouns, prepositions, conjunctions.
_TAGS_OF_NO_NAME = frozenset("vdtrpc")
_TAGS_OF_REFERENCE = frozenset("rc")
_NO_NAME_ENDS = re.compile("[报出自到请给处]$")
_CONGRESS = "届全国"
_SESSION = re.compile(
    r"(?P<congress>[五六七八九]|十[一二三四五]?)届全国(?:人大|人民代表大会)(?:第)?"
    r"(?P<session>[一二三四五])次会议"
)
_FIRST_CONGRESS, _FIRST_YEAR, _TERM = 5, 1978, 5
_AT = re.compile(r"[在于][\u4e00-\u9fff]{0,4}$")
_VENUE = re.compile(r"(?:召开|举行|举办|开(?![展设])|揭牌|考察|调研|会见|发布|开幕)")
_JOINED = re.compile(r"[、和与及]|以及")
_STEM = re.compile(r"(?:自治[区州县旗]|[省市区县州盟旗镇乡]|街道)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a sentence speaks of.

    Attributes:
        places: Names of areas, without what kind they are; of nested ones the innermost.
        is_national: It names the nation's bodies or a document.
        years: That it names.
        topic_years: Those of them that stand without a month: 2018年改革 is what a paragraph
            speaks of, 2018年3月17日 only when something was.
    """

    places: frozenset[str]
    is_national: bool
    years: frozenset[int]
    topic_years: frozenset[int]

    def within(self, outer: "Scope") -> "Scope":
        """With what it does not say itself taken from the sentences around it."""
        is_open = not self.places and not self.is_national
        return Scope(
            places=outer.places if is_open else self.places,
            is_national=outer.is_national if is_open else self.is_national,
            years=self.years or outer.topic_years,
            topic_years=self.topic_years or outer.topic_years,
        )

    def in_years_of(self, other: "Scope") -> "Scope":
        """With the years of another one."""
        return replace(self, years=other.years, topic_years=other.topic_years)


NOWHERE = Scope(places=frozenset(), is_national=False, years=frozenset(), topic_years=frozenset())


def place_spans(text: str, *, known: frozenset[str] = frozenset()) -> list[tuple[Span, str]]:
    """Areas that `text` names, in order, with their names.

    Args:
        text: Any text.
        known: Names of areas besides those of the gazetteer: where the library's documents
            come from.
    """
    found = [(span, place.name) for span, place in find_places(text)]
    taken = [span for span, _ in found]
    if known and (pattern := _pattern(known)) is not None:
        for match in pattern.finditer(text):
            span = Span(match.start(), match.end())
            if not any(span.overlaps(other) for other in taken):
                found.append((span, match[0]))
                taken.append(span)
    for match in _FORM.finditer(text):
        span = Span(match.start("name"), match.end("name"))
        if text[span.end - 2] == text[span.end - 1]:  # 青石区区委: the second 区 is the body's
            span = Span(span.start, span.end - 1)
        name = span.of(text)
        if _may_be_named(name) and not any(span.overlaps(one) for one in taken):
            found.append((span, name))
            taken.append(span)
    return sorted(found, key=lambda pair: pair[0])


@lru_cache(maxsize=1024)
def _may_be_named(name: str) -> bool:
    """Whether a name known by its form alone is one: 听取市 and 经会同市 are none, for what
    stands before 市 holds a verb, a pronoun, a time.
    """
    if _NO_NAME.search(name):
        return False
    words = rjieba.tag(stem(name))
    return not _NO_NAME_ENDS.search(stem(name)) and not any(
        tag[0] in _TAGS_OF_NO_NAME and (len(word) > 1 or tag[0] in _TAGS_OF_REFERENCE)
        for word, tag in words
    )


@lru_cache(maxsize=4)
def _pattern(known: frozenset[str]) -> re.Pattern[str] | None:
    full = {name for name in known if len(name) > 2}
    # A place that the gazetteer does not know is written for short as others are: 临渚两县.
    short = {stem(name) for name in full if not is_place(name)}
    names = sorted(full | {name for name in short if len(name) > 1}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, names))) if names else None


def innermost(found: Iterable[tuple[Span, str]]) -> frozenset[str]:
    """Stems of the places; of 云川市青石区 only 青石."""
    pairs = list(found)
    starts = {span.start for span, _ in pairs}
    return frozenset(stem(name) for span, name in pairs if span.end not in starts)


def stem(name: str) -> str:
    """云川市 → 云川; a name of two characters stays."""
    bare = _STEM.sub("", name)
    return bare if len(bare) > 1 else name


def read_scope(text: str, *, known: frozenset[str] = frozenset()) -> Scope:
    """What `text`, a sentence or heading, speaks of by itself."""
    dates = [date for _, date in find_dates(text) if date.year is not None]
    congresses = _congress_years(text)
    return Scope(
        places=innermost(_subjects(text, known)),
        is_national=bool(_NATIONAL.search(text[:_BEGINNING])),
        years=congresses.union(date.year for date in dates if date.year),
        topic_years=congresses.union(
            date.year for date in dates if date.year and date.month is None
        ),
    )


def _congress_years(text: str) -> frozenset[int]:
    """In which years the sessions of the National People's Congress were that `text` names: one
    each year, a new congress every five years since 1978.
    """
    if _CONGRESS not in text:
        return frozenset()
    found = (
        (read_number(match["congress"]), read_number(match["session"]))
        for match in _SESSION.finditer(text)
    )
    return frozenset(
        _FIRST_YEAR + _TERM * (int(congress) - _FIRST_CONGRESS) + int(session) - 1
        for congress, session in found
        if congress is not None and session is not None
    )


def _subjects(text: str, known: frozenset[str]) -> list[tuple[Span, str]]:
    """Areas that `text` names, but for those where something merely took place (在北京揭牌)."""
    found = place_spans(text, known=known)
    starts = {span.start for span, _ in found}
    return [
        (span, name)
        for span, name in found
        if span.end in starts
        or not _VENUE.match(text, span.end)
        or not _AT.search(text[: span.start])
    ]


def scopes_at(
    text: str, offsets: Sequence[int], *, known: frozenset[str] = frozenset()
) -> list[Scope]:
    """What `text`, a sentence, speaks of at each of several places in it.

    Where it names several areas, the one that counts is the last before a place, of two that
    are joined (和, 、) both; before the first of them it is the first.
    """
    scope = read_scope(text, known=known)
    if len(scope.places) < 2:
        return [scope] * len(offsets)
    found = _subjects(text, known)
    starts = {span.start for span, _ in found}
    found = [(span, name) for span, name in found if span.end not in starts]
    return [replace(scope, places=_nearest(text, found, offset)) for offset in offsets]


def _nearest(text: str, found: Sequence[tuple[Span, str]], offset: int) -> frozenset[str]:
    before = [pair for pair in found if pair[0].end <= offset] or [found[0]]
    nearest = [before[-1]]
    for span, name in reversed(before[:-1]):
        if not _JOINED.fullmatch(text[span.end : nearest[-1][0].start]):
            break
        nearest.append((span, name))
    return frozenset(stem(name) for _, name in nearest)


def document_scope(document: Document, *, known: frozenset[str] = frozenset()) -> Scope:
    """What a document as a whole speaks of: where and when it comes from, or its title."""
    metadata = document.metadata
    title = read_scope(metadata.title, known=known)
    place = metadata.place
    if place is not None and place.name in _NATION:
        places = frozenset[str]()
    else:
        places = frozenset((stem(place.name),)) if place else title.places
    date = metadata.event_date or metadata.published_date
    years = title.years or (frozenset((date.year,)) if date and date.year else frozenset())
    return Scope(places=places, is_national=not places, years=years, topic_years=years)


def places_agree(ours: Iterable[Scope], theirs: Scope) -> bool:
    """Whether a draft and a document may speak of the same area.

    They do when they share one, or both speak of the nation. What a draft says of nowhere may
    be of anywhere.

    Args:
        ours: What the draft's sentence may speak of.
        theirs: What the document speaks of.
    """
    return any(_places_agree(one, theirs) for one in ours)


def _places_agree(ours: Scope, theirs: Scope) -> bool:
    if ours.places and theirs.places:
        return not ours.places.isdisjoint(theirs.places)
    if ours.is_national and theirs.is_national:
        return True
    return not ours.places and not ours.is_national
