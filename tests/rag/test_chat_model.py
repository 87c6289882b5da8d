"""The chain with a real client against a small OpenAI-compatible server on loopback."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rag.chat_model import open_chat_model, stream_reply
from rag.documents import AnswerMode, AnswerStatus
from rag.errors import ChatModelError
from tests.rag.test_chain import assert_verified, make_assistant

pytestmark = pytest.mark.slow
QUESTION = "青石区机构改革后共设置党政机构多少个？"


class ScriptedServer(ThreadingHTTPServer):
    """Answers every chat completion with its script: a status, or pieces of a reply."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script: int | list[str] = []
        self.requests: list[dict[str, object]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: ScriptedServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append(json.loads(body))
        if isinstance(self.server.script, int):
            self.send_error(self.server.script)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for piece in self.server.script:
            chunk = {
                "id": "1",
                "object": "chat.completion.chunk",
                "created": 0,
                "model": "scripted",
                "choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}],
            }
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def server():
    scripted = ScriptedServer()
    thread = threading.Thread(target=scripted.serve_forever)
    thread.start()
    yield scripted
    scripted.shutdown()
    thread.join()
    scripted.server_close()


def model(server: ScriptedServer, timeout_s: float = 10):
    return open_chat_model("scripted", base_url=server.url, api_key="", timeout_s=timeout_s)


def test_a_streamed_reply_becomes_a_verified_answer(server):
    server.script = ["青石区共设置", "党政机构30个", "。[", "1]其中党委机构9个[1]。"]
    answer = make_assistant(chat_model=model(server))[0].answer(QUESTION)
    assert answer.mode is AnswerMode.CHAT_MODEL
    assert answer.status is AnswerStatus.ANSWERED
    assert answer.text.count("[1]") == 2
    assert_verified(answer)


def test_the_model_sees_numbered_evidence_and_no_ids(server):
    server.script = ["青石区共设置党政机构30个[1]。"]
    assistant, retriever = make_assistant(chat_model=model(server))
    assistant.answer(QUESTION)
    sent = json.dumps(server.requests[0], ensure_ascii=False)
    assert "青石区机构改革后共设置党政机构30个" in sent
    for found in retriever.retrieve(QUESTION):
        assert found.passage.passage_id not in sent
        assert found.document.document_id not in sent


@pytest.mark.parametrize("script", [500, 401, [""]], ids=["broken", "refused", "silent"])
def test_a_failing_server_gives_way_to_extraction(server, script):
    server.script = script
    answer = make_assistant(chat_model=model(server))[0].answer(QUESTION)
    assert answer.mode is AnswerMode.EXTRACTIVE
    assert "30个" in answer.text
    assert any("聊天模型" in note for note in answer.notes)


def test_a_server_that_is_not_there_is_a_chat_model_error():
    absent = open_chat_model("x", base_url="http://127.0.0.1:9/v1", api_key="", timeout_s=2)
    with pytest.raises(ChatModelError, match="聊天模型"):
        list(stream_reply(absent, question="问", evidence="据"))
