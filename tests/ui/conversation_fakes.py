"""A desk of conversations whose file goes when nobody holds it any more."""

import shutil
import tempfile
import weakref
from collections.abc import Iterable
from datetime import timedelta, timezone
from pathlib import Path
from typing import Protocol

from rag.catalog_conversations import ConversationRecords
from rag.catalog_feedback import FeedbackRecords
from rag.catalog_schema import prepare_tables
from rag.database import Database
from rag.documents import Document
from rag.feedback import RecentAnswers
from ui.conversations.desk import ConversationDesk
from ui.feedback.desk import FeedbackDesk

BEIJING = timezone(timedelta(hours=8))


class Shelf(Protocol):
    documents: dict[str, Document]


class ShelfDocuments:
    """Documents of a fake shelf by id."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def documents_by_id(self, document_ids: Iterable[str]) -> dict[str, Document]:
        known = self._shelf.documents
        return {one: known[one] for one in document_ids if one in known}


def make_database() -> Database:
    """An empty catalog's."""
    folder = tempfile.mkdtemp(prefix="wence-conversations-")
    database = Database(Path(folder) / "catalog.sqlite3")
    weakref.finalize(database, shutil.rmtree, folder, ignore_errors=True)
    prepare_tables(database)
    return database


def make_conversation_desk(
    shelf: Shelf, *, is_saving: bool = True, database: Database | None = None
) -> ConversationDesk:
    return ConversationDesk(
        ConversationRecords(database or make_database()),
        ShelfDocuments(shelf),
        is_saving=is_saving,
        zone=BEIJING,
    )


def make_feedback_desk(
    database: Database, recent: RecentAnswers, *, keeps_text: bool = True
) -> FeedbackDesk:
    return FeedbackDesk(FeedbackRecords(database), recent, keeps_text=keeps_text)
