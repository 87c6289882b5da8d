"""Guards: what the house promises about itself stays true."""

import re
from pathlib import Path

import pytest

from rag.settings import Settings

ROOT = Path(__file__).parents[1]


def test_every_setting_is_in_the_example():
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    documented = set(re.findall(r"^(WENCE_\w+)=", example, flags=re.MULTILINE))
    assert documented == {f"WENCE_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_files_and_commands_of_the_readme_exist(name: str):
    text = (ROOT / name).read_text(encoding="utf-8")
    for path in re.findall(r"`((?:rag|ingest|ui|evals|corpus|tests)/[\w/.-]*)`", text):
        assert (ROOT / path).exists(), path
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    assert set(re.findall(r"make ([a-z]+)", text)) <= targets


def test_both_readmes_hold_the_same_commands():
    blocks = [
        re.findall(r"```bash\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
        for name in ("README.md", "README.zh-CN.md")
    ]
    without_comments = [
        [re.sub(r"\s*#.*", "", line) for block in part for line in block.splitlines()]
        for part in blocks
    ]
    assert without_comments[0] == without_comments[1]


LARGE = {"rag/models/static/model.safetensors": 16_000_000}  # DECISIONS.md says why


def test_nothing_in_the_repository_is_large():
    skipped = {".git", ".venv", "data", "node_modules", ".hypothesis"}
    for path in ROOT.rglob("*"):
        name = path.relative_to(ROOT)
        if path.is_file() and not skipped & set(name.parts):
            assert path.stat().st_size < LARGE.get(name.as_posix(), 8_000_000), path
