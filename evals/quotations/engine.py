"""What is measured: 问策 as it is set up, on the built-in library."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from evals.builtin import open_builtin_library
from evals.quotations.command import Engine


@contextmanager
def open_engine(beside: Path | None) -> Generator[Engine]:
    """Verification and the check of drafts on the built-in library, for the length of the block.

    Args:
        beside: As `open_builtin_library`.

    Raises:
        EvaluationError: A file of the library could not be read.
    """
    with open_builtin_library(beside) as system:
        yield Engine(verify=system.verifier.verify, check=system.drafts.check)
