"""The life of a job in a worker: claim, paint, publish, finish. Read me first.

Two steps, so that a crash repeats as little as possible. ``paint`` ends when the files are in the store; a worker that
dies after that is followed by one that only finishes, one that dies in mid-denoise by one that goes on from its
latents. What passes between the steps is JSON and small: the files carry
the film. Both steps may run again after a crash: a claim shuts out whoever held the job before, and a finish that
was done already changes nothing.
"""

import json
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from vitascope.errors import CharacterError, LikenessError, StoppedError, VitascopeError
from vitascope.logs import tell, tell_bug
from vitascope.programme.access import gate
from vitascope.programme.likeness import asking
from vitascope.refusals import CharacterNotFoundError, DatabaseError, FilesError, FilesFullError
from vitascope.rights.register import Register
from vitascope.store.blobs import Blobs, Stored
from vitascope.store.database import Database, Transaction, clock
from vitascope.traces import Facts, Traces
from vitascope.videos import book, claims, repository
from vitascope.videos.expiry import folder
from vitascope.videos.job import AS_SENT, Claim, Failure, Made
from vitascope.worker import casting
from vitascope.worker.engine import Engine, Given, Painted
from vitascope.worker.laps import Laps
from vitascope.worker.latents import Latents
from vitascope.worker.telling import Teller
from vitascope.worker.thanking import register_behind

_UNKNOWN = Failure(
    code="internal_error", message="The engine failed where it should not; the operator has the details."
)
_TRIES, _TRY_PAUSE = 5, 2.0  # at a store of files that does not answer
_OUTAGE_PAUSE = 1.0  # between two tries at a database that is away

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What a worker works with."""

    worker: str
    database: Database
    blobs: Blobs
    engines: dict[str, Engine]
    stopping: threading.Event
    keep_seconds: float | None = None
    traces: Traces = field(default_factory=Traces)
    engine_lock: threading.Lock = field(default_factory=threading.Lock)


def paint(shop: Workshop, video: str, trace: str = "") -> str | None:
    """Claim a job and make its files; the finish that is due, as JSON, or None where nothing is left to do.

    ``trace`` is the span of the order, below which the job shows its own.
    """
    if shop.stopping.is_set():
        _wait_for_the_end()
    with shop.traces.span("make", {"vitascope.video": video}, parent=trace) as span:
        with shop.traces.span("claim"):
            claim = patiently(lambda: _claimed(shop, video))
        if claim is None:
            return None
        span.tell(_facts(claim))
        shop.traces.past("wait", claim.since, time.time())
        latents = Latents(shop.blobs, video, may_exist=claim.progress > 0)
        outcome = _outcome(shop, claim, latents)
        if isinstance(outcome, Failure):
            span.fail(outcome.code)
    if outcome is not None or not shop.stopping.is_set():
        latents.forget()  # of who was overtaken it may be the follower's file, which keeps its next within a second
    match outcome:
        case Made():
            return json.dumps({"token": claim.token, "made": outcome.to_json()})
        case Failure():
            _fail(shop, claim, outcome)
        case None:
            _leave(shop, claim)
    return None


def finish(shop: Workshop, video: str, due: str, trace: str = "") -> None:
    """Publish: the row says completed, and events and webhooks with it. A claim that is gone leaves no file behind."""
    told: dict[str, Any] = json.loads(due)
    made = Made.from_json(told["made"])
    with shop.traces.span("finish", {"vitascope.video": video}, parent=trace):
        patiently(lambda: _finished(shop, video, told["token"], made))
        patiently(lambda: _tidy(shop, video, told["token"]))


def _facts(claim: Claim) -> Facts:
    """What a trace may say of a job: never its prompt."""
    return {
        "vitascope.model": claim.order.model,
        "vitascope.verb": claim.order.verb,
        "vitascope.video_seconds": claim.order.seconds,
        "vitascope.attempt": claim.attempt,
        "vitascope.worker": claim.worker,
    }


def _outcome(shop: Workshop, claim: Claim, latents: Latents) -> Made | Failure | None:
    """What came of painting; None where it was stopped."""
    try:
        return _made(shop, claim, latents)
    except StoppedError:
        return None
    except VitascopeError as error:
        return Failure(code=error.code, message=str(error))
    except Exception as error:  # noqa: BLE001  # the worker's loop: one job's fault must not end the others
        tell_bug(error, video=claim.video)
        return _UNKNOWN


def _claimed(shop: Workshop, video: str) -> Claim | None:
    with shop.database.transaction() as tx:
        now = clock(tx)
        claim = claims.claim(tx, video, shop.worker, now)
        return None if claim is None or not _may_begin(tx, claim, now) else claim


def _may_begin(tx: Transaction, claim: Claim, now: float) -> bool:
    """Whether an accepted job is still to be made; one that is not is ended here.

    Not of a key that is dead; under any other hold accepted jobs run. Not from somebody who said no meanwhile, nor with
    a character that is gone.
    """
    moment = datetime.fromtimestamp(now, UTC)
    if not gate.may_start(tx, book.get(tx, claim.video, claim.party).key, moment):
        book.cancel(tx, claim.video, claim.party, now)
        return False
    try:
        casting.require(tx, claim.order, claim.party, now=moment)
        if asking.may_draw_on(claim.order):
            asking.asked_for(tx, claim.party, claim.order, now=moment)
    except (LikenessError, CharacterError, CharacterNotFoundError) as error:
        claims.fail(tx, claim, Failure(code=error.code, message=str(error)), now)
        return False
    return True


def _made(shop: Workshop, claim: Claim, latents: Latents) -> Made:
    """The job painted and its files in the store."""
    begin = time.monotonic()
    with shop.engine_lock, tempfile.TemporaryDirectory(prefix="vitascope-") as scratch:
        painted = _painted(shop, claim, latents, Path(scratch))
        spent = time.monotonic() - begin
        with shop.traces.span("publish"):
            return _published(shop, claim, painted, spent)


def _painted(shop: Workshop, claim: Claim, latents: Latents, place: Path) -> Painted:
    """The job on this machine's disk; whatever ends it, the stages it came through are told to who traces it."""
    teller, engine = Teller(shop.database, claim, shop.stopping), shop.engines[claim.order.model]
    given = Given(
        image=_first_frame(shop, claim, place),
        image_as_sent=_as_sent(shop, claim, place),
        source=_source(shop, claim, place),
        cast=casting.players(shop.database, shop.blobs, claim, place, _stubbornly),
        learned_from=patiently(lambda: _learned_from(shop, engine)),
    )
    laps = Laps(teller.tick)
    try:
        return engine.paint(
            claim.order,
            party=claim.party,
            given=given,
            folder=place,
            tick=laps.tick,
            show=teller.show,
            memory=latents,
        )
    finally:
        laps.tell(shop.traces)


def _learned_from(shop: Workshop, engine: Engine) -> Register | None:
    with shop.database.reading() as tx:
        return register_behind(tx, engine.capability().weights_sha256)


def _first_frame(shop: Workshop, claim: Claim, place: Path) -> Path | None:
    if claim.order.image is None:
        return None
    path = place / "first.png"
    _stubbornly(lambda: shop.blobs.fetch(claim.order.image or "", path))
    return path


def _as_sent(shop: Workshop, claim: Claim, place: Path) -> Path | None:
    """The file a first frame came as, where the desk found a credential in it."""
    folder_of, name = (claim.order.image or "").rpartition("/")[::2]
    key = f"{folder_of}/{AS_SENT}"
    if not name or not _stubbornly(lambda: key in shop.blobs.keys(folder_of)):
        return None
    path = place / AS_SENT
    _stubbornly(lambda: shop.blobs.fetch(key, path))
    return path


def _source(shop: Workshop, claim: Claim, place: Path) -> Path | None:
    """The film that a remix builds on; None where it has been deleted since."""
    if claim.order.source is None:
        return None
    with shop.database.reading() as tx:
        job = repository.find(tx, claim.order.source)
    if job is None or job.made is None:
        return None
    path, key = place / "source.mp4", job.made.files["video"].key
    _stubbornly(lambda: shop.blobs.fetch(key, path))
    return path


def _published(shop: Workshop, claim: Claim, painted: Painted, spent: float) -> Made:
    """The files in the store, under a name that only this claim has: nobody else writes there, nobody reads it yet."""
    where = f"{folder(claim.video)}/{claim.token}"
    sources = {
        "video": (painted.video, "video/mp4"),
        "thumbnail": (painted.thumbnail, "image/webp"),
        "spritesheet": (painted.spritesheet, "image/jpeg"),
    }
    files = {variant: _kept(shop, f"{where}/{path.name}", path, kind) for variant, (path, kind) in sources.items()}
    facts = {one.name: getattr(painted, one.name) for one in fields(painted) if one.name not in sources}
    return Made(files=files, seed=claim.order.seed, inference_seconds=round(spent, 3), peak_megabytes=_peak(), **facts)


def _kept(shop: Workshop, key: str, path: Path, media_type: str) -> Stored:
    return _stubbornly(lambda: shop.blobs.put(key, path, media_type=media_type))


def _finished(shop: Workshop, video: str, token: str, made: Made) -> None:
    with shop.database.transaction() as tx:
        claim = claims.standing(tx, video, token)
        if claim is not None:
            claims.finish(tx, claim, made, clock(tx), keep_seconds=shop.keep_seconds)


def _tidy(shop: Workshop, video: str, token: str) -> None:
    """Remove what this claim put into the store, unless it is what the row shows."""
    with shop.database.reading() as tx:
        job = repository.find(tx, video)
    shown = {stored.key for stored in job.made.files.values()} if job and job.made else set()
    ours = f"{folder(video)}/{token}"
    try:
        shop.blobs.remove([key for key in shop.blobs.keys(ours) if key not in shown])
    except FilesError:
        tell("files_left_behind", video=video)


def _fail(shop: Workshop, claim: Claim, failure: Failure) -> None:
    def fail() -> None:
        with shop.database.transaction() as tx:
            claims.fail(tx, claim, failure, clock(tx))

    patiently(fail)
    patiently(lambda: _tidy(shop, claim.video, claim.token))


def _leave(shop: Workshop, claim: Claim) -> None:
    """A render that was stopped: nothing to do where the claim is gone; else the worker must go and hands the job back.

    Then this thread never returns: a step that ended would be taken for done, and the process is about to end.
    """
    patiently(lambda: _tidy(shop, claim.video, claim.token))
    if not shop.stopping.is_set():
        return

    def release() -> bool:
        with shop.database.transaction() as tx:
            return claims.release(tx, claim)

    if patiently(release):
        _wait_for_the_end()


def _wait_for_the_end() -> None:
    threading.Event().wait()


def patiently(act: Callable[[], T]) -> T:
    """Do it when the database is there. What is accepted waits for that as long as it takes."""
    while True:
        try:
            return act()
        except DatabaseError:
            tell("waiting_for_database")
            time.sleep(_OUTAGE_PAUSE)


def _stubbornly(act: Callable[[], T]) -> T:
    """Do it, though the store of files may stumble; one that is full stays so."""
    for _ in range(_TRIES - 1):
        try:
            return act()
        except FilesFullError:
            raise
        except FilesError:
            time.sleep(_TRY_PAUSE)
    return act()


def _peak() -> float:
    """Most memory this process ever had, in megabytes."""
    import resource  # noqa: PLC0415  # not there on every system

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
