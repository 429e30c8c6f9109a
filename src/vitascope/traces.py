"""Traces for OpenTelemetry, where the operator names a collector; otherwise nothing is loaded and nothing is traced.

A span says when something began and ended, what it was and how it came out; never what was sent: no prompt, no key, no
query, no words of an error. From the desk to a worker it travels as a W3C ``traceparent``, so that one trace shows an
order and its making.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from vitascope.errors import ServerError

if TYPE_CHECKING:
    from opentelemetry import trace
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

Facts = Mapping[str, str | int | float]
"""Attributes of a span, by OpenTelemetry's names and ours."""

_HERE: ContextVar[str] = ContextVar("here", default="")
_NOTHING: Facts = {}
_LAST_SECONDS = 3.0  # for a collector that does not answer when a program ends


def here() -> str:
    """The running span as a W3C ``traceparent``; empty where nothing is traced."""
    return _HERE.get()


class Span:
    """A span that runs; where nothing is traced, what it is told goes nowhere."""

    def __init__(self, kept: "trace.Span | None" = None) -> None:
        self._kept = kept

    def rename(self, name: str) -> None:
        """Call it by a name that was not known when it began."""
        if self._kept is not None:
            self._kept.update_name(name)

    def tell(self, facts: Facts) -> None:
        """Give it attributes."""
        if self._kept is not None:
            self._kept.set_attributes(facts)

    def fail(self, code: str) -> None:
        """It came to a bad end, of which ``code`` is the kind."""
        if self._kept is not None:
            from opentelemetry.trace import StatusCode

            self._kept.set_attribute("error.type", code)
            self._kept.set_status(StatusCode.ERROR)


class Traces:
    """The spans of one program; without a provider there are none."""

    def __init__(self, provider: "TracerProvider | None" = None) -> None:
        self._provider = provider
        self._tracer = None if provider is None else provider.get_tracer("vitascope")

    @contextmanager
    def span(self, name: str, facts: Facts = _NOTHING, *, parent: str = "") -> Iterator[Span]:
        """A span for as long as the block runs, below ``parent`` or the span that runs; an exception fails it."""
        if self._tracer is None:
            yield Span()
            return
        kept = self._tracer.start_span(name, _context(parent or here()), attributes=facts)
        running, before = Span(kept), _HERE.set(_traceparent(kept))
        try:
            yield running
        except BaseException as error:
            running.fail(type(error).__name__)  # its kind alone: its words may quote what was sent
            raise
        finally:
            _HERE.reset(before)
            kept.end()

    def past(self, name: str, began: float, ended: float, facts: Facts = _NOTHING, *, parent: str = "") -> None:
        """A span of what is over, ``began`` and ``ended`` in seconds since 1970."""
        if self._tracer is not None:
            start = _nanoseconds(began)
            span = self._tracer.start_span(name, _context(parent or here()), attributes=facts, start_time=start)
            span.end(max(start, _nanoseconds(ended)))

    def close(self) -> None:
        """Send what is not sent yet; a collector that is away holds nobody up for long."""
        if self._provider is not None:
            sending = threading.Thread(target=self._provider.force_flush, daemon=True)
            sending.start()
            sending.join(_LAST_SECONDS)


def open_traces(collector: str, *, program: str) -> Traces:
    """Spans of ``program``, sent to ``collector`` in batches; none where that is empty. Raises ServerError."""
    if not collector:
        return Traces()
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as error:
        raise ServerError("VITASCOPE_TRACES is set, but the `traces` extra is not installed: install it.") from error
    return traces_for(OTLPSpanExporter(endpoint=collector), program=program)


def traces_for(exporter: "SpanExporter", *, program: str) -> Traces:
    """Spans of ``program``, handed to ``exporter``."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": f"vitascope-{program}"}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return Traces(provider)


def _context(traceparent: str) -> "Context":
    """Where a span hangs; one that cannot be read begins a trace of its own."""
    from opentelemetry.context import Context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({"traceparent": traceparent}, Context())


def _traceparent(span: "trace.Span") -> str:
    told = span.get_span_context()
    return f"00-{told.trace_id:032x}-{told.span_id:016x}-{told.trace_flags:02x}"


def _nanoseconds(seconds: float) -> int:
    return int(seconds * 1e9)
