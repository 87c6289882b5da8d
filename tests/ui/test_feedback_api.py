"""Feedback on answers through the API."""

import pytest
from starlette.testclient import TestClient

from rag.documents import Answer, AnswerStatus
from rag.feedback import RecentAnswers
from tests.ui.conftest import HOST
from tests.ui.conversation_fakes import make_database, make_feedback_desk
from ui.api.app import create_app
from ui.page.rating import REASON_NAMES, rating_html

SAID = {
    "rating": "unhelpful",
    "reason": "incomplete",
    "comment": " 还差一句 ",
    "markers": [2, 1, 2],
}


def ask(client, **body) -> str:
    answered = client.post("/v1/answers", json={"question": "设置多少个党政机构？", **body})
    return answered.json()["answer_id"]


def give(client, answer_id, body=SAID):
    return client.post(f"/v1/answers/{answer_id}/feedback", json=body)


def test_feedback_is_kept_with_question_and_answer(client):
    answer_id = ask(client, filters={"collection": "test"})
    given = give(client, answer_id)
    assert given.status_code == 200
    (item,) = client.get("/v1/feedback").json()["items"]
    assert item == given.json()
    assert item["answer_id"] == answer_id
    assert (item["rating"], item["reason"]) == ("unhelpful", "incomplete")
    assert (item["comment"], item["markers"]) == ("还差一句", [1, 2])
    assert item["question"] == "设置多少个党政机构？"
    assert item["filters"]["collection"] == "test"
    assert item["answer"]["answer_id"] == answer_id
    assert (item["status"], item["mode"], item["model"]) == ("answered", "extractive", None)


def test_a_streamed_answer_can_be_rated_too(client):
    streamed = client.post(
        "/v1/answers", json={"question": "多少个？"}, headers={"Accept": "text/event-stream"}
    )
    answer_id = streamed.text.split('"answer_id":"')[1][:32]
    assert give(client, answer_id).status_code == 200


def test_feedback_is_changed_listed_by_rating_and_withdrawn(client):
    first, second = ask(client), ask(client)
    give(client, first)
    give(client, second, {"rating": "helpful"})
    give(client, first, {"rating": "helpful"})
    listed = client.get("/v1/feedback?rating=helpful&limit=1").json()
    assert [one["answer_id"] for one in listed["items"]] == [first]
    following = client.get(f"/v1/feedback?rating=helpful&cursor={listed['next']}").json()
    assert [one["answer_id"] for one in following["items"]] == [second]
    assert client.delete(f"/v1/answers/{first}/feedback").status_code == 204
    assert client.delete(f"/v1/answers/{first}/feedback").status_code == 404
    assert len(client.get("/v1/feedback").json()["items"]) == 1


def test_an_unknown_answer_is_a_problem(client):
    response = give(client, "f" * 32)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert "没有这个回答" in response.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"rating": "good"},
        {"rating": "helpful", "reason": "bad"},
        {"rating": "helpful", "markers": [0]},
        {"rating": "helpful", "markers": [3]},
        {"rating": "helpful", "comment": "长" * 2001},
        {"rating": "helpful", "stars": 5},
    ],
)
def test_what_is_no_feedback_is_a_problem(client, body):
    response = give(client, ask(client), body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert client.get("/v1/feedback").json()["items"] == []


@pytest.mark.parametrize("query", ["cursor=x", "limit=0", "rating=good"])
def test_what_is_no_page_of_feedback_is_a_problem(client, query):
    assert client.get(f"/v1/feedback?{query}").status_code == 422


def test_an_answer_of_a_conversation_can_be_rated_after_a_restart_and_goes_with_it(client, desk):
    conversation = client.post("/v1/conversations").json()["conversation_id"]
    answer_id = ask(client, conversation_id=conversation)
    desk.assistant.recent._answers.clear()
    assert give(client, answer_id).json()["conversation_id"] == conversation
    client.delete(f"/v1/conversations/{conversation}")
    assert client.get("/v1/feedback").json()["items"] == []


def test_where_conversations_are_not_saved_a_rating_is_kept_without_any_words(desk):
    database, recent = make_database(), RecentAnswers(with_text=False)
    desk.assistant.recent = recent
    desk.feedback = make_feedback_desk(database, recent, keeps_text=False)
    with TestClient(create_app(desk.backing()), base_url=HOST) as client:
        give(client, ask(client))
        (item,) = client.get("/v1/feedback").json()["items"]
    assert (item["question"], item["answer"], item["filters"]) == (None, None, None)
    assert (item["comment"], item["conversation_id"]) == ("", None)
    assert (item["rating"], item["reason"], item["markers"]) == ("unhelpful", "incomplete", [1, 2])
    assert "党政机构".encode() not in database.path.read_bytes()
    assert "还差一句".encode() not in database.path.with_name("catalog.sqlite3-wal").read_bytes()


def test_the_page_offers_a_rating_only_for_an_answer_with_an_id():
    answer = Answer(status=AnswerStatus.ANSWERED, text="答")
    assert rating_html(answer) == ""
    named = Answer(status=AnswerStatus.ANSWERED, text="答", answer_id='"><b>')
    html = rating_html(named)
    assert "<b>" not in html
    assert all(name in html for name in REASON_NAMES.values())
