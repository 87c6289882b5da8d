"""What the catalog keeps of questions that its documents answer."""

import hashlib
import sqlite3
from collections.abc import Sequence
from typing import Final

from rag.asking import RULES_VERSION
from rag.asking_rules import Asked
from rag.database import Database
from rag.suggestions import Suggestion

SUGGESTION_TABLES: Final = (
    # Of which text by which rules the questions of a document were made, and with which library
    # around it they were proven.
    """CREATE TABLE suggested (
        document_id TEXT PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
        made_of TEXT NOT NULL,
        library TEXT NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE suggestions (
        document_id TEXT NOT NULL REFERENCES suggested ON DELETE CASCADE,
        position INTEGER NOT NULL,
        asked TEXT NOT NULL,
        question TEXT NOT NULL,
        PRIMARY KEY (document_id, position)
    ) WITHOUT ROWID""",
)
DOCUMENTS_OF_COLLECTION: Final = 100
"""So many documents of a collection are asked about, those first that lists have first."""

_MADE_OF = f"documents.content_digest || ' {RULES_VERSION}'"


class SuggestionRecords:
    """Questions in the catalog's file, each proven while the library was as it says.

    Any thread may call any method. Every method may raise StorageError.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def listed(self, collection: str | None = None) -> list[Suggestion]:
        """The questions of documents that are as they were when these were made.

        Of each document the best first; documents in the order of their ids, which mean nothing.
        """
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT question, asked, document_id, title, collection"  # noqa: S608 - a constant
                " FROM suggestions JOIN suggested USING (document_id)"
                " JOIN documents USING (document_id)"
                f" WHERE made_of = {_MADE_OF} AND ?1 IN ('', collection)"
                " ORDER BY document_id, position",
                (collection or "",),
            ).fetchall()
        return [
            Suggestion(
                question=row["question"],
                asked=Asked(row["asked"]),
                document_id=row["document_id"],
                title=row["title"],
                collection=row["collection"],
            )
            for row in rows
        ]

    def library(self) -> str:
        """A digest of which documents there are, and of what is in them."""
        digest = hashlib.blake2b(digest_size=12)
        with self._database.reading() as connection:
            for row in connection.execute(
                "SELECT document_id, content_digest FROM documents ORDER BY document_id"
            ):
                digest.update(f"{row[0]} {row[1]}\n".encode())
        return digest.hexdigest()

    def unproven(self, library: str) -> list[str]:
        """Documents whose questions are to be made or proven anew, those without any first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT document_id FROM (SELECT document_id, content_digest, row_number() OVER"  # noqa: S608 - a constant
                " (PARTITION BY collection ORDER BY date_last DESC, title, document_id) AS place"
                " FROM documents) AS documents LEFT JOIN suggested USING (document_id)"
                " WHERE place <= ?1"
                f" AND (made_of IS NOT {_MADE_OF} OR library IS NOT ?2)"
                f" ORDER BY made_of IS {_MADE_OF}, document_id",
                (DOCUMENTS_OF_COLLECTION, library),
            ).fetchall()
        return [row[0] for row in rows]

    def keep(
        self, document_id: str, questions: Sequence[tuple[Asked, str]], *, library: str
    ) -> None:
        """Keep the questions of a document in place of its former ones; best first.

        Nothing is kept for a document that is gone.
        """
        with self._database.writing() as connection:
            _forget(connection, document_id)
            noted = connection.execute(
                f"INSERT INTO suggested SELECT document_id, {_MADE_OF}, ?2 FROM documents"  # noqa: S608 - a constant
                " WHERE document_id = ?1",
                (document_id, library),
            ).rowcount
            if noted:
                connection.executemany(
                    "INSERT INTO suggestions VALUES (?, ?, ?, ?)",
                    [
                        (document_id, position, asked.value, question)
                        for position, (asked, question) in enumerate(questions)
                    ],
                )


def _forget(connection: sqlite3.Connection, document_id: str) -> None:
    connection.execute("DELETE FROM suggested WHERE document_id = ?", (document_id,))
