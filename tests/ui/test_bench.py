"""`wence bench`: what it makes and prints; how fast things are is not for tests."""

import json
import os
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import ServerError
from ui.bench.documents import (
    DOCUMENT_CHARACTERS,
    library_clauses,
    synthetic_document,
    write_documents,
)
from ui.bench.processes import (
    clean_environment,
    command,
    folder_mb,
    has_loaded,
    median_wall_s,
    resident_mb,
    running_server,
)
from ui.bench.running import Figure, Figures, figure, shown_figures

CLAUSES = ["深化机构改革", "完善综合行政执法", "加强党的领导", "机构编制管理", "转变政府职能"]


@pytest.fixture
def clauses(tmp_path: Path) -> list[str]:
    corpus = tmp_path / "corpus"
    (corpus / "files").mkdir(parents=True)
    text = "，".join(CLAUSES) + "。\n第二行，深化机构改革；<b>标记</b>，short。"
    (corpus / "files" / "a.md").write_text(text, encoding="utf-8")
    return library_clauses(corpus)


def test_clauses_are_chinese_and_stand_once(clauses: list[str]):
    assert clauses == CLAUSES


@given(st.integers(-100, 10**6))
def test_a_document_is_as_long_as_real_ones_and_always_the_same(number: int):
    document = synthetic_document(CLAUSES, number)
    assert document == synthetic_document(CLAUSES, number)
    assert DOCUMENT_CHARACTERS <= len(document.text) < DOCUMENT_CHARACTERS * 1.2
    assert document.question


def test_documents_and_questions_differ(tmp_path: Path):
    made = write_documents(tmp_path / "new", CLAUSES, range(300))
    assert len({document.text for document in made}) == 300
    assert len({document.question for document in made}) > 200
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        document.name for document in made
    ]


def test_a_figure_is_compared_with_its_goal():
    assert figure("a", "甲", 120, "份/秒", at_least=100).met is True
    assert figure("a", "甲", 80, "份/秒", at_least=100).met is False
    assert figure("a", "甲", 80, "毫秒", at_most=80).met is True
    assert figure("a", "甲", None, "MB", at_most=500).met is None
    assert figure("a", "甲", 5, "MB").goal is None


def test_the_table_shows_every_figure_beside_its_goal():
    figures = Figures(
        items=[
            figure("a", "导入", 123.4, "份/秒", at_least=100),
            figure("b", "提问", 31, "毫秒", at_most=30),
            Figure(name="c", label="内存", value=None, unit="MB", goal="≤ 500"),
        ]
    )
    lines = shown_figures(figures).splitlines()
    assert len(lines) == 4
    assert "123 份/秒" in lines[1]
    assert lines[1].endswith("达到")
    assert lines[2].endswith("≤ 30   未达到")
    assert "测不到" in lines[3]


def test_memory_and_libraries_of_a_process_are_seen():
    memory = resident_mb(os.getpid())
    assert memory is None or memory > 1
    assert has_loaded(os.getpid(), "no-such-library") in {False, None}
    assert resident_mb(2**22 + 1) is None


def test_sizes_of_folders_are_added_up(tmp_path: Path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x").write_bytes(b"x" * 2**20)
    (tmp_path / "y").write_bytes(b"y" * 2**20)
    assert folder_mb(tmp_path) == 2
    assert folder_mb(tmp_path / "y") == 1
    assert folder_mb(tmp_path / "none") == 0


def test_settings_of_the_user_are_not_measured(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WENCE_CHAT_MODEL", "x")
    assert "WENCE_CHAT_MODEL" not in clean_environment()


def test_a_command_that_fails_is_no_measurement(tmp_path: Path):
    assert median_wall_s(["--version"], folder=tmp_path, runs=1) > 0
    with pytest.raises(ServerError, match="nothing"):
        median_wall_s(["nothing"], folder=tmp_path, runs=1)


def test_a_server_that_does_not_start_is_told_with_its_reason(tmp_path: Path):
    data = tmp_path / "data"
    data.write_text("a file where a folder should be", encoding="utf-8")
    with pytest.raises(ServerError, match="没有就绪"), running_server(data):
        pass


@pytest.mark.slow
def test_a_small_bench_measures_everything_and_leaves_nothing(tmp_path: Path):
    environment = clean_environment() | {"TMPDIR": str(tmp_path)}
    since = time.monotonic()
    done = subprocess.run(
        command(
            "bench",
            "--documents",
            "20",
            "--passages",
            "150",
            "--quotation-passages",
            "300",
            "--json",
        ),
        capture_output=True,
        env=environment,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    figures = {item["name"]: item for item in json.loads(done.stdout)["items"]}
    for name in (
        "ingest_per_s", "passages", "ask_p50_ms", "ask_p95_ms", "ask_4_p95_ms", "memory_mb",
        "help_s", "cold_ask_s", "disk_catalog_mb", "disk_vectors_mb", "disk_words_mb",
    ):  # fmt: skip
        assert figures[name]["value"] > 0, name
    assert figures["passages"]["value"] >= 150
    assert figures["torch"]["value"] in {0, None}
    assert list(tmp_path.iterdir()) == []
    assert time.monotonic() - since < 250
