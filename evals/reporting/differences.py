"""Differences between two runs in words and figures: for the terminal and for HTML alike."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.comparing import LEAST_QUESTIONS, Comparison, Difference, Outcome
from evals.measures.catalogue import Unit, find_measure
from evals.reporting.wording import shown_value

OUTCOME_NAMES: Mapping[Outcome, str] = {
    "better": "更好",
    "worse": "更差",
    "no_difference": "无显著差别",
}
UNIT_NAMES: Mapping[Unit, str] = {"share": "百分点", "characters": "字", "ms": "毫秒"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceView:
    """A measure in two runs, as shown: `interval` is the 95 % interval of the difference."""

    title: str
    n: int
    before: str
    after: str
    difference: str
    interval: str
    outcome: Outcome
    outcome_name: str


def view_difference(difference: Difference) -> DifferenceView:
    """The figures of a difference; those of shares are percentage points."""
    name = difference.measure
    measure = find_measure(name)
    outcome_name = OUTCOME_NAMES[difference.outcome]
    if measure.higher_is_better is None:
        outcome_name = "不分好坏"
    elif difference.n < LEAST_QUESTIONS:
        outcome_name = "题太少"
    return DifferenceView(
        title=measure.title,
        n=difference.n,
        before=shown_value(name, difference.before),
        after=shown_value(name, difference.after),
        difference=shown_signed(difference.difference, measure.unit),
        interval=(
            f"{shown_signed(difference.low, measure.unit)} 至 "
            f"{shown_signed(difference.high, measure.unit)}"
        ),
        outcome=difference.outcome,
        outcome_name=outcome_name,
    )


def shown_signed(value: float, unit: Unit) -> str:
    """With its sign and one decimal, shares in percentage points; 0.0 has no sign."""
    text = f"{scaled(value, unit):+,.1f}"
    return "0.0" if text in {"+0.0", "-0.0"} else text.replace("-", "−")


def scaled(value: float, unit: Unit) -> float:
    """A difference in the unit it is shown in."""
    return value * 100 if unit == "share" else value


def by_unit(differences: Mapping[str, Difference]) -> dict[Unit, list[Difference]]:
    """Those of one unit together, in their order; shares first."""
    units: dict[Unit, list[Difference]] = {unit: [] for unit in UNIT_NAMES}
    for difference in differences.values():
        units[find_measure(difference.measure).unit].append(difference)
    return {unit: members for unit, members in units.items() if members}


def told(comparison: Comparison) -> str:
    """What came out, in a sentence or two."""
    counts = Counter(difference.outcome for difference in comparison.differences.values())
    if not counts:
        return "两次结果没有相同的题，无从比较。"
    parts = [
        f"{counts[outcome]} 项{name}" for outcome, name in OUTCOME_NAMES.items() if counts[outcome]
    ]
    changed = f"{len(comparison.worse)} 题变差，{len(comparison.better)} 题变好"
    return f"{sum(counts.values())} 项指标中，{'，'.join(parts)}。逐题看，{changed}。"


def notes(comparison: Comparison) -> Sequence[str]:
    """What is to be known before the figures are believed."""
    found = list[str]()
    if comparison.only_before or comparison.only_after:
        found.append(
            f"只在前一次里的 {len(comparison.only_before)} 题、只在后一次里的 "
            f"{len(comparison.only_after)} 题没有参与比较。"
        )
    if any(find_measure(name).depends_on_machine for name in comparison.differences):
        found.append("耗时只有两次都在同一台机器上跑才可比。")
    return found
