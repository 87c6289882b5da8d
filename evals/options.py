"""What may be typed after `wence eval`: the argument parser and its Chinese texts.

Only the standard library is imported here, so that help answers at once.
"""

import argparse
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn

BENCHMARKS = ("rgb", "dragonball", "stard", "cmrc", "expmrc")

_CLOSING = """例：
  wence eval run                                   自带的题，开发、测试两半
  wence eval run --split dev --out 甲.jsonl --report 甲.html
  wence eval run --benchmark rgb --path 文件夹     公开测评集，文件如其发布
  wence eval compare 甲.jsonl 乙.jsonl             乙比甲好在哪里、差在哪里
  wence eval quotations --split dev --worst 10     引文核对和核稿，另见其 --help
  wence eval replies --split dev --worst 10        聊天模型回答的核对，另见其 --help

退出码：0 完成；1 有指标显著低于基线，或有内容失败；2 用法有误。"""

_TRANSLATIONS = (
    (r"the following arguments are required: (.*)", r"缺少：\1"),
    (r"unrecognized arguments: (.*)", r"不认识：\1"),
    (r"invalid choice: (.*) \(choose from (.*)\)", r"没有 \1 这一项，可选：\2"),
    (r"expected one argument", "后面要跟一个值"),
    (r"invalid int value: (.*)", r"应为整数，而不是 \1"),
    (r"ignored explicit argument (.*)", r"不带值，却写了 \1"),
)


class UsageError(Exception):
    """Wrong use of `wence eval`: exit code 2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was typed, with the defaults of all that was not.

    Attributes:
        runs: The two saved runs that `compare` compares.
        path: Folder of the benchmark's files.
        predictions: Where what was answered goes; likewise `out` for what was judged.
        report: Where the HTML report goes.
        baseline: A saved run to compare with.
        slim: Leave out of `out` what only a report of the run needs.
        worst: How many of the questions that went worst are shown; None where not said.
    """

    command: Literal["run", "compare"]
    runs: tuple[Path, ...] = ()
    benchmark: str | None = None
    path: Path | None = None
    split: Literal["dev", "test", "all"] | None = None
    predictions: Path | None = None
    out: Path | None = None
    report: Path | None = None
    baseline: Path | None = None
    slim: bool = False
    worst: int | None = None
    as_json: bool = False
    judge: bool = False


class _Parser(argparse.ArgumentParser):
    """Says in Chinese what is wrong and how it is used; what was not typed stays unset."""

    def __init__(self, *, prog: str, usage: str, description: str, epilog: str | None = None):
        super().__init__(
            prog=prog,
            usage=f"{prog} {usage}",
            description=description,
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            argument_default=argparse.SUPPRESS,
            allow_abbrev=False,
            add_help=False,
        )
        self.chinese_options = self.add_argument_group("选项")
        self.chinese_options.add_argument("-h", "--help", action="help", help="显示本帮助")

    def error(self, message: str) -> NoReturn:
        explained = f"{_translated(message)}\n{self.format_usage().strip()}"
        raise UsageError(explained)

    def format_usage(self) -> str:
        return super().format_usage().replace("usage: ", "用法：", 1)

    def format_help(self) -> str:
        text = super().format_help().replace("usage: ", "用法：", 1)
        return re.sub(r"(?m)^([^\s:]+):$", r"\1：", text)


def _translated(message: str) -> str:
    """Argparse's English message in Chinese; what is not known stays."""
    named = re.fullmatch(r"argument (.+?): (.*)", message, re.DOTALL)
    if named:
        return f"{named[1]}：{_translated(named[2])}"
    for pattern, chinese in _TRANSLATIONS:
        match = re.fullmatch(pattern, message, re.DOTALL)
        if match:
            return match.expand(chinese)
    return message


def _count(text: str) -> int:
    number = int(text)  # a ValueError becomes argparse's "invalid … value"
    if number < 0:
        message = f"应为 0 或正整数，而不是 {text!r}"
        raise argparse.ArgumentTypeError(message)
    return number


_count.__name__ = "int"


def _build_parser() -> _Parser:
    parser = _Parser(
        prog="wence eval",
        usage="run | compare | quotations | replies [选项]",
        description="测评回答和检索的质量",
        epilog=_CLOSING,
    )
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="run | compare", title="命令"
    )
    run = commands.add_parser(
        "run",
        prog="wence eval run",
        usage="[选项]",
        help="在内置资料库上跑自带的题，或跑公开测评集",
        description="在内置资料库上跑自带的题，或跑公开测评集",
    )
    _add_run(run)
    compare = commands.add_parser(
        "compare",
        prog="wence eval compare",
        usage="[选项] 甲 乙",
        help="逐题比较两次结果",
        description="逐题比较 wence eval run --out 写的两次结果，各指标附 95% 置信区间",
    )
    compare.add_argument("runs", nargs=2, type=Path, metavar="结果文件")
    _add_shared(compare)
    return parser


def _add_run(parser: _Parser) -> None:
    group = parser.chinese_options
    group.add_argument(
        "--benchmark", choices=BENCHMARKS, metavar="名称", help="公开测评集：%(choices)s"
    )
    group.add_argument("--path", type=Path, metavar="文件夹", help="测评集所在的文件夹")
    group.add_argument(
        "--predictions", type=Path, metavar="文件", help="把每题的回答写成 JSON 行，供他人评分"
    )
    group.add_argument("--out", type=Path, metavar="文件", help="把每题的评分写成 JSON 行，供比较")
    group.add_argument("--slim", action="store_true", help="--out 只留比较所需的，去掉段落和引文")
    group.add_argument(
        "--baseline", type=Path, metavar="文件", help="与这次结果比较，有指标显著变差则退出码为 1"
    )
    group.add_argument(
        "--judge", action="store_true", help="另请聊天模型评判（要配置 WENCE_CHAT_MODEL）"
    )
    _add_shared(parser)


def _add_shared(parser: _Parser) -> None:
    group = parser.chinese_options
    group.add_argument(
        "--split",
        choices=("dev", "test", "all"),
        metavar="哪半",
        help="自带的题的哪一半：dev、test 或 all（默认）",
    )
    group.add_argument("--report", type=Path, metavar="文件", help="把报告写成 HTML，可离线打开")
    group.add_argument("--worst", type=_count, metavar="题数", help="列出最差（变差）的几题")
    group.add_argument("--json", dest="as_json", action="store_true", help="输出 JSON")


def parse_options(arguments: Sequence[str]) -> Options:
    """What was typed.

    Raises:
        UsageError: It can't be understood, names a folder that is not there, or would write
            two files to one place; the message is Chinese.
        SystemExit: Help was asked for, and printed.
    """
    typed: dict[str, Any] = {  # of the types of `Options`, as the parsers above convert them
        name: tuple(value) if isinstance(value, list) else value
        for name, value in vars(_build_parser().parse_args(arguments)).items()
    }
    options = Options(**typed)
    outputs = _outputs(options)
    problems = [_wrong_benchmark(options), *map(_wrong_output, outputs)]
    problems += [_missing(path) for path in (*options.runs, options.baseline) if path]
    if len({path.resolve() for path in outputs}) < len(outputs):
        problems.append("两个输出文件不能是同一个")
    if options.slim and options.out is None:
        problems.append("--slim 要与 --out 同用")
    for problem in filter(None, problems):
        raise UsageError(problem)
    return options


def _wrong_benchmark(options: Options) -> str:
    if options.benchmark is None:
        return "" if options.path is None else "--path 要与 --benchmark 同用"
    if options.split is not None:
        return "--split 只用于自带的题，不能与 --benchmark 同用"
    if options.path is None or not options.path.is_dir():
        given = "没有给出" if options.path is None else f"没有 {options.path} 这个文件夹"
        return f"--benchmark 需要 --path 指向测评集所在的文件夹，现{given}"
    return ""


def _outputs(options: Options) -> list[Path]:
    return [path for path in (options.predictions, options.out, options.report) if path]


def _missing(path: Path) -> str:
    hint = f"，先用 wence eval run --out {path} 写一份"
    return "" if path.is_file() else f"没有 {path} 这份测评结果{hint}"


def _wrong_output(path: Path) -> str:
    """Said now: after minutes of work it would be too late."""
    if not path.parent.is_dir():
        return f"写不了 {path}：没有 {path.parent} 这个文件夹，请先建好"
    if path.is_dir():
        return f"写不了 {path}：它是文件夹，请写明文件名"
    if not os.access(path.parent, os.W_OK):
        return f"写不了 {path}：文件夹 {path.parent} 不允许写入"
    return ""
