"""Whether a claim of a draft and one of a document are of one fact, whatever their values."""

import re
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import Prefix

from rag.drafts.claims import TITLE, Claim
from rag.quantities import Sort

_TELLING: Final = 3
_TELLING_OF_DATES: Final = 6
# Things counted by other words (37家, 37个) must at least be called the same.
_SHORTEST_NOUN: Final = 2
_LONG: Final = 12
_SAME: Final = 0.75
_NEARLY: Final = 80
_DOUBT: Final = 0.1
# A word that does not touch the number tells less of what is counted.
_LOOSE: Final = 1
_SHORTEST_TITLE: Final = 4
_SHORT_TITLE: Final = re.compile(r"[\u4e00-\u9fff]{2,12}?(?:法|条例|办法|方案|规定|意见|决定)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How surely two claims are of one fact.

    Attributes:
        noun: How many characters of what is counted are the same; None where nothing is.
        forward: Share of the draft's clause that the document's sentence holds.
        backward: Share of the document's clause that the draft holds.
        doubt: Taken off where only one of the two says what is done to the number, or which
            document it stands in.
    """

    noun: int | None
    forward: float
    backward: float
    doubt: float = 0.0

    @property
    def score(self) -> float:
        """All of it in one number, from 0 to 1."""
        if self.noun is None:
            return 0.55 * self.forward + 0.45 * self.backward - self.doubt
        return 0.4 * min(self.noun, 4) / 4 + 0.35 * self.forward + 0.25 * self.backward - self.doubt


def likeness(ours: Claim, theirs: Claim) -> Likeness | None:
    """How alike a claim of a draft and one of a document are; None where they cannot be one.

    Values are not compared.
    """
    if ours.quantity.comparability != theirs.quantity.comparability:
        return None
    if are_of_different_phases(ours, theirs):
        return None
    if are_of_different_meetings(ours, theirs):
        return None
    doubts = (_doubt_by_role(ours, theirs), doubt_by_title(ours, theirs))
    if None in doubts:
        return None
    noun = _shared_noun(ours, theirs) if ours.quantity.sort is Sort.FIGURE else None
    if ours.quantity.unit != theirs.quantity.unit and (noun or 0) < _SHORTEST_NOUN:
        return None
    return Likeness(
        noun=noun,
        forward=held(ours, theirs),
        backward=held(theirs, ours),
        doubt=sum(doubt or 0.0 for doubt in doubts),
    )


def are_of_different_phases(ours: Claim, theirs: Claim) -> bool:
    """Whether one is of before a change, the other of after it."""
    return bool(ours.phase and theirs.phase and ours.phase != theirs.phase)


def are_of_different_meetings(ours: Claim, theirs: Claim) -> bool:
    """Whether an ordinal says that the two speak of different meetings or provisions."""
    if not ours.setting.ordinals or not theirs.setting.ordinals:
        return False
    for unit in ("届", "次", "中全会", "条"):
        mine, yours = _ordinals(ours, unit), _ordinals(theirs, unit)
        if mine and yours and mine.isdisjoint(yours):
            return True
    return False


def doubt_by_title(ours: Claim, theirs: Claim) -> float | None:
    """Less sure where the document names a title that the draft does not; None where the draft
    names another one.
    """
    if not theirs.titles or any(_is_named(title, ours) for title in theirs.titles):
        return 0.0
    return None if ours.titles else _DOUBT


def _is_named(title: str, claim: Claim) -> bool:
    """Whether a claim's sentence or what stands before it names a document: in full, not quite
    right, or for short (地方编制条例).
    """
    named = claim.left + claim.right + claim.around
    if title in named or any(fuzz.ratio(title, other) >= _NEARLY for other in TITLE.findall(named)):
        return True
    return any(_is_short_for(match[0], title) for match in _SHORT_TITLE.finditer(named))


def _is_short_for(words: str, title: str) -> bool:
    """Whether an end of `words` has characters of `title`, in their order, and its last ones."""
    for length in range(min(len(words), len(title) - 1), _SHORTEST_TITLE - 1, -1):
        letters = iter(title)
        if title.endswith(words[-1]) and all(letter in letters for letter in words[-length:]):
            return True
    return False


def _ordinals(claim: Claim, unit: str) -> set[object]:
    return {
        other.value
        for other in claim.setting.ordinals
        if other.unit == unit and other is not claim.quantity
    }


def is_same_sentence(ours: Claim, theirs: Claim) -> bool:
    """Whether both stand in one long sentence, but for a few words."""
    common = len(ours.whole & theirs.whole)
    return common >= _LONG and common >= _SAME * len(ours.whole | theirs.whole)


def is_to_the_letter(ours: Claim, theirs: Claim) -> bool:
    """Whether both stand in the same sentence, of some length, with the same numbers in it."""
    one, other = ours.setting, theirs.setting
    return (
        one.masked == other.masked
        and len(one.masked) >= _LONG
        and [number.value for number in one.numbers] == [number.value for number in other.numbers]
    )


def _doubt_by_role(ours: Claim, theirs: Claim) -> float | None:
    """How much the roles of the two numbers speak against one fact; None where they exclude it."""
    if ours.quantity.sort is Sort.DATE:
        if ours.events and theirs.events:
            return 0.0 if ours.events & theirs.events else None
        return _DOUBT if ours.events or theirs.events else 0.0
    if ours.role == theirs.role:
        return 0.0
    if {ours.role, theirs.role} == {"", "from"}:
        return 0.0 if ours.phase == theirs.phase else _DOUBT
    return 0.0 if {ours.role, theirs.role} == {"", "to"} else None


def held(one: Claim, other: Claim) -> float:
    """Share of a claim's clause that the other's sentence holds; of its sentence, too, where
    the clause is too short to tell anything.
    """
    said, is_date = other.surroundings, one.quantity.sort is Sort.DATE
    is_telling = len(one.clause) >= (_TELLING_OF_DATES if is_date else _TELLING)
    if is_telling and one.clause <= said:  # other words for it can add nothing
        return 1.0
    added = _said_otherwise(one, other)
    clause = _share(one.clause, said, added)
    if is_date and len(one.own_clause) > 1:
        clause = (clause + _share(one.own_clause, said, added)) / 2
    return clause if is_telling else (clause + _share(one.whole, said, added)) / 2


def _said_otherwise(one: Claim, other: Claim) -> set[str]:
    """Pairs of characters of those words of a claim that the other's sentence has others for."""
    said = other.surroundings
    added = set[str]()
    if one.whole <= said or one.whole.isdisjoint(said):
        return added
    for word, others in one.setting.stand_ins:
        if not word <= said and not others.isdisjoint(other.setting.lexicon_words):
            added |= word
    return added - said if added else added


def _share(part: frozenset[str], said: frozenset[str], added: set[str]) -> float:
    if not part:
        return 0.0
    return (len(part & said) + (len(part & added) if added else 0)) / len(part)


def _shared_noun(ours: Claim, theirs: Claim) -> int:
    """How much the words beside the two numbers share, most where they touch the number."""
    anchored = max(
        Prefix.similarity(ours.noun_after, theirs.noun_after),
        Prefix.similarity(ours.noun_before[::-1], theirs.noun_before[::-1]),
        _overlap(ours.noun_after, theirs.noun_before),
        _overlap(theirs.noun_after, ours.noun_before),
    )
    loose = max(
        _longest_common(one, other)
        for one in (ours.noun_before, ours.noun_after)
        for other in (theirs.noun_before, theirs.noun_after)
    )
    return max(anchored, loose - _LOOSE)


def _longest_common(left: str, right: str) -> int:
    """The length of the longest part that both have."""
    best = 0
    for start in range(len(left)):
        while start + best < len(left) and left[start : start + best + 1] in right:
            best += 1
    return best


def _overlap(after: str, before: str) -> int:
    """How long a beginning of `after` is an end of `before`: 37个党政机构, 党政机构37个."""
    return next(
        (
            size
            for size in range(min(len(after), len(before)), 1, -1)
            if before.endswith(after[:size])
        ),
        0,
    )
