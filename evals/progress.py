"""How far a run is: a bar on a terminal, plain lines anywhere else, always on stderr."""

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import TextIO

Advance = Callable[[], None]

_SECONDS_BETWEEN_LINES = 5.0


class PlainProgress:
    """Lines: one every few seconds, and one when all is done.

    Args:
        stream: Where they go.
        total: How many questions there are.
        title: What is done.
        interval_s: Seconds between two lines.
    """

    def __init__(
        self,
        stream: TextIO,
        total: int,
        *,
        title: str,
        interval_s: float = _SECONDS_BETWEEN_LINES,
    ) -> None:
        self._stream = stream
        self._total = total
        self._title = title
        self._interval_s = interval_s
        self.done = 0
        self._last = time.monotonic()
        self._first = 0.0

    def advance(self) -> None:
        """One more question is answered."""
        self.done += 1
        now = time.monotonic()
        if self.done == 1:
            self._first = now
        if self.done == self._total or now - self._last >= self._interval_s:
            self._last = now
            # Work goes on although nobody reads how far it is.
            with suppress(BrokenPipeError):
                self._stream.write(
                    f"{self._title}：{self.done}/{self._total} 题{self._time_left(now)}\n"
                )
                self._stream.flush()

    def _time_left(self, now: float) -> str:
        """Before the first question the library is read: that time tells nothing of the rest."""
        left = self._total - self.done
        if self.done < 2 or not left:
            return ""
        return f"，约剩 {(now - self._first) / (self.done - 1) * left:.0f} 秒"


@contextmanager
def shown_progress(total: int, *, title: str, stream: TextIO | None = None) -> Generator[Advance]:
    """What the block calls after each question, drawn on stderr by default."""
    target: TextIO = stream or sys.stderr
    if not target.isatty():
        yield PlainProgress(target, total, title=title).advance
        return
    from rich.console import Console  # deferred: only where there is a terminal
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("题，约剩"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(file=target)) as bars:
        task = bars.add_task(title, total=total)
        yield lambda: bars.advance(task)
