"""Names as they tell a person: always, or, where the name is a word as well, only when it is written as a name."""

import re
import unicodedata
from typing import Final

from vitascope.text.lexicon import abroad, is_english, is_proper
from vitascope.text.world import EDITIONS

_SHORTEST: Final = 3
"""Letters of a name in one word: of fewer, too much is one."""

_TECHNIQUES: Final = frozenset({
    "airbrush", "anaglyph", "aquarell", "aquarelle", "aquatint", "batik", "biro", "cel", "chibi", "claymation",
    "collage", "comics", "cyanotype", "decoupage", "diesel", "estampe", "fresko", "fresque", "glitch", "gouache",
    "isometric", "kawaii", "lino", "linocut", "lowpoly", "mokuhanga", "naif", "noir", "origami", "papercut",
    "pixelart", "risograph", "rotoscope", "rotoscopy", "scratchboard", "silkscreen", "solarpunk", "steampunk",
    "stopmotion", "sumi", "synthwave", "tinta", "ukiyo", "vaporwave", "vhs", "voxel", "xilografia",
})  # fmt: skip
"""Manners in one word that no dictionary of ours has, and that belong to nobody either."""

_CAPITALISED: Final = frozenset({
    "animation", "anime", "art", "cartoon", "comic", "dada", "fluxus", "illustration", "jugendstil", "manga", "pixel",
    "pop", "rococo", "watercolor", "watercolour",
})  # fmt: skip
"""Manners that many write with a capital, though no dictionary does."""

_SCHOOL: Final = re.compile(r"(?:ism|isme|ismo|ismus)$")


def is_telling(name: str) -> bool:
    """Whether a name tells a person from a thing however it is written, so that its manner is always theirs.

    Two words do, and one in letters beyond ASCII. A single word does where no dictionary of ours has it: whoever joins
    as "Rain" would close the manner of rain to everybody, whoever joins as "Moebius" closes nobody else's.
    """
    words = plain(name).split()
    if len(words) != 1 or not name.isascii():
        return bool(words)
    (word,) = words
    is_word = is_english(word) or word in _TECHNIQUES or any(abroad(word, edition) for edition in EDITIONS)
    return len(word) >= _SHORTEST and not is_word


def is_name_too(name: str) -> bool:
    """Whether a word tells a person where it is written as a name: Rose does; Gothic and May have capitals anyway."""
    word = plain(name)
    is_manner = word in _TECHNIQUES or word in _CAPITALISED or bool(_SCHOOL.search(word)) or is_proper(word)
    return word.isascii() and word.isalpha() and len(word) >= _SHORTEST and not is_manner


def plain(name: str) -> str:
    """One spelling for one name: without case, accents, dots and hyphens."""
    folded = unicodedata.normalize("NFD", name.casefold())
    kept = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w\s]", " ", kept).split())
