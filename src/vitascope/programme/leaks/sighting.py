"""What is kept of one creation to tell a leak by: hashes and counts, never a word of the prompt.

A prompt leaves a MinHash (Broder 1997): the share of equal slots of two of them estimates how many words the prompts
share. It also leaves a manner of writing: letters, length, capitals, commas, full stop. Both are keyed by the house's
secret, so that nobody else can look a prompt up in them.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

SLOTS = 24
"""Slots of a MinHash: the error of an estimated share of words is about 1 / sqrt(24) = 0.2 at worst."""

_GLANCE = 60  # letters that tell an alphabet
_BITS = 16  # of each slot; two slots agree by chance once in 65,536
_LOW, _WIDE = (1 << _BITS) - 1, (1 << 64) - 1
_FACTORS = tuple(int.from_bytes(hashlib.sha256(bytes([slot])).digest()[:8], "big") | 1 for slot in range(SLOTS))
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a request came from, as digests: the network (a /24 or /48) and the program (user agent, header order)."""

    network: str
    client: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One creation as the watch sees it. ``in_flight`` counts the owner's jobs that have not ended, or only just.

    This one is not among them; ``limit`` is how many keep a key busy, see ``ladder.BUSY``.
    ``polls`` are the seconds between the last looks at the list by the same key, newest last. ``is_hosted``: it
    came from a datacentre, where the operator has a list of those.
    """

    at: float
    minhash: frozenset[int]
    manner: str
    origin: Origin
    in_flight: int
    limit: int
    polls: tuple[float, ...] = ()
    is_hosted: bool = False


def minhash(prompt: str, pepper: bytes) -> frozenset[int]:
    """The MinHash of a prompt's words: one number a slot, the slot's place in its high bits."""
    numbers = {_number(word, pepper) for word in _WORD.findall(prompt.casefold())} or {0}
    return frozenset(
        slot << _BITS | min([(number * factor & _WIDE) >> 40 for number in numbers]) & _LOW
        for slot, factor in enumerate(_FACTORS)
    )


def manner_of(prompt: str) -> str:
    """How a prompt is written, as a short code: letters, length, capitals, commas, end."""
    words = _WORD.findall(prompt)
    cased = [letter for letter in prompt[:_GLANCE] if letter.isalpha()]
    size = min(len(words).bit_length(), 7)
    capital = "upper" if prompt.isupper() else "first" if cased and cased[0].isupper() else "lower"
    commas = min(prompt.count(","), 4) // 2
    end = prompt.rstrip()[-1:] if prompt.rstrip()[-1:] in {".", "!", "?"} else ""
    return f"{_script(cased)}/{size}/{capital}/{commas}/{end}"


def alphabet_of(manner: str) -> str:
    """The alphabet in the code of a manner."""
    return manner.partition("/")[0]


def place(text: str, pepper: bytes) -> str:
    """A network or program as a digest: told apart and recognised, not read."""
    return hashlib.blake2b(text.encode(), key=pepper[:64], digest_size=8).hexdigest()


def _script(letters: list[str]) -> str:
    """The alphabet most letters come from: LATIN, HANGUL, DEVANAGARI."""
    names = [unicodedata.name(letter, "OTHER").partition(" ")[0] for letter in letters]
    return max(sorted(set(names)), key=names.count, default="NONE")


def _number(word: str, pepper: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), key=pepper[:64], digest_size=8).digest(), "big")
