"""How documents and passages become rows of the catalog, and rows become them again."""

import sqlite3
from collections.abc import Sequence
from typing import Final

from rag.catalog_entries import DocumentEntry
from rag.documents import Document, Passage
from rag.filtering import date_range, indexed_names
from rag.records import (
    read_heading_path,
    read_headings,
    read_metadata,
    read_pages,
    read_speeches,
    text_digest,
    write_heading_path,
    write_headings,
    write_metadata,
    write_pages,
    write_speeches,
)
from rag.text import Span

DOCUMENT_COLUMNS: Final = (
    "document_id, collection, source, file_name, metadata, text, headings, pages, speeches"
)
ENTRY_COLUMNS: Final = (
    "document_id, collection, source, file_name, metadata, characters, passages,"
    " EXISTS (SELECT 1 FROM passages WHERE indexed = 0"
    " AND passages.document_id = documents.document_id) AS pending"
)
PASSAGE_COLUMNS: Final = (
    "passage_id, document_id, position, span_start, span_end, page, heading_path, context, lead,"
    " text"
)


def read_document(row: sqlite3.Row) -> Document:
    """A document from its DOCUMENT_COLUMNS."""
    return Document(
        document_id=row["document_id"],
        collection=row["collection"],
        source=row["source"],
        file_name=row["file_name"],
        text=row["text"],
        metadata=read_metadata(row["metadata"]),
        headings=read_headings(row["headings"]),
        pages=read_pages(row["pages"]),
        speeches=read_speeches(row["speeches"]),
    )


def read_entry(row: sqlite3.Row) -> DocumentEntry:
    """An entry from its ENTRY_COLUMNS."""
    return DocumentEntry(
        document_id=row["document_id"],
        collection=row["collection"],
        source=row["source"],
        file_name=row["file_name"],
        metadata=read_metadata(row["metadata"]),
        state="pending" if row["pending"] else "indexed",
        characters=row["characters"],
        passages=row["passages"],
    )


def read_passage(row: sqlite3.Row) -> Passage:
    """A passage from its PASSAGE_COLUMNS."""
    return Passage(
        passage_id=row["passage_id"],
        document_id=row["document_id"],
        index=row["position"],
        span=Span(row["span_start"], row["span_end"]),
        text=row["text"],
        heading_path=read_heading_path(row["heading_path"]),
        context=row["context"],
        lead=row["lead"],
        page=row["page"],
    )


def write_document(
    connection: sqlite3.Connection,
    document: Document,
    *,
    file_source: str,
    passages: int,
    content_digest: str,
) -> None:
    """Store all of a document but its passages, in place of its former version."""
    metadata = document.metadata
    connection.execute(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (document_id) DO UPDATE SET"
        " file_source = excluded.file_source, file_name = excluded.file_name,"
        " kind = excluded.kind, title = excluded.title,"
        " date_first = excluded.date_first, date_last = excluded.date_last,"
        " characters = excluded.characters, passages = excluded.passages,"
        " content_digest = excluded.content_digest, text_digest = excluded.text_digest,"
        " metadata = excluded.metadata",
        (
            document.document_id,
            document.collection,
            document.source,
            file_source,
            document.file_name,
            metadata.kind.value,
            metadata.title,
            *date_range(metadata),
            len(document.text),
            passages,
            content_digest,
            text_digest(document.text),
            write_metadata(metadata),
        ),
    )
    _write_body(connection, document)
    _write_names(connection, document)
    connection.execute(
        "INSERT OR REPLACE INTO fingerprints (document_id) VALUES (?)", (document.document_id,)
    )


def _write_body(connection: sqlite3.Connection, document: Document) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO bodies (document_id, headings, pages, speeches, text)"
        " VALUES (?, ?, ?, ?, ?)",
        (
            document.document_id,
            write_headings(document.headings),
            write_pages(document.pages),
            write_speeches(document.speeches),
            document.text,
        ),
    )


def _write_names(connection: sqlite3.Connection, document: Document) -> None:
    connection.execute("DELETE FROM names WHERE document_id = ?", (document.document_id,))
    connection.executemany(
        "INSERT INTO names (document_id, role, name, stem) VALUES (?, ?, ?, ?)",
        [
            (document.document_id, found.role.value, found.name, found.stem)
            for found in indexed_names(document)
        ],
    )


def replace_passages(
    connection: sqlite3.Connection, document_id: str, passages: Sequence[Passage]
) -> None:
    """Store the passages of a document; those that stay remain indexed, the gone are buried."""
    rows = connection.execute(
        "SELECT passage_id FROM passages WHERE document_id = ?", (document_id,)
    ).fetchall()
    kept = {passage.passage_id for passage in passages}
    gone = [(passage_id,) for (passage_id,) in rows if passage_id not in kept]
    connection.executemany("DELETE FROM passages WHERE passage_id = ?", gone)
    connection.executemany("INSERT OR IGNORE INTO tombstones VALUES (?)", gone)
    connection.executemany(
        f"INSERT INTO passages ({PASSAGE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - a constant
        " ON CONFLICT (passage_id) DO UPDATE SET position = excluded.position,"
        " page = excluded.page, heading_path = excluded.heading_path,"
        " context = excluded.context, lead = excluded.lead, text = excluded.text",
        [_passage_values(passage) for passage in passages],
    )
    # A passage that comes back before its removal was worked off is no longer to be removed.
    connection.executemany(
        "DELETE FROM tombstones WHERE passage_id = ?", [(passage_id,) for passage_id in kept]
    )


def _passage_values(passage: Passage) -> tuple[str | int | None, ...]:
    return (
        passage.passage_id,
        passage.document_id,
        passage.index,
        passage.span.start,
        passage.span.end,
        passage.page,
        write_heading_path(passage.heading_path),
        passage.context,
        passage.lead,
        passage.text,
    )


def read_setting(connection: sqlite3.Connection, key: str) -> str | None:
    """What was stored under `key`, or None."""
    row = connection.execute("SELECT value FROM settings WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row["value"])


def write_setting(connection: sqlite3.Connection, key: str, value: str) -> None:
    """Store `value` under `key`."""
    connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (key, value))
