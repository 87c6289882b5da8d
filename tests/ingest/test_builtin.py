"""The manifest of the built-in library, and what it states."""

import json
from pathlib import Path

import pytest

from ingest.builtin import read_manifest
from ingest.pipeline import ingest, ingest_builtin
from rag.catalog_entries import Change
from rag.documents import Kind, Level, Metadata, PartialDate, Place, Speaker
from rag.errors import ManifestError
from rag.storage import Storage
from tests.ingest.conftest import assert_level
from tests.ingest.simple_stages import SIMPLE

FULL = {
    "file": "files/a.md",
    "title": "改革资料卡",
    "kind": "briefing",
    "issuer": None,
    "publisher": "问策",
    "place": {"name": "甲区", "level": "county", "within": ["乙市"]},
    "event_date": "2018-03",
    "published_date": "--05-01",
    "speakers": [{"name": "张三", "office": "区长"}],
    "is_sample": True,
    "sources": ["某方案，2018年"],
}


def library(folder: Path, *lines: dict | str) -> Path:
    (folder / "files").mkdir(parents=True, exist_ok=True)
    for name in ("a.md", "b.md"):
        (folder / "files" / name).write_text(f"{name} 标题\n正文。", encoding="utf-8")
    text = "\n".join(
        line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines
    )
    (folder / "manifest.jsonl").write_text(text + "\n", encoding="utf-8")
    return folder


def minimal(name: str) -> dict:
    return {"file": f"files/{name}", "title": name, "kind": "news"}


def test_what_the_manifest_states_wins(tmp_path: Path) -> None:
    (entry,) = read_manifest(library(tmp_path, FULL))
    found = Metadata(
        title="别的",
        issuer="猜的",
        reporters=("记者",),
        origins={"title": "headline", "issuer": "text", "reporters": "signature"},
    )
    stated = entry.line.stated(found)
    assert (stated.title, stated.kind, stated.issuer) == ("改革资料卡", Kind.BRIEFING, None)
    assert stated.place == Place(name="甲区", level=Level.COUNTY, within=("乙市",))
    assert stated.event_date == PartialDate(year=2018, month=3)
    assert stated.published_date == PartialDate(month=5, day=1)
    assert stated.speakers == (Speaker(name="张三", office="区长"),)
    assert stated.is_sample
    assert stated.sources == ("某方案，2018年",)
    assert stated.reporters == ("记者",)
    assert stated.origins["title"] == "manifest"
    assert stated.origins["reporters"] == "signature"
    assert "issuer" not in stated.origins


def test_what_the_manifest_leaves_out_is_found(tmp_path: Path) -> None:
    (entry,) = read_manifest(library(tmp_path, minimal("a.md")))
    found = Metadata(title="别的", issuer="某部", origins={"title": "headline", "issuer": "text"})
    stated = entry.line.stated(found)
    assert (stated.issuer, stated.origins["issuer"]) == ("某部", "text")


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("{", "整行"),
        ({"file": "files/a.md", "kind": "news"}, "title"),
        ({**minimal("a.md"), "author": "某人"}, "author"),
        ({**minimal("a.md"), "kind": "novel"}, "kind"),
        ({**minimal("a.md"), "event_date": "去年"}, "event_date"),
        ({**minimal("a.md"), "place": {"name": "甲", "level": "village"}}, "place.level"),
        (minimal("none.md"), "没有 files/none.md"),
        (minimal("../../outside.md"), "不在内置文库之内"),
        (minimal("b.md"), "前面已列过"),
    ],
    ids=["json", "title", "extra", "kind", "date", "level", "missing", "outside", "twice"],
)
def test_a_bad_line_is_named(tmp_path: Path, line: dict | str, word: str) -> None:
    (tmp_path / "outside.md").write_text("外面")
    corpus = library(tmp_path / "inner" / "corpus", minimal("b.md"), "", line)
    with pytest.raises(ManifestError, match=r"第 3 行") as caught:
        read_manifest(corpus)
    assert word in str(caught.value)


def test_no_manifest(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"manifest\.jsonl"):
        read_manifest(tmp_path)


def test_the_library_goes_to_its_own_collection(storage: Storage, tmp_path: Path) -> None:
    corpus = library(tmp_path / "corpus", FULL, minimal("b.md"))
    report = ingest_builtin(storage, corpus=corpus, stages=SIMPLE)
    assert report.count(Change.ADDED) == 2
    document = storage.catalog.document(report.items[0].document_id)
    assert (document.collection, document.source) == ("library", "library:files/a.md")
    assert document.metadata.title == "改革资料卡"
    assert ingest_builtin(storage, corpus=corpus, stages=SIMPLE).count(Change.UNCHANGED) == 2


def test_a_changed_line_replaces_and_a_dropped_one_removes(
    storage: Storage, tmp_path: Path
) -> None:
    own = tmp_path / "own.txt"
    own.write_text("自己的\n文件。", encoding="utf-8")
    ingest(storage, [own], collection="library", max_bytes=1000, stages=SIMPLE)
    corpus = library(tmp_path / "corpus", FULL, minimal("b.md"))
    ingest_builtin(storage, corpus=corpus, stages=SIMPLE)
    library(tmp_path / "corpus", {**FULL, "title": "新题"})
    report = ingest_builtin(storage, corpus=corpus, stages=SIMPLE)
    assert report.count(Change.REPLACED) == 1
    titles = {entry.metadata.title for entry in storage.catalog.list_documents()[0]}
    assert titles == {"新题", "自己的"}
    assert_level(storage)
