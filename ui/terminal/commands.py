"""What each command does: from what was typed to what is printed, and the exit code."""

import sys
from collections.abc import Callable, Mapping

from pydantic import TypeAdapter, ValidationError

from rag.documents import Answer, AnswerMode
from rag.errors import ChatModelNotFoundError
from rag.quotations.quotation import LookUpMode, Order
from ui.terminal.arguments import Options
from ui.terminal.chinese_parser import UsageError
from ui.terminal.exit_codes import DONE, FAILED
from ui.terminal.output import print_body
from ui.terminal.typed_values import settings_of, typed_filters, typed_text, usage_error


def run_command(options: Options) -> int:
    """Run the command that was typed.

    Raises:
        UsageError: A value is not what it should be.
        WenceError: It could not be done.
    """
    return _COMMANDS[options.command](options)


def _ask(options: Options) -> int:
    from ui.api.schemas import FiltersBody, QuestionBody
    from ui.terminal.conversation_commands import answered
    from ui.terminal.desk import open_desk
    from ui.terminal.results import shown_answer

    settings = settings_of(options)
    try:
        filters = typed_filters(options)
        body = QuestionBody(
            question=typed_text(options),
            mode=AnswerMode(options.mode),
            conversation_id=options.conversation,
            model=options.model,
        )
        if filters != FiltersBody():  # without any, those of the conversation
            body = body.model_copy(update={"filters": filters})
    except ValidationError as error:
        raise usage_error(error) from error
    with open_desk(settings, program="wence ask") as desk:
        try:
            answer: Answer = answered(
                desk, body, continuing=options.continuing, saving=options.saving
            )
        except ChatModelNotFoundError as error:
            message = f"--model：{error}"
            raise UsageError(message) from error
    print_body(answer, lambda: shown_answer(answer), as_json=options.as_json)
    return DONE


def _search(options: Options) -> int:
    from ui.api.schemas import SearchBody
    from ui.terminal.desk import open_desk
    from ui.terminal.results import shown_results

    settings = settings_of(options)
    try:
        body = SearchBody(
            query=typed_text(options), filters=typed_filters(options), limit=options.limit or 10
        )
    except ValidationError as error:
        raise usage_error(error) from error
    with open_desk(settings, program="wence search") as desk:
        results = desk.search(body)
    print_body(results, lambda: shown_results(results, bold=_may_style()), as_json=options.as_json)
    return DONE


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
            text=typed_text(options),
            filters=typed_filters(options),
            mode=LookUpMode(options.look_up),
            order=Order(options.order),
            with_briefings=options.with_briefings,
            limit=options.limit or 20,
        )
    except ValidationError as error:
        raise usage_error(error) from error
    _check_words(read_term, body.text)
    with open_desk(settings, program="wence quote") as desk:
        results = desk.quotations(body)
    print_body(
        results, lambda: shown_quotations(results, bold=_may_style()), as_json=options.as_json
    )
    return DONE


def _verify(options: Options) -> int:
    from rag.quotations.wording import read_quotation
    from ui.api.quotation_schemas import VerificationBody
    from ui.terminal.desk import open_desk
    from ui.terminal.quotation_results import shown_verification

    settings = settings_of(options)
    try:
        body = VerificationBody(
            text=typed_text(options), speaker=options.speaker, limit=options.limit or 20
        )
    except ValidationError as error:
        raise usage_error(error) from error
    _check_words(read_quotation, body.text)
    with open_desk(settings, program="wence verify") as desk:
        result = desk.verify(body)
    print_body(
        result, lambda: shown_verification(result, bold=_may_style()), as_json=options.as_json
    )
    return DONE


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


def _may_style() -> bool:
    import os

    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _documents(options: Options) -> int:
    from ui.terminal.document_commands import run_documents

    return run_documents(options, settings_of(options))


def _conversations(options: Options) -> int:
    from ui.terminal.conversation_commands import run_conversations

    return run_conversations(options, settings_of(options))


def _ingest(options: Options) -> int:
    from ui.api.schemas import Name
    from ui.terminal.ingest_command import run_ingest

    if not options.paths and not options.library:
        raise UsageError("缺少：路径。请写出要导入的文件或文件夹，例：wence ingest 我的文件夹")
    try:
        collection = TypeAdapter[str](Name).validate_python(options.collection or "default")
    except ValidationError as error:
        raise usage_error(error, name="--collection") from error
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
