"""Dates as Chinese documents write them."""

import re
from calendar import monthrange

from rag.documents import PartialDate
from rag.numerals import half_width
from rag.text import Span

_GAP = r"[ \t\u3000]*"
_CHINESE_DIGITS = "〇○Ｏ零一二三四五六七八九"
_YEAR = r"(?<![\dA-Za-z.〇一二三四五六七八九])" + (
    rf"(?P<year>(?:1[89]|20)\d{{2}}|[一二][{_CHINESE_DIGITS}]{{3}}){_GAP}年"
)
_MONTH = rf"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]){_GAP}月(?!份额|季|票|饼)"
_DAY = (
    r"(?P<day>[12]\d|3[01]|0?[1-9]|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
    + _GAP
    + r"[日号](?![常报])"
)
# What a date may begin with: to look at that first is three times as fast.
_WRITTEN = re.compile(
    rf"(?=[\d一二三四五六七八九十])(?:{_YEAR}(?:{_GAP}(?:{_MONTH})(?:{_GAP}(?:{_DAY}))?)?"
    r"|(?<![\d.第个一二三四五六七八九十〇])(?<!\d[-—–~至到])"
    + _MONTH.replace("month", "bare_month")
    + rf"(?:{_GAP}"
    + _DAY.replace("day", "bare_day")
    + ")?)"
)
_NUMERIC = re.compile(
    r"(?<![\d.\-/])(?P<year>(?:19|20)\d{2})(?P<mark>[-/.])(?P<month>0?[1-9]|1[0-2])"
    r"(?P=mark)(?P<day>[12]\d|3[01]|0?[1-9])(?![\d%]|[-/.]\d)"
)
_VALUES = {character: index % 10 for index, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "○": 0,
    "Ｏ": 0,
}
_ANY_MARKED_DIGIT = re.compile(r"[-/.]\d")


def _number(text: str) -> int:
    """The value of Arabic digits, of a year digit by digit, or of a Chinese number below 100."""
    if text.isascii():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return 10 * (_VALUES[tens] if tens else 1) + (_VALUES[ones] if ones else 0)
    return int("".join(str(_VALUES[character]) for character in text))


def make_date(year: int | None, month: int | None, day: int | None) -> PartialDate | None:
    """The date, or None where the calendar has no such day."""
    if year is not None and not 1000 <= year <= 2999:
        return None
    if month is None:
        return PartialDate(year=year) if year is not None and day is None else None
    if not 1 <= month <= 12:
        return None
    if day is not None and not 1 <= day <= monthrange(year or 2000, month)[1]:
        return None
    return PartialDate(year=year, month=month, day=day)


def _written(match: re.Match[str]) -> PartialDate | None:
    year, month, day, bare_month, bare_day = match.group(
        "year", "month", "day", "bare_month", "bare_day"
    )
    month, day = month or bare_month, day or bare_day
    return make_date(
        _number(year) if year else None,
        _number(month) if month else None,
        _number(day) if day else None,
    )


def find_dates(text: str, *, within: Span | None = None) -> list[tuple[Span, PartialDate]]:
    """Dates in order of place, overlapping none.

    Found are 2019年3月22日 and its parts (2019年3月, 2019年, 3月22日, 3月), the same in Chinese
    numerals and full-width digits, with white space inside, and 2019-03-22, 2019/3/22,
    2019.3.22. A date that the calendar does not have is left out, and so is a month without
    a year and a day that counts months (第3月, 3个月). Of a range the first day is found, and
    the last where it names its month. Nothing is taken from elsewhere: 今年2月 is --02.

    Args:
        text: Any text.
        within: Only this part of `text`; spans still count from the start of `text`.
    """
    start, end = (within.start, within.end) if within else (0, len(text))
    digits = half_width(text, within=within, signs=False)
    found = list[tuple[Span, PartialDate]]()
    # To look whether there are such signs at all is the faster way.
    has_signs = any(digits.find(sign, start, end) >= 0 for sign in "年月")
    for match in _WRITTEN.finditer(digits, start, end) if has_signs else ():
        date = _written(match)
        if date is not None:
            found.append((Span(match.start(), match.end()), date))
    has_signs = _ANY_MARKED_DIGIT.search(digits, start, end)
    for match in _NUMERIC.finditer(digits, start, end) if has_signs else ():
        date = make_date(int(match["year"]), int(match["month"]), int(match["day"]))
        if date is not None:
            found.append((Span(match.start(), match.end()), date))
    return sorted(found, key=lambda pair: pair[0].start)


def first_date(text: str) -> PartialDate | None:
    """The first date in `text`, or None."""
    found = find_dates(text)
    return found[0][1] if found else None
