"""What may be typed after `wence`: the argument parser and its Chinese texts.

Only the standard library is imported here, so that `wence --help` answers at once.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ui.terminal.chinese_parser import ChineseParser, Command, UsageError, add_commands
from ui.terminal.conversation_arguments import add_conversations
from ui.terminal.document_arguments import add_documents
from ui.terminal.recurring_options import add_filters, add_json, options_of, positive

MODES = ("auto", "extractive", "chat_model")
LOOK_UP_MODES = ("exact", "near", "meaning")
ORDERS = ("relevance", "date")

_DESCRIPTION = "问策：用改革政策文件回答问题，每句话都标明出自哪份文件的哪个位置。"
_CLOSING = """例：
  wence serve                              启动网页和接口，首次运行会建好内置资料库
  wence ask "市中区机构改革后共设置多少个党政机构？"
  wence ingest 我的文件夹 --collection 讲话
  wence 命令 --help                        查看某个命令的全部选项

退出码：0 完成；1 有内容失败，原因逐条写在标准错误；2 用法有误。
设置：WENCE_DATA（数据目录）、WENCE_PORT、WENCE_CHAT_MODEL 等环境变量，或当前目录下的 .env 文件。"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was typed, with the defaults of all that was not."""

    command: str = ""
    action: str = "list"
    data: Path | None = None
    as_json: bool = False
    host: str | None = None
    port: int | None = None
    paths: tuple[str, ...] = ()
    collection: str | None = None
    library: bool = False
    question: tuple[str, ...] = ()
    mode: str = "auto"
    model: str | None = None
    kind: str | None = None
    issuer: str | None = None
    place: str | None = None
    speaker: str | None = None
    date_from: str | None = None
    date_to: str | None = None
    limit: int | None = None
    document_ids: tuple[str, ...] = ()
    conversation_ids: tuple[str, ...] = ()
    conversation: str | None = None
    continuing: bool = False
    saving: bool = True
    title: tuple[str, ...] = ()
    query: str = ""
    form: str = "md"
    target: str | None = None
    repair: bool = False
    documents: int = 1000
    passages: int = 10_000
    quotation_passages: int = 100_000
    look_up: str = "exact"
    order: str = "relevance"
    with_briefings: bool = False
    html: Path | None = None
    docx: Path | None = None
    http: bool = False


def _add_serve(parser: argparse.ArgumentParser) -> None:
    options = options_of(parser)
    options.add_argument("--host", metavar="地址", help="监听地址，默认 127.0.0.1，只限本机")
    options.add_argument(
        "--port", type=int, metavar="端口", help="端口，默认 8000；0 为任选空闲端口"
    )


def _add_mcp(parser: argparse.ArgumentParser) -> None:
    options = options_of(parser)
    options.add_argument(
        "--http", action="store_true", help="改用 HTTP（streamable HTTP），默认用标准输入输出"
    )
    options.add_argument("--host", metavar="地址", help="HTTP 的监听地址，默认 127.0.0.1，只限本机")
    options.add_argument(
        "--port", type=int, metavar="端口", help="HTTP 的端口，默认 8001；0 为任选空闲端口"
    )


def _add_ingest(parser: argparse.ArgumentParser) -> None:
    parser.add_argument_group("参数").add_argument(
        "paths", nargs="*", metavar="路径", help="文件或文件夹，可写多个；.zip 内的文件逐个导入"
    )
    options = options_of(parser)
    add_json(options)
    options.add_argument("--collection", metavar="集合", help="归入哪个集合，默认 default")
    options.add_argument("--library", action="store_true", help="同时导入内置资料库")


def _add_ask(parser: argparse.ArgumentParser) -> None:
    parser.add_argument_group("参数").add_argument(
        "question", nargs="+", metavar="问题", help="要问的问题；写 - 则从标准输入读取"
    )
    options = options_of(parser)
    add_json(options)
    options.add_argument(
        "--mode",
        choices=MODES,
        metavar="方式",
        help="auto 有聊天模型就用（默认）；extractive 只摘录原文；chat_model 用聊天模型",
    )
    options.add_argument(
        "--continue", dest="continuing", action="store_true", help="接着最近的一次对话问"
    )
    options.add_argument(
        "--conversation", metavar="编号", help="接着这个对话问，编号由 wence conversations 列出"
    )
    options.add_argument(
        "--no-save", dest="saving", action="store_false", help="不存入对话，问过就算"
    )
    options.add_argument(
        "--model", metavar="名称", help="配置了几个聊天模型时用哪一个，默认 WENCE_CHAT_MODEL"
    )
    add_filters(parser)


def _add_search(parser: argparse.ArgumentParser) -> None:
    parser.add_argument_group("参数").add_argument(
        "question", nargs="+", metavar="检索式", help="要查的词句；写 - 则从标准输入读取"
    )
    options = options_of(parser)
    add_json(options)
    options.add_argument("--limit", type=positive, metavar="条数", help="最多几条，默认 10")
    add_filters(parser)


def _add_quote(parser: argparse.ArgumentParser) -> None:
    parser.add_argument_group("参数").add_argument(
        "question", nargs="+", metavar="词句", help="要查的原话或提法；写 - 则从标准输入读取"
    )
    options = options_of(parser)
    add_json(options)
    options.add_argument(
        "--mode",
        dest="look_up",
        choices=LOOK_UP_MODES,
        metavar="方式",
        help="exact 原词原句（默认）；near 相近的措辞；meaning 意思相近",
    )
    options.add_argument(
        "--order",
        choices=ORDERS,
        metavar="次序",
        help="relevance 最贴近的在前（默认）；date 最早的在前",
    )
    options.add_argument(
        "--briefings",
        dest="with_briefings",
        action="store_true",
        help="也查资料卡（问策自己撰写，不宜当作原话引用）",
    )
    options.add_argument("--limit", type=positive, metavar="条数", help="最多几条，默认 20")
    add_filters(parser)


def _add_verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument_group("参数").add_argument(
        "question", nargs="+", metavar="引文", help="要核对的引文；写 - 则从标准输入读取"
    )
    options = options_of(parser)
    add_json(options)
    options.add_argument(
        "--speaker", metavar="讲话人", help="据说是谁讲的，可带职务，如 市委书记吴天君"
    )
    options.add_argument("--limit", type=positive, metavar="条数", help="最多几条，默认 20")


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument_group("参数").add_argument(
        "paths", nargs=1, metavar="文稿", help="要核对的 .txt、.md 或 .docx；写 - 则从标准输入读取"
    )
    options = options_of(parser)
    add_json(options)
    options.add_argument("--html", type=Path, metavar="文件", help="另存一份网页报告")
    options.add_argument(
        "--docx", type=Path, metavar="文件", help="另存一份 Word 文档，问题处加批注"
    )


def _add_rebuild(parser: argparse.ArgumentParser) -> None:
    add_json(options_of(parser))


def _add_doctor(parser: argparse.ArgumentParser) -> None:
    options = options_of(parser)
    add_json(options)
    options.add_argument("--repair", action="store_true", help="修复查出的不一致")


def _add_bench(parser: argparse.ArgumentParser) -> None:
    options = parser.add_argument_group("选项")
    options.add_argument("-h", "--help", action="help", help="显示本帮助")
    add_json(options)
    options.add_argument(
        "--documents", type=positive, metavar="份数", help="导入测速用几份文件，默认 1000"
    )
    options.add_argument(
        "--passages", type=positive, metavar="段数", help="问答测速时索引里有几段，默认 10000"
    )
    options.add_argument(
        "--quotation-passages",
        type=positive,
        metavar="段数",
        help="核对引文测速时资料库有几段，默认 100000",
    )


_COMMANDS = (
    Command(name="serve", summary="启动网页和接口", usage="[选项]", add=_add_serve),
    Command(
        name="mcp",
        summary="作为 MCP 服务，供其他 AI 程序调用（需另装 wence[mcp]）",
        usage="[选项]",
        add=_add_mcp,
    ),
    Command(name="ingest", summary="导入文件或文件夹", usage="[选项] 路径…", add=_add_ingest),
    Command(name="ask", summary="提问，得到带引用的回答", usage="[选项] 问题", add=_add_ask),
    Command(name="search", summary="检索段落", usage="[选项] 检索式", add=_add_search),
    Command(name="quote", summary="查原话和提法的出处", usage="[选项] 词句", add=_add_quote),
    Command(
        name="verify", summary="逐字核对一段引文及其出处", usage="[选项] 引文", add=_add_verify
    ),
    Command(
        name="check",
        summary="核对整篇文稿：引文、提法、数字、人名职务、文件标题",
        usage="[选项] 文稿",
        add=_add_check,
    ),
    Command(
        name="documents",
        summary="列出、查看、删除文件",
        usage="[list | show 编号 | remove 编号…] [选项]",
        add=add_documents,
    ),
    Command(
        name="conversations",
        summary="列出、查看、改名、删除、导出保存的对话",
        usage="[list | show 编号 | rename 编号 标题 | remove 编号… | export 编号] [选项]",
        add=add_conversations,
    ),
    Command(name="rebuild", summary="由目录库重建全部索引", usage="[选项]", add=_add_rebuild),
    Command(name="doctor", summary="检查目录库与索引是否一致", usage="[选项]", add=_add_doctor),
    Command(
        name="bench",
        summary="测量速度和内存（在临时目录中，不动数据）",
        usage="[选项]",
        add=_add_bench,
    ),
)


def _add_nothing(parser: argparse.ArgumentParser) -> None:
    """What follows `eval` is its own: `ui.cli` hands it over before anything is parsed here."""


_EVAL = Command(
    name="eval",
    summary="测评：run 运行，compare 比较，quotations 引文，replies 模型回答",
    usage="run | compare | quotations | replies …",
    add=_add_nothing,
)


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = ChineseParser(
        prog="wence", usage="wence 命令 [选项]", description=_DESCRIPTION, epilog=_CLOSING
    )
    options_of(parser).add_argument("--version", action="store_true", help="显示版本")
    known = (*_COMMANDS, _EVAL) if find_spec("evals.commands") else _COMMANDS
    add_commands(parser, "command", known)
    return parser


def parse_arguments(arguments: Sequence[str]) -> Options:
    """What was typed.

    Raises:
        UsageError: It can't be understood; the message, Chinese, says why and shows the usage.
        SystemExit: Help or version was asked for, and printed.
    """
    parser = build_parser()
    typed: dict[str, Any] = {  # of the types of `Options`, as the parsers above convert them
        name: tuple(value) if isinstance(value, list) else value
        for name, value in vars(parser.parse_args(arguments)).items()
        if value is not None
    }
    if typed.pop("version", False):
        from importlib.metadata import version  # deferred: 20 ms that --help need not pay

        sys.stdout.write(f"wence {version('wence')}\n")
        raise SystemExit(0)
    if "command" not in typed:
        raise UsageError(parser.format_help().strip())
    return Options(**typed)
