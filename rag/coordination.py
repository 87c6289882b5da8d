"""Things that a question names side by side: 青石区和松屏区, 2018年与2023年, 主演和导演.

Where a coordinated name begins and ends, the words around it decide, and how much the two are
alike. A name that holds 和 itself (文化和旅游部) is told by its end: what stands before its 和
is no name of a body, what stands behind is.
"""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise

import rjieba

from rag.likeness import AREA, BODY, OF_GOVERNMENT, YEAR, likeness, same_sort
from rag.people import find_names
from rag.places import find_places
from rag.text import Span

COORDINATOR = re.compile("以及|[、和与跟及]")

# So far from its coordinator a name begins or ends.
_LONGEST = 28
_LONGEST_ASKED = 8
# Coordinated things are this much alike, or something else must say that each is asked for.
_ALIKE = 2.0
# A name that reaches as far as it may is likelier than one that ends before.
_AT_EDGE = 0.6

_INTERROGATIVE = "[谁哪几]|(?<!任)何|什么|多少|多久|多长|多大|怎么|怎样|如何|是否|吗"
ASKS = re.compile(_INTERROGATIVE)

EACH = "各自|各(?=是|在|有(?!关)|[^是在有部地级类项界国省市县区种方位个行族乡镇单门式年期次阶])"
_DISTRIBUTES = re.compile(
    rf"分别|{EACH}|比较|对比|相比|区别|差别|差异|不同|不一样|差在|相同|一样"
    "|汇总|比一比|比一下"
    "|(?:谁|哪一?[个家位])的?[^，,]{0,12}[多少大小高低长短早晚快慢]"
)
_TOGETHER = re.compile(
    "之间|关系|共同|联合|合并|合署|一起|相互|互相|衔接|配合|会同|统称|合称|协同|整合|双方"
)
_SHORT_FACT = re.compile("谁|多少|几[个名家人项次年月]|什么时候|何时|哪[年天里儿个]|时间|日期|地点")
_ATTRIBUTE = re.compile(
    "(?:时间|日期|日子|地点|地址|结果|人数|数量|金额|总额|名称|编号|电话|导演|主演|作者|主持人|负责人"
    "|局长|书记|主任|市长|区长|县长|组长|副组长|价格|原因|目的|冠军|亚军|刑期|罪名|职业|年龄)$"
)
_SUMS_UP = re.compile("总结|概述|概括|分析|简述|介绍")
_ENDS_ASKING = re.compile(
    rf"(?:分别|各自?|都)*(?:(?:[是有为在叫]).{{0,3}}(?:{_INTERROGATIVE}).*)?$"
)

_STOPS = frozenset("、 的 在 从 由 对 对于 关于 是 有 了 到 被 把 将 于 和 与 跟 及 以及".split())
_STOPS_BEFORE = _STOPS | set(
    "地 根据 按照 依据 结合 比较 对比 请问 并 汇总 一下 参加 中 里 后 前 "
    "以后 以前 之后 之前".split()
)
_STOPS_BEHIND = _STOPS | set(
    "分别 各 各自 为 两 两者 二者 都 谁 哪 哪个 哪些 什么 多少 几 何 如何 怎么 怎样 差 这 两个 "
    "两次 两轮 三个 同时 一样 相同".split()
)
# The dictionary sees 部分 in 建设部分别 and 和松 in 青石区和松屏区.
_CUT = re.compile(
    "(分别|各|(?<=[区县市省镇乡局部委院厅署年某》”])(?:和(?![谐平睦解])|与(?![会否])|跟(?![踪进])|及(?![时格其])))"
)
_UNITS = frozenset("年月日")
_BREAK = re.compile(r"[，。；：！？,;:!?\s]")
QUOTED = re.compile("《[^《》]+》|“[^“”]+”|「[^「」]+」")
# 党和国家: what is coordinated has two characters at least.
_LONE = re.compile("(?:^|\\d[年月日]|[的在于，,、：和与及跟])[\u4e00-\u9fff]$")
_UNNAMED = re.compile("[\u4e00-\u9fff]某{1,2}")
_BARE_YEARS = re.compile(
    r"(?<![\dA-Za-z])((?:19|20)\d\d)((?:[、和与及跟](?:19|20)\d\d)+)(?!\d)(年?)"
)


class Sort(Enum):
    """What is coordinated; groups of things are paired in order, years and nouns multiply."""

    THINGS = "things"
    YEARS = "years"
    NOUNS = "asked-for nouns"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A stretch of a question, and what may stand there in its place."""

    span: Span
    members: tuple[str, ...]
    sort: Sort


@dataclass(frozen=True, slots=True)
class _Looked:
    """A question with what is needed again and again.

    Attributes:
        text: The question.
        tokens: Where each word begins and ends, and the word.
        exact: Names whose two ends are known, by sort.
        quoted: Nothing is cut inside.
        inside: Coordinators that belong to a name; they are no tokens.
    """

    text: str
    tokens: tuple[tuple[Span, str], ...]
    exact: tuple[tuple[str, Span], ...]
    quoted: tuple[Span, ...]
    inside: Set[Span] = frozenset()


@dataclass(frozen=True, slots=True)
class _Candidate:
    group: Group
    sure: bool
    likeness: float


def distributes(question: str) -> bool:
    """Whether a question says that it asks for each of several things, or compares them."""
    return bool(_DISTRIBUTES.search(question))


def find_groups(question: str) -> list[Group]:
    """What is coordinated in a question, in order, without overlaps; none where nothing surely is.

    A question for what several things are or do together has none.
    """
    if _TOGETHER.search(question) and not distributes(question):
        return []
    looked = _look(question)
    candidates = list[_Candidate]()
    for chain in _chains(looked):
        floor = candidates[-1].group.span.end if candidates else 0
        candidate = _candidate(looked, chain, floor)
        if candidate is not None:
            candidates.append(candidate)
    return _believed(candidates, each=distributes(question))


def _believed(candidates: Sequence[_Candidate], *, each: bool) -> list[Group]:
    """Those that are sure; beside one, those that are alike and as many; else, where the
    question asks for each, what there is.
    """
    sure = [one for one in candidates if one.sure]
    sizes = {len(one.group.members) for one in sure}
    if not sure:
        return [one.group for one in candidates] if each else []
    return [
        one.group
        for one in candidates
        if one.sure or (one.likeness >= _ALIKE and len(one.group.members) in sizes)
    ]


def _look(text: str) -> _Looked:
    tokens = list[tuple[Span, str]]()
    position = 0
    for piece in _CUT.split(text):
        for word in rjieba.cut(piece):
            tokens.append((Span(position, position + len(word)), word))
            position += len(word)
    quoted = [Span(*match.span()) for match in QUOTED.finditer(text)]
    looked = _Looked(text, tuple(tokens), tuple(_exact(text, quoted)), tuple(quoted))
    marks = (Span(*match.span()) for match in COORDINATOR.finditer(text))
    inside = {span for span in marks if _inside_a_name(looked, span)}
    return replace(
        looked, tokens=tuple(one for one in tokens if one[0] not in inside), inside=inside
    )


def _exact(text: str, quoted: Sequence[Span]) -> Iterator[tuple[str, Span]]:
    yield from (("quoted", span) for span in quoted)
    yield from (("year", Span(*match.span())) for match in YEAR.finditer(text))
    yield from (("unnamed", Span(*match.span())) for match in _UNNAMED.finditer(text))
    yield from (("person", span) for span, _ in find_names(text))
    places = list[Span]()
    for span, _ in find_places(text):
        if places and places[-1].end == span.start:
            places[-1] = Span(places[-1].start, span.end)
        else:
            places.append(span)
    yield from (("place", span) for span in places)


def _chains(looked: _Looked) -> Iterator[list[Span]]:
    """Coordinators that hold one list together."""
    chain = list[Span]()
    for match in COORDINATOR.finditer(looked.text):
        span = Span(*match.span())
        if not _is_coordinator(looked, span):
            continue
        # What follows a list that has had its 和 is another list.
        goes_on = chain and chain[-1].of(looked.text) == "、"
        if chain and not (goes_on and _is_item(looked, Span(chain[-1].end, span.start))):
            yield chain
            chain = []
        chain.append(span)
    if chain:
        yield chain


def _is_coordinator(looked: _Looked, span: Span) -> bool:
    """A word of its own outside quotation marks; between two exact names it need not be one."""
    if any(one.contains(span) for one in looked.quoted) or span in looked.inside:
        return False
    return any(own == span for own, _ in looked.tokens) or _exact_pair(looked, span) is not None


def _inside_a_name(looked: _Looked, coordinator: Span) -> bool:
    """文化和旅游部: the name of a government's body behind 和, none before it."""
    before = looked.text[: coordinator.start]
    if _LONE.search(before):
        return True
    if coordinator.of(looked.text) == "、" or any(p.search(before) for p in (BODY, AREA)):
        return False
    behind = (looked.text[coordinator.end : end] for end in _ends(looked, coordinator.end))
    return any(map(OF_GOVERNMENT.search, behind))


def _is_item(looked: _Looked, span: Span) -> bool:
    inside = [word for own, word in looked.tokens if span.contains(own)]
    stops = any(word in _STOPS_BEFORE | _STOPS_BEHIND or _BREAK.search(word) for word in inside)
    return 1 < len(span) <= _LONGEST and not stops and not ASKS.search(span.of(looked.text))


def _exact_pair(looked: _Looked, coordinator: Span) -> tuple[str, Span, Span] | None:
    for sort, left in looked.exact:
        if left.end == coordinator.start:
            for other, right in looked.exact:
                if other == sort and right.start == coordinator.end:
                    return sort, left, right
    return None


def _candidate(looked: _Looked, chain: Sequence[Span], floor: int) -> _Candidate | None:
    first, last = (_exact_pair(looked, chain[i]) for i in (0, -1))
    if first and last:
        sort = Sort.YEARS if first[0] == "year" else Sort.THINGS
        group = _between(looked.text, chain, first[1].start, last[2].end, sort)
        return _Candidate(group, sure=True, likeness=_ALIKE)
    if (bounds := _asked_bounds(looked, chain, floor)) is not None:
        return _Candidate(_between(looked.text, chain, *bounds, Sort.NOUNS), sure=True, likeness=0)
    return _most_alike(looked, chain, floor)


def _between(text: str, chain: Sequence[Span], start: int, end: int, sort: Sort) -> Group:
    edges = [start, *(edge for one in chain for edge in (one.start, one.end)), end]
    members = tuple(text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True))
    return Group(span=Span(start, end), members=members, sort=sort)


def _asked_bounds(looked: _Looked, chain: Sequence[Span], floor: int) -> tuple[int, int] | None:
    """主演和导演 of 《甲》的主演和导演是谁: nouns behind the last 的, or 选举时间及结果."""
    text = looked.text
    ending = re.match(
        rf"([^的，,在是有为叫]{{2,{_LONGEST_ASKED}}}?)({_ENDS_ASKING.pattern})", _tail(text, chain)
    )
    if ending is None:
        return None
    end = chain[-1].end + ending.end(1)
    before = text[floor : chain[0].start]
    start = floor + max(before.rfind("的"), before.rfind("》")) + 1
    nouns = [text[start : chain[0].start], ending[1]]
    if not before[: start - floor] or len(nouns[0]) > _LONGEST_ASKED:
        attribute = _ATTRIBUTE.search(before)
        if attribute is None or start == floor + attribute.start():
            return None
        start = floor + attribute.start()
        nouns[0] = attribute[0]
    if not nouns[0] or ASKS.search(nouns[0]) or _BREAK.search(nouns[0]) or start == 0:
        return None
    sure = any(map(_ATTRIBUTE.search, nouns)) or "谁" in ending[2]
    return (start, end) if (sure and not _SUMS_UP.search(text)) or distributes(text) else None


def _tail(text: str, chain: Sequence[Span]) -> str:
    return text[chain[-1].end :].rstrip("？?。 ")


def _most_alike(looked: _Looked, chain: Sequence[Span], floor: int) -> _Candidate | None:
    """The first name begins and the last one ends where both are most alike."""
    text = looked.text
    before, behind = chain[0], chain[-1]
    starts, ends = _starts(looked, before.start, floor), _ends(looked, behind.end)
    if not starts or not ends:
        return None
    far = starts[-1], ends[-1]
    whole = _whole_clause(text, before.start, behind.end, floor)
    if whole is not None:
        starts, ends = [*starts, whole.start], [*ends, whole.end]
    tried = [
        (_likeness_within(text, chain, start, end), start, end) for start in starts for end in ends
    ]
    alike, start, end = max(tried, key=lambda t: t[0] + _AT_EDGE * ((t[1] in far) + (t[2] in far)))
    left, right = text[start : before.start], text[behind.end : end]
    edges = _AT_EDGE * ((start in far) + (end in far))
    if min(len(left), len(right)) < 2 or ASKS.search(left + right) or alike + edges <= 0:
        return None
    short = _SHORT_FACT.search(text) or distributes(text)
    group = _between(text, chain, start, end, Sort.THINGS)
    alike = max(alike, _ALIKE) if same_sort(left, right) else alike
    return _Candidate(group, sure=alike >= _ALIKE and bool(short), likeness=alike)


def _likeness_within(text: str, chain: Sequence[Span], start: int, end: int) -> float:
    """How much the first is like the one behind it, and the last like the one before it."""
    left, right = text[start : chain[0].start], text[chain[-1].end : end]
    if len(chain) == 1:
        return likeness(left, right)
    second, last_but_one = (text[chain[i].end : chain[i + 1].start] for i in (0, len(chain) - 2))
    return (likeness(left, second) + likeness(last_but_one, right)) / 2


def _whole_clause(text: str, start: int, end: int, floor: int) -> Span | None:
    """望溪县的甲和云川市的乙，…: a clause that asks nothing and names two things with 的."""
    left = re.search(r"[^，,：:；;]*$", text[floor:start])
    right = re.match(r"([^，,：:；;]*)[，,]", text[end:])
    if left is None or right is None or ASKS.search(left[0] + right[1]):
        return None
    named = "的" in left[0] and "的" in right[1]
    return Span(start - len(left[0]), end + len(right[1])) if named else None


def _starts(looked: _Looked, end: int, floor: int) -> list[int]:
    """Where a name that ends at `end` may begin, nearest first."""
    starts = list[int]()
    for span, word in reversed(looked.tokens):
        if span.end > end:
            continue
        stop = word in _STOPS_BEFORE or _BREAK.search(word)
        if span.start < floor or stop or end - span.start > _LONGEST:
            break
        if word not in _UNITS and not BODY.fullmatch(looked.text[span.start : end]):
            starts.append(span.start)
    return starts


def _ends(looked: _Looked, start: int) -> list[int]:
    """Where a name that begins at `start` may end, nearest first."""
    ends = list[int]()
    for span, word in looked.tokens:
        if span.start < start:
            continue
        stop = word in _STOPS_BEHIND or _BREAK.search(word) or ASKS.search(word)
        if stop or span.end - start > _LONGEST:
            break
        ends.append(span.end)
    return ends


def spell_out_years(question: str) -> str:
    """2018和2023年 → 2018年和2023年, so that each stands by itself."""

    def spelt(match: re.Match[str]) -> str:
        year = match[3] or "年"
        others = re.sub(r"(\d{4})", rf"\g<1>{year}", match[2])
        return f"{match[1]}{year}{others}"

    return _BARE_YEARS.sub(spelt, question)


def overlapping(groups: Sequence[Group]) -> bool:
    """Whether two groups share characters."""
    return any(a.span.overlaps(b.span) for a, b in pairwise(groups))
