"""The book: permissions, terms and holds as they stand at one moment, indexed so that a decision is a few look-ups."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import MappingProxyType

from vitascope.errors import GrantError
from vitascope.rights.hold import Hold, HoldState, Level, Reach, Selector
from vitascope.rights.permission import Permission
from vitascope.rights.terms import Terms
from vitascope.rights.uses import Use


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What ``decide`` may know; the caller may hand in the whole house or only what one act touches."""

    permissions: Mapping[str, Permission]  # by id
    on_object: Mapping[str, tuple[Permission, ...]]  # by exact object, in order of id
    between: Mapping[tuple[str, str], tuple[Permission, ...]]  # by who gives and who is given
    terms: Mapping[str, Terms]  # by hash
    holds: tuple[Hold, ...]
    held: Mapping[Selector, tuple[Hold, ...]]  # the same, by what they point at

    def chain(self, permission: str | None) -> tuple[Permission, ...]:
        """The permission and its parents, leaf first, as far as they are known; a circle is cut where it closes."""
        links: dict[str, Permission] = {}
        while permission is not None and permission in self.permissions and permission not in links:
            links[permission] = self.permissions[permission]
            permission = links[permission].parent
        return tuple(links.values())

    def granting(self, thing: str) -> tuple[Permission, ...]:
        """Permissions on exactly ``thing`` or on what covers it (``character/ana`` for ``character/ana/smile``)."""
        steps = thing.split("/")
        covering = ("/".join(steps[: count + 1]) for count in range(len(steps)))
        return tuple(permission for name in covering for permission in self.on_object.get(name, ()))

    def lets(self, permission: Permission, party: str, now: datetime) -> bool:
        """Whether ``party`` may rely on it; on one that is mutual, while theirs in return is in the book and live."""
        if permission.is_held_by(party):
            return True
        theirs = self.between.get((party, permission.grantor), ())
        return permission.grantee == party and permission.is_met_by(theirs, now)

    def strongest_hold(self, selectors: frozenset[Selector], now: datetime) -> Hold | None:
        """The hold in force with the highest level on any of these; ties go to the id that sorts first."""
        reaching = (
            hold
            for selector in selectors
            for hold in self.held.get(selector, ())
            if hold.state(now) is HoldState.IN_FORCE
        )
        return min(reaching, key=lambda hold: (-hold.level, hold.id), default=None)


def book(*, permissions: Iterable[Permission] = (), terms: Iterable[Terms] = (), holds: Iterable[Hold] = ()) -> Book:
    """A book of what is handed in. Raises ``GrantError`` when two permissions share an id."""
    by_id: dict[str, Permission] = {}
    on_object: defaultdict[str, list[Permission]] = defaultdict(list)
    between: defaultdict[tuple[str, str], list[Permission]] = defaultdict(list)
    for permission in sorted(permissions, key=lambda permission: permission.id):
        if permission.id in by_id:
            message = f"two permissions are called {permission.id}; give each its own id"
            raise GrantError(message)
        by_id[permission.id] = permission
        on_object[permission.object].append(permission)
        between[permission.grantor, permission.grantee].append(permission)
    holds, held = tuple(holds), defaultdict[Selector, list[Hold]](list)
    for hold in holds:
        held[hold.selector].append(hold)
    return Book(
        permissions=MappingProxyType(by_id),
        on_object=MappingProxyType({name: tuple(found) for name, found in on_object.items()}),
        between=MappingProxyType({pair: tuple(found) for pair, found in between.items()}),
        terms=MappingProxyType({version.hash: version for version in terms}),
        holds=holds,
        held=MappingProxyType({selector: tuple(found) for selector, found in held.items()}),
    )


@cache
def wide(use: Use) -> frozenset[Selector]:
    """What points at a use without naming anybody: all, the use itself, and its families (``video``)."""
    parts = use.split(".")
    names = [".".join(parts[: count + 1]) for count in range(len(parts))]
    return frozenset({Selector(reach=Reach.ALL), *(Selector(reach=Reach.FEATURE, id=name) for name in names)})


def level_of(hold: Hold | None) -> Level:
    """The level of a hold, or none."""
    return Level.NONE if hold is None else hold.level
