"""Somebody who is signed in, as ``decide`` sees them: themselves, with no key that could leak."""

from datetime import UTC, datetime

from vitascope.programme.access import repository
from vitascope.programme.access.standing import lets_in
from vitascope.programme.people.repository import Session
from vitascope.rights.question import KeyKind, KeyState
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction


def login_state(tx: Transaction, session: Session, now: datetime) -> KeyState:
    """The person behind a session: what they do hangs on their own early access, while there is one."""
    until = session.confirmed_until
    return KeyState(
        id=login_name(session.digest),
        kind=KeyKind.LOGIN,
        party=session.party,
        permission=own_access(tx, session.party, now),
        scopes=frozenset(Use),
        expires=datetime.fromtimestamp(session.expires_at, UTC),
        confirmed_until=None if until is None else datetime.fromtimestamp(until, UTC),
    )


def login_name(digest: str) -> str:
    """What a session is called in leaves and explanations: enough of its digest to be one session's alone."""
    return f"login_{digest[:16]}"


def own_access(tx: Transaction, party: str, now: datetime) -> str | None:
    """The permission by which a party makes films: a live one, else the last that ended, to say how."""
    held = [one for one in repository.permissions_of(tx, party) if one.grantee == party and lets_in(one)]
    return max(held, key=lambda one: (one.is_live(now), one.valid_until)).id if held else None
