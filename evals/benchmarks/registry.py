"""Name of a benchmark → its module, imported only when it is run."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from evals.progress import Advance
from evals.records import Judged
from rag.errors import EvaluationError

_MODULES: Mapping[str, str] = {
    "cmrc": "evals.benchmarks.cmrc",
    "dragonball": "evals.benchmarks.dragonball",
    "expmrc": "evals.benchmarks.expmrc",
    "rgb": "evals.benchmarks.rgb",
    "stard": "evals.benchmarks.stard",
}
NAMES: tuple[str, ...] = tuple(_MODULES)


class Benchmark(Protocol):
    """What every module of a benchmark offers."""

    def run(self, folder: Path, *, advance: Advance | None = None) -> Iterator[Judged]:
        """Ask every question of the files in `folder` and judge the answers, in the files' order.

        Args:
            folder: With the files as published.
            advance: Called after each question.

        Raises:
            EvaluationError: A file is missing or malformed; before the first question.
        """
        ...

    def count(self, folder: Path) -> int:
        """How many questions `run` asks.

        Raises:
            EvaluationError: As `run`.
        """
        ...


def open_benchmark(name: str) -> Benchmark:
    """The module of a benchmark.

    Raises:
        EvaluationError: There is none of this name.
    """
    if name not in _MODULES:
        message = f"没有名为 {name!r} 的测评集：可选 {'、'.join(NAMES)}"
        raise EvaluationError(message)
    return cast("Benchmark", import_module(_MODULES[name]))
