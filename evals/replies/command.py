"""`wence eval replies`: how many faulty sentences of chat models are stopped.

scripted replies ─► the check of each sentence ─► judged sentences ─► shares ─► table, JSON
"""

import getopt
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evals.options import UsageError
from evals.progress import shown_progress
from evals.questions import Split
from evals.replies.records import FOLDER, read_replies
from evals.replies.scoring import OpenReply, ReplyScore, judge_replies, sum_up

DONE, BELOW_GOAL, WRONG_USE = 0, 1, 2

HELP: Final = """用法：wence eval replies [选项]

核对自带的模拟回答：有问题的句子查出多少，没有问题的句子误标多少

选项：
  --split 哪半     自带回答的哪一半：dev、test 或 all（默认）
  --worst 条数     列出漏查、误标的前几条
  --json           输出 JSON
  -h, --help       显示本帮助

退出码：0 达到目标；1 没有达到目标；2 用法有误。
"""

OpenEngine = Callable[[], AbstractContextManager[OpenReply]]
"""Opens what is measured on the built-in library."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyOptions:
    """What was typed, with the defaults of all that was not.

    Attributes:
        worst: How many mistakes are listed.
    """

    split: Split = "all"
    worst: int = 0
    as_json: bool = False


def main(arguments: Sequence[str], *, open_engine: OpenEngine, folder: Path = FOLDER) -> int:
    """Run the command; returns the exit code.

    Args:
        arguments: What was typed after `wence eval replies`.
        open_engine: Opens what is measured.
        folder: With the replies.

    Raises:
        EvaluationError: The replies are malformed, or name passages that are not there.
    """
    try:
        options = parse_options(arguments)
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return WRONG_USE
    if options is None:
        sys.stdout.write(HELP)
        return DONE
    return run(options, open_engine=open_engine, folder=folder)


def parse_options(arguments: Sequence[str]) -> ReplyOptions | None:
    """What was typed; None where help was asked for.

    Raises:
        UsageError: It can't be understood.
    """
    try:
        pairs, rest = getopt.getopt(list(arguments), "h", ["help", "split=", "worst=", "json"])
    except getopt.GetoptError as error:
        message = f"不认识 {error.opt} 这个选项，或者它后面缺一个值。\n{HELP.splitlines()[0]}"
        raise UsageError(message) from error
    typed = dict(pairs)
    if "-h" in typed or "--help" in typed:
        return None
    if rest:
        message = f"不认识：{' '.join(rest)}\n{HELP.splitlines()[0]}"
        raise UsageError(message)
    return ReplyOptions(
        split=_split(typed.get("--split", "all")),
        worst=_count(typed.get("--worst", "0")),
        as_json="--json" in typed,
    )


def _split(typed: str) -> Split:
    splits: tuple[Split, ...] = ("dev", "test", "all")
    for split in splits:
        if typed == split:
            return split
    message = f"--split：没有 {typed!r} 这一项，可选：dev、test、all"
    raise UsageError(message)


def _count(typed: str) -> int:
    if not (typed.isascii() and typed.isdecimal()):
        message = f"--worst：应为 0 或正整数，而不是 {typed!r}"
        raise UsageError(message)
    return int(typed)


def run(options: ReplyOptions, *, open_engine: OpenEngine, folder: Path = FOLDER) -> int:
    """Judge and show; 1 where the goals are missed.

    Raises:
        EvaluationError: As `main`.
    """
    from evals.replies.report import shown_mistakes, shown_score  # deferred: rich takes long

    replies = read_replies(folder, split=options.split)
    with open_engine() as open_reply, shown_progress(len(replies), title="核对") as advance:
        judged = list(judge_replies(replies, open_reply, advance=advance))
    score = sum_up(judged)
    mistakes = shown_mistakes(judged)[: options.worst]
    shown = _json(score) if options.as_json else "\n".join([shown_score(score), *mistakes])
    sys.stdout.write(shown + "\n")
    return DONE if score.reaches_goals else BELOW_GOAL


def _json(score: ReplyScore) -> str:
    from pydantic import TypeAdapter

    return TypeAdapter(ReplyScore).dump_json(score, indent=2).decode()
