"""Likeness: a character made from a person is used only as far as that person says, until they say no.

A name belongs to whoever first says anything about it, for good: that nobody else can speak for it, and nobody takes it
over. Whether it is really their face is not for a program to know; a wrong claim is for people to settle.
"""

import re
import unicodedata
from collections.abc import Iterable
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
from vitascope.rights.permission import Permission
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction, take_turn
from vitascope.text.saying import said

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MENTION: Final = re.compile(r"(?<![A-Za-z0-9_.+-])@([A-Za-z0-9_-]{1,64})")
_MOST_WORDS, _LONGEST_WORD = 50, 60

THINGS: Final = "character/"
"""What the name of every object begins with that a permission on a likeness is on."""


class Circle(StrEnum):
    """Who may use a person's likeness; default is nobody but themselves.

    Mutuals are people whom the person names, each while they name the person for a likeness of their own, as approved
    or as mutual. Nobody is named by "everybody", and either side ends it at once for both.
    """

    NOBODY = "nobody"
    APPROVED = "approved"
    MUTUALS = "mutuals"
    EVERYBODY = "everybody"

    @property
    def takes_names(self) -> bool:
        """Whether this level is of people who are named."""
        return self in (Circle.APPROVED, Circle.MUTUALS)


@dataclass(frozen=True, slots=True, kw_only=True)
class LikenessWish:
    """What a person allows for one character made from them."""

    character: str
    person: str
    circle: Circle
    until: datetime
    approved: frozenset[str] = frozenset()  # parties, for the levels of people who are named
    restrictions: str = ""  # in their words: "never in advertising, never in a sad film"
    never_with: tuple[str, ...] = ()  # words and phrases that no prompt may say with it, which is kept by the desk


def allow(tx: Transaction, log: Leaves, wish: LikenessWish, *, now: datetime) -> tuple[Given, ...]:
    """Put ``wish`` in the place of whatever the person allowed before; the first to speak for a name is its person.

    Raises ``LikenessError`` where the name is another person's or none that a prompt can say, where people are named
    for a level that takes none, or none for one that does.
    """
    if not _NAME.fullmatch(wish.character):
        raise LikenessError("A likeness is named in 1 to 64 letters, digits, - and _, so that prompts can say it.")
    if wish.circle.takes_names != bool(wish.approved - {wish.person}):
        raise LikenessError(
            f"The level {wish.circle} with {len(wish.approved)} people named: name others for approved and mutuals, "
            "and nobody for the other levels."
        )
    _require_words(wish.never_with)
    _claim(tx, log, wish, now)
    withdraw(tx, log, wish.character, wish.person, now=now)
    return tuple(_give(tx, log, wish, grantee, now) for grantee in _grantees(wish))


def withdraw(tx: Transaction, log: Leaves, character: str, person: str, *, now: datetime) -> tuple[Given, ...]:
    """Take everything back: from now on nobody but the person uses the character."""
    given = repository.on(tx, (likeness_of(character),))
    own = [one.permission for one in given if one.permission.grantor == person and one.permission.is_live(now)]
    return tuple(book.withdraw(tx, log, one.id, person, now=now) for one in own if one.grantee != person)


def mentioned(prompts: Iterable[str]) -> tuple[str, ...]:
    """The names that prompts say as ``@name``, each once; almost no prompt does, and an address of mail does not."""
    plain = (unicodedata.normalize("NFKC", prompt) for prompt in prompts)
    return tuple(dict.fromkeys(name.casefold() for prompt in plain for name in _MENTION.findall(prompt)))


def person_of(tx: Transaction, character: str) -> str | None:
    """Whose likeness ``character`` is: whoever first spoke for it, also after they took it all back; or nobody's."""
    given = [one.permission for one in repository.on(tx, (likeness_of(character),))]
    first = min(given, key=lambda permission: (permission.valid_from, permission.id), default=None)
    return None if first is None else first.grantor


def require_likeness(
    tx: Transaction,
    character: str,
    person: str,
    party: str,
    *,
    prompts: Iterable[str] = (),
    now: datetime,
) -> str:
    """What ``party`` must heed in using ``character``, made from ``person``.

    Raises ``LikenessError`` where they have not allowed it, or where one of ``prompts`` says what they ruled out.
    """
    given = given_to(tx, character, person, party, now=now)
    if given is None:
        return ""
    _require_within(given.never_with, prompts, f"@{character}", person)
    return given.restrictions


def given_to(tx: Transaction, character: str, person: str, party: str, *, now: datetime) -> Given | None:
    """What lets ``party`` use ``character``, made from ``person``; None for themselves. Raises ``LikenessError``."""
    if party == person:
        return None
    held = book.live(tx, likeness_of(character), Use.CHARACTER_USE, party, now)
    own = [one for one in held if one.permission.grantor == person]
    if not own:
        raise LikenessError(
            f"@{character} is the likeness of {person}, who {_why_not(tx, character, person, party, now)} Rule: "
            f"{LikenessError.code}. This refusal costs nothing. You can appeal: report it (POST "
            "/v1/programme/contributions, kind feedback), and a reviewer answers."
        )
    return own[0]


def lets_in(tx: Transaction, given: Given, now: datetime) -> bool:
    """Whether it lets somebody else in now: live, and met by the other side where it is mutual."""
    permission = given.permission
    return (
        permission.is_live(now)
        and permission.grantee != permission.grantor
        and (not permission.is_mutual or _is_met(tx, permission, now))
    )


def likeness_of(character: str) -> str:
    """What permissions on a character are on."""
    return f"{THINGS}{character.casefold()}"


def is_likeness(thing: str) -> bool:
    """Whether a permission on this is on a likeness."""
    return thing.startswith(THINGS)


def _why_not(tx: Transaction, character: str, person: str, party: str, now: datetime) -> str:
    on_it = [one.permission for one in repository.on(tx, (likeness_of(character),))]
    if any(one.is_mutual and (one.grantor, one.grantee) == (person, party) and one.is_live(now) for one in on_it):
        return (
            f"allows {party} while {party} allows them. Name {person} for a likeness of yours, as approved or mutual "
            "(POST /v1/rights/likenesses/NAME), or leave it out."
        )
    return f"has not allowed {party} to use it. Ask them, or leave it out."


def _is_met(tx: Transaction, permission: Permission, now: datetime) -> bool:
    return permission.is_met_by(book.returned(tx, permission, permission.grantee), now)


def _require_words(words: tuple[str, ...]) -> None:
    fits = all(0 < len(word) <= _LONGEST_WORD and word == word.strip() and word.isprintable() for word in words)
    if len(words) > _MOST_WORDS or not fits:
        raise LikenessError(
            f"A likeness rules out up to {_MOST_WORDS} words or phrases of 1 to {_LONGEST_WORD} characters, one each; "
            f"{len(words)} were named."
        )


def _require_within(words: tuple[str, ...], prompts: Iterable[str], name: str, person: str) -> None:
    found = next((found for prompt in prompts if words and (found := said(prompt, words))), None)
    if found is not None:
        ruled_out, written = found
        heard = "" if ruled_out == written else f", which your {written!r} says"
        raise LikenessError(
            f"{person} allows {name} and rules out {ruled_out!r} with it{heard}. Rule: {LikenessError.code}. Leave one "
            "of them out; this refusal costs nothing. You can appeal: report it (POST /v1/programme/contributions, "
            "kind feedback), and a reviewer answers."
        )


def _claim(tx: Transaction, log: Leaves, wish: LikenessWish, now: datetime) -> None:
    """Make the name the person's own, by a permission to themselves, unless it is; its leaf comes first."""
    take_turn(tx, likeness_of(wish.character))  # of two who come at once, one is first
    person = person_of(tx, wish.character)
    if person not in (None, wish.person):
        raise LikenessError(
            f"The name {wish.character} is another person's likeness: they spoke for it first. Choose another name. If "
            "it is your face, or your name they took, report it (POST /v1/programme/contributions, kind feedback), and "
            "a reviewer answers."
        )
    if person is None:
        claim = LikenessWish(
            character=wish.character, person=wish.person, circle=Circle.NOBODY, until=now + book.LONGEST
        )
        _give(tx, log, claim, wish.person, now)


def _give(tx: Transaction, log: Leaves, wish: LikenessWish, grantee: str, now: datetime) -> Given:
    permission = Wish(
        owner=wish.person,
        grantee=grantee,
        thing=likeness_of(wish.character),
        uses=frozenset({Use.CHARACTER_USE}),
        until=wish.until,
        restrictions=wish.restrictions,
        never_with=wish.never_with,
        is_mutual=wish.circle is Circle.MUTUALS,
    )
    return book.give(tx, log, permission, now=now)


def _grantees(wish: LikenessWish) -> tuple[str, ...]:
    if wish.circle.takes_names:
        return tuple(sorted(wish.approved - {wish.person}))
    return (PUBLIC,) if wish.circle is Circle.EVERYBODY else ()
