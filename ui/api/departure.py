"""A client that goes away ends the work of chat models for it."""

from anyio import from_thread
from fastapi import Request

from rag.giving_up import give_up_when


async def noticing_departure(request: Request) -> None:
    """Have what is done for the request, in threads of its own, ask whether its client is there.

    A dependency of routes: it runs in the request's own task, whose context threads are given.
    """
    give_up_when(lambda: from_thread.run(request.is_disconnected))
