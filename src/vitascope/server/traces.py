"""Traces for OpenTelemetry, where the operator names a collector; otherwise nothing is loaded and nothing is traced."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from vitascope.errors import ServerError
from vitascope.server.edge import Observed, Trace

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer


def tracing(collector: str) -> Trace:
    """Spans for each request, sent to ``collector`` in batches; nothing where it is empty. Raises ServerError."""
    if not collector:
        return lambda _seen: nullcontext()
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise ServerError("VITASCOPE_TRACES is set, but the `traces` extra is not installed: install it.") from error
    return traced(OTLPSpanExporter(endpoint=collector))


def traced(exporter: "SpanExporter") -> Trace:
    """Spans for each request, handed to ``exporter``: method, route, status, refusal; no prompt, no key, no query."""
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  # an extra
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415  # an extra
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415  # an extra

    provider = TracerProvider(resource=Resource.create({"service.name": "vitascope-desk"}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    tracer = provider.get_tracer("vitascope")
    return lambda seen: _span(tracer, seen)


@contextmanager
def _span(tracer: "Tracer", seen: Observed) -> Iterator[None]:
    with tracer.start_as_current_span(seen.method) as span:
        yield
        span.update_name(f"{seen.method} {seen.route}")
        span.set_attribute("http.request.method", seen.method)
        span.set_attribute("http.route", seen.route)
        span.set_attribute("http.response.status_code", seen.status)
        if seen.refusal:
            span.set_attribute("vitascope.refusal", seen.refusal)
