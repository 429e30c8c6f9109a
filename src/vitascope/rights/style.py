"""In whose manner? A prompt that asks for a named person's style needs that person's permission, or is refused kindly.

A manner without a person ("in the style of a woodcut") is nobody's to permit. Names count when they are those of a
known person, or look like a personal name: two or more capitalised words. A name that is a word as well ("Rose") counts
where it is written as a name.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from vitascope.errors import StyleError
from vitascope.rights.naming import is_telling, plain
from vitascope.rights.owners import book
from vitascope.rights.turns import PARTICLES, Said, named, written
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction
from vitascope.text.lexicon import is_english, is_proper

_ARTICLE: Final = re.compile(r"^(?:an?|the|un|une|le|la|les|ein|eine|einem|einer|el|um|uma|một)\s+", re.IGNORECASE)
_OWN: Final = re.compile(r"['’]s?$")
_MOVEMENTS: Final = frozenset(
    {
        "art deco",
        "art nouveau",
        "arts and crafts",
        "pop art",
        "op art",
        "new wave",
        "high renaissance",
        "northern renaissance",
        "de stijl",
        "abstract expressionism",
        "ancient egypt",
        "ancient greece",
        "saturday morning",
        "stop motion",
        "pixel art",
        "middle ages",
        "old masters",
        "wild west",
        "moyen age",
    }
)
"""Manners in two or more words, often capitalised, that belong to nobody."""

_SMALL: Final = frozenset(
    {"a", "an", "and", "at", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to", "with"}
)
"""What no name has in it, in capitals or not."""

_INITIALS: Final = 2
"""Letters before a dot that ends no sentence: J., St."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody whose manner may be asked for: their party and every name they go by."""

    party: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """A name found in a prompt, and the party it belongs to where that is known."""

    name: str
    party: str | None


def names_a_manner(prompt: str) -> bool:
    """Whether a turn of phrase in ``prompt`` asks for anybody's or anything's manner at all; almost none does."""
    return any(True for _ in named(_normal(prompt)))


def manners(prompt: str, people: Iterable[Person] = ()) -> tuple[Manner, ...]:
    """Whose manner ``prompt`` asks for; empty for almost every prompt."""
    known = {plain(name): person.party for person in people for name in person.names}
    normal = _normal(prompt)
    found = [Manner(name=word, party=known[plain(word)]) for word in sorted(written(normal)) if plain(word) in known]
    found += [manner for said in named(normal) if (manner := _manner(said, known)) is not None]
    return tuple({plain(manner.name): manner for manner in found}.values())


def require_style(
    tx: Transaction, prompt: str, party: str, *, people: Collection[Person], now: datetime
) -> tuple[str, ...]:
    """The permissions ``prompt`` rests on, for its credits. Raises ``StyleError``, which names the way to commission.

    A person's own manner is theirs to use.
    """
    used: list[str] = []
    for manner in manners(prompt, people):
        if manner.party == party:
            continue
        held = () if manner.party is None else book.live(tx, style_of(manner.party), Use.STYLE_USE, party, now)
        if not held:
            raise StyleError(_refusal(manner))
        used.append(held[0].permission.id)
    return tuple(used)


def style_of(party: str) -> str:
    """What permissions on a person's manner are on."""
    return f"style/{party}"


def _refusal(manner: Manner) -> str:
    if manner.party is None:
        offer = "They are not in this programme; their own site is the place to ask or to commission them."
    else:
        offer = (
            f"You can commission them: POST /v1/rights/commissions with artist {manner.party}, or `vitascope consent "
            f"commission {manner.party}`."
        )
    return (
        f"The manner of {manner.name} is theirs, and they have not permitted it. Describe what you want to see without "
        f"the name. {offer} This refusal costs nothing."
    )


def _normal(prompt: str) -> str:
    return unicodedata.normalize("NFKC", prompt)


def _manner(said: Said, known: dict[str, str]) -> Manner | None:
    """The person in what is said: the longest run of its words that is known, or its leading capitalised words."""
    words = _OWN.sub("", _ARTICLE.sub("", said.words)).split()
    for count in range(len(words), 0, -1):
        for start in range(len(words) - count + 1):
            name = " ".join(words[start : start + count])
            if plain(name) in known and is_telling(name):
                return Manner(name=name, party=known[plain(name)])
    leading = _leading_name(words)
    is_person = _looks_personal(leading, has_capitals=said.has_capitals)
    return Manner(name=" ".join(leading), party=None) if is_person else None


def _looks_personal(name: list[str], *, has_capitals: bool) -> bool:
    """Two words or more are a person's, unless they name a movement, or a place and a time, or capitals say nothing.

    Then a word that no dictionary has still does: IN THE STYLE OF HAYAO MIYAZAKI.
    """
    words = plain(" ".join(name)).split()
    if len(name) < 2 or " ".join(words) in _MOVEMENTS or all(map(is_proper, words)):
        return False
    return has_capitals or not all(map(is_english, words))


def _leading_name(words: list[str]) -> list[str]:
    """The words in capitals that something begins with, up to the end of a sentence; "J." ends none."""
    name: list[str] = []
    for word in words:
        bare = word.rstrip(".,;:")
        is_small = bare.lower() in _SMALL or not word[:1].isupper()
        if is_small and not (name and word in PARTICLES.split("|")):
            break
        name.append(bare)
        if word.endswith((",", ";", ":")) or (word.endswith(".") and len(bare) > _INITIALS):
            break
    return name
