"""那X呢？: the last question asked once more, of X instead of what it was asked of."""

import re
from collections.abc import Callable
from itertools import takewhile

from rag.dates import find_dates
from rag.people import find_names, is_name
from rag.phrases import (
    AMOUNT,
    ATTRIBUTE,
    ENTITY,
    INTERROGATIVE,
    OFFICE,
    QUOTED,
    is_person,
    noun_phrase,
    place_spans,
    plain_question,
    words_of,
)
from rag.places import find_places
from rag.text import Span
from rag.topics import DEFINING, Topic

LEVEL = re.compile(
    "[省市县区乡镇村](?:[、和及]?[省市县区乡镇村])*(?:一级|两级|级|里|以下|以上)|"
    "(?<![\u4e00-\u9fff])[省市县区乡镇村]{2,3}(?=机构|改革|政府|部门)|"
    "中央和国家机关|(?<!党)中央(?![\u4e00-\u9fff]{2,6}(?:会|部|办)|和国家)|国务院|地方上?|基层"
)
"""A level of government: 省级, 县里和乡里 by its parts, 地方上."""
_LEVELS = re.compile("[省市县区乡镇村]+")
_ONE_LEVEL = re.compile("(?<=[省市县区乡镇村])(?:一级|里)")
_NUMBERED = re.compile(r"第?[一二三四五六七八九十两\d]+(?:类|批|期|轮|章|条|级|档|等|阶段|步)")
_COUNTED_MEETING = re.compile(
    r"[^，。]{0,12}?[一二三四五六七八九十\d]+[届次][^，。]{0,12}?会议?上?"
)
_LATER = re.compile(r"(?P<years>[一二三四五六七八九十]|\d{1,2})年(?:之|以)?(?P<which>前|后).{0,5}")
_LAST_YEAR = re.compile("[去今前明]年")
_PARTING = frozenset("的 了 是 有 由 在 从 把 和 与 个 家 名 项 种 ， 、".split())
# 机关的占多少？ and then 事业单位的呢？
_PART = re.compile("(?=的(?:一?共|总共)?(?:占|有|是|几|多少))")


def ask_of_other(last: str, other: str, topic: Topic) -> str:
    """The last question with `other` in place of what is parallel to it.

    Where nothing is (see `exchanged`), `other` takes the place of the term, body or law that
    the question is about, or of what was counted; else it is asked for as one more thing to be
    told of the same topic.

    Args:
        last: The last question as it stands alone.
        other: What the follow-up names, without 那 and 呢; not empty.
        topic: What `last` speaks of.

    Returns:
        A question; only 是什么 or 是多少 is added, where `other` itself is asked for.
    """
    text = plain_question(last)
    return (exchanged(text, other) or _of_topic(text, other, topic)) + "？"


def exchanged(text: str, other: str) -> str | None:
    """`text` with `other` in place of the first part of the same kind, or None without one.

    Tried in this order: places, dates, numbered kinds (一类 and 二类), quotations, persons,
    levels of government, words that end alike (党政机构 and 党委机构).
    """
    plain = other.removesuffix("的") if len(other) > 1 else other
    for kind in _KINDS:
        changed = kind(text, plain)
        if changed is not None:
            return changed
    return None


def _put(text: str, span: Span, other: str) -> str:
    return text[: span.start] + other + text[span.end :]


def _places(text: str, other: str) -> str | None:
    former, named = place_spans(text), place_spans(other)
    # Of two places in the last question it cannot be told which is meant.
    if len(former) != 1 or len(named) != 1:
        return None
    span, behind = former[0], other[named[0].end :].removeprefix("的")
    if behind or named[0].start:
        # 忻州市动员大会 stands in place of 云川市动员大会, not of 云川市.
        end = text.find(behind, span.end) + len(behind)
        alike = not named[0].start and span.end <= end - len(behind) <= span.end + 1
        return _put(text, Span(span.start, end), other) if alike else None
    # Sittings are counted by each place for itself.
    if meeting := _COUNTED_MEETING.match(text, span.end):
        span = Span(span.start, meeting.end())
    elif text.startswith(("委", "政府", "人大"), span.end):
        other = next((place.name for _, place in find_places(other)), other)
    return _put(text, span, other)


def _dates(text: str, other: str) -> str | None:
    former, named = find_dates(text), find_dates(other)
    if former and (shifted := _shifted(other, former[0][1].year)):
        return _put(text, former[0][0], shifted)
    if former and _LAST_YEAR.fullmatch(other):
        return _put(text, former[0][0], other)
    if not former or len(named) != 1:
        return None
    span, behind = former[0][0], other[named[0][0].end :]
    # 2018年改革 stands in place of 1998年改革, not of 1998年.
    if behind and text.startswith(behind, span.end):
        span = Span(span.start, span.end + len(behind))
    return _put(text, span, other)


def _shifted(other: str, year: int | None) -> str | None:
    """The year that 五年后 or 五年前那次 means, counted from `year`."""
    match = _LATER.fullmatch(other)
    if match is None or year is None:
        return None
    digits = match["years"]
    years = int(digits) if digits.isdigit() else "一二三四五六七八九十".index(digits) + 1
    return f"{year + years if match['which'] == '后' else year - years}年"


def _numbered(text: str, other: str) -> str | None:
    new = _NUMBERED.search(other)
    if new is None:
        return None
    old = next((m for m in _NUMBERED.finditer(text) if m.group()[-1] == new.group()[-1]), None)
    if old is None:
        return None
    start, end = old.span()
    before, behind = other[: new.start()], other[new.end() :]
    start -= len(before) if text.endswith(before, 0, start) else 0
    end += len(behind) if text.startswith(behind, end) else 0
    return _put(text, Span(start, end), other)


def _quotations(text: str, other: str) -> str | None:
    old, new = QUOTED.search(text), QUOTED.search(other)
    if old is not None and new is not None:
        # “三公”经费 stands in place of “三定”规定.
        behind = noun_phrase(text[old.end() :]) if other[new.end() :] else ""
        return _put(text, Span(old.start(), old.end() + len(behind)), other)
    if old is not None and DEFINING.search(text):
        return _put(text, Span(old.start() + 1, old.end() - 1), other)
    return None


def _persons(text: str, other: str) -> str | None:
    former = find_names(text)
    if len(former) == 1 and is_name(other):
        return _put(text, former[0][0], other)
    return None


def _levels(text: str, other: str) -> str | None:
    new = LEVEL.match(other) or _LEVELS.fullmatch(other)
    former = list(LEVEL.finditer(text))
    if new is None or new.group() in text or not former:
        return None
    old = next((match for match in former if match.group()[0] == other[0]), former[0])
    level = _ONE_LEVEL.sub("级", other) if old.group().endswith("级") else other
    return _put(text, Span(*old.span()), level)


def _endings(text: str, other: str) -> str | None:
    """Words that end alike; what differs before the common end is exchanged word by word."""
    own = words_of(other)
    for index in range(1, len(own)):
        ending = other[own[index].start :]
        position = text.find(ending)
        if len(ending) < 2 or position < 0 or other in text:
            continue
        before = [word for word in words_of(text) if word.end <= position]
        joined = list(takewhile(lambda word: word.text not in _PARTING, reversed(before)))
        replaced = joined[:index]
        asking = any(INTERROGATIVE.search(word.text) for word in replaced)
        if replaced and not asking and replaced[0].end == position:
            return _put(text, Span(replaced[-1].start, position + len(ending)), other)
    return None


_KINDS: tuple[Callable[[str, str], str | None], ...] = (
    _places,
    _dates,
    _numbered,
    _quotations,
    _persons,
    _levels,
    _endings,
)


def _of_topic(text: str, other: str, topic: Topic) -> str:
    plain = other.removesuffix("的") or other
    subject, thing = topic.subject, topic.thing
    if subject and subject in text and _instead(text, other, subject):
        return text.replace(subject, plain, 1)
    if (former := OFFICE.search(subject)) and OFFICE.search(plain):
        # 县长 is of the county, not of its committee as 县委书记 is.
        owner = topic.place if plain[0] in topic.place else subject[: former.start()]
        held = owner + plain.removeprefix(owner[-1:])
        return text.replace(subject, held, 1) if subject in text else f"{held}是谁"
    if other != plain and (part := _part(text)):
        return _put(text, part, plain)
    if ATTRIBUTE.search(plain) and ("的" in plain or not _asks_alike(text, plain, thing)):
        return f"{subject}{plain}{'是多少' if AMOUNT.search(plain) else '是什么'}"
    if other != plain and subject and subject in text and not topic.local:
        # 新录用的呢？ after a question about 执法队员.
        return text.replace(subject, other + subject, 1)
    if thing and thing in text:
        return text.replace(thing, plain, 1)
    return f"{subject}{plain}{_said_of(text, subject)}"


def _instead(text: str, other: str, subject: str) -> bool:
    """Whether the question might have been asked of `other`: a term, a body, a law, a person."""
    if DEFINING.search(text) or QUOTED.search(other):
        return True
    if place_spans(subject) and place_spans(other):
        return True
    return bool(ENTITY.search(other) and ENTITY.search(subject)) or (
        is_person(other) and is_person(subject)
    )


def _asks_alike(text: str, attribute: str, thing: str) -> bool:
    """Whether the question for `thing` may be put for an attribute: 多少 only for an amount."""
    number = AMOUNT.search(attribute) is None or re.search("多少|几", text)
    return bool(thing and thing in text and number)


def _part(text: str) -> Span | None:
    """The word of `text` that names a part of what it counts: 机关 in 机关的占多少."""
    match = _PART.search(text)
    words = [word for word in words_of(text) if match and word.end <= match.start()]
    return Span(words[-1].start, words[-1].end) if words else None


def _said_of(text: str, subject: str) -> str:
    """What the last question said of its subject, or 是什么 where that cannot be parted."""
    rest = text.partition(subject)[2] if subject else ""
    return rest if INTERROGATIVE.search(rest) else "是什么"
