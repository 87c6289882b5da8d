"""The catalog: the one truth about documents and passages, and about what is indexed.

Vectors and words are derived from it; `rag.catalog_indexing` knows how far they are behind.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from rag.catalog_conversations import ConversationRecords
from rag.catalog_entries import Change, Counts, Cursor, DocumentEntry
from rag.catalog_feedback import FeedbackRecords
from rag.catalog_fingerprints import FingerprintRecords
from rag.catalog_indexing import IndexingRecords
from rag.catalog_jobs import JobRecords
from rag.catalog_pages import check_limit
from rag.catalog_rows import (
    DOCUMENT_COLUMNS,
    ENTRY_COLUMNS,
    PASSAGE_COLUMNS,
    read_document,
    read_entry,
    read_passage,
    read_setting,
    replace_passages,
    write_document,
    write_setting,
)
from rag.catalog_schema import prepare_tables
from rag.catalog_suggestions import SuggestionRecords
from rag.database import Database
from rag.document_cache import DocumentCache
from rag.documents import Document, Filters, Passage
from rag.errors import DocumentNotFoundError
from rag.filtering import conditions
from rag.records import content_digest

_AMONG = "(SELECT value FROM json_each(?))"
_PASSAGES = f"SELECT {PASSAGE_COLUMNS} FROM passages"  # noqa: S608 - constants


def _no_document(document_id: str) -> DocumentNotFoundError:
    return DocumentNotFoundError(f"没有编号为 {document_id!r} 的文件：请用 wence documents 查看")


def _forget_file(connection: sqlite3.Connection, collection: str, file_source: str) -> None:
    """Its documents are no longer what it gave: it must be read again."""
    connection.execute(
        "DELETE FROM files WHERE collection = ? AND file_source = ?", (collection, file_source)
    )


class Catalog:
    """Documents, passages and what is indexed, in one SQLite file.

    Any thread may call any method. Every method may raise StorageError.

    Attributes:
        conversations: Those that are saved.
        feedback: What users said of answers.
        suggestions: Questions that documents answer.
        fingerprints: Which texts are fingerprinted.
        jobs: Uploads that are taken in in the background.
        indexing: What the indexes still lack, and what they must lose.

    Raises:
        CatalogVersionError: Another version of the program wrote the file.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path)
        self._cache = DocumentCache()
        self.conversations = ConversationRecords(self._database)
        self.feedback = FeedbackRecords(self._database)
        self.suggestions = SuggestionRecords(self._database)
        self.fingerprints = FingerprintRecords(self._database)
        self.jobs = JobRecords(self._database)
        self.indexing = IndexingRecords(self._database)
        try:
            prepare_tables(self._database)
        except BaseException:
            self._database.close()
            raise

    def make_durable(self) -> None:
        """All that was stored so far survives a power cut, too; a killed process it survives
        anyway. To be called before an index is told, and before a user is.
        """
        self._database.make_durable()

    @property
    def generation(self) -> int:
        """A number that every change of a document raises, for as long as the file is open."""
        return self._cache.generation

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def put_document(
        self,
        document: Document,
        passages: Sequence[Passage],
        *,
        file_source: str | None = None,
    ) -> Change:
        """Store `document` in place of what had its id, in one transaction.

        Passages that stay keep their place in the indexes; new ones are pending, those that
        are gone leave tombstones. Nothing is written when nothing has changed.

        Args:
            passages: All passages of the document.
            file_source: What identifies the file it came from, where that gives several
                documents; `documents_of_file` finds them by it.
        """
        digest = content_digest(document, passages)
        with self._database.writing() as connection:
            former = connection.execute(
                "SELECT content_digest FROM documents WHERE document_id = ?",
                (document.document_id,),
            ).fetchone()
            if former is not None and former["content_digest"] == digest:
                return Change.UNCHANGED
            segment = self.fingerprints.segment_of(connection, document.document_id)
            origin = document.source if file_source is None else file_source
            _forget_file(connection, document.collection, origin)
            write_document(
                connection,
                document,
                file_source=origin,
                passages=len(passages),
                content_digest=digest,
            )
            replace_passages(connection, document.document_id, passages)
        self._cache.forget(document.document_id)
        self.fingerprints.note_change(segment)
        return Change.ADDED if former is None else Change.REPLACED

    def remove_document(self, document_id: str) -> None:
        """Remove a document with its passages, in one transaction.

        Raises:
            DocumentNotFoundError: There is none.
        """
        with self._database.writing() as connection:
            row = connection.execute(
                "SELECT collection, file_source FROM documents WHERE document_id = ?",
                (document_id,),
            ).fetchone()
            if row is None:
                raise _no_document(document_id)
            connection.execute(
                "DELETE FROM files WHERE collection = ? AND file_source = ?", tuple(row)
            )
            connection.execute(
                "INSERT OR IGNORE INTO tombstones"
                " SELECT passage_id FROM passages WHERE document_id = ?",
                (document_id,),
            )
            segment = self.fingerprints.segment_of(connection, document_id)
            connection.execute("DELETE FROM documents WHERE document_id = ?", (document_id,))
        self._cache.forget(document_id)
        self.fingerprints.note_change(segment)

    def document(self, document_id: str) -> Document:
        """The whole document.

        Raises:
            DocumentNotFoundError: There is none.
        """
        found = self.documents_by_id([document_id])
        if document_id not in found:
            raise _no_document(document_id)
        return found[document_id]

    def documents_by_id(self, document_ids: Iterable[str]) -> dict[str, Document]:
        """Whole documents by id; ids without a document are left out."""
        wanted = set(document_ids)
        found = self._cache.known(wanted)
        missing = wanted - found.keys()
        if missing:
            generation = self._cache.generation
            rows = self._rows(
                f"SELECT {DOCUMENT_COLUMNS} FROM documents"  # noqa: S608 - constants
                f" JOIN bodies USING (document_id) WHERE document_id IN {_AMONG}",
                (json.dumps(list(missing)),),
            )
            loaded = [read_document(row) for row in rows]
            self._cache.remember(loaded, generation=generation)
            found |= {document.document_id: document for document in loaded}
        return found

    def list_documents(
        self, filters: Filters | None = None, *, limit: int = 100, cursor: str | None = None
    ) -> tuple[list[DocumentEntry], str | None]:
        """A page of the list: newest first, those without a date last, then by title.

        Documents that come or go between two pages neither repeat nor hide others.

        Args:
            filters: None for every document.
            limit: At most this many, 1 to 1,000.
            cursor: What the former page gave; None for the first.

        Returns:
            The page and the cursor of the next one, or None when there is none.

        Raises:
            ValueError: `limit`, `cursor` or a date of `filters` is no such thing.
        """
        check_limit(limit)
        clauses = conditions(filters or Filters())
        sql = [clause.sql for clause in clauses]
        values: list[str | int] = [value for clause in clauses for value in clause.values]
        if cursor is not None:
            after = Cursor.parse(cursor)
            sql.append("(date_last < ? OR (date_last = ? AND (title, document_id) > (?, ?)))")
            values += [after.date, after.date, after.title, after.document_id]
        rows = self._rows(
            f"SELECT {ENTRY_COLUMNS}, date_last, title FROM documents"  # noqa: S608 - no values
            f" WHERE {' AND '.join(sql) or 'TRUE'}"
            " ORDER BY date_last DESC, title, document_id LIMIT ?",
            (*values, limit + 1),
        )
        page = [read_entry(row) for row in rows[:limit]]
        if len(rows) <= limit:
            return page, None
        last = rows[limit - 1]
        return page, str(
            Cursor(date=last["date_last"], title=last["title"], document_id=last["document_id"])
        )

    def document_ids(self, filters: Filters) -> frozenset[str] | None:
        """Documents that fulfil `filters`, or None when these restrict nothing.

        Raises:
            ValueError: A date is malformed or has no year.
        """
        clauses = conditions(filters)
        if not clauses:
            return None
        where = " AND ".join(clause.sql for clause in clauses)
        found = self._first(
            f"SELECT document_id FROM documents WHERE {where}",  # noqa: S608 - no values
            [value for clause in clauses for value in clause.values],
        )
        return frozenset(found)

    def documents_of_file(self, *, collection: str, file_source: str) -> dict[str, str]:
        """Title by id of the documents that a file gave, in the order of their sources."""
        rows = self._rows(
            "SELECT document_id, title FROM documents"
            " WHERE collection = ? AND file_source = ? ORDER BY source",
            (collection, file_source),
        )
        return {row["document_id"]: row["title"] for row in rows}

    def file_sources(self, collection: str) -> set[str]:
        """What identifies the files that the documents of a collection came from."""
        return set(
            self._first(
                "SELECT DISTINCT file_source FROM documents WHERE collection = ?", (collection,)
            )
        )

    def documents_with_text_of(self, document_id: str) -> list[str]:
        """Ids of other documents of its collection whose text compares equal."""
        return self._first(
            "SELECT other.document_id FROM documents JOIN documents AS other"
            " USING (collection, text_digest) WHERE documents.document_id = ?1"
            " AND other.document_id <> ?1 ORDER BY 1",
            (document_id,),
        )

    def collections(self) -> dict[str, int]:
        """How many documents each collection has, by name."""
        rows = self._rows("SELECT collection, count(*) FROM documents GROUP BY 1 ORDER BY 1")
        return {row[0]: row[1] for row in rows}

    def passages(self, document_id: str) -> list[Passage]:
        """The passages of a document, in order; empty when there is no such document."""
        rows = self._rows(
            f"{_PASSAGES} WHERE document_id = ? ORDER BY position",
            (document_id,),
        )
        return [read_passage(row) for row in rows]

    def passages_by_id(self, passage_ids: Iterable[str]) -> dict[str, Passage]:
        """Passages by id; ids without a passage are left out.

        An index may name a passage that is gone since: whoever searches must expect that.
        """
        rows = self._rows(
            f"{_PASSAGES} WHERE passage_id IN {_AMONG}",
            (json.dumps(list(passage_ids)),),
        )
        return {row[0]: read_passage(row) for row in rows}

    def passage_ids(self, document_ids: Collection[str] | None = None) -> set[str]:
        """Ids of all passages of these documents; None for every document."""
        if document_ids is None:
            return set(self._first("SELECT passage_id FROM passages"))
        return set(
            self._first(
                f"SELECT passage_id FROM passages WHERE document_id IN {_AMONG}",  # noqa: S608 - constant
                (json.dumps(list(document_ids)),),
            )
        )

    def counts(self) -> Counts:
        """How much there is."""
        ((documents, passages, pending, tombstones),) = self._rows(
            "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM passages),"
            " (SELECT count(*) FROM passages WHERE indexed = 0),"
            " (SELECT count(*) FROM tombstones)"
        )
        return Counts(
            documents=documents, passages=passages, pending=pending, tombstones=tombstones
        )

    def setting(self, key: str) -> str | None:
        """What was stored under `key`, or None."""
        with self._database.reading() as connection:
            return read_setting(connection, key)

    def set_setting(self, key: str, value: str) -> None:
        """Store `value` under `key`."""
        with self._database.writing() as connection:
            write_setting(connection, key, value)

    def file_digest(self, *, collection: str, file_source: str) -> str | None:
        """What `set_file_digest` stored; None once a document of the file has changed."""
        found = self._first(
            "SELECT digest FROM files WHERE collection = ? AND file_source = ?",
            (collection, file_source),
        )
        return next(iter(found), None)

    def set_file_digest(self, *, collection: str, file_source: str, digest: str) -> None:
        """Note the state of a file whose documents are all stored."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?)", (collection, file_source, digest)
            )

    def problems(self) -> list[str]:
        """What SQLite finds wrong with the file; empty when all is well."""
        return self._database.problems()

    def _rows(self, sql: str, values: Sequence[str | int] = ()) -> list[sqlite3.Row]:
        with self._database.reading() as connection:
            return connection.execute(sql, values).fetchall()

    def _first(self, sql: str, values: Sequence[str | int] = ()) -> list[str]:
        """The first column of what `sql` finds: ids, mostly."""
        return [row[0] for row in self._rows(sql, values)]
