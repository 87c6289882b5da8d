"""Takes out of spans what users typed. Needs OpenTelemetry's SDK."""

from opentelemetry.context import Context
from opentelemetry.sdk.trace import Span, SpanProcessor

_ADDRESSES = ("url.path", "url.query")
_REDACTED = "REDACTED"


class AddressRedaction(SpanProcessor):
    """Blanks path and query, which FastAPI writes into the span of a request.

    `http.route` says which route it was.
    """

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Overwrite them: an attribute cannot be taken away."""
        for name in _ADDRESSES:
            if span.attributes and name in span.attributes:
                span.set_attribute(name, _REDACTED)
