"""Works people put in: uploaded with what their files say, and let into training by their owner's word alone.

Putting a work in allows nothing. Each use (train, finetune, evaluate, display) is granted by itself and withdrawn by
itself. Where a file, or the page it came from, carries a signal on training that is no clear yes, the owner must say by
name that they mean to override it.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from vitascope.errors import ConsentError, RecordNotFoundError
from vitascope.provenance.mining import mining_entries
from vitascope.rights.consent import repository
from vitascope.rights.consent.inside import from_file
from vitascope.rights.consent.repository import OptInWork
from vitascope.rights.consent.signals import Signal, Source, Verdict, from_entries, from_source, verdict_of
from vitascope.rights.event import Event
from vitascope.rights.logbook import Leaves
from vitascope.rights.owners import book
from vitascope.rights.owners.book import Wish
from vitascope.rights.owners.repository import Given
from vitascope.rights.owners.repository import on as permissions_on
from vitascope.rights.uses import OF_WORKS, Use
from vitascope.store.database import Transaction, take_turn

PROGRAMME: Final = "programme"
"""The party that training, evaluation and display are granted to."""

USES: Final = OF_WORKS
"""What an owner may grant for a work, each by itself."""

LARGEST: Final = 64 << 20
_MEDIA: Final = {
    "image/png": "still",
    "image/jpeg": "still",
    "image/svg+xml": "still",
    "image/webp": "animation",
    "image/gif": "animation",
    "video/mp4": "animation",
    "video/webm": "animation",
}
_LONGEST_TITLE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file and what its owner says of it; ``source`` is what it was found with, where it came from the web."""

    title: str
    content: bytes
    media_type: str
    credit: str = ""
    concepts: tuple[str, ...] = ()
    is_mine: bool = False  # "I made this, or I hold the right to decide about it"
    source: Source = field(default_factory=Source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What an owner allows for one work, until when, under the terms of that hash."""

    work: str
    uses: frozenset[Use]
    until: datetime
    terms: str = ""
    overrides_signals: bool = False  # the owner means it although the file, or where it was found, says no


def put_in(tx: Transaction, log: Leaves, owner: str, upload: Upload, *, now: datetime) -> OptInWork:
    """Enter a work; the caller stores its bytes under ``path``. Raises ``ConsentError``."""
    _require_sound(upload)
    digest = hashlib.sha256(upload.content).hexdigest()
    take_turn(tx, f"file/{digest}")  # of two who put the same file in at once, one is first
    known = repository.works(tx, sha256=digest)
    if known:
        raise ConsentError(
            f"This file (sha256 {digest[:12]}) was put in on {known[0].uploaded:%Y-%m-%d} already. If it is yours and "
            "somebody else's account holds it, report that: nobody trains on a work two people claim."
        )
    work = OptInWork(
        id=f"work_{secrets.token_hex(8)}",
        owner=owner,
        title=upload.title.strip(),
        credit=upload.credit.strip(),
        sha256=digest,
        path=f"works/{digest}",
        kind=_MEDIA[upload.media_type],
        concepts=tuple(dict.fromkeys(upload.concepts)),
        signals=read_signals(upload),
        uploaded=now,
    )
    log.append(Event(kind="work.put in", by=owner, about=work.id, at=now, rule=verdict_of(work.signals)))
    repository.add_work(tx, work)
    return work


def read_signals(upload: Upload) -> tuple[Signal, ...]:
    """Everything the file, and the page, headers and site it came from, say about training."""
    mining = (
        signal
        for label, entries in mining_entries(upload.content, upload.media_type)
        for signal in from_entries(label.partition(".")[0], entries)
    )
    return (*mining, *from_file(upload.content, upload.media_type), *from_source(upload.source))


def grant(tx: Transaction, log: Leaves, owner: str, consent: Consent, *, now: datetime) -> tuple[Given, ...]:
    """Let the programme make these uses of a work, each as a permission of its own. Raises ``ConsentError``."""
    work = require(tx, consent.work, owner)
    strangers = sorted(consent.uses - set(USES))
    if strangers or not consent.uses or work.removed is not None:
        raise ConsentError(
            f"A work that is here is granted for some of {', '.join(USES)}; {work.id} was asked for "
            f"{', '.join(sorted(consent.uses)) or 'nothing'}."
        )
    _require_override(work, consent)
    conditions = "overrides signals in the file" if _strictest(work) else ""
    return tuple(
        book.give(
            tx,
            log,
            Wish(
                owner=owner,
                grantee=PROGRAMME,
                thing=thing(work.id),
                uses=frozenset({use}),
                until=consent.until,
                terms=consent.terms,
                restrictions=conditions,
            ),
            now=now,
        )
        for use in sorted(consent.uses - uses_of(tx, work.id, now))
    )


def withdraw(
    tx: Transaction, log: Leaves, owner: str, name: str, uses: frozenset[Use], *, now: datetime
) -> tuple[Given, ...]:
    """Take these uses back. The next snapshot is without the work; models that learned from it are named affected."""
    require(tx, name, owner)
    active = [given for given in permissions_on(tx, (thing(name),)) if given.permission.uses & uses]
    live = [given for given in active if given.permission.is_live(now)]
    return tuple(book.withdraw(tx, log, given.permission.id, owner, now=now) for given in live)


def take_away(tx: Transaction, log: Leaves, owner: str, name: str, *, now: datetime) -> OptInWork:
    """Withdraw every use and take the work itself away; the caller removes its bytes afterwards."""
    work = require(tx, name, owner)
    withdraw(tx, log, owner, name, frozenset(USES), now=now)
    log.append(Event(kind="work.taken away", by=owner, about=name, at=now))
    repository.remove_work(tx, name, now)
    return work


def leave_out(tx: Transaction, log: Leaves, name: str, *, by: str, now: datetime) -> None:
    """Leave a registered work, or all works of an author, out of every snapshot from now on."""
    if not name.strip() or len(name) > _LONGEST_TITLE:
        raise ConsentError("Name the work's id or the author as the register spells it, in 1 to 200 characters.")
    log.append(Event(kind="opt-out", by=by, about=_digest(name), at=now))
    repository.add_opt_out(tx, name.strip().casefold(), now)


def uses_of(tx: Transaction, name: str, now: datetime) -> frozenset[Use]:
    """What the programme may do with a work now."""
    live = (given.permission for given in permissions_on(tx, (thing(name),)) if given.permission.is_live(now))
    return frozenset(use for permission in live if permission.is_held_by(PROGRAMME) for use in permission.uses)


def require(tx: Transaction, name: str, owner: str) -> OptInWork:
    """The work, if it is ``owner``'s. Raises ``RecordNotFoundError``, for other people's as well."""
    repository.lock_work(tx, name)
    found = repository.works(tx, only=name, owner=owner)
    if not found:
        raise RecordNotFoundError("There is no work of that id that is yours; list them and copy it.")
    return found[0]


def thing(name: str) -> str:
    """What permissions on a work are on."""
    return f"work/{name}"


def _require_override(work: OptInWork, consent: Consent) -> None:
    learns = consent.uses & {Use.TRAIN, Use.FINETUNE}
    signal = _strictest(work)
    if learns and signal is not None and not consent.overrides_signals:
        says = "says no to" if signal.verdict is Verdict.DENY else "says nothing clear, which counts as no, about"
        raise ConsentError(
            f"The file of {work.id}, or where it was found, {says} training ({signal.form}: {signal.raw}). If you own "
            "it and mean to allow it all the same, say so: overrides_signals."
        )


def _strictest(work: OptInWork) -> Signal | None:
    """The signal that stands against training: a no before what nobody can read; silence and a yes are neither."""
    against = (
        signal for verdict in (Verdict.DENY, Verdict.UNKNOWN) for signal in work.signals if signal.verdict is verdict
    )
    return next(against, None)


def _require_sound(upload: Upload) -> None:
    if not upload.is_mine:
        raise ConsentError("Put in only what you made or hold the right to decide about, and say so: is_mine.")
    if not upload.title.strip() or len(upload.title) > _LONGEST_TITLE or len(upload.credit) > _LONGEST_TITLE:
        raise ConsentError(f"A work has a title of 1 to {_LONGEST_TITLE} characters, and a credit of as many at most.")
    if upload.media_type not in _MEDIA:
        raise ConsentError(f"A file of type {upload.media_type[:60]!r} is not taken; these are: {', '.join(_MEDIA)}.")
    if not 0 < len(upload.content) <= LARGEST:
        raise ConsentError(f"The file has {len(upload.content)} bytes; 1 to {LARGEST} are taken.")


def _digest(name: str) -> str:
    """A name in a leaf would be there for good: its hash is enough to find it by."""
    return hashlib.sha256(name.strip().casefold().encode()).hexdigest()[:16]
