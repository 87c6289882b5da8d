"""Fingerprints brought level with the catalog: in whatever state a killed process left them."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ingest.fingerprinting
from ingest.fingerprinting import complete_fingerprints
from ingest.indexing import complete, remove_documents
from ingest.progress import SILENCE, Stage
from rag.catalog import Catalog
from rag.errors import IndexingError
from rag.quotations.finding import QuotationFinder
from rag.quotations.fingerprints import FingerprintIndex
from rag.quotations.wording import read_quotation
from rag.storage import Storage
from rag.text import comparable
from tests.conftest import InMemoryWordIndex, make_document, make_passages
from tests.ingest.conftest import open_simply


@dataclass
class Shelf:
    """What of a storage the fingerprints need."""

    catalog: Catalog
    fingerprints: FingerprintIndex
    folder: Path

    def reopen(self) -> None:
        """As the next process finds it."""
        self.catalog.close()
        self.catalog = Catalog(self.folder / "catalog.sqlite3")
        self.fingerprints = FingerprintIndex(self.folder / "fingerprints")

    def put(self, title: str, text: str) -> None:
        document = make_document(text, title=title)
        self.catalog.put_document(document, make_passages(document))

    def remove(self, title: str) -> None:
        self.catalog.remove_document(make_document("", title=title).document_id)

    def complete(self) -> None:
        complete_fingerprints(self, SILENCE)  # type: ignore[arg-type] - all it needs is here

    def found(self, words: str) -> list[tuple[str, int]]:
        """Title and offset of every place of the words."""
        finder = QuotationFinder(
            self.catalog, fingerprints=self.fingerprints, words=InMemoryWordIndex()
        )
        places = finder.confirmed(read_quotation(words), finder.occurrences(comparable(words)))
        return sorted((document.metadata.title, span.start) for document, span in places)

    def texts(self) -> dict[str, str]:
        entries, _ = self.catalog.list_documents(limit=1000)
        found = self.catalog.documents_by_id(entry.document_id for entry in entries)
        return {document.metadata.title: document.text for document in found.values()}

    def files(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "fingerprints").iterdir())


def open_shelf(folder: Path) -> Shelf:
    return Shelf(
        Catalog(folder / "catalog.sqlite3"), FingerprintIndex(folder / "fingerprints"), folder
    )


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    opened = open_shelf(tmp_path)
    yield opened
    opened.catalog.close()


def assert_level(shelf: Shelf) -> None:
    """Every text is in a segment that is there, and no segment is without texts."""
    records = shelf.catalog.fingerprints
    assert records.pending() == 0
    alive = records.texts_in_segments()
    assert alive.keys() == shelf.fingerprints.numbers
    assert sum(alive.values()) == len(shelf.texts())
    assert FingerprintIndex(shelf.folder / "fingerprints").numbers == shelf.fingerprints.numbers


WORDS = "谁的孩子谁抱走"


class Counter:
    """Notes what a stage reports."""

    def __init__(self) -> None:
        self.started = list[tuple[Stage, int]]()
        self.advanced = 0

    def start(self, stage: Stage, total: int) -> None:
        self.started.append((stage, total))

    def advance(self, amount: int, *, note: str = "", documents: int = 0) -> None:
        self.advanced += amount


def test_nothing_to_do_does_nothing(shelf: Shelf) -> None:
    counter = Counter()
    complete_fingerprints(shelf, counter)  # type: ignore[arg-type] - all it needs is here
    assert (counter.started, counter.advanced, shelf.files()) == ([], 0, [])


def test_what_is_pending_is_fingerprinted_and_counted(shelf: Shelf) -> None:
    for number in range(3):
        shelf.put(str(number), f"第{number}份：{WORDS}。")
    counter = Counter()
    complete_fingerprints(shelf, counter)  # type: ignore[arg-type] - all it needs is here
    assert (counter.started, counter.advanced) == ([(Stage.FINGERPRINTING, 3)], 3)
    assert shelf.found(WORDS) == [("0", 4), ("1", 4), ("2", 4)]
    assert len(shelf.files()) == 1
    assert_level(shelf)


def test_a_second_time_changes_nothing(shelf: Shelf) -> None:
    shelf.put("甲", WORDS)
    shelf.complete()
    files = shelf.files()
    shelf.complete()
    shelf.reopen()
    shelf.complete()
    assert shelf.files() == files
    assert_level(shelf)


def test_an_empty_document_is_fingerprinted_too(shelf: Shelf) -> None:
    shelf.put("空", "")
    shelf.put("短", "字")
    shelf.complete()
    assert_level(shelf)
    assert shelf.found(WORDS) == []


def test_a_removed_document_takes_its_segment_along(shelf: Shelf) -> None:
    shelf.put("甲", WORDS)
    shelf.complete()
    shelf.remove("甲")
    assert shelf.found(WORDS) == []
    shelf.complete()
    assert shelf.files() == []
    assert_level(shelf)


def test_a_changed_document_moves_to_a_new_segment(shelf: Shelf) -> None:
    shelf.put("甲", WORDS)
    shelf.complete()
    shelf.put("甲", f"新的话：{WORDS}。")
    shelf.complete()
    assert shelf.found(WORDS) == [("甲", 4)]
    assert len(shelf.files()) == 1
    assert_level(shelf)


def test_a_segment_that_is_mostly_gone_is_written_anew(shelf: Shelf) -> None:
    for number in range(5):
        shelf.put(str(number), f"第{number}份：{WORDS}。")
    shelf.complete()
    (segment,) = shelf.fingerprints.segments
    assert len(segment.starts) == 6
    shelf.remove("0")
    shelf.remove("1")
    shelf.complete()
    assert shelf.fingerprints.numbers == {segment.number}
    shelf.remove("2")
    shelf.complete()
    (rewritten,) = shelf.fingerprints.segments
    assert rewritten.number != segment.number
    assert len(rewritten.starts) == 3
    assert shelf.found(WORDS) == [("3", 4), ("4", 4)]
    assert_level(shelf)


def test_many_small_segments_become_one(shelf: Shelf) -> None:
    for number in range(20):
        shelf.put(str(number), f"第{number}份：{WORDS}。")
        shelf.complete()
        assert len(shelf.fingerprints.numbers) <= 9
        assert len(shelf.found(WORDS)) == number + 1
    assert_level(shelf)
    shelf.reopen()
    assert len(shelf.found(WORDS)) == 20
    assert_level(shelf)


def test_large_segments_are_left_alone(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.fingerprinting, "SEGMENT_CHARACTERS", 100)
    for number in range(12):
        shelf.put(str(number), f"第{number:02}份：{WORDS}。")
    shelf.complete()
    sizes = [len(segment.starts) - 1 for segment in shelf.fingerprints.segments]
    assert sizes == [7, 5]
    for number in range(12, 24):
        shelf.put(str(number), f"第{number:02}份：{WORDS}。" * 3)
        shelf.complete()
    assert len(shelf.fingerprints.numbers) == 14
    assert len(shelf.found(WORDS)) == 12 + 36
    assert_level(shelf)


TEXT = st.text("改革开放机构", min_size=0, max_size=12)


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    opened = open_shelf(tmp_path_factory.mktemp("changing"))
    yield opened
    opened.catalog.close()


@given(
    changes=st.lists(st.tuples(st.integers(0, 9), TEXT | st.none()), min_size=6, max_size=20),
    wanted=st.text("改革开放机构", min_size=4, max_size=5),
)
def test_after_any_changes_every_place_is_found_that_a_naive_scan_finds(
    changing: Shelf, changes: list[tuple[int, str | None]], wanted: str
) -> None:
    shelf = changing
    for title in shelf.texts():
        shelf.remove(title)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest.fingerprinting, "_TIER", 3)  # segments become one every few steps
        for step, (number, text) in enumerate(changes):
            if text is not None:
                shelf.put(str(number), text)
            elif str(number) in shelf.texts():
                shelf.remove(str(number))
            if step % 2:
                shelf.complete()
        shelf.complete()
        assert_level(shelf)
        texts = shelf.texts()
        longest = max([*texts.values(), wanted], key=len)
        for words in (wanted, longest[:4] if len(longest) >= 4 else wanted):
            assert shelf.found(words) == sorted(
                (title, start)
                for title, text in texts.items()
                for start in range(len(text))
                if text.startswith(words, start)
            )


class KilledError(BaseException):
    """Stands for the end of the process."""


def killed(*_: object) -> None:
    raise KilledError


def test_killed_before_the_catalog_knows_of_a_segment_nothing_is_lost(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.put("甲", WORDS)
    monkeypatch.setattr(shelf.catalog.fingerprints, "place", killed)
    with pytest.raises(KilledError):
        shelf.complete()
    monkeypatch.undo()
    assert len(shelf.files()) == 1
    shelf.reopen()
    assert shelf.catalog.fingerprints.pending() == 1
    assert shelf.found(WORDS) == []
    shelf.complete()
    assert shelf.found(WORDS) == [("甲", 0)]
    assert len(shelf.files()) == 1
    assert_level(shelf)


@pytest.mark.parametrize("step", ["place", "remove"])
def test_killed_while_segments_become_one_nothing_is_lost_or_found_twice(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    for number in range(8):
        shelf.put(str(number), f"第{number}份：{WORDS}。")
        texts = shelf.catalog.fingerprints.pending_texts(max_characters=1000)
        segment = shelf.fingerprints.add(text.text for text in texts)
        shelf.catalog.fingerprints.place(segment, texts)
    removals = iter([shelf.fingerprints.remove])  # the first one has nothing to do

    def remove(numbers: frozenset[int]) -> None:
        next(removals, killed)(numbers)

    if step == "place":
        monkeypatch.setattr(shelf.catalog.fingerprints, "place", killed)
    else:
        monkeypatch.setattr(shelf.fingerprints, "remove", remove)
    with pytest.raises(KilledError):
        shelf.complete()
    monkeypatch.undo()
    assert len(shelf.files()) == 9
    for _ in ("as it was left", "completed", "read again"):
        shelf.reopen()
        assert shelf.found(WORDS) == [(str(number), 4) for number in range(8)]
        shelf.complete()
        assert_level(shelf)
    assert len(shelf.files()) == 1


def test_a_file_that_nobody_refers_to_is_deleted(shelf: Shelf) -> None:
    shelf.put("甲", WORDS)
    shelf.complete()
    shelf.fingerprints.add(["没有人知道的文字"])
    shelf.reopen()
    shelf.complete()
    assert len(shelf.files()) == 1
    assert shelf.found("没有人知道的文字") == []
    assert_level(shelf)


@pytest.mark.parametrize("damage", ["missing", "cut off", "foreign", "folder"])
def test_a_lost_segment_is_made_again(shelf: Shelf, damage: str) -> None:
    for title in ("甲", "乙"):
        shelf.put(title, f"{title}：{WORDS}。")
        shelf.complete()
    path = shelf.folder / "fingerprints" / shelf.files()[0]
    if damage == "missing":
        path.unlink()
    elif damage == "cut off":
        path.write_bytes(path.read_bytes()[:-8])
    elif damage == "foreign":
        path.write_bytes(b"else" * 100)
    else:
        shutil.rmtree(path.parent)
    shelf.reopen()
    assert len(shelf.found(WORDS)) < 2
    shelf.complete()
    assert shelf.found(WORDS) == [("乙", 2), ("甲", 2)]
    assert_level(shelf)


def test_a_number_that_is_used_again_does_not_bring_back_what_was_there(shelf: Shelf) -> None:
    shelf.put("甲", f"旧话：{WORDS}。")
    shelf.complete()
    assert shelf.found(WORDS) == [("甲", 3)]
    shelf.remove("甲")
    shelf.complete()
    shelf.put("乙", f"新近有话：{WORDS}。")
    shelf.complete()
    assert shelf.fingerprints.numbers == {1}
    assert shelf.found(WORDS) == [("乙", 5)]


def test_a_full_disk_is_an_error_and_leaves_all_pending(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise IndexingError("磁盘已满")

    shelf.put("甲", WORDS)
    monkeypatch.setattr(shelf.fingerprints, "add", full)
    with pytest.raises(IndexingError, match="磁盘已满"):
        shelf.complete()
    monkeypatch.undo()
    shelf.complete()
    assert_level(shelf)


def fingerprinted(storage: Storage) -> int:
    return sum(storage.catalog.fingerprints.texts_in_segments().values())


def test_a_storage_keeps_its_fingerprints_level(storage: Storage) -> None:
    documents = [
        make_document(f"第{number}份：{WORDS}。", title=str(number)) for number in range(3)
    ]
    for document in documents:
        storage.catalog.put_document(document, make_passages(document))
    complete(storage)
    finder = QuotationFinder(
        storage.catalog, fingerprints=storage.fingerprints, words=storage.words
    )
    assert fingerprinted(storage) == finder.occurrences(WORDS).total == 3
    remove_documents(storage, [documents[0].document_id])
    assert fingerprinted(storage) == finder.occurrences(WORDS).total == 2
    assert storage.catalog.fingerprints.texts_in_segments().keys() == storage.fingerprints.numbers


def test_a_storage_that_is_rebuilt_is_fingerprinted_anew(tmp_path: Path) -> None:
    document = make_document(f"一份：{WORDS}。")
    with open_simply(tmp_path) as storage:
        storage.catalog.put_document(document, make_passages(document))
        complete(storage)
    with open_simply(tmp_path, rebuilding=True) as storage:
        assert not storage.fingerprints.numbers
        complete(storage)
        finder = QuotationFinder(
            storage.catalog, fingerprints=storage.fingerprints, words=storage.words
        )
        assert fingerprinted(storage) == finder.occurrences(WORDS).total == 1
        known = storage.catalog.fingerprints.texts_in_segments()
        assert known.keys() == storage.fingerprints.numbers
