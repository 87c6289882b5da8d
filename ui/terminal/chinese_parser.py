"""argparse in Chinese, with columns that line up.

Only the standard library is imported here, so that `wence --help` answers at once.
"""

import argparse
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

_COLUMNS = 96
_HELP_COLUMN = 24


class UsageError(Exception):
    """Wrong use of the command line: exit code 2."""


def display_width(text: str) -> int:
    """Columns that `text` takes on a terminal: two for each wide character."""
    return sum(
        0 if unicodedata.combining(character) else 1 + (_width_class(character) in "WF")
        for character in text
    )


def _width_class(character: str) -> str:
    # Ambiguous ones (“ ” — ·) are narrow on most terminals outside of legacy locales.
    return unicodedata.east_asian_width(character)


def wrapped(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` columns, broken at spaces or between wide characters.

    A line never begins with closing punctuation; white space at a break is dropped. A word
    longer than a line stays whole. An empty text gives one empty line.
    """
    lines = [""]
    for piece in re.findall(
        r"[!-~]+[，。；：！？、）》”]*|\s+|[^\s!-~][，。；：！？、）》”]*", text
    ):
        if display_width(lines[-1]) + display_width(piece) > width and lines[-1]:
            lines.append("")
        if piece.strip() or lines[-1]:
            lines[-1] += " " if piece.isspace() else piece
    return [line.rstrip() for line in lines]


class _ChineseFormatter(argparse.RawDescriptionHelpFormatter):
    """Counts columns instead of characters, so that Chinese lines up."""

    def _format_action(self, action: argparse.Action) -> str:
        indent = " " * self._current_indent
        if isinstance(action.choices, dict):  # the one that holds the commands
            subactions = self._iter_indented_subactions(action)
            return "".join(self._format_action(subaction) for subaction in subactions)
        name = indent + self._format_action_invocation(action)
        lines = wrapped(self._expand_help(action), _COLUMNS - _HELP_COLUMN)
        first = name + " " * max(2, _HELP_COLUMN - display_width(name)) + lines[0]
        rest = [" " * _HELP_COLUMN + line for line in lines[1:]]
        return "\n".join([first, *rest]) + "\n"


_TRANSLATIONS = (
    (r"the following arguments are required: (.*)", r"缺少：\1"),
    (r"unrecognized arguments: (.*)", r"不认识：\1"),
    (r"invalid choice: (.*) \(choose from (.*)\)", r"没有 \1 这一项，可选：\2"),
    (r"expected one argument", "后面要跟一个值"),
    (r"expected at least one argument", "后面至少要跟一个值"),
    (r"invalid int value: (.*)", r"应为整数，而不是 \1"),
    (r"ignored explicit argument (.*)", r"不带值，却写了 \1"),
    (r"not allowed with argument (.*)", r"不能与 \1 同用"),
)


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


class ChineseParser(argparse.ArgumentParser):
    """Says in Chinese what is wrong and how it is used; what was not typed stays unset."""

    def __init__(
        self,
        *,
        prog: str,
        usage: str | None = None,
        description: str | None = None,
        epilog: str | None = None,
    ) -> None:
        super().__init__(
            prog=prog,
            usage=usage,
            description=description,
            epilog=epilog,
            formatter_class=_ChineseFormatter,
            argument_default=argparse.SUPPRESS,
            allow_abbrev=False,
            add_help=False,
        )

    def error(self, message: str) -> NoReturn:
        """Raise UsageError instead of leaving the program."""
        explained = f"{_translated(message)}\n{self.format_usage().strip()}"
        raise UsageError(explained)

    def format_usage(self) -> str:
        """The line that begins with 用法."""
        return super().format_usage().replace("usage: ", "用法：", 1)

    def format_help(self) -> str:
        """All that --help prints."""
        text = super().format_help().replace("usage: ", "用法：", 1)
        return re.sub(r"(?m)^([^\s:]+):$", r"\1：", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command as the help shows it.

    Attributes:
        usage: What follows its name.
        add: Adds its options to its parser.
    """

    name: str
    summary: str
    usage: str
    add: Callable[[argparse.ArgumentParser], None]


def add_commands(parser: argparse.ArgumentParser, dest: str, commands: Sequence[Command]) -> None:
    """Let `commands` follow what `parser` parses; which one did goes to `dest`."""
    title = "命令" if dest == "command" else "操作（不写为list）"
    subparsers = parser.add_subparsers(
        title=title, dest=dest, metavar=title[:2], parser_class=ChineseParser
    )
    for command in commands:
        command.add(
            subparsers.add_parser(
                command.name,
                prog=f"{parser.prog} {command.name}",
                help=command.summary,
                description=f"{command.summary}。",
                usage=f"{parser.prog} {command.name} {command.usage}",
            )
        )
