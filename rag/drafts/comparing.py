"""Whether a claim of a draft and one of a document are of one fact, whatever their values."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from rapidfuzz import fuzz

from rag.documents import PartialDate
from rag.drafts.claims import TITLE, Claim
from rag.drafts.quantities import Quantity, Sort

_TELLING: Final = 3
# A person is not counted as things are, nor a time that something happens.
_UNLIKE_THINGS: Final = {"人", "次"}
_LONG: Final = 12
_SAME: Final = 0.75
_NEARLY: Final = 80
_DOUBT: Final = 0.1
# A word that does not touch the number tells less of what is counted.
_LOOSE: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How surely two claims are of one fact.

    Attributes:
        noun: How many characters of what is counted are the same; None where nothing is.
        forward: Share of the draft's clause that the document's sentence holds.
        backward: Share of the document's clause that the draft holds.
        doubt: Taken off where only one of the two says what is done to the number.
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
    if not _are_comparable(ours.quantity, theirs.quantity):
        return None
    if ours.phase and theirs.phase and ours.phase != theirs.phase:
        return None
    if _are_of_different_things(ours, theirs):
        return None
    doubt = _doubt(ours, theirs)
    if doubt is None:
        return None
    counts = ours.quantity.sort is Sort.FIGURE
    return Likeness(
        noun=_shared_noun(ours, theirs) if counts else None,
        forward=_held(ours, theirs),
        backward=_held(theirs, ours),
        doubt=doubt,
    )


def _are_of_different_things(ours: Claim, theirs: Claim) -> bool:
    """Whether a title or an ordinal says that the two speak of different documents or meetings."""
    if theirs.titles and not any(_is_named(title, ours) for title in theirs.titles):
        return True
    if not ours.setting.ordinals or not theirs.setting.ordinals:
        return False
    for unit in ("届", "次", "中全会", "条"):
        mine, yours = _ordinals(ours, unit), _ordinals(theirs, unit)
        if mine and yours and mine.isdisjoint(yours):
            return True
    return False


def _is_named(title: str, claim: Claim) -> bool:
    """Whether a claim's sentence or what stands before it names a document, if not quite right."""
    named = claim.left + claim.right + claim.around
    return title in named or any(
        fuzz.ratio(title, other) >= _NEARLY for other in TITLE.findall(named)
    )


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


def is_same_event(ours: Claim, theirs: Claim) -> bool:
    """Whether two sentences with ordinals tell of one event: they agree in another number that
    tells something, no mere year, or in what becomes of a document that both name.
    """
    if ours.event and ours.event == theirs.event and ours.titles & theirs.titles:
        return True
    mine = {(one.unit, str(one.value)) for one in ours.others if _is_telling(one)}
    return any((one.unit, str(one.value)) in mine for one in theirs.others if _is_telling(one))


def _is_telling(quantity: Quantity) -> bool:
    if isinstance(quantity.value, PartialDate):
        return quantity.value.month is not None
    return not isinstance(quantity.value, Fraction) or quantity.value > 5


def _doubt(ours: Claim, theirs: Claim) -> float | None:
    """How much the roles of the two numbers speak against one fact; None where they exclude it."""
    if ours.quantity.sort is Sort.DATE:
        if ours.event == theirs.event:
            return 0.0
        return _DOUBT if not ours.event or not theirs.event else None
    if ours.role == theirs.role:
        return 0.0
    return {"to": 0.0, "from": _DOUBT}.get(ours.role + theirs.role)


def _are_comparable(ours: Quantity, theirs: Quantity) -> bool:
    if ours.sort is not theirs.sort:
        return False
    return ours.unit == theirs.unit or (
        ours.is_count and theirs.is_count and not {ours.unit, theirs.unit} & _UNLIKE_THINGS
    )


def _held(one: Claim, other: Claim) -> float:
    """Share of a claim's clause that the other's sentence holds; of its sentence, too, where
    the clause is too short to tell anything.
    """
    clause = _share(one.clause, other.surroundings)
    if one.quantity.sort is Sort.DATE and len(one.own_clause) > 1:
        return (clause + _share(one.own_clause, other.surroundings)) / 2
    if len(one.clause) >= _TELLING:
        return clause
    return (clause + _share(one.whole, other.surroundings)) / 2


def _share(part: frozenset[str], whole: Iterable[str]) -> float:
    return len(part.intersection(whole)) / len(part) if part else 0.0


def _shared_noun(ours: Claim, theirs: Claim) -> int:
    """How much the words beside the two numbers share, most where they touch the number."""
    anchored = max(
        _common_prefix(ours.noun_after, theirs.noun_after),
        _common_prefix(ours.noun_before[::-1], theirs.noun_before[::-1]),
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


def _common_prefix(left: str, right: str) -> int:
    length = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        length += 1
    return length


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
