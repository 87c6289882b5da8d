"""How likely a document states the very fact for which a draft has another number.

A logistic regression over what speaks for it and against: how much of the two sentences is the
same, weighed by how rare it is; whether places, years and units agree; what the draft has
confirmed of the document before; whether a slip of the pen tells the numbers apart. Its weights
are fitted on drafts with planted errors by `python -m evals.quotations.fitting`.
"""

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Final

from rag.documents import PartialDate
from rag.drafts.claims import Claim
from rag.drafts.comparing import are_of_different_meetings, doubt_by_title, held
from rag.drafts.quantities import Quantity, Sort
from rag.drafts.values import is_slip, may_be_compared, shared_components, values_agree

WEIGHTS: Final = Path(__file__).parents[1] / "models" / "contradiction.json"
_LEAST_RARITY: Final = 0.1
_ALIKE: Final = 20.0
_MOST_OTHERS: Final = 3


class Rarity:
    """How rare pairs of characters are among the sentences that were read for a draft.

    Args:
        sentences: The pairs of each.
    """

    def __init__(self, sentences: Iterable[frozenset[str]]) -> None:
        counts = Counter[str]()
        total = 0
        for sentence in sentences:
            counts.update(sentence)
            total += 1
        self._values = {
            pair: max(math.log((total + 1) / (count + 0.5)), _LEAST_RARITY)
            for pair, count in counts.items()
        }
        self._rarest = math.log((total + 1) / 0.5)

    def of(self, pairs: Iterable[str]) -> float:
        """Added up; 0 for none."""
        values, rarest = self._values, self._rarest
        return sum(values.get(pair, rarest) for pair in pairs)

    def share(self, part: frozenset[str], whole: frozenset[str]) -> float:
        """How much of `part` is in `whole`, from 0 to 1."""
        everything = self.of(part)
        return self.of(part & whole) / everything if everything else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known of two claims besides their sentences.

    Attributes:
        doubt: How much place and year speak against one fact; None where they exclude it.
        support: How much what the draft has confirmed speaks for the document's claim.
        confirms_another: The document's claim confirms another number of the draft.
        confirms_beside: It does so in the same paragraph.
        agreement: How alike the best claim is that agrees with the draft's number; 0 for none.
    """

    doubt: float | None
    support: float
    confirms_another: bool
    confirms_beside: bool
    agreement: float


def features(
    ours: Claim, theirs: Claim, *, circumstances: Circumstances, rarity: Rarity
) -> dict[str, float]:
    """What speaks for and against a document's claim being of the fact of a draft's.

    Args:
        ours: The draft's.
        theirs: The document's; its number can be compared and does not agree.
        circumstances: What else is known.
        rarity: Of the sentences that were read.
    """
    differing = _differing(ours.quantity, theirs.quantity)
    return {
        "clause": held(ours, theirs),
        "own_clause": rarity.share(ours.own_clause, theirs.own_clause),
        "sentence": min(rarity.of(ours.whole & theirs.whole) / _ALIKE, 2.0),
        "same_unit": float(ours.quantity.unit == theirs.quantity.unit),
        "is_date": float(ours.quantity.sort is Sort.DATE),
        "other_phase": float(bool(ours.phase and theirs.phase and ours.phase != theirs.phase)),
        "other_meeting": float(are_of_different_meetings(ours, theirs)),
        "other_title": float(doubt_by_title(ours, theirs) is None),
        "other_scope": float(circumstances.doubt is None),
        "other_numbers": float(min(_unmatched(ours, theirs), _MOST_OTHERS)),
        "support": circumstances.support,
        "confirms_another": float(circumstances.confirms_another),
        "confirms_beside": float(circumstances.confirms_beside),
        "slip": float(is_slip(ours.quantity, theirs.quantity)),
        "differs_twice": float(differing > 1),
        "incomparable": float(not may_be_compared(ours.quantity, theirs.quantity)),
        "ratio": _ratio(ours.quantity, theirs.quantity),
        "agreement": circumstances.agreement,
    }


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


@lru_cache(maxsize=1)
def _weights() -> Mapping[str, float]:
    return json.loads(WEIGHTS.read_text(encoding="utf-8"))


def likelihood(found: Mapping[str, float]) -> float:
    """The probability that both are of one fact, from the features of two claims."""
    weights = _weights()
    total = weights["constant"] + sum(weights[name] * value for name, value in found.items())
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, total))))
