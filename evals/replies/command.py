"""`wence eval replies`: how many faulty sentences of chat models are stopped.

scripted replies ─► the check of each sentence ─► judged sentences ─► shares ─► table, JSON
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evals.progress import shown_progress
from evals.questions import Split
from evals.replies.records import FOLDER, read_replies
from evals.replies.scoring import OpenReply, judge_replies, sum_up
from evals.set_commands import (
    DONE,
    FAILED,
    print_score,
    run_typed,
    typed_options,
    typed_split,
    typed_worst,
)

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
    return run_typed(
        arguments,
        read=parse_options,
        run=lambda options: run(options, open_engine=open_engine, folder=folder),
        help_text=HELP,
    )


def parse_options(arguments: Sequence[str]) -> ReplyOptions | None:
    """What was typed; None where help was asked for.

    Raises:
        UsageError: It can't be understood.
    """
    typed = typed_options(arguments, ["split=", "worst=", "json"], usage=HELP.splitlines()[0])
    if typed is None:
        return None
    return ReplyOptions(
        split=typed_split(typed),
        worst=typed_worst(typed),
        as_json="--json" in typed,
    )


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
    print_score(score, as_json=options.as_json, shown=lambda: shown_score(score), mistakes=mistakes)
    return DONE if score.reaches_goals else FAILED
