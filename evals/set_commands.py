"""What `wence eval quotations` and `wence eval replies` share: each measures a set of our own."""

import getopt
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from evals.options import UsageError
from evals.questions import Split

DONE, FAILED, WRONG_USE = 0, 1, 2

_Options = TypeVar("_Options")


def run_typed(
    arguments: Sequence[str],
    *,
    read: Callable[[Sequence[str]], _Options | None],
    run: Callable[[_Options], int],
    help_text: str,
) -> int:
    """Read what was typed and do it; the exit code.

    Args:
        arguments: What was typed after the command.
        read: Gives None where help was asked for, and raises UsageError.
        run: Does it.
        help_text: What help shows.
    """
    try:
        options = read(arguments)
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return WRONG_USE
    if options is None:
        sys.stdout.write(help_text)
        return DONE
    return run(options)


def typed_options(
    arguments: Sequence[str], names: Sequence[str], *, usage: str
) -> Mapping[str, str] | None:
    """Options with their values as typed; None where help was asked for.

    Args:
        arguments: What was typed.
        names: Of the options besides help, as `getopt` wants them.
        usage: The line that says how it is used.

    Raises:
        UsageError: It can't be understood.
    """
    try:
        pairs, rest = getopt.getopt(list(arguments), "h", ["help", *names])
    except getopt.GetoptError as error:
        message = f"不认识 {error.opt} 这个选项，或者它后面缺一个值。\n{usage}"
        raise UsageError(message) from error
    typed = dict(pairs)
    if "-h" in typed or "--help" in typed:
        return None
    if rest:
        message = f"不认识：{' '.join(rest)}\n{usage}"
        raise UsageError(message)
    return typed


def typed_split(typed: Mapping[str, str]) -> Split:
    """Which half, all where none was typed.

    Raises:
        UsageError: There is none of that name.
    """
    name = typed.get("--split", "all")
    splits: tuple[Split, ...] = ("dev", "test", "all")
    for split in splits:
        if name == split:
            return split
    message = f"--split：没有 {name!r} 这一项，可选：dev、test、all"
    raise UsageError(message)


def typed_worst(typed: Mapping[str, str]) -> int:
    """How many mistakes are listed, none where nothing was typed.

    Raises:
        UsageError: It is no number.
    """
    number = typed.get("--worst", "0")
    if not number.isdecimal():
        message = f"--worst：应为 0 或正整数，而不是 {number!r}"
        raise UsageError(message)
    return int(number)


def print_score(
    score: object, *, as_json: bool, shown: Callable[[], str], mistakes: Sequence[str]
) -> None:
    """Print JSON, or what `shown` makes of it and the mistakes below."""
    from pydantic import TypeAdapter  # deferred: help need not wait for it

    if as_json:
        text = TypeAdapter[object](type(score)).dump_json(score, indent=2).decode()
    else:
        text = "\n".join([shown(), *mistakes])
    sys.stdout.write(text + "\n")
