"""What the catalog keeps of the indexes: what is pending there, what is buried, which model.

A passage that vectors and words may still lack is *pending*; one that they may still hold
although it is gone from the catalog has a *tombstone*. `ingest.indexing` works both off.
"""

from collections.abc import Collection
from typing import Final

from rag.catalog_rows import PASSAGE_COLUMNS, read_passage, read_setting, write_setting
from rag.database import Database
from rag.documents import Passage

_MODEL: Final = "embedding_model"
_DISCARD: Final = "indexes_to_discard"


class IndexingRecords:
    """How far the indexes are behind the catalog.

    Any thread may call any method. Every method may raise StorageError.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def pending_passages(self, limit: int) -> list[Passage]:
        """At most `limit` passages that the indexes lack."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {PASSAGE_COLUMNS} FROM passages WHERE indexed = 0 LIMIT ?",  # noqa: S608 - constants
                (limit,),
            )
            return [read_passage(row) for row in rows]

    def pending_ids(self) -> set[str]:
        """Ids of all passages that the indexes lack."""
        return set(self._ids("SELECT passage_id FROM passages WHERE indexed = 0"))

    def mark_indexed(self, passage_ids: Collection[str]) -> None:
        """These are in both indexes now; ids without a passage are ignored."""
        self._for_each("UPDATE passages SET indexed = 1 WHERE passage_id = ?", passage_ids)

    def mark_pending(self, passage_ids: Collection[str]) -> None:
        """These must be indexed again; ids without a passage are ignored."""
        self._for_each("UPDATE passages SET indexed = 0 WHERE passage_id = ?", passage_ids)

    def tombstones(self, limit: int) -> list[str]:
        """At most `limit` ids of passages that are gone here, but maybe not in the indexes."""
        return self._ids("SELECT passage_id FROM tombstones LIMIT ?", (limit,))

    def add_tombstones(self, passage_ids: Collection[str]) -> None:
        """These must go from the indexes; ids of passages that exist are ignored."""
        self._for_each(
            "INSERT OR IGNORE INTO tombstones SELECT ?1"
            " WHERE NOT EXISTS (SELECT 1 FROM passages WHERE passage_id = ?1)",
            passage_ids,
        )

    def clear_tombstones(self, passage_ids: Collection[str]) -> None:
        """These are gone from both indexes."""
        self._for_each("DELETE FROM tombstones WHERE passage_id = ?", passage_ids)

    def forget(self, model: str) -> None:
        """Everything must be indexed again, with `model`, after the indexes were discarded.

        Durable on return: a process killed right after it leaves a catalog that says so.
        """
        with self._database.writing() as connection:
            connection.execute("UPDATE passages SET indexed = 0")
            connection.execute("DELETE FROM tombstones")
            write_setting(connection, _MODEL, model)
            write_setting(connection, _DISCARD, "1")
        self._database.make_durable()

    @property
    def to_discard(self) -> bool:
        """Whether `forget` was called and the indexes were not yet discarded."""
        return self._setting(_DISCARD) == "1"

    def note_discarded(self) -> None:
        """The indexes are empty now."""
        with self._database.writing() as connection:
            write_setting(connection, _DISCARD, "0")

    @property
    def model(self) -> str | None:
        """Name of the model that made the vectors; None before there are any."""
        return self._setting(_MODEL)

    def _setting(self, key: str) -> str | None:
        with self._database.reading() as connection:
            return read_setting(connection, key)

    def _ids(self, sql: str, values: tuple[int, ...] = ()) -> list[str]:
        with self._database.reading() as connection:
            return [row[0] for row in connection.execute(sql, values)]

    def _for_each(self, sql: str, passage_ids: Collection[str]) -> None:
        """Do the same to each of these, in one transaction."""
        with self._database.writing() as connection:
            connection.executemany(sql, [(passage_id,) for passage_id in passage_ids])
