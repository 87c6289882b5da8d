"""Which lines of a text are headings, and how deep.

Numbered headings are known by their number: 第一章, 一、, （一）, 1. An unnumbered one is a short
line without final punctuation that prose follows. 第一条 is no heading but the first word of
its paragraph; splitting puts it into the heading path.
"""

import re
from collections.abc import Sequence

from ingest.layout.lines import (
    CHINESE,
    NUMERAL,
    Ending,
    Line,
    ending,
    is_label,
    stands_alone,
    starts_with_marker,
)
from ingest.layout.numbering import Numbering, numbering
from ingest.stages import Role

LONGEST_HEADING = 60
_LONGEST_PLAIN = 34
_SHORTEST_PROSE = 30


_FIRST_OF_ITS_KIND = re.compile(r"(?:第|[（(])?[一1１①](?![一二三四五六七八九十百\d])")
_ARTICLE = re.compile(rf"第{NUMERAL}+条")
_ORGANISATION = re.compile(
    ".*(?:政府|委员会|常委会|办公[厅室]|[厅委办院]|(?<![布格结大])局|(?<![全内外干])部|党组|公司|集团|学会|协会)"
    "|.{0,7}(?:中心|大学|[省市县区])"
)
_BOX = re.compile(r"专栏 ?[\d一二三四五六七八九十]+ ?[^，。]{2,}$")
_DATE = re.compile(
    r"[（(]?[\d〇○Ｏ零一二三四五六七八九十]{2,4}年[\d元一二三四五六七八九十]{1,3}月.{0,40}|\d{4}[-/.]\d.{0,20}"
)
_PERSON = re.compile(
    rf".{{0,16}}(?:[长任席员]|书记|总理|代表|经理|总裁|教授)(?: [{CHINESE}·]{{2,5}})+"
)
_NO_HEADING = re.compile(
    r".*(?:http|www\.|@|\||\t|摄$).*|谢谢.{0,4}|完|全文|正文|附件.{0,4}|[（(].*[）)]|各位.{2,8}|.*字?〔\d{4}〕\d+号"
)


_NEVER = (_ORGANISATION, _DATE, _PERSON, _NO_HEADING)


def heading_levels(lines: Sequence[Line]) -> dict[int, int]:
    """Index of each heading among `lines` → its level, 1 for the highest; in order of place.

    A heading that the format marks keeps its level. The title above the first paragraph is
    none, unless marked.
    """
    numbers = _numbered(lines)
    plain = _plain(lines, numbers)
    parts = {i for i in plain if _opens_part(lines, numbers, plain, i)}
    marked = max((line.level for line in lines if line.role is Role.HEADING), default=0)
    outermost = min((*numbers.values(), Numbering.FIRST))
    base = 1 - outermost + (marked or (1 if parts else 0))
    levels = dict[int, int]()
    above = 0
    for index, line in enumerate(lines):
        if line.role is Role.HEADING:
            levels[index] = above = max(1, line.level)
        elif index in numbers:
            levels[index] = above = numbers[index] + base
        elif index in parts:
            levels[index] = above = max(1, marked)
        elif index in plain:
            levels[index] = above + 1 + (1 if plain[index] else 0)
    return levels


def _numbered(lines: Sequence[Line]) -> dict[int, Numbering]:
    """Numbered headings; items of a list and of a table of contents are none."""
    found = dict[int, Numbering]()
    for index, line in enumerate(lines):
        number = numbering(line.text) if line.is_running else None
        if number is not None and _ends_like_heading(lines, index, number):
            found[index] = number
    return {
        index: number
        for index, number in found.items()
        if _has_text_below(lines, found, index)
        and (found.get(index - 1) is not number or _FIRST_OF_ITS_KIND.match(lines[index].text))
    }


def _has_text_below(lines: Sequence[Line], found: dict[int, Numbering], index: int) -> bool:
    if index + 1 >= len(lines) or found.get(index + 1) is found[index]:
        return False
    # 1. and （1） number lists more often than headings.
    is_list = found[index] >= Numbering.THIRD
    return not is_list or index + 1 in found or _is_prose(lines[index + 1].text)


def _ends_like_heading(lines: Sequence[Line], index: int, number: Numbering) -> bool:
    text = lines[index].text
    if len(text) > LONGEST_HEADING or "。" in text[:-1] or "；" in text:
        return False
    end = ending(text)
    if end in (Ending.WORD, Ending.CLOSED):
        return True
    if number not in {Numbering.FIRST, Numbering.SECOND} or len(text) > 34:
        return False
    following = lines[index + 1].text if index + 1 < len(lines) else "。"
    below = numbering(following)
    is_last_item = index > 0 and numbering(lines[index - 1].text) is number
    return (
        end in (Ending.DONE, Ending.LIST)
        and not is_last_item
        and not _ARTICLE.match(following)
        and (below is None or below > number)
        and _is_prose(following)
    )


def _plain(lines: Sequence[Line], numbers: dict[int, Numbering]) -> dict[int, bool]:
    """Unnumbered headings → whether it is a further line of the heading before it."""
    found = dict[int, bool]()
    run = list[int]()
    for index in range(_end_of_title(lines), len(lines)):
        line = lines[index]
        if index not in numbers and _looks_like_heading(line):
            run.append(index)
            continue
        if run and len(run) <= 3 and _can_follow_heading(line, index in numbers):
            found |= {i: i != run[0] for i in run}
        run = []
    if run and any(stands_alone(line.text) for line in lines):
        # The headings of a newspaper page, which the extraction left at its end.
        found |= dict.fromkeys(run, False)
    return found


def _end_of_title(lines: Sequence[Line]) -> int:
    """Index after the lines that may be the title of the whole text."""
    if lines and lines[0].role is Role.HEADING:
        return 1
    return 1 + next((i for i, line in enumerate(lines) if _is_prose(line.text)), len(lines))


def _looks_like_heading(line: Line) -> bool:
    text = line.text
    if not (line.is_running and 4 <= len(text) <= _LONGEST_PLAIN):
        return False
    if text[0] == "【" or _BOX.match(text):
        return text[-1] == "】" or text[0] == "专"
    return (
        ending(text) in (Ending.WORD, Ending.CLOSED)
        and not any(mark in text for mark in "。；：;:=＝")
        and not starts_with_marker(text)
        and not any(p.fullmatch(text) for p in _NEVER)
        and not stands_alone(text)
    )


def _can_follow_heading(line: Line, is_numbered: bool) -> bool:  # noqa: FBT001 - one question about one line
    return is_numbered or (line.is_running and _is_prose(line.text))


def _is_prose(text: str) -> bool:
    return (len(text) >= _SHORTEST_PROSE or ending(text) is Ending.DONE) and (
        any(mark in text for mark in "。！？；") and not is_label(text)
    )


def _opens_part(
    lines: Sequence[Line], numbers: dict[int, Numbering], plain: dict[int, bool], index: int
) -> bool:
    """Whether numbers start anew below it: the title of an annex, say."""
    for later in range(index + 1, len(lines)):
        if later in plain:
            return False
        if later in numbers or _ARTICLE.match(lines[later].text):
            return _FIRST_OF_ITS_KIND.match(lines[later].text) is not None and (
                numbers.get(later, Numbering.FIRST) <= Numbering.FIRST
            )
    return False
