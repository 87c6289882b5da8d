"""Killed at any moment, nothing acknowledged is lost, and the next start completes it."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ingest.indexing import complete
from rag.storage import Storage
from tests.ingest.conftest import assert_level, open_simply

KILLS = 20


def possible_states(journal: Path) -> dict[str, set[str]]:
    """By file name, the stamps that its document may have; "gone" for no document.

    That of the last change that ended, and that of a change that had begun.
    """
    states = dict[str, set[str]]()
    for line in journal.read_text(encoding="utf-8").splitlines():
        event, name, stamp = line.split()
        if event == "end":
            states[name] = {stamp}
        else:
            states.setdefault(name, {"gone"}).add(stamp)
    return states


def assert_nothing_lost(storage: Storage, journal: Path) -> None:
    stored = {
        entry.file_name: entry.metadata.title
        for entry in storage.catalog.list_documents(limit=1000)[0]
    }
    states = possible_states(journal)
    assert stored.keys() <= states.keys()
    for name, possible in states.items():
        assert stored.get(name, "gone") in possible, name


def assert_right_vectors(storage: Storage) -> None:
    """Chroma has the vector of every passage, not that of another one."""
    for passage in storage.catalog.passages_by_id(storage.catalog.passage_ids()).values():
        vector = storage.embedder.embed_query(passage.embedded_text)
        (hit,) = storage.vectors.search(vector, limit=1, among=[passage.passage_id])
        assert hit.score == pytest.approx(1, abs=1e-5)


def kill_one(data: Path, folder: Path, journal: Path, chance: random.Random) -> None:
    command = [sys.executable, "-m", "tests.ingest.endless_ingestion"]
    arguments = [str(data), str(folder), str(journal), str(chance.random())]
    with subprocess.Popen(
        [*command, *arguments], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as process:
        assert process.stdout is not None
        ready = process.stdout.readline()
        time.sleep(chance.uniform(0, 0.7))
        process.kill()
    assert ready == b"ready\n", "the process ended by itself"


@pytest.mark.slow
def test_a_killed_process_loses_nothing(tmp_path: Path) -> None:
    data, folder, journal = tmp_path / "data", tmp_path / "files", tmp_path / "journal"
    folder.mkdir()
    journal.touch()
    chance = random.Random(20261122)
    interrupted = 0
    for number in range(KILLS):
        kill_one(data, folder, journal, chance)
        if number % 2:
            # Every other time the next process finds what the killed one left.
            continue
        with open_simply(data) as storage:
            counts = storage.catalog.counts()
            interrupted += bool(counts.pending or counts.tombstones)
            assert_nothing_lost(storage, journal)
            complete(storage)
            assert_level(storage)
            assert storage.catalog.problems() == []
    with open_simply(data) as storage:
        complete(storage)
        assert_nothing_lost(storage, journal)
        assert_level(storage)
        assert_right_vectors(storage)
        assert storage.catalog.counts().documents > 0
    assert interrupted > 0, "no kill fell into the middle of a change"
