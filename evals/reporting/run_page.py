"""What the report of a run shows, put together for its template."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from evals.measures.catalogue import find_measure
from evals.measures.sentences import text_without_markers
from evals.model_judge import Judgement
from evals.records import Judged, Task
from evals.reporting.breakdowns import (
    JUDGED,
    Table,
    family_tables,
    group_run,
    kind_table,
    noise_table,
    refusal_table,
)
from evals.reporting.outcomes import right_share, worst_first
from evals.reporting.plots import (
    BarPlot,
    Histogram,
    LinePlot,
    Series,
    bar_plot,
    histogram,
    line_plot,
    share_interval,
)
from evals.reporting.question_views import QuestionView, view_question
from evals.reporting.wording import SPLIT_NAMES, TASK_NAMES, kind_name, shown_value
from evals.summaries import Averages, RefusalPoint, refusal_curve, summarise

# More make a file that takes long to open.
MOST_QUESTIONS = 1500

_HEADLINES = (
    "held",
    "refusal",
    "false_refusal",
    "not_affirmed",
    "any_reference_cited",
    "citation_precision",
    "nDCG@10",
    "characters",
    "ms",
)
_FOUND = "S@5"
# Most of what is decided, is decided far below one half.
_THRESHOLD_TICKS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A headline figure, and what is to be known besides."""

    name: str
    value: str
    aside: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """All that the template of a report asks for; what a run doesn't have is None.

    Attributes:
        facts: On one line under the title.
        judge: The chat model that judged; empty where none did.
        kinds: Value and name, for the list to choose from.
        left_out: How many questions are not among `questions`.
    """

    title: str
    facts: tuple[str, ...]
    figures: tuple[Figure, ...]
    families: tuple[Table, ...]
    kind_plots: tuple[BarPlot, ...]
    by_kind: Table
    noise_plot: LinePlot | None
    by_noise: Table | None
    refusal_plot: LinePlot | None
    refusal_table: Table | None
    spreads: tuple[Histogram, ...]
    judge: str
    unjudged: int
    kinds: tuple[tuple[str, str], ...]
    questions: tuple[QuestionView, ...]
    left_out: int


def build_run_page(
    run: Sequence[Judged],
    *,
    title: str,
    judgement: Judgement | None = None,
    threshold: float | None = None,
) -> RunPage:
    """The page of a run.

    Args:
        run: In any order; may be empty.
        title: Heading of the page.
        judgement: What a chat model said of this run.
        threshold: The confidence below which was refused, where it is one for all questions.
    """
    averages = summarise(run).averages
    groups = group_run(run)
    worst = worst_first(run)
    curve = refusal_curve(run)
    verdicts = judgement.verdicts if judgement else {}
    shown = worst[:MOST_QUESTIONS]
    return RunPage(
        title=title,
        facts=_facts(run),
        figures=_figures(run, averages),
        families=family_tables(averages),
        kind_plots=_kind_plots(groups),
        by_kind=kind_table(run),
        noise_plot=_noise_plot(run),
        by_noise=noise_table(run),
        refusal_plot=_refusal_plot(curve, averages, threshold) if curve else None,
        refusal_table=refusal_table(curve) if curve else None,
        spreads=_spreads(run),
        judge=_judge(averages, judgement),
        unjudged=judgement.unjudged if judgement else 0,
        kinds=tuple((name, kind_name(name)) for name in groups),
        questions=tuple(
            view_question(judged, place=place, verdict=verdicts.get(judged.prediction.key))
            for place, judged in enumerate(shown, start=1)
        ),
        left_out=len(worst) - len(shown),
    )


def _judge(averages: Averages, judgement: Judgement | None) -> str:
    if judgement is not None:
        return judgement.model
    # A saved run holds what the model said, not which model it was.
    return "（未记名）" if any(name in averages for name in JUDGED) else ""


def _facts(run: Sequence[Judged]) -> tuple[str, ...]:
    tasks = Counter(judged.case.task for judged in run)
    splits = Counter(SPLIT_NAMES[judged.case.split] for judged in run if judged.case.split)
    facts = [f"{len(run):,} 题", *(f"{TASK_NAMES[task]} {n:,} 题" for task, n in tasks.items())]
    if len(splits) > 1:
        facts += [f"{name} {n:,} 题" for name, n in splits.items()]
    return tuple(facts if len(tasks) > 1 or len(splits) > 1 else facts[-1:])


def _figures(run: Sequence[Judged], averages: Averages) -> tuple[Figure, ...]:
    figures = list[Figure]()
    if (share := right_share(run)) is not None:
        low, high = share_interval(share, len(run))
        figures.append(
            Figure(name="答对", value=f"{share:.1%}", aside=f"95% 区间 {low:.1%}–{high:.1%}")
        )
    return (*figures, *(_figure(name, averages) for name in _HEADLINES if name in averages))


def _figure(name: str, averages: Averages) -> Figure:
    average = averages[name]
    aside = f"{average.n:,} 题"
    if average.median is not None:
        aside = f"中位数；95% 分位 {shown_value(name, average.p95)}"
    return Figure(
        name=find_measure(name).title, value=shown_value(name, average.typical), aside=aside
    )


def _kind_plots(groups: Mapping[str, Sequence[Judged]]) -> tuple[BarPlot, ...]:
    """What came out right, and whether that was for want of passages."""
    rights = [(kind_name(name), right_share(run), len(run)) for name, run in groups.items()]
    averages = {name: summarise(run).averages.get(_FOUND) for name, run in groups.items()}
    found = [
        (kind_name(name), average and average.mean, average.n if average else 0)
        for name, average in averages.items()
    ]
    plots = [bar_plot("答对的题", rights)]
    if any(averages.values()):
        plots.append(bar_plot(find_measure(_FOUND).title, found))
    return tuple(plots)


def _noise_plot(run: Sequence[Judged]) -> LinePlot | None:
    """All facts held, and refusals, by share of noise; None where there is but one share."""
    noises = sorted({judged.case.noise for judged in run if judged.case.noise is not None})
    lines = [
        Series(name="噪声：答全", points=_by_noise(run, "noise", _held)),
        Series(name="噪声：拒答", points=_by_noise(run, "noise", _refused)),
        Series(name="信息整合：答全", points=_by_noise(run, "integration", _held)),
    ]
    drawn = [line for line in lines if line.points]
    if len(noises) <= 1 or not drawn:
        return None
    return line_plot("答全与拒答", drawn, x_label="不相关段落的比例", x_values=noises)


def _held(judged: Judged) -> float | None:
    return judged.measures.get("held")


def _refused(judged: Judged) -> float | None:
    return float(judged.prediction.refused)


def _by_noise(
    run: Iterable[Judged], task: Task, value_of: Callable[[Judged], float | None]
) -> tuple[tuple[float, float], ...]:
    values = defaultdict[float, list[float]](list)
    for judged in run:
        value = value_of(judged)
        if judged.case.task == task and judged.case.noise is not None and value is not None:
            values[judged.case.noise].append(value)
    return tuple((noise, fmean(values[noise])) for noise in sorted(values))


def _refusal_plot(
    curve: Sequence[RefusalPoint], averages: Averages, threshold: float | None
) -> LinePlot:
    below = [point for point in curve if point.threshold <= _THRESHOLD_TICKS[0]]
    drawn = [*below[-1:], *curve[len(below) :]]

    def series(name: str, measure: str, share_of: Callable[[RefusalPoint], float]) -> Series:
        average = averages.get(measure)
        return Series(
            name=name,
            points=tuple((point.threshold, share_of(point)) for point in drawn),
            level=average.mean if average else None,
        )

    return line_plot(
        "拒答曲线",
        [
            series("该拒的拒答了", "refusal", lambda point: point.refusal),
            series("不该拒的拒答了", "false_refusal", lambda point: point.false_refusal),
        ],
        x_label="把握的阈值（对数刻度）",
        x_values=_THRESHOLD_TICKS,
        scale=math.log10,
        mark=None if threshold is None else (threshold, f"现用 {threshold:g}"),
        dotted=False,
    )


def _spreads(run: Sequence[Judged]) -> tuple[Histogram, ...]:
    answered = [judged.prediction for judged in run if not judged.prediction.refused]
    plots = (
        histogram("用时", [judged.prediction.ms for judged in run], x_label="毫秒"),
        histogram(
            "回答的篇幅（不含拒答）",
            [len(text_without_markers(prediction)) for prediction in answered],
            x_label="字",
        ),
    )
    return tuple(plot for plot in plots if plot)
