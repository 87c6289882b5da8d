"""Options that several commands have, and the values that they take.

Only the standard library is imported here, so that `wence --help` answers at once.
"""

import argparse
from pathlib import Path

KIND_NAMES = {
    "speech": "讲话",
    "news": "新闻",
    "report": "报告",
    "law": "法规文件",
    "briefing": "资料卡",
    "other": "其他",
}


def options_of(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:  # pyright: ignore[reportPrivateUsage] - the type has no public name
    """A group with the options that every command has, for those of its own."""
    group = parser.add_argument_group("选项")
    group.add_argument("-h", "--help", action="help", help="显示本帮助")
    group.add_argument(
        "--data", type=Path, metavar="目录", help="数据目录，默认取 WENCE_DATA，再默认为 ./data"
    )
    return group


def positive(text: str) -> int:
    """A number from 1 up.

    Raises:
        ValueError: `text` is no number.
        ArgumentTypeError: It is less than 1.
    """
    number = int(text)  # a ValueError becomes argparse's "invalid … value"
    if number < 1:
        message = f"应为正整数，而不是 {text!r}"
        raise argparse.ArgumentTypeError(message)
    return number


positive.__name__ = "int"


def _kind(text: str) -> str:
    by_name = {chinese: kind for kind, chinese in KIND_NAMES.items()}
    kind = by_name.get(text, text)
    if kind not in KIND_NAMES:
        known = "、".join(f"{chinese}({kind})" for kind, chinese in KIND_NAMES.items())
        message = f"没有 {text!r} 这一类，可选：{known}"
        raise argparse.ArgumentTypeError(message)
    return kind


def add_json(group: argparse._ArgumentGroup) -> None:  # pyright: ignore[reportPrivateUsage] - the type has no public name
    """For commands that print what the API sends."""
    group.add_argument(
        "--json", dest="as_json", action="store_true", help="输出 JSON，内容与接口 /v1 相同"
    )


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Which documents are looked at."""
    group = parser.add_argument_group("筛选（只看符合条件的文件）")
    group.add_argument("--collection", metavar="集合", help="集合，如 library、default")
    group.add_argument(
        "--kind", type=_kind, metavar="种类", help="、".join(KIND_NAMES.values()) + "，或其英文名"
    )
    group.add_argument("--issuer", metavar="机关", help="发文机关，如 国务院")
    group.add_argument("--place", metavar="地方", help="所属地方，含其下级，如 济南市")
    group.add_argument("--speaker", metavar="姓名", help="文件中讲话的人")
    group.add_argument(
        "--from", dest="date_from", metavar="日期", help="不早于，如 2019、2019-03、2019-03-22"
    )
    group.add_argument("--to", dest="date_to", metavar="日期", help="不晚于，写法同上，含当日")
