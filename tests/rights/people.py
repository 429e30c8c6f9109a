"""A small programme to test with: one house, two members, a guest, and a book of what they may do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from vitascope.rights.book import book
from vitascope.rights.hold import Hold, Level, Selector
from vitascope.rights.permission import Permission, PermissionState
from vitascope.rights.question import KeyKind, KeyState, Target
from vitascope.rights.terms import Policy, Terms
from vitascope.rights.uses import Use

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FAIR = Terms(text="Make what you like; it is yours.", issued=NOW - 9 * DAY, policy=Policy())
ALL_USES = frozenset(Use)
ENGINE = Target(id="engine/xs")

ANA = Permission(
    id="access-ana",
    grantor="programme",
    grantee="ana",
    object="engine",
    uses=ALL_USES,
    terms=FAIR.hash,
    valid_from=NOW - DAY,
    valid_until=NOW + 90 * DAY,
    cohort="first",
    state=PermissionState.ACTIVE,
)
BEN = replace(ANA, id="access-ben", grantee="ben", cohort="second")
GUEST = replace(ANA, id="pass-1", grantor="ana", grantee="guest", parent="access-ana", cohort=None)
CIRCLE = (replace(ANA, id="ring-1", parent="ring-2"), replace(ANA, id="ring-2", parent="ring-1"))


def key_of(permission, /, **changes):
    """A live key of the permission's grantee, for every use."""
    key = KeyState(
        id=f"key-{permission.grantee}",
        kind=KeyKind.MEMBER,
        party=permission.grantee,
        permission=permission.id,
        scopes=ALL_USES,
        expires=NOW + 30 * DAY,
    )
    return replace(key, **changes)


def login_of(permission, /, **changes):
    """The grantee in person."""
    return key_of(permission, id=f"login-{permission.grantee}", kind=KeyKind.LOGIN, **changes)


def hold_on(reach, name="", level=Level.NO_CREATE, **changes):
    """A hold in force, agreed by two stewards."""
    hold = Hold(
        id=f"hold-{reach}-{name}-{level.name}",
        selector=Selector(reach=reach, id=name),
        level=level,
        reason="four renders in flight without a pause",
        placed_by="steward-1",
        second="steward-2",
        placed=NOW - timedelta(hours=1),
        until=NOW + DAY,
    )
    return replace(hold, **changes)


def book_of(*permissions, holds=(), terms=(FAIR,)):
    """The two members and the guest, with others put in or in their place."""
    by_id = {permission.id: permission for permission in (ANA, BEN, GUEST, *permissions)}
    return book(permissions=by_id.values(), holds=holds, terms=terms)
