"""The routes under /v1/conversations, and answers that are saved in one."""

import io
import json
import re
import traceback
from dataclasses import replace
from urllib.parse import unquote

import docx
import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from rag.answering import AnswerRequest
from rag.documents import AnswerMode, Filters, Kind, Turn
from tests.ui.conftest import HOST, HOSTILE
from tests.ui.conversation_fakes import make_conversation_desk
from tests.ui.test_api import EVENTS, assert_problem, parsed_events
from ui.api.app import create_app

CONVERSATIONS = "/v1/conversations"
UNKNOWN = "0" * 32
SECRET = "不可告人之事"


def start(client) -> str:
    response = client.post(CONVERSATIONS)
    assert response.status_code == 201, response.text
    body = response.json()
    assert response.headers["location"] == f"{CONVERSATIONS}/{body['conversation_id']}"
    return body["conversation_id"]


def ask(client, question="设置多少个党政机构？", *, conversation_id, **body):
    response = client.post(
        "/v1/answers", json={"question": question, "conversation_id": conversation_id, **body}
    )
    assert response.status_code == 200, response.text
    return response.json()


def show(client, conversation_id, **page):
    return client.get(f"{CONVERSATIONS}/{conversation_id}", params=page).json()


def listed(client, **query):
    return client.get(CONVERSATIONS, params=query).json()


def titles(client, **query):
    return [item["title"] for item in listed(client, **query)["items"]]


def _request(question):
    return AnswerRequest(question=question)


def states(client, conversation_id):
    (turn,) = show(client, conversation_id)["turns"]["items"]
    return [one["state"] for one in turn["citations_now"]]


@pytest.fixture
def not_saving(desk):
    """A client of a server that saves no conversations, and what it saved before."""
    saving = make_conversation_desk(desk.shelf)
    off = make_conversation_desk(desk.shelf, is_saving=False)
    off._records = saving._records
    with TestClient(
        create_app(replace(desk.backing(), conversations=off)), base_url=HOST
    ) as client:
        yield client, saving


def test_an_answer_in_a_conversation_is_saved_as_it_was_given(client):
    conversation_id = start(client)
    answer = ask(
        client,
        conversation_id=conversation_id,
        filters={"kind": "briefing", "date_from": "2019"},
        mode="extractive",
    )
    body = show(client, conversation_id)
    assert set(body) == {
        "conversation_id", "title", "created", "updated", "turn_count", "turns",
    }  # fmt: skip
    assert (body["title"], body["turn_count"]) == ("设置多少个党政机构？", 1)
    assert body["turns"]["next"] is None
    (turn,) = body["turns"]["items"]
    assert set(turn) == {"asked", "question", "filters", "mode", "answer", "citations_now"}
    assert turn["answer"] == answer
    assert (turn["question"], turn["mode"]) == ("设置多少个党政机构？", "extractive")
    assert {name: value for name, value in turn["filters"].items() if value is not None} == {
        "kind": "briefing",
        "date_from": "2019",
    }
    assert re.fullmatch(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", turn["asked"])


def test_saved_citations_open(client):
    conversation_id = start(client)
    ask(client, conversation_id=conversation_id)
    (turn,) = show(client, conversation_id)["turns"]["items"]
    assert len(turn["citations_now"]) == len(turn["answer"]["citations"]) == 2
    for was, now in zip(turn["answer"]["citations"], turn["citations_now"], strict=True):
        assert set(now) == {
            "marker", "document_id", "state", "start", "end", "page", "message", "reference",
        }  # fmt: skip
        assert (now["state"], now["message"]) == ("valid", "")
        assert (now["marker"], now["document_id"]) == (was["marker"], was["document_id"])
        text = client.get(f"/v1/documents/{now['document_id']}").json()["text"]
        assert text[now["start"] : now["end"]] == was["quote"]
        assert now["reference"].endswith(".")


def test_citations_say_what_became_of_their_documents(client, desk):
    conversation_id = start(client)
    ask(client, conversation_id=conversation_id)
    briefing, *_ = desk.shelf.documents.values()
    shelf = desk.shelf.documents
    shelf[briefing.document_id] = replace(briefing, text=f"新的一行\n{briefing.text}")
    (turn,) = show(client, conversation_id)["turns"]["items"]
    moved = turn["citations_now"][0]
    assert (moved["state"], moved["message"]) == ("moved", "文件已更新，原句现在文中另一处")
    quote = turn["answer"]["citations"][0]["quote"]
    assert shelf[briefing.document_id].text[moved["start"] : moved["end"]] == quote
    shelf[briefing.document_id] = replace(briefing, text=briefing.text.replace("三十六", "三十五"))
    (turn,) = show(client, conversation_id)["turns"]["items"]
    changed = turn["citations_now"][0]
    assert (changed["state"], changed["start"], changed["end"]) == ("changed", None, None)
    assert "已更改" in changed["message"]
    assert client.delete(f"/v1/documents/{briefing.document_id}").status_code == 204
    assert states(client, conversation_id) == ["gone", "valid"]


def test_the_saved_turns_are_the_history_of_the_next_question(client, desk):
    conversation_id = start(client)
    first = ask(client, "甲？", conversation_id=conversation_id)
    ask(client, "乙呢？", conversation_id=conversation_id)
    assert desk.assistant.asked == [
        ("甲？", (), Filters(), AnswerMode.AUTO),
        (
            "乙呢？",
            (Turn(role="user", content="甲？"), Turn(role="assistant", content=first["text"])),
            Filters(),
            AnswerMode.AUTO,
        ),
    ]
    given_history = [{"role": "user", "content": "丙？"}]
    ask(client, "丁呢？", conversation_id=conversation_id, history=given_history)
    assert desk.assistant.asked[-1][1] == (Turn(role="user", content="丙？"),)
    assert show(client, conversation_id)["turn_count"] == 3


def test_an_answer_outside_of_a_conversation_is_not_saved(client):
    assert client.post("/v1/answers", json={"question": "设置多少？"}).status_code == 200
    assert listed(client) == {"items": [], "next": None}


def test_a_streamed_answer_is_saved_before_it_is_done(client):
    conversation_id = start(client)
    response = client.post(
        "/v1/answers",
        json={"question": "设置多少？", "conversation_id": conversation_id},
        headers=EVENTS,
    )
    events = parsed_events(response.text)
    assert [name for name, _ in events] == ["evidence", "text", "text", "citations", "done"]
    (turn,) = show(client, conversation_id)["turns"]["items"]
    assert turn["answer"] == events[-1][1]


def test_an_answer_that_fails_halfway_is_not_saved(client):
    conversation_id = start(client)
    response = client.post(
        "/v1/answers",
        json={"question": "半途", "conversation_id": conversation_id},
        headers=EVENTS,
    )
    assert parsed_events(response.text)[-1][0] == "problem"
    assert show(client, conversation_id)["turns"]["items"] == []
    refused = client.post(
        "/v1/answers", json={"question": "模型", "conversation_id": conversation_id}
    )
    assert_problem(refused, 502)
    assert show(client, conversation_id)["turn_count"] == 0


def test_an_answer_that_nobody_waited_for_is_not_saved(desk):
    conversations = make_conversation_desk(desk.shelf)
    conversation_id = conversations.start().conversation_id
    asked = _request("设置多少？")
    events = conversations.saving(
        desk.assistant.stream("设置多少？"), asked, conversation_id=conversation_id
    )
    next(events)
    events.close()
    assert conversations.open(conversation_id).turns == []


@pytest.mark.parametrize("streamed", [False, True])
def test_a_question_in_a_conversation_that_is_not_there_is_not_asked(client, desk, streamed):
    response = client.post(
        "/v1/answers",
        json={"question": "设置多少？", "conversation_id": UNKNOWN},
        headers=EVENTS if streamed else {},
    )
    assert "没有这个对话" in assert_problem(response, 404)["detail"]
    assert desk.assistant.asked == []


def test_an_answer_whose_conversation_was_deleted_meanwhile_is_given_with_a_note(desk):
    conversations = make_conversation_desk(desk.shelf)
    conversation_id = conversations.start().conversation_id
    conversations.delete(conversation_id)
    answer = desk.assistant.answer("设置多少？")
    kept = conversations.saved(answer, _request("设置多少？"), conversation_id=conversation_id)
    assert kept.notes == (
        *answer.notes,
        "这一轮问答没有存入对话：没有这个对话：它可能已被删除。",
    )
    assert replace(kept, notes=answer.notes) == answer


def test_the_last_event_has_the_note_too(desk):
    conversations = make_conversation_desk(desk.shelf)
    *former, done = conversations.saving(
        desk.assistant.stream("设置多少？"), _request("设置多少？"), conversation_id=UNKNOWN
    )
    assert former == [*desk.assistant.stream("设置多少？")][:-1]
    assert done.answer.notes[-1].startswith("这一轮问答没有存入对话")


def test_an_answer_is_given_although_the_catalog_cannot_be_written(desk):
    conversations = make_conversation_desk(desk.shelf)
    conversation_id = conversations.start().conversation_id
    with conversations._records._database.writing() as connection:
        connection.execute("DROP TABLE conversation_turns")
    answer = desk.assistant.answer("设置多少？")
    with structlog.testing.capture_logs() as logs:
        kept = conversations.saved(answer, _request(SECRET), conversation_id=conversation_id)
    assert kept.notes[-1] == "这一轮问答没有存入对话。"
    assert [entry["event"] for entry in logs] == ["conversation_turn_not_saved"]
    assert SECRET not in json.dumps(logs, ensure_ascii=False)


def test_nothing_of_a_conversation_is_logged(client, desk, caplog, capfd):
    caplog.set_level(0)
    with structlog.testing.capture_logs() as logs:
        conversation_id = start(client)
        ask(client, SECRET, conversation_id=conversation_id)
        client.get(CONVERSATIONS, params={"query": SECRET})
        client.patch(f"{CONVERSATIONS}/{conversation_id}", json={"title": SECRET})
        client.get(f"{CONVERSATIONS}/{conversation_id}/export", params={"as": "md"})
        records = desk.conversations._records
        with records._database.writing() as connection:
            connection.execute(
                "UPDATE conversation_turns SET answer = replace(answer, '\"text\"', '\"t\"')"
            )
        assert_problem(client.get(f"{CONVERSATIONS}/{conversation_id}"), 503)
    written = "".join(capfd.readouterr())
    logged = "".join([
        *(json.dumps(entry, default=repr, ensure_ascii=False) for entry in logs),
        *(line for entry in logs for line in traceback.format_exception(entry.get("exc_info"))),
    ])
    assert "request_failed" in logged  # the broken turn is
    # The client of the test logs the addresses that it asks for; the server must not.
    own = [one.getMessage() for one in caplog.records if not one.name.startswith("httpx")]
    assert SECRET not in logged + written + unquote("".join(own))


def test_conversations_are_listed_newest_first_in_pages(client):
    for number in range(5):
        ask(client, f"问题{number}", conversation_id=start(client))
    start(client)
    assert titles(client) == [f"问题{number}" for number in reversed(range(5))]
    page = listed(client, limit=3)
    assert [item["title"] for item in page["items"]] == ["问题4", "问题3", "问题2"]
    assert set(page["items"][0]) == {
        "conversation_id", "title", "created", "updated", "turn_count",
    }  # fmt: skip
    rest = listed(client, limit=3, cursor=page["next"])
    assert ([item["title"] for item in rest["items"]], rest["next"]) == (["问题1", "问题0"], None)


def test_conversations_are_searched_by_words(client):
    ask(client, "忻州呢？", conversation_id=start(client))
    ask(client, "没有的事", conversation_id=start(client))
    assert titles(client, query="忻州") == ["忻州呢？"]
    assert titles(client, query="依据") == ["没有的事"]  # of the answer
    assert titles(client, query="机构 三十六") == ["忻州呢？"]
    assert titles(client, query="%") == titles(client, query="无此二字") == []
    assert len(titles(client, query=" ")) == 2


def test_turns_come_in_pages_oldest_first(client):
    conversation_id = start(client)
    for number in range(3):
        ask(client, f"问题{number}", conversation_id=conversation_id)
    first = show(client, conversation_id, limit=2)["turns"]
    second = show(client, conversation_id, limit=2, cursor=first["next"])["turns"]
    assert [turn["question"] for turn in first["items"] + second["items"]] == [
        "问题0", "问题1", "问题2",
    ]  # fmt: skip
    assert second["next"] is None


def test_a_conversation_is_renamed_and_keeps_its_name(client):
    conversation_id = start(client)
    ask(client, "甲？", conversation_id=conversation_id)
    response = client.patch(f"{CONVERSATIONS}/{conversation_id}", json={"title": " 给张\x00主任 "})
    assert (response.status_code, response.json()["title"]) == (200, "给张 主任")
    ask(client, "乙？", conversation_id=conversation_id)
    assert titles(client) == ["给张 主任"]


def test_a_conversation_is_deleted(client):
    kept, gone = start(client), start(client)
    ask(client, "留下？", conversation_id=kept)
    ask(client, "删掉？", conversation_id=gone)
    response = client.delete(f"{CONVERSATIONS}/{gone}")
    assert (response.status_code, response.content) == (204, b"")
    assert titles(client) == ["留下？"]
    assert_problem(client.get(f"{CONVERSATIONS}/{gone}"), 404)
    assert_problem(client.delete(f"{CONVERSATIONS}/{gone}"), 404)
    assert client.delete(CONVERSATIONS).status_code == 204
    assert titles(client) == []
    assert_problem(client.get(f"{CONVERSATIONS}/{kept}"), 404)


def test_a_conversation_is_exported_under_its_title(client):
    conversation_id = start(client)
    ask(client, "三定/方案？", conversation_id=conversation_id)
    response = client.get(f"{CONVERSATIONS}/{conversation_id}/export", params={"as": "md"})
    assert response.headers["content-type"] == "text/markdown; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert unquote(response.headers["content-disposition"]) == (
        "attachment; filename=\"conversation.md\"; filename*=UTF-8''三定 方案？.md"
    )
    text = response.content.decode()
    assert text.startswith("# 三定/方案？\n")
    assert "[1] 清河区机构改革方案要点\\[N\\]. 清河日报，2019-03-22." in text
    response = client.get(f"{CONVERSATIONS}/{conversation_id}/export", params={"as": "docx"})
    assert response.headers["content-disposition"].endswith(".docx")
    assert response.headers["content-type"].endswith("wordprocessingml.document")
    texts = [one.text for one in docx.Document(io.BytesIO(response.content)).paragraphs]
    assert "[1] 清河区机构改革方案要点[N]. 清河日报，2019-03-22." in texts


def test_a_hostile_conversation_is_exported_as_text(client):
    conversation_id = start(client)
    ask(client, f"恶意\r\n{HOSTILE}", conversation_id=conversation_id)
    path = f"{CONVERSATIONS}/{conversation_id}/export"
    markdown = client.get(path, params={"as": "md"})
    assert "\n" not in markdown.headers["content-disposition"]
    assert "<" not in markdown.text
    assert re.search(r"(?<!\\)\]\(", markdown.text) is None  # a link
    word = docx.Document(io.BytesIO(client.get(path, params={"as": "docx"}).content))
    assert any("<script>" in paragraph.text for paragraph in word.paragraphs)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", UNKNOWN, None),
        ("GET", "not-an-id", None),
        ("GET", "%F0%28", None),
        ("PATCH", UNKNOWN, {"title": "题"}),
        ("DELETE", UNKNOWN, None),
        ("GET", f"{UNKNOWN}/export?as=md", None),
        ("GET", f"{UNKNOWN}/export?as=docx", None),
    ],
)
def test_what_is_not_there_is_a_problem(client, method, path, body):
    assert_problem(client.request(method, f"{CONVERSATIONS}/{path}", json=body), 404)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "?limit=0", None),
        ("GET", "?limit=1001", None),
        ("GET", "?cursor=abc", None),
        ("GET", "?cursor=%E7%94%B2", None),
        ("GET", "?wrong=1", None),
        ("GET", f"?query={'长' * 201}", None),
        ("GET", f"?query={'+'.join(map(str, range(11)))}", None),
        ("GET", f"/{UNKNOWN}?limit=x", None),
        ("GET", "/{id}?cursor=abc", None),
        ("GET", f"/{'x' * 65}", None),
        ("GET", "/{id}/export", None),
        ("GET", "/{id}/export?as=pdf", None),
        ("PATCH", "/{id}", {}),
        ("PATCH", "/{id}", {"title": ""}),
        ("PATCH", "/{id}", {"title": " \u200b"}),
        ("PATCH", "/{id}", {"title": "长" * 201}),
        ("PATCH", "/{id}", {"title": 5}),
        ("PATCH", "/{id}", {"title": "题", "turn_count": 9}),
    ],
)
def test_a_bad_request_is_a_problem_that_says_what_is_wrong(client, method, path, body):
    path = path.replace("{id}", start(client))
    assert_problem(client.request(method, f"{CONVERSATIONS}{path}", json=body), 422)


def test_a_title_that_is_no_json_or_from_another_site_is_refused(client):
    path = f"{CONVERSATIONS}/{start(client)}"
    assert_problem(client.patch(path, content="题"), 415)
    headers = {"Content-Type": "application/json"}
    assert_problem(client.patch(path, content='{"title": "', headers=headers), 422)
    foreign = {"Origin": "http://evil.example"}
    assert_problem(client.patch(path, json={"title": "题"}, headers=foreign), 403)
    assert_problem(client.delete(path, headers=foreign), 403)
    assert_problem(client.delete(CONVERSATIONS, headers=foreign), 403)
    assert_problem(client.post(CONVERSATIONS, headers=foreign), 403)


def test_where_saving_is_off_nothing_new_is_kept_and_the_rest_stays_readable(not_saving, desk):
    client, saving = not_saving
    conversation_id = saving.start().conversation_id
    saving.saved(desk.assistant.answer("甲？"), _request("甲？"), conversation_id=conversation_id)
    problem = assert_problem(client.post(CONVERSATIONS), 409)
    assert "WENCE_SAVE_CONVERSATIONS" in problem["detail"]
    body = {"question": "乙？", "conversation_id": conversation_id}
    assert_problem(client.post("/v1/answers", json=body), 409)
    assert client.post("/v1/answers", json={"question": "乙？"}).status_code == 200
    assert titles(client) == ["甲？"]
    assert show(client, conversation_id)["turn_count"] == 1
    export = client.get(f"{CONVERSATIONS}/{conversation_id}/export", params={"as": "md"})
    assert export.status_code == 200
    assert client.delete(f"{CONVERSATIONS}/{conversation_id}").status_code == 204


def test_a_full_conversation_is_a_problem_before_anything_is_asked(client, desk, monkeypatch):
    conversation_id = start(client)
    ask(client, conversation_id=conversation_id)
    monkeypatch.setattr("ui.conversations.desk.MOST_TURNS", 1)
    body = {"question": "乙？", "conversation_id": conversation_id}
    assert "请开始新的对话" in assert_problem(client.post("/v1/answers", json=body), 409)["detail"]
    assert len(desk.assistant.asked) == 1


def test_only_the_last_turns_are_remembered(desk, monkeypatch):
    conversations = make_conversation_desk(desk.shelf)
    conversation_id = conversations.start().conversation_id
    monkeypatch.setattr("ui.conversations.desk.REMEMBERED_TURNS", 2)
    answer = desk.assistant.answer("没有")
    for question in "甲乙丙":
        conversations.saved(answer, _request(question), conversation_id=conversation_id)
    history = conversations.resume(conversation_id).history
    assert [turn.content for turn in history if turn.role == "user"] == ["乙", "丙"]


def test_a_question_without_filters_keeps_those_of_the_conversation(client, desk):
    conversation_id = start(client)
    ask(client, conversation_id=conversation_id, filters={"place": "清河区", "date_from": "2019"})
    kept = ask(client, conversation_id=conversation_id)
    assert desk.assistant.asked[-1][2].place == "清河区"
    assert kept["notes"][0] == "沿用上一问的筛选范围：地区 清河区，起始日期 2019年。"
    freed = ask(client, conversation_id=conversation_id, filters={})
    assert desk.assistant.asked[-1][2].place is None
    assert not any("沿用" in note for note in freed["notes"])
    turns = show(client, conversation_id)["turns"]["items"]
    assert [turn["filters"]["place"] for turn in turns] == ["清河区", "清河区", None]


def test_a_filter_of_every_kind_is_kept(client):
    conversation_id = start(client)
    filters = {
        "collection": "test", "kind": Kind.SPEECH.value, "issuer": "甲", "place": "乙",
        "speaker": "丙", "date_from": "2018-01", "date_to": "2019", "document_ids": ["a"],
    }  # fmt: skip
    ask(client, conversation_id=conversation_id, filters=filters)
    assert show(client, conversation_id)["turns"]["items"][0]["filters"] == filters


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    path=st.text(max_size=20),
    query=st.dictionaries(st.sampled_from(["query", "limit", "cursor", "as"]), st.text()),
)
def test_no_request_is_a_server_error(client, path, query):
    for url in (CONVERSATIONS, f"{CONVERSATIONS}/x{path.encode('utf-8', 'replace').hex()}"):
        for end in ("", "/export"):
            assert client.get(url + end, params=query).status_code < 500
