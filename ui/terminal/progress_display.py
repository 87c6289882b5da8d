"""How far an ingest is: a bar on a terminal, plain lines anywhere else, always on stderr."""

import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

from ingest.progress import Progress, Stage

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

STAGE_NAMES = {
    Stage.READING: "读取文件",
    Stage.INDEXING: "编入索引",
    Stage.REMOVING: "移出索引",
    Stage.FINGERPRINTING: "编引文索引",
    Stage.LEXICON: "读取词表",
}
UNITS = {
    Stage.READING: "个文件",
    Stage.INDEXING: "段",
    Stage.REMOVING: "段",
    Stage.FINGERPRINTING: "份",
    Stage.LEXICON: "份",
}
_SECONDS_BETWEEN_LINES = 5.0


class PlainProgress:
    """Lines: one every few seconds, and one when a stage is done.

    Args:
        stream: Where they go.
        interval_s: Seconds between two lines.
    """

    def __init__(self, stream: TextIO, *, interval_s: float = _SECONDS_BETWEEN_LINES) -> None:
        self._stream = stream
        self._interval_s = interval_s
        self._stage: Stage | None = None
        self._done = self._total = self._documents = 0
        self._since = self._last = 0.0

    def start(self, stage: Stage, total: int) -> None:
        """A stage begins."""
        self._stage, self._total = stage, total
        self._done = self._documents = 0
        self._since = self._last = time.monotonic()

    def advance(self, amount: int, *, note: str = "", documents: int = 0) -> None:
        """So much more is done."""
        self._done += amount
        self._documents += documents
        now = time.monotonic()
        if self._done >= self._total or now - self._last >= self._interval_s:
            self._last = now
            self._print(now)

    def _print(self, now: float) -> None:
        if self._stage is None:
            return
        seconds = now - self._since
        rate = self._done / seconds if seconds > 0 else 0.0
        left = ""
        if self._done < self._total and rate:
            left = f"，约剩 {(self._total - self._done) / rate:.0f} 秒"
        found = f"，得 {self._documents} 份文件" if self._documents else ""
        unit = UNITS[self._stage]
        # Work goes on although nobody reads how far it is.
        with suppress(BrokenPipeError):
            self._stream.write(
                f"{STAGE_NAMES[self._stage]}：{self._done}/{self._total} {unit}{found}，"
                f"每秒 {rate:.0f} {unit}{left}\n"
            )
            self._stream.flush()


class BarProgress:
    """One bar for each stage, with counts, rate and time left."""

    def __init__(self, bars: "RichProgress") -> None:
        self._bars = bars
        self._task: TaskID | None = None
        self._stage = Stage.READING

    def start(self, stage: Stage, total: int) -> None:
        """A stage begins."""
        self._stage = stage
        self._task = self._bars.add_task(
            STAGE_NAMES[stage], total=total, unit=UNITS[stage], note=""
        )

    def advance(self, amount: int, *, note: str = "", documents: int = 0) -> None:
        """So much more is done."""
        if self._task is not None:
            self._bars.update(self._task, advance=amount, note=note[-30:])


@contextmanager
def shown_progress(stream: TextIO | None = None) -> Generator[Progress]:
    """What draws the progress of the block, on stderr by default."""
    target: TextIO = stream or sys.stderr
    if not target.isatty():
        yield PlainProgress(target)
        return
    from rich.console import Console  # deferred: only where there is a terminal
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as RichProgress
    from rich.text import Text

    class RateColumn(ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text("" if speed is None else f"每秒 {speed:.0f} {task.fields['unit']}")

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(),
        TextColumn("约剩"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}", markup=False),
    )
    with RichProgress(*columns, console=Console(file=target)) as bars:
        yield BarProgress(bars)
