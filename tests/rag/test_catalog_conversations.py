"""Conversations in the catalog: saved whole or not, found, renamed, erased; older catalogs."""

import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag import catalog_conversations
from rag.catalog import Catalog
from rag.catalog_conversations import ConversationRecords
from rag.catalog_schema import SCHEMA_VERSION
from rag.conversations import CitationState, SavedTurn, check_citation
from rag.documents import Answer, AnswerMode, AnswerStatus, Citation, Filters, Kind
from rag.errors import ConversationClosedError, ConversationNotFoundError, StorageError
from tests.conftest import make_document, make_passages


class Clock:
    """A minute passes at every look."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.time += timedelta(minutes=1)
        return self.time


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = Catalog(tmp_path / "catalog.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def records(catalog: Catalog) -> ConversationRecords:
    return ConversationRecords(catalog._database, clock=Clock())


def make_turn(
    question: str = "设了多少机构？", answer: str | Answer = "三十六个。[1]", **fields: object
) -> SavedTurn:
    if isinstance(answer, str):
        answer = Answer(status=AnswerStatus.ANSWERED, text=answer)
    asked = datetime(2026, 3, 1, 8, tzinfo=UTC)
    return SavedTurn(question=question, answer=answer, asked=asked, **fields)  # type: ignore[arg-type]


def full_turn() -> SavedTurn:
    citation = Citation(
        marker=2,
        document_id="d",
        title="𠮷区方案",
        kind=Kind.LAW,
        speaker=None,
        date="2019-03",
        publisher="清河日报",
        page=None,
        passage_id="p",
        start=3,
        end=9,
        quote="原\n文\u200b",
        support="unsupported",
    )
    answer = Answer(
        status=AnswerStatus.PARTIAL,
        text="答[2]\n完",
        citations=(citation,),
        mode=AnswerMode.CHAT_MODEL,
        model="模型",
        confidence=0.25,
        timings_ms={"total": 1.5},
        notes=("注",),
    )
    filters = Filters(kind=Kind.LAW, date_from="2019", document_ids=("a", "b"))
    return make_turn(answer=answer, filters=filters, mode=AnswerMode.AUTO)


def count(catalog: Catalog, table: str) -> int:
    with catalog._database.reading() as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def titles(records: ConversationRecords, query: str = "") -> list[str]:
    return [one.title for one in records.list_conversations(query)[0]]


def test_a_turn_is_read_back_as_it_was_saved(records: ConversationRecords) -> None:
    turn = full_turn()
    saved = records.save_turn(turn)
    assert records.turns(saved.conversation_id) == ([turn], None)


def test_the_first_turn_begins_a_conversation_and_titles_it(records: ConversationRecords) -> None:
    saved = records.save_turn(make_turn("甲是什么？"))
    assert (saved.title, saved.turn_count) == ("甲是什么？", 1)
    again = records.save_turn(make_turn("乙呢？"), conversation_id=saved.conversation_id)
    assert (again.title, again.turn_count) == ("甲是什么？", 2)
    assert again.created == saved.created < saved.updated < again.updated
    assert records.get(saved.conversation_id) == again
    turns, _ = records.turns(saved.conversation_id)
    assert [turn.question for turn in turns] == ["甲是什么？", "乙呢？"]


def test_ids_cannot_be_guessed(records: ConversationRecords) -> None:
    ids = {records.save_turn(make_turn()).conversation_id for _ in range(50)}
    assert len(ids) == 50
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in ids)


def test_a_started_conversation_is_listed_once_something_was_asked(
    records: ConversationRecords,
) -> None:
    started = records.start()
    assert (started.title, started.turn_count) == ("", 0)
    assert records.get(started.conversation_id) == started
    assert titles(records) == []
    records.save_turn(make_turn("甲？"), conversation_id=started.conversation_id)
    assert titles(records) == ["甲？"]


def test_a_started_conversation_that_is_never_used_is_forgotten(catalog: Catalog) -> None:
    clock = Clock()
    records = ConversationRecords(catalog._database, clock=clock)
    unused = records.start()
    used = records.save_turn(make_turn("甲？"))
    clock.time += timedelta(hours=23)
    records.start()
    assert records.get(unused.conversation_id)
    clock.time += timedelta(hours=2)
    records.start()
    with pytest.raises(ConversationNotFoundError):
        records.get(unused.conversation_id)
    assert records.get(used.conversation_id).title == "甲？"


def test_a_new_title_is_kept_and_moves_nothing(records: ConversationRecords) -> None:
    first = records.save_turn(make_turn("甲？"))
    records.save_turn(make_turn("乙？"))
    renamed = records.rename(first.conversation_id, " 三定\n方案 ")
    assert (renamed.title, renamed.updated) == ("三定 方案", first.updated)
    assert titles(records) == ["乙？", "三定 方案"]
    records.save_turn(make_turn("丙？"), conversation_id=first.conversation_id)
    assert titles(records) == ["三定 方案", "乙？"]
    assert titles(records, "三定") == ["三定 方案"]


def test_a_title_that_was_given_before_the_first_turn_is_kept(
    records: ConversationRecords,
) -> None:
    started = records.start()
    records.rename(started.conversation_id, "我的")
    saved = records.save_turn(make_turn("甲？"), conversation_id=started.conversation_id)
    assert saved.title == "我的"


def test_a_bad_title_changes_nothing(records: ConversationRecords) -> None:
    saved = records.save_turn(make_turn("甲？"))
    with pytest.raises(ValueError, match="标题不能为空"):
        records.rename(saved.conversation_id, " ")
    assert titles(records) == ["甲？"]


UNKNOWN = "0" * 32


@pytest.mark.parametrize(
    "use",
    [
        lambda records: records.get(UNKNOWN),
        lambda records: records.get("\ud800"),
        lambda records: records.rename(UNKNOWN, "题"),
        lambda records: records.delete(UNKNOWN),
        lambda records: records.save_turn(make_turn(), conversation_id=UNKNOWN),
    ],
    ids=["get", "surrogate", "rename", "delete", "save"],
)
def test_what_is_not_there_is_named_so(
    records: ConversationRecords, use: Callable[[ConversationRecords], object]
) -> None:
    with pytest.raises(ConversationNotFoundError, match="没有这个对话"):
        use(records)
    assert titles(records) == []


def test_pages_follow_one_another_newest_first(records: ConversationRecords) -> None:
    for number in range(7):
        records.save_turn(make_turn(f"问题{number}"))
    seen, cursor = list[str](), None
    while True:
        page, cursor = records.list_conversations(limit=3, cursor=cursor)
        seen += [one.title for one in page]
        if cursor is None:
            break
    assert seen == [f"问题{number}" for number in reversed(range(7))]


def test_conversations_of_one_moment_are_all_listed(catalog: Catalog) -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    records = ConversationRecords(catalog._database, clock=lambda: moment)
    ids = {records.save_turn(make_turn()).conversation_id for _ in range(5)}
    seen, cursor = list[str](), None
    for _ in range(5):
        page, cursor = records.list_conversations(limit=1, cursor=cursor)
        seen += [one.conversation_id for one in page]
    assert (set(seen), len(seen), cursor) == (ids, 5, None)


def test_what_was_deleted_between_two_pages_hides_nothing(records: ConversationRecords) -> None:
    saved = [records.save_turn(make_turn(f"问题{number}")) for number in range(4)]
    _, cursor = records.list_conversations(limit=2)
    records.delete(saved[2].conversation_id)
    page, _ = records.list_conversations(limit=2, cursor=cursor)
    assert [one.title for one in page] == ["问题1", "问题0"]


@pytest.mark.parametrize("cursor", ["", "甲", "!", "AAAA", "W10=", "\ud800", "x" * 500])
def test_a_forged_cursor_is_refused(records: ConversationRecords, cursor: str) -> None:
    with pytest.raises(ValueError, match="翻页标记"):
        records.list_conversations(cursor=cursor)
    with pytest.raises(ValueError, match="翻页标记"):
        records.turns(UNKNOWN, cursor=cursor)


@pytest.mark.parametrize("limit", [-1, 0, 1001])
def test_a_page_has_bounds(records: ConversationRecords, limit: int) -> None:
    with pytest.raises(ValueError, match="每页条数"):
        records.list_conversations(limit=limit)
    with pytest.raises(ValueError, match="每页条数"):
        records.turns(UNKNOWN, limit=limit)


def test_turns_come_in_pages_oldest_first_and_the_last_ones_at_once(
    records: ConversationRecords,
) -> None:
    conversation = records.start().conversation_id
    for number in range(5):
        records.save_turn(make_turn(str(number)), conversation_id=conversation)
    first, cursor = records.turns(conversation, limit=3)
    second, end = records.turns(conversation, limit=3, cursor=cursor)
    assert [turn.question for turn in first + second] == list("01234")
    assert end is None
    assert records.turns(conversation, limit=5)[1] is None
    last = records.last_turns(conversation, most=2)
    assert [turn.question for turn in last] == ["3", "4"]


def test_a_conversation_is_searched_by_words_of_title_questions_and_answers(
    records: ConversationRecords,
) -> None:
    first = records.save_turn(make_turn("忻州改革了什么？", "撤并了编制。"))
    records.save_turn(
        make_turn("第二点呢？", "减少领导职数。"), conversation_id=first.conversation_id
    )
    records.save_turn(make_turn("清河怎样？", "机构精简。"))
    assert titles(records, "编制") == titles(records, "职数") == ["忻州改革了什么？"]
    assert titles(records, "机构") == ["清河怎样？"]
    assert titles(records, "么") == ["忻州改革了什么？"]
    # Each word, wherever it stands.
    assert titles(records, "忻州 职数") == ["忻州改革了什么？"]
    assert titles(records, "忻州 机构") == []
    records.rename(first.conversation_id, "给张主任")
    assert titles(records, "张主") == titles(records, "忻州 张主") == ["给张主任"]


def test_a_search_looks_past_typesetting(records: ConversationRecords) -> None:
    records.save_turn(make_turn("機構改革 与\nＡＢＣ", "１２ 个"))
    for query in ("机构改革", "abc", "12个", "机构 ABC", "\u200b"):
        assert len(titles(records, query)) == 1, query


@pytest.mark.parametrize(
    "text", ["100%", "a_b", "甲*乙", "'; DROP TABLE documents--", '"甲"', "\\"]
)
def test_marks_of_pattern_languages_are_only_themselves(
    records: ConversationRecords, text: str
) -> None:
    records.save_turn(make_turn("别的：100ab甲丙乙"))
    records.save_turn(make_turn(f"问{text}吗"))
    assert titles(records, text) == [f"问{text}吗"]


def test_a_search_has_pages_too(records: ConversationRecords) -> None:
    for number in range(5):
        records.save_turn(make_turn(f"{'单' if number % 2 else '双'}数{number}"))
    page, cursor = records.list_conversations("双数", limit=2)
    rest, end = records.list_conversations("双数", limit=2, cursor=cursor)
    assert [one.title for one in page + rest] == ["双数4", "双数2", "双数0"]
    assert end is None


def test_too_many_words_are_refused(records: ConversationRecords) -> None:
    with pytest.raises(ValueError, match="检索词太多"):
        records.list_conversations(" ".join(map(str, range(11))))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_kept_and_found(
    records: ConversationRecords, question: str, answer: str
) -> None:
    saved = records.save_turn(make_turn(question, answer))
    (turn,), _ = records.turns(saved.conversation_id)
    assert (turn.question, turn.answer.text) == (question, answer)
    word = next(iter(question.split()), "")
    found, _ = records.list_conversations(word, limit=1)
    assert [one.conversation_id for one in found] == [saved.conversation_id]
    records.delete(saved.conversation_id)


def test_half_a_character_of_a_chat_model_does_not_keep_a_turn_from_being_saved(
    records: ConversationRecords,
) -> None:
    saved = records.save_turn(make_turn("问\ud800", "答\udfff案[1]"))
    (turn,), _ = records.turns(saved.conversation_id)
    assert (turn.question, turn.answer.text) == ("问?", "答?案[1]")


def test_a_deleted_conversation_is_gone_with_its_turns(
    catalog: Catalog, records: ConversationRecords
) -> None:
    kept = records.save_turn(make_turn("留下"))
    gone = records.save_turn(make_turn("删掉"))
    records.delete(gone.conversation_id)
    assert titles(records) == titles(records, "留下") == ["留下"]
    assert records.turns(gone.conversation_id) == ([], None)
    assert records.last_turns(gone.conversation_id, most=9) == []
    with pytest.raises(ConversationNotFoundError):
        records.save_turn(make_turn("再问"), conversation_id=gone.conversation_id)
    records.delete_all()
    records.delete_all()
    assert titles(records) == []
    assert records.turns(kept.conversation_id) == ([], None)
    assert count(catalog, "conversation_turns") == 0


@pytest.mark.parametrize("at_once", [False, True], ids=["one", "all"])
def test_the_words_of_what_was_deleted_are_not_in_the_file(tmp_path: Path, at_once: bool) -> None:
    path = tmp_path / "catalog.sqlite3"
    catalog = Catalog(path)
    secret = "不可告人之事"
    for _ in range(30):
        saved = catalog.conversations.save_turn(make_turn(secret, secret * 500))
        if not at_once:
            catalog.conversations.delete(saved.conversation_id)
    catalog._database.make_durable()
    if at_once:
        catalog.conversations.delete_all()
    catalog.close()
    assert secret.encode() not in path.read_bytes()


def test_a_turn_is_saved_whole_or_not_at_all(
    catalog: Catalog, records: ConversationRecords
) -> None:
    saved = records.save_turn(make_turn("甲？"))
    with catalog._database.writing() as connection:
        connection.execute(
            "CREATE TRIGGER failing BEFORE UPDATE ON conversations"
            " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        )
    for conversation_id in (saved.conversation_id, None):
        with pytest.raises(StorageError):
            records.save_turn(make_turn("乙？"), conversation_id=conversation_id)
    assert records.get(saved.conversation_id) == saved
    assert len(records.turns(saved.conversation_id)[0]) == 1
    assert titles(records) == ["甲？"]
    assert count(catalog, "conversations") == 1


def test_a_full_conversation_takes_no_further_turn(
    records: ConversationRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog_conversations, "MOST_TURNS", 2)
    saved = records.save_turn(make_turn("甲？"))
    records.save_turn(make_turn("乙？"), conversation_id=saved.conversation_id)
    with pytest.raises(ConversationClosedError, match="已有 2 轮"):
        records.save_turn(make_turn("丙？"), conversation_id=saved.conversation_id)
    assert records.get(saved.conversation_id).turn_count == 2


def test_a_turn_has_bounds(records: ConversationRecords) -> None:
    with pytest.raises(ValueError, match="太长"):
        records.save_turn(make_turn(answer="长" * catalog_conversations.LONGEST_TURN))
    assert titles(records) == []


def test_many_threads_lose_no_turn_and_double_none(records: ConversationRecords) -> None:
    conversation = records.start().conversation_id
    failures = list[Exception]()

    def work(number: int) -> None:
        try:
            for turn in range(10):
                records.save_turn(make_turn(f"{number}-{turn}"), conversation_id=conversation)
                own = records.save_turn(make_turn(f"自己{number}-{turn}"))
                assert records.get(own.conversation_id).turn_count == 1
                records.list_conversations("自己", limit=3)
                if turn % 2:
                    records.delete(own.conversation_id)
        except Exception as error:  # noqa: BLE001 - the main thread looks at it
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    turns, _ = records.turns(conversation, limit=1000)
    assert sorted(turn.question for turn in turns) == sorted(
        f"{number}-{turn}" for number in range(6) for turn in range(10)
    )
    assert records.get(conversation).turn_count == 60
    assert len(titles(records)) == 1 + 30
    for number in range(6):
        own = [turn.question for turn in turns if turn.question.startswith(f"{number}-")]
        assert own == [f"{number}-{turn}" for turn in range(10)]


def test_a_turn_that_cannot_be_read_says_so_without_its_words(
    catalog: Catalog, records: ConversationRecords
) -> None:
    saved = records.save_turn(make_turn("秘密问题", "秘密回答"))
    with catalog._database.writing() as connection:
        connection.execute("UPDATE conversation_turns SET answer = replace(answer, 'text', 't')")
    with pytest.raises(StorageError, match="第 1 轮读不出来") as caught:
        records.turns(saved.conversation_id)
    assert "秘密" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_conversations_outlive_the_process(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite3"
    first = Catalog(path)
    turn = full_turn()
    saved = first.conversations.save_turn(turn)
    first.close()
    second = Catalog(path)
    assert second.conversations.get(saved.conversation_id) == saved
    assert second.conversations.turns(saved.conversation_id) == ([turn], None)
    second.close()


def test_citations_survive_a_new_ingest_or_say_what_became_of_them(catalog: Catalog) -> None:
    quote = "清河区共设置党政机构三十六个。"
    document = make_document(f"要点\n{quote}\n完。", title="方案")
    catalog.put_document(document, make_passages(document))
    start = document.text.index(quote)
    citation = Citation(
        marker=1,
        document_id=document.document_id,
        title="方案",
        kind=Kind.OTHER,
        speaker=None,
        date=None,
        publisher=None,
        page=None,
        passage_id="p",
        start=start,
        end=start + len(quote),
        quote=quote,
    )
    answer = Answer(status=AnswerStatus.ANSWERED, text=f"{quote}[1]", citations=(citation,))
    saved = catalog.conversations.save_turn(make_turn(answer=answer))

    def state() -> CitationState:
        (turn,), _ = catalog.conversations.turns(saved.conversation_id)
        (stored,) = turn.answer.citations
        found = catalog.documents_by_id([stored.document_id])
        checked = check_citation(stored, found.get(stored.document_id))
        if checked.span is not None:
            assert checked.span.of(found[stored.document_id].text) == quote
        return checked.state

    states = [state()]
    for text in (f"新的要点\n{quote}\n完。", "要点\n清河区共设置党政机构三十五个。", document.text):
        replaced = make_document(text, title="方案")
        catalog.put_document(replaced, make_passages(replaced))
        states.append(state())
    catalog.remove_document(document.document_id)
    states.append(state())
    catalog.put_document(document, make_passages(document))
    states.append(state())
    assert states == ["valid", "moved", "changed", "valid", "gone", "valid"]


def make_version(path: Path, version: int) -> None:
    """As that version left it."""
    connection = sqlite3.connect(path)
    newer = ["job_files", "jobs", "suggestions", "suggested", "feedback"]
    newer += ["conversation_turns", "conversations"] if version < 3 else []
    newer += ["fingerprints"] if version < 2 else []
    for table in newer:
        connection.execute(f"DROP TABLE {table}")
    connection.execute("DROP INDEX IF EXISTS turns_by_answer")
    connection.execute(f"PRAGMA user_version = {version}")
    connection.commit()
    connection.close()


def schema(path: Path) -> list[tuple[str, ...]]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
    connection.close()
    return rows


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_catalog_of_an_older_version_is_added_to(tmp_path: Path, version: int) -> None:
    path = tmp_path / "catalog.sqlite3"
    before = Catalog(path)
    document = make_document("第一段。\n第二段。")
    before.put_document(document, make_passages(document))
    before.fingerprints.place(1, before.fingerprints.pending_texts(max_characters=99))
    before.close()
    expected = schema(path)
    make_version(path, version)
    for turns in (1, 2):
        after = Catalog(path)
        assert after.document(document.document_id) == document
        assert after.fingerprints.pending() == (1 if version == 1 else 0)
        assert after.jobs.unfinished() == []
        after.conversations.save_turn(make_turn("甲？"))
        assert len(after.conversations.list_conversations()[0]) == turns
        after.close()
    assert schema(path) == expected
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    connection.close()


def test_an_addition_that_fails_leaves_the_older_catalog_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite3"
    Catalog(path).close()
    make_version(path, 2)
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE conversation_turns (x)")
    connection.commit()
    connection.close()
    before = schema(path)
    with pytest.raises(StorageError):
        Catalog(path)
    assert schema(path) == before
