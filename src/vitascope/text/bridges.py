"""Bridges between languages: words that people tag the same emoji with mean about the same.

No dictionary of whole languages is at hand whose licence lets us ship it. But CLDR and emojibase tag 1,600 emoji by
hand in 26 languages (``data/tags.json.xz``, built by ``vitascope.corpus.tags``): "weapon" stands at a dagger, a pistol
and a bow in English, and so does "arme" in French. Of two words that share a single emoji one may be what it shows and
the other what it reminds of, so this serves only who would rather hear too much: somebody who rules a word out.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Final

from vitascope.text.lexicon import stored

ALIKE: Final = 0.5
"""The part of all emoji of two words that both must have, as intersection over union, to be bridged."""

BEST: Final = 0.3
"""The same of two words of which each is the other's best: rare words have few emoji, and languages differ in tags."""

Emoji = frozenset[str]


def bridged(phrases: Collection[str], homes: Collection[str]) -> dict[str, set[str]]:
    """What ``phrases`` of the languages ``homes`` are bridged to: phrases of other languages, each with those."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for home in homes:
        for emoji in _emoji_of(phrases, home):
            for code in _tagged().keys() - {home}:
                for there in _alike(emoji, home, code):
                    found[there].add(code)
    return found


def homes_of(phrases: Collection[str]) -> frozenset[str]:
    """The languages in which one of these is a tag."""
    return frozenset(code for code in _tagged() if next(_emoji_of(phrases, code), None))


def _emoji_of(phrases: Collection[str], code: str) -> Iterator[Emoji]:
    return (emoji for emoji, words in _tagged()[code].items() if not words.isdisjoint(phrases))


def _alike(emoji: Emoji, home: str, code: str) -> Iterator[str]:
    shares = {other: _share(emoji, other) for other in _tagged()[code] if not emoji.isdisjoint(other)}
    most = max(shares.values(), default=0.0)
    for other, share in shares.items():
        if share >= ALIKE or (share == most >= BEST and share == _most(other, home)):
            yield from _tagged()[code][other]


def _most(emoji: Emoji, code: str) -> float:
    return max((_share(emoji, other) for other in _tagged()[code] if not emoji.isdisjoint(other)), default=0.0)


def _share(one: Emoji, other: Emoji) -> float:
    return len(one & other) / len(one | other)


@cache
def _tagged() -> Mapping[str, Mapping[Emoji, frozenset[str]]]:
    """For each language the words that are tagged to exactly these emoji; read when the first word is ruled out."""
    table: dict[str, dict[str, str]] = json.loads(stored("tags"))
    return {
        code: {frozenset(emoji.split()): frozenset(words.split("|")) for emoji, words in groups.items()}
        for code, groups in table.items()
    }
