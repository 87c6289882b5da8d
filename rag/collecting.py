"""Garbage that is left lying while something short makes much that it keeps."""

import gc
import threading
from collections.abc import Generator
from contextlib import contextmanager

_counting = threading.Lock()
_waiting = 0
_was_enabled = False


@contextmanager
def collection_paused() -> Generator[None]:
    """No search for cycles of garbage during the block, in any thread.

    What a draft is compared with, a hundred thousand objects, is kept until the end: to look
    through it for garbage finds nothing and takes an eighth of the time. Blocks may overlap, in
    several threads too; the last to end lets the collector go on, unless it was off before.
    """
    global _waiting, _was_enabled
    with _counting:
        if not _waiting:
            _was_enabled = gc.isenabled()
            gc.disable()
        _waiting += 1
    try:
        yield
    finally:
        with _counting:
            _waiting -= 1
            if not _waiting and _was_enabled:
                gc.enable()
