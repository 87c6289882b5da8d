"""Figures, dates, ordinals and document numbers in a text, with their values.

2.6万户 and 26000户 have one value, so have 百分之五 and 5%, 三十七个 and 37个.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from rag.dates import find_dates, make_date
from rag.documents import PartialDate
from rag.numerals import CHINESE, half_width, read_number
from rag.text import Span, fold

_ARABIC = re.compile(r"\d")
_MEASURES = {
    "个百分点": "百分点",
    "个工作日": "工作日",
    "工作日": "工作日",
    "个月": "月",
    "个季度": "季度",
    "个小时": "小时",
    "平方公里": "平方公里",
    "平方米": "平方米",
    "公里": "公里",
    "千米": "公里",
    "米": "米",
    "公斤": "公斤",
    "公顷": "公顷",
    "美元": "美元",
    "小时": "小时",
    "分钟": "分钟",
    "学时": "学时",
    "人次": "人次",
    "亩": "亩",
    "吨": "吨",
    "元": "元",
    "天": "天",
    "日": "天",
    "周": "周",
    "年": "年",
    "岁": "岁",
    "倍": "倍",
    "户": "户",
    "%": "%",
    "分": "分",
}
_PEOPLE = "名人位"
_COUNTS = (
    "个家项条件种类支枚处份批所座套台辆张部场起轮只级档步次章门间块道届字股封通本册篇句桶卷栋幢艘"
)
_UNLIKE_THINGS = frozenset(("人", "次"))
_UNITS = "|".join([*sorted(_MEASURES, key=len, reverse=True), *_PEOPLE, *_COUNTS])
_APPROXIMATELY = r"(?:[余多]|来(?=[个名人项]))"
# Some set Arabic digits apart: 共有 37 个.
_GAP = r"[ \t\u00a0\u3000]{0,2}"
_NUMBER = (
    rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?(?:{_GAP}[万亿]{{1,2}}|[百千]?[万亿]{{0,2}})"
    rf"|(?<![几数])[{CHINESE}]{{1,12}}"
)
# What a figure may begin with: to look at that first is four times as fast.
_FIGURE = re.compile(
    rf"(?=[\d{CHINESE}第周星])(?:(?P<share>百分之(?P<per_cent>[{CHINESE}]{{1,5}}|\d+(?:\.\d+)?))"
    rf"|(?P<fraction>(?P<lower>[{CHINESE}]{{1,3}})分之(?P<upper>[{CHINESE}]{{1,3}}))"
    rf"|(?P<ordinal>第{_GAP}(?P<rank>\d{{1,4}}|[{CHINESE}]{{1,7}}){_GAP}(?P<order>[届条号章款次])"
    rf"|(?P<bare_rank>[{CHINESE}]{{1,3}})(?P<bare_order>届|中全会))"
    rf"|(?<![\d.A-Za-z第])(?P<number>{_NUMBER})(?P<about>{_APPROXIMATELY})?"
    rf"{_GAP}(?P<unit>{_UNITS})(?P<more>{_APPROXIMATELY}(?=[\u4e00-\u9fff]))?"
    rf"|(?P<tenths>(?<![\u4e00-\u9fff])[{CHINESE}]成|(?<=[少多占的了近约是到于])[{CHINESE}]成)"
    r"(?P<hundredths>[一二三四五六七八九](?![\u4e00-\u9fff]{0,2}[个项家]))?"
    r"|(?P<posts>[一二三四五六]正(?P<deputies>[一二两三四五六七八])副)"
    r"|(?P<weekday>(?:周|星期)[一二三四五六日天](?![次期个年月刊季项名])))"
)
_NUMBERED = re.compile(
    r"[〔\[（(【]\s*(?P<year>(?:19|20)\d{2})\s*[〕\]）)】]\s*(?:第\s*)?(?P<serial>\d{1,5})\s*号"
)
_PREFIX = re.compile(r"[\u4e00-\u9fff]+$")
_LONGEST_PREFIX = 12
_NOT_PREFIX = re.compile(r"^.*(?:文号|印发|[的了是为以照据见即和与及由在：])(?=[\u4e00-\u9fff])")
_ANY_DATE = re.compile(
    r"(?<![\d.])(?:(?P<year>(?:19|20)\d{2})[ \t]*年[ \t]*)?(?P<month>\d{1,2})[ \t]*月"
    r"(?:[ \t]*(?P<day>\d{1,2})[ \t]*[日号])?(?![份个])"
)
_UNTIL = re.compile(r"[ \t]*(?:至|到|[-—–~～]+)[ \t]*(\d{1,2})[日号]")
_LEAP_YEAR = 2000
WEEKDAY = "星期"
_DURATION_AFTER = re.compile(r"以?[内上下后前]|之[内后]|[的，。；）]|$")
# 公益二类 and 乡科三级 are names; 分为三类 and 共五级 count.
_IN_A_NAME = re.compile(r"[^\W\d_为共分有的成这以按等]")
_NOT_A_COUNT = re.compile(
    r"(?:方面|系列|般|些|旦|律|直|起(?![^，。]{0,6}案件)|体|致|并|切|定|样|边|些)"
)


class Sort(StrEnum):
    """What a number tells: how many, when, the how manieth, or which document."""

    FIGURE = "figure"
    ORDINAL = "ordinal"
    DATE = "date"
    DOCUMENT_NUMBER = "document_number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number in a text.

    Attributes:
        span: With its unit.
        number: Its part that a correction replaces.
        value: Comparable among quantities of one sort and unit.
        unit: Classifiers of persons are one unit, so are 天 and 日; empty for a date and a
            document number.
        is_count: It counts things, by whatever classifier.
        is_rough: 300余名, 近百个.
        is_chinese: Written in Chinese numerals.
        until: The last day of a date that goes on for some days, or None.
        comparability: The same for quantities that can be compared: things counted by whatever
            classifier can, persons and times that something happens only among themselves.
    """

    span: Span
    number: Span
    sort: Sort
    value: Fraction | PartialDate | str
    unit: str = ""
    is_count: bool = False
    is_rough: bool = False
    is_chinese: bool = False
    until: int | None = None
    comparability: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        is_thing = self.is_count and self.unit not in _UNLIKE_THINGS
        comparability = f"{self.sort.value} {'' if is_thing else self.unit}"
        object.__setattr__(self, "comparability", comparability)


def find_quantities(text: str, *, within: Span | None = None) -> list[Quantity]:
    """Quantities in order of place, overlapping none.

    Left out are 一个 and the like, which mostly count nothing, and numbers without a unit.

    Args:
        text: Any text.
        within: Only this part of `text`; spans still count from the start of `text`.
    """
    within = within or Span(0, len(text))
    dates = [
        Quantity(
            span=span,
            number=span,
            sort=Sort.DATE,
            value=date,
            is_chinese=not _ARABIC.search(text, span.start, span.end),
            until=_last_day(text, span, within),
        )
        for span, date in find_dates(text, within=within)
    ]
    impossible = find_impossible_dates(text, within=within)
    if impossible:
        dates = [one for one in dates if not any(one.span.overlaps(bad) for bad in impossible)]
    found = [*find_document_numbers(text, within=within), *dates, *_figures(text, within)]
    found.sort(key=lambda one: (one.span.start, -one.span.end))
    kept = list[Quantity]()
    for one in found:
        if not kept or kept[-1].span.end <= one.span.start:
            kept.append(one)
    return kept


def _last_day(text: str, span: Span, within: Span) -> int | None:
    """28 for 2月26日至28日."""
    match = _UNTIL.match(text, span.end, within.end)
    return int(match[1]) if match else None


def find_impossible_dates(text: str, *, within: Span | None = None) -> list[Span]:
    """Dates that the calendar does not have (2月30日, 2018年17月), in order of place.

    Args:
        text: Any text.
        within: Only this part of `text`; spans still count from the start of `text`.
    """
    found = list[Span]()
    for match in _matches(_ANY_DATE, text, within, sign="月"):
        month, day = int(match["month"]), int(match["day"] or 1)
        year = int(match["year"]) if match["year"] else _LEAP_YEAR
        if make_date(year, month, day) is None:
            found.append(Span(match.start(), match.end()))
    return found


def _matches(
    pattern: re.Pattern[str], text: str, within: Span | None, *, sign: str
) -> Iterator[re.Match[str]]:
    """Matches of a pattern that needs a sign: to look for that first is the faster way."""
    within = within or Span(0, len(text))
    if text.find(sign, within.start, within.end) >= 0:
        yield from pattern.finditer(half_width(text, within=within), within.start, within.end)


def find_document_numbers(text: str, *, within: Span | None = None) -> list[Quantity]:
    """国发〔2018〕27号, with whatever brackets; the value is written with 〔〕.

    Args:
        text: Any text.
        within: Only this part of `text`; spans still count from the start of `text`.
    """
    found = list[Quantity]()
    for match in _matches(_NUMBERED, text, within, sign="号"):
        before = text[max(match.pos, match.start() - _LONGEST_PREFIX) : match.start()].rstrip()
        run = _PREFIX.search(before)
        prefix = _NOT_PREFIX.sub("", run[0]) if run else ""
        if not prefix:
            continue
        start = text.rindex(prefix, 0, match.start())
        span = Span(start, match.end())
        value = f"{fold(prefix)}〔{match['year']}〕{int(match['serial'])}号"
        found.append(Quantity(span=span, number=span, sort=Sort.DOCUMENT_NUMBER, value=value))
    return found


def _figures(text: str, within: Span) -> Iterator[Quantity]:
    for match in _FIGURE.finditer(half_width(text, within=within), within.start, within.end):
        quantity = _read_figure(match)
        if quantity is not None:
            yield quantity


def _read_figure(match: re.Match[str]) -> Quantity | None:
    if match["number"]:
        return _counted(match)
    if match["ordinal"]:
        return _ordinal(match)
    if match["weekday"]:
        return _weekday(match)
    if match["posts"]:
        return _posts(match)
    return _share(match)


def _posts(match: re.Match[str]) -> Quantity | None:
    """一正二副: how many deputies there are; the one in charge is one."""
    value = read_number(match["deputies"])
    if value is None:
        return None
    return Quantity(
        span=Span(match.start(), match.end()),
        number=Span(match.start("deputies"), match.end("deputies")),
        sort=Sort.FIGURE,
        value=value,
        unit="副",
        is_chinese=True,
    )


def _weekday(match: re.Match[str]) -> Quantity:
    day = "一二三四五六日".find(match[0][-1].replace("天", "日")) + 1
    return Quantity(
        span=Span(match.start(), match.end()),
        number=Span(match.end() - 1, match.end()),
        sort=Sort.FIGURE,
        value=Fraction(day),
        unit=WEEKDAY,
        is_chinese=True,
    )


def _share(match: re.Match[str]) -> Quantity | None:
    """百分之五, 三分之二, 六成, 七成七: all of them per cent."""
    number = Span(match.start(), match.end())
    if match["share"]:
        value = read_number(match["per_cent"])
        number = Span(match.start("per_cent"), match.end("per_cent"))
    elif match["fraction"]:
        lower, upper = read_number(match["lower"]), read_number(match["upper"])
        value = upper / lower * 100 if lower and upper is not None else None
    else:
        tenths = read_number(match["tenths"][:-1])
        hundredths = read_number(match["hundredths"] or "零")
        value = None if tenths is None or hundredths is None else tenths * 10 + hundredths
    if value is None:
        return None
    return Quantity(
        span=Span(match.start(), match.end()),
        number=number,
        sort=Sort.FIGURE,
        value=value,
        unit="%",
        is_chinese=not match.string[number.start].isascii(),
        is_rough=bool(match["tenths"]) and not match["hundredths"],
    )


def _ordinal(match: re.Match[str]) -> Quantity | None:
    rank = "rank" if match["rank"] else "bare_rank"
    value = read_number(match[rank])
    if value is None:
        return None
    return Quantity(
        span=Span(match.start(), match.end()),
        number=Span(match.start(rank), match.end(rank)),
        sort=Sort.ORDINAL,
        value=value,
        unit=match["order"] or match["bare_order"],
        is_chinese=not match[rank].isascii(),
    )


def _counted(match: re.Match[str]) -> Quantity | None:
    value = read_number(match["number"])
    unit = match["unit"]
    is_chinese = not match["number"][0].isascii()
    if value is None or (is_chinese and value <= 1) or (unit == "年" and value >= 1000):
        return None
    if match.string[match.start("unit") - 1].isspace() and _numbers_line(match):
        return None
    start, end = match.start(), match.end("unit")
    rest = match.string[end : min(end + 2, match.endpos)]
    if unit == "日" and not _DURATION_AFTER.match(rest):
        return None
    if is_chinese and unit in _COUNTS and _NOT_A_COUNT.match(rest):
        return None
    before = match.string[max(match.pos, start - 1) : start]
    if is_chinese and unit in "类级档等" and _IN_A_NAME.search(before):
        return None
    return Quantity(
        span=Span(start, end),
        number=Span(match.start("number"), match.end("number")),
        sort=Sort.FIGURE,
        value=value,
        unit=_MEASURES.get(unit, "人" if unit in _PEOPLE else unit),
        is_count=unit in _PEOPLE or unit in _COUNTS,
        is_rough=bool(match["about"] or match["more"]),
        is_chinese=is_chinese,
    )


def _numbers_line(match: re.Match[str]) -> bool:
    """Whether a number stands first in its line: the 2 of 2 部门职责 counts no 部."""
    line = max(match.pos, match.string.rfind("\n", match.pos, match.start()) + 1)
    return not match.string[line : match.start()].strip()
