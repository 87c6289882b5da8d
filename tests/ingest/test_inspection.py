"""The doctor names every difference, and mends what the catalog can mend."""

from pathlib import Path

import pytest

from ingest.inspection import Fault, examine, repair
from ingest.pipeline import ingest
from rag.storage import Storage
from tests.conftest import make_document, make_passages
from tests.ingest.conftest import assert_level
from tests.ingest.simple_stages import SIMPLE


@pytest.fixture
def filled(storage: Storage, tmp_path: Path) -> Storage:
    file = tmp_path / "a.txt"
    file.write_text("甲\n一段。\n二段。\n三段。", encoding="utf-8")
    ingest(storage, [file], collection="default", max_bytes=10_000, stages=SIMPLE)
    return storage


def test_all_is_well(filled: Storage) -> None:
    assert examine(filled) == []


def test_every_difference_is_named_and_mended(filled: Storage) -> None:
    one, two, *_ = sorted(filled.catalog.passage_ids())
    filled.vectors.remove([one])
    filled.words.remove([two])
    filled.vectors.upsert(["surplus"], filled.embedder.embed_passages(["多"]))
    filled.words.upsert([("surplus too", "d", "多")])
    found = examine(filled)
    assert [
        (difference.fault, difference.where, difference.passage_id) for difference in found
    ] == [
        (Fault.MISSING, "vectors", one),
        (Fault.EXTRA, "vectors", "surplus"),
        (Fault.MISSING, "words", two),
        (Fault.EXTRA, "words", "surplus too"),
    ]
    assert all(str(difference.passage_id) in difference.message for difference in found)
    assert repair(filled, found) == []
    assert_level(filled)


def test_what_is_pending_or_buried_is_named(filled: Storage) -> None:
    document = make_document("新的一段。")
    filled.catalog.put_document(document, make_passages(document))
    removed, _ = filled.catalog.list_documents(limit=2)
    gone = next(entry for entry in removed if entry.document_id != document.document_id)
    filled.catalog.remove_document(gone.document_id)
    faults = [difference.fault for difference in examine(filled)]
    assert faults == [Fault.PENDING, *[Fault.BURIED] * 4, Fault.PENDING]
    assert repair(filled, examine(filled)) == []
    assert_level(filled)


def test_a_lost_segment_of_fingerprints_is_named_and_mended(filled: Storage) -> None:
    (number,) = filled.fingerprints.numbers
    filled.fingerprints.remove([number])
    (difference,) = examine(filled)
    assert (difference.fault, difference.where) == (Fault.MISSING, "fingerprints")
    assert repair(filled, [difference]) == []
    assert len(filled.fingerprints.numbers) == 1


def test_another_model_is_named(filled: Storage) -> None:
    filled.catalog.set_setting("embedding_model", "older")
    (difference,) = examine(filled)
    assert difference.fault is Fault.MODEL
    assert "older" in difference.message
    assert "wence rebuild" in difference.message


def test_a_damaged_index_is_named(filled: Storage) -> None:
    filled.vectors._client.delete_collection("passages")
    (difference,) = examine(filled)
    assert (difference.fault, difference.where) == (Fault.INDEX_DAMAGED, "vectors")
    assert "wence rebuild" in difference.message
