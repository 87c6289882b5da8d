"""The tables of the catalog, and the version of them that this program reads."""

import sqlite3
from typing import Final

from rag.catalog_conversations import CONVERSATION_TABLES
from rag.catalog_feedback import FEEDBACK_TABLES
from rag.catalog_jobs import JOB_TABLES
from rag.catalog_suggestions import SUGGESTION_TABLES
from rag.database import Database
from rag.errors import CatalogVersionError, StorageError

SCHEMA_VERSION: Final = 4

_TABLES: Final = (
    "CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    # What lists and filters need. The long texts lie apart, so that a scan does not read them.
    """CREATE TABLE documents (
        document_id TEXT PRIMARY KEY,
        collection TEXT NOT NULL,
        source TEXT NOT NULL,
        file_source TEXT NOT NULL,
        file_name TEXT NOT NULL,
        kind TEXT NOT NULL,
        title TEXT NOT NULL,
        date_first TEXT NOT NULL,
        date_last TEXT NOT NULL,
        characters INTEGER NOT NULL,
        passages INTEGER NOT NULL,
        content_digest TEXT NOT NULL,
        text_digest TEXT NOT NULL,
        metadata TEXT NOT NULL
    )""",
    "CREATE INDEX documents_in_order ON documents (date_last DESC, title, document_id)",
    "CREATE INDEX documents_by_file ON documents (collection, file_source)",
    "CREATE INDEX documents_by_text ON documents (collection, text_digest)",
    """CREATE TABLE bodies (
        document_id TEXT PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
        headings TEXT NOT NULL,
        pages TEXT NOT NULL,
        speeches TEXT NOT NULL,
        text TEXT NOT NULL
    )""",
    """CREATE TABLE names (
        document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
        role TEXT NOT NULL,
        name TEXT NOT NULL,
        stem TEXT NOT NULL,
        PRIMARY KEY (document_id, role, name)
    ) WITHOUT ROWID""",
    "CREATE INDEX names_by_name ON names (role, name)",
    "CREATE INDEX names_by_stem ON names (role, stem)",
    """CREATE TABLE passages (
        passage_id TEXT PRIMARY KEY,
        document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
        position INTEGER NOT NULL,
        span_start INTEGER NOT NULL,
        span_end INTEGER NOT NULL,
        page INTEGER,
        heading_path TEXT NOT NULL,
        context TEXT NOT NULL,
        lead TEXT NOT NULL,
        text TEXT NOT NULL,
        indexed INTEGER NOT NULL DEFAULT 0
    )""",
    # With the id, so that "all passages of these documents" need not touch the table.
    "CREATE INDEX passages_of_document ON passages (document_id, position, passage_id)",
    "CREATE INDEX passages_pending ON passages (passage_id) WHERE indexed = 0",
    # Ids that are gone from the catalog but may still be in an index.
    "CREATE TABLE tombstones (passage_id TEXT PRIMARY KEY) WITHOUT ROWID",
    # Files as they were when they were last taken in whole.
    """CREATE TABLE files (
        collection TEXT NOT NULL,
        file_source TEXT NOT NULL,
        digest TEXT NOT NULL,
        PRIMARY KEY (collection, file_source)
    ) WITHOUT ROWID""",
)
# In which segment of the quotation fingerprints a document's text is, and as which of its texts;
# without a segment it must be fingerprinted.
_FINGERPRINTS: Final = (
    """CREATE TABLE fingerprints (
        document_id TEXT PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
        segment INTEGER,
        ordinal INTEGER
    ) WITHOUT ROWID""",
    "CREATE INDEX fingerprints_by_place ON fingerprints (segment, ordinal)",
)
_SINCE_VERSION_4: Final = (*FEEDBACK_TABLES, *SUGGESTION_TABLES, *JOB_TABLES)


def prepare_tables(database: Database) -> None:
    """Create the tables in a new file, add to an older file what it lacks.

    Raises:
        CatalogVersionError: Another version of the program wrote the file.
        StorageError: The file belongs to something else.
    """
    with database.writing() as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == SCHEMA_VERSION:
            return
        if 1 <= version < SCHEMA_VERSION:
            _bring_up_to_date(connection, version)
            return
        if version != 0:
            message = (
                f"目录库 {database.path} 的版本是 {version}，本程序只认版本 {SCHEMA_VERSION}："
                "请换用写成它的那一版问策，或另选数据目录重新导入"
            )
            raise CatalogVersionError(message)
        _create_tables(connection, path=str(database.path))


def _create_tables(connection: sqlite3.Connection, *, path: str) -> None:
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables:
        message = f"{path} 是别的程序的数据库，不是问策的目录库：请另选数据目录"
        raise StorageError(message)
    for statement in (*_TABLES, *_FINGERPRINTS, *CONVERSATION_TABLES, *_SINCE_VERSION_4):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _bring_up_to_date(connection: sqlite3.Connection, version: int) -> None:
    """Version 1 knew no quotations, version 2 no conversations, version 3 no feedback and jobs."""
    if version < 2:
        for statement in _FINGERPRINTS:
            connection.execute(statement)
        connection.execute(
            "INSERT INTO fingerprints (document_id) SELECT document_id FROM documents"
        )
    if version < 3:
        for statement in CONVERSATION_TABLES:
            connection.execute(statement)
    for statement in _SINCE_VERSION_4:
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
