"""The book of videos: what the front desk enters, reads and strikes out. The row is the truth; all else follows it.

No function here ends a transaction: the desk opens one for each request, so that a job, its place in the queue, its
events and what it counts for are entered together or not at all.
"""

from dataclasses import replace

from vitascope.orders import Grant, Order
from vitascope.refusals import (
    IdempotencyError,
    QueueFullError,
    SourceError,
    VariantError,
    VideoExpiredError,
    VideoFailedError,
    VideoNotFoundError,
    VideoNotReadyError,
)
from vitascope.store.blobs import Stored
from vitascope.store.database import Transaction
from vitascope.videos import claims, events, repository, workers
from vitascope.videos.job import UNFINISHED, VARIANTS, Job, Page, State, Submitted, Waiting, new_id
from vitascope.videos.queue import Queue
from vitascope.videos.turns import urgency

claim, report, finish, fail, release = claims.claim, claims.report, claims.finish, claims.fail, claims.release

QUEUE_LIMIT = 10_000
_RETRY_SECONDS = 600.0  # for how long a client that tries again without a key of its own gets the job it had made
_FULL_RETRY = 30  # seconds until a full queue may have room


def submit(  # each is a fact of the request
    tx: Transaction,
    order: Order,
    grant: Grant,
    *,
    queue: Queue,
    now: float,
    idempotency: str | None = None,
    retry: bool = False,
    queue_limit: int = QUEUE_LIMIT,
) -> Submitted:
    """Enter a job and put it into the queue; or find the one that the same request made before.

    Raises IdempotencyError, QueueFullError.
    """
    if before := repeated(tx, order, grant.party, idempotency=idempotency, retry=retry, now=now):
        return Submitted(job=before, is_new=False)
    _require_room(tx, 1, queue_limit)
    return Submitted(job=_enter(tx, order, grant, queue, now, idempotency), is_new=True)


def submit_many(
    tx: Transaction,
    orders: tuple[Order, ...],
    grant: Grant,
    *,
    queue: Queue,
    now: float,
    queue_limit: int = QUEUE_LIMIT,
) -> tuple[Job, ...]:
    """Enter several jobs, all or none. Raises QueueFullError."""
    _require_room(tx, len(orders), queue_limit)
    return tuple(_enter(tx, order, grant, queue, now + number / 1000, None) for number, order in enumerate(orders))


def repeated(
    tx: Transaction, order: Order, party: str, *, idempotency: str | None, retry: bool, now: float
) -> Job | None:
    """The job that the same request made before: ask before admitting it, a repetition uses nothing up.

    Raises IdempotencyError where the key was used for another request.
    """
    fingerprint = order.fingerprint()
    if idempotency is not None:
        found = repository.find_repeated(tx, party, idempotency=idempotency)
        if found is not None and found[1] != fingerprint:
            raise IdempotencyError(
                f"This Idempotency-Key was used for {found[0].id}, with another request; draw a new key for each job."
            )
        return found and found[0]
    return repository.find_same(tx, party, fingerprint=fingerprint, since=now - _RETRY_SECONDS) if retry else None


def get(tx: Transaction, video: str, party: str) -> Job:
    """A job of a party. Raises VideoNotFoundError, for other parties' videos too."""
    job = repository.find(tx, video, party=party)
    if job is None:
        raise _not_found()
    return job


def listing(
    tx: Transaction,
    party: str,
    *,
    after: str | None = None,
    limit: int = 20,
    ascending: bool = False,
    state: State | None = None,
) -> Page:
    """A party's jobs, newest first; ``after`` may name one that was deleted since. Raises VideoNotFoundError."""
    if after is not None and not repository.is_known(tx, after, party=party):
        raise _not_found()
    jobs = repository.page(tx, party, after=after, limit=limit + 1, ascending=ascending, state=state)
    return Page(jobs=tuple(jobs[:limit]), has_more=len(jobs) > limit)


def waiting(tx: Transaction, job: Job, now: float) -> Waiting:
    """How long a job will take. The guess is jobs before it, times the speed of late, over the workers there are."""
    num_workers = len(workers.alive(tx, now, job.order.model))
    position = repository.num_before(tx, job.id) if job.state == "queued" else 0
    speed = repository.speed(tx, job.order.model)
    if job.has_ended or speed is None or not num_workers:
        return Waiting(position=position, eta_seconds=0.0 if job.has_ended else None, has_worker=num_workers > 0)
    own = speed * job.order.seconds
    spent = 0.0 if job.started_at is None or job.state == "queued" else now - job.started_at
    eta = own * position / num_workers + max(0.1 * own, own - spent)
    return Waiting(position=position, eta_seconds=eta, has_worker=True)


def cancel(tx: Transaction, video: str, party: str, now: float) -> Job:
    """End a job that waits or runs: at once in the book, within one step at the engine. One that has ended stays.

    Raises VideoNotFoundError.
    """
    job = _locked(tx, video, party)
    if not repository.update(tx, video, states=UNFINISHED, state="cancelled", completed_at=now, claim=None, stage=None):
        return job
    events.note(tx, party=party, video=video, type="video.cancelled", now=now, body={})
    return get(tx, video, party)


def delete(tx: Transaction, video: str, party: str, now: float) -> tuple[str, ...]:
    """Strike a video out, running or not: nobody finds it again and its prompt is gone. Returns the keys of its files.

    Remove those when the transaction is over; what a crash leaves behind the sweep finds. Raises VideoNotFoundError.
    """
    job = _locked(tx, video, party)
    state: State = job.state if job.has_ended else "cancelled"
    repository.delete(tx, video, order=replace(job.order, prompt="", negative_prompt=None), now=now, state=state)
    events.note(tx, party=party, video=video, type="video.deleted", now=now, body={})
    return tuple(stored.key for stored in job.made.files.values()) if job.made else ()


def content(tx: Transaction, video: str, party: str, variant: str, now: float) -> Stored:
    """The file to hand out.

    Raises VariantError, VideoNotFoundError, VideoNotReadyError, VideoFailedError, VideoExpiredError.
    """
    if variant not in VARIANTS:
        raise VariantError(f"There is no variant {variant[:20]!r}; there are {', '.join(VARIANTS)}.")
    job = get(tx, video, party)
    if job.state in UNFINISHED:
        raise VideoNotReadyError(f"{video} is {job.progress} % done; ask for its content when it is completed.")
    if job.state != "completed":
        code = job.failure.code if job.failure else job.state
        raise VideoFailedError(f"{video} has no content: it ended with {code!r}. Order it again.")
    if job.made is None or _is_over(job, now):
        raise VideoExpiredError(f"The content of {video} was kept as long as promised and is gone; make it again.")
    return job.made.files[variant]


def source(tx: Transaction, video: str, party: str, now: float) -> Job:
    """A finished video to build on. Raises VideoNotFoundError, SourceError."""
    job = get(tx, video, party)
    if job.state != "completed" or job.made is None or _is_over(job, now):
        raise SourceError(
            f"{video} cannot be built on: it is {job.state} or its content is gone; choose a finished one."
        )
    return job


def _enter(tx: Transaction, order: Order, grant: Grant, queue: Queue, now: float, idempotency: str | None) -> Job:
    job = Job(id=new_id(now), party=grant.party, key=grant.key, order=order, state="queued", progress=0, created_at=now)
    turn = urgency(tx, order, grant)
    repository.add(tx, job, fingerprint=order.fingerprint(), idempotency=idempotency, urgency=turn)
    events.note(tx, party=job.party, video=job.id, type="video.queued", now=now, body={})
    queue.enqueue(tx, job, turn)
    return job


def _require_room(tx: Transaction, wanted: int, limit: int) -> None:
    queued = repository.num_queued(tx)
    if queued + wanted > limit:
        raise QueueFullError(
            f"{queued} jobs wait and the house takes {limit}; nothing was accepted, send it again later.",
            retry_after=_FULL_RETRY,
        )


def _locked(tx: Transaction, video: str, party: str) -> Job:
    job = repository.find(tx, video, party=party, locked=True)
    if job is None:
        raise _not_found()
    return job


def _not_found() -> VideoNotFoundError:
    return VideoNotFoundError("There is no video of that id under this key; list those there are.")


def _is_over(job: Job, now: float) -> bool:
    return job.expires_at is not None and job.expires_at <= now
