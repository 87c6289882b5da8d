"""Chinese numerals, as headings and ordinals are counted."""

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
