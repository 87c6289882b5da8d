"""How far the running job is."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ingest.progress import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProgress:
    """A moment of a running job.

    Attributes:
        positions: Places in the job of the files that are being taken in, together.
        stage: What is being done with them; None before the first stage.
        done: So much of the stage's total: files or members of archives, passages, documents.
    """

    positions: range
    stage: Stage | None = None
    done: int = 0
    total: int = 0


class WatchedProgress:
    """Keeps the last moment, and lets whoever works stop between two steps.

    Args:
        positions: Of the files that are being taken in.
        check: Called between two steps where stopping does no harm; raises to stop.
    """

    def __init__(self, positions: range, check: Callable[[], None]) -> None:
        self.now = JobProgress(positions=positions)
        self._check = check

    def start(self, stage: Stage, total: int) -> None:
        """A stage begins."""
        self.now = replace(self.now, stage=stage, done=0, total=total)

    def advance(self, amount: int, *, note: str = "", documents: int = 0) -> None:
        """So much more is done."""
        done = self.now.done + amount
        self.now = replace(self.now, done=done)
        # Several files are few and small: they are finished, so that each gets its outcome.
        if done < self.now.total and len(self.now.positions) == 1:
            self._check()
