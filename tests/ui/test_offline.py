"""With the network taken away everything still works."""

import os
import shutil
import subprocess
import sys

import pytest

UNSHARE = shutil.which("unshare")
WITHOUT_NETWORK = [UNSHARE or "unshare", "--net", "--map-root-user"]


def can_take_the_network_away() -> bool:
    if UNSHARE is None:
        return False
    return (
        subprocess.run([*WITHOUT_NETWORK, "true"], check=False, capture_output=True).returncode == 0
    )


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not can_take_the_network_away(), reason="needs unshare --net"),
]


def wence(folder, *arguments: str) -> str:
    command = [*WITHOUT_NETWORK, sys.executable, "-m", "ui.cli", *arguments]
    environment = os.environ | {"WENCE_DATA": str(folder / "data"), "HOME": str(folder)}
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, env=environment, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_library_is_built_and_answers_without_a_network(tmp_path):
    answer = wence(tmp_path, "ask", "市中区机构改革后共设置多少个党政机构？")
    assert "37" in answer


def test_documents_are_taken_in_without_a_network(tmp_path):
    (tmp_path / "a.txt").write_text("白水区召开动员大会。区长王芳主持会议。", encoding="utf-8")
    wence(tmp_path, "ingest", str(tmp_path / "a.txt"))
    assert "王芳" in wence(tmp_path, "ask", "白水区动员大会由谁主持？")
