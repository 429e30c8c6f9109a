"""Auditors: people from outside who sign the log's checkpoints, so that nobody is shown another log than the others."""

from datetime import UTC, datetime

from vitascope.errors import CosignError, LogError, OwnCaseError
from vitascope.programme.actor import Actor, require
from vitascope.programme.roles import repository
from vitascope.programme.roles.repository import Cosignature
from vitascope.rights.cosign import Auditor, cosigned_at, read_auditor
from vitascope.rights.event import Event
from vitascope.rights.log import Log
from vitascope.rights.logbook import Leaves
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction


def enrol(tx: Transaction, log: Leaves, actor: Actor, key: str, *, now: datetime) -> str:
    """Name an auditor's public key, ``name+hash+key``; their name. Raises RoleError, CosignError, OwnCaseError."""
    require(actor, Use.LOG_COSIGN)
    try:
        auditor = read_auditor(key)
    except LogError as error:
        raise CosignError(str(error)) from error
    known = repository.auditor(tx, auditor.name)
    if known is not None and known[1] != actor.party:
        raise OwnCaseError(f"{auditor.name} is somebody else's name; choose one of your own.")
    log.append(Event(kind="auditor.named", by=actor.party, about=auditor.key_hash.hex(), at=now))
    repository.name_auditor(tx, auditor.name, key=key, party=actor.party, at=now.timestamp())
    return auditor.name


def take(tx: Transaction, log: Log, actor: Actor, note: str, *, now: datetime) -> int:
    """Keep an auditor's line below one of our checkpoints; its size.

    Raises RoleError, and CosignError for a note that is not ours, not a beginning of the log, or not signed by them.
    """
    require(actor, Use.LOG_COSIGN)
    try:
        seen = log.read_own(note)
    except LogError as error:
        raise CosignError(f"This is no checkpoint of ours: {error}") from error
    for name, key in repository.auditors_of(tx, actor.party):
        auditor = read_auditor(key)
        if cosigned_at(note, auditor) is not None:
            line = _line(note, auditor)
            found = Cosignature(auditor=name, size=seen.size, line=line, note=_bare(note), at=now.timestamp())
            log.append(Event(kind="checkpoint.cosigned", by=actor.party, about=str(seen.size), at=now))
            repository.add_cosignature(tx, found)
            return seen.size
    raise CosignError("No line of yours stands below this checkpoint; name your key, then `vitascope log cosign`.")


def cosigned(tx: Transaction) -> str | None:
    """The newest checkpoint with auditors' lines, all of them below ours; None where there is none yet."""
    found = repository.newest_cosigned(tx)
    return found[0].note + "".join(one.line for one in found) if found else None


def last_look(tx: Transaction) -> datetime | None:
    """When an auditor last signed."""
    found = repository.newest_cosigned(tx)
    return datetime.fromtimestamp(max(one.at for one in found), UTC) if found else None


def _line(note: str, auditor: Auditor) -> str:
    lines = note.partition("\n\n")[2].splitlines(keepends=True)
    return next(line for line in lines if line.split(" ")[1:2] == [auditor.name])


def _bare(note: str) -> str:
    """The note as we signed it: the checkpoint and the first line below it."""
    head, gap, lines = note.partition("\n\n")
    return head + gap + lines.splitlines(keepends=True)[0]
