"""What a word that nobody knows may be a misspelling of, in the language of the prompt."""

import re
import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache

from vitascope.text.lexicon import Language, language
from vitascope.text.world import Edition

_ROLES = ("subject", "colour", "motion", "place", "time")
_SHORTEST = 4  # letters: a shorter word is one letter from too many others
_CUT_OFF, _CUT_OFF_ABROAD = 0.8, 0.85
"""Ratio of difflib from which two words are alike. Of other languages than English no dictionary tells us which words
are spelled well, so there only a letter more or less is forgiven in a short word: Riese is no Wiese."""
_ACCENTS = re.compile("[\u0300-\u036f]")


def alike(word: str, spoken: Language) -> tuple[str, ...]:
    """The one word we know that is spelled most like ``word``, as its language writes it; none where none is close."""
    plain = _plain(word)
    if len(plain) < _SHORTEST:
        return ()
    spelled = _spellings(spoken.code, spoken.edition).get(plain[0], {})
    cut_off = _CUT_OFF if spoken.code == "en" else _CUT_OFF_ABROAD
    reach = [known for known in spelled if abs(len(known) - len(plain)) <= 2]
    return tuple(spelled[known] for known in get_close_matches(plain, reach, n=1, cutoff=cut_off))


@cache
def _spellings(code: str, edition: Edition) -> Mapping[str, Mapping[str, str]]:
    """The words of a language by first letter, each under its plain form: who mistypes rarely mistypes that letter."""
    found: dict[str, dict[str, str]] = {}
    for phrase, meaning in language(code, edition).phrases.items():
        plain = _plain(phrase)
        if meaning.role in _ROLES and " " not in phrase and len(plain) >= _SHORTEST:
            found.setdefault(plain[0], {}).setdefault(plain, phrase)
    return found


def _plain(word: str) -> str:
    """Without accents: who has no such keyboard writes nhay for nhảy."""
    return _ACCENTS.sub("", unicodedata.normalize("NFD", word)).replace("đ", "d")
