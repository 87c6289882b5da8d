"""The built-in library, read afresh into a folder that is gone afterwards."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ingest.pipeline import ingest_builtin
from rag.assembly import System, open_system
from rag.errors import EvaluationError
from rag.settings import Settings


@contextmanager
def open_builtin_library() -> Generator[System]:
    """The assistant as it is set up, on the built-in library alone.

    Raises:
        EvaluationError: A file of the library could not be read.
    """
    with (
        TemporaryDirectory(prefix="wence-evals-") as folder,
        open_system(Settings(data=Path(folder)), program="wence eval") as system,
    ):
        failures = ingest_builtin(system.storage).failures
        if failures:
            message = f"内置资料库的 {failures[0].source} 读不了：{failures[0].reason}"
            raise EvaluationError(message)
        yield system
