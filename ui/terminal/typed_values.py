"""What was typed as values: settings, text, filters; and what is wrong with it."""

import sys
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from rag.documents import Kind
from rag.settings import Settings, setting_fault
from ui.terminal.arguments import Options
from ui.terminal.chinese_parser import UsageError

if TYPE_CHECKING:
    from ui.api.schemas import FiltersBody

_ENCODINGS = ("utf-8-sig", "gb18030")
_VALUE_NAMES = {
    "question": "问题",
    "query": "检索式",
    "text": "引文",
    "collection": "--collection",
    "issuer": "--issuer",
    "place": "--place",
    "speaker": "--speaker",
    "date_from": "--from",
    "date_to": "--to",
    "limit": "--limit",
    "conversation_id": "--conversation",
    "model": "--model",
}
_FAULTS = {
    "string_too_short": "不能为空",
    "string_too_long": "太长，最多 {max_length} 个字符",
    "string_unicode": "含有无法编码的字符",
    "less_than_equal": "不能大于 {le}",
}


def settings_of(options: Options) -> Settings:
    """The settings, with what was typed in place of what the environment says.

    Raises:
        UsageError: A setting has a value that it can't have.
    """
    values = {"data": options.data, "host": options.host, "port": options.port}
    typed: dict[str, Any] = {name: value for name, value in values.items() if value is not None}
    try:
        return Settings(**typed)
    except ValidationError as error:
        raise UsageError("；".join(map(setting_fault, error.errors()))) from None


def typed_text(options: Options) -> str:
    """What was asked; - stands for standard input, in UTF-8 or GB18030.

    Raises:
        UsageError: Standard input holds no such text.
    """
    if options.question != ("-",):
        return " ".join(options.question)
    data = sys.stdin.buffer.read(100_000)
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError("标准输入的内容不是 UTF-8 或 GB18030 文字")


def typed_filters(options: Options) -> "FiltersBody":
    """Which documents are to be looked at.

    Raises:
        ValidationError: A value is not what it should be; `usage_error` says so to the user.
    """
    from ui.api.schemas import FiltersBody  # deferred: most commands need none of it

    return FiltersBody(
        collection=options.collection,
        kind=None if options.kind is None else Kind(options.kind),
        issuer=options.issuer,
        place=options.place,
        speaker=options.speaker,
        date_from=options.date_from,
        date_to=options.date_to,
    )


def usage_error(error: ValidationError, *, name: str = "") -> UsageError:
    """What is wrong with what was typed, in Chinese."""
    faults = list[str]()
    for fault in error.errors():
        field = str(fault["loc"][-1]) if fault["loc"] else ""
        shown = name or _VALUE_NAMES.get(field, field)
        # Ours are Chinese already; of pydantic's own only those in the table can happen.
        message = _FAULTS.get(fault["type"], fault["msg"]).format(**fault.get("ctx", {}))
        message = message.replace("date_from", "--from").replace("date_to", "--to")
        faults.append(f"{shown}：{message}" if shown else message)
    return UsageError("；".join(faults))
