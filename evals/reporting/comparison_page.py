"""What the report of a comparison shows, put together for its template."""

from collections.abc import Sequence
from dataclasses import dataclass

from evals.comparing import Change, Comparison, Difference
from evals.measures.catalogue import Unit, find_measure, in_order
from evals.records import Judged
from evals.reporting.breakdowns import group_run
from evals.reporting.differences import (
    UNIT_NAMES,
    DifferenceView,
    by_unit,
    notes,
    scaled,
    told,
    view_difference,
)
from evals.reporting.highlights import Piece, mark_difference
from evals.reporting.plots import Interval, interval, steps
from evals.reporting.question_views import ANSWER_CHARS, QuestionView, shorten, view_question
from evals.reporting.wording import kind_name, shown_single

# So many on each side: more nobody reads, and they make a file that takes long to open.
MOST_CHANGES = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestRow:
    """A measure with its interval, drawn and in words."""

    view: DifferenceView
    plot: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Forest:
    """The measures of one unit on one axis, which goes as far to both sides as `end`."""

    unit: str
    end: str
    rows: tuple[ForestRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """A question that changed.

    Attributes:
        answer_before: Cut, and marked where the two answers differ; so `answer_after`.
        told: Which measure tells, before → after.
        measures: Name, before and after of all that changed.
    """

    before: QuestionView
    after: QuestionView
    answer_before: tuple[Piece, ...]
    answer_after: tuple[Piece, ...]
    told: str
    measures: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonPage:
    """All that the template of a comparison asks for.

    Attributes:
        lead: What came out, in a sentence.
        kinds: Value and name, for the list to choose from.
        worse_left_out: How many are not among `worse`; likewise `better_left_out`.
    """

    title: str
    facts: tuple[str, ...]
    lead: str
    notes: tuple[str, ...]
    forests: tuple[Forest, ...]
    worse: tuple[ChangeView, ...]
    better: tuple[ChangeView, ...]
    worse_left_out: int
    better_left_out: int
    kinds: tuple[tuple[str, str], ...]


def build_comparison_page(comparison: Comparison, *, title: str) -> ComparisonPage:
    """The page of a comparison."""
    worse, better = comparison.worse[:MOST_CHANGES], comparison.better[:MOST_CHANGES]
    compared = max((one.n for one in comparison.differences.values()), default=0)
    groups = group_run(change.after for change in (*worse, *better))
    return ComparisonPage(
        title=title,
        facts=(
            f"比较 {compared:,} 题",
            f"成对自助法，抽样 {comparison.samples:,} 次，种子 {comparison.seed}",
        ),
        lead=told(comparison),
        notes=tuple(notes(comparison)),
        forests=tuple(
            _forest(unit, members) for unit, members in by_unit(comparison.differences).items()
        ),
        worse=_changes(worse),
        better=_changes(better),
        worse_left_out=len(comparison.worse) - len(worse),
        better_left_out=len(comparison.better) - len(better),
        kinds=tuple((name, kind_name(name)) for name in groups),
    )


def _forest(unit: Unit, differences: Sequence[Difference]) -> Forest:
    farthest = max(max(abs(one.low), abs(one.high)) for one in differences)
    end = steps(0, farthest)[-1]
    return Forest(
        unit=UNIT_NAMES[unit],
        end=f"{scaled(end, unit):,.4g}",
        rows=tuple(
            ForestRow(
                view=view_difference(one),
                plot=interval(one.difference, one.low, one.high, end=end),
            )
            for one in differences
        ),
    )


def _changes(changes: Sequence[Change]) -> tuple[ChangeView, ...]:
    return tuple(_change(place, change) for place, change in enumerate(changes, start=1))


def _change(place: int, change: Change) -> ChangeView:
    before, after = change.before, change.after
    answer_before, answer_after = mark_difference(
        shorten(before.prediction.text, ANSWER_CHARS), shorten(after.prediction.text, ANSWER_CHARS)
    )
    title = find_measure(change.measure).title
    _, was, is_now = _measure(change.measure, before, after)
    return ChangeView(
        before=view_question(before, place=place),
        after=view_question(after, place=place),
        answer_before=answer_before,
        answer_after=answer_after,
        told=f"{title} {was} → {is_now}",
        measures=tuple(
            _measure(name, before, after)
            for name in in_order({*before.measures, *after.measures})
            if before.measures.get(name) != after.measures.get(name)
        ),
    )


def _measure(name: str, before: Judged, after: Judged) -> tuple[str, str, str]:
    return (
        find_measure(name).title,
        shown_single(name, before.measures.get(name)),
        shown_single(name, after.measures.get(name)),
    )
