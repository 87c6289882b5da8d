"""`wence eval quotations`: how good the verdicts on quotations and the checks of drafts are.

test set ─► verify, check ─► judged quotations and drafts ─► scores ─► tables, JSON, file
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evals.options import UsageError
from evals.progress import shown_progress
from evals.questions import Split
from evals.quotations.records import FOLDER, VERIFY, read_cases, read_drafts
from evals.quotations.scoring import Check, Verify, judge_drafts, judge_quotations
from evals.records import Record, write_lines
from evals.set_commands import (
    DONE,
    FAILED,
    print_score,
    run_typed,
    typed_options,
    typed_split,
    typed_worst,
)
from rag.errors import EvaluationError

HELP: Final = """用法：wence eval quotations [选项]

核验自带的引语、检查自带的草稿，报告结论是否正确

选项：
  --split 哪半     自带题目的哪一半：dev、test 或 all（默认）
  --path 文件夹    另一套格式相同的题目：verify.jsonl、drafts.jsonl 和 drafts/
  --beside 路径    资料库里另外放进这个文件或文件夹，看资料多了结论变不变
  --worst 条数     列出判错、漏查、误报的前几条
  --out 文件       把每条的评判写成 JSON 行
  --json           输出 JSON
  -h, --help       显示本帮助

退出码：0 完成；1 有改动过的或编造的引语被判为一字不差；2 用法有误。
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What is measured."""

    verify: Verify
    check: Check


OpenEngine = Callable[[Path | None], AbstractContextManager[Engine]]
"""Opens what is measured on the built-in library, briefings included, and on what is beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotationOptions:
    """What was typed, with the defaults of all that was not.

    Attributes:
        folder: Of the test set.
        beside: What the library holds besides.
        out: Where what was judged goes.
        worst: How many mistakes are listed.
    """

    folder: Path = FOLDER
    beside: Path | None = None
    split: Split = "all"
    out: Path | None = None
    worst: int = 0
    as_json: bool = False


def main(arguments: Sequence[str], *, open_engine: OpenEngine) -> int:
    """Run the command; returns the exit code.

    Args:
        arguments: What was typed after `wence eval quotations`.
        open_engine: Opens what is measured.

    Raises:
        EvaluationError: A file of the test set is malformed, or one cannot be written.
    """
    return run_typed(
        arguments,
        read=parse_options,
        run=lambda options: run(options, open_engine=open_engine),
        help_text=HELP,
    )


def parse_options(arguments: Sequence[str]) -> QuotationOptions | None:
    """What was typed; None where help was asked for.

    Raises:
        UsageError: It can't be understood, or names a folder that is not there.
    """
    typed = typed_options(
        arguments,
        ["split=", "path=", "beside=", "worst=", "out=", "json"],
        usage=HELP.splitlines()[0],
    )
    if typed is None:
        return None
    out = Path(typed["--out"]) if "--out" in typed else None
    if out is not None and not out.parent.is_dir():
        message = f"写不了 {out}：没有 {out.parent} 这个文件夹，请先建好"
        raise UsageError(message)
    beside = Path(typed["--beside"]) if "--beside" in typed else None
    if beside is not None and not beside.exists():
        message = f"--beside：没有 {beside} 这个文件或文件夹"
        raise UsageError(message)
    return QuotationOptions(
        beside=beside,
        folder=_folder(typed.get("--path")),
        split=typed_split(typed),
        out=out,
        worst=typed_worst(typed),
        as_json="--json" in typed,
    )


def _folder(typed: str | None) -> Path:
    folder = FOLDER if typed is None else Path(typed)
    if not (folder / VERIFY).is_file():
        message = f"--path：{folder} 里没有 {VERIFY}，请给出题目所在的文件夹"
        raise UsageError(message)
    return folder


def run(options: QuotationOptions, *, open_engine: OpenEngine) -> int:
    """Judge, write and show; 1 where altered or invented words were called exact.

    Raises:
        EvaluationError: As `main`.
    """
    from evals.quotations.report import shown_mistakes, shown_score  # deferred: rich takes long
    from evals.quotations.summing import Score, sum_drafts, sum_quotations

    cases = read_cases(options.folder, split=options.split)
    drafts = read_drafts(options.folder, split=options.split)
    total = len(cases) + len(drafts)
    with open_engine(options.beside) as engine, shown_progress(total, title="核验") as advance:
        quotations = list(judge_quotations(cases, engine.verify, advance=advance))
        checked = list(judge_drafts(drafts, engine.check, advance=advance))
    score = Score(quotations=sum_quotations(quotations), drafts=sum_drafts(checked))
    if options.out is not None:
        _write(options.out, iter((*quotations, *checked)))
    mistakes = shown_mistakes(quotations, checked)[: options.worst]
    print_score(score, as_json=options.as_json, shown=lambda: shown_score(score), mistakes=mistakes)
    for identifier in score.quotations.dangerous:
        sys.stderr.write(f"错判为一字不差：{identifier}\n")
    return FAILED if score.quotations.dangerous else DONE


def _write(path: Path, records: Iterator[Record]) -> None:
    try:
        write_lines(path, records)
    except OSError as error:
        message = f"写不进 {path}（{error.strerror}）：请换一个能写的位置"
        raise EvaluationError(message) from error
