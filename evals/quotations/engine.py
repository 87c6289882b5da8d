"""What is measured: 问策 as it is set up, on the built-in library."""

from collections.abc import Generator
from contextlib import contextmanager

from evals.builtin import open_builtin_library
from evals.quotations.command import Engine


@contextmanager
def open_engine() -> Generator[Engine]:
    """Verification and the check of drafts on the built-in library, for the length of the block.

    Raises:
        EvaluationError: A file of the library could not be read.
    """
    with open_builtin_library() as system:
        yield Engine(verify=system.verifier.verify, check=system.drafts.check)
