"""Feedback in the catalog: one for each answer, paged, gone with the conversation it is about."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rag.catalog import Catalog
from rag.catalog_feedback import FeedbackRecords
from rag.conversations import SavedTurn
from rag.database import Database
from rag.documents import Answer, AnswerMode, AnswerStatus, Citation, Filters, Kind
from rag.errors import AnswerNotFoundError, StorageError
from rag.feedback import Feedback, Rating, Reason, given_answer

UNHELPFUL = Feedback(rating=Rating.UNHELPFUL, reason=Reason.INCOMPLETE, comment="缺", markers=(1,))


def answer(answer_id: str = "a" * 32, text: str = "三个。[1]") -> Answer:
    citation = Citation(
        marker=1, document_id="d", title="题", kind=Kind.OTHER, speaker=None, date=None,
        publisher=None, page=None, passage_id="p", start=0, end=3, quote="三个。",
    )  # fmt: skip
    return Answer(
        status=AnswerStatus.ANSWERED, text=text, citations=(citation,), answer_id=answer_id
    )


def about(one: Answer, question: str = "多少个？"):
    return given_answer(one, question=question, filters=Filters(collection="c"))


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = Catalog(tmp_path / "catalog.sqlite3")
    yield catalog
    catalog.close()


def save_turn(catalog: Catalog, one: Answer) -> str:
    turn = SavedTurn(question="多少个？", answer=one, asked=datetime.now(UTC))
    return catalog.conversations.save_turn(turn).conversation_id


def test_what_is_kept_comes_back_as_it_was(catalog: Catalog) -> None:
    given = catalog.feedback.save(UNHELPFUL, about(answer()))
    assert catalog.feedback.list_feedback() == ([given], None)
    assert given.about.text.answer == answer()
    assert given.about.text.filters == Filters(collection="c")
    assert given.about.markers == {1}


def test_said_again_it_takes_the_place_of_what_was_said(catalog: Catalog) -> None:
    catalog.feedback.save(UNHELPFUL, about(answer()))
    catalog.feedback.save(Feedback(rating=Rating.HELPFUL), about(answer()))
    (only,), _ = catalog.feedback.list_feedback()
    assert only.feedback == Feedback(rating=Rating.HELPFUL)


def test_pages_are_whole_latest_first_and_of_one_rating(tmp_path: Path, catalog: Catalog) -> None:
    database = Database(tmp_path / "catalog.sqlite3")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    times = iter([now, now, *(now + timedelta(hours=hour) for hour in range(1, 8))])
    records = FeedbackRecords(database, clock=lambda: next(times))
    for number in range(9):
        rating = Rating.HELPFUL if number % 3 else Rating.UNHELPFUL
        records.save(Feedback(rating=rating), about(answer(f"{number:032x}")))
    seen, cursor = list[int](), None
    while True:
        page, cursor = records.list_feedback(limit=2, cursor=cursor)
        seen += [int(one.about.answer_id, 16) for one in page]
        if cursor is None:
            break
    assert seen == [8, 7, 6, 5, 4, 3, 2, 0, 1]
    unhelpful, _ = records.list_feedback(Rating.UNHELPFUL)
    assert [int(one.about.answer_id, 16) for one in unhelpful] == [6, 3, 0]
    database.close()


@pytest.mark.parametrize("cursor", ["x", "", "\ud800", "eA=="])
def test_a_cursor_that_no_page_gave_is_refused(catalog: Catalog, cursor: str) -> None:
    with pytest.raises(ValueError, match="翻页标记"):
        catalog.feedback.list_feedback(cursor=cursor)


def test_what_is_deleted_is_gone_from_the_file_and_cannot_be_deleted_twice(
    tmp_path: Path, catalog: Catalog
) -> None:
    said = Feedback(rating=Rating.UNHELPFUL, comment="rather unusual words")
    catalog.feedback.save(said, about(answer()))
    catalog.feedback.delete("a" * 32)
    with pytest.raises(AnswerNotFoundError):
        catalog.feedback.delete("a" * 32)
    assert catalog.feedback.list_feedback() == ([], None)
    catalog.close()
    assert b"rather unusual words" not in (tmp_path / "catalog.sqlite3").read_bytes()


def test_feedback_goes_with_the_conversation_that_keeps_the_answer(catalog: Catalog) -> None:
    conversation_id = save_turn(catalog, answer())
    given = catalog.feedback.save(UNHELPFUL, about(answer()))
    other = catalog.feedback.save(UNHELPFUL, about(answer("b" * 32)))
    assert (given.conversation_id, other.conversation_id) == (conversation_id, None)
    catalog.conversations.delete(conversation_id)
    assert catalog.feedback.list_feedback() == ([other], None)


def test_an_answer_of_a_conversation_is_found_by_its_id(catalog: Catalog) -> None:
    save_turn(catalog, answer())
    found = catalog.feedback.saved_answer("a" * 32)
    assert found is not None
    assert found.text.answer == answer()
    assert found.text.question == "多少个？"
    assert catalog.feedback.saved_answer("b" * 32) is None


def test_answers_are_looked_up_by_an_index(tmp_path: Path, catalog: Catalog) -> None:
    database = Database(tmp_path / "catalog.sqlite3")
    with database.reading() as connection:
        plan = connection.execute(
            "EXPLAIN QUERY PLAN SELECT 1 FROM conversation_turns"
            " WHERE json_valid(answer) AND json_extract(answer, '$.answer_id') = 'a'"
        ).fetchone()
    assert "turns_by_answer" in plan["detail"]
    database.close()


def test_a_turn_whose_answer_is_no_json_does_not_stand_in_the_way(
    tmp_path: Path, catalog: Catalog
) -> None:
    save_turn(catalog, answer())
    database = Database(tmp_path / "catalog.sqlite3")
    with database.writing() as connection:
        connection.execute("UPDATE conversation_turns SET answer = 'no json'")
    database.close()
    assert catalog.feedback.saved_answer("a" * 32) is None


def test_feedback_that_cannot_be_read_says_so_without_its_words(
    tmp_path: Path, catalog: Catalog
) -> None:
    catalog.feedback.save(UNHELPFUL, about(answer(text="secret words")))
    database = Database(tmp_path / "catalog.sqlite3")
    with database.writing() as connection:
        connection.execute(
            "UPDATE feedback SET answer = ?", (json.dumps({"text": "secret words"}),)
        )
    database.close()
    with pytest.raises(StorageError) as raised:
        catalog.feedback.list_feedback()
    assert "secret" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_words_that_utf_8_cannot_hold_are_kept_as_well_as_can_be(catalog: Catalog) -> None:
    bad = Feedback(rating=Rating.UNHELPFUL, comment="a\ud800b")
    catalog.feedback.save(bad, about(answer(text="x\udfffy"), question="q\ud800"))
    (given,), _ = catalog.feedback.list_feedback()
    assert given.feedback.comment == "a?b"
    assert (given.about.text.question, given.about.text.answer.text) == ("q?", "x?y")


def test_an_answer_without_text_is_kept_without_text(catalog: Catalog) -> None:
    save_turn(catalog, answer())
    textless = given_answer(answer(), question="", filters=Filters())
    given = catalog.feedback.save(UNHELPFUL, replace(textless, text=None))
    assert given.conversation_id is None
    (kept,), _ = catalog.feedback.list_feedback()
    assert kept.about.text is None
    assert (kept.about.status, kept.about.mode) == (AnswerStatus.ANSWERED, AnswerMode.EXTRACTIVE)
