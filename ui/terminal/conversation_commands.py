"""`wence conversations`, and questions that go on with a conversation."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, TypeAdapter, ValidationError

from rag.conversations import checked_title, search_words
from rag.documents import Answer
from rag.errors import ConversationClosedError, WenceError
from rag.settings import Settings
from rag.storage import holds_catalog
from ui.api.conversation_schemas import ConversationList, Query
from ui.api.schemas import QuestionBody
from ui.conversations.desk import Export, ExportForm
from ui.terminal.arguments import Options
from ui.terminal.chinese_parser import UsageError
from ui.terminal.conversation_results import shown_conversation, shown_conversations
from ui.terminal.desk import Desk, open_desk
from ui.terminal.exit_codes import DONE, FAILED
from ui.terminal.output import print_body, print_json, print_note, print_result, printable

_PROGRAM = "wence conversations"


class ConversationRemoval(BaseModel):
    """What became of a conversation that was to be deleted."""

    conversation_id: str
    status: Literal["removed", "failed"]
    reason: str | None = None


class ConversationRemovals(BaseModel):
    """One item for each conversation that was named."""

    items: list[ConversationRemoval]
    next: str | None = None


def answered(desk: Desk, body: QuestionBody, *, continuing: bool, saving: bool = True) -> Answer:
    """The answer, saved in a conversation: that of `body`, else the last one, else a new one.

    Args:
        desk: Who answers.
        body: What is asked.
        continuing: Go on with the last conversation; where there is none, with a new one.
        saving: Whether it is kept; what goes on with a conversation always is.

    Raises:
        UsageError: Two are asked for that exclude each other.
        ConversationClosedError: None are saved, but one shall be gone on with.
        WenceError: As `Desk.answer`.
    """
    if not saving:
        if continuing or body.conversation_id is not None:
            raise UsageError("--no-save 不能与 --continue、--conversation 同用：接着问的会存入对话")
        return desk.answer(body)
    if body.conversation_id is not None:
        if continuing:
            raise UsageError("--continue 和 --conversation 只能用一个")
        return desk.answer(body)
    last = desk.conversations(limit=1).items if continuing else []
    if last:
        return desk.answer(_within(body, last[0].conversation_id))
    try:
        started = desk.start_conversation()
    except ConversationClosedError:
        if continuing:
            raise
        return desk.answer(body)
    return desk.answer(_within(body, started.conversation_id))


def _within(body: QuestionBody, conversation_id: str) -> QuestionBody:
    return body.model_copy(update={"conversation_id": conversation_id})


def run_conversations(options: Options, settings: Settings) -> int:
    """List, show, rename, delete or export conversations; the exit code.

    Raises:
        UsageError: A value is not what it should be.
        WenceError: It could not be done.
    """
    _check(options)
    if not holds_catalog(settings.data):
        return _without_data(options, settings.data)
    with open_desk(settings, program=_PROGRAM) as desk:
        return _ACTIONS[options.action](options, desk)


def _check(options: Options) -> None:
    """What is wrong use is so before a data folder is opened."""
    try:
        if options.action == "rename":
            checked_title(" ".join(options.title))
        search_words(TypeAdapter[str](Query).validate_python(options.query))
    except ValidationError as error:
        raise UsageError("--query：太长，最多 200 个字符") from error
    except ValueError as error:
        raise UsageError(str(error)) from error
    if options.form == "docx" and options.target == "-" and sys.stdout.isatty():
        raise UsageError("Word 文档不能显示在终端上：请用 --to 写出文件名")


def _without_data(options: Options, folder: Path) -> int:
    message = f"数据目录 {folder} 里还没有对话：用 wence ask 提问，或用 wence serve 启动网页"
    if options.action != "list":
        raise WenceError(message)
    print_note(message)
    if options.as_json:
        print_json(ConversationList(items=[], next=None))
    return DONE


def _list(options: Options, desk: Desk) -> int:
    found = desk.conversations(options.query, limit=options.limit)
    print_body(found, lambda: shown_conversations(found), as_json=options.as_json)
    return DONE


def _show(options: Options, desk: Desk) -> int:
    conversation = desk.conversation(options.conversation_ids[0])
    print_body(conversation, lambda: shown_conversation(conversation), as_json=options.as_json)
    return DONE


def _rename(options: Options, desk: Desk) -> int:
    title = checked_title(" ".join(options.title))
    renamed = desk.rename_conversation(options.conversation_ids[0], title)
    print_body(renamed, lambda: printable(f"已改名：{renamed.title}"), as_json=options.as_json)
    return DONE


def _remove(options: Options, desk: Desk) -> int:
    items = list[ConversationRemoval]()
    for conversation_id in options.conversation_ids:
        item = ConversationRemoval(conversation_id=conversation_id, status="removed")
        try:
            desk.remove_conversation(conversation_id)
        except WenceError as error:
            print_note(f"出错：{conversation_id}：{error}")
            item = item.model_copy(update={"status": "failed", "reason": str(error)})
        items.append(item)
    removed = [item.conversation_id for item in items if item.status == "removed"]
    if options.as_json:
        print_json(ConversationRemovals(items=items))
    elif removed:
        print_result(f"已删除 {len(removed)} 个对话：{'、'.join(removed)}")
    return DONE if len(removed) == len(items) else FAILED


def _export(options: Options, desk: Desk) -> int:
    export = desk.export_conversation(options.conversation_ids[0], form=ExportForm(options.form))
    if options.target == "-":
        sys.stdout.buffer.write(export.content)
        sys.stdout.buffer.flush()
        return DONE
    print_result(printable(f"已导出：{_written(export, options.target)}"))
    return DONE


def _written(export: Export, target: str | None) -> Path:
    """The file that was written; one that is there is only overwritten where it was named.

    Raises:
        WenceError: It can't be written.
    """
    path = Path(target) if target else Path(export.file_name)
    try:
        with path.open("wb" if target else "xb") as file:
            file.write(export.content)
    except FileExistsError as error:
        message = f"文件 {path} 已经存在：请用 --to 写出文件名（已有的会被覆盖）"
        raise WenceError(message) from error
    except OSError as error:
        message = f"无法写入 {path}：{error.strerror}"
        raise WenceError(message) from error
    return path


_ACTIONS: Mapping[str, Callable[[Options, Desk], int]] = {
    "list": _list,
    "show": _show,
    "rename": _rename,
    "remove": _remove,
    "export": _export,
}
