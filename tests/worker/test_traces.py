"""Traces of jobs: one trace shows an order and its making, stage by stage, and says nothing of what was ordered."""

import threading
import time
from types import SimpleNamespace

import httpx2
import pytest
from databases import wait_for
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from served import Collector, House
from shop import NOW, order, submit

from vitascope.errors import StoppedError, UnknownWordsError
from vitascope.store.blobs import open_blobs
from vitascope.traces import traces_for
from vitascope.types import Progress
from vitascope.videos import book
from vitascope.worker import jobs
from vitascope.worker.jobs import Workshop
from vitascope.worker.laps import Laps
from vitascope.worker.twin import Twin

PARENT = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"
WORD = "xanthippe"  # in no other text
STAGES = ("read", "denoise", "decode", "mark", "write", "seal", "stills")


class Engine(Twin):
    """A twin that goes through every stage of a real render, or through those before ``end`` happens."""

    def __init__(self, end=None):
        super().__init__(0.0)
        self._end = end

    def paint(self, wanted, *, tick, **facts):
        for stage in STAGES:
            if self._end is not None and stage == "decode":
                self._end(tick)
            tick(Progress(stage=stage, step=1, steps=1))
        return super().paint(wanted, tick=tick, **facts)


@pytest.fixture
def traced(sqlite, tmp_path):
    """Makes a job in a worker that is traced; the spans it leaves."""

    def make(engine, **facts):
        exporter = InMemorySpanExporter()
        traces = traces_for(exporter, program="worker")
        shop = Workshop(
            worker="w1", database=sqlite, blobs=open_blobs(str(tmp_path / "files")), engines={"twin": engine},
            stopping=threading.Event(), traces=traces, **facts,
        )  # fmt: skip
        job = submit(sqlite, now=time.time() - 5, wanted=order(f"a {WORD} flies", negative_prompt=WORD))
        due = jobs.paint(shop, job.id, PARENT)
        if due is not None:
            jobs.finish(shop, job.id, due, PARENT)
        traces.close()
        return job, exporter.get_finished_spans()

    return make


def test_one_trace_shows_a_job_from_order_to_end(traced):
    """Wait, claim, each stage, publish below one span, then finish: all in the trace of the order, and in order."""
    job, spans = traced(Engine())
    named = {span.name: span for span in spans}

    make, finish = named.pop("make"), named.pop("finish")
    assert {"wait", "claim", "plan", "denoise", "decode", "mark", "encode", "seal", "stills", "publish"} == set(named)
    assert {0x0123456789ABCDEF0123456789ABCDEF} == {span.context.trace_id for span in spans}
    assert {0x0123456789ABCDEF} == {make.parent.span_id, finish.parent.span_id}
    assert {make.context.span_id} == {span.parent.span_id for span in named.values()}
    begun = [named[name].start_time for name in ("wait", "claim", "plan", "denoise", "decode", "seal", "publish")]
    assert sorted(begun) == begun
    assert 5.0 <= (named["wait"].end_time - named["wait"].start_time) / 1e9 < 65.0
    assert make.end_time <= finish.start_time
    assert (job.id, "twin", 1) == tuple(make.attributes[f"vitascope.{name}"] for name in ("video", "model", "attempt"))


def test_no_word_of_an_order_is_in_a_trace(traced):
    """Neither the prompt, nor the party or its key."""
    _, spans = traced(Engine())

    told = "".join(span.to_json() for span in spans)
    assert WORD not in told
    assert "ana" not in told.replace("manage", "")


def test_what_fails_is_told_by_its_code(traced):
    """The span of the job carries the code of the failure, the stages before it are there, its words are not."""

    def refuse(_tick):
        raise UnknownWordsError(f"I know no {WORD!r}.")

    _, spans = traced(Engine(refuse))
    named = {span.name: span for span in spans}

    assert {"make", "wait", "claim", "plan", "denoise"} == set(named)
    assert "nothing_known_in_prompt" == named["make"].attributes["error.type"]
    assert not named["make"].status.is_ok
    assert WORD not in "".join(span.to_json() for span in spans)


def test_a_stopped_render_shows_how_far_it_came(traced, sqlite):
    """Cancelled in the middle: no failure, and no stage that never was."""

    def cancel(tick):
        with sqlite.transaction() as tx:
            (job,) = book.listing(tx, "ana").jobs
            book.cancel(tx, job.id, "ana", NOW)
        with pytest.raises(StoppedError):
            tick(Progress(stage="denoise", step=2, steps=2))
        raise StoppedError("stopped")

    _, spans = traced(Engine(cancel))

    assert {"make", "wait", "claim", "plan", "denoise"} == {span.name for span in spans}
    assert all(span.status.is_ok or span.status.is_unset for span in spans)


def test_time_belongs_to_the_stage_that_took_it(monkeypatch):
    """Step 0 ends the stage before; what stages that take turns are busy with adds up, and the book's time does not."""
    now = [100.0]
    monkeypatch.setattr("vitascope.worker.laps.time", SimpleNamespace(time=lambda: now[0]))
    told = []

    def book_takes_a_second(_progress):
        now[0] += 1.0

    laps = Laps(book_takes_a_second)
    for passed, stage, step in (
        (2, "denoise", 1), (3, "denoise", 2), (0.5, "decode", 0),
        (1, "decode", 1), (2, "write", 1), (1, "decode", 2), (2, "write", 2), (0.25, "seal", 0), (4, "seal", 1),
    ):  # fmt: skip
        now[0] += passed
        laps.tick(Progress(stage=stage, step=step, steps=2))
    laps.tell(type("Traces", (), {"past": lambda _, *facts: told.append(facts)})())

    assert [("denoise", 5.5), ("decode", 2.0), ("encode", 4.25), ("seal", 4.0)] == [
        (name, facts["vitascope.busy_seconds"]) for name, _, _, facts in told
    ]
    assert [(100.0, 107.5), (108.5, 114.5), (110.5, 118.75), (119.75, 123.75)] == [
        (began, ended) for _, began, ended, _ in told
    ]


def test_desk_and_worker_tell_one_story(tmp_path):
    """A house that runs: the collector hears of an order from the desk and of its making from a worker, as one."""
    collector = Collector()
    house = House(
        tmp_path, "--model", "twin", "--twin-seconds", "0.1", VITASCOPE_TRACES=collector.address,
        OTEL_BSP_SCHEDULE_DELAY="100",
    )  # fmt: skip
    try:
        with httpx2.Client(
            base_url=house.address, headers={"authorization": f"Bearer {house.key}"}, timeout=60
        ) as client:
            house.wait_for_worker(client)
            wanted = {"prompt": f"a {WORD} flies", "model": "twin", "seconds": "1", "size": "64x64"}
            assert 200 == client.post("/v1/videos", json=wanted).status_code
        trace = wait_for(lambda: _trace_with(collector, "finish"), seconds=60.0)
    finally:
        house.end()
        collector.close()

    assert "vitascope-desk" == trace["POST /v1/videos"]
    assert {"vitascope-worker"} == {trace[name] for name in ("make", "wait", "claim", "denoise", "publish", "finish")}
    assert WORD.encode() not in b"".join(collector.heard)
    assert house.key.encode() not in b"".join(collector.heard)


def _trace_with(collector, name):
    """Programs by the names of their spans, in the trace that has a span of that name and an order."""
    found: dict[bytes, dict[str, str]] = {}
    for message in list(collector.bodies):
        for resource in ExportTraceServiceRequest.FromString(message).resource_spans:
            facts = {fact.key: fact.value.string_value for fact in resource.resource.attributes}
            for span in (span for scope in resource.scope_spans for span in scope.spans):
                found.setdefault(span.trace_id, {})[span.name] = facts["service.name"]
    return next((told for told in found.values() if {name, "POST /v1/videos"} <= told.keys()), None)
