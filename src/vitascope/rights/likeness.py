"""Likeness: a character made from a person is used only as far as that person says, until they say no."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from vitascope.errors import LikenessError
from vitascope.rights.logbook import Leaves
from vitascope.rights.owners import book, repository
from vitascope.rights.owners.book import Wish
from vitascope.rights.owners.repository import Given
from vitascope.rights.party import PUBLIC
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction

MUTUALS: Final = "mutuals"
"""The grantee of a permission for those a person follows and is followed by; who they are is told by the caller."""


class Circle(StrEnum):
    """Who may use a person's likeness; default is nobody but themselves."""

    NOBODY = "nobody"
    APPROVED = "approved"
    MUTUALS = "mutuals"
    EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True, kw_only=True)
class LikenessWish:
    """What a person allows for one character made from them."""

    character: str
    person: str
    circle: Circle
    until: datetime
    approved: frozenset[str] = frozenset()  # parties, for the level of that name
    restrictions: str = ""  # in their words: "never in advertising, never with weapons"


def allow(tx: Transaction, log: Leaves, wish: LikenessWish, *, now: datetime) -> tuple[Given, ...]:
    """Put ``wish`` in the place of whatever the person allowed before. Only they can: the caller checks who asks.

    Raises ``LikenessError`` where names are given for a level that takes none, or none for the one that does.
    """
    if (wish.circle is Circle.APPROVED) != bool(wish.approved):
        raise LikenessError(
            f"The level {wish.circle} with {len(wish.approved)} approved people: name them for approved."
        )
    withdraw(tx, log, wish.character, wish.person, now=now)
    return tuple(
        book.give(
            tx,
            log,
            Wish(
                owner=wish.person,
                grantee=grantee,
                thing=likeness_of(wish.character),
                uses=frozenset({Use.CHARACTER_USE}),
                until=wish.until,
                restrictions=wish.restrictions,
            ),
            now=now,
        )
        for grantee in _grantees(wish)
    )


def withdraw(tx: Transaction, log: Leaves, character: str, person: str, *, now: datetime) -> tuple[Given, ...]:
    """Take everything back: from now on nobody but the person uses the character."""
    given = repository.on(tx, (likeness_of(character),))
    own = [one for one in given if one.permission.grantor == person and one.permission.is_live(now)]
    return tuple(book.withdraw(tx, log, one.permission.id, person, now=now) for one in own)


def require_likeness(
    tx: Transaction, character: str, person: str, party: str, *, mutuals: Collection[str] = (), now: datetime
) -> str:
    """What ``party`` must heed in using ``character``, made from ``person``. Raises ``LikenessError``."""
    if party == person:
        return ""
    held = book.live(tx, likeness_of(character), Use.CHARACTER_USE, party, now)
    if not held and party in mutuals:
        held = book.live(tx, likeness_of(character), Use.CHARACTER_USE, MUTUALS, now)
    own = [one for one in held if one.permission.grantor == person]
    if not own:
        raise LikenessError(
            f"Character {character} is made from {person}, who has not allowed {party} to use it. Ask them, or leave "
            "it out. This refusal costs nothing."
        )
    return own[0].restrictions


def likeness_of(character: str) -> str:
    """What permissions on a character are on."""
    return f"character/{character}"


def _grantees(wish: LikenessWish) -> tuple[str, ...]:
    fixed = {Circle.NOBODY: (), Circle.MUTUALS: (MUTUALS,), Circle.EVERYBODY: (PUBLIC,)}
    return tuple(sorted(wish.approved)) if wish.circle is Circle.APPROVED else fixed[wish.circle]
