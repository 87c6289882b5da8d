"""What a Word file's styles and numbering say about a paragraph."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from ingest.readers.office_package import attribute, child, local_name
from rag.numerals import chinese_number

_HEADING_NAME = re.compile(r"(?:heading|标题|heading\s*#|h)\s*([1-9])\b", re.IGNORECASE)
_CONTENTS_NAME = re.compile(r"(?:toc|目录)\s*\d*\s*$|toc heading", re.IGNORECASE)
_MAX_BASED_ON = 12

_TRADITIONAL = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """A paragraph style.

    Attributes:
        outline_level: 0 for the highest heading level; None for body text.
        numbering: (numbering id, depth), as far as the style sets them.
    """

    name: str = ""
    based_on: str | None = None
    outline_level: int | None = None
    numbering: tuple[str | None, int | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Styles:
    """The paragraph styles of a document, by id."""

    by_id: dict[str, Style] = field(default_factory=dict[str, Style])

    def chain(self, style_id: str | None) -> list[Style]:
        """A style and those it is based on, nearest first."""
        found = list[Style]()
        while style_id in self.by_id and len(found) < _MAX_BASED_ON:
            found.append(self.by_id[style_id])
            style_id = found[-1].based_on
        return found

    def is_contents(self, style_id: str | None) -> bool:
        """Whether the paragraph belongs to a generated table of contents."""
        return any(_CONTENTS_NAME.match(style.name) for style in self.chain(style_id)[:1])

    def heading_level(self, properties: Element | None) -> int:
        """1 to 9 for a heading, by its own outline level, else its style; 0 for other text."""
        own = _number(attribute(child(properties, "outlineLvl"), "val"))
        if own is not None:
            return own + 1 if 0 <= own <= 8 else 0
        for style in self.chain(attribute(child(properties, "pStyle"), "val")):
            if match := _HEADING_NAME.match(style.name):
                return int(match[1])
            if style.name.lower() in {"title", "标题", "文章标题", "大标题"}:
                return 1
            if style.outline_level is not None and style.outline_level <= 8:
                return style.outline_level + 1
        return 0

    def numbering(self, properties: Element | None) -> tuple[str, int] | None:
        """(numbering id, depth) of an automatically numbered paragraph, else None."""
        number_id, depth = _numbering(properties)
        for style in self.chain(attribute(child(properties, "pStyle"), "val")):
            number_id = number_id if number_id is not None else style.numbering[0]
            depth = depth if depth is not None else style.numbering[1]
        return None if number_id in {None, "0"} else (str(number_id), depth or 0)


def read_styles(root: Element | None) -> Styles:
    """The styles of a styles part; none without one."""
    styles = dict[str, Style]()
    for item in root if root is not None else ():
        style_id = attribute(item, "styleId")
        if local_name(item) == "style" and style_id:
            properties = child(item, "pPr")
            styles[style_id] = Style(
                name=attribute(child(item, "name"), "val") or "",
                based_on=attribute(child(item, "basedOn"), "val"),
                outline_level=_number(attribute(child(properties, "outlineLvl"), "val")),
                numbering=_numbering(properties),
            )
    return Styles(styles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One depth of a numbering: how its numbers are written."""

    number_format: str = "decimal"
    pattern: str = ""
    start: int = 1


class Numbering:
    """Counts automatically numbered paragraphs, in the order of the document.

    Word stores no number with a paragraph: it counts when it shows the text, and so do we.
    """

    def __init__(self, root: Element | None):
        self._abstract = dict[str, dict[int, Level]]()
        self._of_number = dict[str, str]()
        self._starts = dict[tuple[str, int], int]()
        self._counters = defaultdict[str, dict[int, int]](dict[int, int])
        self._started = set[tuple[str, int]]()
        for item in root if root is not None else ():
            if local_name(item) == "abstractNum":
                self._abstract[attribute(item, "abstractNumId") or ""] = _levels(item)
            elif local_name(item) == "num":
                self._add_number(item)

    def next_label(self, number_id: str, depth: int) -> str:
        """The number of the next paragraph at this depth, as Word shows it; bullets are empty."""
        abstract_id = self._of_number.get(number_id, "")
        levels = self._abstract.get(abstract_id, {})
        level = levels.get(depth)
        if level is None:
            return ""
        counters = self._counters[abstract_id]
        restart = self._starts.get((number_id, depth))
        if restart is not None and (number_id, depth) not in self._started:
            counters[depth] = restart
        else:
            counters[depth] = counters.get(depth, level.start - 1) + 1
        self._started.add((number_id, depth))
        for deeper in [key for key in counters if key > depth]:
            del counters[deeper]
        return _label(level, levels, counters)

    def _add_number(self, item: Element) -> None:
        number_id = attribute(item, "numId") or ""
        self._of_number[number_id] = attribute(child(item, "abstractNumId"), "val") or ""
        for override in item:
            start = _number(attribute(child(override, "startOverride"), "val"))
            depth = _number(attribute(override, "ilvl"))
            if start is not None and depth is not None:
                self._starts[number_id, depth] = start


def _levels(item: Element) -> dict[int, Level]:
    levels = dict[int, Level]()
    for found in item:
        depth = _number(attribute(found, "ilvl"))
        if local_name(found) == "lvl" and depth is not None:
            start = _number(attribute(child(found, "start"), "val"))
            levels[depth] = Level(
                number_format=attribute(child(found, "numFmt"), "val") or "decimal",
                pattern=attribute(child(found, "lvlText"), "val") or "",
                start=1 if start is None else start,
            )
    return levels


def _label(level: Level, levels: dict[int, Level], counters: dict[int, int]) -> str:
    if level.number_format in {"bullet", "none"}:
        return ""

    def written(match: re.Match[str]) -> str:
        depth = int(match[1]) - 1
        of_depth = levels.get(depth, Level())
        return format_number(counters.get(depth, of_depth.start), of_depth.number_format)

    label = re.sub(r"%([1-9])", written, level.pattern)
    return f"{label} " if label and label[-1].isascii() and label[-1] not in ")]" else label


def format_number(number: int, number_format: str) -> str:
    """`number` in one of Word's number formats; an unknown format gives Arabic digits."""
    lowered = number_format.lower()
    if lowered in {"decimalenclosedcircle", "decimalenclosedcirclechinese"} and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    if lowered == "decimalfullwidth":
        return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))
    if "chinese" in lowered or "japanese" in lowered or lowered == "ideographdigital":
        return chinese_number(number)
    if lowered in {"ideographtraditional", "ideographzodiac"}:
        signs = _TRADITIONAL if lowered.endswith("traditional") else _BRANCHES
        return signs[(number - 1) % len(signs)]
    if lowered.endswith("letter") and number >= 1:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter.upper() if lowered.startswith("upper") else letter
    if lowered.endswith("roman") and 1 <= number < 4000:
        return _roman(number) if lowered.startswith("upper") else _roman(number).lower()
    return str(number)


def _roman(number: int) -> str:
    written = ""
    values = (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1)
    for value, sign in zip(values, "M CM D CD C XC L XL X IX V IV I".split(), strict=True):
        count, number = divmod(number, value)
        written += sign * count
    return written


def _numbering(properties: Element | None) -> tuple[str | None, int | None]:
    holder = child(properties, "numPr")
    return attribute(child(holder, "numId"), "val"), _number(
        attribute(child(holder, "ilvl"), "val")
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"-?\d{1,6}", text) else None
