"""How the catalog writes answers with the filters they were asked under, and reads them again."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from pydantic import TypeAdapter

from rag.catalog_pages import written_json
from rag.documents import Answer, Filters
from rag.errors import StorageError

_ANSWERS: Final = TypeAdapter(Answer)
_FILTERS: Final = TypeAdapter(Filters)


def written_answer(answer: Answer, filters: Filters) -> tuple[str, str]:
    """Filters and answer as JSON, in this order."""
    # A warning would show the conversation to whoever reads the log.
    return (
        written_json(_FILTERS.dump_python(filters, mode="json", warnings=False)),
        written_json(_ANSWERS.dump_python(answer, mode="json", warnings=False)),
    )


def read_answer(row: sqlite3.Row) -> tuple[Answer, Filters]:
    """What `written_answer` wrote, from the columns `answer` and `filters`.

    Raises:
        ValueError: It wrote no such thing.
    """
    return _ANSWERS.validate_json(row["answer"]), _FILTERS.validate_json(row["filters"])


@contextmanager
def refusing_unreadable(what: str) -> Generator[None]:
    """What a row says wrong is a fault of the file.

    Raises:
        StorageError: A ValueError came; the message names `what`, in Chinese.
    """
    try:
        yield
    except ValueError as error:
        # Without its cause, whose text would carry the conversation into the log.
        message = f"{what}读不出来（{type(error).__name__}）"
        raise StorageError(message) from None
