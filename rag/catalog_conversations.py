"""What the catalog keeps of conversations."""

import re
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from rag.catalog_answers import read_answer, refusing_unreadable, written_answer
from rag.catalog_pages import (
    bad_cursor,
    check_limit,
    encodable,
    now,
    page_cursor,
    parsed_cursor,
    written_time,
)
from rag.conversations import (
    SavedConversation,
    SavedTurn,
    checked_title,
    search_words,
    title_from,
)
from rag.database import Database
from rag.documents import AnswerMode
from rag.errors import ConversationClosedError, ConversationNotFoundError
from rag.text import fold

CONVERSATION_TABLES: Final = (
    # `folded_title` and `folded` are what searches look at.
    """CREATE TABLE conversations (
        conversation_id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        folded_title TEXT NOT NULL,
        created TEXT NOT NULL,
        updated TEXT NOT NULL,
        turns INTEGER NOT NULL
    )""",
    "CREATE INDEX conversations_in_order ON conversations (updated DESC, conversation_id)",
    """CREATE TABLE conversation_turns (
        conversation_id TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
        position INTEGER NOT NULL,
        folded TEXT NOT NULL,
        asked TEXT NOT NULL,
        mode TEXT NOT NULL,
        filters TEXT NOT NULL,
        question TEXT NOT NULL,
        answer TEXT NOT NULL,
        PRIMARY KEY (conversation_id, position)
    )""",
)

MOST_TURNS = 1000
"""Of one conversation."""
LONGEST_TURN = 2_000_000
"""Of question and written answer together, in characters."""
UNUSED_FOR = timedelta(days=1)
"""A conversation in which nothing was asked for so long is forgotten."""

_FIELDS = "conversation_id, title, created, updated, turns"
_TURN_FIELDS = "position, asked, mode, filters, question, answer"


class ConversationRecords:
    """Saved conversations in the catalog's file.

    Any thread may call any method. Every method may raise StorageError. What is deleted is
    overwritten in the file.

    Args:
        database: One that has the tables.
        clock: The time, with its zone.
    """

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = now) -> None:
        self._database = database
        self._clock = clock

    def start(self) -> SavedConversation:
        """A new conversation without turns; no list has it before its first turn."""
        with self._database.writing() as connection:
            conversation_id = self._inserted(connection)
            started = _one(connection, conversation_id)
        self._database.make_durable()
        return started

    def save_turn(
        self, turn: SavedTurn, *, conversation_id: str | None = None
    ) -> SavedConversation:
        """Add a turn to a conversation, whole or not at all; None begins a new one.

        Raises:
            ConversationNotFoundError: There is none with the id, or none any more.
            ConversationClosedError: It has as many turns as one may have.
            ValueError: The turn is too long.
        """
        filters, answer = _written(turn)
        with self._database.writing() as connection:
            saved_in = conversation_id or self._inserted(connection)
            position = _one(connection, saved_in).turn_count
            if position >= MOST_TURNS:
                message = f"这个对话已有 {position} 轮，不能再加：请开始新的对话"
                raise ConversationClosedError(message)
            question, title = encodable(turn.question), title_from(turn.question)
            connection.execute(
                "INSERT INTO conversation_turns VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    saved_in,
                    position,
                    encodable(f"{fold(turn.question)}\n{fold(turn.answer.text)}"),
                    written_time(turn.asked),
                    turn.mode.value,
                    filters,
                    question,
                    answer,
                ),
            )
            connection.execute(
                "UPDATE conversations SET turns = turns + 1, updated = ? WHERE conversation_id = ?",
                (written_time(self._clock()), saved_in),
            )
            connection.execute(
                "UPDATE conversations SET title = ?, folded_title = ?"
                " WHERE conversation_id = ? AND title = ''",
                (title, fold(title), saved_in),
            )
            saved = _one(connection, saved_in)
        self._database.make_durable()
        return saved

    def get(self, conversation_id: str) -> SavedConversation:
        """The conversation without its turns.

        Raises:
            ConversationNotFoundError: There is none.
        """
        with self._database.reading() as connection:
            return _one(connection, conversation_id)

    def list_conversations(
        self, query: str = "", *, limit: int = 100, cursor: str | None = None
    ) -> tuple[list[SavedConversation], str | None]:
        """A page of those with turns, the last one continued first.

        Args:
            query: Words that must each stand in title, questions or answers, compared as in
                `rag.text.fold`; empty for all conversations.
            limit: At most so many, 1 to LONGEST_PAGE.
            cursor: What the former page gave; None for the first.

        Returns:
            The page and the cursor of the next one, or None when there is none.

        Raises:
            ValueError: `limit` or `cursor` is no such thing, or there are too many words.
        """
        check_limit(limit)
        conditions, values = ["turns > 0"], list[str]()
        for word in search_words(encodable(query)):
            conditions.append(
                "(instr(folded_title, ?) OR EXISTS (SELECT 1 FROM conversation_turns AS turn"
                " WHERE turn.conversation_id = conversations.conversation_id"
                " AND instr(turn.folded, ?)))"
            )
            values += [word, word]
        if cursor is not None:
            updated, after = parsed_cursor(cursor)
            conditions.append("(updated < ? OR (updated = ? AND conversation_id > ?))")
            values += [updated, updated, after]
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {_FIELDS} FROM conversations"  # noqa: S608 - no values
                f" WHERE {' AND '.join(conditions)}"
                " ORDER BY updated DESC, conversation_id LIMIT ?",
                (*values, limit + 1),
            ).fetchall()
        page = [_conversation(row) for row in rows[:limit]]
        return page, page_cursor(page[-1].updated, page[-1].conversation_id) if len(
            rows
        ) > limit else None

    def turns(
        self, conversation_id: str, *, limit: int = 100, cursor: str | None = None
    ) -> tuple[list[SavedTurn], str | None]:
        """A page of the turns, oldest first, and the cursor of the next one; no turns where
        there is no such conversation.

        Raises:
            ValueError: `limit` or `cursor` is no such thing.
        """
        check_limit(limit)
        if cursor is not None and not re.fullmatch("[0-9]{1,9}", cursor):
            raise bad_cursor()
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {_TURN_FIELDS} FROM conversation_turns"  # noqa: S608 - constants
                " WHERE conversation_id = ? AND position >= ? ORDER BY position LIMIT ?",
                (conversation_id, int(cursor or 0), limit + 1),
            ).fetchall()
        following = str(rows[limit]["position"]) if len(rows) > limit else None
        return [_turn(row) for row in rows[:limit]], following

    def last_turns(self, conversation_id: str, *, most: int) -> list[SavedTurn]:
        """The last turns, the oldest of them first; none where there is no such conversation."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {_TURN_FIELDS} FROM conversation_turns"  # noqa: S608 - constants
                " WHERE conversation_id = ? ORDER BY position DESC LIMIT ?",
                (conversation_id, most),
            ).fetchall()
        return [_turn(row) for row in reversed(rows)]

    def rename(self, conversation_id: str, title: str) -> SavedConversation:
        """Give it another title, which it keeps.

        Raises:
            ConversationNotFoundError: There is none.
            ValueError: The title is empty or too long.
        """
        title = checked_title(title)
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE conversations SET title = ?, folded_title = ? WHERE conversation_id = ?",
                (title, fold(title), conversation_id),
            )
            renamed = _one(connection, conversation_id)
        self._database.make_durable()
        return renamed

    def delete(self, conversation_id: str) -> None:
        """Delete it with all its turns.

        Raises:
            ConversationNotFoundError: There is none.
        """
        self._erase("DELETE FROM conversations WHERE conversation_id = ?", conversation_id)

    def delete_all(self) -> None:
        """Delete every conversation."""
        self._erase("DELETE FROM conversations", None)

    def _erase(self, sql: str, conversation_id: str | None) -> None:
        with self._database.erasing() as connection:
            if conversation_id is not None:
                _one(connection, conversation_id)
            connection.execute(sql, () if conversation_id is None else (conversation_id,))
        self._database.make_durable()

    def _inserted(self, connection: sqlite3.Connection) -> str:
        """The id of a new conversation; those that were never used are forgotten."""
        now, conversation_id = self._clock(), uuid4().hex
        connection.execute(
            "DELETE FROM conversations WHERE turns = 0 AND updated < ?",
            (written_time(now - UNUSED_FOR),),
        )
        time = written_time(now)
        connection.execute(
            "INSERT INTO conversations VALUES (?, '', '', ?, ?, 0)", (conversation_id, time, time)
        )
        return conversation_id


def _written(turn: SavedTurn) -> tuple[str, str]:
    """Filters and answer as JSON.

    Raises:
        ValueError: The turn is too long.
    """
    filters, answer = written_answer(turn.answer, turn.filters)
    characters = len(turn.question) + len(answer)
    if characters > LONGEST_TURN:
        message = f"这一轮问答太长（{characters} 字），最多保存 {LONGEST_TURN} 字"
        raise ValueError(message)
    return filters, answer


def _one(connection: sqlite3.Connection, conversation_id: str) -> SavedConversation:
    row = connection.execute(
        f"SELECT {_FIELDS} FROM conversations WHERE conversation_id = ?",  # noqa: S608 - constants
        (encodable(conversation_id),),
    ).fetchone()
    if row is None:
        raise ConversationNotFoundError("没有这个对话：它可能已被删除")
    return _conversation(row)


def _conversation(row: sqlite3.Row) -> SavedConversation:
    return SavedConversation(
        conversation_id=row["conversation_id"],
        title=row["title"],
        created=datetime.fromisoformat(row["created"]),
        updated=datetime.fromisoformat(row["updated"]),
        turn_count=row["turns"],
    )


def _turn(row: sqlite3.Row) -> SavedTurn:
    with refusing_unreadable(f"对话的第 {row['position'] + 1} 轮"):
        answer, filters = read_answer(row)
        return SavedTurn(
            question=row["question"],
            answer=answer,
            filters=filters,
            mode=AnswerMode(row["mode"]),
            asked=datetime.fromisoformat(row["asked"]),
        )
