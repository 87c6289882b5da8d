"""Files in, documents in the catalog and both indexes; twice, changed, broken, gone."""

from dataclasses import replace
from pathlib import Path

import pytest

from ingest.indexing import remove_documents
from ingest.pipeline import ingest
from ingest.progress import Stage
from ingest.report import IngestReport
from rag.catalog_entries import Change
from rag.documents import Filters, derive_document_id
from rag.errors import DocumentNotFoundError, StorageError
from rag.storage import Storage
from tests.ingest.conftest import assert_level
from tests.ingest.simple_stages import SIMPLE, split


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "files"
    made.mkdir()
    (made / "a.txt").write_text("甲\n机构改革。", encoding="utf-8")
    (made / "b.txt").write_text(
        "乙\n编制管理。\n===\n丙\n放管服。\n===\n丁\n三定。", encoding="utf-8"
    )
    return made


def taken_in(storage: Storage, *paths: Path, **options: object) -> IngestReport:
    settings = {"collection": "default", "max_bytes": 10_000, "stages": SIMPLE, **options}
    report = ingest(storage, paths, **settings)
    assert_level(storage)
    return report


def changes(report: IngestReport) -> dict[str, Change]:
    return {item.title: item.change for item in report.items}


def test_files_become_documents(storage: Storage, folder: Path) -> None:
    report = taken_in(storage, folder)
    assert changes(report) == dict.fromkeys("甲乙丙丁", Change.ADDED)
    assert (report.files, report.passages, report.failures) == (2, 8, ())
    source = f"{folder}/b.txt#2"
    document = storage.catalog.document(derive_document_id(collection="default", source=source))
    assert (document.text, document.source, document.file_name) == ("丙\n放管服。", source, "b.txt")
    hits = storage.words.search("放管服", limit=1)
    assert storage.catalog.passages_by_id([hits[0].passage_id]).popitem()[1].text == "放管服。"


def test_a_second_time_changes_nothing(storage: Storage, folder: Path) -> None:
    first = taken_in(storage, folder)
    database = storage.folder / "catalog.sqlite3-wal"
    before = (database.read_bytes(), sorted((storage.folder / "words").iterdir()))
    for reread in (False, True):
        again = taken_in(storage, folder, reread=reread)
        assert changes(again) == dict.fromkeys("甲乙丙丁", Change.UNCHANGED)
        assert [item.document_id for item in again.items] == [
            item.document_id for item in first.items
        ]
        assert again.passages == 0
        if not reread:
            assert before == (database.read_bytes(), sorted((storage.folder / "words").iterdir()))


def test_an_unchanged_file_is_not_read(storage: Storage, folder: Path) -> None:
    taken_in(storage, folder)

    def refuse(*_: object, **__: object) -> list:
        raise AssertionError

    lazy = replace(SIMPLE, read_file=refuse)
    assert taken_in(storage, folder, stages=lazy).failures == ()
    assert len(taken_in(storage, folder, stages=lazy, reread=True).failures) == 2


def test_a_changed_file_replaces_its_document(storage: Storage, folder: Path) -> None:
    before = taken_in(storage, folder)
    (folder / "a.txt").write_text("甲\n机构改革。\n又一段。", encoding="utf-8")
    after = taken_in(storage, folder)
    assert changes(after) == {
        "甲": Change.REPLACED, **dict.fromkeys("乙丙丁", Change.UNCHANGED)
    }  # fmt: skip
    assert [item.document_id for item in after.items] == [item.document_id for item in before.items]
    assert storage.catalog.document(after.items[0].document_id).text.endswith("又一段。")


def test_a_changed_splitter_replaces_passages(storage: Storage, folder: Path) -> None:
    taken_in(storage, folder)
    halved = replace(SIMPLE, split=lambda *given: split(*given)[:1])
    report = taken_in(storage, folder, stages=halved, reread=True)
    assert set(changes(report).values()) == {Change.REPLACED}
    assert storage.catalog.counts().passages == 4


def test_a_part_that_is_gone_is_removed(storage: Storage, folder: Path) -> None:
    taken_in(storage, folder)
    (folder / "b.txt").write_text("乙\n编制管理。\n===\n丙\n放管服。", encoding="utf-8")
    report = taken_in(storage, folder / "b.txt")
    assert changes(report) == {
        "乙": Change.UNCHANGED, "丙": Change.UNCHANGED, "丁": Change.REMOVED
    }  # fmt: skip
    assert storage.words.search("三定", limit=5) == []
    assert storage.catalog.counts().documents == 3


def test_a_name_with_a_number_sign_is_a_file_of_its_own(storage: Storage, folder: Path) -> None:
    (folder / "b.txt#9").write_text("戊\n别的文件。", encoding="utf-8")
    taken_in(storage, folder)
    (folder / "b.txt").write_text("乙\n编制管理。", encoding="utf-8")
    report = taken_in(storage, folder / "b.txt")
    assert changes(report)["丁"] is Change.REMOVED
    assert storage.catalog.counts().documents == 3


def test_bad_files_are_named_and_the_others_go_on(storage: Storage, folder: Path) -> None:
    (folder / "a0.txt").write_text("坏", encoding="utf-8")
    (folder / "a1.txt").write_text("怪", encoding="utf-8")
    (folder / "a2.txt").write_text("", encoding="utf-8")
    (folder / "a3.txt").write_bytes(b"\xff\xfe\xfa")
    report = taken_in(storage, folder, folder / "none.txt")
    reasons = {Path(failure.source).name: failure.reason for failure in report.failures}
    assert reasons["a0.txt"] == "文件是坏的"
    assert "RuntimeError：strange" in reasons["a1.txt"]
    assert "没有读出正文" in reasons["a2.txt"]
    assert "UnicodeDecodeError" in reasons["a3.txt"]
    assert reasons["none.txt"] == "没有这个文件"
    assert report.count(Change.ADDED) == 4


def test_a_file_that_breaks_keeps_its_former_document(storage: Storage, folder: Path) -> None:
    taken_in(storage, folder)
    (folder / "a.txt").write_text("坏", encoding="utf-8")
    assert len(taken_in(storage, folder).failures) == 1
    assert storage.catalog.counts().documents == 4


def test_text_that_cannot_be_written_fails_alone(storage: Storage, folder: Path) -> None:
    def surrogate(*_: object, **__: object) -> list:
        found = SIMPLE.clean(SIMPLE.read_file(*_, **__)[0])
        return [replace(found[0], text="半个字\ud800")]

    broken = replace(SIMPLE, clean=lambda _: surrogate(next(iter(sources)), max_bytes=1))
    sources = list(SIMPLE.discover([folder / "a.txt"], workspace=folder, max_bytes=1))
    report = taken_in(storage, folder / "a.txt", stages=broken)
    assert "UnicodeEncodeError" in report.failures[0].reason


def test_the_same_text_twice_is_kept_and_named(storage: Storage, folder: Path) -> None:
    (folder / "c.txt").write_text("甲\n机构 改革。", encoding="utf-8")
    report = taken_in(storage, folder)
    (found,) = report.duplicates
    assert found.file_source.endswith("c.txt")
    assert found.same_as == (report.items[0].document_id,)
    assert len(taken_in(storage, folder).duplicates) == 2


def test_collections_are_apart(storage: Storage, folder: Path) -> None:
    taken_in(storage, folder)
    report = taken_in(storage, folder, collection="other")
    assert report.count(Change.ADDED) == 4
    assert storage.catalog.collections() == {"default": 4, "other": 4}
    assert len(storage.catalog.document_ids(Filters(collection="other")) or ()) == 4


def test_a_removed_document_is_gone_and_can_come_back(storage: Storage, folder: Path) -> None:
    report = taken_in(storage, folder)
    remove_documents(storage, [report.items[0].document_id])
    assert_level(storage)
    assert storage.words.search("机构改革", limit=5) == []
    with pytest.raises(DocumentNotFoundError):
        remove_documents(storage, [report.items[1].document_id, "unknown"])
    assert_level(storage)
    again = taken_in(storage, folder)
    assert again.count(Change.ADDED) == 2


def test_more_than_a_batch(storage: Storage, folder: Path) -> None:
    lines = "\n".join(f"第{number}段。" for number in range(700))
    for name in ("x", "y", "z"):
        (folder / f"{name}.txt").write_text(f"{name}\n{lines}", encoding="utf-8")
    assert taken_in(storage, folder).passages == 3 * 701 + 8


def test_progress_counts_every_file_and_passage(storage: Storage, folder: Path) -> None:
    class Recorder:
        def __init__(self) -> None:
            self.totals = dict[Stage, int]()
            self.done = dict[Stage, int]()
            self.stage = Stage.READING
            self.documents = 0

        def start(self, stage: Stage, total: int) -> None:
            self.stage = stage
            self.totals[stage] = self.totals.get(stage, 0) + total

        def advance(self, amount: int, *, note: str = "", documents: int = 0) -> None:
            self.done[self.stage] = self.done.get(self.stage, 0) + amount
            self.documents += documents

    recorder = Recorder()
    taken_in(storage, folder, progress=recorder)
    assert (
        recorder.totals
        == recorder.done
        == {
            Stage.READING: 2,
            Stage.INDEXING: 8,
            Stage.FINGERPRINTING: 4,
            Stage.LEXICON: 4,
        }
    )
    assert recorder.documents == 4


def test_a_catalog_that_cannot_be_written_stops_everything(storage: Storage, folder: Path) -> None:
    taken_in(storage, folder)
    (folder / "a.txt").write_text("甲\n新的。", encoding="utf-8")
    storage.catalog._database._writer.execute("PRAGMA query_only = ON")
    with pytest.raises(StorageError, match="无法读写"):
        ingest(storage, [folder], collection="default", max_bytes=10_000, stages=SIMPLE)
    storage.catalog._database._writer.execute("PRAGMA query_only = OFF")
