"""Early access as the house gives it: every key hangs on a permission, and on this one where it has no other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from vitascope.programme.access import repository
from vitascope.programme.access.repository import Bound
from vitascope.rights.party import HOUSE
from vitascope.rights.permission import Permission, PermissionState
from vitascope.rights.question import KeyKind
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction

MEMBER_USES: Final = frozenset(
    use for use in Use if (use.is_open or use.is_own_choice or use.is_creative) and use not in (Use.TRAIN, Use.FINETUNE)
)
"""What early access carries: everything a maker does, nothing that decides on others."""

RIGHTSHOLDER_USES: Final = frozenset(use for use in Use if use.is_open or use.is_own_choice)
"""What whoever only puts works in carries: deciding about what is theirs, reading, reporting. Nothing is made."""


class Part(StrEnum):
    """What somebody is invited as: to make videos, or to put works in and decide what may be done with them."""

    MEMBER = "member"
    RIGHTSHOLDER = "rightsholder"


_ENGINE: Final = "engine"
_WORKS: Final = "works"
PARTS: Final = {Part.MEMBER: (_ENGINE, MEMBER_USES), Part.RIGHTSHOLDER: (_WORKS, RIGHTSHOLDER_USES)}
"""What the permission of each part is on, and the uses it carries."""
_LIFE: Final = timedelta(days=36_500)


def hang(tx: Transaction, key: str, party: str, permission: str | None, *, now: float) -> None:
    """Hang a new key on ``permission``, else on the party's early access, which is made where there is none.

    A key that joins others on a pass is of their kind, so that a public pass stays one when its key is rotated.
    """
    if permission is None:
        permission = f"access_{party}"
        if repository.permission(tx, permission) is None:
            repository.add_permission(tx, _early_access(permission, party, datetime.fromtimestamp(now, UTC)))
    bare = Bound(key=key, permission=permission, kind=KeyKind.MEMBER)
    is_pass = repository.chain(tx, permission)[0].parent is not None
    repository.bind(tx, _like_others(tx, bare) if is_pass else bare)


def lets_in(permission: Permission) -> bool:
    """Whether it is what somebody came in by, in whatever part; a guest's pass is on the engine, too."""
    return permission.object in (_ENGINE, _WORKS)


def part_of(access: Permission) -> Part:
    """As what somebody came in."""
    return Part.RIGHTSHOLDER if access.object == _WORKS else Part.MEMBER


def is_member(tx: Transaction, party: str, now: datetime) -> bool:
    """Whether a party holds early access of its own at ``now``; a guest's pass, which hangs below one, is none."""
    held = (one for one in repository.permissions_of(tx, party) if one.grantee == party and one.grantor == HOUSE)
    return any(one.object == _ENGINE and one.parent is None and one.is_live(now) for one in held)


def of(tx: Transaction, key: str) -> str | None:
    """The permission a key hangs on."""
    bound = repository.bound(tx, key)
    return bound.permission if bound else None


def _like_others(tx: Transaction, key: Bound) -> Bound:
    """A key on a pass: of the kind of those that were on it before, and given by whichever key gave them."""
    names = repository.keys_of(tx, key.permission)
    others = [other for name in names if (other := repository.bound(tx, name)) is not None]
    is_public = any(other.kind is KeyKind.SERVICE for other in others)
    host = next((other.host for other in others if other.host), None)
    return replace(key, kind=KeyKind.SERVICE if is_public else KeyKind.GUEST, host=host)


def _early_access(name: str, party: str, now: datetime) -> Permission:
    """What an operator gives on their own machine: it has no terms but those of the house, and the party's limits."""
    return Permission(
        id=name,
        grantor=HOUSE,
        grantee=party,
        object=_ENGINE,
        uses=MEMBER_USES,
        terms="house",
        valid_from=now,
        valid_until=now + _LIFE,
        state=PermissionState.ACTIVE,
    )
