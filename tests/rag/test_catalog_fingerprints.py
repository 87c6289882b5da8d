"""Which text lies where in the fingerprints: what the catalog keeps of it, and how it began to."""

import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rag.catalog import Catalog
from rag.catalog_fingerprints import UNDATED, FingerprintRecords, TextToFingerprint
from rag.catalog_schema import SCHEMA_VERSION
from rag.documents import Document, Kind
from rag.documents import PartialDate as Date
from rag.errors import CatalogVersionError
from tests.conftest import make_document, make_passages


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = Catalog(tmp_path / "catalog.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def records(catalog: Catalog) -> FingerprintRecords:
    return catalog.fingerprints


def put(catalog: Catalog, text: str, **details: object) -> Document:
    document = make_document(text, **details)
    catalog.put_document(document, make_passages(document))
    return document


def pending(records: FingerprintRecords, *, max_characters: int = 1000) -> list[TextToFingerprint]:
    return records.pending_texts(max_characters=max_characters)


def in_order(records: FingerprintRecords, segment: int) -> list[str]:
    return list(records.documents(segment).document_ids)


def test_a_new_document_is_pending_with_its_text(
    catalog: Catalog, records: FingerprintRecords
) -> None:
    assert (records.pending(), pending(records)) == (0, [])
    document = put(catalog, "第一段。\n第二段。")
    assert records.pending() == 1
    (text,) = pending(records)
    assert (text.document_id, text.text) == (document.document_id, document.text)


def test_texts_come_in_batches_of_at_least_one(
    catalog: Catalog, records: FingerprintRecords
) -> None:
    for number in range(5):
        put(catalog, "字" * (10 + number), title=str(number))
    assert len(pending(records)) == 5
    assert len(pending(records, max_characters=0)) == 1
    seen = list[str]()
    while batch := pending(records, max_characters=25):
        assert len(batch) == 1 or sum(len(text.text) for text in batch) <= 25
        records.place(len(seen) + 1, batch)
        seen += [text.document_id for text in batch]
    assert len(seen) == len(set(seen)) == 5


def test_a_placed_text_is_no_longer_pending_but_in_its_segment(
    catalog: Catalog, records: FingerprintRecords
) -> None:
    put(catalog, "甲文。", title="甲", published_date=Date(year=2019, month=5))
    put(catalog, "乙文。", title="乙", kind=Kind.BRIEFING)
    texts = pending(records)
    records.place(3, texts)
    assert records.pending() == 0
    assert records.texts_in_segments() == {3: 2}
    assert in_order(records, 3) == [text.document_id for text in texts]
    assert {text.text for text in records.texts_of([3, 9])} == {"甲文。", "乙文。"}
    assert records.texts_of([9]) == records.texts_of([]) == []
    assert in_order(records, 9) == []
    known = records.documents(3)
    place = known.document_ids.index(make_document("", title="甲").document_id)
    assert known.days[place] == 20190501
    assert known.days[1 - place] == UNDATED
    assert known.are_briefings.tolist() == [place == 1, place == 0]


def test_a_text_that_changed_meanwhile_is_left_pending(
    catalog: Catalog, records: FingerprintRecords
) -> None:
    document = put(catalog, "旧文。", title="甲")
    put(catalog, "乙文。", title="乙")
    texts = pending(records)
    put(catalog, "新文。", title="甲")
    records.place(1, texts)
    assert records.texts_in_segments() == {1: 1}
    assert [text.text for text in pending(records)] == ["新文。"]
    assert document.document_id not in in_order(records, 1)


def test_a_text_that_is_gone_meanwhile_is_not_placed(
    catalog: Catalog, records: FingerprintRecords
) -> None:
    document = put(catalog, "甲文。")
    texts = pending(records)
    catalog.remove_document(document.document_id)
    records.place(1, texts)
    assert records.texts_in_segments() == {}
    assert records.pending() == 0


def test_a_document_stored_again_without_a_change_stays_where_it_is(
    catalog: Catalog, records: FingerprintRecords
) -> None:
    put(catalog, "甲文。")
    records.place(1, pending(records))
    put(catalog, "甲文。")
    assert records.pending() == 0


def test_a_changed_document_is_pending_again_and_seen_no_more(
    catalog: Catalog, records: FingerprintRecords
) -> None:
    document = put(catalog, "甲文。", title="甲")
    other = put(catalog, "乙文。", title="乙")
    records.place(1, pending(records))
    assert len(in_order(records, 1)) == 2
    put(catalog, "甲改文。", title="甲")
    assert [text.text for text in pending(records)] == ["甲改文。"]
    assert set(in_order(records, 1)) - {""} == {other.document_id}
    records.place(2, pending(records))
    assert in_order(records, 2) == [document.document_id]


def test_a_new_date_of_a_document_is_seen_at_once(
    catalog: Catalog, records: FingerprintRecords
) -> None:
    put(catalog, "甲文。", published_date=Date(year=2019))
    records.place(1, pending(records))
    assert records.documents(1).days.tolist() == [20190101]
    put(catalog, "甲文。", published_date=Date(year=2020))
    records.place(1, pending(records))
    assert records.documents(1).days.tolist() == [20200101]


def test_a_removed_document_leaves_its_place_empty(
    catalog: Catalog, records: FingerprintRecords
) -> None:
    documents = [put(catalog, f"第{number}份。", title=str(number)) for number in range(3)]
    records.place(1, pending(records))
    first, *_ = ordered = in_order(records, 1)
    assert set(ordered) == {document.document_id for document in documents}
    catalog.remove_document(first)
    assert in_order(records, 1) == ["", *ordered[1:]]
    assert records.texts_in_segments() == {1: 2}
    for document_id in ordered[1:]:
        catalog.remove_document(document_id)
    assert records.texts_in_segments() == {}
    assert in_order(records, 1) == []


def test_a_text_that_moved_is_in_its_new_segment_alone(
    catalog: Catalog, records: FingerprintRecords
) -> None:
    document = put(catalog, "甲文。")
    records.place(1, pending(records))
    assert in_order(records, 1) == [document.document_id]
    records.place(2, records.texts_of([1]))
    assert (in_order(records, 1), in_order(records, 2)) == ([], [document.document_id])


class Interrupting:
    """A database in which something changes while it is read."""

    def __init__(self, catalog: Catalog, change: Callable[[], None]) -> None:
        self._database = catalog._database
        self._change = change

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        with self._database.reading() as connection:
            yield connection
        self._change()


def test_what_was_read_while_it_changed_is_not_kept(catalog: Catalog) -> None:
    document = put(catalog, "甲文。")
    catalog.fingerprints.place(1, pending(catalog.fingerprints))

    def change() -> None:
        if catalog.counts().documents:
            catalog.remove_document(document.document_id)
            records.note_change(1)

    records = FingerprintRecords(Interrupting(catalog, change))  # type: ignore[arg-type]
    assert in_order(records, 1) == [document.document_id]
    assert in_order(records, 1) == []


def test_what_was_in_lost_segments_is_pending_again(
    catalog: Catalog, records: FingerprintRecords
) -> None:
    for number in range(3):
        put(catalog, f"第{number}份。", title=str(number))
        records.place(number + 1, pending(records))
    records.keep_only({1, 3, 7})
    assert records.texts_in_segments() == {1: 1, 3: 1}
    assert [text.text for text in pending(records)] == ["第1份。"]
    assert in_order(records, 2) == []
    records.keep_only(())
    assert (records.texts_in_segments(), records.pending()) == ({}, 3)


def make_version_1(path: Path) -> None:
    """As the version before this one left it."""
    connection = sqlite3.connect(path)
    for table in (
        "suggestions",
        "suggested",
        "feedback",
        "job_files",
        "jobs",
        "fingerprints",
        "conversation_turns",
        "conversations",
    ):
        connection.execute(f"DROP TABLE {table}")
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()


def test_a_catalog_of_the_former_version_is_added_to(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite3"
    before = Catalog(path)
    documents = [put(before, f"第{number}份。", title=str(number)) for number in range(3)]
    before.close()
    make_version_1(path)
    for _ in ("added to", "as it is now"):
        after = Catalog(path)
        assert after.fingerprints.pending() == 3
        assert {text.document_id for text in pending(after.fingerprints)} == {
            document.document_id for document in documents
        }
        assert after.document(documents[0].document_id) == documents[0]
        assert after.counts().documents == 3
        after.close()
    after = Catalog(path)
    after.fingerprints.place(1, pending(after.fingerprints))
    after.remove_document(documents[0].document_id)
    assert after.fingerprints.texts_in_segments() == {1: 2}
    after.close()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    connection.close()


def test_an_empty_catalog_of_the_former_version_is_added_to(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite3"
    Catalog(path).close()
    make_version_1(path)
    catalog = Catalog(path)
    assert catalog.fingerprints.pending() == 0
    put(catalog, "甲文。")
    assert catalog.fingerprints.pending() == 1
    catalog.close()


@pytest.mark.parametrize("version", [SCHEMA_VERSION + 1, 99])
def test_a_catalog_of_a_later_version_is_refused(tmp_path: Path, version: int) -> None:
    path = tmp_path / "catalog.sqlite3"
    Catalog(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    with pytest.raises(
        CatalogVersionError, match=f"版本是 {version}，本程序只认版本 {SCHEMA_VERSION}"
    ):
        Catalog(path)
