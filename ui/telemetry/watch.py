"""Everything that is told of requests and answers, put together as the settings say."""

from collections.abc import Generator
from contextlib import contextmanager

import structlog
from fastapi.telemetry import TelemetryConfig

from rag.settings import Settings
from rag.telemetry import AnswerRecord
from ui.telemetry.logs import written_logs
from ui.telemetry.metrics import Metrics, outcome
from ui.telemetry.tracing import Tracing, open_tracing

_log = structlog.get_logger()


class Watch:
    """Metrics, log lines, and traces where they are asked for.

    Attributes:
        metrics: Counted since the start.
        tracing: None: there are no traces.
    """

    def __init__(self, *, tracing: Tracing | None = None) -> None:
        self.metrics = Metrics()
        self.tracing = tracing
        self._log = _log.bind()  # once: a third of the time of a line

    def for_fastapi(self) -> TelemetryConfig:
        """What FastAPI shall do by itself: spans of requests, where there are traces."""
        traced: TelemetryConfig = {
            "tracing": self.tracing is not None,
            "metrics": False,
            "logs": False,  # its records hold what a user typed
            "operation_spans": False,
            "auto_configure": False,
        }
        if self.tracing is not None:
            traced["tracer_provider"] = self.tracing.provider
        return traced

    def answered(self, record: AnswerRecord) -> None:
        """As `rag.answering.AnswerObserver`; what goes wrong here harms no answer."""
        try:
            self.metrics.answered(record)
            if self.tracing is not None:
                self.tracing.answered(record)
        except Exception as error:  # noqa: BLE001 - the answer matters, not what is told of it
            _log.error("answer_not_observed", exc_info=error)
        self._write(record)

    def _write(self, record: AnswerRecord) -> None:
        status, mode = outcome(record)
        self._log.info(
            "question_answered",
            status=status,
            mode=mode,
            citations=len(record.answer.citations) if record.answer else 0,
            unsupported=record.unsupported,
            fall_back=record.fall_back,
            retries=record.retries,
            error=record.error,
            duration_ms=round(record.duration_ns / 1e6, 1),
            stages_ms={one.stage.value: round(one.duration_ns / 1e6, 1) for one in record.stages},
        )


@contextmanager
def open_watch(settings: Settings) -> Generator[Watch]:
    """Configure the logs, and send traces for the length of the block.

    Raises:
        WenceError: Traces are asked for, and cannot be sent.
    """
    tracing = open_tracing(settings.otel_endpoint)
    with written_logs(settings.log_format, settings.log_level):
        try:
            yield Watch(tracing=tracing)
        finally:
            if tracing is not None:
                tracing.close()
