"""What the catalog keeps of users' feedback."""

import json
import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Final

from rag.catalog_answers import read_answer, refusing_unreadable, written_answer
from rag.catalog_pages import (
    check_limit,
    encodable,
    now,
    page_cursor,
    parsed_cursor,
    written_time,
)
from rag.database import Database
from rag.documents import AnswerMode, AnswerStatus
from rag.errors import AnswerNotFoundError
from rag.feedback import (
    AskedText,
    Feedback,
    GivenAnswer,
    GivenFeedback,
    Rating,
    Reason,
    given_answer,
)

FEEDBACK_TABLES: Final = (
    # Question and answer are here, too, for most answers stand in no conversation; with the
    # conversation that holds them they go.
    """CREATE TABLE feedback (
        answer_id TEXT PRIMARY KEY,
        conversation_id TEXT REFERENCES conversations ON DELETE CASCADE,
        given TEXT NOT NULL,
        rating TEXT NOT NULL,
        reason TEXT,
        comment TEXT NOT NULL,
        markers TEXT NOT NULL,
        status TEXT NOT NULL,
        mode TEXT NOT NULL,
        model TEXT,
        cited TEXT NOT NULL,
        question TEXT,
        filters TEXT,
        answer TEXT
    )""",
    "CREATE INDEX feedback_in_order ON feedback (given DESC, answer_id)",
    "CREATE INDEX feedback_of_conversation ON feedback (conversation_id)",
    # An answer that cannot be read has no id; without the condition it would fail the index.
    """CREATE INDEX turns_by_answer ON conversation_turns (json_extract(answer, '$.answer_id'))
        WHERE json_valid(answer)""",
)


class FeedbackRecords:
    """Feedback in the catalog's file, one for each answer at most.

    Any thread may call any method. Every method may raise StorageError. What is deleted is
    overwritten in the file.

    Args:
        database: One that has the tables.
        clock: The time, with its zone.
    """

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = now) -> None:
        self._database = database
        self._clock = clock

    def saved_answer(self, answer_id: str) -> GivenAnswer | None:
        """The answer with the id that a conversation keeps, or None."""
        with self._database.reading() as connection:
            row = _turn_row(connection, answer_id)
        if row is None:
            return None
        with refusing_unreadable("保存的回答"):
            answer, filters = read_answer(row)
        return given_answer(answer, question=row["question"], filters=filters)

    def save(self, feedback: Feedback, about: GivenAnswer) -> GivenFeedback:
        """Keep what is said of an answer, in place of what was said of it before."""
        given = self._clock()
        text = about.text
        question = filters = answer = None
        if text is not None:
            question = encodable(text.question)
            filters, answer = written_answer(text.answer, text.filters)
        with self._database.writing() as connection:
            turn = None if text is None else _turn_row(connection, about.answer_id)
            conversation_id = None if turn is None else str(turn["conversation_id"])
            connection.execute(
                "INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    about.answer_id,
                    conversation_id,
                    written_time(given),
                    feedback.rating.value,
                    None if feedback.reason is None else feedback.reason.value,
                    encodable(feedback.comment),
                    json.dumps(feedback.markers),
                    about.status.value,
                    about.mode.value,
                    None if about.model is None else encodable(about.model),
                    json.dumps(sorted(about.markers)),
                    question,
                    filters,
                    answer,
                ),
            )
        self._database.make_durable()
        return GivenFeedback(
            feedback=feedback, about=about, given=given, conversation_id=conversation_id
        )

    def delete(self, answer_id: str) -> None:
        """Delete what was said of an answer.

        Raises:
            AnswerNotFoundError: Nothing was said of it.
        """
        with self._database.erasing() as connection:
            deleted = connection.execute(
                "DELETE FROM feedback WHERE answer_id = ?", (encodable(answer_id),)
            ).rowcount
        if not deleted:
            raise AnswerNotFoundError("没有对这个回答的评价：它可能已被撤回")
        self._database.make_durable()

    def list_feedback(
        self, rating: Rating | None = None, *, limit: int = 100, cursor: str | None = None
    ) -> tuple[list[GivenFeedback], str | None]:
        """A page of the feedback, the latest first, and the cursor of the next page or None.

        Raises:
            ValueError: `limit` or `cursor` is no such thing.
        """
        check_limit(limit)
        conditions, values = ["TRUE"], list[str]()
        if rating is not None:
            conditions.append("rating = ?")
            values.append(rating.value)
        if cursor is not None:
            given, after = parsed_cursor(cursor)
            conditions.append("(given < ? OR (given = ? AND answer_id > ?))")
            values += [given, given, after]
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT * FROM feedback WHERE {' AND '.join(conditions)}"  # noqa: S608 - no values
                " ORDER BY given DESC, answer_id LIMIT ?",
                (*values, limit + 1),
            ).fetchall()
        page = [_given(row) for row in rows[:limit]]
        if len(rows) <= limit:
            return page, None
        return page, page_cursor(page[-1].given, page[-1].about.answer_id)


def _turn_row(connection: sqlite3.Connection, answer_id: str) -> sqlite3.Row | None:
    return connection.execute(
        "SELECT conversation_id, question, filters, answer FROM conversation_turns"
        " WHERE json_valid(answer) AND json_extract(answer, '$.answer_id') = ?",
        (encodable(answer_id),),
    ).fetchone()


def _given(row: sqlite3.Row) -> GivenFeedback:
    with refusing_unreadable("保存的评价"):
        text = None
        if row["answer"] is not None:
            answer, filters = read_answer(row)
            text = AskedText(question=row["question"], filters=filters, answer=answer)
        return GivenFeedback(
            feedback=Feedback(
                rating=Rating(row["rating"]),
                reason=None if row["reason"] is None else Reason(row["reason"]),
                comment=row["comment"],
                markers=tuple(json.loads(row["markers"])),
            ),
            about=GivenAnswer(
                answer_id=row["answer_id"],
                status=AnswerStatus(row["status"]),
                mode=AnswerMode(row["mode"]),
                model=row["model"],
                markers=frozenset(json.loads(row["cited"])),
                text=text,
            ),
            given=datetime.fromisoformat(row["given"]),
            conversation_id=row["conversation_id"],
        )
