"""`GET /metrics`: what is counted, once, and without a word of what was asked."""

from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from rag.answering import AnswerDone
from rag.catalog_entries import Counts
from rag.documents import Answer, AnswerMode, AnswerStatus
from rag.errors import StorageError
from rag.jobs import IntakeOutcome
from rag.telemetry import AnswerRecord, FallBack
from tests.ui.conftest import HOST
from tests.ui.telemetry_fakes import observed_backing
from ui.api.app import create_app
from ui.api.schemas import QuestionBody
from ui.page.asking import Conversation, asked
from ui.telemetry.metrics import Metrics
from ui.telemetry.watch import Watch

QUESTION = "清河区设置多少个党政机构？"
CHAT = {"model": "wence", "messages": [{"role": "user", "content": QUESTION}]}
EVENTS = {"Accept": "text/event-stream"}


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def backing(desk, watch):
    return observed_backing(desk, watch)


@pytest.fixture
def client(backing, watch):
    app = create_app(backing, watch=watch)
    with TestClient(app, base_url=HOST, raise_server_exceptions=False) as client:
        yield client


def samples(metrics):
    """Value by name and labels, those that are 0 left out."""
    text = metrics if isinstance(metrics, str) else metrics.exposed("")[0].decode()
    return {
        (sample.name, *(f"{name}={value}" for name, value in sorted(sample.labels.items()))): value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if (value := sample.value) and not sample.name.endswith(("_created", "_bucket"))
    }


def answers(metrics):
    return {
        key[1:]: value for key, value in samples(metrics).items() if key[0] == "wence_answers_total"
    }


def ask_the_page(backing):
    return [*asked(backing, QuestionBody(question=QUESTION), Conversation())]


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(
            lambda client, _: client.post("/v1/answers", json={"question": QUESTION}), id="API"
        ),
        pytest.param(
            lambda client, _: client.post(
                "/v1/answers", json={"question": QUESTION}, headers=EVENTS
            ),
            id="events",
        ),
        pytest.param(lambda client, _: client.post("/v1/chat/completions", json=CHAT), id="OpenAI"),
        pytest.param(
            lambda client, _: client.post("/v1/chat/completions", json={**CHAT, "stream": True}),
            id="OpenAI, streamed",
        ),
        pytest.param(lambda _, backing: ask_the_page(backing), id="page"),
    ],
)
def test_an_answer_counts_once_whichever_way_it_was_asked_for(client, backing, watch, ask):
    ask(client, backing)
    assert answers(watch.metrics) == {("mode=extractive", "status=answered"): 1}
    found = samples(watch.metrics)
    assert found["wence_answer_stage_duration_seconds_count", "stage=retrieve"] == 1
    assert found["wence_answer_duration_seconds_count", "mode=extractive"] == 1


def test_answers_count_by_what_became_of_them(client, watch):
    for question in ("没有", "没有", "恶意", "泄露", QUESTION):
        client.post("/v1/answers", json={"question": question})
    assert answers(watch.metrics) == {
        ("mode=extractive", "status=no_evidence"): 2,
        ("mode=extractive", "status=partial"): 1,
        ("mode=extractive", "status=answered"): 1,
        ("mode=none", "status=failed"): 1,
    }
    assert samples(watch.metrics)["wence_refusals_total", "status=no_evidence"] == 2


def test_a_question_that_is_refused_counts_as_a_request_alone(client, watch):
    assert client.post("/v1/answers", json={"question": " "}).status_code == 422
    assert answers(watch.metrics) == {}
    key = ("wence_http_requests_total", "method=POST", "route=/v1/answers", "status=422")
    assert samples(watch.metrics)[key] == 1


def test_an_answer_that_nobody_waits_for_counts_as_abandoned(backing, watch):
    events = backing.assistant.stream(QUESTION)
    next(events)
    events.close()
    assert answers(watch.metrics) == {("mode=none", "status=abandoned"): 1}


def test_an_answer_counts_although_its_reader_stops_at_the_end(backing, watch):
    for event in backing.assistant.stream(QUESTION):
        if isinstance(event, AnswerDone):
            break
    assert answers(watch.metrics) == {("mode=extractive", "status=answered"): 1}


def test_what_a_chat_model_did_counts():
    metrics = Metrics()
    written = Answer(status=AnswerStatus.PARTIAL, text="句。", mode=AnswerMode.CHAT_MODEL)
    metrics.answered(AnswerRecord(answer=written, unsupported=3, retries=2))
    spans = Answer(status=AnswerStatus.DECLINED, text="句。")
    metrics.answered(AnswerRecord(answer=spans, fall_back=FallBack.TOO_SLOW, retries=1))
    found = samples(metrics)
    assert found["wence_unsupported_sentences_total",] == 3
    assert found["wence_chat_model_retries_total",] == 3
    assert found["wence_fall_backs_total", "reason=too_slow"] == 1
    assert found["wence_refusals_total", "status=declined"] == 1
    assert answers(metrics) == {
        ("mode=chat_model", "status=partial"): 1,
        ("mode=extractive", "status=declined"): 1,
    }


def test_uploads_count_by_document_and_failures_by_file():
    metrics = Metrics()
    archive = IntakeOutcome(file_name="一.zip", status="added", document_ids=("a", "b"))
    metrics.taken_in([archive, IntakeOutcome(file_name="坏", status="failed", reason="空")])
    found = samples(metrics)
    assert found["wence_ingested_documents_total", "status=added"] == 2
    assert found["wence_ingested_documents_total", "status=failed"] == 1


def test_the_library_is_counted_when_somebody_looks():
    counts = [Counts(documents=1, passages=5, pending=0, tombstones=9)]
    metrics = Metrics()
    metrics.count_library(lambda: counts[0])
    counts[0] = replace(counts[0], documents=2, pending=3)
    assert samples(metrics) == {
        ("wence_documents",): 2, ("wence_passages",): 5, ("wence_pending_passages",): 3,
    }  # fmt: skip


def test_a_catalog_that_cannot_be_read_leaves_the_other_numbers():
    def unreadable():
        raise StorageError("目录数据库读不出来")

    metrics = Metrics()
    metrics.count_library(unreadable)
    metrics.request(method="GET", route="/healthz", status=200, seconds=0.1)
    names = {key[0] for key in samples(metrics)}
    assert "wence_http_requests_total" in names
    assert "wence_documents" not in names


def test_requests_count_by_template_and_never_by_path(client, watch):
    for path in (
        "/v1/documents/abc-秘密",
        "/v1/没有这个",
        "/没有路由",
        "/v1/documents?speaker=秘密",
    ):
        client.get(path)
    client.request("BREW", "/v1/documents")
    client.get("/healthz", headers={"Host": "evil.example"})
    requests = {
        key[1:]: value
        for key, value in samples(watch.metrics).items()
        if key[0] == "wence_http_requests_total"
    }
    assert requests == {
        ("method=GET", "route=/v1/documents/{document_id}", "status=404"): 1,
        ("method=GET", "route=/v1/{rest}", "status=404"): 1,
        ("method=GET", "route=unmatched", "status=404"): 1,
        ("method=GET", "route=/v1/documents", "status=200"): 1,
        ("method=OTHER", "route=/v1/documents", "status=405"): 1,
        ("method=GET", "route=unmatched", "status=421"): 1,
    }


def test_every_name_of_a_counter_is_there_before_anything_happened():
    text = Metrics().exposed("")[0].decode()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert all(family.documentation.isascii() for family in families.values())
    reasons = {sample.labels.get("reason") for sample in families["wence_fall_backs"].samples}
    assert reasons == {reason.value for reason in FallBack}


def test_the_route_gives_the_form_that_is_asked_for(client):
    plain = client.get("/metrics")
    assert plain.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 'wence_answers_total{mode="extractive",status="answered"} 0.0' in plain.text
    open_metrics = client.get("/metrics", headers={"Accept": "application/openmetrics-text"})
    assert open_metrics.headers["content-type"].startswith("application/openmetrics-text")
    assert open_metrics.text.endswith("# EOF\n")
    assert client.post("/metrics").status_code == 405


def test_two_servers_in_one_process_count_apart(client, watch):
    client.get("/healthz")
    assert samples(Watch().metrics) == {}
    assert samples(watch.metrics) != {}
