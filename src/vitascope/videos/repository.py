"""The rows of videos: every query about them is here, and each that changes one says what must still be true."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict

import sqlalchemy as sa

from vitascope.orders import Order
from vitascope.store import tables
from vitascope.store.database import Transaction
from vitascope.videos.job import UNFINISHED, Failure, Job, Made, Stage, State

_V = tables.videos.c
_RECENT = 20  # jobs from which the speed of a model is taken


def add(tx: Transaction, job: Job, *, fingerprint: str, idempotency: str | None, urgency: int) -> None:
    """Enter a job."""
    tx.execute(
        sa.insert(tables.videos).values(
            id=job.id,
            party=job.party,
            key=job.key,
            model=job.order.model,
            order=job.order.to_json(),
            fingerprint=fingerprint,
            idempotency=idempotency,
            seconds=job.order.seconds,
            state=job.state,
            urgency=urgency,
            progress=0,
            attempts=0,
            created_at=job.created_at,
        )
    )


def add_imported(tx: Transaction, job: Job, *, fingerprint: str) -> None:
    """Enter a finished job that another house made."""
    tx.execute(
        sa.insert(tables.videos).values(
            id=job.id,
            party=job.party,
            key=job.key,
            model=job.order.model,
            order=job.order.to_json(),
            fingerprint=fingerprint,
            seconds=0.0,  # nobody's quota pays for a film that was brought along
            state=job.state,
            urgency=0,
            progress=job.progress,
            attempts=job.attempts,
            created_at=job.created_at,
            started_at=job.started_at,
            completed_at=job.completed_at,
            failure_code=job.failure and job.failure.code,
            failure_message=job.failure and job.failure.message,
            made=job.made and job.made.to_json(),
        )
    )


def find(tx: Transaction, video: str, *, party: str | None = None, locked: bool = False) -> Job | None:
    """A job that was not deleted, of any party or of the one named; ``locked`` until the transaction ends."""
    query = sa.select(tables.videos).where(_V.id == video, _V.deleted_at.is_(None))
    if party is not None:
        query = query.where(_V.party == party)
    row = tx.execute(query.with_for_update() if locked else query).mappings().one_or_none()
    return None if row is None else _job(row)


def is_known(tx: Transaction, video: str, *, party: str) -> bool:
    """Whether a party has, or had, that video."""
    return tx.execute(sa.select(_V.id).where(_V.id == video, _V.party == party)).first() is not None


def exists(tx: Transaction, video: str) -> bool:
    """Whether any party has, or had, that video."""
    return tx.execute(sa.select(_V.id).where(_V.id == video)).first() is not None


def find_repeated(tx: Transaction, party: str, *, idempotency: str) -> tuple[Job, str] | None:
    """The job that was entered under an idempotency key, with its fingerprint."""
    query = sa.select(tables.videos).where(_V.party == party, _V.idempotency == idempotency)
    row = tx.execute(query).mappings().one_or_none()
    return None if row is None else (_job(row), str(row["fingerprint"]))


def find_same(tx: Transaction, party: str, *, fingerprint: str, since: float) -> Job | None:
    """The newest job for the same request since then."""
    query = (
        sa.select(tables.videos)
        .where(_V.party == party, _V.fingerprint == fingerprint, _V.created_at >= since, _V.deleted_at.is_(None))
        .order_by(_V.id.desc())
        .limit(1)
    )
    row = tx.execute(query).mappings().one_or_none()
    return None if row is None else _job(row)


def page(
    tx: Transaction, party: str, *, after: str | None, limit: int, ascending: bool, state: State | None
) -> Sequence[Job]:
    """Up to ``limit`` jobs by id."""
    query = sa.select(tables.videos).where(_V.party == party, _V.deleted_at.is_(None))
    if after is not None:
        query = query.where(_V.id > after if ascending else _V.id < after)
    if state is not None:
        query = query.where(_V.state == state)
    rows = tx.execute(query.order_by(_V.id.asc() if ascending else _V.id.desc()).limit(limit)).mappings()
    return [_job(row) for row in rows]


def update(
    tx: Transaction, video: str, *, states: Sequence[State], held_by: str | None = None, **changes: object
) -> bool:
    """Change a row that is still in one of ``states`` and, where given, held by that claim; whether it was."""
    where = [_V.id == video, _V.state.in_(states), _V.deleted_at.is_(None)]
    if held_by is not None:
        where.append(_V.claim == held_by)
    return tx.execute(sa.update(tables.videos).where(*where).values(**changes)).rowcount == 1


def delete(tx: Transaction, video: str, *, order: Order, now: float, state: State) -> None:
    """Hide a row for good: its prompt goes, what remains is what quotas and cursors need."""
    changes = {"deleted_at": now, "order": order.to_json(), "state": state, "claim": None, "idempotency": None}
    tx.execute(sa.update(tables.videos).where(_V.id == video).values(**changes))


def holds(tx: Transaction, video: str, claim: str) -> bool:
    """Whether a claim still stands."""
    query = sa.select(_V.id).where(_V.id == video, _V.claim == claim, _V.state == "in_progress")
    return tx.execute(query).first() is not None


def is_last_claim(tx: Transaction, video: str, claim: str) -> bool:
    """Whether nobody claimed an unfinished job since, though its worker may have been given up."""
    query = sa.select(_V.id).where(_V.id == video, _V.claim == claim, _V.state.in_(UNFINISHED))
    return tx.execute(query).first() is not None


def num_queued(tx: Transaction) -> int:
    """Jobs that wait, of all models and parties."""
    query = sa.select(sa.func.count()).select_from(tables.videos).where(_V.state == "queued")
    return int(tx.execute(query).scalar_one())


def turns(
    tx: Transaction, *, model: str, party: str, band: tuple[int, int]
) -> tuple[int | None, int | None, float | None]:
    """What a fair turn depends on, within a band of urgency.

    The turn being served (of the jobs that run, the latest), the first turn that waits, and the end of the party's own
    last turn, in urgency.
    """
    here = sa.and_(_V.model == model, _V.urgency.between(*band))
    serving = sa.select(sa.func.max(_V.urgency)).where(_V.state == "in_progress", here).scalar_subquery()
    first = sa.select(sa.func.min(_V.urgency)).where(_V.state == "queued", here).scalar_subquery()
    own = (
        sa.select(sa.func.max(_V.urgency + _V.seconds))
        .where(_V.party == party, _V.state.in_(UNFINISHED), here)
        .scalar_subquery()
    )
    row = tx.execute(sa.select(serving, first, own)).one()
    return row[0], row[1], row[2]


def num_before(tx: Transaction, video: str) -> int:
    """Jobs of the same model that leave the queue before this one."""
    me = tables.videos.alias("me")
    sooner = sa.or_(_V.urgency < me.c.urgency, sa.and_(_V.urgency == me.c.urgency, _V.id < me.c.id))
    query = (
        sa.select(sa.func.count())
        .select_from(tables.videos.join(me, sa.and_(me.c.id == video, _V.model == me.c.model)))
        .where(_V.state == "queued", sooner)
    )
    return int(tx.execute(query).scalar_one())


def speed(tx: Transaction, model: str) -> float | None:
    """Seconds of work for a second of video, over the last jobs of a model; None before there are any."""
    recent = (
        sa.select((_V.completed_at - _V.started_at).label("work"), _V.seconds.label("video"))
        .where(_V.state == "completed", _V.model == model, _V.seconds > 0, _V.started_at.is_not(None))
        .order_by(_V.completed_at.desc())
        .limit(_RECENT)
        .subquery()
    )
    work, video = tx.execute(sa.select(sa.func.sum(recent.c.work), sa.func.sum(recent.c.video))).one()
    return None if not video else float(work) / float(video)


def in_hand(tx: Transaction, worker: str) -> bool:
    """Whether a worker has a running job."""
    return tx.execute(sa.select(_V.id).where(_V.state == "in_progress", _V.worker == worker)).first() is not None


def requeue(tx: Transaction, dead_workers: Sequence[str]) -> None:
    """Jobs that dead workers had wait again. The claim stays: a film that was finished can still be shown under it."""
    theirs = sa.and_(_V.worker.in_(dead_workers), _V.state == "in_progress")
    tx.execute(sa.update(tables.videos).where(theirs).values(state="queued", stage=None))


def unfinished(tx: Transaction, *, before: float, limit: int) -> Sequence[Job]:
    """Jobs entered before then that have not ended, oldest first."""
    query = (
        sa.select(tables.videos)
        .where(_V.state.in_(UNFINISHED), _V.created_at < before)
        .order_by(_V.created_at)
        .limit(limit)
    )
    return [_job(row) for row in tx.execute(query).mappings()]


def expired(tx: Transaction, now: float, *, limit: int) -> Sequence[str]:
    """Videos whose files are due to go: their time is over, or they were deleted."""
    over = sa.or_(_V.expires_at <= now, _V.deleted_at <= now)
    query = sa.select(_V.id).where(_V.made.is_not(None), over).limit(limit)
    return list(tx.execute(query).scalars())


def begun_with(tx: Transaction, folder: str) -> Set[str]:
    """The pictures in a folder that a video of anybody's begins with, those of deleted ones left out."""
    told = _V.order.contains(json.dumps({"image": f"{folder}/"})[1:-2], autoescape=True)
    query = sa.select(_V.order).where(_V.deleted_at.is_(None), told)
    return {image for order in tx.execute(query).scalars() if (image := Order.from_json(order).image) is not None}


def forget_files(tx: Transaction, videos: Sequence[str]) -> None:
    """The files of these videos are gone."""
    tx.execute(sa.update(tables.videos).where(_V.id.in_(videos)).values(made=None))


def all_of(tx: Transaction, party: str) -> Sequence[Job]:
    """Every job of a party, oldest first."""
    query = sa.select(tables.videos).where(_V.party == party, _V.deleted_at.is_(None)).order_by(_V.id)
    return [_job(row) for row in tx.execute(query).mappings()]


def counted(tx: Transaction) -> Mapping[str, int]:
    """Videos by state, those deleted since then included."""
    query = sa.select(_V.state, sa.func.count()).group_by(_V.state)
    return {str(state): int(number) for state, number in tx.execute(query)}


def stages(tx: Transaction) -> Mapping[str, int]:
    """Running jobs by the stage they are in."""
    running = tx.execute(sa.select(_V.stage).where(_V.state == "in_progress")).scalars()
    return Counter("start" if stage is None else str(json.loads(stage)["name"]) for stage in running)


def worked(tx: Transaction) -> Mapping[str, tuple[float, float]]:
    """Seconds of finished video and of engine time, by model."""
    sums = (sa.func.coalesce(sa.func.sum(_V.seconds), 0.0), sa.func.coalesce(sa.func.sum(_V.engine_seconds), 0.0))
    query = sa.select(_V.model, *sums).where(_V.state == "completed").group_by(_V.model)
    return {str(model): (float(video), float(engine)) for model, video, engine in tx.execute(query)}


def stage_json(stage: Stage) -> str:
    """A stage as it is stored."""
    return json.dumps(asdict(stage))


def _job(row: sa.RowMapping) -> Job:
    return Job(
        id=row["id"],
        party=row["party"],
        key=row["key"],
        order=Order.from_json(row["order"]),
        state=row["state"],
        progress=row["progress"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        completed_at=row["completed_at"],
        expires_at=row["expires_at"],
        failure=row["failure_code"] and Failure(code=row["failure_code"], message=row["failure_message"]),
        stage=None if row["stage"] is None else Stage(**json.loads(row["stage"])),
        made=None if row["made"] is None else Made.from_json(row["made"]),
        attempts=row["attempts"],
    )
