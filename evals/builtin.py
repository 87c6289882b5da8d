"""The built-in library, read afresh into a folder that is gone afterwards."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ingest.pipeline import ingest, ingest_builtin
from rag.assembly import System, open_system
from rag.errors import EvaluationError
from rag.settings import Settings

_BESIDE: Final = "beside"


@contextmanager
def open_builtin_library(beside: Path | None = None) -> Generator[System]:
    """The assistant as it is set up, on the built-in library alone.

    Args:
        beside: A folder or file to take in as well, to see what other documents change. What
            of it cannot be read is counted on stderr.

    Raises:
        EvaluationError: A file of the library could not be read.
    """
    with TemporaryDirectory(prefix="wence-evals-") as folder:
        settings = Settings(data=Path(folder))
        with open_system(settings, program="wence eval") as system:
            failures = ingest_builtin(system.storage).failures
            if failures:
                message = f"内置资料库的 {failures[0].source} 读不了：{failures[0].reason}"
                raise EvaluationError(message)
            if beside is not None:
                _take_in(beside, system, max_bytes=settings.max_file_bytes)
            yield system


def _take_in(beside: Path, system: System, *, max_bytes: int) -> None:
    report = ingest(system.storage, [beside], collection=_BESIDE, max_bytes=max_bytes)
    unread = len(report.failures)
    told = f"，{unread} 个文件读不了" if unread else ""
    sys.stderr.write(f"另外读入 {len(report.items)} 份文件{told}\n")
