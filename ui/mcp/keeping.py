"""Opens the desk when it is needed and closes it when it is not.

Programs that speak MCP start their servers with themselves and keep them running all day. Did
such a server hold the data folder all the while, `wence serve` and `wence ingest` could not run.
"""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar

import httpx

from rag.errors import ServerError, WenceError
from ui.terminal.desk import Desk

IDLE_S = 60.0

_Result = TypeVar("_Result")


class DeskKeeper:
    """Lends one desk to any number of threads.

    The desk is opened and closed by one and the same thread, as the lock of the data folder asks.

    Args:
        open_desk: Opens it, for the length of a block.
        idle_s: It is closed when nobody used it for so long.
    """

    def __init__(
        self, open_desk: Callable[[], AbstractContextManager[Desk]], *, idle_s: float = IDLE_S
    ) -> None:
        self._open = open_desk
        self._idle_s = idle_s
        self._changed = threading.Condition()
        self._desk: Desk | None = None
        self._waiting = 0
        self._users = 0
        self._last_used = 0.0
        self._is_stale = False
        self._is_closed = False
        self._failures = 0
        self._failure: Exception | None = None
        self._untold = 0  # how many of those who wait have yet to hear of the last failure
        self._thread = threading.Thread(target=self._keep, name="desk-keeper", daemon=True)
        self._thread.start()

    def run(self, work: Callable[[Desk], _Result]) -> _Result:
        """What `work` makes of the desk; waits until that is open.

        Where the desk is that of a server which has gone meanwhile, another one is opened once.

        Raises:
            WenceError: The desk can't be opened, or the keeper was closed; or from `work`.
        """
        try:
            return self._lent(work)
        except ServerError as error:
            if not _is_gone(error):
                raise
        return self._lent(work)

    def close(self, *, wait_s: float) -> bool:
        """Close the desk once nobody uses it, at the latest after `wait_s`.

        Returns:
            Whether all work is done and the desk is closed.
        """
        deadline = time.monotonic() + wait_s
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._users == 0, timeout=wait_s)
            finished = self._users == 0
        if finished:
            self._thread.join(timeout=max(1.0, deadline - time.monotonic()))
        return finished and not self._thread.is_alive()

    def _lent(self, work: Callable[[Desk], _Result]) -> _Result:
        desk = self._taken()
        is_stale = False
        try:
            return work(desk)
        except ServerError as error:
            is_stale = _is_gone(error)
            raise
        finally:
            with self._changed:
                self._users -= 1
                self._last_used = time.monotonic()
                self._is_stale |= is_stale and self._desk is desk
                self._changed.notify_all()

    def _taken(self) -> Desk:
        with self._changed:
            failures = self._failures
            self._waiting += 1
            self._changed.notify_all()
            try:
                self._changed.wait_for(lambda: self._settled(failures))
            finally:
                self._waiting -= 1
            if self._is_closed:
                raise WenceError("问策的 MCP 服务正在停止")
            if self._failures != failures:
                self._untold -= 1
                assert self._failure is not None
                raise self._failure
            assert self._desk is not None
            self._users += 1
            return self._desk

    def _settled(self, failures: int) -> bool:
        is_open = self._desk is not None and not self._is_stale
        return is_open or self._is_closed or self._failures != failures

    def _keep(self) -> None:
        """Open, lend and close, again and again; the desk-keeper's thread."""
        while self._is_wanted():
            try:
                with self._open() as desk:
                    self._lend(desk)
            except Exception as error:  # noqa: BLE001 - whoever waits for the desk is told
                with self._changed:
                    self._failures += 1
                    self._failure, self._untold = error, self._waiting
                    self._changed.notify_all()

    def _is_wanted(self) -> bool:
        """Wait until somebody wants a desk; False when nobody ever will."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting > self._untold or self._is_closed)
            return not self._is_closed

    def _lend(self, desk: Desk) -> None:
        """Lend the desk until it is of no more use to anybody."""
        with self._changed:
            self._desk, self._is_stale = desk, False
            self._last_used = time.monotonic()
            self._changed.notify_all()
            while not self._is_over():
                self._changed.wait(timeout=self._left_s())
            self._desk = None

    def _is_over(self) -> bool:
        if self._users:
            return False
        return self._is_closed or self._is_stale or (not self._waiting and self._left_s() == 0)

    def _left_s(self) -> float | None:
        """How long the desk stays open if nobody comes; None while it is in use."""
        if self._users:
            return None
        return max(0.0, self._last_used + self._idle_s - time.monotonic())


def _is_gone(error: ServerError) -> bool:
    """Whether the server can't be reached, rather than slow or unwilling."""
    cause = error.__cause__
    return isinstance(cause, httpx.TransportError) and not isinstance(cause, httpx.TimeoutException)
