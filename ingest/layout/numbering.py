"""The numbers that begin headings and list items: 第一章, 一、, （一）, 1."""

import re
from enum import IntEnum

from ingest.layout.lines import CHINESE, NUMERAL


class Numbering(IntEnum):
    """Numbering systems, outermost first."""

    BOOK = 0
    CHAPTER = 1
    SECTION = 2
    FIRST = 3
    SECOND = 4
    THIRD = 5
    FOURTH = 6


_SYSTEMS = (
    (Numbering.BOOK, re.compile(rf"第{NUMERAL}+编(?:[ 　]|$|(?=[{CHINESE}]))")),
    (
        Numbering.CHAPTER,
        re.compile(rf"第(?:{NUMERAL}+|\d+)(?:章|部分|篇)(?=[ :：　]|$|[{CHINESE}])"),
    ),
    (Numbering.SECTION, re.compile(rf"第(?:{NUMERAL}+|\d+)节(?=[ :：　]|$|[{CHINESE}])")),
    (Numbering.FIRST, re.compile(r"[一二三四五六七八九十]{1,3}[、．.]")),
    (Numbering.SECOND, re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)]、?")),
    (Numbering.THIRD, re.compile(r"\d{1,2}(?:[.．﹒](?!\d)|、)")),
    (Numbering.FOURTH, re.compile(r"[（(]\d{1,2}[）)]")),
)


def numbering(text: str) -> Numbering | None:
    """The system of the number that begins `text`, or None without a number."""
    if text[0] not in "第（(一二三四五六七八九十0123456789":
        return None
    return next((system for system, pattern in _SYSTEMS if pattern.match(text)), None)
