"""Whether two numbers may say the same, and how one may have become the other."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from rapidfuzz.distance import Levenshtein

from rag.documents import PartialDate
from rag.quantities import Quantity

_SPECIAL_DIGITS = 3


def values_agree(ours: Quantity, theirs: Quantity) -> bool:
    """Whether two comparable quantities may say the same."""
    one, other = ours.value, theirs.value
    if isinstance(one, PartialDate) and isinstance(other, PartialDate):
        return _dates_agree(one, other) or _lies_within(ours, theirs)
    is_rough = ours.is_rough or theirs.is_rough
    if is_rough and isinstance(one, Fraction) and isinstance(other, Fraction):
        return _roughly(ours, theirs)
    return one == other


def _lies_within(ours: Quantity, theirs: Quantity) -> bool:
    """Whether one of two dates goes on for some days and the other is one of them."""
    if ours.until is None and theirs.until is None:
        return False
    for long, short in ((ours, theirs), (theirs, ours)):
        first, day = long.value, short.value
        assert isinstance(first, PartialDate)
        assert isinstance(day, PartialDate)
        if long.until is None or first.day is None or day.day is None:
            continue
        months = [one for one in (first, day) if one.month is not None]
        same_month = len({one.month for one in months}) == 1
        same_year = first.year == day.year or None in {first.year, day.year}
        if same_month and same_year and first.day <= day.day <= long.until:
            return True
    return False


def _roughly(ours: Quantity, theirs: Quantity) -> bool:
    """300余 is 300 to 399; two that are rough must be the same."""
    assert isinstance(ours.value, Fraction)
    assert isinstance(theirs.value, Fraction)
    if ours.is_rough and theirs.is_rough:
        return ours.value == theirs.value
    rough, exact = (ours, theirs) if ours.is_rough else (theirs, ours)
    assert isinstance(rough.value, Fraction)
    assert isinstance(exact.value, Fraction)
    if rough.unit == "%":  # 六成
        return abs(rough.value - exact.value) < Fraction(5)
    step = Fraction(1)
    while rough.value % (step * 10) == 0 and step * 10 <= rough.value:
        step *= 10
    return rough.value <= exact.value < rough.value + step


def _dates_agree(ours: PartialDate, theirs: PartialDate) -> bool:
    shared = shared_components(ours, theirs)
    return bool(shared) and all(one == other for one, other in shared)


def shared_components(ours: PartialDate, theirs: PartialDate) -> list[tuple[int, int]]:
    """Year, month and day as far as both dates have them."""
    pairs = ((ours.year, theirs.year), (ours.month, theirs.month), (ours.day, theirs.day))
    return [(one, other) for one, other in pairs if one is not None and other is not None]


def is_unlikely(quantity: Quantity) -> bool:
    """Whether a figure is so special that another thing hardly has the same: three digits and
    more that are not round.
    """
    value = quantity.value
    if not isinstance(value, Fraction) or quantity.is_rough:
        return False
    digits = str(value.numerator if value.denominator == 1 else round(value * 1000)).strip("0-")
    return len(digits) >= _SPECIAL_DIGITS


def may_be_compared(ours: Quantity, theirs: Quantity) -> bool:
    """Whether a document's value can confirm or contradict a draft's: a date that shares no
    part with it can do neither, nor can one without a month for one with a month; one that
    merely lacks the day cannot confirm it.
    """
    if not isinstance(theirs.value, PartialDate) or not isinstance(ours.value, PartialDate):
        return True
    shared = shared_components(ours.value, theirs.value)
    if not shared or (theirs.value.month is None and ours.value.month is not None):
        return False
    lacks_day = theirs.value.day is None and ours.value.day is not None
    return not (lacks_day and _dates_agree(ours.value, theirs.value))


def is_computed(ours: Quantity, numbers: Sequence[Quantity]) -> bool:
    """Whether a figure is the difference of two that are counted in the same way: who writes
    空着9名 of 核定68名，实有59名 has reckoned, and errs in nothing.
    """
    if not isinstance(ours.value, Fraction):
        return False
    values = [
        one.value
        for one in numbers
        if isinstance(one.value, Fraction)
        and one.unit == ours.unit
        and one.comparability == ours.comparability
    ]
    return any(ours.value == abs(one - other) for one, other in combinations(values, 2))


def is_slip(ours: Quantity, theirs: Quantity) -> bool:
    """Whether one digit, the order of digits or one part of a date tells two values apart."""
    if isinstance(ours.value, PartialDate) and isinstance(theirs.value, PartialDate):
        shared = shared_components(ours.value, theirs.value)
        return len(shared) > 1 and sum(one != other for one, other in shared) == 1
    one, other = str(ours.value), str(theirs.value)
    return sorted(one) == sorted(other) or Levenshtein.distance(one, other) == 1
