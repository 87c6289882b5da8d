"""Log lines: one for each request and answer, with its id, and without a word of what was asked."""

import json
import logging
import re
import sqlite3
import sys
import warnings

import pytest
import structlog
from starlette.testclient import TestClient

from rag.errors import StorageError
from tests.ui.conftest import HOST
from tests.ui.telemetry_fakes import observed_backing
from ui.api.app import create_app
from ui.telemetry.logs import written_logs
from ui.telemetry.requests import logged_as
from ui.telemetry.watch import Watch

SECRET = "泄露独角兽"
"""Makes the scripted assistant fail with an error that repeats it."""
BODY = {
    "question": SECRET,
    "query": SECRET,
    "text": SECRET,
    "title": SECRET,
    "model": "wence",
    "messages": [{"role": "user", "content": SECRET}],
}

CHAT = {"model": "wence", "messages": BODY["messages"]}


@pytest.fixture
def written(capfd):
    """Everything that was written so far, as lines."""
    said = list[str]()

    def lines():
        out, err = capfd.readouterr()
        said.extend((out + err).splitlines())
        return said

    return lines


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def client(desk, watch):
    app = create_app(observed_backing(desk, watch), watch=watch)
    with TestClient(app, base_url=HOST, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def logs():
    with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as entries:
        yield entries


def lines_of(logs, event):
    return [entry for entry in logs if entry["event"] == event]


@pytest.mark.parametrize("given", ["a", "req-42.B_c", "0d6f37e2-a8c9-4b51-b0f6-f6c2a1e7d384"])
def test_a_sane_id_is_taken_over_everywhere(logs, client, given):
    response = client.get("/v1/documents/none", headers={"X-Request-ID": given})
    assert response.headers["x-request-id"] == given
    assert response.json()["instance"].endswith(f":{given}")
    (line,) = lines_of(logs, "request_served")
    assert line["request_id"] == given


@pytest.mark.parametrize("given", ["", "-a", "a b", "a" * 65, "a\tb", 'a"b', "../a", "é"])
def test_any_other_id_is_replaced(client, given):
    response = client.get("/healthz", headers={"X-Request-ID": given.encode()})
    assert re.fullmatch("[0-9a-f]{32}", response.headers["x-request-id"])


def test_each_request_has_one_line(logs, client):
    client.get("/v1/documents/none?secret=1")
    client.get("/healthz", headers={"Host": "evil.example"})
    first, second = lines_of(logs, "request_served")
    assert (first["method"], first["route"], first["status"]) == (
        "GET", "/v1/documents/{document_id}", 404,
    )  # fmt: skip
    assert first["duration_ms"] >= 0
    assert (second["route"], second["status"]) == ("unmatched", 421)
    assert first["request_id"] != second["request_id"]


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_an_answer_is_logged_under_the_id_of_its_request(logs, client, accept):
    headers = {"Accept": accept, "X-Request-Id": "mine"}
    client.post("/v1/answers", json={"question": "设置多少？"}, headers=headers)
    (answered,) = lines_of(logs, "question_answered")
    assert (answered["status"], answered["citations"]) == ("answered", 2)
    assert {entry["request_id"] for entry in logs} == {"mine"}


def test_an_answer_of_a_queue_is_logged_under_the_id_that_it_is_given(logs, desk, watch):
    backing = observed_backing(desk, watch)
    events = logged_as("from the page", backing.assistant.stream("设置多少？"))
    assert len([*events]) == 5
    (answered,) = lines_of(logs, "question_answered")
    assert answered["request_id"] == "from the page"
    assert structlog.contextvars.get_contextvars() == {}


def requests_with(document, secret):
    """Every route of the API with `secret` wherever something can be said."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            parameters = operation.get("parameters", [])
            query = {one["name"]: secret for one in parameters if one["in"] == "query"}
            yield method.upper(), re.sub(r"\{\w+\}", secret, path), query | {"x": secret}


@pytest.mark.parametrize("level", ["info", "warning"])
def test_no_word_of_a_request_is_in_logs_or_metrics(desk, written, level):
    with written_logs("json", level):
        watch = Watch()
        app = create_app(observed_backing(desk, watch), watch=watch)
        with TestClient(app, base_url=HOST, raise_server_exceptions=False) as client:
            for method, path, query in requests_with(app.openapi(), SECRET):
                client.request(method, path, params=query, json=BODY)
                client.request(method, path, params=query, content=SECRET.encode())
                files = {"file": (f"{SECRET}.txt", SECRET), "files": (f"{SECRET}.txt", SECRET)}
                client.request(method, path, files=files, data={"collection": SECRET})
            for path, body in (
                ("/v1/answers", {"question": SECRET}),
                ("/v1/answers", {"question": f"半途{SECRET[2:]}"}),
                ("/v1/search", {"query": SECRET}),
                ("/v1/quotations/search", {"text": SECRET}),
                ("/v1/quotations/verify", {"text": SECRET, "speaker": SECRET}),
                ("/v1/drafts/check", {"text": SECRET}),
                ("/v1/chat/completions", CHAT),
                ("/v1/chat/completions", {**CHAT, "stream": True}),
            ):
                for accept in ("application/json", "text/event-stream"):
                    headers = {"Accept": accept, "Referer": "/?q=dujiaoshou"}
                    client.post(path, json=body, headers=headers)
    lines = written()
    assert any('"request_failed"' in line for line in lines)  # failures are logged, too
    assert any('"request_served"' in line for line in lines) is (level == "info")
    metrics = watch.metrics.exposed("")[0].decode()
    assert 'wence_answers_total{mode="none",status="failed"} 0.0' not in metrics
    everything = "\n".join([*lines, metrics])
    for word in ("独角兽", "泄露", json.dumps("独角兽")[1:-1], "%E7%8B%AC", "dujiaoshou"):
        assert word not in everything


def test_an_unexpected_failure_is_logged_with_its_place_and_without_its_message(written):
    with written_logs("json", "info"):
        log = structlog.get_logger()
        try:
            try:
                int(SECRET)
            except ValueError as error:
                raise RuntimeError(f"bad {SECRET}") from error
        except RuntimeError as error:
            log.error("request_failed", exc_info=error)
            log.exception("again")
    first, second = map(json.loads, written())
    for entry in (first, second):
        assert SECRET not in entry["exception"]
        assert entry["exception"].index("builtins.ValueError") < entry["exception"].index(
            "builtins.RuntimeError"
        )
        assert "test_request_logs.py" in entry["exception"]


@pytest.mark.parametrize(
    "error",
    [OSError(28, "No space left"), sqlite3.Error("no such table"), StorageError("读不出来")],
)
def test_what_an_operator_must_know_is_said(written, error):
    with written_logs("json", "info"):
        structlog.get_logger().error("request_failed", exc_info=error)
    assert str(error) in json.loads(written()[0])["exception"]


def test_what_a_group_of_failures_holds_is_said(written):
    group = ExceptionGroup(SECRET, [OSError(28, "No space left"), ValueError(SECRET)])
    with written_logs("json", "info"):
        structlog.get_logger().error("request_failed", exc_info=group)
    said = json.loads(written()[0])["exception"]
    assert SECRET not in said
    assert "No space left" in said
    assert "builtins.ValueError" in said


def test_at_level_debug_everything_is_said(written):
    with written_logs("json", "debug"):
        structlog.get_logger().error("request_failed", exc_info=ValueError("whole message"))
    assert "whole message" in written()[0]


def test_lines_of_libraries_and_warnings_have_the_same_form(written):
    with written_logs("json", "info"), warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.getLogger("library").warning("look at %s", "this")
        logging.getLogger("httpx").info("GET /?q=secret")
        warnings.warn("old", stacklevel=1)
    first, second = map(json.loads, written())
    assert (first["event"], first["level"]) == ("look at this", "warning")
    assert "old" in second["event"]


def test_text_is_for_people(written):
    with written_logs("text", "info"):
        structlog.get_logger().info("request_served", route="/v1/answers", status=200)
    (line,) = written()
    assert "request_served" in line
    assert "route=/v1/answers" in line


def test_everything_is_as_before_afterwards():
    before = structlog.get_config(), [*logging.getLogger().handlers], warnings.showwarning
    with written_logs("json", "info"):
        assert structlog.get_config()["processors"] is not before[0]["processors"]
    after = structlog.get_config(), [*logging.getLogger().handlers], warnings.showwarning
    assert after == before
    assert sys.stderr is not None
