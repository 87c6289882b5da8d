"""Numbers as Chinese documents write them: 37, 三十七, 1.5万; and Chinese numerals for headings."""

import re
from fractions import Fraction
from functools import lru_cache

from rag.text import Span

CHINESE = "〇○零一二三四五六七八九十百千万亿两"
_VALUES = {character: index for index, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "○": 0,
    "两": 2,
}
_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_FULL_WIDTH_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_FULL_WIDTH = _FULL_WIDTH_DIGITS | str.maketrans("．％", ".%")
_ANY_FULL_WIDTH_DIGIT = re.compile("[０-９]")
_ANY_FULL_WIDTH = re.compile("[０-９．％]")
_DIGITS = "〇一二三四五六七八九"


def chinese_number(number: int) -> str:
    """一 to 九千九百九十九 as headings are counted; outside of that Arabic digits."""
    if number == 0:
        return "〇"
    if not 0 < number < 10_000:
        return str(number)
    written, gap = "", False
    for unit, value in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, number = divmod(number, value)
        if digit:
            written += ("零" if gap and written else "") + _DIGITS[digit] + unit
        gap = digit == 0
    return written.removeprefix("一") if written.startswith("一十") else written


@lru_cache(maxsize=4096)
def read_number(text: str) -> Fraction | None:
    """The value of Arabic digits or Chinese numerals, with 万 and 亿 behind; None where it is none.

    >>> read_number("1.5万"), read_number("二百零三"), read_number("二〇一八")
    (Fraction(15000, 1), Fraction(203, 1), Fraction(2018, 1))
    """
    text = "".join(half_width(text).replace(",", "").split())
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([百千]?[万亿]{0,2})", text)
    if match:
        value = Fraction(int(match[1]) if match[1].isdecimal() else match[1])
        for scale in match[2]:
            value *= _SCALES[scale]
        return value
    if not text or any(character not in CHINESE for character in text):
        return None
    if not any(character in _SCALES for character in text):
        return Fraction(int("".join(str(_VALUES[character]) for character in text)))
    return _chinese_value(text)


def _chinese_value(text: str) -> Fraction | None:
    total, section, digit = 0, 0, 0
    for character in text:
        if character in _VALUES:
            digit = 10 * digit + _VALUES[character] if digit else _VALUES[character]
            continue
        scale = _SCALES[character]
        if scale >= 10_000:
            total = (total + section + digit) * scale
            section = 0
        else:
            section += (digit or 1) * scale
        digit = 0
    return Fraction(total + section + digit)


def write_like(value: Fraction, written: str) -> str | None:
    """`value` in the style of a number that stands in a draft, or None where it has no such form.

    Chinese numerals stay Chinese, 万 and 亿 stay, and so does the comma of thousands.
    """
    if not written[:1].isdigit() or written[0] in CHINESE:
        if value.denominator != 1 or value >= 10_000:
            return None
        number = chinese_number(value.numerator)
        return "两" if number == "二" and written in {"两"} else number
    scales = re.sub(r"[\d.,]", "", half_width(written))
    for character in scales.strip():
        value /= _SCALES[character]
    number = _arabic(value, with_commas="," in written)
    return None if number is None else number + scales


def _arabic(value: Fraction, *, with_commas: bool) -> str | None:
    if value.denominator == 1:
        return f"{value.numerator:,}" if with_commas else str(value.numerator)
    for digits in range(1, 5):
        if (value * 10**digits).denominator == 1:
            return f"{float(value):,.{digits}f}" if with_commas else f"{float(value):.{digits}f}"
    return None


def half_width(text: str, *, within: Span | None = None, signs: bool = True) -> str:
    """`text` with half-width digits, at least in one part; to look whether there are others is
    the faster way.

    Args:
        text: Any text.
        within: Which part of it; None for all.
        signs: ． and ％, too; they stay where ． may part two numbers: 1．2019年.
    """
    start, end = (within.start, within.end) if within else (0, len(text))
    others = _ANY_FULL_WIDTH if signs else _ANY_FULL_WIDTH_DIGIT
    return _translated(text, signs=signs) if others.search(text, start, end) else text


@lru_cache(maxsize=4)
def _translated(text: str, *, signs: bool) -> str:
    return text.translate(_FULL_WIDTH if signs else _FULL_WIDTH_DIGITS)
