"""What a passage says by itself, found in the plainest way: faults are checked by it.

With nothing of `rag` in it that checks replies: what both shared, both could have wrong.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from evals.quotations.oracle import plain

_DIGITS: Final = {one: number for number, one in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
}
_UNITS: Final = {"十": 10, "百": 100, "千": 1000}
_LARGE: Final = {"万": 10_000, "亿": 100_000_000}
_ARABIC: Final = re.compile(r"(\d+(?:\.\d+)?)([万亿]?)")
_CHINESE: Final = re.compile(r"[零〇一二两三四五六七八九十百千万亿]+")
_DATE: Final = re.compile(r"(?<!\d)(?:(\d{4})年)?(?:(\d{1,2})月(?:(\d{1,2})日)?)?(?<=[年月日])")
_WRITTEN_DATE: Final = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?")
_SPELT_DATE: Final = re.compile(
    r"[〇零一二三四五六七八九]{4}年(?:[一二三四五六七八九十]{1,3}月)?(?:[一二三四五六七八九十]{1,3}日)?"
)
_QUOTED: Final = re.compile(r"“([^“”]+)”|《([^《》]+)》")
_MARKER: Final = re.compile(r"\[(?:\d+|\?)\]")
_PLACE_SUFFIX: Final = re.compile(r"(?<=..)[省市县区]$")

ParsedDate = tuple[int | None, int | None, int | None]
"""Year, month and day, as far as written."""


def chinese_value(numeral: str) -> int | None:
    """The value of a numeral in Chinese characters; None where it is none.

    一 by itself is none: it stands in too many words (统一, 一起).
    """
    if numeral in {"一", "万", "亿", "千", "百", "零", "〇"}:
        return None
    if all(one in _DIGITS for one in numeral):
        return int("".join(str(_DIGITS[one]) for one in numeral))
    total = section = digit = 0
    for one in numeral:
        if one in _DIGITS:
            digit = _DIGITS[one]
        elif one in _UNITS:
            section, digit = section + (digit or 1) * _UNITS[one], 0
        else:
            total, section, digit = (total + section + digit) * _LARGE[one], 0, 0
    return total + section + digit


def numbers_in(text: str) -> set[float]:
    """The values of all numerals; of 1.3万 both 1.3 and 13000."""
    folded = plain(text)
    values = set[float]()
    for match in _ARABIC.finditer(folded):
        values.add(float(match[1]))
        values.add(round(float(match[1]) * _LARGE.get(match[2], 1), 4))
    for match in _CHINESE.finditer(folded):
        value = chinese_value(match[0])
        if value is not None:
            values.add(float(value))
    return values


def dates_in(text: str) -> set[ParsedDate]:
    """All dates in any notation, as far as they are written."""
    folded = plain(_SPELT_DATE.sub(_in_digits, text))
    found = {
        (_number(match[1]), _number(match[2]), _number(match[3]))
        for match in _DATE.finditer(folded)
        if match[0]
    }
    return found | {
        (int(match[1]), int(match[2]), _number(match[3])) for match in _WRITTEN_DATE.finditer(text)
    }


def _in_digits(match: re.Match[str]) -> str:
    return re.sub(r"[^年月日]+", lambda part: str(chinese_value(part[0]) or 1), match[0])


def _number(written: str | None) -> int | None:
    return int(written) if written else None


def holds_date(wanted: ParsedDate, held: Iterable[ParsedDate]) -> bool:
    """Whether some date has all that `wanted` knows; a date without a year may be of any."""
    year, month, day = wanted
    return any(
        month in {None, other[1]}
        and day in {None, other[2]}
        and (year in {None, other[0]} or (other[0] is None and month is not None))
        for other in held
    )


def quoted_in(text: str) -> list[str]:
    """What stands in quotation marks and title marks."""
    return [match[1] or match[2] for match in _QUOTED.finditer(text)]


def without_markers(text: str) -> str:
    """`text` without its [n]."""
    return _MARKER.sub("", text)


def names_in(text: str, names: Iterable[str]) -> Iterator[str]:
    """Those of `names` that stand in `text`."""
    return (name for name in names if name in text)


def holds_name(seen: str, name: str) -> bool:
    """Whether a name stands there, of a place also without its suffix."""
    return _PLACE_SUFFIX.sub("", name) in seen


def missing_values(sentence: str, seen: str, names: Iterable[str]) -> list[str]:
    """Numbers, dates, names and quoted words of a sentence that `seen` does not hold."""
    text = without_markers(sentence)
    numbers = numbers_in(seen)
    missing = [f"{value:g}" for value in sorted(numbers_in(text)) if value not in numbers]
    held = dates_in(seen)
    missing += [str(date) for date in dates_in(text) if not holds_date(date, held)]
    missing += [name for name in names_in(text, names) if not holds_name(seen, name)]
    made_plain = plain(seen)
    missing += [words for words in quoted_in(text) if plain(words) not in made_plain]
    return missing


def coverage(sentence: str, seen: str) -> float:
    """The share of a sentence's pairs of neighbouring characters that stand in `seen`."""
    text = re.sub(r"\W", "", plain(without_markers(sentence)))
    held = re.sub(r"\W", "", plain(seen))
    pairs = [text[at : at + 2] for at in range(len(text) - 1)]
    return sum(pair in held for pair in pairs) / max(len(pairs), 1)
