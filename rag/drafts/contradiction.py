"""How likely a document states the very fact for which a draft has another number.

A logistic regression over what speaks for it and against: how much of the two sentences is the
same, weighed by how rare it is; whether places, years and units agree; what the draft has
confirmed of the document before; whether a slip of the pen tells the numbers apart. Its weights
are fitted on drafts with planted errors by `python -m evals.quotations.fitting`.
"""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final

from rag.documents import PartialDate
from rag.drafts.claims import Claim
from rag.drafts.comparing import (
    are_of_different_meetings,
    are_of_different_phases,
    doubt_by_title,
    held,
)
from rag.quantities import Quantity, Sort
from rag.values import is_slip, may_be_compared, shared_components, values_agree

WEIGHTS: Final = Path(__file__).parents[1] / "models" / "contradiction.json"
_LEAST_RARITY: Final = 0.1
_ALIKE: Final = 20.0
_MOST_OTHERS: Final = 3
_ROUNDING: Final = 1e-9


class Rarity:
    """How rare pairs of characters are among the sentences that were read for a draft.

    Args:
        sentences: The pairs of each.
    """

    def __init__(self, sentences: Iterable[frozenset[str]]) -> None:
        every = list(sentences)
        counts = Counter(chain.from_iterable(every))
        total = len(every)
        self._values = {
            pair: max(math.log((total + 1) / (count + 0.5)), _LEAST_RARITY)
            for pair, count in counts.items()
        }
        self._rarest = math.log((total + 1) / 0.5)
        self._added_up = dict[frozenset[str], float]()

    def of(self, pairs: Iterable[str]) -> float:
        """Added up; 0 for none."""
        values, rarest = self._values, self._rarest
        return sum(values.get(pair, rarest) for pair in pairs)

    def share(self, part: frozenset[str], whole: frozenset[str]) -> float:
        """How much of `part` is in `whole`, from 0 to 1."""
        if part.isdisjoint(whole):
            return 0.0
        if part not in self._added_up:
            self._added_up[part] = self.of(part)
        return self.of(part & whole) / self._added_up[part]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known of two claims besides their sentences.

    Attributes:
        is_excluded: Whether place and year exclude that both are of one fact; slow.
        support: How much what the draft has confirmed speaks for the document's claim.
        confirms_another: The document's claim confirms another number of the draft.
        confirms_beside: It does so in the same paragraph.
        agreement: How alike the best claim is that agrees with the draft's number, 0 for none;
            slow.
    """

    is_excluded: Callable[[], bool]
    support: float
    confirms_another: bool
    confirms_beside: bool
    agreement: Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Two claims, the one a draft's, the other a document's whose number does not agree.

    Attributes:
        rarity: Of the sentences that were read.
    """

    ours: Claim
    theirs: Claim
    circumstances: Circumstances
    rarity: Rarity

    @property
    def quantities(self) -> tuple[Quantity, Quantity]:
        """Their numbers."""
        return self.ours.quantity, self.theirs.quantity


# The quick ones and those that tell most first; none is ever below 0.
_FEATURES: Final[Mapping[str, Callable[[Pairing], float]]] = {
    "same_unit": lambda one: one.ours.quantity.unit == one.theirs.quantity.unit,
    "is_date": lambda one: one.ours.quantity.sort is Sort.DATE,
    "support": lambda one: one.circumstances.support,
    "confirms_another": lambda one: one.circumstances.confirms_another,
    "confirms_beside": lambda one: one.circumstances.confirms_beside,
    "own_clause": lambda one: one.rarity.share(one.ours.own_clause, one.theirs.own_clause),
    "sentence": lambda one: min(
        one.rarity.of(one.ours.whole & one.theirs.whole) / _ALIKE, _MOST["sentence"]
    ),
    "ratio": lambda one: _ratio(*one.quantities),
    "slip": lambda one: is_slip(*one.quantities),
    "differs_twice": lambda one: _differing(*one.quantities) > 1,
    "incomparable": lambda one: not may_be_compared(*one.quantities),
    "clause": lambda one: held(one.ours, one.theirs),
    "other_phase": lambda one: are_of_different_phases(one.ours, one.theirs),
    "other_meeting": lambda one: are_of_different_meetings(one.ours, one.theirs),
    "other_title": lambda one: doubt_by_title(one.ours, one.theirs) is None,
    "other_numbers": lambda one: min(_unmatched(one.ours, one.theirs), _MOST_OTHERS),
    "other_scope": lambda one: one.circumstances.is_excluded(),
    "agreement": lambda one: one.circumstances.agreement(),
}
# The others are at most 1.
_MOST: Final = {"sentence": 2.0, "other_numbers": float(_MOST_OTHERS)}


def features(pairing: Pairing) -> dict[str, float]:
    """What speaks for and against a document's claim being of the fact of a draft's."""
    return {name: float(read(pairing)) for name, read in _FEATURES.items()}


def _differing(ours: Quantity, theirs: Quantity) -> int:
    """How many parts of two dates differ; 0 for figures."""
    if isinstance(ours.value, PartialDate) and isinstance(theirs.value, PartialDate):
        return sum(one != other for one, other in shared_components(ours.value, theirs.value))
    return 0


def _unmatched(ours: Claim, theirs: Claim) -> int:
    """How many other numbers of the draft's sentence the document's does not have."""
    return sum(
        not any(
            one.comparability == other.comparability and values_agree(one, other)
            for other in theirs.others
        )
        for one in ours.others
    )


def _ratio(ours: Quantity, theirs: Quantity) -> float:
    """The smaller of two figures divided by the larger; 0 for dates."""
    if isinstance(ours.value, Fraction) and isinstance(theirs.value, Fraction):
        one, other = sorted((float(ours.value), float(theirs.value)))
        return one / other if other > 0 else 1.0
    return 0.0


@cache
def _weights() -> Mapping[str, float]:
    return json.loads(WEIGHTS.read_text(encoding="utf-8"))


def likelihood(found: Mapping[str, float]) -> float:
    """The probability that both are of one fact, from the features of two claims."""
    weights = _weights()
    total = weights["constant"] + sum(weights[name] * value for name, value in found.items())
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, total))))


def likelihood_from(pairing: Pairing, *, least: float) -> float:
    """As `likelihood`; 0 as soon as it is clear that it is below `least`, which is not 0."""
    weights = _weights()
    enough = math.log(least / (1 - least)) - _ROUNDING
    most, gains = _at_most()
    found = dict[str, float]()
    for name, read in _FEATURES.items():
        value = float(read(pairing))
        most += weights[name] * value - gains[name]
        if most < enough:
            return 0.0
        found[name] = value
    return likelihood(found)


@cache
def _at_most() -> tuple[float, Mapping[str, float]]:
    """What all features together, and each of them, can add."""
    weights = _weights()
    gains = {name: max(0.0, weights[name]) * _MOST.get(name, 1.0) for name in _FEATURES}
    return weights["constant"] + sum(gains.values()), gains
