"""A run in tables of words: for the terminal and for the HTML report alike."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evals.measures.catalogue import find_measure
from evals.model_judge import FAITHFULNESS, RELEVANCE
from evals.records import Judged
from evals.reporting.outcomes import group_of, right_share
from evals.reporting.wording import (
    SPLIT_NAMES,
    TASK_NAMES,
    kind_name,
    kind_rank,
    shown_share,
    shown_value,
)
from evals.summaries import Average, Averages, RefusalPoint, summarise

JUDGED = (FAITHFULNESS, RELEVANCE)
_LENGTHS = "篇幅与用时"
_OTHERS = "其他"
_FAMILIES: Mapping[str, tuple[str, ...]] = {
    "回答": ("refusal", "false_refusal", "not_affirmed", "fake_given", "held", "fact_recall"),
    "引用": ("span_", "any_reference", "reference_", "citation_", "marker_", "sentences_marked"),
    "检索": ("nDCG", "MRR", "R@", "S@"),
    _LENGTHS: (),
    "聊天模型的评判": JUDGED,
}
"""Title → how the names of its measures begin."""
_BREAKDOWN = (
    "refusal",
    "false_refusal",
    "not_affirmed",
    "fake_given",
    "held",
    "fact_recall",
    "any_reference_cited",
    "reference_precision",
    "citation_recall",
    "citation_precision",
    "nDCG@10",
    "S@5",
    "characters",
    "ms",
)
_THRESHOLDS_SHOWN = (0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table; `whole` stands for more questions than those below it."""

    name: str
    cells: tuple[str, ...]
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with headings on both sides; `corner` is what the rows are."""

    title: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def group_run(run: Iterable[Judged]) -> Mapping[str, list[Judged]]:
    """The questions by kind, or by task where they have none, in the order of `KIND_NAMES`."""
    groups = defaultdict[str, list[Judged]](list)
    for judged in run:
        groups[group_of(judged.case)].append(judged)
    return dict(sorted(groups.items(), key=lambda group: kind_rank(group[0])))


def family_tables(averages: Averages) -> tuple[Table, ...]:
    """Every measure of a run: answers, citations, retrieval, length and time, the judge's.

    Families without a measure are left out.
    """
    families = defaultdict[str, list[str]](list)
    for name in averages:
        families[_family(name)].append(name)
    return tuple(
        _averages_table(title, averages, families[title])
        for title in (*_FAMILIES, _OTHERS)
        if title in families
    )


def _family(name: str) -> str:
    if find_measure(name).unit != "share":
        return _LENGTHS
    return next((title for title, words in _FAMILIES.items() if name.startswith(words)), _OTHERS)


def _averages_table(title: str, averages: Averages, names: Sequence[str]) -> Table:
    spread = title == _LENGTHS
    columns = ("中位数", "平均", "95% 分位", "题数") if spread else ("平均", "题数")
    return Table(
        title=title,
        corner="指标",
        columns=columns,
        rows=tuple(_averages_row(name, averages[name], spread=spread) for name in names),
    )


def _averages_row(name: str, average: Average, *, spread: bool) -> Row:
    measure = find_measure(name)
    arrow = " ↓" if measure.higher_is_better is False else ""
    values = (average.median, average.mean, average.p95) if spread else (average.mean,)
    return Row(
        name=f"{measure.title}{arrow}",
        cells=(*(shown_value(name, value) for value in values), f"{average.n:,}"),
    )


def kind_table(run: Sequence[Judged]) -> Table:
    """The chief measures of the whole, of each half, and of each kind of question."""
    rows = [("全部", run, True)]
    halves = {split: [one for one in run if one.case.split == split] for split in ("dev", "test")}
    if all(halves.values()):
        rows += [(SPLIT_NAMES[split], half, True) for split, half in halves.items()]
    rows += [(kind_name(name), members, False) for name, members in group_run(run).items()]
    return _breakdown("各类问题的指标", "种类", rows)


def noise_table(run: Sequence[Judged]) -> Table | None:
    """The chief measures by share of noise, one task after the other.

    None without noise, and where the kinds are shares of noise already.
    """
    groups = defaultdict[tuple[str, float], list[Judged]](list)
    for judged in run:
        if judged.case.noise is not None:
            groups[judged.case.task, judged.case.noise].append(judged)
    if not groups or len(groups) == len(group_run(run)):
        return None
    rows = [
        (f"{TASK_NAMES[task]} {noise:g}", groups[task, noise], False)
        for task, noise in sorted(groups, key=lambda key: (list(TASK_NAMES).index(key[0]), key[1]))
    ]
    return _breakdown("各档噪声的指标", "噪声", rows)


def _breakdown(
    title: str, corner: str, rows: Sequence[tuple[str, Sequence[Judged], bool]]
) -> Table:
    averages = [summarise(members).averages for _, members, _ in rows]
    names = [name for name in _BREAKDOWN if any(name in one for one in averages)]
    return Table(
        title=title,
        corner=corner,
        columns=("题数", "答对", *(find_measure(name).title for name in names)),
        rows=tuple(
            Row(
                name=label,
                cells=(
                    f"{len(members):,}",
                    shown_share(right_share(members)),
                    *(shown_value(name, _typical(one, name)) for name in names),
                ),
                whole=whole,
            )
            for (label, members, whole), one in zip(rows, averages, strict=True)
        ),
    )


def _typical(averages: Averages, name: str) -> float | None:
    average = averages.get(name)
    return None if average is None else average.typical


def refusal_table(curve: Sequence[RefusalPoint]) -> Table:
    """The refusal curve at round thresholds."""
    points = [
        next((one for one in curve if one.threshold >= threshold), curve[-1])
        for threshold in _THRESHOLDS_SHOWN
    ]
    return Table(
        title="拒答曲线的数据",
        corner="阈值",
        columns=("该拒的拒答了", "不该拒的拒答了"),
        rows=tuple(
            Row(
                name=f"{threshold:g}",
                cells=(shown_share(point.refusal), shown_share(point.false_refusal)),
            )
            for threshold, point in zip(_THRESHOLDS_SHOWN, points, strict=True)
        ),
    )
