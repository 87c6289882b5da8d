"""Terms and the things they stand for: “四个自信”（道路自信、理论自信、制度自信、文化自信）.

Read in documents, this tells what a term expands to; read in a draft, what the writer takes it
to be.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from rag.text import Span, trimmed_span

NUMERALS = {
    character: number for number, character in enumerate("一二三四五六七八九十", start=1)
} | {
    "两": 2,
    "双": 2,
}
_COUNTED = r"[两三四五六七八九十](?:个|大|项|条|种|类|支|笔|件|方面|点)?[\u4e00-\u9fff]{1,8}?"
LONGEST_ITEM = 24
_LONGEST_LIST = 240
# Between a term and what it stands for.
_LEADS = (
    r"(?:改革|工作|规定|建设|要求)?(?:[，,]?(?:就是指|是指|指的是|也?就是|即|是|指|指向|包括|分别是|分别为|依次是|"
    r"内容是|的?内容包括|的?内容是|概括为)[：:]?|[：:]|——|[（(](?:即|指|包括)?[：:]?)"
)
_TERM_THEN_LIST = re.compile(
    rf"(?:[“「『\"](?P<quoted>[^“”「」『』\"\n]{{1,14}})[”」』\"]|(?P<counted>{_COUNTED}))(?P<lead>{_LEADS})"
)
# “四个分开”指什么？ 答：政事分开…
_TERM_ASKED = re.compile(
    r"[“「『](?P<quoted>[^“”「」『』\n]{2,14})[”」』](?P<lead>(?:的?[\u4e00-\u9fff]{0,6})"
    r"(?:什么|哪[些几]|怎么)[^。？！\n]{0,8}[？?]\s*(?:\**[答甲乙][：:]\**)?"
    r"(?:这?就?是指?|指的是|指|即|包括|分别是|有)?[：:]?)(?P<counted>)"
)
_LIST_THEN_TERM = re.compile(
    rf"[、和](?P<last>[^、，。；：,;:\n“”]{{1,{LONGEST_ITEM}}}?)(?:等|这|的)?"
    r"(?:[“「『](?P<quoted>[^“”「」『』\n]{2,12})[”」』]|(?P<counted>[两三四五六七八九十](?:个|大|项|条|种|类|支|笔|件)[\u4e00-\u9fff]{1,4}))"
)
IS_OPEN = re.compile(r"等(?![级同待于])|…")
_END_OF_LIST = re.compile(r"[。！？\n]")
_DASH = "—"
_END_BY_DASH = re.compile(r"[。！？\n]|——")
_FIRST_OF_SEVERAL = re.compile(r"一(?:是|要|看)")
_ITEM_MARK = re.compile(r"(?:^|[，；,;])[一二三四五六七八九十](?:是|要|看)")
_TAIL = re.compile(
    r"(?:等(?![级同待于])|[两三四五六七八九十](?:件事|个方面|项|个|类|种|句)|这[两三四五六七八九十]).*$"
)
_BRACKETS = {"（": "）", "(": ")"}
_AND = re.compile(r"以及|[和与]|及(?![时格其早])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enumeration:
    """A list of things, with the term that stands for them.

    Attributes:
        term: Without marks; None for a list that no term stands beside.
        is_quoted: The term stands in quotation marks.
        span: From the first item to the last.
        items: Where each stands; the first one of a list that stands before its term, or has
            none, may begin with words that do not belong to it.
        begins_clearly: No such words stand before the first item.
        is_exact: No words stand behind the last item either: clauses, not what 、 joins.
        is_open: The list says itself that it is not whole (等).
    """

    term: Span | None
    is_quoted: bool
    span: Span
    items: tuple[Span, ...]
    begins_clearly: bool
    is_exact: bool = False
    is_open: bool = False

    def words(self, text: str) -> list[str]:
        """The items, in order."""
        return [item.of(text) for item in self.items]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListWords:
    """A list as it is compared: the first item may begin, the last may end with other words.

    Attributes:
        items: In order, as the text writes them.
        begins_clearly: The first item has no other words before it.
        is_exact: Nor has the last behind it.
    """

    items: tuple[str, ...]
    begins_clearly: bool
    is_exact: bool


def announced(term: str) -> int | None:
    """How many things a term says it stands for: 四个自信 → 4; None where it does not say."""
    if term[:1] == "一" or len(term) < 2:
        return None
    if term[:1] == "十" and term[1:2] in NUMERALS:
        return 10 + NUMERALS[term[1]]
    return NUMERALS.get(term[0])


def find_enumerations(text: str) -> Iterator[Enumeration]:
    """Lists of at least two things beside their term, in no order.

    A term that counts (四个自信) need not be as long as it says: a draft may be wrong.
    """
    for match in chain(_TERM_THEN_LIST.finditer(text), _TERM_ASKED.finditer(text)):
        found = _after_term(text, match)
        if found is not None:
            yield found
    for match in _LIST_THEN_TERM.finditer(text):
        found = _before_term(text, match)
        if found is not None:
            yield found


def readings(text: str, one: Enumeration) -> Iterator[tuple[ListWords, tuple[Span, ...]]]:
    """The list as it is, and with its last item parted at 和; with where the items stand."""
    yield _words(text, one, one.items), one.items
    if one.is_exact:
        return
    last = one.items[-1]
    for match in _AND.finditer(last.of(text)):
        before = Span(last.start, last.start + match.start())
        behind = Span(last.start + match.end(), last.end)
        if len(before) > 1 and len(behind) > 1:
            items = (*one.items[:-1], before, behind)
            yield _words(text, one, items), items
            return


def _words(text: str, one: Enumeration, items: Sequence[Span]) -> ListWords:
    return ListWords(
        items=tuple(item.of(text) for item in items),
        begins_clearly=one.begins_clearly,
        is_exact=one.is_exact,
    )


def _enumeration(
    term: Span | None, items: Sequence[Span], *, is_quoted: bool, begins_clearly: bool
) -> Enumeration:
    return Enumeration(
        term=term,
        is_quoted=is_quoted,
        span=Span(items[0].start, items[-1].end),
        items=tuple(items),
        begins_clearly=begins_clearly,
    )


def _after_term(text: str, match: re.Match[str]) -> Enumeration | None:
    group = "quoted" if match["quoted"] else "counted"
    term = Span(match.start(group), match.end(group))
    count = announced(term.of(text))
    if count is None and not re.search(r"[指即（(]", match["lead"]):
        return None
    within = _bounds(text, match.end(), bracket=match["lead"][:1])
    items = _items(text, within, count)
    if items is None:
        return None
    behind = text[items[-1].end : within.end].lstrip("”’")
    return replace(
        _enumeration(term, items, is_quoted=group == "quoted", begins_clearly=True),
        is_open=bool(IS_OPEN.match(behind)),
    )


def _bounds(text: str, start: int, *, bracket: str) -> Span:
    """How far the list may reach: to the closing bracket or dash, or the end of the sentence."""
    limit = min(len(text), start + _LONGEST_LIST)
    closing = _BRACKETS.get(bracket)
    if closing:
        end = text.find(closing, start, limit)
        return Span(start, end if end >= 0 else start)
    stop = (_END_BY_DASH if bracket == _DASH else _END_OF_LIST).search(text, start, limit)
    return Span(start, stop.start() if stop else limit)


def _items(text: str, within: Span, count: int | None) -> list[Span] | None:
    """The items, by whichever mark parts them into as many as announced, else by 、."""
    options = list[list[Span]]()
    words = within.of(text)
    if _FIRST_OF_SEVERAL.match(words):
        options.append(_numbered(text, within))
    first_clause = re.match(r"[^，；,;：:]*", words)
    clause = Span(within.start, within.start + len(first_clause[0] if first_clause else ""))
    by_comma = split_items(text, clause, "、")
    options.append(by_comma)
    options += [
        _andsplit_items(text, by_comma),
        split_items(text, within, "；;"),
        split_items(text, within, "，,"),
    ]
    fitting = [items for items in options if _are_items(text, items)]
    for items in fitting:
        if len(items) == count:
            return items
    if options[0] and len(options[0]) > 1 and options[0] in fitting:
        return options[0]
    return by_comma if by_comma in fitting else None


def _are_items(text: str, items: Sequence[Span]) -> bool:
    lengths = [len(item) for item in items]
    return (
        len(items) > 1
        and min(lengths) > 0
        and max(lengths) <= LONGEST_ITEM
        and not any(re.search(r"[。：:]", item.of(text)) for item in items)
    )


def split_items(text: str, within: Span, marks: str) -> list[Span]:
    """The parts of `within` between `marks`, without white space, quotation marks and tails."""
    items = list[Span]()
    start = within.start
    for match in re.finditer(rf"[{marks}]|$", within.of(text)):
        end = within.start + match.start()
        items.append(tidied(text, Span(start, end)))
        start = within.start + match.end()
    if items:
        last = items[-1]
        tail = _TAIL.search(last.of(text))
        if tail:
            items[-1] = tidied(text, Span(last.start, last.start + tail.start()))
    return [item for item in items if len(item)]


def tidied(text: str, span: Span) -> Span:
    """An item without white space, quotation marks and brackets at its edges."""
    span = trimmed_span(text, span)
    while len(span) and text[span.start] in '“‘「『"”’（(':
        span = Span(span.start + 1, span.end)
    while len(span) and text[span.end - 1] in '”’」』"“‘）)':
        span = Span(span.start, span.end - 1)
    return span


def _andsplit_items(text: str, items: Sequence[Span]) -> list[Span]:
    """The items with the last one cut at its 和: 监督、调查和处置."""
    if not items:
        return []
    last = items[-1]
    for match in reversed(list(_AND.finditer(last.of(text)))):
        before = Span(last.start, last.start + match.start())
        after = Span(last.start + match.end(), last.end)
        if len(before) > 1 and len(after) > 1:
            return [*items[:-1], before, after]
    return []


def _numbered(text: str, within: Span) -> list[Span]:
    """The items of 一是…，二是…, without their numbers."""
    words = within.of(text)
    marks = list(_ITEM_MARK.finditer(words))
    items = list[Span]()
    for index, mark in enumerate(marks):
        end = marks[index + 1].start() if index + 1 < len(marks) else len(words)
        items.append(tidied(text, Span(within.start + mark.end(), within.start + end)))
    return [item for item in items if len(item)]


def _before_term(text: str, match: re.Match[str]) -> Enumeration | None:
    group = "quoted" if match["quoted"] else "counted"
    term = Span(match.start(group), match.end(group))
    count = announced(term.of(text))
    if count is None:
        return None
    start = match.start()
    floor = max(0, start - _LONGEST_LIST)
    stop = max(text.rfind(mark, floor, start) for mark in "，。；：,;:\n！？（(")
    items = split_items(text, Span(max(stop + 1, floor), match.end("last")), "、")
    if len(items) == count - 1:
        items = _andsplit_items(text, items)
    if not _are_items(text, items) or len(items) > count:
        return None
    return _enumeration(term, items, is_quoted=group == "quoted", begins_clearly=False)
