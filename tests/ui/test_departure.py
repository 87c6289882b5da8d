"""A client that goes away ends what chat models do for it, whatever they are at."""

import httpx
import pytest

from tests.rag.test_chain import make_assistant
from tests.rag.test_chat_model import (
    FOLLOW_UP,
    GOOD,
    QUESTION,
    ScriptedServer,
    Stall,
    model,
    server,
)
from tests.ui.conftest import serving
from ui.api.app import create_app

__all__ = ["server"]  # the fixture
pytestmark = pytest.mark.slow

DRIPPING = ["青", *([Stall(seconds=0.05), "青"] * 300)]
SCRIPTS = {
    "rewriting": [DRIPPING, [GOOD]],
    "writing": [DRIPPING],
    "second_check": [[GOOD * 6], DRIPPING],
}
HISTORY = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": "30个。[1]"}]


@pytest.fixture
def address(server: ScriptedServer, desk):
    """A server of the API over the real chain with a scripted chat model."""
    desk.assistant = make_assistant(chat_model=model(server), is_checked_again=True, brief_s=60)[0]
    with serving(create_app(desk.backing())) as url:
        yield url


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
@pytest.mark.parametrize("at", SCRIPTS)
def test_a_client_that_leaves_ends_the_reply_that_is_being_made(address, server, at, accept):
    server.scripts = list(SCRIPTS[at])
    is_follow_up = at == "rewriting"
    body = {"question": FOLLOW_UP, "history": HISTORY} if is_follow_up else {"question": QUESTION}
    with pytest.raises(httpx.TimeoutException):
        leave_early(f"{address}/v1/answers", body, accept)
    assert server.gone.wait(3)
    assert len(server.requests) == (2 if at == "second_check" else 1)


@pytest.mark.parametrize("is_streamed", [False, True])
def test_a_client_of_openai_that_leaves_does_so_too(address, server, is_streamed):
    server.scripts = list(SCRIPTS["writing"])
    message = {"role": "user", "content": QUESTION}
    body = {"model": "wence", "messages": [message], "stream": is_streamed}
    with pytest.raises(httpx.TimeoutException):
        leave_early(f"{address}/v1/chat/completions", body, "*/*")
    assert server.gone.wait(3)


def leave_early(url: str, body: dict[str, object], accept: str) -> None:
    """Ask, and go away when nothing came for a second."""
    with (
        httpx.Client(timeout=1, trust_env=False) as client,
        client.stream("POST", url, json=body, headers={"Accept": accept}) as response,
    ):
        response.read()
