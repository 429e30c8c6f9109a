"""In whose manner? A prompt that asks for a named person's style needs that person's permission, or is refused kindly.

Read are the turns of phrase of ten languages ("in the style of NAME", "im Stil von", "au style de", ...). A manner
without a person ("in the style of a woodcut") is nobody's to permit. Names count when they are those of a known person,
or look like a personal name: two or more capitalised words, or what stands where a name must.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from vitascope.errors import StyleError
from vitascope.rights.owners import book
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction
from vitascope.text.lexicon import abroad, is_english
from vitascope.text.world import EDITIONS

_BEFORE: Final = (
    r"in the (?:[\w-]+ )?(?:style|manner|spirit|fashion) of",
    r"(?:styled|drawn|painted|animated) (?:like|after)",
    r"à la manière de|dans le style d[eu']|au style de|façon",
    r"im (?:Stil|Stile) (?:von|der|des)|in der Art von",
    r"al estilo de|en el estilo de|no estilo d[eoa]|ao estilo d[eoa]|à maneira de",
    r"theo phong cách(?: của)?",
)
_AFTER: Final = (
    r"(?:の(?:画風|作風|スタイル)|風(?:に|の)?)",
    r"的?(?:风格|風格|画风)",
    r"\s?(?:스타일|풍)",
    r"\s?की शैली में",
)
_NAME: Final = r"[^\W\d_][\w'’.-]*"
_PARTICLES: Final = "de|da|di|van|von|der|den|la|le|du|del|dos|bin|al|y"
_LATIN: Final = re.compile(
    rf"(?:{'|'.join(_BEFORE)})\s*(?P<name>{_NAME}(?:\s+(?:(?:{_PARTICLES})\s+)*{_NAME}){{0,3}})", re.IGNORECASE
)
_POSSESSIVE: Final = re.compile(rf"(?P<name>{_NAME}(?:\s+{_NAME}){{0,2}})['’]s?\s+(?:style|manner)\b", re.IGNORECASE)
_HYPHEN: Final = re.compile(rf"(?P<name>{_NAME}(?:\s+{_NAME}){{0,2}})[- ]style\b", re.IGNORECASE)
_ASIAN: Final = re.compile(rf"(?P<name>[^\s,.。、，]{{2,12}}?)(?:{'|'.join(_AFTER)})")
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
    }
)
"""Manners in two or more words, often capitalised, that belong to nobody."""

_TECHNIQUES: Final = frozenset({
    "airbrush", "anaglyph", "aquarell", "aquarelle", "aquatint", "batik", "biro", "cel", "chibi", "claymation",
    "collage", "comics", "cyanotype", "decoupage", "diesel", "estampe", "fresko", "fresque", "glitch", "gouache",
    "isometric", "kawaii", "lino", "linocut", "lowpoly", "mokuhanga", "naif", "noir", "origami", "papercut",
    "pixelart", "risograph", "rotoscope", "rotoscopy", "scratchboard", "silkscreen", "solarpunk", "steampunk",
    "stopmotion", "sumi", "synthwave", "tinta", "ukiyo", "vaporwave", "vhs", "voxel", "xilografia",
})  # fmt: skip
"""Manners in one word that no dictionary of ours has, and that belong to nobody either."""

_SHORTEST: Final = 3
"""Letters of a name in one word: of fewer, too much is one."""


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


def is_telling(name: str) -> bool:
    """Whether a name tells a person from a thing, so that asking for its manner is asking for theirs.

    Two words do, and one in letters beyond ASCII. A single word does where no dictionary of ours has it: whoever joins
    as "Rain" would close the manner of rain to everybody, whoever joins as "Moebius" closes nobody else's.
    """
    words = plain(name).split()
    if len(words) != 1 or not name.isascii():
        return bool(words)
    (word,) = words
    is_word = is_english(word) or word in _TECHNIQUES or any(abroad(word, edition) for edition in EDITIONS)
    return len(word) >= _SHORTEST and not is_word


def names_a_manner(prompt: str) -> bool:
    """Whether a turn of phrase in ``prompt`` asks for anybody's or anything's manner at all; almost none does."""
    return any(True for _ in _named(unicodedata.normalize("NFKC", prompt)))


def manners(prompt: str, people: Iterable[Person] = ()) -> tuple[Manner, ...]:
    """Whose manner ``prompt`` asks for; empty for almost every prompt."""
    known = {plain(name): person.party for person in people for name in person.names}
    found: dict[str, Manner] = {}
    for name in _named(unicodedata.normalize("NFKC", prompt)):
        manner = _manner(name, known)
        if manner is not None:
            found.setdefault(plain(manner.name), manner)
    return tuple(found.values())


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


def plain(name: str) -> str:
    """One spelling for one name: without case, accents, dots and hyphens."""
    folded = unicodedata.normalize("NFD", name.casefold())
    kept = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w\s]", " ", kept).split())


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


def _named(prompt: str) -> Iterator[str]:
    for pattern in (_LATIN, _POSSESSIVE, _HYPHEN):
        yield from (match["name"] for match in pattern.finditer(prompt))
    yield from (match["name"] for match in _ASIAN.finditer(prompt))


def _manner(found: str, known: dict[str, str]) -> Manner | None:
    """The person in ``found``: the longest run of its words that is known, or its leading capitalised words."""
    words = _OWN.sub("", _ARTICLE.sub("", found)).split()
    for count in range(len(words), 0, -1):
        for start in range(len(words) - count + 1):
            name = " ".join(words[start : start + count])
            if plain(name) in known:
                return Manner(name=name, party=known[plain(name)])
    name = " ".join(_leading_name(words))
    looks_personal = len(name.split()) > 1 and plain(name) not in _MOVEMENTS
    return Manner(name=name, party=None) if looks_personal else None


def _leading_name(words: list[str]) -> list[str]:
    name: list[str] = []
    for word in words:
        if not (word[:1].isupper() or (name and word in _PARTICLES.split("|"))):
            break
        name.append(word.rstrip(".,;:"))
        if word.endswith((",", ";", ":")):
            break
    return name
