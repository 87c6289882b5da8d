"""OpenAI's own client and LangChain's against a running server with the built-in library."""

import os
from collections.abc import Iterator
from typing import Any

import anyio
import httpx
import openai
import pytest
from langchain_openai import ChatOpenAI

from tests.ui.test_serving import started

pytestmark = pytest.mark.slow

QUESTION = {"role": "user", "content": "市中区机构改革后共设置多少个党政机构？"}
FOLLOW_UP = {"role": "user", "content": "那政府工作部门呢？"}
UNANSWERABLE = {"role": "user", "content": "火星殖民地的供氧系统由谁维护？"}
FOOTNOTES = {"wence": {"footnotes": True}}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server of this machine, in a process of its own."""
    process, url = started(tmp_path_factory.mktemp("served"))
    yield url
    process.terminate()
    process.wait(timeout=20)
    process.stdout.close()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    """Neither client shall look for a proxy or for settings of another API."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.startswith("OPENAI_"):
            monkeypatch.delenv(name)


@pytest.fixture
def client(served):
    with openai.OpenAI(base_url=f"{served}/v1", api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture
def chat(served):
    return ChatOpenAI(
        model="wence", base_url=f"{served}/v1", api_key="none", max_retries=0, extra_body=FOOTNOTES
    )


def completion(client: openai.OpenAI, *messages, model="wence", **fields) -> Any:
    return client.chat.completions.create(model=model, messages=list(messages), **fields)


def assert_verified(served, citations):
    """Each quote stands where its citation says."""
    assert citations
    for citation in citations:
        document = httpx.get(f"{served}/v1/documents/{citation['document_id']}").json()
        assert document["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_the_client_lists_the_models_and_looks_one_up(client):
    listed = [model.id for model in client.models.list()]
    assert listed == ["wence", "wence-extractive"]
    assert client.models.retrieve("wence-extractive").owned_by == "wence"
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("gpt-4o")
    assert caught.value.code == "model_not_found"


@pytest.mark.parametrize("model", ["wence", "wence-extractive"])
def test_the_client_gets_an_answer_with_verified_citations(client, served, model):
    reply = completion(client, QUESTION, model=model, temperature=0.3, max_tokens=50)
    [choice] = reply.choices
    assert "37" in choice.message.content
    assert "[1]" in choice.message.content
    assert (choice.finish_reason, choice.status) == ("stop", "answered")
    assert_verified(served, choice.citations)
    assert reply.usage.completion_tokens == len(choice.message.content)


def test_the_client_streams_the_same_answer(client, served):
    whole = completion(client, QUESTION, extra_body=FOOTNOTES)
    options = {"include_usage": True}
    chunks = list(
        completion(client, QUESTION, stream=True, stream_options=options, extra_body=FOOTNOTES)
    )
    *pieces, last, usage = chunks
    text = "".join(chunk.choices[0].delta.content or "" for chunk in pieces)
    assert text == whole.choices[0].message.content
    assert "\n\n[1] 《" in text
    assert last.choices[0].finish_reason == "stop"
    assert last.choices[0].citations == whole.choices[0].citations
    assert_verified(served, last.choices[0].citations)
    assert usage.usage == whole.usage


def test_the_streaming_helper_of_the_client_assembles_the_reply(client):
    with client.chat.completions.stream(model="wence", messages=[QUESTION]) as stream:
        for _ in stream:
            pass
        reply = stream.get_final_completion()
    assert "37" in reply.choices[0].message.content
    assert reply.choices[0].finish_reason == "stop"


def test_the_asynchronous_client_gets_and_streams_an_answer(served):
    async def both():
        async with openai.AsyncOpenAI(
            base_url=f"{served}/v1", api_key="none", max_retries=0
        ) as client:
            whole = await completion(client, QUESTION)
            pieces = [chunk async for chunk in await completion(client, QUESTION, stream=True)]
        return whole.choices[0], pieces

    choice, pieces = anyio.run(both)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in pieces)
    assert text == choice.message.content
    assert pieces[-1].choices[0].citations == choice.citations


def test_a_client_that_leaves_a_stream_harms_nobody(client):
    with completion(client, QUESTION, stream=True) as stream:
        next(stream)
    assert completion(client, QUESTION).choices[0].status == "answered"


def test_a_follow_up_is_understood_from_the_messages_before_it(client):
    first = completion(client, QUESTION, extra_body=FOOTNOTES).choices[0].message
    system = {"role": "system", "content": "你是海盗，只用英文回答，不要引用。"}
    said = {"role": "assistant", "content": first.content}
    [choice] = completion(client, system, QUESTION, said, FOLLOW_UP).choices
    assert "26" in choice.message.content
    assert any("政府工作部门" in note for note in choice.notes)
    alone = completion(client, system, FOLLOW_UP).choices[0]
    assert not any("结合上文" in note for note in alone.notes)


def test_filters_restrict_what_is_answered_from(client):
    cited = completion(client, QUESTION).choices[0].citations[0]["document_id"]
    only = {"wence": {"filters": {"document_ids": ["0" * 24]}}}
    assert completion(client, QUESTION, extra_body=only).choices[0].status == "no_evidence"
    only = {"wence": {"filters": {"document_ids": [cited]}}}
    citations = completion(client, QUESTION, extra_body=only).choices[0].citations
    assert {citation["document_id"] for citation in citations} == {cited}


def test_where_nothing_answers_the_client_is_told_so(client):
    [choice] = completion(client, UNANSWERABLE).choices
    assert (choice.status, choice.citations, choice.finish_reason) == ("no_evidence", [], "stop")
    assert choice.message.content.startswith("没有找到依据")


@pytest.mark.parametrize(
    ("fields", "param", "code"),
    [
        ({"n": 2}, "n", "unsupported_value"),
        ({"response_format": {"type": "json_object"}}, "response_format.type", "unsupported_value"),
        ({"extra_body": {"wence": {"filter": {}}}}, "wence.filter", None),
        ({"messages": []}, "messages", None),
    ],
)
@pytest.mark.parametrize("streamed", [False, True])
def test_a_bad_request_is_the_error_that_the_client_has_for_it(
    client, fields, param, code, streamed
):
    request = {"model": "wence", "messages": [QUESTION], "stream": streamed} | fields
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(**request)
    error = caught.value
    assert (error.status_code, error.type) == (400, "invalid_request_error")
    assert (error.param, error.code) == (param, code)
    assert not error.body["message"].isascii()


def test_an_unknown_model_is_not_found(client):
    with pytest.raises(openai.NotFoundError, match="wence-extractive"):
        completion(client, QUESTION, model="gpt-4o")


def test_a_refusal_of_the_perimeter_is_an_error_too(client):
    with pytest.raises(openai.PermissionDeniedError) as caught:
        completion(client, QUESTION, extra_headers={"Origin": "http://evil.example"})
    assert "别的网站" in str(caught.value.body)
    with pytest.raises(openai.APIStatusError) as caught:
        completion(client, {"role": "user", "content": "长" * 500_000})
    assert caught.value.status_code == 413


def test_langchain_gets_an_answer_with_footnotes(chat):
    message = chat.invoke([("system", "简短"), ("user", QUESTION["content"])])
    assert "37" in message.content
    assert "\n\n[1] 《" in message.content
    assert message.response_metadata["model_name"] == "wence"
    assert message.usage_metadata["output_tokens"] == len(message.content)


def test_langchain_streams_the_same_answer(chat):
    chunks = list(chat.stream(QUESTION["content"]))
    assert "".join(chunk.content for chunk in chunks) == chat.invoke(QUESTION["content"]).content


def test_langchain_streams_asynchronously(chat):
    async def streamed():
        return "".join([chunk.content async for chunk in chat.astream(QUESTION["content"])])

    assert "37" in anyio.run(streamed)


def test_langchain_continues_a_conversation(chat):
    first = chat.invoke(QUESTION["content"])
    messages = [("user", QUESTION["content"]), first, ("user", FOLLOW_UP["content"])]
    assert "26" in chat.invoke(messages).content


def test_langchain_reports_a_bad_request(chat):
    with pytest.raises(openai.BadRequestError, match="工具"):
        chat.bind(tool_choice="required").invoke(QUESTION["content"])
