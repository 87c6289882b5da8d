"""How a list of a draft differs from one of a document: item by item, in order.

天津、河北、山西 and 天津、河北、江苏: one item is another. What has less in common is another list.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import product
from typing import Final

from propcache.api import cached_property
from rapidfuzz import fuzz
from rapidfuzz.distance import Prefix

from rag.drafts.enumerations import ListWords
from rag.text import fold

_FEWEST_ITEMS: Final = 3
_SHORTEST: Final = 2
_ALIKE: Final = 50
_LEAST_SHARED: Final = 0.6
_MOST_MISSING: Final = 2
_LENGTHS_APART: Final = 3
_TYPICAL: Final = 3
# So many characters in common.
_TELLING: Final = 10
_MUCH_LONGER: Final = 2
# Words before the first item of a list, and behind its last, that do not belong to it.
_LEAD: Final = re.compile(
    r"包括|分别是|就是|也即|即|指|有|是|为|把|将|对|由|从|做到|实现|确保|要求|坚持|设|列出|以前"
)
_TAIL: Final = re.compile(
    r"(?<=.{2})(?:[两三四五六七八九十]+[个家项类条种件方大支句级步环省市县部笔道张本关]|等|的|并|合并|合为|组成|为|共|及其|而|这|都|均).*$"
)
_FULL_NAME: Final = re.compile(r"委员会$|领导小组$|办公室$")
_JOINED: Final = re.compile(r"[和与及]|以及")
_DIGITS: Final = re.compile(r"\d+")
_AREA: Final = re.compile(r"(?<=[\u4e00-\u9fff]{2})[省市县区]$")


class Difference(Enum):
    """How a list of a draft differs from one of a document."""

    NONE = auto()
    REPLACED = auto()
    MISSING = auto()
    ADDED = auto()
    REORDERED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedLists:
    """A list of a draft beside one of a document.

    Attributes:
        ours: The draft's items; one that both lists have is written as in `theirs`.
        theirs: The document's.
        starts_at: How many characters stand before the draft's first item; `ends_at` how many
            behind its last.
        wrong: The items of the document that the draft lacks or has others for; of an added
            one, the draft's.
        shared: How many are the same.
    """

    difference: Difference
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    starts_at: int
    ends_at: int
    wrong: tuple[str, ...]
    shared: int

    @property
    def likeness(self) -> float:
        """The share of the items that both have."""
        return self.shared / max(len(self.ours), len(self.theirs))


def compare_lists(ours: ListWords, theirs: ListWords) -> ComparedLists | None:
    """How a list of a draft differs from one of a document; None for two with little in common."""
    if len(theirs.items) < _FEWEST_ITEMS or len(ours.items) < _FEWEST_ITEMS - 1:
        return None
    return _Matching(ours, theirs).compared()


class _Matching:
    """Two lists, item by item."""

    def __init__(self, ours: ListWords, theirs: ListWords) -> None:
        self._ours = ours
        self._theirs = theirs
        self._mine = [fold(item) for item in ours.items]
        self._other = [fold(item) for item in theirs.items]
        inner = [len(item) for item in self._other[1:-1]]
        self._typical = max(_TYPICAL, min(inner))
        self._longest = max(inner)

    def compared(self) -> ComparedLists | None:
        """How they differ, where it is little."""
        matched = self._matched
        mine = [index for index in range(len(self._mine)) if index not in matched]
        other = sorted(set(range(len(self._other))) - set(matched.values()))
        if (difference := self._difference(mine, other)) is None:
            return None
        is_moved = difference is Difference.REORDERED
        moved = (self._moved(mine, other) if is_moved else None) or {}
        ours_cut, theirs_cut = self._cuts(moved)
        theirs = _trimmed(self._theirs.items, theirs_cut)
        ours = list(_trimmed(self._ours.items, ours_cut))
        for index, place in (matched | moved).items():
            ours[index] = theirs[place]
        is_added = difference is Difference.ADDED
        return ComparedLists(
            difference=difference,
            ours=tuple(ours),
            theirs=theirs,
            starts_at=ours_cut[0],
            ends_at=ours_cut[1],
            wrong=tuple(ours[i] for i in mine) if is_added else tuple(theirs[i] for i in other),
            shared=len(matched | moved),
        )

    @cached_property
    def _matched(self) -> dict[int, int]:
        """Which item of the draft is which of the document, in order; as many as can be."""
        rows, columns = len(self._mine), len(self._other)
        best = [[0] * (columns + 1) for _ in range(rows + 1)]
        for i, j in product(range(rows - 1, -1, -1), range(columns - 1, -1, -1)):
            weight = self._weight(i, j)
            met = best[i + 1][j + 1] + weight if weight else 0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], met)
        matched = dict[int, int]()
        i = j = 0
        while i < rows and j < columns:
            weight = self._weight(i, j)
            if weight and best[i][j] == best[i + 1][j + 1] + weight:
                matched[i] = j
                i, j = i + 1, j + 1
            elif best[i][j] == best[i + 1][j]:
                i += 1
            else:
                j += 1
        return matched

    def _weight(self, i: int, j: int) -> int:
        """2 for the same words, 1 for the same thing otherwise written, 0 for another."""
        return 2 if self._mine[i] == self._other[j] else int(self._meet(i, j) is not None)

    def _meet(self, i: int, j: int) -> tuple[int, int] | None:
        """How many characters must go from either item, at the edge of its list, for both to be
        the same; None where they are not.
        """
        one, other = self._mine[i], self._other[j]
        if one == other or _is_short_for(one, other) or _is_short_for(other, one):
            return 0, 0
        if self._ours.is_exact:
            return (0, 0) if _begins_with_clause(one, other) else None
        starts = i == 0 and self._is_led(self._ours), j == 0 and self._is_led(self._theirs)
        ends = i == len(self._mine) - 1, j == len(self._other) - 1
        one, other = _AREA.sub("", one), _AREA.sub("", other)
        if any(starts) and (
            found := self._overlap(one[::-1], other[::-1], starts) or self._led(one, other, starts)
        ):
            return found
        if not any(ends) or (found := self._overlap(one, other, ends)) is None:
            return None
        return found[0] and found[0] + len(self._mine[i]) - len(one), found[1]

    def _is_led(self, words: ListWords) -> bool:
        """Whether other words may stand before the first item."""
        return not words.begins_clearly or len(words.items[0]) >= _MUCH_LONGER * self._longest

    def _led(self, one: str, other: str, is_led: tuple[bool, bool]) -> tuple[int, int] | None:
        """As `_meet`, for first items of which one, without words known to lead to a list, is
        the end of the other.
        """
        mine = _bare(one, self._ours, is_first=True) if is_led[0] else one
        yours = _bare(other, self._theirs, is_first=True) if is_led[1] else other
        for bare in (mine, yours):
            if len(bare) >= _SHORTEST and one.endswith(bare) and other.endswith(bare):
                cuts = len(one) - len(bare), len(other) - len(bare)
                if all(cut == 0 or free for cut, free in zip(cuts, is_led, strict=True)):
                    return cuts
        if _is_short_for(mine, yours) or _is_short_for(yours, mine):
            return len(one) - len(mine), len(other) - len(yours)
        return None

    def _overlap(self, one: str, other: str, is_open: tuple[bool, bool]) -> tuple[int, int] | None:
        """As `_meet`, for the ends of items of which those that are open go on at will."""
        same = Prefix.similarity(one, other)
        if same < _SHORTEST:
            return None
        cuts = len(one) - same, len(other) - same
        if not all(cut == 0 or free for cut, free in zip(cuts, is_open, strict=True)):
            return None
        if 0 in cuts or (same >= self._typical and cuts[0] != cuts[1]):
            return cuts
        is_led = min(len(one), len(other)) >= _MUCH_LONGER * self._longest
        return cuts if is_led else None

    def _difference(self, mine: Sequence[int], other: Sequence[int]) -> Difference | None:
        shared = len(self._mine) - len(mine)
        if not mine and not other:
            return Difference.NONE
        if len(mine) == len(other) and self._moved(mine, other) is not None:
            return Difference.REORDERED
        if shared < max(_SHORTEST, _LEAST_SHARED * max(len(self._mine), len(self._other))):
            return None
        if not mine and len(other) <= _MOST_MISSING:
            return Difference.MISSING
        if not other and len(mine) == 1 and shared >= _FEWEST_ITEMS:
            return Difference.ADDED
        if list(mine) == list(other) and len(mine) == 1 and self._is_replaced(mine[0]):
            return Difference.REPLACED
        return None

    def _moved(self, mine: Sequence[int], other: Sequence[int]) -> dict[int, int] | None:
        """Which of the items that no item in the same order is like stand where in the other
        list, at the edge of the list perhaps with words that do not belong to them; None unless
        all do.
        """
        moved = dict[int, int]()
        for index in mine:
            left = (place for place in other if place not in moved.values())
            found = next((place for place in left if self._is_moved(index, place)), None)
            if found is None:
                return None
            moved[index] = found
        return moved

    def _is_moved(self, index: int, place: int) -> bool:
        item, other = self._mine[index], self._other[place]
        return (
            item == other
            or (index == 0 and self._is_led(self._ours) and item.endswith(other))
            or (index == len(self._mine) - 1 and not self._ours.is_exact and item.startswith(other))
            or (place == len(self._other) - 1 and self._ends_with(other, item))
        )

    def _ends_with(self, other: str, item: str) -> bool:
        """Whether the document's last item is `item` and a word that stands for the whole list."""
        return not self._theirs.is_exact and other.startswith(item) and len(item) >= _TYPICAL

    def _is_replaced(self, index: int) -> bool:
        """Whether the item that differs is whole in both lists, and so surely another one."""
        if _differ_in_number(self._mine[index], self._other[index]):
            return False
        if 0 < index < len(self._mine) - 1 and not self._ours.is_exact:
            return True
        is_first = index == 0
        one = _bare(self._mine[index], self._ours, is_first=is_first)
        other = _bare(self._other[index], self._theirs, is_first=is_first)
        if self._ours.is_exact:
            return fuzz.ratio(one, other) >= _ALIKE or self._is_telling
        if is_first:
            one, other = one[::-1], other[::-1]
        same = Prefix.similarity(one, other)
        apart = abs(len(one) - len(other))
        is_whole = same < _SHORTEST or len(self._matched) >= _FEWEST_ITEMS
        return apart <= _LENGTHS_APART if is_whole else apart == 0

    @property
    def _is_telling(self) -> bool:
        """Whether all items but one are the same, and long enough to be so by no chance."""
        matched = self._matched
        same = [self._mine[i] for i, j in matched.items() if self._mine[i] == self._other[j]]
        return len(same) == len(self._mine) - 1 and sum(map(len, same)) >= _TELLING

    def _cuts(self, moved: Mapping[int, int]) -> tuple[tuple[int, int], tuple[int, int]]:
        """How much of either list goes at its beginning and its end."""
        ours, theirs = [0, 0], [0, 0]
        last, their_last = len(self._mine) - 1, len(self._other) - 1
        for i, j in moved.items():
            if i in {0, last}:
                ours[i == last] += len(self._mine[i]) - len(self._other[j])
        for i, j in self._matched.items():
            cut, their_cut = self._meet(i, j) or (0, 0)
            ours[i == last] += cut if i in (0, last) else 0
            theirs[j == their_last] += their_cut if j in (0, their_last) else 0
        for words, cuts in ((self._ours, ours), (self._theirs, theirs)):
            first, end = words.items[0], words.items[-1]
            cuts[0] += len(first[cuts[0] :]) - len(_bare(first[cuts[0] :], words, is_first=True))
            end = end[: len(end) - cuts[1]]
            cuts[1] += len(end) - len(_bare(end, words, is_first=False))
        return (ours[0], ours[1]), (theirs[0], theirs[1])


def _differ_in_number(one: str, other: str) -> bool:
    """Whether nothing but a figure tells two items apart: figures are checked as such."""
    return _DIGITS.sub("", one) == _DIGITS.sub("", other)


def _bare(item: str, words: ListWords, *, is_first: bool) -> str:
    """The first or the last item without words that are known to belong to none."""
    if words.is_exact or (is_first and words.begins_clearly):
        return item
    if not is_first:
        return _TAIL.sub("", item)
    ends = [
        match.end()
        for match in _LEAD.finditer(item)
        if match.end() <= len(item) - _SHORTEST and not words.items[1].startswith(match[0])
    ]
    return item[max(ends, default=0) :]


def _trimmed(items: Sequence[str], cut: tuple[int, int]) -> tuple[str, ...]:
    first, *inner, last = items
    return (first[cut[0] :], *inner, last[: len(last) - cut[1]])


def _is_short_for(one: str, other: str) -> bool:
    """Whether `one` is a short form of `other`: 市监局, 市场监管局."""
    if not 1 < len(one) < len(other) or one[0] != other[0] or _are_full_names(one, other):
        return False
    rest = iter(other)
    return all(character in rest for character in one)


def _are_full_names(one: str, other: str) -> bool:
    """Whether two bodies are both named in full: 科技委员会 is not 科技工作委员会."""
    bare = [_JOINED.sub("", item) for item in (one, other)]
    return bare[0] != bare[1] and all(_FULL_NAME.search(item) for item in bare)


def _begins_with_clause(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return longer.startswith(shorter) and not longer[len(shorter)].isalnum()
