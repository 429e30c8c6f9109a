"""Guest passes: a member shares a part of their own access, with a budget and an end; sharing is a right."""

import secrets as random_bytes
from dataclasses import dataclass
from datetime import datetime

from vitascope.errors import GrantError, OwnCaseError, RecordNotFoundError
from vitascope.orders import Limits
from vitascope.programme import keys
from vitascope.programme import repository as keys_repository
from vitascope.programme.access import repository
from vitascope.programme.keys import NewKey
from vitascope.rights.event import Event
from vitascope.rights.logbook import Leaves
from vitascope.rights.permission import Ending, Permission, PermissionState, end, offer_below
from vitascope.rights.quota import Measure, Per, Quota
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction
from vitascope.store.secrets import Secrets

MOST_GUESTS = 200
"""Passes that may hang below one permission at a time."""

_USES = frozenset(
    {Use.VIDEO_CREATE, Use.VIDEO_READ, Use.VIDEO_DOWNLOAD, Use.VIDEO_EXPORT, Use.PROGRAMME_REPORT, Use.PROGRAMME_APPEAL}
)
_SCOPES = ("video.create", "video.read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What a member hands to a guest: a name for the list, renders and seconds of video in all, and an end."""

    name: str
    renders: int
    seconds: int
    until: datetime


def mint(
    tx: Transaction, log: Leaves, party: str, parent: str, wanted: Pass, *, secrets: Secrets, now: datetime
) -> tuple[Permission, NewKey]:
    """A pass below a permission the member holds, and the key to it, shown once.

    Raises OwnCaseError for another's permission, GrantError for more than the parent allows.
    """
    above = _own(tx, parent, party)
    if not above.is_live(now) or Use.GUEST_INVITE not in above.uses:
        raise GrantError(f"Permission {parent} carries no {Use.GUEST_INVITE} now; passes hang on one that does.")
    live = [child for child in repository.children(tx, parent) if child.is_live(now)]
    if len(live) >= MOST_GUESTS:
        raise GrantError(f"{len(live)} passes hang on {parent}, {MOST_GUESTS} may; take one back first.")
    child = Permission(
        id=f"pass_{random_bytes.token_hex(8)}",
        grantor=party,
        grantee=f"guest_{random_bytes.token_hex(8)}",
        object=above.object,
        uses=_USES & above.uses,
        terms=above.terms,
        valid_from=now,
        valid_until=wanted.until,
        quotas=(
            Quota(measure=Measure.RENDERS, per=Per.GRANT, limit=wanted.renders),
            Quota(measure=Measure.SECONDS, per=Per.GRANT, limit=wanted.seconds),
        ),
        state=PermissionState.ACTIVE,
    )
    hung = offer_below(above, child)
    log.append(Event(kind="pass.minted", by=party, about=hung.id, at=now))
    repository.add_permission(tx, hung)
    keys_repository.add_party(tx, hung.grantee, name=wanted.name, priority="low", limits=Limits(), now=now.timestamp())
    made = keys.create(
        tx,
        party=hung.grantee,
        name=wanted.name,
        scopes=_SCOPES,
        expires_at=wanted.until.timestamp(),
        secrets=secrets,
        now=now.timestamp(),
        permission=hung.id,
    )
    return hung, made


def take_back(tx: Transaction, log: Leaves, party: str, name: str, *, now: datetime) -> Permission:
    """End a pass; what hangs below it dies with it. Raises OwnCaseError for another's, GrantError if it has ended."""
    found = repository.permission(tx, name)
    if found is None or found.parent is None:
        raise RecordNotFoundError(f"There is no pass {name[:64]!r}.")
    if found.grantor != party:
        raise OwnCaseError(f"Pass {name} was given by somebody else; only they take it back.")
    ended = end(found, Ending.WITHDRAWN)
    log.append(Event(kind="pass.taken_back", by=party, about=name, at=now))
    repository.change_permission(tx, ended)
    return ended


def _own(tx: Transaction, name: str, party: str) -> Permission:
    found = repository.permission(tx, name)
    if found is None or not found.is_held_by(party):
        raise OwnCaseError(f"Permission {name[:64]!r} is not one that {party} holds.")
    return found
