"""The catalog: documents, filters, pages of a list, and what is indexed."""

import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.catalog import Catalog
from rag.catalog_entries import Change, Cursor
from rag.documents import (
    AttributedSpeech,
    Document,
    Filters,
    Heading,
    Kind,
    Level,
    Passage,
    Place,
    Speaker,
    derive_passage_id,
)
from rag.documents import PartialDate as Date
from rag.errors import CatalogVersionError, DocumentNotFoundError, StorageError
from rag.text import Span
from tests.conftest import make_document, make_passages


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = Catalog(tmp_path / "catalog.sqlite3")
    yield opened
    opened.close()


def put(catalog: Catalog, text: str = "第一段。\n第二段。", **details: object) -> Document:
    document = make_document(text, **details)
    catalog.put_document(document, make_passages(document))
    return document


def ids(entries: list) -> list[str]:
    return [entry.document_id for entry in entries]


short = st.text(min_size=1, max_size=6)
text_spans = st.integers(0, 5).map(lambda start: Span(start, start + 1))


@given(
    text=st.text(max_size=40),
    place=st.none() | st.builds(Place, name=short, level=st.sampled_from(Level)),
    speakers=st.lists(st.builds(Speaker, name=short, office=st.none() | short), max_size=3),
    issuer=st.none() | short,
    date=st.none() | st.builds(Date, year=st.integers(1000, 2999)),
    headings=st.lists(st.builds(Heading, span=text_spans, level=st.integers(1, 3)), max_size=2),
    pages=st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), max_size=2),
    said=st.lists(
        st.builds(
            AttributedSpeech,
            span=text_spans,
            speaker=st.builds(Speaker, name=short),
            introduction=text_spans,
        ),
        max_size=2,
    ),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_stored_is_loaded(
    catalog: Catalog, text, place, speakers, issuer, date, headings, pages, said
) -> None:
    document = replace(
        make_document(
            text, place=place, speakers=tuple(speakers), issuer=issuer, published_date=date
        ),
        headings=tuple(headings),
        pages=tuple(pages),
        speeches=tuple(said),
    )
    passages = [
        replace(passage, heading_path=("一", "（一）")) for passage in make_passages(document)
    ]
    catalog.put_document(document, passages)
    for _ in ("from the file", "from memory"):
        assert catalog.document(document.document_id) == document
    assert catalog.passages(document.document_id) == passages
    assert catalog.passages_by_id(p.passage_id for p in passages) == {
        passage.passage_id: passage for passage in passages
    }


def test_a_second_time_changes_nothing(catalog: Catalog) -> None:
    document = make_document("第一段。\n第二段。")
    passages = make_passages(document)
    assert catalog.put_document(document, passages) is Change.ADDED
    catalog.indexing.mark_indexed(catalog.indexing.pending_ids())
    assert catalog.put_document(document, passages) is Change.UNCHANGED
    assert catalog.counts().pending == 0


def test_a_changed_document_is_replaced_passage_by_passage(catalog: Catalog) -> None:
    before = put(catalog, "第一段。\n第二段。", source="a")
    catalog.indexing.mark_indexed(catalog.indexing.pending_ids())
    old = {passage.text: passage.passage_id for passage in catalog.passages(before.document_id)}
    after = make_document("第一段。\n另一段。", source="a")
    assert catalog.put_document(after, make_passages(after)) is Change.REPLACED
    assert after.document_id == before.document_id
    assert catalog.document(before.document_id).text == after.text
    assert [passage.text for passage in catalog.indexing.pending_passages(10)] == ["另一段。"]
    assert catalog.indexing.tombstones(10) == [old["第二段。"]]


def test_a_passage_that_comes_back_is_pending_and_not_to_be_removed(catalog: Catalog) -> None:
    first = put(catalog, "第一段。\n第二段。", source="a")
    catalog.indexing.mark_indexed(catalog.indexing.pending_ids())
    put(catalog, "第一段。", source="a")
    put(catalog, first.text, source="a")
    assert catalog.indexing.tombstones(10) == []
    assert [passage.text for passage in catalog.indexing.pending_passages(10)] == ["第二段。"]


def test_a_removed_document_leaves_tombstones_only(catalog: Catalog) -> None:
    document = put(catalog)
    passages = catalog.passage_ids()
    catalog.remove_document(document.document_id)
    assert set(catalog.indexing.tombstones(10)) == passages
    assert catalog.passage_ids() == set()
    assert catalog.document_ids(Filters(collection="default")) == frozenset()
    with pytest.raises(DocumentNotFoundError, match=document.document_id):
        catalog.document(document.document_id)
    with pytest.raises(DocumentNotFoundError):
        catalog.remove_document(document.document_id)
    catalog.indexing.clear_tombstones(passages)
    assert catalog.counts().tombstones == 0


def test_tombstones_are_not_set_on_the_living(catalog: Catalog) -> None:
    put(catalog)
    catalog.indexing.add_tombstones(catalog.passage_ids() | {"gone"})
    assert catalog.indexing.tombstones(10) == ["gone"]


def test_pending_until_marked(catalog: Catalog) -> None:
    document = put(catalog)
    assert catalog.list_documents()[0][0].state == "pending"
    catalog.indexing.mark_indexed([*catalog.passage_ids(), "unknown"])
    entry = catalog.list_documents()[0][0]
    assert (entry.state, entry.passages, entry.characters) == ("indexed", 2, len(document.text))
    catalog.indexing.mark_pending(catalog.passage_ids())
    assert catalog.counts().pending == 2


def test_unknown_ids_are_left_out(catalog: Catalog) -> None:
    document = put(catalog)
    assert set(catalog.documents_by_id([document.document_id, "x"])) == {document.document_id}
    assert catalog.passages_by_id(["x"]) == {}
    assert catalog.passages("x") == []
    assert catalog.passage_ids(["x"]) == set()
    assert catalog.passage_ids([document.document_id]) == catalog.passage_ids()


@pytest.fixture
def town(catalog: Catalog) -> Document:
    return put(
        catalog,
        title="区里",
        kind=Kind.NEWS,
        issuer="中共中央 国务院",
        place=Place(name="二七区", level=Level.COUNTY, within=("郑州市", "河南省")),
        published_date=Date(year=2019, month=3),
        speakers=(Speaker(name="吴天君", office="市委书记"),),
    )


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"place": "二七区"}, True),
        ({"place": "二七"}, True),
        ({"place": "郑州市"}, True),
        ({"place": "郑州"}, True),
        ({"place": "河南"}, True),
        ({"place": "郑州县"}, False),
        ({"place": "郑"}, False),
        ({"place": ""}, False),
        ({"speaker": "吴天君"}, True),
        ({"speaker": "吴天"}, False),
        ({"issuer": "国务院"}, True),
        ({"issuer": "中共中央、国务院"}, False),
        ({"issuer": "中共中央国务院"}, True),
        ({"kind": Kind.NEWS}, True),
        ({"kind": Kind.LAW}, False),
        ({"collection": "default"}, True),
        ({"collection": "library"}, False),
        ({"date_from": "2019"}, True),
        ({"date_from": "2019-03-31"}, True),
        ({"date_from": "2019-04"}, False),
        ({"date_to": "2019"}, True),
        ({"date_to": "2019-03-01"}, True),
        ({"date_to": "2019-02"}, False),
        ({"date_from": "2018", "date_to": "2020"}, True),
        ({"document_ids": ()}, False),
        ({"place": "郑州", "kind": Kind.LAW}, False),
    ],
    ids=str,
)
def test_filters(catalog: Catalog, town: Document, filters: dict, found: bool) -> None:
    put(catalog, title="无名")
    expected = {town.document_id} if found else set()
    result = catalog.document_ids(Filters(**filters))
    assert result is not None
    if filters.get("collection") != "default":
        assert result == expected
    assert town.document_id in result or not found


def test_no_filters_restrict_nothing(catalog: Catalog, town: Document) -> None:
    assert catalog.document_ids(Filters()) is None
    wanted = Filters(document_ids=(town.document_id, "x"))
    assert catalog.document_ids(wanted) == {town.document_id}


def test_who_speaks_in_the_text_is_found_too(catalog: Catalog) -> None:
    document = replace(
        make_document("李四说：好。"),
        speeches=(
            AttributedSpeech(
                span=Span(4, 6), speaker=Speaker(name="李四"), introduction=Span(0, 4)
            ),
        ),
    )
    catalog.put_document(document, [])
    assert catalog.document_ids(Filters(speaker="李四")) == {document.document_id}


def test_without_a_year_no_date_matches(catalog: Catalog) -> None:
    put(catalog, title="甲", published_date=Date(month=12, day=28))
    put(catalog, title="乙")
    assert catalog.document_ids(Filters(date_from="1000")) == frozenset()
    assert catalog.document_ids(Filters(date_to="2999")) == frozenset()


def test_the_list_runs_from_new_to_old_and_ends_with_the_undated(catalog: Catalog) -> None:
    undated = put(catalog, title="无日期")
    old = put(catalog, title="旧", published_date=Date(year=2001))
    new = put(catalog, title="新", published_date=Date(year=2024, month=5))
    entries, cursor = catalog.list_documents()
    assert ids(entries) == [new.document_id, old.document_id, undated.document_id]
    assert cursor is None


@given(
    years=st.lists(st.none() | st.integers(2000, 2004), min_size=1, max_size=12),
    limit=st.integers(1, 5),
    latecomers=st.lists(st.none() | st.integers(1999, 2005), max_size=6),
)
@settings(max_examples=20)
def test_pages_neither_repeat_nor_hide(tmp_path_factory, years, limit, latecomers) -> None:
    catalog = Catalog(tmp_path_factory.mktemp("pages") / "catalog.sqlite3")

    def add(number: int, year: int | None, prefix: str) -> str:
        date = None if year is None else Date(year=year)
        return put(catalog, title=f"{prefix}{number % 3}", source=f"{prefix}{number}",
                   published_date=date).document_id  # fmt: skip

    first = [add(number, year, "早") for number, year in enumerate(years)]
    complete, _ = catalog.list_documents(limit=1000)
    seen, cursor, late = list[str](), None, list(enumerate(latecomers))
    while True:
        entries, cursor = catalog.list_documents(limit=limit, cursor=cursor)
        seen += ids(entries)
        assert len(seen) <= len(years) + len(latecomers)
        if late:
            add(*late.pop(), "晚")
        if cursor is None:
            break
    catalog.close()
    assert len(seen) == len(set(seen))
    assert [key for key in seen if key in set(first)] == ids(complete)


@pytest.mark.parametrize("limit", [0, 1001])
def test_a_page_has_a_sensible_length(catalog: Catalog, limit: int) -> None:
    with pytest.raises(ValueError, match=str(limit)):
        catalog.list_documents(limit=limit)


@pytest.mark.parametrize("cursor", ["", "nonsense", "MQ==", "WzFd", "中文"])
def test_a_forged_cursor_is_refused(catalog: Catalog, cursor: str) -> None:
    with pytest.raises(ValueError, match="翻页标记"):
        catalog.list_documents(cursor=cursor)


def test_a_cursor_survives_writing() -> None:
    cursor = Cursor(date="2019", title="题\"目'", document_id="1")
    assert Cursor.parse(str(cursor)) == cursor


def test_files_and_their_documents(catalog: Catalog) -> None:
    for part in ("1", "2"):
        document = make_document(f"{part}。", title=f"题{part}", source=f"a#{part}")
        catalog.put_document(document, make_passages(document), file_source="a")
    put(catalog, source="a#1#x")
    catalog.set_file_digest(collection="default", file_source="a", digest="d")
    found = catalog.documents_of_file(collection="default", file_source="a")
    assert list(found.values()) == ["题1", "题2"]
    assert catalog.file_sources("default") == {"a", "a#1#x"}
    assert catalog.file_digest(collection="default", file_source="a") == "d"
    catalog.remove_document(next(iter(found)))
    assert catalog.file_digest(collection="default", file_source="a") is None


def test_the_same_text_twice_is_found(catalog: Catalog) -> None:
    one = put(catalog, "相同的话。", source="a")
    two = put(catalog, "相同 的话。", source="b")
    put(catalog, "相同的话。", source="c", collection="other")
    put(catalog, "不同的话。", source="d")
    assert catalog.documents_with_text_of(one.document_id) == [two.document_id]
    assert catalog.collections() == {"default": 3, "other": 1}


def test_forgotten_indexes_leave_everything_pending(catalog: Catalog) -> None:
    document = put(catalog)
    catalog.indexing.mark_indexed(catalog.passage_ids())
    catalog.indexing.add_tombstones(["gone"])
    assert catalog.indexing.model is None
    catalog.indexing.forget("model")
    assert catalog.indexing.model == "model"
    assert catalog.indexing.to_discard
    assert catalog.indexing.pending_ids() == catalog.passage_ids([document.document_id])
    assert catalog.counts().tombstones == 0
    catalog.indexing.note_discarded()
    assert not catalog.indexing.to_discard


def test_nothing_is_stored_when_a_passage_cannot_be(catalog: Catalog) -> None:
    document = make_document("一段。")
    orphan = Passage(
        passage_id=derive_passage_id(document_id="x", span=Span(0, 1), indexed_text="一"),
        document_id="x",
        index=0,
        span=Span(0, 1),
        text="一",
    )
    with pytest.raises(StorageError):
        catalog.put_document(document, [orphan])
    assert catalog.counts().documents == 0


def test_many_threads_read_while_one_writes(catalog: Catalog) -> None:
    document = put(catalog, "0", source="a")
    wrong = list[str]()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen = catalog.document(document.document_id).text
            stored = catalog.passages(document.document_id)
            if not seen.isdigit() or len(stored) != 1:
                wrong.append(seen)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(1, 60):
        put(catalog, str(number), source="a")
    done.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert catalog.document(document.document_id).text == "59"


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite3"
    path.write_bytes("不是数据库".encode() * 500)
    with pytest.raises(StorageError, match="已损坏或不是问策的目录库"):
        Catalog(path)


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE other (x)")
    connection.close()
    with pytest.raises(StorageError, match="别的程序"):
        Catalog(path)


def test_a_catalog_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite3"
    Catalog(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(CatalogVersionError, match="99"):
        Catalog(path)


def test_a_damaged_page_is_found(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite3"
    catalog = Catalog(path)
    for number in range(30):
        put(catalog, f"{number}。" * 500, source=str(number))
    assert catalog.problems() == []
    catalog.close()
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 4096] = b"\xff" * 4096
    path.write_bytes(content)
    damaged = Catalog(path)
    try:
        assert damaged.problems()
    except StorageError as error:
        assert "损坏" in str(error)  # noqa: PT017 - either is a clear word to the user
    finally:
        damaged.close()
