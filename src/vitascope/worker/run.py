"""A worker process: opens the store and its engines, takes jobs from the queue, and leaves in good order."""

import logging
import os
import signal
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

from vitascope.logs import tell, write_to_stderr
from vitascope.refusals import DatabaseError
from vitascope.store.blobs import open_blobs
from vitascope.store.database import Database, clock, open_database
from vitascope.store.secrets import open_secrets
from vitascope.traces import open_traces
from vitascope.videos import claims, outgoing, workers
from vitascope.videos.deliveries import Send
from vitascope.videos.queue import APPLICATION, VERSION, WORKFLOW, queue_name
from vitascope.worker import clerk
from vitascope.worker.bell import AT_ONCE, Bell, listen
from vitascope.worker.engine import Engine
from vitascope.worker.jobs import Workshop, finish, paint

_LOOKS_EVERY = 0.05  # seconds between two looks at whether it is time to leave
_MOST_RECOVERIES = 100  # far beyond ours, which count deaths of workers and not their leaving in good order
_HAND_BACK_SECONDS = 30.0  # for the renders under way to come to their next step


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a worker finds everything."""

    database: str
    files: str
    data: Path  # the house's secret, where the environment does not tell it
    keep_seconds: float | None = None
    plain_webhooks: bool = False
    traces: str = ""  # a collector of OpenTelemetry


def run(place: Place, engines: Sequence[Engine]) -> None:
    """Work until SIGTERM or SIGINT, or until other workers have given this one up; then hand back what is unfinished.

    Raises DatabaseError, FilesError, SecretError, ServerError where it cannot begin.
    """
    stop, lost = threading.Event(), threading.Event()
    _listen(stop)
    database = open_database(place.database)
    shop = _workshop(place, database, engines)
    side = clerk.Clerk(shop.worker, database, lost=lost)
    _enter(shop)
    bells = _launch(shop, database)
    side.begin(shop.blobs, open_secrets(place.data), _sender(private_ok=place.plain_webhooks))
    while not stop.wait(_LOOKS_EVERY) and not lost.is_set():
        pass
    for bell in bells:
        bell.set()
    _leave(shop, side)


def _workshop(place: Place, database: Database, engines: Sequence[Engine]) -> Workshop:
    return Workshop(
        worker=uuid.uuid4().hex,  # fresh for each process: a restart is never taken for the one before
        database=database,
        blobs=open_blobs(place.files),
        engines={engine.capability().model: engine for engine in engines},
        stopping=threading.Event(),
        keep_seconds=place.keep_seconds,
        traces=open_traces(place.traces, program="worker"),
    )


def _enter(shop: Workshop) -> None:
    with shop.database.transaction() as tx:
        now = clock(tx)
        workers.enter(tx, shop.worker, host=clerk.host(), process=os.getpid(), now=now)
        workers.publish(tx, shop.worker, [engine.capability() for engine in shop.engines.values()], now)


def _launch(shop: Workshop, database: Database) -> tuple[Bell, ...]:
    """Start DBOS, whose own looks go to no queue of ours, and listen to those of our models."""
    config: DBOSConfig = {
        "name": APPLICATION,
        "system_database_url": database.url,
        "executor_id": shop.worker,
        "application_version": VERSION,
        "serializer": DBOSPortableJSONSerializer(),
        "log_level": "WARNING",
    }
    DBOS(config=config)
    write_to_stderr()  # after DBOS, which brings a handler of its own
    _define(shop)
    DBOS.listen_queues([])
    DBOS.launch()
    queues = [queue_name(model) for model in shop.engines]
    for queue in queues:
        DBOS.register_queue(queue, worker_concurrency=AT_ONCE)
    return listen(database, queues, shop.worker)


def _define(shop: Workshop) -> None:
    """The workflow, its order of steps being what ``VERSION`` stands for."""

    @DBOS.step(name="paint")
    def paint_step(video: str, trace: str) -> str | None:
        return paint(shop, video, trace)

    @DBOS.step(name="finish")
    def finish_step(video: str, due: str, trace: str) -> None:
        finish(shop, video, due, trace)

    @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=_MOST_RECOVERIES)
    def make_video(video: str, trace: str = "") -> None:
        due = paint_step(video, trace)
        if due is not None:
            finish_step(video, due, trace)


def _leave(shop: Workshop, side: clerk.Clerk) -> None:
    """Renders stop at their next step and their jobs wait for another worker; then the process ends at once.

    At once, because the threads of handed-back jobs never return: see ``jobs``.
    """
    shop.stopping.set()
    until = time.monotonic() + _HAND_BACK_SECONDS
    try:
        while time.monotonic() < until and _holds_any(shop):
            time.sleep(_LOOKS_EVERY)
        with shop.database.transaction() as tx:
            workers.leave(tx, shop.worker)
    except DatabaseError:
        tell("left_without_database")  # others take over what was in hand
    side.end()
    shop.traces.close()
    logging.shutdown()
    os._exit(0)


def _holds_any(shop: Workshop) -> bool:
    with shop.database.reading() as tx:
        return claims.holds_any(tx, shop.worker)


def _sender(*, private_ok: bool) -> Send:
    return lambda parcel: outgoing.send(parcel, private_ok=private_ok)


def _listen(stop: threading.Event) -> None:
    def heard(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, heard)
    signal.signal(signal.SIGINT, heard)
