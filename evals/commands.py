"""`wence eval`: how good the answers are.

run         questions ─► judged answers ─► files, tables, comparison with a baseline
compare     two saved runs ─► what differs by more than chance
quotations  quotations and drafts ─► judged verdicts and findings; see `evals.quotations`
replies     scripted replies of chat models ─► judged sentences; see `evals.replies`
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from evals.options import Options, UsageError, parse_options
from evals.progress import Advance, shown_progress
from rag.errors import EvaluationError

if TYPE_CHECKING:  # deferred below: `wence eval --help` need not wait for what a run needs
    from langchain_core.language_models import BaseChatModel

    from evals.comparing import Comparison, Difference
    from evals.model_judge import Judgement
    from evals.records import Judged, Record

DONE, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130

_CHANGES_SHOWN = 5


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code.

    Raises:
        WenceError: Something failed; the message says what.
        BrokenPipeError: Nobody reads the result any more.
        SystemExit: Help was asked for, and printed.
    """
    try:
        if arguments and arguments[0] == "quotations":
            return _judge_quotations(arguments[1:])
        if arguments and arguments[0] == "replies":
            return _judge_replies(arguments[1:])
        options = parse_options(arguments)
        return run(options) if options.command == "run" else compare_runs(options)
    except UsageError as error:
        _note(str(error))
        return WRONG_USE
    except KeyboardInterrupt:
        _note("已中断，没有写入任何结果。")
        return INTERRUPTED


def _judge_quotations(arguments: Sequence[str]) -> int:
    from evals.quotations import command
    from evals.quotations.engine import open_engine

    return command.main(arguments, open_engine=open_engine)


def _judge_replies(arguments: Sequence[str]) -> int:
    from evals.replies import command
    from evals.replies.engine import open_engine

    return command.main(arguments, open_engine=open_engine)


def run(options: Options) -> int:
    """Ask, judge, write and show; 1 where a measure is significantly below its baseline.

    Nothing is written before everything is asked.
    """
    baseline = _read(options.baseline) if options.baseline else None
    judge = _open_judge() if options.judge else None
    judged = _ask_everything(options)
    judgement = _have_judged(judged, *judge) if judge else None
    judged = list(judgement.run) if judgement else judged
    comparison = None if baseline is None else _compare_with(baseline, judged)
    _write_files(options, judged, judgement)
    below = _below_baseline(comparison)
    if options.as_json:
        _print_body(options, judged, judgement, comparison, below)
    else:
        _print_tables(options, judged, judgement, comparison)
    for difference in below:
        _note(_told(difference))
    return FAILED if below else DONE


def compare_runs(options: Options) -> int:
    """Show what differs between two saved runs, and write the report."""
    from evals.comparing import compare
    from evals.reporting.tables import shown_comparison

    before, after = (_read_half(path, options.split) for path in options.runs)
    comparison = compare(before, after)
    if options.report:
        from evals.reporting.html import write_comparison

        names = " 与 ".join(path.stem for path in options.runs)
        write_comparison(comparison, options.report, title=f"测评结果的比较：{names}")
    if options.as_json:
        from evals.bodies import ComparisonBody

        _print_json(ComparisonBody.of(comparison))
    else:
        worst = _CHANGES_SHOWN if options.worst is None else options.worst
        _print(shown_comparison(comparison, worst=worst, coloured=sys.stdout.isatty()))
    return DONE


def _read(path: Path) -> "list[Judged]":
    from evals.records import read_run

    return list(read_run(path))


def _read_half(path: Path, split: str | None) -> "list[Judged]":
    judged = _read(path)
    if split in {None, "all"}:
        return judged
    half = [one for one in judged if one.case.split == split]
    if not half:
        message = f"{path} 里没有 {split} 这一半的题，--split 只用于自带的题"
        raise EvaluationError(message)
    return half


def _ask_everything(options: Options) -> "list[Judged]":
    total, ask = _questions(options)
    with shown_progress(total, title="测评") as advance:
        return list(ask(advance))


def _questions(options: Options) -> "tuple[int, Callable[[Advance], Iterator[Judged]]]":
    """How many questions there are, and what asks them."""
    if options.benchmark is not None and options.path is not None:
        from evals.benchmarks.registry import open_benchmark

        benchmark, folder = open_benchmark(options.benchmark), options.path
        return benchmark.count(folder), lambda advance: benchmark.run(folder, advance=advance)
    from evals import own

    split = options.split or "all"
    return own.count(split), lambda advance: own.run(split=split, advance=advance)


def _open_judge() -> "tuple[BaseChatModel, str]":
    """The chat model that is set up, and its name."""
    from evals.model_judge import open_judge
    from rag.settings import Settings

    settings = Settings()
    return open_judge(settings), settings.chat_model


def _have_judged(judged: "Sequence[Judged]", model: "BaseChatModel", name: str) -> "Judgement":
    from evals.model_judge import judge_run

    with shown_progress(len(judged), title="评判") as advance:
        return judge_run(judged, model, name=name, advance=advance)


def _compare_with(baseline: "Sequence[Judged]", judged: "Sequence[Judged]") -> "Comparison":
    from evals.comparing import compare

    comparison = compare(baseline, judged)
    if not comparison.differences:
        raise EvaluationError("--baseline 给的结果与这次没有相同的题，无从比较")
    return comparison


def _below_baseline(comparison: "Comparison | None") -> "list[Difference]":
    if comparison is None:
        return []
    from evals.comparing import below_baseline

    return below_baseline(comparison)


def _told(difference: "Difference") -> str:
    from evals.reporting.differences import view_difference

    view = view_difference(difference)
    return (
        f"显著低于基线：{view.title}（{difference.measure}）由 {view.before} 变为 {view.after}，"
        f"{view.n} 题，差的 95% 区间 {view.interval}"
    )


def _write_files(
    options: Options, judged: "Sequence[Judged]", judgement: "Judgement | None"
) -> None:
    from evals.comparing import slim

    if options.predictions:
        _write(options.predictions, (one.prediction for one in judged))
    if options.out:
        _write(options.out, slim(judged) if options.slim else judged)
    if options.report:
        from evals.reporting.html import write_report

        half = f"（{options.split}）" if options.split else ""
        title = f"测评报告：{options.benchmark or '自带题集'}{half}"
        write_report(judged, options.report, title=title, judgement=judgement)


def _write(path: Path, records: "Iterable[Record]") -> None:
    from evals.records import write_lines

    try:
        write_lines(path, records)
    except OSError as error:
        message = f"写不进 {path}（{error.strerror}）：请换一个能写的位置"
        raise EvaluationError(message) from error


def _print_body(
    options: Options,
    judged: "Sequence[Judged]",
    judgement: "Judgement | None",
    comparison: "Comparison | None",
    below: "Sequence[Difference]",
) -> None:
    from evals.bodies import ComparisonBody, RunBody
    from evals.reporting.outcomes import worst_first
    from evals.summaries import refusal_curve, summarise

    body = RunBody(
        summary=summarise(judged),
        refusal_curve=refusal_curve(judged),
        judge=judgement.model if judgement else None,
        worst=tuple(worst_first(judged)[: options.worst or 0]),
        comparison=ComparisonBody.of(comparison) if comparison else None,
        below_baseline=tuple(difference.measure for difference in below),
    )
    _print_json(body)


def _print_tables(
    options: Options,
    judged: "Sequence[Judged]",
    judgement: "Judgement | None",
    comparison: "Comparison | None",
) -> None:
    from evals.reporting.tables import shown_comparison, shown_run

    coloured = sys.stdout.isatty()
    _print(shown_run(judged, worst=options.worst or 0, coloured=coloured))
    if judgement:
        _note(f"名为“模型评判”的指标由 {judgement.model} 给出，{judgement.unjudged} 题没有评出。")
    if comparison:
        _print("\n与基线比较\n")
        _print(shown_comparison(comparison, worst=_CHANGES_SHOWN, coloured=coloured))


def _print_json(body: object) -> None:
    from pydantic import TypeAdapter

    _print(TypeAdapter[object](type(body)).dump_json(body, indent=2).decode())


def _print(text: str) -> None:
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        message = f"结果写不出去（{error.strerror}）：请检查输出到的磁盘"
        raise EvaluationError(message) from error


def _note(text: str) -> None:
    # Work goes on although nobody reads its notes any more.
    with suppress(BrokenPipeError):
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
