"""The lexicon of a library: read once for each segment, kept in a folder."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from rag.documents import Document, Metadata
from rag.drafts.lexicon_store import LexiconStore


class Shelf:
    """Segments of one document each, and how often they were read."""

    def __init__(self, *texts: str) -> None:
        self.texts = dict(enumerate(texts, start=1))
        self.reads = 0

    def segments(self) -> Mapping[int, str]:
        return {number: f"{number:08}-{len(text):x}" for number, text in self.texts.items()}

    def documents_of(self, segment: int) -> Iterable[Document]:
        self.reads += 1
        yield Document(
            document_id=f"doc_{segment}",
            collection="default",
            source=f"{segment}.txt",
            file_name=f"{segment}.txt",
            text=self.texts[segment],
            metadata=Metadata(title=f"示例{segment}"),
        )


TERM = "要做到“三到位”：人员到位、职能到位、服务到位。"


def test_what_was_read_beforehand_is_not_read_again(tmp_path: Path) -> None:
    shelf = Shelf(TERM, "无事。")
    store = LexiconStore(shelf, folder=tmp_path)
    assert store.unread() == [1, 2]
    for segment in store.unread():
        store.read(segment)
    assert (store.unread(), shelf.reads) == ([], 2)
    lexicon = LexiconStore(shelf, folder=tmp_path).lexicon()
    assert shelf.reads == 2
    assert lexicon.terms == LexiconStore(Shelf(TERM, "无事。"), folder=None).lexicon().terms


def test_reading_forgets_segments_that_are_gone(tmp_path: Path) -> None:
    shelf = Shelf(TERM, "无事。")
    store = LexiconStore(shelf, folder=tmp_path)
    for segment in store.unread():
        store.read(segment)
    del shelf.texts[2]
    shelf.texts[3] = "另一件事。"
    assert store.unread() == [3]
    store.read(3)
    assert sorted(path.name[:8] for path in tmp_path.iterdir()) == ["00000001", "00000003"]


def test_without_a_folder_nothing_can_be_read_beforehand() -> None:
    assert LexiconStore(Shelf(TERM), folder=None).unread() == []
