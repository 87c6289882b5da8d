"""What the catalog knows of the quotation fingerprints: which text lies where in them."""

import json
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy
from numpy.typing import NDArray

from rag.database import Database
from rag.documents import Kind

UNDATED: Final = 99_999_999

_AMONG = "(SELECT value FROM json_each(?))"
_TEXTS = (
    "SELECT document_id, text, text_digest FROM fingerprints"
    " JOIN documents USING (document_id) JOIN bodies USING (document_id) WHERE "
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextToFingerprint:
    """A document's text, and what tells it from a later one."""

    document_id: str
    text: str
    text_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentDocuments:
    """The documents whose texts are in a segment, by ordinal; shape (texts,) each.

    Attributes:
        document_ids: Empty for a text that is gone or has changed since.
        days: The first day that the document's date may mean, as the number YYYYMMDD;
            UNDATED without one.
        are_briefings: Those whose words are nobody's to quote.
        are_there: Those that have an id.
    """

    document_ids: tuple[str, ...]
    days: NDArray[numpy.int64]
    are_briefings: NDArray[numpy.bool_]
    are_there: NDArray[numpy.bool_] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        are_there = numpy.array([bool(one) for one in self.document_ids], numpy.bool_)
        object.__setattr__(self, "are_there", are_there)


class FingerprintRecords:
    """Which document is which text of which segment.

    Any thread may call any method. Every method may raise StorageError.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._documents = dict[int, SegmentDocuments]()
        self._changes = 0
        self._lock = threading.Lock()

    def pending(self) -> int:
        """How many documents must be fingerprinted."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT count(*) FROM fingerprints WHERE segment IS NULL"
            ).fetchone()
        return int(row[0])

    def pending_texts(self, *, max_characters: int) -> list[TextToFingerprint]:
        """Texts that must be fingerprinted, of together at most so many characters; at least
        one where there is any.
        """
        with self._database.reading() as connection:
            rows = connection.execute(f"{_TEXTS} segment IS NULL")
            return list(_at_most(rows, max_characters))

    def texts_of(self, segments: Collection[int]) -> list[TextToFingerprint]:
        """The texts of these segments that are still there."""
        with self._database.reading() as connection:
            rows = connection.execute(f"{_TEXTS} segment IN {_AMONG}", (json.dumps([*segments]),))
            return [_text(row) for row in rows]

    def place(self, segment: int, texts: Iterable[TextToFingerprint]) -> None:
        """These are the texts of a segment now, in order; one that has changed meanwhile or is
        gone is left as it is.
        """
        self.note_change()
        with self._database.writing() as connection:
            connection.executemany(
                "UPDATE fingerprints SET segment = ?, ordinal = ? WHERE document_id = ? AND EXISTS"
                " (SELECT 1 FROM documents AS known WHERE text_digest = ?"
                " AND known.document_id = fingerprints.document_id)",
                [
                    (segment, ordinal, text.document_id, text.text_digest)
                    for ordinal, text in enumerate(texts)
                ],
            )
        self.note_change()

    def keep_only(self, segments: Collection[int]) -> None:
        """What was in other segments must be fingerprinted again."""
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE fingerprints SET segment = NULL, ordinal = NULL"  # noqa: S608 - a constant
                f" WHERE segment IS NOT NULL AND segment NOT IN {_AMONG}",
                (json.dumps([*segments]),),
            )
        self.note_change()

    def texts_in_segments(self) -> dict[int, int]:
        """How many texts of each segment are still there; segments without any are left out."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT segment, count(*) FROM fingerprints WHERE segment IS NOT NULL GROUP BY 1"
            )
            return {int(row[0]): int(row[1]) for row in rows}

    def documents(self, segment: int) -> SegmentDocuments:
        """The documents of a segment as they are now; kept until one of them changes."""
        with self._lock:
            known = self._documents.get(segment)
            change = self._changes
        if known is not None:
            return known
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT ordinal, document_id, date_first, kind FROM fingerprints"
                " JOIN documents USING (document_id) WHERE segment = ?",
                (segment,),
            ).fetchall()
        found = _segment_documents(rows)
        with self._lock:
            if change == self._changes:
                self._documents[segment] = found
        return found

    @property
    def changes(self) -> int:
        """A number that every change of a document or segment raises."""
        return self._changes

    def segment_of(self, connection: sqlite3.Connection, document_id: str) -> int | None:
        """In which segment a document is, as a transaction sees it; None for none."""
        row = connection.execute(
            "SELECT segment FROM fingerprints WHERE document_id = ?", (document_id,)
        ).fetchone()
        return None if row is None else row["segment"]

    def note_change(self, *segments: int | None) -> None:
        """A document of these has changed or gone, or a text has come; none means all."""
        with self._lock:
            self._changes += 1
            if segments:
                for segment in segments:
                    self._documents.pop(segment or 0, None)
            else:
                self._documents.clear()


def _segment_documents(rows: Sequence[sqlite3.Row]) -> SegmentDocuments:
    size = 1 + max((row["ordinal"] for row in rows), default=-1)
    document_ids = [""] * size
    days = numpy.full(size, UNDATED)
    are_briefings = numpy.zeros(size, numpy.bool_)
    for ordinal, document_id, date, kind in rows:
        document_ids[ordinal] = document_id
        are_briefings[ordinal] = kind == Kind.BRIEFING
        if date:
            days[ordinal] = int(date.replace("-", ""))
    return SegmentDocuments(
        document_ids=tuple(document_ids), days=days, are_briefings=are_briefings
    )


def _at_most(rows: Iterable[sqlite3.Row], max_characters: int) -> Iterator[TextToFingerprint]:
    characters = 0
    for row in rows:
        characters += len(row["text"])
        if characters > max_characters and characters > len(row["text"]):
            return
        yield _text(row)


def _text(row: sqlite3.Row) -> TextToFingerprint:
    return TextToFingerprint(
        document_id=row["document_id"], text=row["text"], text_digest=row["text_digest"]
    )
