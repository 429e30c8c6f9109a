"""Characters are kept, shared and forgotten by whoever made them; others have one in a video as its owner allows.

Who a character shows, if a person, is asked each time beside the owner: see programme/likeness/asking.py.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from vitascope.errors import CharacterError
from vitascope.orders import Order
from vitascope.programme.characters import repository
from vitascope.programme.characters.repository import FOLDER, Kept
from vitascope.refusals import CharacterNotFoundError, QuotaError
from vitascope.rights.event import Event
from vitascope.rights.logbook import Leaves
from vitascope.rights.owners import book
from vitascope.rights.owners import repository as owners
from vitascope.rights.owners.book import Wish
from vitascope.rights.owners.repository import Given
from vitascope.rights.party import PUBLIC
from vitascope.rights.question import Ingredient
from vitascope.rights.uses import Use
from vitascope.store.blobs import Blobs
from vitascope.store.database import Database, Transaction, take_turn
from vitascope.text.names import require_named, says

MOST: Final = 100
"""Characters that one party keeps."""

THINGS: Final = "kept/"
"""What the name of every object begins with that a permission on a kept character is on."""

THANKED: Final = "Kept character "
"""How the credits of a kept character begin: no artist's do, so that nobody is paid as one by a name they chose."""

_PREFIX: Final = "char_"
_YOUNG: Final = 3600.0  # seconds in which an upload has certainly become a row, or nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """Who beside its owner may have a character in a video."""

    everybody: bool = False
    parties: frozenset[str] = frozenset()


def new_id(now: float) -> str:
    """An id that begins with its time in milliseconds; 32 hexadecimal digits."""
    return f"{_PREFIX}{int(now * 1000):012x}{secrets.token_hex(10)}"


def require_room(tx: Transaction, party: str) -> None:
    """Raises QuotaError where a party keeps as many as it may."""
    take_turn(tx, f"{FOLDER}/{party}")
    if (number := repository.count(tx, party)) >= MOST:
        raise QuotaError(f"You keep {number} characters, and {MOST} is the most. Delete one you no longer need.")


def keep(tx: Transaction, log: Leaves, kept: Kept, *, now: datetime) -> Kept:
    """Enter a character whose files are in the store; its leaf comes first. Raises QuotaError."""
    require_room(tx, kept.party)
    log.append(Event(kind="character.kept", by=kept.party, about=kept.id, at=now))
    repository.add(tx, kept)
    return kept


def forget(tx: Transaction, log: Leaves, character: str, party: str, *, now: datetime) -> Kept:
    """Take a character of one's own out of the book, and back from whoever had it; the caller removes its files.

    Raises CharacterNotFoundError, for other people's as well.
    """
    kept = require_own(tx, character, party)
    share(tx, log, kept, Sharing(), until=now, now=now)
    log.append(Event(kind="character.forgotten", by=party, about=character, at=now))
    repository.remove(tx, character)
    return kept


def share(
    tx: Transaction, log: Leaves, kept: Kept, sharing: Sharing, *, until: datetime, now: datetime
) -> tuple[Given, ...]:
    """Let these have it in their videos, in place of whoever could before. Raises CharacterError, ConsentError."""
    if sharing.everybody and sharing.parties:
        raise CharacterError("Everybody leaves nobody to be named. Send one of them.")
    for one in shared(tx, kept, now):
        book.withdraw(tx, log, one.permission.id, kept.party, now=now)
    grantees = (PUBLIC,) if sharing.everybody else sorted(sharing.parties - {kept.party})
    return tuple(
        book.give(
            tx,
            log,
            Wish(
                owner=kept.party, grantee=one, thing=thing_of(kept.id), uses=frozenset({Use.CHARACTER_USE}), until=until
            ),
            now=now,
        )
        for one in grantees
    )


def shared(tx: Transaction, kept: Kept, now: datetime) -> tuple[Given, ...]:
    """What lets others have it now."""
    return tuple(one for one in owners.on(tx, (thing_of(kept.id),)) if one.permission.is_live(now))


def require_own(tx: Transaction, character: str, party: str) -> Kept:
    """The character, if it is ``party``'s. Raises CharacterNotFoundError."""
    kept = repository.find(tx, (character,)).get(character)
    if kept is None or kept.party != party:
        raise _not_found()
    return kept


def require(tx: Transaction, character: str, party: str, *, now: datetime) -> Kept:
    """The character, if it is ``party``'s or shared with them. Raises CharacterNotFoundError."""
    kept = repository.find(tx, (character,)).get(character)
    if kept is None or (kept.party != party and not _is_shared_with(tx, kept, party, now)):
        raise _not_found()
    return kept


def cast_of(tx: Transaction, order: Order, party: str, *, now: datetime) -> tuple[Kept, ...]:
    """The characters that an order names, in its order.

    Raises CharacterNotFoundError where one is gone or nobody's business of ``party``'s, CharacterError where the prompt
    does not say its name.
    """
    cast = tuple(require(tx, one, party, now=now) for one in order.cast.characters)
    require_named(order.prompt, [one.name for one in cast])
    return cast


def said_in(tx: Transaction, prompt: str, characters: Iterable[str]) -> tuple[str, ...]:
    """Those of these characters whose names a prompt says."""
    known = repository.find(tx, tuple(characters))
    return tuple(one for one in characters if one in known and says(prompt, known[one].name))


def ingredients(cast: Iterable[Kept], party: str) -> tuple[Ingredient, ...]:
    """What ``decide`` is told of those that are other people's."""
    return tuple(
        Ingredient(id=thing_of(one.id), owner=one.party, use=Use.CHARACTER_USE) for one in cast if one.party != party
    )


def thanks(kept: Kept) -> str:
    """The line of whoever is thanked for it; empty where nobody is."""
    return f"{THANKED}{kept.name}: {kept.credit}" if kept.credit else ""


def thing_of(character: str) -> str:
    """What permissions on a kept character are on."""
    return f"{THINGS}{character}"


def sweep(database: Database, blobs: Blobs, now: float) -> int:
    """Remove files of characters that are in no book: forgotten, or never entered. How many characters."""
    lying: dict[str, list[str]] = {}
    for key in blobs.keys(FOLDER):
        lying.setdefault(key.split("/")[2], []).append(key)
    old = [one for one in lying if one[: len(_PREFIX) + 12] < f"{_PREFIX}{int((now - _YOUNG) * 1000):012x}"]
    with database.reading() as tx:
        known = repository.find(tx, old)
    over = [one for one in old if one not in known]
    blobs.remove([key for one in over for key in lying[one]])
    return len(over)


def _is_shared_with(tx: Transaction, kept: Kept, party: str, now: datetime) -> bool:
    return bool(book.live(tx, thing_of(kept.id), Use.CHARACTER_USE, party, now))


def _not_found() -> CharacterNotFoundError:
    return CharacterNotFoundError(
        "There is no character of that id: it was deleted, or is not yours and not shared with you."
    )
