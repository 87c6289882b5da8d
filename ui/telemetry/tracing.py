"""Traces by OpenTelemetry (OTLP over HTTP), where its own variables or a setting ask for them.

The packages are the extra `otel`: nothing here is imported otherwise.
"""

import os
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog

from rag.errors import WenceError
from rag.telemetry import AnswerRecord, Stage, StageTime
from ui.telemetry.metrics import FAILED, outcome

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
    from opentelemetry.trace import Span, Tracer

_BASE_VARIABLE = "OTEL_EXPORTER_OTLP_ENDPOINT"
_TRACES_VARIABLE = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
_FLUSH_S = 2.0
_MISSING = (
    "设置要求发送 OpenTelemetry 追踪（WENCE_OTEL_ENDPOINT 或 OTEL_EXPORTER_OTLP_ENDPOINT），"
    "但这个环境里没有所需的软件包。请在问策的目录里安装：\n"
    "  .venv/bin/python -m pip install --constraint constraints.txt --editable '.[otel]'\n"
    "（问策若是用 pip 装的：pip install 'wence[otel]'）；不需要追踪，请去掉这项设置，"
    "或设 OTEL_SDK_DISABLED=true"
)


class Tracing:
    """Makes spans of answers, and hands FastAPI what it makes those of requests with.

    Args:
        provider: Ours alone: nothing is registered for the whole process.
    """

    def __init__(self, provider: "TracerProvider") -> None:
        self.provider = provider
        self._tracer: Tracer = provider.get_tracer("wence")

    def answered(self, record: AnswerRecord) -> None:
        """A span of the answer, with one of each stage, below that of the request."""
        from opentelemetry.trace import StatusCode, set_span_in_context

        status, mode = outcome(record)
        span = self._tracer.start_span("answer", start_time=record.started_ns)
        span.set_attributes({
            "wence.answer.status": status,
            "wence.answer.mode": mode,
            "wence.answer.citations": len(record.answer.citations) if record.answer else 0,
            "wence.answer.unsupported_sentences": record.unsupported,
            "wence.answer.chat_model_retries": record.retries,
        })
        if record.fall_back is not None:
            span.set_attribute("wence.answer.fall_back", record.fall_back.value)
        request_id = structlog.contextvars.get_contextvars().get("request_id")
        if isinstance(request_id, str):
            span.set_attribute("wence.request_id", request_id)
        if status == FAILED:
            span.set_attribute("error.type", record.error or FAILED)
            span.set_status(StatusCode.ERROR)
        below = set_span_in_context(span)
        for one in record.stages:
            child = self._tracer.start_span(
                one.stage.value, context=below, start_time=one.started_ns
            )
            _describe(child, one, record)
            child.end(one.started_ns + one.duration_ns)
        span.end(record.started_ns + record.duration_ns)

    def close(self) -> None:
        """Send what is left; where nobody takes it, that is given up after two seconds."""
        closing = threading.Thread(target=self.provider.shutdown, daemon=True)
        closing.start()
        closing.join(_FLUSH_S)


def open_tracing(endpoint: str) -> Tracing | None:
    """Traces as the settings and OpenTelemetry's own variables say; None: none are asked for.

    Args:
        endpoint: Base URL of a collector, to which /v1/traces is added; empty: the variables
            decide alone.

    Raises:
        WenceError: They are asked for, and cannot be sent.
    """
    if not _is_asked_for(endpoint):
        return None
    _check(endpoint or os.environ.get(_TRACES_VARIABLE) or os.environ[_BASE_VARIABLE])
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise WenceError(_MISSING) from error
    exporter = (
        OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
        if endpoint
        else OTLPSpanExporter()
    )
    return Tracing(traced_by(BatchSpanProcessor(exporter)))


def traced_by(processor: "SpanProcessor") -> "TracerProvider":
    """What makes spans for `processor`, without what users typed into an address."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider

    from ui.telemetry.redaction import AddressRedaction

    named = os.environ.get("OTEL_SERVICE_NAME") or "service.name=" in os.environ.get(
        "OTEL_RESOURCE_ATTRIBUTES", ""
    )
    resource = Resource.create({} if named else {"service.name": "wence"})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(AddressRedaction())
    provider.add_span_processor(processor)
    return provider


def _is_asked_for(endpoint: str) -> bool:
    if os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    if os.environ.get("OTEL_TRACES_EXPORTER", "").strip().lower() == "none":
        return False
    return bool(endpoint or os.environ.get(_TRACES_VARIABLE) or os.environ.get(_BASE_VARIABLE))


def _check(endpoint: str) -> None:
    """Refuse what would fail later, and out of sight."""
    try:
        parts = urlsplit(endpoint)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        is_address = False
    if not is_address:
        message = (
            f"OpenTelemetry 的接收地址 {endpoint!r} 有误：应以 http:// 或 https:// 开头，"
            "例如 http://127.0.0.1:4318（设置 WENCE_OTEL_ENDPOINT 或 OTEL_EXPORTER_OTLP_ENDPOINT）"
        )
        raise WenceError(message)
    protocol = (
        os.environ.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL")
        or os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL")
        or "http/protobuf"
    )
    if protocol != "http/protobuf":
        message = (
            f"OpenTelemetry 追踪只能以 http/protobuf 发送，不能用 {protocol!r}：请改设"
            " OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf，并用收集器的 HTTP 端口（一般是 4318）"
        )
        raise WenceError(message)


def _describe(span: "Span", time: StageTime, record: AnswerRecord) -> None:
    """The names that OpenTelemetry gives what a model is asked."""
    if time.stage is Stage.COMPOSE:
        span.set_attribute("gen_ai.operation.name", "chat")
        if record.answer is not None and record.answer.model is not None:
            span.set_attribute("gen_ai.request.model", record.answer.model)
