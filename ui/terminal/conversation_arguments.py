"""What may be typed after `wence conversations`.

Only the standard library is imported here, so that `wence --help` answers at once.
"""

import argparse

from ui.terminal.chinese_parser import Command, add_commands
from ui.terminal.recurring_options import add_json, options_of, positive

EXPORT_FORMS = ("md", "docx")


def _add_conversation_list(parser: argparse.ArgumentParser) -> None:
    options = options_of(parser)
    add_json(options)
    options.add_argument("--limit", type=positive, metavar="个数", help="最多几个，默认全部")
    options.add_argument(
        "--query", metavar="词", help="只列标题、问题或回答里有这些词的，几个词用空格隔开"
    )


def _add_conversation(
    parser: argparse.ArgumentParser, *, nargs: int | str = 1
) -> argparse._ArgumentGroup:  # pyright: ignore[reportPrivateUsage] - the type has no public name
    """The id of a conversation; returns the group for what follows it."""
    group = parser.add_argument_group("参数")
    group.add_argument(
        "conversation_ids", nargs=nargs, metavar="编号", help="由 wence conversations 列出"
    )
    return group


def _add_conversation_show(parser: argparse.ArgumentParser) -> None:
    _add_conversation(parser)
    add_json(options_of(parser))


def _add_conversation_rename(parser: argparse.ArgumentParser) -> None:
    group = _add_conversation(parser)
    group.add_argument("title", nargs="+", metavar="标题", help="新的标题")
    add_json(options_of(parser))


def _add_conversation_removal(parser: argparse.ArgumentParser) -> None:
    _add_conversation(parser, nargs="+")
    add_json(options_of(parser))


def _add_conversation_export(parser: argparse.ArgumentParser) -> None:
    _add_conversation(parser)
    options = options_of(parser)
    options.add_argument(
        "--as",
        dest="form",
        choices=EXPORT_FORMS,
        metavar="格式",
        help="md Markdown（默认）；docx Word 文档",
    )
    options.add_argument(
        "--to",
        dest="target",
        metavar="文件",
        help="存到哪里，默认以对话标题为名存在当前目录；写 - 则写到标准输出",
    )


_CONVERSATION_ACTIONS = (
    Command(name="list", summary="列出对话", usage="[选项]", add=_add_conversation_list),
    Command(
        name="show",
        summary="显示一个对话，并说明所引文件有无变化",
        usage="[选项] 编号",
        add=_add_conversation_show,
    ),
    Command(
        name="rename", summary="给对话改名", usage="[选项] 编号 标题", add=_add_conversation_rename
    ),
    Command(name="remove", summary="删除对话", usage="[选项] 编号…", add=_add_conversation_removal),
    Command(
        name="export",
        summary="导出为 Markdown 或 Word",
        usage="[选项] 编号",
        add=_add_conversation_export,
    ),
)


def add_conversations(parser: argparse.ArgumentParser) -> None:
    """Options and actions of the command; without an action it lists."""
    _add_conversation_list(parser)
    add_commands(parser, "action", _CONVERSATION_ACTIONS)
