"""Who acts for the programme, and may they: ``decide`` is asked, over the chain of their role and the holds on it.

Beside it the rule that keeps one person from being two.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from vitascope.errors import OwnCaseError, RefusedError, RoleError
from vitascope.rights.answer import Decision, Rule
from vitascope.rights.book import Book, book
from vitascope.rights.decide import decide
from vitascope.rights.logbook import Leaves
from vitascope.rights.party import HOUSE
from vitascope.rights.permission import Permission, PermissionState
from vitascope.rights.question import KeyKind, KeyState, Target
from vitascope.rights.uses import Use

_HELD: Final = frozenset({Rule.HOLD_KEY_DEAD, Rule.HOLD_NO_CREATE, Rule.HOLD_STEP_UP})
_LONG: Final = timedelta(days=36_500)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody at the moment they act: what they came in with, their roles, and the holds that stand."""

    key: KeyState
    book: Book  # no permissions in it but their roles
    at: datetime
    log: Leaves | None = None  # where a refusal is written; None for whoever only looks whether they may

    @property
    def party(self) -> str:
        """Who it is."""
        return self.key.party

    def ask(self, use: Use) -> Decision:
        """What ``decide`` says of ``use`` by the role that carries it: a live one, else the last that did."""
        carrying = (one for one in self.book.permissions.values() if use in one.uses)
        role = max(carrying, key=lambda one: (one.is_live(self.at), one.valid_until), default=None)
        key = replace(self.key, permission=role.id if role else None)
        return decide(key, use, Target(id=HOUSE), self.at, book=self.book)


def keeper(party: str, uses: Iterable[Use], *, at: datetime, log: Leaves | None = None) -> Actor:
    """Somebody whom the house itself gives ``uses``, for it is in their hands: no hold reaches them here.

    That nobody decides on their own case, and that wide powers take two, holds for them too.
    """
    given = Permission(
        id="keeper",
        grantor=HOUSE,
        grantee=party,
        object=HOUSE,
        uses=frozenset(uses),
        terms="house",
        valid_from=at - _LONG,
        valid_until=at + _LONG,
        state=PermissionState.ACTIVE,
    )
    key = KeyState(
        id=party, kind=KeyKind.LOGIN, party=party, permission=given.id, scopes=frozenset(), expires=at + _LONG
    )
    return Actor(key=key, book=book(permissions=[given]), at=at, log=log)


def may(actor: Actor, use: Use) -> bool:
    """Whether ``decide`` lets ``actor`` make ``use``: for what is only shown to whoever may, and refused to nobody."""
    return actor.ask(use).allow


def require(actor: Actor, *uses: Use) -> None:
    """Raise, with a leaf, unless ``decide`` lets ``actor`` make one of ``uses``.

    RoleError where no role of theirs carries it now, or not by this key; RefusedError for a hold.
    """
    said = [actor.ask(use) for use in uses]
    if any(one.allow for one in said):
        return
    no = next((one for one in said if one.rule is not Rule.PERMISSION_MISSING), said[0])
    if actor.log is not None and no.event is not None:
        actor.log.append(no.event)
    raise (RefusedError if no.rule in _HELD else RoleError)(no.explanation)


def require_other(actor: Actor, involved: Iterable[str], act: str) -> None:
    """Raise ``OwnCaseError`` when ``actor`` already has a part in what is decided."""
    if actor.party in involved:
        raise OwnCaseError(f"{actor.party} has a part in this and cannot {act}; another person must.")
