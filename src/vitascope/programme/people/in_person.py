"""What somebody who is signed in orders is booked under a key of theirs that nobody has: its secret is never kept.

Quotas, pauses, the leak watch and the start of an accepted job all know a key. So it stands among its owner's keys, and
whoever revokes it ends what waits under it, as with any other; the next order makes a new one.
"""

from datetime import UTC, datetime

from vitascope.programme import keys, repository
from vitascope.programme.access import repository as access
from vitascope.programme.access.repository import Bound
from vitascope.programme.people.login import own_access
from vitascope.programme.people.repository import Session
from vitascope.programme.repository import KeyRow
from vitascope.rights.logbook import Leaves
from vitascope.rights.question import KeyKind
from vitascope.store.database import Transaction
from vitascope.store.secrets import Secrets

NAME = "The studio, in your browser"
_SCOPES = ("video.create",)


def booked_under(tx: Transaction, log: Leaves, session: Session, *, secrets: Secrets, now: datetime) -> KeyRow:
    """The key of somebody's own orders, on the access they have now; it is made at their first one. Raises LogError."""
    repository.party(tx, session.party, locked=True)  # two first orders at once make one key
    permission = own_access(tx, session.party, now)
    if not (found := _found(tx, session.party, permission, now)):
        _make(tx, log, session, permission, secrets=secrets, now=now)
        found = _found(tx, session.party, permission, now)
    return found[0]


def is_booking(tx: Transaction, key: str) -> bool:
    """Whether a key is such a one: nobody made it, and nobody has it."""
    bound = access.bound(tx, key)
    return bound is not None and bound.kind is KeyKind.LOGIN


def _found(tx: Transaction, party: str, permission: str | None, now: datetime) -> list[KeyRow]:
    return [row for row in repository.keys(tx, party) if _is_it(tx, row, permission, now)]


def _is_it(tx: Transaction, row: KeyRow, permission: str | None, now: datetime) -> bool:
    bound = access.bound(tx, row.id)
    is_open = row.revoked_at is None or row.revoked_at > now.timestamp()
    return is_open and bound is not None and (bound.kind, bound.permission) == (KeyKind.LOGIN, permission)


def _make(
    tx: Transaction, log: Leaves, session: Session, permission: str | None, *, secrets: Secrets, now: datetime
) -> None:
    made = keys.create(
        tx,
        log,
        by=session.party,
        name=NAME,
        scopes=_SCOPES,
        expires_at=None,
        party=session.party,
        permission=permission,
        secrets=secrets,
        now=now.timestamp(),
    ).key
    if (bound := access.bound(tx, made.id)) is not None:
        access.rebind(tx, Bound(key=made.id, permission=bound.permission, kind=KeyKind.LOGIN, host=bound.host))
    if session.confirmed_until is not None:
        access.confirm(tx, [made.id], datetime.fromtimestamp(session.confirmed_until, UTC))
