"""Lists by their form, whatever stands beside them: joined by 、, numbered, alike in form."""

import re
from collections.abc import Iterator, Sequence

from rag.drafts.enumerations import (
    IS_OPEN,
    LONGEST_ITEM,
    NUMERALS,
    Enumeration,
    split_items,
    tidied,
)
from rag.text import Span

_PLAIN_LIST = re.compile(
    rf"[\u4e00-\u9fff“”‘’]{{1,{LONGEST_ITEM}}}(?:、[\u4e00-\u9fff“”‘’]{{1,{LONGEST_ITEM}}})+"
)
_BEGINS_CLEARLY = re.compile(r"(?:[：:（(]|——)[“‘「]?$")
# 一是, 第一，, （一）, 1.: the character behind the numeral is the same throughout.
_NUMBER_MARK = re.compile(
    r"(?:^|(?<=[，；。：、“（(,;:\n\s]))[（(]?第?"
    r"(?:(?P<numeral>[一二三四五六七八九])(?P<behind>[\u4e00-\u9fff，、,）)])|(?P<digit>[1-9])(?P<dot>[.．、）)]))"
)
_FARTHEST_NUMBER = 200
_LONGEST_CLAUSE = 40
_END_OF_ITEM = re.compile(r"[。；;！？\n]")
_CLAUSE = re.compile(r"[^，；,;。！？：:\n]+")
_PARALLEL = range(4, 17)
_LENGTHS_APART = 1
_FEWEST_WITH_SINGLES = 4


def find_plain_lists(text: str) -> Iterator[Enumeration]:
    """Lists whatever stands beside them: joined by 、, numbered, or of clauses alike in form."""
    for match in _PLAIN_LIST.finditer(text):
        span = Span(match.start(), match.end())
        items = split_items(text, span, "、")
        has_single = any(len(item) == 1 for item in items)
        # 好、较好、一般、差 is a list; 省、市 is a word.
        if len(items) >= (_FEWEST_WITH_SINGLES if has_single else 2):
            yield Enumeration(
                term=None,
                is_quoted=False,
                span=Span(items[0].start, items[-1].end),
                items=tuple(items),
                begins_clearly=bool(
                    _BEGINS_CLEARLY.search(text[max(0, span.start - 3) : span.start])
                ),
                is_open=bool(IS_OPEN.match(text[items[-1].end : span.end + 2].lstrip("”’"))),
            )
    yield from _numbered_lists(text)
    yield from _parallel_clauses(text)


def _exact_list(items: Sequence[Span]) -> Enumeration:
    return Enumeration(
        term=None,
        is_quoted=False,
        span=Span(items[0].start, items[-1].end),
        items=tuple(items),
        begins_clearly=True,
        is_exact=True,
    )


def _numbered_lists(text: str) -> Iterator[Enumeration]:
    """What stands behind 一看, 二看, 三看: of each the first clause that ends the item."""
    numbered = list[tuple[int, str, int, int]]()
    for match in _NUMBER_MARK.finditer(text):
        number = NUMERALS[match["numeral"]] if match["numeral"] else int(match["digit"])
        mark = match["behind"] or match["dot"]
        follows = (
            numbered
            and number == len(numbered) + 1
            and mark == numbered[0][1]
            and match.start() - numbered[-1][3] <= _FARTHEST_NUMBER
        )
        if follows:
            numbered.append((number, mark, match.start(), match.end()))
        elif number == 1:
            yield from _chained(text, numbered)
            numbered = [(number, mark, match.start(), match.end())]
    yield from _chained(text, numbered)


def _chained(text: str, numbered: Sequence[tuple[int, str, int, int]]) -> Iterator[Enumeration]:
    if len(numbered) < 2:
        return
    ends = [start for _, _, start, _ in numbered[1:]] + [numbered[-1][3] + _LONGEST_CLAUSE + 1]
    items = list[Span]()
    for (_, _, _, start), end in zip(numbered, ends, strict=True):
        stop = _END_OF_ITEM.search(text, start, min(end, len(text)))
        item = tidied(text, Span(start, stop.start() if stop else min(end, len(text))))
        while len(item) and text[item.end - 1] in "，,、":
            item = Span(item.start, item.end - 1)
        while len(item) and text[item.start] in "，,：:":
            item = Span(item.start + 1, item.end)
        if not 1 < len(item) <= _LONGEST_CLAUSE:
            return
        items.append(item)
    yield _exact_list(items)


def _parallel_clauses(text: str) -> Iterator[Enumeration]:
    """Clauses in a row that are as long and begin or end alike: 谁审批清楚，谁监管清楚."""
    run = list[Span]()
    for match in _CLAUSE.finditer(text):
        clause = Span(match.start(), match.end())
        joined = run and run[-1].end + 1 == clause.start and text[run[-1].end] in "，；,;"
        if joined and len(clause) in _PARALLEL and "、" not in match[0]:
            if _are_alike(run[-1].of(text), match[0]):
                run.append(clause)
                continue
            first = Span(max(run[-1].start, run[-1].end - len(clause)), run[-1].end)
            if len(run[-1]) > len(clause) and _are_alike(first.of(text), match[0]):
                yield from _exact_run(run)
                run = [first, clause]
                continue
        yield from _exact_run(run)
        run = [clause]
    yield from _exact_run(run)


def _exact_run(run: Sequence[Span]) -> Iterator[Enumeration]:
    if len(run) > 2:
        yield _exact_list(run)


def _are_alike(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > _LENGTHS_APART:
        return False
    same = sum(mine == yours for mine, yours in zip(one, other, strict=False))
    same = max(
        same, sum(mine == yours for mine, yours in zip(one[::-1], other[::-1], strict=False))
    )
    return one[0] == other[0] or one[-1] == other[-1] or (len(one) == len(other) and same > 1)
