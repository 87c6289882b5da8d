from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.readers import read_file
from ingest.stages import Block, PublishedText, Role, SourceFile

Read = Callable[..., list[PublishedText]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads bytes as a file of the given name."""

    def read_bytes(data: bytes, name: str, *, max_bytes: int = 2**24) -> list[PublishedText]:
        path = tmp_path / "file"
        path.write_bytes(data)
        return read_file(
            SourceFile(path=path, source=str(path), file_name=name), max_bytes=max_bytes
        )

    return read_bytes


@pytest.fixture
def shown() -> Callable[[tuple[Block, ...]], list[str]]:
    """Blocks as lines: headings with #, table rows with |, notes with ^."""
    marks = {Role.TABLE_ROW: "| ", Role.FOOTNOTE: "^ "}

    def lines(blocks: tuple[Block, ...]) -> list[str]:
        return ["#" * block.level + marks.get(block.role, "") + block.text for block in blocks]

    return lines
