"""What a text claims with a number: the number, and the words that tell what it is of.

“改革后设置党政机构36个” claims 36 of 党政机构. Two claims are of one fact when what the number
counts, the sentences around it, and what is done to it (由…减为…) are the same.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from propcache.api import cached_property

from rag.drafts.claim_settings import CLAUSE_END, Setting, masked
from rag.drafts.pairs import pairs
from rag.quantities import Quantity, Sort
from rag.scopes import Scope
from rag.text import Span

_FROM: Final = re.compile(r"(?:由|从)(?:原来的?|过去的?|此前的?)?$")
_TO: Final = re.compile(
    r"(?:(?:由|从)?#[\u4e00-\u9fff%]{0,6}?)?"
    r"(?:减少|精减|压减|缩减|裁减|裁并|增加|扩大|提高|上升|下降|降低|缩短|延长|整合|归并|合并|调整|清理|核减|压缩|精简|"
    r"[压变改减降增升并缩砍扩提转调])(?:为|到|至|成了?)$"
)
_BY: Final = re.compile(
    r"(?:减少|精减|压减|缩减|裁减|增加|提高|上升|下降|降低|缩短|压缩|增长|[减增少降升])了?(?:大?约)?$"
)
_CHANGE: Final = r"(?:改革|调整|整合|合并|组建|下放|清理|(?<![修更])改)(?:之|以)?"
_BEFORE: Final = re.compile(rf"{_CHANGE}前(?![后置景提列面三两])|过去|原来|原有|以往|原先")
_AFTER: Final = re.compile(rf"{_CHANGE}后(?![续备果期来台])|现在|如今|目前|眼下")
_FILLER_BEFORE: Final = re.compile(
    r"(?:(?<![，,])(?:总共|一共|共计|合计|总计|共有|共)|总数|数量|人数|数|分别|设有|设置|设立|设|有|为|是|达到?|约|近|超过|至少|最多|"
    r"不得?超过|不少于|不低于|不高于|一般|各|仅|只|仍|的|了|也|已|将|[，,](?:总共|一共|共计|合计|总计|共有|共)|[：:的“])$"
)
# 年度考核分为优秀、合格和不合格三种: what is counted stands before the list.
_LISTED: Final = re.compile(r"(?:分为|包括|就是|即|有|是|为)[^、]{1,12}(?:、[^、]{1,20})+$")
_FILLER_AFTER: Final = re.compile(r"^(?:的|左右|以上|以下|以内|之内|内|多|余)+")
_EVENTS: Final = (
    "召开|举行|开幕|会上|开(?=[，。]|会)",
    "通过",
    "公布|发布|播发|刊发",
    "印发|下发|出台",
    "施行|实施|生效|执行",
    "揭牌|挂牌|成立|组建|设立|挂出",
    "说明",
    "修订|修正|修改",
    "废止",
    "启动|开始|起步",
    "完成|结束",
    "提出|形成",
    "任命|当选",
    "审议",
    "批准|批复",
    "启用",
    "授牌",
    "推行|推开",
    "移交|送交|报送",
    "评估",
    "公开",
    "发出|签",
)
# The first of all, for that somebody met tells least.
_MET: Final = frozenset(("e0",))
_EVENT: Final = re.compile(
    "|".join(f"(?P<e{index}>{words})" for index, words in enumerate(_EVENTS))
)
_PHASES: Final = {"from": "before", "to": "after"}
_LONGEST_NOUN: Final = 20
_SHORT_CLAUSE: Final = 8
_UP_TO_DATE: Final = re.compile(r"[^@。；;]*")
TITLE: Final = re.compile("《([^《》]{2,60})》")


@dataclass(frozen=True, kw_only=True, eq=False)
class Claim:
    """A number in its sentence.

    Attributes:
        quantity: The number, its spans in the text.
        setting: The sentence.
        index: As which of its numbers.
        left: The sentence before the number, folded, other numbers masked.
        right: The sentence behind the number and its unit.
    """

    quantity: Quantity
    setting: Setting
    index: int
    left: str
    right: str

    @property
    def sentence(self) -> Span:
        """Where the sentence stands in the text."""
        return self.setting.span

    @property
    def around(self) -> str:
        """Folded text around the sentence."""
        return self.setting.around

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """Which place and years the sentence speaks of: by itself, else by what stands before
        it or by the title, the likelier first.
        """
        return self.setting.scopes[self.index]

    @property
    def scope(self) -> Scope:
        """What the sentence most likely speaks of."""
        return self.scopes[0]

    @property
    def own_scope(self) -> Scope:
        """What the sentence by itself speaks of."""
        return self.setting.own_scopes[self.index]

    @property
    def others(self) -> list[Quantity]:
        """The other numbers of the sentence."""
        return [number for number in self.setting.numbers if number is not self.quantity]

    @cached_property
    def role(self) -> str:
        """What is done to the number: from, to or by it something changes; "" for nothing."""
        for role, pattern in (("to", _TO), ("from", _FROM), ("by", _BY)):
            if pattern.search(self.left):
                return role
        return ""

    @cached_property
    def phase(self) -> str:
        """Before or after a change, by the word nearest before the number, or by what is done
        to it; "" for neither.
        """
        if self.role in _PHASES:
            return _PHASES[self.role]
        before = [match.end() for match in _BEFORE.finditer(self.left)]
        after = [match.end() for match in _AFTER.finditer(self.left)]
        if not before and not after:
            return ""
        return "before" if max(before, default=-1) > max(after, default=-1) else "after"

    @cached_property
    def noun_before(self) -> str:
        """The words right before the number, without 共有 and the like."""
        text = self.left
        for pattern in (_TO, _FROM, _BY):
            if pattern.search(text):
                text = pattern.sub("", text)
                break
        while (shorter := _FILLER_BEFORE.sub("", text)) != text:
            text = shorter
        run = re.search(r"[^，,；;。：:#@&（）()“”]*$", text)
        words = _LISTED.sub("", run[0]) if run else ""
        return words[-_LONGEST_NOUN:]

    @cached_property
    def noun_after(self) -> str:
        """The words right behind the number and its unit."""
        text = _FILLER_AFTER.sub("", self.right)
        run = re.match(r"[^，,；;。：:#@&（）()“”、]*", text)
        return run[0][:_LONGEST_NOUN] if run else ""

    @property
    def _end(self) -> int:
        """Where in the masked sentence its number ends."""
        return len(self.setting.masked) - len(self.right)

    @cached_property
    def _clauses_before(self) -> tuple[set[str], set[str]]:
        """Pairs of characters of the clause up to the number, and of the clause before it."""
        ends = self.setting.clause_ends
        index = bisect_left(ends, len(self.left))
        starts = [end + 1 for end in ends[max(0, index - 2) : index]]
        if index < 2:
            starts.insert(0, 0)
        own = self.setting.pairs_between(starts[-1], len(self.left))
        if len(starts) == 1:
            return own, set()
        return own, self.setting.pairs_between(starts[0], starts[1] - 1)

    @cached_property
    def _clauses_behind(self) -> tuple[set[str], set[str]]:
        """Pairs of characters of the clause from the number on, and of the clause behind it."""
        index = bisect_left(self.setting.clause_ends, self._end)
        ends = [*self.setting.clause_ends[index : index + 2], len(self.setting.masked)]
        own = self.setting.pairs_between(self._end, ends[0])
        return own, self.setting.pairs_between(ends[0] + 1, ends[1]) if len(ends) > 1 else set()

    @cached_property
    def own_clause(self) -> frozenset[str]:
        """Pairs of characters of the clause alone."""
        return frozenset(self._clauses_before[0] | self._clauses_behind[0])

    @cached_property
    def clause(self) -> frozenset[str]:
        """Pairs of characters of the clause, and of its neighbours where it tells too little: a
        date stands in a clause of its own, its event before or behind it; what a mere number
        counts stands before it.
        """
        own = self.own_clause
        (left, before), (_, behind) = self._clauses_before, self._clauses_behind
        if self.quantity.sort is not Sort.DATE:
            return own or frozenset(before or behind)
        if len(own) >= _SHORT_CLAUSE:
            return own
        if own:
            return own | (behind if left or not before else before)
        return frozenset(behind if len(behind) >= _SHORT_CLAUSE else behind | before)

    @cached_property
    def titles(self) -> frozenset[str]:
        """Titles that the sentence names."""
        return frozenset(TITLE.findall(self.left + self.right))

    @cached_property
    def whole(self) -> frozenset[str]:
        """Pairs of characters of the sentence."""
        left = self.setting.pairs_between(0, len(self.left))
        return frozenset(left | self.setting.pairs_between(self._end, len(self.setting.masked)))

    @cached_property
    def surroundings(self) -> frozenset[str]:
        """Pairs of characters of the sentence and what stands around it."""
        return self.whole | self.setting.around_pairs

    @cached_property
    def events(self) -> frozenset[str]:
        """Which events the words behind a date tell of, of the first clause that tells of any,
        up to the next date; else those before the date. That somebody met is none where they
        did something.
        """
        behind = _UP_TO_DATE.match(self.right)
        clauses = CLAUSE_END.split(behind[0] if behind else "")
        clauses.append(self.left.rpartition("@")[2])
        met = frozenset[str]()
        for clause in clauses:
            found = frozenset(match.lastgroup or "" for match in _EVENT.finditer(clause))
            if found - _MET:
                return found - _MET
            met = met or found
        return met


def read_claims(
    text: str,
    *,
    within: Span,
    numbers: Sequence[Quantity],
    outer: Sequence[Scope],
    known: frozenset[str],
    around: str,
    around_pairs: frozenset[str] | None = None,
) -> list[Claim]:
    """The claims of one sentence, in order of place.

    Args:
        text: The text it stands in.
        within: The sentence.
        numbers: The quantities of the sentence, in order.
        outer: What the sentences before it, or the title, speak of.
        known: Names of areas besides those of the gazetteer.
        around: What stands around it, folded.
        around_pairs: Pairs of characters of that, where they are known.
    """
    whole, places = masked(text, within, numbers)
    setting = Setting(
        words=within.of(text),
        span=within,
        numbers=numbers,
        outer=outer,
        known=known,
        around=around,
        around_pairs=frozenset(pairs(around)) if around_pairs is None else around_pairs,
        masked=whole,
    )
    return [
        Claim(
            quantity=quantity,
            setting=setting,
            index=index,
            left=whole[:start],
            right=whole[end:],
        )
        for index, (quantity, (start, end)) in enumerate(zip(numbers, places, strict=True))
    ]
