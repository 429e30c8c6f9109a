"""Turns of phrase of ten languages by which a prompt asks for a manner: "in the style of NAME", "NAMEの画風", and more.

Where a name can be a word as well, the way it is written decides: "in the style of Rose" names somebody, "in the style
of a rose garden" nobody.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

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
_QUOTE: Final = r"\s*[\"“„«]?\s*"
PARTICLES: Final = "de|da|di|van|von|der|den|la|le|du|del|dos|bin|al|y"
_LATIN: Final = re.compile(
    rf"(?P<turn>{'|'.join(_BEFORE)}){_QUOTE}(?P<name>{_NAME}(?:\s+(?:(?:{PARTICLES})\s+)*{_NAME}){{0,3}})",
    re.IGNORECASE,
)
_POSSESSIVE: Final = re.compile(
    rf"(?P<name>{_NAME}(?:\s+{_NAME}){{0,2}})['’]s?\s+(?P<turn>style|manner)\b", re.IGNORECASE
)
_HYPHEN: Final = re.compile(rf"(?P<name>{_NAME}(?:\s+{_NAME}){{0,2}})[- ](?P<turn>style)\b", re.IGNORECASE)
_ASIAN: Final = re.compile(rf"(?P<name>[^\s,.。、，]{{2,12}}?)(?:{'|'.join(_AFTER)})")

_WORD: Final = re.compile(r"[A-Z][A-Za-z]*")
_OWN: Final = re.compile(r"\b(?P<name>[A-Z][a-z]+)['’]s?\s+(?:style|manner)\b")
_JOINED: Final = re.compile(r"\b(?P<name>[A-Z][a-z]+)[- ]style\b")
_AT_END: Final = re.compile(r"[A-Z][a-z]+$")
_WORKS: Final = re.compile(
    r"['’]s?\s+(?:paintings?|drawings?|works?|art|pictures?|illustrations?|films?|animations?|prints?|comics?)\b"
)
_FOLLOWING: Final = re.compile(r"\s+(?P<joined>(?:and|or|et|ou|y|o|e|và)\s+)?(?P<next>[^\W\d_]+)")
_GOES_ON: Final = frozenset({
    "a", "al", "an", "and", "as", "at", "au", "aux", "avec", "beside", "between", "but", "by", "con", "dans",
    "dưới", "during", "em", "en", "et", "for", "from", "i", "in", "into", "near", "no", "na", "on", "or", "over",
    "para", "par", "por", "sob", "sobre", "sous", "sur", "the", "trong", "trên", "two", "three", "un", "una",
    "under", "une", "và", "vào", "where", "while", "with", "without", "y", "à", "ở",
})  # fmt: skip
"""What a sentence goes on with after a name; another noun makes the word a part of its own: "Forest spirits"."""

_ARTICLES: Final = frozenset({"a", "an", "the", "this", "that", "every", "my", "our", "some"})
_NO_SMALL_NOUNS: Final = ("im stil", "in der art")  # German: every noun has a capital there
_WITH_ARTICLE: Final = " du"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What stands where a name would: up to four words, or letters without spaces; and whether capitals say anything.

    Where the turn of phrase has capitals itself, every word has.
    """

    words: str
    has_capitals: bool


def named(prompt: str) -> Iterator[Said]:
    """What stands where a name would in each turn of phrase of a prompt."""
    for pattern in (_LATIN, _POSSESSIVE, _HYPHEN):
        for match in pattern.finditer(prompt):
            is_german = match["turn"].lower().startswith(_NO_SMALL_NOUNS)  # two in a row are a name there, too
            yield Said(words=match["name"], has_capitals=is_german or _is_small(match["turn"]))
    yield from (Said(words=match["name"], has_capitals=True) for match in _ASIAN.finditer(prompt))


def written(prompt: str) -> frozenset[str]:
    """Single words that are written as names in turns of phrase: with a capital that says something, and alone.

    >>> written("a rose in the style of Rose, at night"), written("in the style of a rose, or of Rose gardens")
    (frozenset({'Rose'}), frozenset())
    """
    found = [_after(match["turn"], prompt[match.start("name") :]) for match in _LATIN.finditer(prompt)]
    found += [match["name"] for match in _OWN.finditer(prompt) if _is_owner(prompt[: match.start()])]
    found += [match["name"] for match in _JOINED.finditer(prompt) if _is_within(prompt[: match.start()])]
    found += [name[0] for match in _ASIAN.finditer(prompt) if (name := _AT_END.search(match["name"]))]
    return frozenset(found) - {""}


def _after(turn: str, rest: str) -> str:
    """The word after a turn of phrase, unless capitals say nothing there or "du" has an article in it."""
    word = _WORD.match(rest)
    if word is None or not _is_small(turn) or turn.lower().startswith(_NO_SMALL_NOUNS) or turn.endswith(_WITH_ARTICLE):
        return ""
    return word[0] if _stands_alone(rest[word.end() :]) else ""


def _is_small(turn: str) -> bool:
    """Whether a turn of phrase is in small letters, but for the one a sentence begins with."""
    return turn[1:] == turn[1:].lower()


def _stands_alone(rest: str) -> bool:
    if re.match(r"[-'’]?\w", rest):
        return bool(_WORKS.match(rest))
    following = _FOLLOWING.match(rest)
    if following is None:
        return True
    if following["joined"]:  # "Steel and glass" is one thing, "Rose and at night" or "Rose and Ana Lima" is not
        return not following["next"].islower() or following["next"] in (*_GOES_ON, "de")
    return following["next"].lower() in _GOES_ON


def _is_owner(before: str) -> bool:
    """Whether a word after ``before`` that owns a style is a name: things have an article, full names another word."""
    previous = _previous(before)
    return previous.lower() not in _ARTICLES and not previous[:1].isupper()


def _is_within(before: str) -> bool:
    """Whether the capital of a word after ``before`` is its own, and not that of a sentence or of a longer name."""
    return bool(before.strip()) and before.rstrip()[-1] not in ".!?:\n" and not _previous(before)[:1].isupper()


def _previous(before: str) -> str:
    found = re.search(r"(\w+)\s+$", before)
    return found[1] if found else ""
