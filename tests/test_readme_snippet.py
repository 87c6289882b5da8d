"""The lines of the READMEs that show the LangChain retriever run as they stand."""

import re
from pathlib import Path

import pytest

from ingest.intake import Intake
from ingest.pipeline import default_stages, ingest_files
from rag.assembly import open_system
from rag.settings import Settings

ROOT = Path(__file__).parents[1]
NAMES = ["README.md", "README.zh-CN.md"]


def snippet(name: str) -> str:
    text = (ROOT / name).read_text(encoding="utf-8")
    return next(
        block
        for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL)
        if "PassageRetriever" in block
    )


def test_both_readmes_show_the_same_retriever():
    assert snippet(NAMES[0]) == snippet(NAMES[1])
    assert len(snippet(NAMES[0]).strip().splitlines()) <= 11


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_lines_that_show_the_retriever_find_a_passage(name, tmp_path, monkeypatch, capsys):
    file = tmp_path / "三定.txt"
    file.write_text("“三定”是指定职能、定机构、定编制三件事。\n", encoding="utf-8")
    with open_system(Settings(data=tmp_path / "data"), program="test") as system:
        stages = default_stages()
        intake = Intake(
            storage=system.storage, collection="library", max_bytes=2**20, stages=stages
        )
        workspace = tmp_path / "workspace"
        workspace.mkdir()
        found = stages.discover([file], workspace=workspace, max_bytes=2**20)
        assert not ingest_files(intake, list(found)).failures
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WENCE_DATA", "data")
    exec(compile(snippet(name), name, "exec"), {})
    assert "定职能、定机构、定编制" in capsys.readouterr().out
