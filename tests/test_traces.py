"""Traces: a tree of spans where somebody collects them, nothing at all where nobody does, and never what was sent."""

import subprocess
import sys

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from vitascope import traces
from vitascope.traces import Traces, open_traces, traces_for

PARENT = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"


def _spans(act):
    """The spans that ``act`` leaves, by name."""
    exporter = InMemorySpanExporter()
    kept = traces_for(exporter, program="test")
    act(kept)
    kept.close()
    return {span.name: span for span in exporter.get_finished_spans()}


def test_a_span_hangs_below_the_one_that_runs():
    """Below the parent that is named, else below the span around it; afterwards none runs."""

    def act(kept):
        with kept.span("order", parent=PARENT), kept.span("step", {"a": 1}):
            kept.past("wait", 10.0, 12.5)

    told = _spans(act)
    assert {0x0123456789ABCDEF0123456789ABCDEF} == {span.context.trace_id for span in told.values()}
    assert 0x0123456789ABCDEF == told["order"].parent.span_id
    assert told["order"].context.span_id == told["step"].parent.span_id
    assert told["step"].context.span_id == told["wait"].parent.span_id
    assert 2_500_000_000 == told["wait"].end_time - told["wait"].start_time
    assert "" == traces.here()


def test_a_span_travels_as_text():
    """What ``here`` says is a parent in another program."""
    carried = []

    def order(kept):
        with kept.span("order"):
            carried.append(traces.here())

    def work(kept):
        with kept.span("make", parent=carried[0]):
            pass

    first, second = _spans(order)["order"], _spans(work)["make"]
    assert (first.context.trace_id, first.context.span_id) == (second.context.trace_id, second.parent.span_id)


@pytest.mark.parametrize("broken", ["", "nonsense", "00-0-0-00", PARENT.upper()[:-1]])
def test_a_parent_that_cannot_be_read_is_none(broken):
    """The span begins a trace of its own, and nothing fails."""

    def act(kept):
        with kept.span("make", parent=broken):
            pass

    assert _spans(act)["make"].parent is None


def test_an_error_leaves_its_kind_and_not_its_words():
    """The words of an error may quote a prompt."""

    def act(kept):
        with pytest.raises(ZeroDivisionError), kept.span("make"):
            raise ZeroDivisionError("secret")

    span = _spans(act)["make"]
    assert "ZeroDivisionError" == span.attributes["error.type"]
    assert not span.status.is_ok
    assert "secret" not in span.to_json()


def test_without_a_collector_nothing_is_loaded():
    """No collector, no spans, and no OpenTelemetry in memory."""
    program = (
        "import sys; from vitascope.traces import here, open_traces\n"
        "traces = open_traces('', program='desk')\n"
        "with traces.span('a') as span:\n"
        "    span.rename('b'); span.tell({'c': 1}); span.fail('d'); traces.past('e', 0.0, 1.0); assert here() == ''\n"
        "traces.close()\n"
        "sys.exit('opentelemetry' in sys.modules)\n"
    )

    assert 0 == subprocess.run([sys.executable, "-c", program]).returncode
    assert isinstance(open_traces("", program="desk"), Traces)


def test_a_collector_that_is_away_holds_nobody_up(monkeypatch):
    """The end of a program does not wait for who does not answer."""
    monkeypatch.setattr(traces, "_LAST_SECONDS", 0.05)
    kept = open_traces("http://127.0.0.1:9/v1/traces", program="desk")
    with kept.span("order"):
        pass

    kept.close()
