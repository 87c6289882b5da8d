"""Administrative areas of China: provinces, cities, counties and districts, found in text.

The names are in `places.txt` beside this module. Counties and districts that share a name
(市中区, 鼓楼区) are told apart by the city that stands before them, else by a city or province
named elsewhere in the text; where neither helps, the place is found but what holds it stays
unknown.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rag.documents import Level, Place
from rag.text import Span

_DATA = Path(__file__).with_name("places.txt")
_SUFFIX = re.compile(r"[省市区县旗盟州]")
_LONGEST_NAME = 15
_NATIONALITIES = (
    "蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 拉祜 水 "
    "东乡 纳西 "
    "景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 裕固 保安 独龙 各"
).split()
_SELF_RULE = re.compile(
    rf"(?:(?:{'|'.join(_NATIONALITIES)})族)+自治|各族自治|蒙古自治|哈萨克自治|柯尔克孜自治"
)
_NATIONALITY = re.compile(rf"(?:{'|'.join(_NATIONALITIES)})族$")
# Words of the language that are also names: only believed right behind a place that holds them.
_WORDS_TOO = frozenset(
    "新城区 老城区 城中区 城东区 城西区 城北区 城关区 港口区 解放区 山城区 古城区 水城区 河口区 "
    "海港区 工农区 前进区 新市区 西市区 平安区 新兴区 新建区 友好区 安定区 复兴区 站前区 江南区 "
    "南部县 中方县 沿河县 东风区 向阳区 振兴区 卫东区 红旗区 城口县 前锋区 青山区 新区 "
    "会同县".split()
)
_SHORT_WORDS_TOO = frozenset(
    "长治 大同 安康 来宾 白银 朝阳 中山 东方 黄山 三明 儋州 三沙 百色 海东 海北 海南州 大理 红河 "
    "和田 黄南 保山 和平 资阳 自贡 吉安 玉树 通化 平凉 河源 北海 山南 丽水 玉溪 文山 甘孜".split()
)
_NOT_AFTER = {
    "市": re.compile(r"场(?!镇)|值|容|盈"),
    "区": re.compile(r"[域位划间别分]"),
    "县": re.compile(r"[域城]?(?:级|市)|城"),
    "州": re.compile(r"[市区县]"),
}
_GENERAL_BEFORE_MARKET = re.compile(r"[全我本各该省]$")
_BOUNDARY_BEFORE = re.compile(r"(?:^|[^\u4e00-\u9fff]|[在到的于从])$")


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    """Full names and the names used for short, each with every place it may mean."""

    full: dict[str, tuple[Place, ...]]
    short: dict[str, Place]
    short_pattern: re.Pattern[str]


def _add(names: dict[str, list[Place]], name: str, level: Level, within: tuple[str, ...]) -> None:
    place = Place(name=name, level=level, within=within)
    entries = names.setdefault(name, [])
    if place not in entries:
        entries.append(place)


def _plain_name(name: str) -> str | None:
    """What an area with self-rule or a nationality in its name is called for short."""
    plain = _SELF_RULE.sub("", name)
    if plain != name and len(plain) > 2:
        return plain
    stem, suffix = name[:-1], name[-1]
    plain = _NATIONALITY.sub("", stem)
    return plain + suffix if suffix == "区" and plain != stem and len(plain) > 1 else None


def _add_county(names: dict[str, list[Place]], name: str, within: tuple[str, ...]) -> None:
    for each in filter(None, (name, _plain_name(name))):
        _add(names, each, Level.COUNTY, within)


def _add_line(
    names: dict[str, list[Place]], short: dict[str, Place], line: str, province: str
) -> None:
    city, *columns = line.split("|")
    within = (province,)
    if city != "-":
        short_name = _plain_name(city) or city
        _add(names, city, Level.CITY, within)
        _add(names, short_name, Level.CITY, within)
        stem = re.sub(r"(?:市|地区|州|盟)$", "", short_name)
        if len(stem) > 1 and stem not in _SHORT_WORDS_TOO:
            short.setdefault(stem, Place(name=short_name, level=Level.CITY, within=within))
        within = (city, province)
    for column, suffix in zip(columns, ("区", "县", "市", ""), strict=True):
        for stem in column.split():
            _add_county(names, stem + suffix, within)


@lru_cache(maxsize=1)
def _gazetteer() -> _Gazetteer:
    names = dict[str, list[Place]]()
    short = dict[str, Place]()
    province = ""
    for line in _DATA.read_text(encoding="utf-8").splitlines():
        if line.startswith(">"):
            _, province, short_name = line.split()
            _add(names, province, Level.PROVINCE, ())
            short[short_name] = Place(name=province, level=Level.PROVINCE)
        elif line and not line.startswith("#"):
            _add_line(names, short, line, province)
    for name in [name for name in names if name.endswith("市") and len(name) > 2]:
        former = name[:-1] + "县"  # most cities of county rank were counties before
        for place in names[name] if former not in names else ():
            if place.level is Level.COUNTY:
                _add(names, former, Level.COUNTY, place.within)
    ordered = sorted(short, key=len, reverse=True)
    return _Gazetteer(
        {name: tuple(places) for name, places in names.items()},
        short,
        re.compile("|".join(map(re.escape, ordered))),
    )


def _stands_alone(text: str, start: int, end: int, previous_end: int | None) -> bool:
    """Whether `text[start:end]` is the name and not part of other words."""
    name = text[start:end]
    after = _NOT_AFTER.get(name[-1])
    if after and after.match(text, end):
        return False
    if previous_end == start:
        return True
    before = text[max(0, start - 1) : start]
    if name in _WORDS_TOO or (len(name) == 2 and name[-1] in "区市"):
        return False
    if name[0] in "市省" and _GENERAL_BEFORE_MARKET.search(before):
        return False
    return len(name) > 2 or bool(_BOUNDARY_BEFORE.search(before))


def _full_names(text: str) -> list[Span]:
    """Spans of full names, the longest where several end at one place, none overlapping."""
    names = _gazetteer().full
    spans = list[Span]()
    position = 0
    for suffix in _SUFFIX.finditer(text):
        end = suffix.end()
        for start in range(max(position, end - _LONGEST_NAME), end - 1):
            if text[start:end] in names:
                previous_end = spans[-1].end if spans else None
                if _stands_alone(text, start, end, previous_end):
                    spans.append(Span(start, end))
                    position = end
                break
    return spans


def _former_name(name: str) -> tuple[Place, ...]:
    """A county that has since become a city or district, or the reverse: 宁乡县."""
    stem = name[:-1]
    if len(stem) < 2 or name[-1] not in "县市":
        return ()
    places = {
        place.within: Place(name=name, level=Level.COUNTY, within=place.within)
        for suffix in "县市区"
        for place in _gazetteer().full.get(stem + suffix, ())
        if place.level is Level.COUNTY
    }
    return tuple(places.values())


def _resolved(options: Sequence[Place], *, before: Place | None, others: frozenset[str]) -> Place:
    """The one place that is meant, or one with only what all options share."""
    if len(options) == 1:
        return options[0]
    if before is not None:
        held = [place for place in options if before.name in place.within]
        if held:
            return held[0] if len(held) == 1 else _shared(held)
    for level in (0, 1):
        held = [
            place
            for place in options
            if len(place.within) > level and place.within[level] in others
        ]
        if len(held) == 1:
            return held[0]
    return _shared(options)


def _shared(options: Sequence[Place]) -> Place:
    first = options[0]
    within = tuple(name for name in first.within if all(name in place.within for place in options))
    return Place(name=first.name, level=first.level, within=within)


def _short_names(text: str, taken: Sequence[Span]) -> list[tuple[Span, Place]]:
    gazetteer = _gazetteer()
    starts = {offset for span in taken for offset in range(span.start, span.end)}
    return [
        (Span(match.start(), match.end()), gazetteer.short[match[0]])
        for match in gazetteer.short_pattern.finditer(text)
        if match.start() not in starts and match.end() - 1 not in starts
    ]


def find_places(text: str) -> list[tuple[Span, Place]]:
    """Administrative areas named in `text`, in order of place, none overlapping.

    Found are full names (忻州市, 二七区), the names of areas with self-rule without their
    nationalities (阿坝州), and provinces and most prefecture-level cities without their
    suffix (江苏, 忻州), which give the place under its full name. A name that is also a
    word (新城区, 长治) is believed only with its suffix and, for some, behind the city that
    holds it. A city or county named in full is found without its suffix as well.
    """
    names = _gazetteer().full
    spans = _full_names(text)
    short = _short_names(text, spans)
    named = frozenset(span.of(text) for span in spans) | {place.name for _, place in short}
    found = list[tuple[Span, Place]]()
    for span in spans:
        before = next((place for other, place in found[-1:] if other.end == span.start), None)
        if before is None:
            before = next((place for other, place in short if other.end == span.start), None)
        options = names[span.of(text)]
        found.append((span, _resolved(options, before=before, others=named)))
    found += _repeated_without_suffix(text, found, [span for span, _ in short])
    return sorted([*found, *short], key=lambda pair: pair[0])


def _repeated_without_suffix(
    text: str, found: Sequence[tuple[Span, Place]], taken: Sequence[Span]
) -> list[tuple[Span, Place]]:
    """Cities and counties named in full somewhere, where they stand without their suffix."""
    stems = {
        place.name[:-1]: place
        for _, place in found
        if place.name[-1] in "市县" and len(place.name) > 2 and place.level is not Level.PROVINCE
    }
    if not stems:
        return []
    ends = {span.start + len(span) for span, _ in found} | {span.end for span in taken}
    ordered = sorted(stems, key=len, reverse=True)
    return [
        (Span(match.start(), match.end()), stems[match[0]])
        for match in re.finditer("|".join(map(re.escape, ordered)), text)
        if match.end() not in ends and match.end() + 1 not in ends
    ]


def find_place(name: str, *, within: str | None = None) -> Place | None:
    """The area called `name` in full or for short, or None where none or several are.

    Args:
        within: Full name of an area that must hold it: tells 市中区 of 济南市 from others, and
            finds a county without its suffix (长葛 in 河南省).
    """
    gazetteer = _gazetteer()
    options = [*gazetteer.full.get(name, ()), *_former_name(name)]
    if name in gazetteer.short and not options:
        options.append(gazetteer.short[name])
    if within is not None:
        if not options:
            options = [
                place for suffix in "市县区旗" for place in gazetteer.full.get(name + suffix, ())
            ]
        options = [place for place in options if within in place.within]
    return options[0] if len({place.within for place in options}) == 1 else None


def is_place(name: str) -> bool:
    """Whether `name` is an administrative area, written in full or for short."""
    gazetteer = _gazetteer()
    return name in gazetteer.full or name in gazetteer.short or bool(_former_name(name))
