"""Sums up judged quotations and drafts: shares with their 95 % intervals, by class and kind."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from evals.measures.quotations import VERDICTS, tabulate
from evals.quotations.classes import NEAR_TWIN
from evals.quotations.records import KINDS
from evals.quotations.scoring import JudgedDraft, JudgedLabel, JudgedQuotation

_QUANTILE: Final = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of how many.

    Attributes:
        n: Of how many; 0 where there was nothing to count.
        right: How many.
        value: Their share; 0 without any.
        low: Where its 95 % interval begins; `high` where it ends. Wilson's, which says
            something of shares near 1, too.
    """

    n: int
    right: int
    value: float
    low: float
    high: float

    @classmethod
    def of(cls, outcomes: Iterable[bool]) -> Self:
        """The share of those that are true.

        Source:
            Wilson, Journal of the American Statistical Association 22, 1927,
            doi:10.1080/01621459.1927.10502953.
        """
        counted = Counter(outcomes)
        right, n = counted[True], counted.total()
        if not n:
            return cls(n=0, right=0, value=0.0, low=0.0, high=1.0)
        value, square = right / n, _QUANTILE**2
        centre = (value + square / (2 * n)) / (1 + square / n)
        reach = math.sqrt(value * (1 - value) / n + square / (4 * n * n))
        reach *= _QUANTILE / (1 + square / n)
        return cls(
            n=n,
            right=right,
            value=value,
            low=max(0.0, min(centre - reach, value)),
            high=min(1.0, max(centre + reach, value)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotationScore:
    """Verdicts on quotations summed up.

    Attributes:
        accuracy: Share of right verdicts; `classes` by class, in the order of the file.
        matrix: Right verdict → verdict that was given → how often.
        dangerous: Ids of altered and invented words that were called exact: must be empty.
        spans: Of those rightly called exact, how many first matches are the very words.
        ranks: Of those with near twins rightly called exact, how many have their own
            document first.
    """

    accuracy: Share
    classes: Mapping[str, Share]
    matrix: Mapping[str, Mapping[str, int]]
    dangerous: tuple[str, ...]
    spans: Share
    ranks: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftScore:
    """Findings in drafts summed up.

    Attributes:
        precision: Of the findings that contradict, how many fall on a planted error;
            `precision_by_kind` by the kind of the finding.
        recall: Of the planted errors, how many were found; `recall_by_kind` by their kind.
        kinds: Of the errors found, how many were called by their kind.
        corrections: Of the errors found that have a correction, how many got that one.
        untouched: Of the planted places that are right or unknown, how many raised no false
            alarm.
        confirmed: Of those that are right, how many were confirmed.
    """

    drafts: int
    precision: Share
    recall: Share
    precision_by_kind: Mapping[str, Share]
    recall_by_kind: Mapping[str, Share]
    kinds: Share
    corrections: Share
    untouched: Share
    confirmed: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Both, as `wence eval quotations --json` prints them."""

    quotations: QuotationScore
    drafts: DraftScore


def sum_quotations(judged: Sequence[JudgedQuotation]) -> QuotationScore:
    """Sum up verdicts; without any quotation all shares are 0."""
    matrix = tabulate((one.case.verdict, one.got) for one in judged)
    classes = dict.fromkeys(one.case.class_name for one in judged)
    return QuotationScore(
        accuracy=Share.of(one.right for one in judged),
        classes={
            name: Share.of(one.right for one in judged if one.case.class_name == name)
            for name in classes
        },
        matrix={
            expected: {got: matrix.counts[expected, got] for got in VERDICTS}
            for expected in VERDICTS
        },
        dangerous=tuple(one.case.id for one in judged if one.dangerous),
        spans=Share.of(one.right_span for one in judged if one.right_span is not None),
        ranks=Share.of(
            one.right_rank
            for one in judged
            if one.case.class_name == NEAR_TWIN and one.right_rank is not None
        ),
    )


def sum_drafts(judged: Sequence[JudgedDraft]) -> DraftScore:
    """Sum up findings; without any draft all shares are 0."""
    labels = [label for draft in judged for label in draft.labels]
    errors = [one for one in labels if one.label.is_error]
    others = [one for one in labels if not one.label.is_error]
    alarms = [
        (alarm.kind, alarm not in draft.false_alarms) for draft in judged for alarm in draft.alarms
    ]
    return DraftScore(
        drafts=len(judged),
        precision=Share.of(true for _, true in alarms),
        recall=Share.of(one.found for one in errors),
        precision_by_kind={
            kind: Share.of(true for other, true in alarms if other == kind)
            for kind in KINDS
            if any(other == kind for other, _ in alarms)
        },
        recall_by_kind=_recall_by_kind(errors),
        kinds=Share.of(one.same_kind for one in errors if one.same_kind is not None),
        corrections=Share.of(one.corrected for one in errors if one.corrected is not None),
        untouched=Share.of(not one.found for one in others),
        confirmed=Share.of(one.confirmed for one in others if one.label.verdict == "exact"),
    )


def _recall_by_kind(errors: Sequence[JudgedLabel]) -> dict[str, Share]:
    return {
        kind: Share.of(one.found for one in errors if one.label.kind == kind)
        for kind in KINDS
        if any(one.label.kind == kind for one in errors)
    }
