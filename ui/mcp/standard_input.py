"""Messages from standard input, in a way that never keeps the program from ending."""

import os
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import anyio
from anyio import from_thread
from anyio.lowlevel import current_token
from anyio.streams.memory import MemoryObjectReceiveStream

_CHUNK_BYTES = 65536


@asynccontextmanager
async def lines_of(descriptor: int) -> AsyncGenerator[MemoryObjectReceiveStream[str]]:
    """The lines that arrive at a file descriptor, decoded; they end when its other side closes.

    A thread that waits in `read` can't be woken. Python's own file objects hold a lock then,
    for which the interpreter waits at its end, and so does anyio for its worker threads: after
    SIGTERM the program would live on until its client says something. Hence a thread of our own,
    which reads the descriptor itself and is left behind.
    """
    sender, receiver = anyio.create_memory_object_stream[str](0)
    token = current_token()

    def read() -> None:
        held = b""
        # Nobody listens any more; RuntimeError: the event loop has ended.
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError, RuntimeError):
            while chunk := _read(descriptor):
                *lines, held = (held + chunk).split(b"\n")
                for line in lines:
                    from_thread.run(sender.send, line.decode("utf-8", "replace"), token=token)
            from_thread.run_sync(sender.close, token=token)

    threading.Thread(target=read, name="standard-input", daemon=True).start()
    async with sender, receiver:
        yield receiver


def _read(descriptor: int) -> bytes:
    """What has arrived; empty at the end, and where the descriptor is closed or of no use."""
    try:
        return os.read(descriptor, _CHUNK_BYTES)
    except OSError:
        return b""
