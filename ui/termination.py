"""How a server is started, and how SIGTERM ends it for certain."""

import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn


class AnnouncingServer(uvicorn.Server):
    """Says so once it listens, unless it shall stop already."""

    def __init__(self, config: uvicorn.Config, *, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then announce it."""
        await super().startup(sockets)
        if self.started and not self.should_exit:
            self._announce()


class Termination:
    """SIGTERM ends the program as Ctrl+C does, so that the data folder is closed.

    Until there is a server, what is being done is broken off by KeyboardInterrupt. Raised amid
    a destructor or a callback of a library that is lost without a trace: so it is noted, too,
    and heeded when the server takes over.
    """

    def __init__(self) -> None:
        self._is_asked = False
        self._server: uvicorn.Server | None = None

    def watch(self) -> None:
        """Heed SIGTERM from now on; only the main thread may do this."""
        signal.signal(signal.SIGTERM, self.ask)

    def ask(self, number: int = signal.SIGTERM, frame: FrameType | None = None) -> None:
        """What the signal does; once the server has ended, closing is not disturbed.

        Raises:
            KeyboardInterrupt: There is no server yet.
        """
        self._is_asked = True
        if self._server is None:
            raise KeyboardInterrupt
        self._server.should_exit = True

    def run(self, server: uvicorn.Server, bound: socket.socket) -> None:
        """Serve until a signal ends it.

        Raises:
            KeyboardInterrupt: The program was asked to end before, or by Ctrl+C.
        """
        self._server = server
        if self._is_asked:
            raise KeyboardInterrupt
        server.run(sockets=[bound])
