"""Whether a text says what somebody ruled out: as such, in another form, by another name, or in another language.

A word is looked for in four ways, each wider than the last: its letters; what it means in the closed world; its forms,
by the endings of the languages taught here; and words of 26 languages it is bridged to (``text.bridges``). It rather
hears too much than too little: it serves a person's own no, and whoever is refused is told which word it was.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import lru_cache
from typing import Final

from vitascope.text.bridges import bridged, homes_of
from vitascope.text.lexicon import STOP, Language, Meaning, is_english, is_noun, language, name
from vitascope.text.matching import match
from vitascope.text.tokens import BREAK, Token, is_unspaced, tokens
from vitascope.text.world import EDITIONS, SUBJECTS

_LATEST: Final = EDITIONS[-1]
_ROLES: Final = frozenset({"subject", "colour", "style", "motion", "place", "time", "camera"})
_SHORTEST_STEM: Final = 3  # letters: what is left of "thing" without its ending is no word
_ENOUGH: Final = 4  # letters a word of a language that is neither the text's nor English must have
_ANY: Final = "any"

Ways = Mapping[str, Set[str]]
"""Phrases that say what is ruled out, each with the languages in which it does: ``any`` for the word itself."""


def said(text: str, ruled_out: Sequence[str]) -> tuple[str, str] | None:
    """One of ``ruled_out`` that ``text`` says, and the words it says it with; None where it says none."""
    plain = unicodedata.normalize("NFKC", text)
    folded = _folded(plain)
    for phrase in ruled_out:
        if _has_letters(folded, _folded(phrase)):
            return phrase, phrase
    spoken, found = match(plain, _LATEST)
    for each in found:
        for phrase in ruled_out:
            if each.meaning is not None and each.meaning == _meaning(phrase):
                return phrase, each.written
    return _another_way(tokens(plain), ruled_out, spoken)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _has_letters(text: str, phrase: str) -> bool:
    """Whole words; in scripts without spaces anywhere."""
    if phrase not in text:
        return False
    return not phrase.isascii() or re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text) is not None


def _another_way(words: Sequence[Token], ruled_out: Sequence[str], spoken: Language) -> tuple[str, str] | None:
    """In another form, or bridged: the first place of the text where a phrase stands that says one of them."""
    ways = {phrase: _ways(phrase, _homes(phrase, ruled_out)) for phrase in ruled_out}
    longer = {way.partition(" ")[0]: 1 for all_ways in ways.values() for way in all_ways if " " in way}
    longest = max((way.count(" ") + 1 for all_ways in ways.values() for way in all_ways), default=0)
    for start, first in enumerate(words):
        for length in range(1, (longest if first.text in longer else 1) + 1):
            chosen = words[start : start + length]
            if len(chosen) < length or chosen[-1].text == BREAK:
                break
            if (phrase := _heard(chosen, ways, spoken)) is not None:
                return phrase, _written(chosen)
    return None


def _heard(words: Sequence[Token], ways: Mapping[str, Ways], spoken: Language) -> str | None:
    """Which of them these words say as one phrase, the last word in any form."""
    before = "".join(f"{word.text} " for word in words[:-1])
    for form in _forms(words[-1].text, spoken.code):
        for phrase, all_ways in ways.items():
            codes = all_ways.get(before + form)
            if codes is not None and (codes & {_ANY, "en", spoken.code} or _is_foreign(words)):
                return phrase
    return None


def _written(words: Sequence[Token]) -> str:
    return ("" if is_unspaced(words[0].written[0]) else " ").join(word.written for word in words)


def _is_foreign(words: Sequence[Token]) -> bool:
    """Whether it may be of any language: English has no such word, and it is long enough to be taken for one."""
    text = "".join(word.text for word in words)
    return (len(text) >= _ENOUGH or is_unspaced(text[0])) and not _is_all_english(words)


def _is_all_english(words: Sequence[Token]) -> bool:
    return all(is_english(word.text) for word in words)


@lru_cache(1000)
def _meaning(phrase: str) -> Meaning | None:
    """What a ruled-out phrase names in the closed world: whoever rules out poodles has nothing against dogs."""
    spoken, found = match(unicodedata.normalize("NFKC", phrase), _LATEST)
    meaning = found[0].meaning if len(found) == 1 else None
    if meaning is None or meaning.role not in _ROLES:
        return None
    if spoken.code != "en":  # other languages have labels only, no kinds
        return None if _is_all_english(tokens(phrase)) else meaning
    plural = SUBJECTS[meaning.id].plural if meaning.id in SUBJECTS else meaning.id
    return meaning if found[0].lemma in (name(meaning.id), plural.replace("_", " ")) else None


@lru_cache(1000)
def _ways(phrase: str, homes: frozenset[str]) -> Ways:
    """Every way to say a phrase of those languages: in its own forms, and in the languages bridged to it."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    own = _own(phrase)
    for form in own:
        found[form].add(_ANY)
    for other, codes in bridged(own, homes).items():
        found[other] |= codes
    return found


def _homes(phrase: str, ruled_out: Sequence[str]) -> frozenset[str]:
    """The languages a phrase is taken to be of.

    What English has and tags is English: "gift" is a present. What English has and tags nowhere, as "chat" or "tank",
    is of the language of the words ruled out beside it: beside "bière" it is a cat, beside "gun" it is talk. Alone it
    may be either, and is heard as both.
    """
    if evident := _evident(phrase):
        return evident
    beside = frozenset[str]().union(*(_evident(other) for other in ruled_out))
    return _tagged(phrase) & beside if beside else _tagged(phrase)


@lru_cache(1000)
def _evident(phrase: str) -> frozenset[str]:
    """The languages a phrase shows itself to be of; none where it could be English or another."""
    tagged = _tagged(phrase)
    if not _is_all_english(tokens(phrase)):
        return tagged
    return frozenset({"en"}) if "en" in tagged or not tagged else frozenset()


@lru_cache(1000)
def _tagged(phrase: str) -> frozenset[str]:
    """The languages in which a phrase, in one of its forms, is a tag."""
    return homes_of(_own(phrase))


def _own(phrase: str) -> frozenset[str]:
    """A ruled-out phrase and its forms; none where it has no words, or is cut by the end of a clause."""
    words = tokens(unicodedata.normalize("NFKC", phrase))
    return frozenset() if not words or any(word.text == BREAK for word in words) else _own_forms(words)


def _own_forms(words: Sequence[Token]) -> frozenset[str]:
    """A ruled-out phrase and its forms, of the language it is taken for and of English."""
    before = "".join(f"{word.text} " for word in words[:-1])
    code = match(" ".join(word.written for word in words), _LATEST)[0].code
    return frozenset(before + form for form in _forms(words[-1].text, "en" if _is_all_english(words) else code))


@lru_cache(10_000)
def _forms(word: str, code: str) -> tuple[str, ...]:
    """The word itself, and what it may be a form of: in English the likeliest known noun, else all there may be."""
    spoken, english = language(code, _LATEST), language("en", _LATEST)
    if spoken.phrases.get(word) == STOP:
        return (word,)
    derived = tuple(_stems(word, english))
    known = next((stem for stem in derived if is_noun(stem)), None)
    others = () if code == "en" else _stems(word, spoken)
    return tuple(dict.fromkeys((word, *(derived if known is None else (known,)), *others)))


def _stems(word: str, spoken: Language) -> Iterator[str]:
    for ending, lemma_ending in spoken.endings:
        stem = word.removesuffix(ending)
        is_enough = len(stem) >= _SHORTEST_STEM or len(lemma_ending) >= _SHORTEST_STEM or not stem.isascii()
        if stem != word and is_enough:
            yield stem + lemma_ending
