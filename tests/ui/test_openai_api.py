"""The OpenAI-compatible routes over fakes."""

import json
from collections.abc import Generator
from dataclasses import replace

import anyio
import pytest
from starlette.testclient import TestClient

from rag.answering import AnswerDone, CitationsSettled, EvidenceFound, TextAdded
from rag.documents import Answer, AnswerMode, AnswerStatus, Filters, Kind
from rag.errors import ChatModelError, StorageError
from tests.ui.conftest import HOST
from ui.api.app import create_app
from ui.api.openai_reading import footnotes
from ui.api.schemas import MAX_QUESTION_CHARACTERS, MAX_TURN_CHARACTERS, MAX_TURNS

PATH = "/v1/chat/completions"
QUESTION = "清河区设置多少个党政机构？"


def user(content):
    return {"role": "user", "content": content}


def asking(*messages, **fields):
    """A request; the question is the usual one where no message is given."""
    return {"model": "wence", "messages": list(messages or [user(QUESTION)]), **fields}


def complete(client, *messages, **fields):
    response = client.post(PATH, json=asking(*messages, **fields))
    assert response.status_code == 200, response.text
    return response.json()


def chunks_of(text):
    """The chunks of a stream, and whether it ended as it should."""
    assert text.endswith("\n\n")
    data = [block.removeprefix("data: ") for block in text.removesuffix("\n\n").split("\n\n")]
    assert all("\n" not in one for one in data)
    ended = data[-1] == "[DONE]"
    return [json.loads(one) for one in data[: -1 if ended else None]], ended


def stream(client, *messages, **fields):
    response = client.post(PATH, json=asking(*messages, stream=True, **fields))
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    chunks, ended = chunks_of(response.text)
    assert ended
    return chunks


def text_of(chunks):
    return "".join(
        choice["delta"].get("content", "") for chunk in chunks for choice in chunk["choices"]
    )


def assert_refused(response, status, *, param=None, code=None):
    """The failure is a problem, and OpenAI's error besides."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert body["instance"] == f"urn:uuid:{response.headers['x-request-id']}"
    error = body["error"]
    assert error["message"] == body["detail"]
    assert not error["message"].isascii()
    assert error["type"] == ("server_error" if status >= 500 else "invalid_request_error")
    assert (error["param"], error["code"]) == (param, code)
    assert "secret" not in response.text
    return error["message"]


@pytest.fixture
def scripted(desk):
    """A client whose assistant streams the events it is given."""

    def client_for(events):
        desk.assistant.stream = lambda *_, **__: events
        return TestClient(create_app(desk.backing()), base_url=HOST)

    return client_for


# Models


def test_the_models_are_listed_with_the_default_first(client):
    body = client.get("/v1/models").json()
    assert body["object"] == "list"
    assert [model["id"] for model in body["data"]] == ["wence", "wence-extractive"]
    for model in body["data"]:
        assert (model["object"], model["owned_by"]) == ("model", "wence")
        assert isinstance(model["created"], int)


def test_a_model_can_be_looked_up_by_name(client):
    listed = client.get("/v1/models").json()["data"][1]
    assert client.get("/v1/models/wence-extractive").json() == listed


def test_a_model_that_is_not_served_is_not_found_and_the_others_are_named(client):
    expected = {"param": "model", "code": "model_not_found"}
    message = assert_refused(client.get("/v1/models/gpt-4o"), 404, **expected)
    assert "wence-extractive" in message
    assert_refused(client.post(PATH, json=asking() | {"model": "gpt-4o"}), 404, **expected)


@pytest.mark.parametrize(
    ("model", "mode"),
    [("wence", AnswerMode.AUTO), ("wence-extractive", AnswerMode.EXTRACTIVE)],
)
def test_the_model_says_who_writes_the_answer(client, desk, model, mode):
    for streamed in (False, True):
        request = asking(stream=streamed) | {"model": model}
        assert client.post(PATH, json=request).status_code == 200
        assert desk.assistant.asked[-1][-1] is mode


def test_each_chat_model_is_listed_and_picked_by_its_name(desk):
    desk.assistant.chat_models = ("deepseek-chat", "Qwen/Qwen3-8B")
    client = TestClient(create_app(desk.backing()), base_url=HOST)
    listed = [model["id"] for model in client.get("/v1/models").json()["data"]]
    assert listed == ["wence", "wence-extractive", "deepseek-chat", "Qwen/Qwen3-8B"]
    for name in listed[2:]:
        assert client.get(f"/v1/models/{name}").json()["id"] == name
        for streamed in (False, True):
            request = asking(stream=streamed) | {"model": name}
            response = client.post(PATH, json=request)
            assert response.status_code == 200
            assert name in response.text
            assert desk.assistant.models[-1] == name
            assert desk.assistant.asked[-1][-1] is AnswerMode.AUTO


def test_a_chat_model_that_is_called_as_we_are_is_not_listed_twice(desk):
    desk.assistant.chat_models = ("wence",)
    client = TestClient(create_app(desk.backing()), base_url=HOST)
    listed = [model["id"] for model in client.get("/v1/models").json()["data"]]
    assert listed == ["wence", "wence-extractive"]


# Replies


def test_a_reply_has_the_shape_of_openai_with_the_citations_beside_the_message(client):
    answer = client.post("/v1/answers", json={"question": QUESTION}).json()
    body = complete(client)
    assert body["id"].startswith("chatcmpl-")
    assert (body["object"], body["model"]) == ("chat.completion", "wence")
    assert isinstance(body["created"], int)
    [choice] = body["choices"]
    assert choice["message"] == {"role": "assistant", "content": answer["text"], "refusal": None}
    assert (choice["index"], choice["finish_reason"], choice["logprobs"]) == (0, "stop", None)
    assert choice["citations"] == answer["citations"]
    assert (choice["status"], choice["notes"]) == (answer["status"], answer["notes"])


def test_a_reply_that_was_cut_off_ends_for_its_length(desk, scripted):
    answer = Answer(
        status=AnswerStatus.PARTIAL, text="甲。", is_cut_off=True, notes=("没有写完。",)
    )
    desk.assistant.answer = lambda *_, **__: answer
    with scripted(iter([TextAdded(text="甲。"), AnswerDone(answer=answer)])) as client:
        [choice] = complete(client)["choices"]
        last = stream(client)[-1]["choices"][0]
    for one in (choice, last):
        assert (one["finish_reason"], one["notes"]) == ("length", ["没有写完。"])


def test_two_replies_have_different_ids(client):
    assert complete(client)["id"] != complete(client)["id"]


def test_usage_counts_the_characters_of_all_messages_and_of_the_reply(client):
    system = {"role": "system", "content": "用中文𠮷"}
    body = complete(client, system, user(QUESTION), wence={"footnotes": True})
    content = body["choices"][0]["message"]["content"]
    assert body["usage"] == {
        "prompt_tokens": 4 + len(QUESTION),
        "completion_tokens": len(content),
        "total_tokens": 4 + len(QUESTION) + len(content),
    }


def test_without_evidence_the_reply_says_so_and_has_no_citations(client):
    [choice] = complete(client, user("没有的事"), wence={"footnotes": True})["choices"]
    assert choice["status"] == "no_evidence"
    assert choice["citations"] == []
    assert choice["message"]["content"].startswith("没有找到依据")
    assert "[1]" not in choice["message"]["content"]


def test_footnotes_stand_below_the_text_on_request_only(client):
    plain = complete(client)["choices"][0]
    noted = complete(client, wence={"footnotes": True})["choices"][0]
    first, second = noted["citations"]
    assert noted["citations"] == plain["citations"]
    assert noted["message"]["content"] == (
        plain["message"]["content"]
        + f"\n\n[1] 《{first['title']}》，2019年3月22日：“{first['quote']}”"
        + f"\n[2] 《{second['title']}》，12月28日：“{second['quote']}”"
    )


def test_a_footnote_is_one_line_has_no_date_where_none_is_known_and_stands_once(heading_citation):
    odd = replace(heading_citation, title="甲\n乙", quote="第一行\n第二行", date=None)
    assert footnotes([odd, odd]) == "\n\n[1] 《甲 乙》：“第一行 第二行”"


def test_without_citations_there_are_no_footnotes():
    assert footnotes([]) == ""


def test_filters_reach_the_assistant(client, desk):
    complete(client, wence={"filters": {"kind": "speech", "date_from": "2019"}})
    assert desk.assistant.asked[-1][2] == Filters(kind=Kind.SPEECH, date_from="2019")
    complete(client, wence={"filters": None})
    assert desk.assistant.asked[-1][2] == Filters()


# Messages


def test_the_last_message_is_the_question_and_those_before_are_the_history(client, desk):
    complete(
        client,
        {"role": "system", "content": "你是海盗"},
        user("甲"),
        {"role": "assistant", "content": "乙[1]", "name": "x"},
        {"role": "developer", "content": [{"type": "text", "text": "不要引用"}]},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]},
        {"role": "tool", "tool_call_id": "1", "content": "丙"},
        {"role": "function", "name": "f", "content": "丁"},
        user(" 那𠮷呢？\u200b\n"),
    )
    question, history, *_ = desk.assistant.asked[-1]
    assert question == "那𠮷呢？"
    assert [(turn.role, turn.content) for turn in history] == [
        ("user", "甲"),
        ("assistant", "乙[1]"),
    ]


def test_a_system_message_behind_the_question_does_not_hide_it(client, desk):
    complete(client, user(QUESTION), {"role": "system", "content": "简短"})
    assert desk.assistant.asked[-1][:2] == (QUESTION, ())


def test_content_may_be_a_list_of_text_parts(client, desk):
    parts = [{"type": "text", "text": "设置多少个"}, {"type": "text", "text": "党政机构？"}]
    refusal = {"role": "assistant", "content": [{"type": "refusal", "refusal": "不答"}]}
    complete(client, user([{"type": "text", "text": "甲"}]), refusal, user(parts))
    question, history, *_ = desk.assistant.asked[-1]
    assert question == "设置多少个\n党政机构？"
    assert [turn.content for turn in history] == ["甲", "不答"]


def test_our_footnotes_are_taken_off_what_was_said_before(client, desk):
    noted = complete(client, wence={"footnotes": True})["choices"][0]["message"]["content"]
    plain = complete(client)["choices"][0]["message"]["content"]
    for said in (noted, noted + "\n"):
        complete(client, user("甲"), {"role": "assistant", "content": said}, user("那呢？"))
        assert desk.assistant.asked[-1][1][1].content == plain


def test_a_list_that_is_no_footnote_stays(client, desk):
    said = "有两点。\n\n[1] 第一\n[2] 第二"
    complete(client, user("甲"), {"role": "assistant", "content": said}, user("那呢？"))
    assert desk.assistant.asked[-1][1][1].content == said


def test_of_a_long_conversation_the_end_is_kept(client, desk):
    before = [user(f"{number}") for number in range(MAX_TURNS + 20)]
    long = {"role": "assistant", "content": "长" * (MAX_TURN_CHARACTERS + 5)}
    complete(client, *before, long, user(QUESTION))
    history = desk.assistant.asked[-1][1]
    assert len(history) == MAX_TURNS
    assert history[-1].content == "长" * MAX_TURN_CHARACTERS
    assert history[-2].content == f"{MAX_TURNS + 19}"


def test_what_clients_send_besides_is_ignored(client):
    tool = {"type": "function", "function": {"name": "f", "parameters": {}}}
    complete(
        client,
        temperature=0.2, top_p=1, max_tokens=5, max_completion_tokens=5, seed=1, user="u",
        stop=["。"], presence_penalty=0, logit_bias={}, metadata={"a": "b"}, store=True, n=1,
        tools=[tool], tool_choice="auto", functions=[], function_call="none",
        response_format={"type": "text"}, modalities=["text"], reasoning_effort="high",
        stream=None, stream_options=None, wence=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"n": 2}, "n"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"tool_choice": {"type": "function", "function": {"name": "f"}}}, "tool_choice"),
        ({"function_call": {"name": "f"}}, "function_call"),
        ({"response_format": {"type": "json_object"}}, "response_format.type"),
        ({"response_format": {"type": "json_schema", "json_schema": {}}}, "response_format.type"),
        ({"modalities": ["text", "audio"]}, "modalities"),
    ],
)
@pytest.mark.parametrize("streamed", [False, True])
def test_what_would_change_the_reply_and_cannot_be_done_is_refused(client, fields, param, streamed):
    response = client.post(PATH, json=asking(stream=streamed, **fields))
    assert_refused(response, 400, param=param, code="unsupported_value")


@pytest.mark.parametrize("kind", ["image_url", "input_audio", "file"])
def test_what_is_no_text_is_refused_by_name(client, kind):
    part = {"type": kind, kind: {"url": "data:,"}}
    response = client.post(PATH, json=asking(user([{"type": "text", "text": "看"}, part])))
    message = assert_refused(response, 400, param="messages.0.content", code="unsupported_value")
    assert kind in message
    earlier = client.post(PATH, json=asking(user([part]), user(QUESTION)))
    assert_refused(earlier, 400, param="messages.0.content", code="unsupported_value")


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([{"role": "system", "content": "你好"}], id="system"),
        pytest.param([user("甲"), {"role": "assistant", "content": "乙"}], id="assistant"),
        pytest.param([user("甲"), {"role": "tool", "content": "乙"}], id="tool"),
    ],
)
def test_a_conversation_must_end_with_the_user(client, messages):
    response = client.post(PATH, json=asking(*messages))
    assert_refused(response, 400, param="messages", code="invalid_value")


@pytest.mark.parametrize("content", ["", " \u200b\n", None, [], [{"type": "text"}]])
def test_an_empty_question_is_refused(client, content):
    response = client.post(PATH, json=asking(user(content)))
    assert_refused(response, 400, param="messages.0.content", code="invalid_value")


def test_a_question_that_is_too_long_is_refused_with_its_length(client):
    longest = "长" * MAX_QUESTION_CHARACTERS
    complete(client, user(f" {longest} "))
    response = client.post(PATH, json=asking(user("甲"), user(longest + "长")))
    message = assert_refused(
        response, 400, param="messages.1.content", code="string_above_max_length"
    )
    assert f"{MAX_QUESTION_CHARACTERS + 1} 字" in message


@pytest.mark.parametrize(
    ("body", "param"),
    [
        pytest.param({"messages": [user("甲")]}, "model", id="no model"),
        pytest.param({"model": "wence"}, "messages", id="no messages"),
        pytest.param({"model": "wence", "messages": []}, "messages", id="none"),
        pytest.param(asking({"role": "pirate", "content": "甲"}), "messages.0.role", id="role"),
        pytest.param(asking(user(7)), "messages.0.content.text", id="number"),
        pytest.param(asking(user("\ud800")), "messages.0.content.text", id="surrogate"),
        pytest.param(asking(user([{"text": "甲"}])), "messages.0.content.parts.0.type", id="part"),
        pytest.param(asking(n=0), "n", id="n"),
        pytest.param(asking(stream="maybe"), "stream", id="stream"),
        pytest.param(asking(wence={"filter": {}}), "wence.filter", id="extension"),
        pytest.param(
            asking(wence={"filters": {"date_from": "x"}}), "wence.filters.date_from", id="filter"
        ),
        pytest.param([], "请求正文", id="list"),
    ],
)
def test_a_malformed_request_names_the_field(client, body, param):
    content = json.dumps(body).encode()
    response = client.post(PATH, content=content, headers={"Content-Type": "application/json"})
    assert_refused(response, 400, param=param)
    assert response.json()["errors"][0]["field"] == param


def test_a_body_that_is_no_json_is_refused(client):
    headers = {"Content-Type": "application/json"}
    assert_refused(client.post(PATH, content=b"{", headers=headers), 400, param="第 1 个字符")
    assert_refused(client.post(PATH, content=b"\xff", headers=headers), 400)
    assert_refused(client.post(PATH, content=b"{}"), 415)


def test_the_perimeter_holds_here_too(client):
    other = {"Origin": "http://evil.example"}
    response = client.post(PATH, json=asking(), headers=other)
    assert (response.status_code, response.json()["status"]) == (403, 403)
    large = client.post(PATH, json=asking(user("长" * 500_000)))
    assert large.status_code == 413
    assert client.get(PATH).status_code == 405
    assert client.post("/v1/models").headers["allow"] == "GET"


# Failures


@pytest.mark.parametrize("streamed", [False, True])
def test_a_failure_before_the_first_word_has_its_status(client, streamed):
    request = asking(user("模型"), stream=streamed)
    assert "WENCE_CHAT_BASE_URL" in assert_refused(client.post(PATH, json=request), 502)
    assert_refused(client.post(PATH, json=asking(user("故障"), stream=streamed)), 500)


def test_a_failure_of_the_storage_shows_no_path(desk):
    def answer(*_, **__):
        raise StorageError("/home/someone/secret 读不出来")

    desk.assistant.answer = answer
    with TestClient(create_app(desk.backing()), base_url=HOST) as client:
        assert_refused(client.post(PATH, json=asking()), 503)


def test_an_unexpected_failure_on_the_way_is_a_last_event_without_its_cause(client):
    response = client.post(PATH, json=asking(user("半途"), stream=True))
    chunks, ended = chunks_of(response.text)
    assert not ended
    assert chunks[-1].keys() == {"error"}
    assert chunks[-1]["error"]["type"] == "server_error"
    assert "secret" not in response.text
    assert text_of(chunks[:-1])


def test_our_own_failure_on_the_way_is_told_in_its_words(scripted):
    def events():
        yield TextAdded(text="甲")
        raise ChatModelError("聊天模型断开了")

    with scripted(events()) as client:
        chunks, ended = chunks_of(client.post(PATH, json=asking(stream=True)).text)
    assert not ended
    assert chunks[-1]["error"]["message"] == "聊天模型断开了"


def test_events_that_stop_without_an_answer_are_a_failure(scripted):
    with scripted(iter([TextAdded(text="甲")])) as client:
        chunks, ended = chunks_of(client.post(PATH, json=asking(stream=True)).text)
    assert not ended
    assert chunks[-1]["error"]["type"] == "server_error"


# Streams


def test_a_stream_begins_with_the_role_and_ends_with_the_citations(client):
    whole = complete(client)["choices"][0]
    chunks = stream(client)
    assert len({chunk["id"] for chunk in chunks}) == 1
    for chunk in chunks:
        assert (chunk["object"], chunk["model"]) == ("chat.completion.chunk", "wence")
        assert "usage" not in chunk
        assert chunk["choices"][0]["index"] == 0
    first, *middle, last = (chunk["choices"][0] for chunk in chunks)
    assert first["delta"] == {"role": "assistant", "content": ""}
    for choice in (first, *middle):
        assert choice.keys() == {"index", "delta", "finish_reason"}
        assert choice["finish_reason"] is None
    assert len(middle) == 2
    assert text_of(chunks) == whole["message"]["content"]
    assert last == {
        "index": 0,
        "delta": {},
        "finish_reason": "stop",
        "citations": whole["citations"],
        "status": whole["status"],
        "notes": whole["notes"],
    }


def test_footnotes_are_the_last_delta_of_a_stream(client):
    whole = complete(client, wence={"footnotes": True})["choices"][0]["message"]["content"]
    chunks = stream(client, wence={"footnotes": True})
    assert text_of(chunks) == whole
    assert chunks[-2]["choices"][0]["delta"]["content"].startswith("\n\n[1] 《")


def test_usage_comes_in_a_last_chunk_where_it_is_asked_for(client):
    *chunks, last = stream(client, stream_options={"include_usage": True}, wence=None)
    assert all(chunk["usage"] is None for chunk in chunks)
    assert last["choices"] == []
    assert last["usage"] == complete(client)["usage"]
    without = stream(client, stream_options={"include_usage": False})
    assert all("usage" not in chunk for chunk in without)


ANSWER = Answer(status=AnswerStatus.ANSWERED, text="甲乙丙。")


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        pytest.param([], "甲乙丙。", id="nothing shown yet"),
        pytest.param(["甲", "", "乙"], "甲乙丙。", id="a part shown"),
        pytest.param(["甲乙丙。", "\n"], "甲乙丙。\n", id="more shown"),
        pytest.param(["丁"], "丁", id="something else shown"),
    ],
)
def test_what_was_shown_is_never_changed_and_what_was_not_is_added(scripted, pieces, expected):
    events = [
        EvidenceFound(passages=()),
        *(TextAdded(text=piece) for piece in pieces),
        CitationsSettled(citations=()),
        AnswerDone(answer=ANSWER),
    ]
    with scripted(iter(events)) as client:
        chunks = stream(client, stream_options={"include_usage": True})
    assert text_of(chunks) == expected
    assert chunks[-1]["usage"]["completion_tokens"] == len(expected)


class EndlessEvents:
    """Events without end, that remember that they were closed."""

    def __init__(self):
        self.closed = False

    def events(self) -> Generator[TextAdded]:
        try:
            while True:
                yield TextAdded(text="又")
        finally:
            self.closed = True


async def call(app, body, *, leave_after):
    """Send a request as a server does, and go away after so many messages."""
    sent, gone = [], anyio.Event()
    request = [{"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}]

    async def receive():
        if request:
            return request.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)
        if len(sent) >= leave_after:
            gone.set()

    headers = [(b"host", b"127.0.0.1:8000"), (b"content-type", b"application/json")]
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1",
        "method": "POST", "scheme": "http", "path": PATH, "raw_path": PATH.encode(),
        "root_path": "", "query_string": b"", "headers": headers,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
    }  # fmt: skip
    with anyio.fail_after(20):
        await app(scope, receive, send)
    return sent


@pytest.mark.parametrize("leave_after", [1, 5])
def test_when_the_client_goes_away_the_answer_is_given_up(desk, leave_after):
    endless = EndlessEvents()
    running = endless.events()
    desk.assistant.stream = lambda *_, **__: running
    app = create_app(desk.backing())
    sent = anyio.run(lambda: call(app, asking(stream=True), leave_after=leave_after))
    assert sent[0]["status"] == 200
    assert endless.closed


# The OpenAPI document


def test_the_openapi_document_describes_requests_replies_and_failures(client):
    document = client.get("/openapi.json").json()
    operation = document["paths"][PATH]["post"]
    assert "system" in operation["description"].lower()
    request = operation["requestBody"]["content"]["application/json"]
    for example in request["examples"].values():
        assert client.post(PATH, json=example["value"]).status_code == 200
    reply = operation["responses"]["200"]["content"]
    assert reply["application/json"]["schema"]["$ref"].endswith("/ChatCompletion")
    assert reply["application/json"]["example"].keys() == complete(client).keys()
    assert reply["text/event-stream"]["itemSchema"]
    problem = operation["responses"]["400"]["content"]["application/problem+json"]
    name = problem["schema"]["$ref"].rpartition("/")[2]
    assert "error" in document["components"]["schemas"][name]["required"]
    assert "422" not in operation["responses"]
