"""The numbers that `GET /metrics` shows, in a registry of their own."""

from collections.abc import Callable, Iterable, Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from rag.catalog_entries import Counts
from rag.documents import AnswerMode, AnswerStatus
from rag.errors import StorageError
from rag.jobs import IntakeOutcome
from rag.telemetry import AnswerRecord, FallBack, Stage

FAILED, ABANDONED = "failed", "abandoned"
"""Statuses of answers that there are none of."""
NO_MODE = "none"

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_STAGE_SECONDS = (0.001, 0.0025, *_SECONDS)
_REFUSALS = (AnswerStatus.NO_EVIDENCE, AnswerStatus.DECLINED)
_INTAKE_STATUSES = ("added", "replaced", "unchanged", "failed")


class Metrics:
    """Counts requests, answers and documents; any thread may call any method.

    Labels have few values, all of them known beforehand; no text that somebody sent is one.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = self._counter(
            "wence_http_requests", "HTTP requests by route template.", "method", "route", "status"
        )
        self._request_seconds = self._histogram(
            "wence_http_request_duration_seconds",
            "From the first byte of an HTTP request to the last of its response.",
            ("method", "route"),
        )
        self._answers = self._counter(
            "wence_answers",
            "Answers by status and by who wrote them; failed and abandoned ones have mode none.",
            "status",
            "mode",
        )
        self._answer_seconds = self._histogram(
            "wence_answer_duration_seconds", "From the question to the whole answer.", ("mode",)
        )
        self._stage_seconds = self._histogram(
            "wence_answer_stage_duration_seconds",
            "Stages of answers: retrieve passages, rank sentences, compose by a chat model, "
            "extract spans.",
            ("stage",),
            buckets=_STAGE_SECONDS,
        )
        self._refusals = self._counter(
            "wence_refusals", "Questions without an answer, by the status they got.", "status"
        )
        self._unsupported = self._counter(
            "wence_unsupported_sentences",
            "Sentences of a chat model that nothing they cite bears out.",
        )
        self._fall_backs = self._counter(
            "wence_fall_backs",
            "Answers that a chat model was to write and did not, by reason.",
            "reason",
        )
        self._retries = self._counter(
            "wence_chat_model_retries", "How often a chat model was asked again."
        )
        self._taken_in = self._counter(
            "wence_ingested_documents", "Documents of uploads; a file that failed is one.", "status"
        )
        self._begin_at_zero()

    def count_library(self, counts: Callable[[], Counts]) -> None:
        """Show what `counts` gives whenever somebody looks; nothing where it fails."""
        self._registry.register(_Library(counts))

    def request(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """A request was served.

        Args:
            route: The template of its path, never the path itself.
        """
        method = method if method in _METHODS else "OTHER"
        self._requests.labels(method, route, str(status)).inc()
        self._request_seconds.labels(method, route).observe(seconds)

    def answered(self, record: AnswerRecord) -> None:
        """An answer came about, or did not."""
        for one in record.stages:
            self._stage_seconds.labels(one.stage.value).observe(one.duration_ns / 1e9)
        status, mode = outcome(record)
        self._answers.labels(status, mode).inc()
        if record.answer is not None:
            self._answer_seconds.labels(mode).observe(record.duration_ns / 1e9)
        if status in _REFUSALS:
            self._refusals.labels(status).inc()
        if record.fall_back is not None:
            self._fall_backs.labels(record.fall_back.value).inc()
        self._unsupported.inc(record.unsupported)
        self._retries.inc(record.retries)

    def taken_in(self, outcomes: Iterable[IntakeOutcome]) -> None:
        """Files were uploaded."""
        for one in outcomes:
            self._taken_in.labels(one.status).inc(max(1, len(one.document_ids)))

    def exposed(self, accept: str) -> tuple[bytes, str]:
        """Everything, in the form that an Accept header asks for, and the media type of it."""
        encode, media_type = choose_encoder(accept)
        return encode(self._registry), media_type

    def _counter(self, name: str, described: str, *labels: str) -> Counter:
        return Counter(name, described, labels, registry=self._registry)

    def _histogram(
        self,
        name: str,
        described: str,
        labels: Sequence[str],
        *,
        buckets: Sequence[float] = _SECONDS,
    ) -> Histogram:
        return Histogram(name, described, labels, buckets=buckets, registry=self._registry)

    def _begin_at_zero(self) -> None:
        """A counter that comes into being with its first event hides that event from rates."""
        for status in AnswerStatus:
            for mode in (AnswerMode.EXTRACTIVE, AnswerMode.CHAT_MODEL):
                self._answers.labels(status.value, mode.value)
        for status in (FAILED, ABANDONED):
            self._answers.labels(status, NO_MODE)
        for status in _REFUSALS:
            self._refusals.labels(status.value)
        for reason in FallBack:
            self._fall_backs.labels(reason.value)
        for stage in Stage:
            self._stage_seconds.labels(stage.value)
        for status in _INTAKE_STATUSES:
            self._taken_in.labels(status)


def outcome(record: AnswerRecord) -> tuple[str, str]:
    """Status and mode of an answer."""
    if record.answer is not None:
        return record.answer.status.value, record.answer.mode.value
    return ABANDONED if record.error is None else FAILED, NO_MODE


class _Library(Collector):
    """Reads the catalog whenever somebody looks."""

    def __init__(self, counts: Callable[[], Counts]) -> None:
        self._counts = counts

    def describe(self) -> list[GaugeMetricFamily]:
        """Without reading it: asked when it is registered."""
        return self._gauges(None)

    def collect(self) -> list[GaugeMetricFamily]:
        """Empty where the catalog cannot be read: `/readyz` tells why."""
        try:
            return self._gauges(self._counts())
        except StorageError:
            return []

    @staticmethod
    def _gauges(counts: Counts | None) -> list[GaugeMetricFamily]:
        return [
            GaugeMetricFamily(name, described, value)
            for name, described, value in (
                ("wence_documents", "Documents in the library.", counts and counts.documents),
                ("wence_passages", "Passages in the library.", counts and counts.passages),
                (
                    "wence_pending_passages",
                    "Passages that the indexes still lack.",
                    counts and counts.pending,
                ),
            )
        ]
