"""`wence documents`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from rag.errors import StorageError, WenceError
from rag.settings import Settings
from rag.storage import holds_catalog
from ui.api.document_schemas import DocumentList
from ui.terminal.arguments import Options
from ui.terminal.desk import open_desk
from ui.terminal.exit_codes import DONE, FAILED
from ui.terminal.output import print_body, print_json, print_note, print_result
from ui.terminal.results import shown_document, shown_list
from ui.terminal.typed_values import typed_filters, usage_error


class RemovalItem(BaseModel):
    """What became of a document that was to be removed."""

    document_id: str
    status: Literal["removed", "failed"]
    reason: str | None = None


class RemovalResults(BaseModel):
    """One item for each document that was named."""

    items: list[RemovalItem]
    next: str | None = None


def run_documents(options: Options, settings: Settings) -> int:
    """List, show or remove documents; the exit code.

    Raises:
        UsageError: A value is not what it should be.
        WenceError: It could not be done.
    """
    return _ACTIONS[options.action](options, settings)


def _list(options: Options, settings: Settings) -> int:
    try:
        filters = typed_filters(options)
    except ValidationError as error:
        raise usage_error(error) from error
    if holds_catalog(settings.data):
        with open_desk(settings, program="wence documents") as desk:
            documents = desk.documents(filters, limit=options.limit)
    else:
        print_note(_nothing_yet(settings.data))
        documents = DocumentList(items=[], next=None)
    if options.as_json:
        print_json(documents)
    elif holds_catalog(settings.data):
        print_result(shown_list(documents))
    return DONE


def _show(options: Options, settings: Settings) -> int:
    _require_data(settings.data)
    with open_desk(settings, program="wence documents") as desk:
        document = desk.document(options.document_ids[0])
    print_body(document, lambda: shown_document(document), as_json=options.as_json)
    return DONE


def _remove(options: Options, settings: Settings) -> int:
    _require_data(settings.data)
    items = list[RemovalItem]()
    with open_desk(settings, program="wence documents remove") as desk:
        for document_id in options.document_ids:
            try:
                desk.remove(document_id)
                items.append(RemovalItem(document_id=document_id, status="removed"))
            except WenceError as error:
                print_note(f"出错：{error}")
                reason = str(error)
                items.append(RemovalItem(document_id=document_id, status="failed", reason=reason))
    removed = [item.document_id for item in items if item.status == "removed"]
    if options.as_json:
        print_json(RemovalResults(items=items))
    elif removed:
        print_result(f"已删除 {len(removed)} 份文件：{'、'.join(removed)}")
    return DONE if len(removed) == len(items) else FAILED


def _nothing_yet(folder: Path) -> str:
    return (
        f"数据目录 {folder} 里还没有文件：请用 wence ingest 路径 导入自己的文件，"
        "或用 wence serve 启动，首次启动会建好内置资料库"
    )


def _require_data(folder: Path) -> None:
    if not holds_catalog(folder):
        raise StorageError(_nothing_yet(folder))


_ACTIONS: Mapping[str, Callable[[Options, Settings], int]] = {
    "list": _list,
    "show": _show,
    "remove": _remove,
}
