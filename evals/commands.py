"""`wence eval`: how good the answers are."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from evals import dragonball, own, rgb

BENCHMARKS: Mapping[str, Callable[[Path], Mapping[str, float]]] = {
    "dragonball": dragonball.measure_retrieval,
    "rgb": rgb.measure,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="wence eval", description="测评回答和检索的质量")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="在内置资料库上跑自带问题，或跑公开测评集")
    run.add_argument("--benchmark", choices=sorted(BENCHMARKS), help="公开测评集")
    run.add_argument("--path", type=Path, help="测评集所在文件夹")
    run.add_argument("--worst", action="store_true", help="列出答得不对的问题")
    run.add_argument("--json", action="store_true", help="输出 JSON")
    return parser


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.benchmark and (options.path is None or not options.path.is_dir()):
        parser.error(f"--benchmark 需要 --path 指向测评集所在文件夹，现为 {options.path}")
    if options.benchmark:
        measured = BENCHMARKS[options.benchmark](options.path)
    else:
        outcomes = own.run()
        measured = own.summarise(outcomes)
        if options.worst:
            _print_worst(outcomes)
    if options.json:
        sys.stdout.write(json.dumps(measured, ensure_ascii=False) + "\n")
    else:
        sys.stdout.writelines(f"{name:18} {value:g}\n" for name, value in measured.items())
    return 0


def _print_worst(outcomes: Sequence[own.Outcome]) -> None:
    for outcome in outcomes:
        right = outcome.recall == 1 if outcome.answerable else outcome.refused
        if not right:
            sys.stdout.write(f"问：{outcome.item['question']}\n答：{outcome.answer.text}\n")
            sys.stdout.write(f"应有：{outcome.item['facts'] or '未找到依据'}\n\n")
