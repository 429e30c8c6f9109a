"""What stands on a member's page: read once, shown by ``pages``."""

from dataclasses import dataclass
from datetime import datetime

from vitascope.programme import keys
from vitascope.programme import repository as keys_repository
from vitascope.programme.access.outlook import Outlook, outlook_of
from vitascope.programme.access.standing import Part, part_of
from vitascope.programme.actor import may
from vitascope.programme.keys import Key
from vitascope.programme.leaks import repository as leaks
from vitascope.programme.leaks.repository import Notice
from vitascope.programme.passkeys import repository as passkeys
from vitascope.programme.passkeys.repository import Passkey
from vitascope.programme.people import membership, passes
from vitascope.programme.people import repository as people
from vitascope.programme.people.announcements import Coming
from vitascope.programme.people.login import login_state
from vitascope.programme.people.passes import Given
from vitascope.programme.people.repository import Session
from vitascope.programme.roles import seats
from vitascope.rights.hold import Hold
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A member's page."""

    name: str
    outlook: Outlook
    notices: tuple[Notice, ...]  # not answered yet
    holds: tuple[Hold, ...]  # that reach them now
    coming: tuple[Coming, ...]  # terms that were announced
    passes: tuple[Given, ...]
    keys: tuple[Key, ...]
    part: Part  # as what they came in
    passkeys: tuple[Passkey, ...]
    num_applications: int | None  # that wait; None for whoever does not answer them
    now: datetime


def home(tx: Transaction, session: Session, now: datetime) -> Home:
    """Everything on the page of whoever is signed in."""
    party = keys_repository.party(tx, session.party)
    held = membership.membership(tx, session.party, now)
    outlook = outlook_of(tx, login_state(tx, session, now), now)
    return Home(
        name=party.name if party else session.party,
        outlook=outlook,
        part=part_of(outlook.permission) if outlook.permission else Part.MEMBER,
        notices=tuple(one for one in leaks.notices(tx, session.party) if one.answer is None),
        holds=held.holds,
        coming=held.coming,
        passes=passes.given(tx, session.party, now),
        keys=tuple(key for key in keys.listed(tx, session.party) if _is_live(key, now.timestamp())),
        passkeys=passkeys.of(tx, session.party),
        num_applications=_waiting(tx, session, now),
        now=now,
    )


def _waiting(tx: Transaction, session: Session, now: datetime) -> int | None:
    is_steward = may(seats.present(tx, None, session, now), Use.MEMBER_INVITE)
    return len(people.applications(tx, "open")) if is_steward else None


def _is_live(key: Key, now: float) -> bool:
    return (key.revoked_at is None or key.revoked_at > now) and (key.expires_at is None or key.expires_at > now)
