"""Cancel, as the engine sees it: a render on the embedded model stops within one step of the network."""

import threading
import time
from dataclasses import replace

from databases import wait_for
from shop import find, order, submit

from vitascope.store.blobs import open_blobs
from vitascope.videos import book
from vitascope.worker import jobs
from vitascope.worker.jobs import Workshop
from vitascope.worker.studio import Studio


class Counting(Studio):
    """The embedded model, which notes when each step of its network ended."""

    def __init__(self, model):
        super().__init__(model)
        self.steps = []

    def paint(self, wanted, *, tick, **facts):
        def noted(progress):
            if progress.stage == "denoise":
                self.steps.append(time.monotonic())
            tick(progress)

        return super().paint(wanted, tick=noted, **facts)


def test_the_engine_is_idle_within_a_step(sqlite, tmp_path):
    """After cancel at most one more step ends, nothing is kept, and the API says cancelled at once."""
    engine = Counting("s")
    shop = Workshop(
        worker="w", database=sqlite, blobs=open_blobs(str(tmp_path / "files")), engines={"s": engine},
        stopping=threading.Event(),
    )  # fmt: skip
    job = submit(sqlite, wanted=replace(order(model="s"), steps=100))
    thread = threading.Thread(target=jobs.paint, args=(shop, job.id))
    thread.start()
    wait_for(lambda: len(engine.steps) >= 2, seconds=60)
    with sqlite.transaction() as tx:
        book.cancel(tx, job.id, "ana", time.time())
    cancelled = time.monotonic()
    thread.join(timeout=60)

    assert "cancelled" == find(sqlite, job.id).state
    assert sum(step > cancelled for step in engine.steps) <= 1
    assert not thread.is_alive()
    assert [] == list(shop.blobs.keys())


def test_the_embedded_model_makes_what_was_ordered(sqlite, tmp_path, monkeypatch):
    """Film, thumbnail and spritesheet lie in the store, previews were shown, progress told, and each stage traced."""
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from vitascope.traces import traces_for
    from vitascope.videos.events import Tail

    monkeypatch.setattr("vitascope.pipeline.FIRST_PREVIEW", 0.0)
    monkeypatch.setattr("vitascope.pipeline.PREVIEW_PAUSE", 0.0)
    blobs = open_blobs(str(tmp_path / "files"))
    exporter = InMemorySpanExporter()
    shop = Workshop(
        worker="w", database=sqlite, blobs=blobs, engines={"s": Studio("s")}, stopping=threading.Event(),
        traces=traces_for(exporter, program="worker"),
    )  # fmt: skip
    job = submit(sqlite, wanted=order(model="s", seconds=1.0, steps=8, size=(128, 128)))
    jobs.finish(shop, job.id, jobs.paint(shop, job.id))

    done = find(sqlite, job.id)
    starts = {name: blobs.read(stored.key)[:12] for name, stored in done.made.files.items()}
    assert ("completed", 8, (128, 128), 7) == (done.state, done.made.frames, done.made.size, done.made.seed)
    assert (b"ftyp", b"WEBP", b"\xff\xd8") == (
        starts["video"][4:8], starts["thumbnail"][8:12], starts["spritesheet"][:2],
    )  # fmt: skip
    with sqlite.reading() as tx:
        kinds = {event.type for event in Tail("ana", after=0).read(tx)}
    assert {"video.stage", "video.preview", "video.completed"} <= kinds
    shop.traces.close()
    spans = {span.name: span for span in exporter.get_finished_spans()}
    stages = ("plan", "denoise", "decode", "mark", "encode", "seal", "stills")
    assert {*stages, "wait", "claim", "publish", "make", "finish"} == set(spans)
    busy = sum(spans[stage].attributes["vitascope.busy_seconds"] for stage in stages)
    whole = spans["stills"].end_time - spans["plan"].start_time
    assert busy <= whole / 1e9 + 0.01  # no moment is counted twice
