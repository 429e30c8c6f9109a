"""The worker's side of the book: a job is claimed, told of, and ended by whoever holds it, once.

Every claim carries a token of its own, written into the row. Whatever a worker writes names its token: when the job was
cancelled, deleted, or taken over by another worker, the token is gone and the write changes nothing. That is how a
worker learns of it, and why no job can be finished twice.
"""

import secrets
from collections.abc import Sequence

from vitascope.orders import Document
from vitascope.store.database import Transaction
from vitascope.videos import events, repository
from vitascope.videos.job import UNFINISHED, Claim, Failure, Job, Made, Stage

UNSETTLED = Failure(code="worker_lost", message="The queue ended this job, and no worker had; order it again.")
"""For what should not happen, so that a job that it happens to ends all the same."""

MOST_ATTEMPTS = 5
"""Workers that may die over one job before it counts as what kills them."""

WORKER_LOST = Failure(code="worker_lost", message=f"{MOST_ATTEMPTS} workers in a row ended while they made this video.")


def claim(tx: Transaction, video: str, worker: str, now: float) -> Claim | None:
    """Take a job, in place of any worker that had it; None where it has ended, was deleted, or has killed too many.

    Its progress stays: latents may bring the next attempt to where the last one was, and nobody likes to see it fall.
    """
    job = repository.find(tx, video, locked=True)
    if job is None or job.has_ended:
        return None
    if job.attempts >= MOST_ATTEMPTS:
        _end(tx, job, WORKER_LOST, now)
        return None
    token = secrets.token_hex(16)
    repository.update(
        tx,
        video,
        states=UNFINISHED,
        state="in_progress",
        claim=token,
        worker=worker,
        attempts=job.attempts + 1,
        started_at=now,
        stage=None,
    )
    events.note(tx, party=job.party, video=video, type="video.started", now=now, body={"attempt": job.attempts + 1})
    return _claim(job, token, worker=worker, attempt=job.attempts + 1)


def holds(tx: Transaction, claim: Claim) -> bool:
    """Whether a claim still stands: ask before each step that costs something."""
    return repository.holds(tx, claim.video, claim.token)


def holds_any(tx: Transaction, worker: str) -> bool:
    """Whether a worker has a job in hand."""
    return repository.in_hand(tx, worker)


def standing(tx: Transaction, video: str, token: str) -> Claim | None:
    """The claim with that token, if nobody has claimed the job since and it has not ended."""
    job = repository.find(tx, video)
    if job is None or not repository.is_last_claim(tx, video, token):
        return None
    return _claim(job, token, worker="", attempt=job.attempts)


def report(tx: Transaction, claim: Claim, stage: Stage, progress: int, now: float) -> bool:
    """Tell how far a render is; False where the claim is gone and the render should stop."""
    job = repository.find(tx, claim.video)
    progress = max(
        job.progress if job else 0, min(99, progress)
    )  # it never goes back, and 100 means the files are there
    text = repository.stage_json(stage)
    if job is None or not _update(tx, claim, stage=text, progress=progress):
        return False
    body: Document = {
        "stage": stage.name,
        "step": stage.step,
        "steps": stage.steps,
        "progress": progress,
        "eta_seconds": stage.eta_seconds,
    }
    events.note(tx, party=job.party, video=claim.video, type="video.stage", now=now, body=body)
    return True


def show(tx: Transaction, claim: Claim, image: str, step: int, now: float) -> None:
    """Show a preview: a small marked picture as base64 WebP."""
    job = repository.find(tx, claim.video)
    if job is not None and repository.holds(tx, claim.video, claim.token):
        events.note_preview(tx, party=job.party, video=claim.video, body={"image": image, "step": step}, now=now)


def finish(tx: Transaction, claim: Claim, made: Made, now: float, *, keep_seconds: float | None = None) -> bool:
    """The files are in the store: the job is completed. False where the claim is gone, and the files are nobody's."""
    is_ours = repository.update(
        tx,
        claim.video,
        states=UNFINISHED,
        held_by=claim.token,
        state="completed",
        progress=100,
        stage=None,
        claim=None,
        completed_at=now,
        expires_at=None if keep_seconds is None else now + keep_seconds,
        made=made.to_json(),
        engine_seconds=made.inference_seconds,
    )
    return is_ours and _told(tx, claim.video, "video.completed", now)


def fail(tx: Transaction, claim: Claim, failure: Failure, now: float) -> bool:
    """The job cannot be made. False where the claim is gone."""
    is_ours = _update(
        tx,
        claim,
        state="failed",
        stage=None,
        claim=None,
        completed_at=now,
        failure_code=failure.code,
        failure_message=failure.message,
    )
    return is_ours and _told(tx, claim.video, "video.failed", now)


def release(tx: Transaction, claim: Claim) -> bool:
    """Hand a job back unfinished, for another worker: that this one stops is not the job's fault."""
    return _update(tx, claim, state="queued", claim=None, stage=None, started_at=None, attempts=claim.attempt - 1)


def orphan(tx: Transaction, dead_workers: Sequence[str]) -> None:
    """What dead workers had in hand waits for another; a worker that only seemed dead is told so at its next step.

    The token stays until somebody claims the job: one that died between its two steps left a finished film, which
    whoever follows shows under that token instead of painting it again.
    """
    repository.requeue(tx, dead_workers)


def give_up(tx: Transaction, video: str, failure: Failure, now: float) -> None:
    """End a job that no worker can bring to an end."""
    job = repository.find(tx, video, locked=True)
    if job is not None and not job.has_ended:
        _end(tx, job, failure, now)


def _claim(job: Job, token: str, *, worker: str, attempt: int) -> Claim:
    since = job.started_at or job.created_at
    return Claim(
        video=job.id,
        token=token,
        party=job.party,
        worker=worker,
        order=job.order,
        attempt=attempt,
        since=since,
        progress=job.progress,
    )


def _end(tx: Transaction, job: Job, failure: Failure, now: float) -> None:
    repository.update(
        tx,
        job.id,
        states=UNFINISHED,
        state="failed",
        claim=None,
        stage=None,
        completed_at=now,
        failure_code=failure.code,
        failure_message=failure.message,
    )
    _told(tx, job.id, "video.failed", now)


def _update(tx: Transaction, held: Claim, **changes: object) -> bool:
    return repository.update(tx, held.video, states=("in_progress",), held_by=held.token, **changes)


def _told(tx: Transaction, video: str, type: str, now: float) -> bool:  # noqa: A002  # the word of the published API
    job = repository.find(tx, video)
    if job is not None:
        body = {"code": job.failure.code} if job.failure else {}
        events.note(tx, party=job.party, video=video, type=type, now=now, body=body)
    return True
