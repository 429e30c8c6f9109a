"""What a worker does beside painting: it beats, takes over what dead workers had, delivers webhooks, and sweeps.

Every worker does all of it; the rows keep them from doing it twice.
"""

import hashlib
import os
import platform
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from dbos import DBOS

from vitascope.logs import tell, tell_bug
from vitascope.programme.characters import keeping
from vitascope.refusals import DatabaseError, FilesError
from vitascope.store.blobs import Blobs
from vitascope.store.changes import watch
from vitascope.store.database import Database, clock
from vitascope.store.secrets import Secrets
from vitascope.videos import claims, deliveries, events, expiry, pictures, repository, workers
from vitascope.videos.deliveries import Send
from vitascope.worker import latents

_BEAT, _REAP, _SETTLE, _SWEEP = 1.0, 1.0, 10.0, 300.0  # seconds between two rounds
_DOUBTED_AFTER = 30.0  # seconds after which a job is compared with the queue
_AT_ONCE = 200
_KEPT_IN_QUEUE_MS = 24 * 3600 * 1000  # what the queue remembers of ended jobs; the book remembers for ever


class Clerk:
    """The threads beside the engine."""

    def __init__(self, worker: str, database: Database, *, lost: threading.Event) -> None:
        self._worker, self._database, self._lost = worker, database, lost
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._vigils = Vigils()

    def begin(self, blobs: Blobs, secrets: Secrets, send: Send) -> None:
        """Start all rounds. ``lost`` is set when others gave this worker up: it must stop, its jobs are theirs now."""
        self._every(_BEAT, self._beat)
        self._every(_REAP, lambda: reap(self._database, self._vigils, me=self._worker))
        self._every(_SETTLE, lambda: settle(self._database))
        self._every(_SWEEP, lambda: sweep(self._database, blobs))
        self._start(lambda: self._deliver(secrets, send))

    def end(self) -> None:
        """Stop all rounds and wait for those under way."""
        self._closing.set()
        for thread in self._threads:
            thread.join(timeout=15)

    def _beat(self) -> None:
        with self._database.transaction() as tx:
            if not workers.beat(tx, self._worker, clock(tx)):
                self._lost.set()

    def _deliver(self, secrets: Secrets, send: Send) -> None:
        changes = watch(self._database)
        while not self._closing.is_set():
            self._tried(lambda: deliveries.deliver_due(self._database, secrets, send))
            changes.wait(_BEAT)
        changes.close()

    def _every(self, seconds: float, act: Callable[[], object]) -> None:
        def rounds() -> None:
            while not self._closing.wait(seconds):
                self._tried(act)

        self._start(rounds)

    def _start(self, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _tried(self, act: Callable[[], object]) -> None:
        """An outage ends a round, not the worker."""
        try:
            act()
        except (DatabaseError, FilesError) as error:
            tell("round_failed", refusal=error.code)
        except Exception as error:  # noqa: BLE001  # a round that stumbles comes again
            tell_bug(error, place="clerk")


class Vigils:
    """Tells who is dead: of those elsewhere who is silent, of those here whose process is gone or stuck."""

    def __init__(self) -> None:
        self._elsewhere, self._here = workers.Vigil(), workers.Vigil(silent_after=workers.STUCK_AFTER)

    def dead(self, known: Sequence[workers.Worker], now: float) -> tuple[str, ...]:
        """The ids of the dead among ``known``; ``now`` is of this process, and never goes back."""
        here = [one for one in known if one.host == host()]
        gone = {one.id for one in here if not _is_running(one.process)}
        elsewhere = [one for one in known if one.host != host()]
        return tuple(sorted(gone | self._here.silent(here, now) | self._elsewhere.silent(elsewhere, now)))


def reap(database: Database, vigils: Vigils, *, me: str) -> tuple[str, ...]:
    """Hand on what dead workers had; their ids. First the queue, then the rows: doing it twice changes nothing.

    Nobody reaps itself.
    """
    with database.reading() as tx:
        now, known = clock(tx), [one for one in workers.entered(tx) if one.id != me]
    dead = vigils.dead(known, time.monotonic())
    if dead:
        DBOS._recover_pending_workflows(list(dead))  # noqa: SLF001  # the one call DBOS 3.4 has for it; a test holds it
        with database.transaction() as tx:
            claims.orphan(tx, dead)
            workers.give_up(tx, dead, now)
        tell("workers_died", number=len(dead))
    return dead


def settle(database: Database) -> int:
    """End jobs whose workflow has ended without them: after too many recoveries, or a fault of ours. How many."""
    with database.reading() as tx:
        now = clock(tx)
        doubted = [job.id for job in repository.unfinished(tx, before=now - _DOUBTED_AFTER, limit=_AT_ONCE)]
    if not doubted:
        return 0
    known = {status.workflow_id: status.status for status in DBOS.list_workflows(workflow_ids=doubted)}
    stuck = [video for video in doubted if known.get(video) not in ("ENQUEUED", "PENDING", "DELAYED")]
    for video in stuck:
        with database.transaction() as tx:
            claims.give_up(tx, video, claims.UNSETTLED, now)
    return len(stuck)


def sweep(database: Database, blobs: Blobs) -> None:
    """Remove what nobody can want any more: expired films, latents, pictures, old events and logs, old workflows."""
    with database.transaction() as tx:
        now = clock(tx)
        events.sweep(tx, now)
        deliveries.sweep(tx, now)
        workers.sweep(tx, now)
    expiry.sweep(database, blobs, now)
    latents.sweep(database, blobs)
    keeping.sweep(database, blobs, now)
    pictures.sweep(database, blobs, now)
    ended = DBOS.list_workflows(status=["SUCCESS", "ERROR", "CANCELLED"], limit=_AT_ONCE, load_input=False)
    old = [status.workflow_id for status in ended if (status.updated_at or 0) < now * 1000 - _KEPT_IN_QUEUE_MS]
    if old:
        DBOS.delete_workflows(old)


def host() -> str:
    """This machine, this start of it, and this room of it: where a process number means one process."""
    places = (Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid"))
    told = [place.readlink().name if place.is_symlink() else place.read_text() for place in places if place.exists()]
    return hashlib.sha256("".join([platform.node(), *told]).encode()).hexdigest()[:32]


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(process)


def _is_zombie(process: int) -> bool:
    """A process that has ended and whose parent has not looked yet."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False
