"""What each command does: from what was typed to what is printed, and the exit code."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, TypeAdapter, ValidationError

from rag.documents import Answer, AnswerMode, Kind
from rag.errors import ChatModelNotFoundError, StorageError, WenceError
from rag.quotations.quotation import LookUpMode, Order
from rag.settings import Settings, setting_fault
from ui.terminal.arguments import Options
from ui.terminal.chinese_parser import UsageError
from ui.terminal.output import print_json, print_note, print_result

if TYPE_CHECKING:
    from ui.api.schemas import FiltersBody

DONE, FAILED = 0, 1
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


class RemovalItem(BaseModel):
    """What became of a document that was to be removed."""

    document_id: str
    status: Literal["removed", "failed"]
    reason: str | None = None


class RemovalResults(BaseModel):
    """One item for each document that was named."""

    items: list[RemovalItem]
    next: str | None = None


def run_command(options: Options) -> int:
    """Run the command that was typed.

    Raises:
        UsageError: A value is not what it should be.
        WenceError: It could not be done.
    """
    return _COMMANDS[options.command](options)


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


def _typed_text(options: Options) -> str:
    """What was asked; - stands for standard input, in UTF-8 or GB18030."""
    if options.question != ("-",):
        return " ".join(options.question)
    data = sys.stdin.buffer.read(100_000)
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError("标准输入的内容不是 UTF-8 或 GB18030 文字")


def _filters(options: Options) -> "FiltersBody":
    from ui.api.schemas import FiltersBody

    return FiltersBody(
        collection=options.collection,
        kind=None if options.kind is None else Kind(options.kind),
        issuer=options.issuer,
        place=options.place,
        speaker=options.speaker,
        date_from=options.date_from,
        date_to=options.date_to,
    )


def _usage_error(error: ValidationError, *, name: str = "") -> UsageError:
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


def _ask(options: Options) -> int:
    from ui.api.schemas import FiltersBody, QuestionBody
    from ui.terminal.conversation_commands import answered
    from ui.terminal.desk import open_desk
    from ui.terminal.results import shown_answer

    settings = settings_of(options)
    try:
        filters = _filters(options)
        body = QuestionBody(
            question=_typed_text(options),
            mode=AnswerMode(options.mode),
            conversation_id=options.conversation,
            model=options.model,
        )
        if filters != FiltersBody():  # without any, those of the conversation
            body = body.model_copy(update={"filters": filters})
    except ValidationError as error:
        raise _usage_error(error) from error
    with open_desk(settings, program="wence ask") as desk:
        try:
            answer: Answer = answered(
                desk, body, continuing=options.continuing, saving=options.saving
            )
        except ChatModelNotFoundError as error:
            message = f"--model：{error}"
            raise UsageError(message) from error
    return _printed(options, answer, lambda: shown_answer(answer))


def _search(options: Options) -> int:
    from ui.api.schemas import SearchBody
    from ui.terminal.desk import open_desk
    from ui.terminal.results import shown_results

    settings = settings_of(options)
    try:
        body = SearchBody(
            query=_typed_text(options), filters=_filters(options), limit=options.limit or 10
        )
    except ValidationError as error:
        raise _usage_error(error) from error
    with open_desk(settings, program="wence search") as desk:
        results = desk.search(body)
    return _printed(options, results, lambda: shown_results(results, bold=_may_style()))


def _check_words(read: Callable[[str], object], words: str) -> None:
    """What cannot be looked up is wrong use, and no reason to open or make a data folder."""
    try:
        read(words)
    except ValueError as error:
        raise UsageError(str(error)) from error


def _quote(options: Options) -> int:
    from rag.quotations.wording import read_term
    from ui.api.quotation_schemas import QuotationSearchBody
    from ui.terminal.desk import open_desk
    from ui.terminal.quotation_results import shown_quotations

    settings = settings_of(options)
    try:
        body = QuotationSearchBody(
            text=_typed_text(options),
            filters=_filters(options),
            mode=LookUpMode(options.look_up),
            order=Order(options.order),
            with_briefings=options.with_briefings,
            limit=options.limit or 20,
        )
    except ValidationError as error:
        raise _usage_error(error) from error
    _check_words(read_term, body.text)
    with open_desk(settings, program="wence quote") as desk:
        results = desk.quotations(body)
    return _printed(options, results, lambda: shown_quotations(results, bold=_may_style()))


def _verify(options: Options) -> int:
    from rag.quotations.wording import read_quotation
    from ui.api.quotation_schemas import VerificationBody
    from ui.terminal.desk import open_desk
    from ui.terminal.quotation_results import shown_verification

    settings = settings_of(options)
    try:
        body = VerificationBody(
            text=_typed_text(options), speaker=options.speaker, limit=options.limit or 20
        )
    except ValidationError as error:
        raise _usage_error(error) from error
    _check_words(read_quotation, body.text)
    with open_desk(settings, program="wence verify") as desk:
        result = desk.verify(body)
    return _printed(options, result, lambda: shown_verification(result, bold=_may_style()))


def _check(options: Options) -> int:
    from ui.terminal.check_command import run_check

    run_check(
        settings_of(options),
        options.paths[0],
        html=options.html,
        docx=options.docx,
        as_json=options.as_json,
        bold=_may_style(),
    )
    return DONE


def _printed(options: Options, body: object, shown: Callable[[], str]) -> int:
    """Print a result as was asked for: as the API sends it, or to be read."""
    if options.as_json:
        print_json(body)
    else:
        print_result(shown())
    return DONE


def _may_style() -> bool:
    import os

    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _documents(options: Options) -> int:
    match options.action:
        case "show":
            return _show_document(options)
        case "remove":
            return _remove_documents(options)
        case _:
            return _list_documents(options)


def _list_documents(options: Options) -> int:
    from rag.storage import holds_catalog
    from ui.api.document_schemas import DocumentList
    from ui.terminal.desk import open_desk
    from ui.terminal.results import shown_list

    settings = settings_of(options)
    try:
        filters = _filters(options)
    except ValidationError as error:
        raise _usage_error(error) from error
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


def _conversations(options: Options) -> int:
    from ui.terminal.conversation_commands import run_conversations

    return run_conversations(options, settings_of(options))


def _nothing_yet(folder: Path) -> str:
    return (
        f"数据目录 {folder} 里还没有文件：请用 wence ingest 路径 导入自己的文件，"
        "或用 wence serve 启动，首次启动会建好内置资料库"
    )


def _require_data(folder: Path) -> None:
    from rag.storage import holds_catalog

    if not holds_catalog(folder):
        raise StorageError(_nothing_yet(folder))


def _show_document(options: Options) -> int:
    from ui.terminal.desk import open_desk
    from ui.terminal.results import shown_document

    settings = settings_of(options)
    _require_data(settings.data)
    with open_desk(settings, program="wence documents") as desk:
        document = desk.document(options.document_ids[0])
    return _printed(options, document, lambda: shown_document(document))


def _remove_documents(options: Options) -> int:
    from ui.terminal.desk import open_desk

    settings = settings_of(options)
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


def _ingest(options: Options) -> int:
    from ui.api.schemas import Name
    from ui.terminal.ingest_command import run_ingest

    if not options.paths and not options.library:
        raise UsageError("缺少：路径。请写出要导入的文件或文件夹，例：wence ingest 我的文件夹")
    try:
        collection = TypeAdapter[str](Name).validate_python(options.collection or "default")
    except ValidationError as error:
        raise _usage_error(error, name="--collection") from error
    all_done = run_ingest(
        settings_of(options),
        options.paths,
        collection=collection,
        with_library=options.library,
        as_json=options.as_json,
    )
    return DONE if all_done else FAILED


def _serve(options: Options) -> int:
    from ui.serving import serve

    serve(settings_of(options))
    return DONE


def _mcp(options: Options) -> int:
    from ui.mcp.running import run_mcp

    if not options.http and (options.host is not None or options.port is not None):
        raise UsageError("--host 和 --port 只用于 HTTP：请加上 --http，或去掉它们")
    run_mcp(settings_of(options), http=options.http, port=options.port)
    return DONE


def _rebuild(options: Options) -> int:
    from ui.terminal.upkeep import run_rebuild

    run_rebuild(settings_of(options), as_json=options.as_json)
    return DONE


def _doctor(options: Options) -> int:
    from ui.terminal.upkeep import run_doctor

    well = run_doctor(settings_of(options), repairing=options.repair, as_json=options.as_json)
    return DONE if well else FAILED


def _bench(options: Options) -> int:
    from ui.bench.running import run_bench

    run_bench(
        documents=options.documents,
        passages=options.passages,
        quotation_passages=options.quotation_passages,
        as_json=options.as_json,
    )
    return DONE


_COMMANDS: Mapping[str, Callable[[Options], int]] = {
    "serve": _serve,
    "mcp": _mcp,
    "ingest": _ingest,
    "ask": _ask,
    "search": _search,
    "quote": _quote,
    "verify": _verify,
    "check": _check,
    "documents": _documents,
    "conversations": _conversations,
    "rebuild": _rebuild,
    "doctor": _doctor,
    "bench": _bench,
}
