"""The rows of works people put in, of snapshots of the register, and of the models that learned from them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from vitascope.rights.consent.signals import Signal, from_json, to_json
from vitascope.rights.uses import Use
from vitascope.store import rights_tables as tables
from vitascope.store.database import Transaction

_W = tables.opt_in_works.c
_S = tables.snapshots.c
_SW = tables.snapshot_works.c
_M = tables.learned_models.c
_O = tables.opt_outs.c


@dataclass(frozen=True, slots=True, kw_only=True)
class OptInWork:
    """A work its rightsholder put in. Whether it may be learned from is not in here: permissions say that."""

    id: str
    owner: str
    title: str
    credit: str  # as the owner wishes to be named, or nothing
    sha256: str
    path: str  # in the file store
    kind: str  # animation or still
    concepts: tuple[str, ...]
    signals: tuple[Signal, ...]
    uploaded: datetime
    removed: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The works that could be used so at one moment, named by the hash of the register they make."""

    id: str
    at: datetime
    leaf: int  # of the log: consents count as they stood there
    use: Use = Use.TRAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedModel:
    """A model, and the snapshot it learned from."""

    name: str
    weights_sha256: str
    snapshot: str
    at: datetime


def add_work(tx: Transaction, work: OptInWork) -> None:
    """Enter a work."""
    tx.execute(
        sa.insert(tables.opt_in_works).values(
            id=work.id,
            owner=work.owner,
            title=work.title,
            credit=work.credit,
            sha256=work.sha256,
            path=work.path,
            kind=work.kind,
            concepts=" ".join(work.concepts),
            signals=to_json(work.signals),
            uploaded_at=work.uploaded.timestamp(),
        )
    )


def remove_work(tx: Transaction, work: str, at: datetime) -> None:
    """Note that its owner took a work away."""
    tx.execute(sa.update(tables.opt_in_works).where(_W.id == work).values(removed_at=at.timestamp()))


def lock_work(tx: Transaction, work: str) -> None:
    """Keep others from changing its consents until the transaction ends."""
    tx.execute(sa.select(_W.id).where(_W.id == work).with_for_update())


def works(
    tx: Transaction, *, owner: str | None = None, only: str | None = None, sha256: str | None = None
) -> tuple[OptInWork, ...]:
    """All works, or one owner's, or one by id or hash; in order of upload."""
    query = sa.select(tables.opt_in_works).order_by(_W.uploaded_at, _W.id)
    for column, value in ((_W.owner, owner), (_W.id, only), (_W.sha256, sha256)):
        query = query if value is None else query.where(column == value)
    rows: Any = tx.execute(query).mappings()
    return tuple(
        OptInWork(
            id=row["id"],
            owner=row["owner"],
            title=row["title"],
            credit=row["credit"],
            sha256=row["sha256"],
            path=row["path"],
            kind=row["kind"],
            concepts=tuple(row["concepts"].split()),
            signals=from_json(row["signals"]),
            uploaded=_moment(row["uploaded_at"]),
            removed=None if row["removed_at"] is None else _moment(row["removed_at"]),
        )
        for row in rows
    )


def add_opt_out(tx: Transaction, name: str, at: datetime) -> None:
    """Leave a work id or an author out from now on."""
    if name not in opt_outs(tx):
        tx.execute(sa.insert(tables.opt_outs).values(name=name, at=at.timestamp()))


def opt_outs(tx: Transaction) -> frozenset[str]:
    """Everything that asked to be left out, lower case."""
    return frozenset(tx.execute(sa.select(_O.name)).scalars())


def add_snapshot(tx: Transaction, snapshot: Snapshot, works: Iterable[str]) -> None:
    """Enter a snapshot with the ids of its works, once: the same works make the same one."""
    if find_snapshot(tx, snapshot.id) is not None:
        return
    values = {"id": snapshot.id, "at": snapshot.at.timestamp(), "leaf": snapshot.leaf, "use": snapshot.use.value}
    tx.execute(sa.insert(tables.snapshots).values(**values))
    rows = [{"snapshot": snapshot.id, "work": work} for work in works]
    if rows:
        tx.execute(sa.insert(tables.snapshot_works), rows)


def snapshots(tx: Transaction) -> tuple[tuple[Snapshot, int], ...]:
    """Every snapshot with the number of its works, oldest first."""
    query = (
        sa.select(tables.snapshots, sa.func.count(_SW.work).label("count"))
        .outerjoin(tables.snapshot_works, _SW.snapshot == _S.id)
        .group_by(_S.id, _S.at, _S.leaf, _S.use)
        .order_by(_S.leaf)
    )
    rows: Any = tx.execute(query).mappings()
    return tuple((_snapshot(row), int(row["count"])) for row in rows)


def find_snapshot(tx: Transaction, snapshot: str) -> Snapshot | None:
    """A snapshot by its id."""
    row = tx.execute(sa.select(tables.snapshots).where(_S.id == snapshot)).mappings().one_or_none()
    return None if row is None else _snapshot(row)


def works_of(tx: Transaction, snapshot: str) -> frozenset[str]:
    """The ids of the works of a snapshot."""
    return frozenset(tx.execute(sa.select(_SW.work).where(_SW.snapshot == snapshot)).scalars())


def add_model(tx: Transaction, model: LearnedModel) -> None:
    """Enter a model; the same weights twice are one."""
    known = tx.execute(sa.select(_M.name).where(_M.weights_sha256 == model.weights_sha256)).first()
    if known is None:
        tx.execute(
            sa.insert(tables.learned_models).values(
                weights_sha256=model.weights_sha256, name=model.name, snapshot=model.snapshot, at=model.at.timestamp()
            )
        )


def models(tx: Transaction, snapshots: Collection[str] | None = None) -> tuple[LearnedModel, ...]:
    """All models, or those that learned from some of these snapshots; oldest first."""
    query = sa.select(tables.learned_models).order_by(_M.at, _M.weights_sha256)
    rows: Any = tx.execute(query if snapshots is None else query.where(_M.snapshot.in_(list(snapshots)))).mappings()
    return tuple(
        LearnedModel(
            name=row["name"], weights_sha256=row["weights_sha256"], snapshot=row["snapshot"], at=_moment(row["at"])
        )
        for row in rows
    )


def snapshots_with(tx: Transaction, work: str, uses: Collection[Use]) -> frozenset[str]:
    """The snapshots a work is in, of those taken for any of these uses."""
    query = sa.select(_SW.snapshot).join(tables.snapshots, _S.id == _SW.snapshot)
    return frozenset(tx.execute(query.where(_SW.work == work, _S.use.in_([use.value for use in uses]))).scalars())


def _snapshot(row: sa.RowMapping) -> Snapshot:
    return Snapshot(id=row["id"], at=_moment(row["at"]), leaf=row["leaf"], use=Use(row["use"]))


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
