"""Adds, replaces and removes documents until it is killed; run by test_killed.py.

Before a change it writes a line to the journal, after it another; so the journal tells what
must be there, whenever the process ends.
"""

import os
import random
import sys
from pathlib import Path
from typing import TextIO

from ingest.indexing import complete, remove_documents
from ingest.pipeline import ingest
from rag.documents import derive_document_id
from rag.storage import Storage
from tests.ingest.conftest import open_simply
from tests.ingest.simple_stages import SIMPLE


def note(journal: TextIO, *words: str) -> None:
    """A line that survives the process."""
    journal.write(" ".join(words) + "\n")
    journal.flush()


def change_something(
    storage: Storage, folder: Path, journal: TextIO, chance: random.Random
) -> None:
    """Add, replace or remove one document."""
    name = f"{chance.randrange(12)}.txt"
    path = folder / name
    document_id = derive_document_id(collection="default", source=str(path))
    if document_id in storage.catalog.documents_by_id([document_id]) and chance.random() < 0.3:
        note(journal, "begin", name, "gone")
        remove_documents(storage, [document_id])
        note(journal, "end", name, "gone")
        return
    stamp = str(chance.randrange(10**9))
    lines = [f"第{chance.randrange(300)}段。" for _ in range(chance.randrange(1, 300))]
    note(journal, "begin", name, stamp)
    path.write_text("\n".join([stamp, *lines]), encoding="utf-8")
    ingest(storage, [path], collection="default", max_bytes=10**6, stages=SIMPLE)
    note(journal, "end", name, stamp)


def main(data: Path, folder: Path, journal_path: Path, seed: str) -> None:
    """Never returns."""
    chance = random.Random(seed)
    with journal_path.open("a", encoding="utf-8") as journal, open_simply(data) as storage:
        if chance.random() < 0.5:
            complete(storage)
        os.write(1, b"ready\n")
        while True:
            change_something(storage, folder, journal, chance)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
