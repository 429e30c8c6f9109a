"""Snapshots: the register as it may be used for one thing at one moment, and which models saw which work.

Whether a work may be used is computed from permissions and opt-outs whenever it is asked, and stored nowhere.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from vitascope.errors import ConsentError, RecordNotFoundError
from vitascope.rights.consent import repository, works
from vitascope.rights.consent.repository import LearnedModel, OptInWork, Snapshot
from vitascope.rights.event import Event
from vitascope.rights.logbook import Leaves
from vitascope.rights.register import GIVEN_LANE, OPTOUTS_FILE, USE_FILE, WORKS_FILE, Register, to_lines
from vitascope.rights.uses import LEARNS, Use
from vitascope.store.database import Transaction
from vitascope.types import Work

FILES = "works"
"""The folder of a snapshot with the files people put in, named by their sha256; as in the store of the house."""

LICENCE = "LicenseRef-Vitascope-Opt-In"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedModel:
    """A model that came with the package: the register tells what it learned from, and nobody has to record it."""

    name: str
    weights_sha256: str
    register: Register


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """A model that learned from works which may no longer be learned from."""

    model: LearnedModel | ShippedModel
    works: tuple[str, ...]


def eligible(tx: Transaction, base: Register, now: datetime, use: Use = Use.TRAIN) -> Register:
    """The works of ``base`` and those put in that may be used so at ``now``.

    A work put in here counts by its owner's word alone, also where an earlier snapshot in ``base`` holds it; one of
    another house, which ``base`` may hold, was given for training and nothing else.
    """
    opted_out = base.opted_out | repository.opt_outs(tx)
    here = {work.id: work for work in repository.works(tx)}
    known = base.works if use is Use.TRAIN else base.by_licence(use).works
    cleared = {work.id: work for work in known.values() if work.id not in here and not _is_out(work, opted_out)}
    own = (work for work in here.values() if work.removed is None and use in works.uses_of(tx, work.id, now))
    cleared |= {work.id: registered(work, use) for work in own if work.id.casefold() not in opted_out}
    return Register(works=cleared, opted_out=frozenset(opted_out), use=use)


def take(
    tx: Transaction, log: Leaves, base: Register, *, by: str, now: datetime, use: Use = Use.TRAIN
) -> tuple[Snapshot, Register]:
    """Take the snapshot of ``now`` for a use: the leaf first, so that its index tells which consents counted."""
    register = eligible(tx, base, now, use)
    name = register.sha256()
    taken = Event(kind="snapshot.taken", by=by, about=name, at=now, count=len(register.works), rule=use.value)
    snapshot = Snapshot(id=name, at=now, leaf=log.append(taken).index, use=use)
    repository.add_snapshot(tx, snapshot, register.works)
    return snapshot, register


def write(register: Register, folder: Path, read: Callable[[str], bytes] | None = None) -> None:
    """Write the register where ``Register.load`` and the corpus build read it, with the files people put in.

    ``read`` gives a file of the house by its path. What an earlier snapshot left there and this one does not hold is
    removed: nothing reads it again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = {work.path: work for work in register.works.values() if work.lane == GIVEN_LANE}
    for earlier in folder.glob(f"{FILES}/*"):
        if f"{FILES}/{earlier.name}" not in kept:
            earlier.unlink()
    if read is not None:
        for path in kept:
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes(read(path))
    (folder / WORKS_FILE).write_text(to_lines(register.works.values()), "utf-8")
    (folder / OPTOUTS_FILE).write_text("".join(f"{name}\n" for name in sorted(register.opted_out)), "utf-8")
    (folder / USE_FILE).write_text(f"{register.use}\n", "utf-8")


def learned(tx: Transaction, log: Leaves, model: LearnedModel, *, by: str) -> LearnedModel:
    """Record which snapshot a model learned from.

    Raises ``RecordNotFoundError`` for a snapshot nobody took, ``ConsentError`` for one that is for another use.
    """
    snapshot = repository.find_snapshot(tx, model.snapshot)
    if snapshot is None:
        raise RecordNotFoundError("There is no snapshot of that id; take it before training from it.")
    if snapshot.use not in LEARNS:
        raise ConsentError(f"Snapshot {snapshot.id[:12]} was taken for {snapshot.use}: nothing may learn from it.")
    log.append(Event(kind="model.learned", by=by, about=model.weights_sha256, at=model.at, rule=model.snapshot))
    repository.add_model(tx, model)
    return model


def affected(
    tx: Transaction, base: Register, now: datetime, shipped: Iterable[ShippedModel] = ()
) -> tuple[Affected, ...]:
    """Every model that saw a work which may not be used so now, with those works; oldest first, then shipped ones."""
    may = {use: frozenset(eligible(tx, base, now, use).works) for use in LEARNS}
    saw: list[tuple[LearnedModel | ShippedModel, frozenset[str], Use]] = [
        *((model, repository.works_of(tx, model.snapshot), _use_of(tx, model)) for model in repository.models(tx)),
        *((model, frozenset(model.register.works), Use.TRAIN) for model in _unrecorded(tx, shipped)),
    ]
    gone = ((model, seen - may[use]) for model, seen, use in saw)
    return tuple(Affected(model=model, works=tuple(sorted(lost))) for model, lost in gone if lost)


def register_of(tx: Transaction, base: Register, snapshot: Snapshot) -> Register:
    """The works of a snapshot, as ``base`` and what people put in describe them today; withdrawn ones too."""
    names = repository.works_of(tx, snapshot.id)
    own = {work.id: registered(work, snapshot.use) for work in repository.works(tx) if work.id in names}
    found = {name: work for name, work in base.works.items() if name in names}
    return Register(works=found | own, opted_out=frozenset(), use=snapshot.use)


def newest_models(tx: Transaction) -> tuple[LearnedModel, ...]:
    """The models whose snapshot is on record, newest first."""
    return tuple(reversed(repository.models(tx)))


def models_that_saw(
    tx: Transaction,
    names: Collection[str],
    shipped: Iterable[ShippedModel] = (),
    uses: frozenset[Use] = LEARNS,
) -> tuple[LearnedModel | ShippedModel, ...]:
    """The models that learned by some of these uses from any of these works; oldest first, then shipped ones."""
    learned_by = uses & LEARNS
    taken = frozenset(snapshot for name in names for snapshot in repository.snapshots_with(tx, name, learned_by))
    own = _unrecorded(tx, shipped) if Use.TRAIN in uses else ()
    carried = (model for model in own if model.register.works.keys() & set(names))
    return (*repository.models(tx, taken), *carried)


def learned_from(tx: Transaction) -> Mapping[str, frozenset[str]]:
    """The works each recorded model learned from, by the hash of its weights."""
    return {model.weights_sha256: repository.works_of(tx, model.snapshot) for model in repository.models(tx)}


@cache
def packaged() -> frozenset[str]:
    """The works people put in that the register of this package holds: a model that ships needs no record."""
    return frozenset(work.id for work in Register.load().works.values() if work.lane == GIVEN_LANE)


def works_called(base: Register, name: str) -> frozenset[str]:
    """The ids of the works that an opt-out of ``name`` leaves out: the work of that id, or all of that author."""
    called = frozenset({name.strip().casefold()})
    return frozenset(work.id for work in base.works.values() if _names(work) & called)


def _unrecorded(tx: Transaction, shipped: Iterable[ShippedModel]) -> tuple[ShippedModel, ...]:
    """Shipped models less those whose weights are on record: the record says what they saw."""
    recorded = {model.weights_sha256 for model in repository.models(tx)}
    return tuple(model for model in shipped if model.weights_sha256 not in recorded)


def _use_of(tx: Transaction, model: LearnedModel) -> Use:
    """What the snapshot of a recorded model was taken for."""
    snapshot = repository.find_snapshot(tx, model.snapshot)
    return Use.TRAIN if snapshot is None else snapshot.use


def _is_out(work: Work, opted_out: frozenset[str]) -> bool:
    return work.opted_out or bool(_names(work) & opted_out)


def _names(work: Work) -> frozenset[str]:
    return frozenset({work.id.casefold(), *(author.casefold() for author in work.authors)})


def registered(work: OptInWork, use: Use = Use.TRAIN) -> Work:
    """An opt-in work as the register for a use has it; one whose owner wishes no credit is by somebody unnamed."""
    return Work(
        id=work.id,
        package="opt-in",
        path=work.path,
        sha256=work.sha256,
        title=work.title,
        authors=(work.credit or "an artist who wishes not to be named",),
        licence=LICENCE,
        licence_basis=f"consent to {use}, recorded in the log; uploaded {work.uploaded:%Y-%m-%d}",
        consent="explicit-opt-in",
        date=f"{work.uploaded:%Y-%m-%d}",
        lane=GIVEN_LANE,
        kind="animation" if work.kind == "animation" else "still",
        concepts=work.concepts,
    )
