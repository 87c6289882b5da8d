"""What may be typed after `wence documents`.

Only the standard library is imported here, so that `wence --help` answers at once.
"""

import argparse

from ui.terminal.chinese_parser import Command, add_commands
from ui.terminal.recurring_options import add_filters, add_json, options_of, positive


def _add_document_list(parser: argparse.ArgumentParser) -> None:
    options = options_of(parser)
    add_json(options)
    options.add_argument("--limit", type=positive, metavar="份数", help="最多几份，默认全部")
    add_filters(parser)


def _add_document_id(parser: argparse.ArgumentParser) -> None:
    _add_numbers(parser, nargs=1)


def _add_document_ids(parser: argparse.ArgumentParser) -> None:
    _add_numbers(parser, nargs="+")


def _add_numbers(parser: argparse.ArgumentParser, *, nargs: int | str) -> None:
    parser.add_argument_group("参数").add_argument(
        "document_ids", nargs=nargs, metavar="编号", help="文件编号，由 wence documents 列出"
    )
    add_json(options_of(parser))


_DOCUMENT_ACTIONS = (
    Command(name="list", summary="列出文件", usage="[选项]", add=_add_document_list),
    Command(
        name="show", summary="显示一份文件的元数据和全文", usage="[选项] 编号", add=_add_document_id
    ),
    Command(name="remove", summary="删除文件", usage="[选项] 编号…", add=_add_document_ids),
)


def add_documents(parser: argparse.ArgumentParser) -> None:
    """Options and actions of the command; without an action it lists."""
    _add_document_list(parser)
    add_commands(parser, "action", _DOCUMENT_ACTIONS)
