"""A permission: who lets whom do what with which thing, until when; access and consent are the same noun."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from vitascope.errors import GrantError
from vitascope.rights.moment import in_words, require_zone
from vitascope.rights.party import PUBLIC
from vitascope.rights.quota import Quota
from vitascope.rights.uses import Use


class PermissionState(StrEnum):
    """``offered -> active -> ended`` or ``offered -> declined | lapsed``."""

    OFFERED = "offered"
    ACTIVE = "active"
    ENDED = "ended"
    DECLINED = "declined"
    LAPSED = "lapsed"


class Ending(StrEnum):
    """How an active permission ended: by its grantor, by its grantee, by time, or by a newer one."""

    WITHDRAWN = "withdrawn"
    RETURNED = "returned"
    EXPIRED = "expired"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """Early access, guest pass, training consent, likeness, remix right, publication or role."""

    id: str
    grantor: str
    grantee: str  # a party id, or PUBLIC
    object: str  # "engine" covers "engine/xs"; "character/ana", "clip/9f", "render/12", "programme"
    uses: frozenset[Use]
    terms: str  # hash of the Terms it is given under
    valid_from: datetime
    valid_until: datetime
    parent: str | None = None
    cohort: str | None = None
    quotas: tuple[Quota, ...] = ()
    state: PermissionState = PermissionState.OFFERED
    ending: Ending | None = None
    is_mutual: bool = False  # counts only while its grantee, by name, lets its grantor do the same: see ``is_met_by``

    def __post_init__(self) -> None:
        """Refuse a permission without time or thing, or one whose ending and state disagree."""
        require_zone(self.valid_from, f"the start of permission {self.id}")
        require_zone(self.valid_until, f"the end of permission {self.id}")
        if self.valid_until <= self.valid_from:
            message = (
                f"permission {self.id} would end {in_words(self.valid_until)}, not after its start"
                f" {in_words(self.valid_from)}; give a later end"
            )
            raise GrantError(message)
        if not self.id or not self.object:
            message = f"permission {self.id!r} on {self.object!r} needs an id and an object"
            raise GrantError(message)
        if (self.ending is None) == (self.state is PermissionState.ENDED):
            message = f"permission {self.id} is {self.state} with ending {self.ending}; only an ended one has one"
            raise GrantError(message)
        if self.is_mutual and self.grantee == PUBLIC:
            message = f"permission {self.id} is for everybody and cannot be mutual; name the people it is for"
            raise GrantError(message)

    def is_live(self, now: datetime) -> bool:
        """Whether it was accepted, has not ended, and ``now`` lies within its time (start included, end not)."""
        return self.state is PermissionState.ACTIVE and self.valid_from <= now < self.valid_until

    def is_held_by(self, party: str) -> bool:
        """Whether ``party`` may rely on it, whatever they allow themselves."""
        return not self.is_mutual and self.grantee in (party, PUBLIC)

    def is_met_by(self, theirs: "Iterable[Permission]", now: datetime) -> bool:
        """Whether one of ``theirs`` is the same in return: live, from its grantee to its grantor by name, as wide."""
        return self.is_mutual and any(
            (one.grantor, one.grantee) == (self.grantee, self.grantor) and one.is_live(now) and self.uses <= one.uses
            for one in theirs
        )


def accept(offer: Permission, *, terms: str, declined: frozenset[Use] = frozenset()) -> Permission:
    """The offer as accepted under the terms with hash ``terms``, less the uses the grantee declined.

    Raises ``GrantError`` when it is not on offer or the terms are not those offered.
    """
    _require(offer, PermissionState.OFFERED, "accepted")
    if terms != offer.terms:
        message = (
            f"permission {offer.id} was offered under terms {offer.terms[:12]}, not {terms[:12]};"
            " read the terms again and accept those"
        )
        raise GrantError(message)
    return replace(offer, state=PermissionState.ACTIVE, uses=offer.uses - declined)


def decline(offer: Permission) -> Permission:
    """The offer as declined; nothing else changes for whoever said no."""
    _require(offer, PermissionState.OFFERED, "declined")
    return replace(offer, state=PermissionState.DECLINED)


def lapse(offer: Permission) -> Permission:
    """The offer as lapsed: nobody answered in time."""
    _require(offer, PermissionState.OFFERED, "lapsed")
    return replace(offer, state=PermissionState.LAPSED)


def end(permission: Permission, ending: Ending) -> Permission:
    """The active permission as ended; whatever hangs below it dies with it."""
    _require(permission, PermissionState.ACTIVE, "ended")
    return replace(permission, state=PermissionState.ENDED, ending=ending)


def offer_below(parent: Permission, child: Permission) -> Permission:
    """``child`` hung below ``parent``, for a guest pass or a public demo.

    Raises ``GrantError`` when the child would allow anything its parent does not.
    """
    hung = replace(child, parent=parent.id)
    fault = excess(hung, parent)
    if fault:
        message = f"permission {child.id} cannot hang below {parent.id}: {fault}; ask for less"
        raise GrantError(message)
    return hung


def excess(child: Permission, parent: Permission) -> str:
    """The first way in which ``child`` goes beyond ``parent``, in words; empty when it stays within."""
    surplus = child.uses - parent.uses
    if surplus:
        return f"it allows {', '.join(sorted(surplus))} and its parent does not"
    if not covers(parent.object, child.object):
        return f"it is on {child.object} and its parent on {parent.object}"
    if not parent.is_held_by(child.grantor):
        return f"{child.grantor} gives it and does not hold its parent"
    if child.valid_from < parent.valid_from or child.valid_until > parent.valid_until:
        return f"it is valid outside {in_words(parent.valid_from)} to {in_words(parent.valid_until)}"
    return _quota_excess(child, parent)


def covers(wide: str, narrow: str) -> bool:
    """Whether object ``wide`` is ``narrow`` or holds it: ``engine`` covers ``engine/xs`` but not ``engines``."""
    return narrow == wide or narrow.startswith(f"{wide}/")


def _quota_excess(child: Permission, parent: Permission) -> str:
    limits = {(quota.measure, quota.per): quota.limit for quota in parent.quotas}
    for quota in child.quotas:
        limit = limits.get((quota.measure, quota.per), quota.limit)
        if quota.limit > limit:
            return f"its {quota.limit} {quota.measure} per {quota.per} are more than its parent's {limit}"
    return ""


def _require(permission: Permission, state: PermissionState, change: str) -> None:
    if permission.state is not state:
        message = f"permission {permission.id} is {permission.state}; only one that is {state} can be {change}"
        raise GrantError(message)
