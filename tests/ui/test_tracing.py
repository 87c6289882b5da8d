"""Traces: a span for each request and answer and stage, none of them with what was asked."""

import gzip
import os
import re
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from starlette.testclient import TestClient

from rag.documents import Answer, AnswerMode, AnswerStatus
from rag.errors import WenceError
from rag.telemetry import AnswerRecord, FallBack, Stage, StageTime
from tests.ui.conftest import HOST
from tests.ui.telemetry_fakes import observed_backing
from ui.api.app import create_app
from ui.telemetry.tracing import Tracing, open_tracing, traced_by
from ui.telemetry.watch import Watch

SECRET = "泄露独角兽"
BASE, TRACES = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch):
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def exporter():
    return InMemorySpanExporter()


@pytest.fixture
def tracing(exporter):
    return Tracing(traced_by(SimpleSpanProcessor(exporter)))


@pytest.fixture
def client(desk, tracing):
    watch = Watch(tracing=tracing)
    app = create_app(observed_backing(desk, watch), watch=watch)
    with TestClient(app, base_url=HOST, raise_server_exceptions=False) as client:
        yield client


def tree(spans):
    """Names of the spans, each below its parent's."""
    names = {span.context.span_id: span.name for span in spans}
    return {(names.get(span.parent and span.parent.span_id), span.name) for span in spans}


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_an_answer_lies_below_its_request_and_its_stages_below_it(client, exporter, accept):
    headers = {"Accept": accept, "X-Request-ID": "mine"}
    client.post("/v1/answers", json={"question": "设置多少？"}, headers=headers)
    spans = exporter.get_finished_spans()
    assert tree(spans) == {
        (None, "POST /v1/answers"), ("POST /v1/answers", "answer"), ("answer", "retrieve"),
    }  # fmt: skip
    assert len(spans) == 3
    answer = next(span for span in spans if span.name == "answer")
    assert answer.attributes["wence.answer.status"] == "answered"
    assert answer.attributes["wence.request_id"] == "mine"
    assert answer.start_time <= answer.end_time
    assert answer.resource.attributes["service.name"] == "wence"


def test_a_trace_of_the_caller_goes_on(client, exporter):
    caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    client.get("/healthz", headers={"traceparent": caller})
    (span,) = exporter.get_finished_spans()
    assert f"{span.context.trace_id:032x}" == "0af7651916cd43dd8448eb211c80319c"


def test_no_word_of_a_request_is_in_a_span(client, exporter):
    client.get(f"/v1/documents/{SECRET}", params={"x": SECRET})
    client.get("/v1/conversations", params={"query": SECRET})
    client.get(f"/{SECRET}")
    client.post("/v1/answers", json={"question": SECRET})
    client.post("/v1/answers", json={"question": " ", SECRET: 1})
    said = "".join(span.to_json(indent=None) for span in exporter.get_finished_spans())
    assert "独角兽" not in said
    assert r"\u72ec" not in said
    assert "%E7%8B%AC" not in said
    assert '"http.route": "/v1/documents/{document_id}"' in said


def test_an_answer_that_fails_is_marked(client, exporter):
    client.post("/v1/answers", json={"question": SECRET})
    answer = next(span for span in exporter.get_finished_spans() if span.name == "answer")
    assert answer.status.status_code is StatusCode.ERROR
    assert answer.attributes["error.type"] == "RuntimeError"
    assert answer.status.description is None


def test_what_a_chat_model_did_is_told_in_opentelemetry_s_words(tracing, exporter):
    answer = Answer(
        status=AnswerStatus.PARTIAL, text="句。", mode=AnswerMode.CHAT_MODEL, model="qwen-plus"
    )
    composing = StageTime(stage=Stage.COMPOSE, started_ns=2_000, duration_ns=3_000)
    tracing.answered(
        AnswerRecord(
            answer=answer,
            started_ns=1_000,
            duration_ns=9_000,
            stages=[composing],
            unsupported=2,
            fall_back=FallBack.BUSY,
            retries=1,
        )
    )
    compose, whole = exporter.get_finished_spans()
    assert (compose.start_time, compose.end_time) == (2_000, 5_000)
    assert (whole.start_time, whole.end_time) == (1_000, 10_000)
    assert dict(compose.attributes) == {
        "gen_ai.operation.name": "chat", "gen_ai.request.model": "qwen-plus",
    }  # fmt: skip
    assert whole.attributes["wence.answer.unsupported_sentences"] == 2
    assert whole.attributes["wence.answer.chat_model_retries"] == 1
    assert whole.attributes["wence.answer.fall_back"] == "busy"


def test_nothing_is_registered_for_the_whole_process(tracing):
    assert tracing.provider is not trace.get_tracer_provider()


# When


@pytest.mark.parametrize(
    ("endpoint", "variables"),
    [
        ("", {}),
        ("", {"OTEL_SERVICE_NAME": "mine", BASE: ""}),
        ("http://127.0.0.1:4318", {"OTEL_SDK_DISABLED": "true"}),
        ("", {BASE: "http://127.0.0.1:4318", "OTEL_TRACES_EXPORTER": "none"}),
    ],
)
def test_where_nobody_asks_for_traces_there_are_none(monkeypatch, endpoint, variables):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert open_tracing(endpoint) is None


@pytest.mark.parametrize(
    ("endpoint", "variables", "address"),
    [
        ("http://127.0.0.1:1/", {}, "http://127.0.0.1:1/v1/traces"),
        ("", {BASE: "http://127.0.0.1:2"}, "http://127.0.0.1:2/v1/traces"),
        ("", {TRACES: "http://127.0.0.1:3/x"}, "http://127.0.0.1:3/x"),
        ("", {BASE: "http://h:2", TRACES: "http://127.0.0.1:3/x"}, "http://127.0.0.1:3/x"),
        ("http://127.0.0.1:1", {BASE: "http://h:2"}, "http://127.0.0.1:1/v1/traces"),
    ],
)
def test_the_setting_or_the_standard_s_variables_say_where_to(
    monkeypatch, endpoint, variables, address
):
    from opentelemetry.exporter.otlp.proto.http import trace_exporter

    addresses = list[str]()
    real = trace_exporter.OTLPSpanExporter

    class Watched(real):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            addresses.append(self._endpoint)

    monkeypatch.setattr(trace_exporter, "OTLPSpanExporter", Watched)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    tracing = open_tracing(endpoint)
    tracing.close()
    assert addresses == [address]


@pytest.mark.parametrize("endpoint", ["127.0.0.1:4318", "ftp://x", "http://", "http://[", "秘"])
def test_an_address_that_is_none_is_named(endpoint):
    with pytest.raises(WenceError, match="WENCE_OTEL_ENDPOINT"):
        open_tracing(endpoint)


@pytest.mark.parametrize(
    "name", ["OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"]
)
def test_another_protocol_is_refused(monkeypatch, name):
    monkeypatch.setenv(name, "grpc")
    with pytest.raises(WenceError, match=r"'grpc'.*http/protobuf"):
        open_tracing("http://127.0.0.1:4317")


def test_without_the_extra_a_message_says_how_to_install_it(monkeypatch):
    module = "opentelemetry.exporter.otlp.proto.http.trace_exporter"
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(WenceError, match=r"pip install 'wence\[otel\]'"):
        open_tracing("http://127.0.0.1:4318")
    assert open_tracing("") is None


def test_without_traces_fastapi_makes_no_spans_and_the_sdk_is_not_loaded():
    code = (
        "import sys; from ui.telemetry.watch import Watch; watch = Watch()\n"
        "assert not any(watch.for_fastapi().values())\n"
        "assert 'opentelemetry.sdk' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


@pytest.mark.slow
def test_a_collector_that_is_silent_does_not_keep_the_server_from_stopping(monkeypatch):
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as silent:
        tracing = open_tracing(f"http://127.0.0.1:{silent.server_address[1]}")
        tracing.answered(AnswerRecord())
        began = time.monotonic()
        tracing.close()
        assert time.monotonic() - began < 4


# For real


class Collector(ThreadingHTTPServer):
    """Takes traces as a collector does."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Collecting)
        self.received = list[tuple[str, ExportTraceServiceRequest]]()

    @property
    def spans(self):
        return [
            span
            for _, request in self.received
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


class _Collecting(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        request = ExportTraceServiceRequest.FromString(body)
        self.server.received.append((self.path, request))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        """Keep quiet."""


@pytest.fixture
def collector():
    collector = Collector()
    thread = threading.Thread(target=collector.serve_forever)
    thread.start()
    yield collector
    collector.shutdown()
    thread.join()
    collector.server_close()


@pytest.mark.slow
def test_a_real_server_logs_counts_and_sends_traces_and_tells_nobody_what_was_asked(
    tmp_path, collector
):
    from ui.bench.processes import clean_environment, command, free_port

    port = free_port()
    url, asked = f"http://127.0.0.1:{port}", "市中区机构改革后共设置多少个党政机构，独角兽？"
    (tmp_path / "data").mkdir()
    address = f"http://127.0.0.1:{collector.server_address[1]}"
    environment = clean_environment() | {"WENCE_OTEL_ENDPOINT": address, "PYTHONUNBUFFERED": "1"}
    with (tmp_path / "log").open("wb") as errors:
        process = subprocess.Popen(
            command("serve", "--data", str(tmp_path / "data"), "--port", str(port)),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=Path(__file__).parents[2],
            env=environment,
        )
    try:
        assert any("问策已就绪" in line for line in process.stdout)
        with httpx.Client(base_url=url, timeout=60) as client:
            question = {"question": asked}
            client.post("/v1/answers", json=question, headers={"X-Request-ID": "mine"})
            client.post("/v1/answers", json=question, headers={"Accept": "text/event-stream"})
            client.get("/v1/conversations", params={"query": "独角兽"})
            client.get("/", params={"query": "独角兽"})
            files = [("files", ("独角兽.txt", "独角兽设七个站。".encode())), ("files", ("空", b""))]
            client.post("/v1/documents", files=files)
            metrics = client.get("/metrics").text
    finally:
        process.terminate()
        process.wait(timeout=30)
        process.stdout.close()
    log = (tmp_path / "log").read_text(encoding="utf-8")
    assert '"request_id": "mine"' in log
    assert log.count('"question_answered"') == 2
    assert {path for path, _ in collector.received} == {"/v1/traces"}
    names = [span.name for span in collector.spans]
    assert names.count("answer") == names.count("retrieve") == names.count("rank") == 2
    assert names.count("POST /v1/answers") == 2
    for said in (log, metrics, str([request for _, request in collector.received])):
        assert "独角兽" not in said
        assert "%E7%8B%AC" not in said
        assert r"\347\213\254" not in said  # as protobuf writes it
    assert 'wence_ingested_documents_total{status="added"} 1.0' in metrics
    assert 'wence_ingested_documents_total{status="failed"} 1.0' in metrics
    answered = [line for line in metrics.splitlines() if line.startswith("wence_answers_total")]
    assert sum(float(line.split()[-1]) for line in answered) == 2  # none for the warming up
    assert re.search(r"^wence_passages [1-9]", metrics, re.MULTILINE)
