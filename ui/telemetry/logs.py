"""Log lines on standard error, as JSON or as text for a terminal."""

import logging
import sqlite3
import sys
import traceback
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Literal, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from rag.errors import ChatModelError, IndexingError, StorageError

LogFormat = Literal["json", "text"]
LogLevel = Literal["debug", "info", "warning", "error"]

_TOLD = (OSError, sqlite3.Error, MemoryError, StorageError, IndexingError, ChatModelError)
"""Errors whose messages never hold what a user typed or a document says."""


@contextmanager
def written_logs(form: LogFormat, level: LogLevel) -> Generator[None]:
    """Our own lines and the warnings of libraries, all in one form, for the length of the block.

    Failures come with where they happened; with what an error says only where that cannot be
    what somebody asked or wrote, or at level debug.
    """
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info if level == "debug" else _without_messages,
    ]
    number = logging.getLevelNamesMapping()[level.upper()]
    former = structlog.get_config()
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=shared,
        )
    )
    # Of libraries never more than warnings: some log the requests they send.
    handler.setLevel(max(number, logging.WARNING))
    logging.getLogger().addHandler(handler)
    logging.captureWarnings(True)  # noqa: FBT003 - its only argument
    try:
        yield
    finally:
        logging.captureWarnings(False)  # noqa: FBT003
        logging.getLogger().removeHandler(handler)
        structlog.configure(**former)


def _without_messages(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    """Put frames and classes in place of an exception."""
    given = cast("object", event.pop("exc_info", None))
    error = sys.exc_info()[1] if given is True else given
    if isinstance(error, tuple):
        error = cast("tuple[object, object, object]", error)[1]
    if isinstance(error, BaseException):
        event["exception"] = "\n".join(_described(error))
    return event


def _described(error: BaseException) -> Iterator[str]:
    """The chain of an exception, the first cause first, and what a group holds."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _described(cause)
    yield "".join(traceback.format_tb(error.__traceback__)).rstrip("\n")
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    yield f"{name}: {error}" if isinstance(error, _TOLD) else name
    if isinstance(error, BaseExceptionGroup):
        for one in cast("BaseExceptionGroup[BaseException]", error).exceptions:
            yield from _described(one)
