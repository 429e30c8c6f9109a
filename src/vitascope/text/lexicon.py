"""The lexicon: what phrases of many languages mean in our world, and what an unknown noun is close to.

Two sources: ``data/phrases/*.json``, written and checked by hand, and ``data/*.json.xz``, built from emojibase, CLDR
and WordNet by ``vitascope.corpus.lexicon``. A phrase has one meaning per language; the hand-written one wins.
Each later edition of the world adds files of its own, such as ``data/phrases-2``, and what they say wins in that
edition: what circles is read as spinning until there is an orbit. In phrase files brackets spell variants:
``fl[y|ies|ying]`` is fly, flies and flying.
"""

import json
import lzma
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from vitascope.text.tokens import key
from vitascope.text.words import CHARACTER, PICTURED
from vitascope.text.world import EDITIONS, FIRST, SUBJECTS, Edition

_DATA = Path(__file__).parent / "data"
_ENOUGH = 4  # letters a word of another language must have to be taken for one
_VARIANTS = re.compile(r"\[([^\]]*)\]")
ROLES = ("subject", "count", "size", "colour", "style", "motion", "place", "time", "camera", "relation", "join")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase stands for. ``stop`` means: known, and nothing to draw."""

    role: str
    id: str


STOP = Meaning("stop", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language: its phrases by key, the longest in tokens, and the forms its words may take."""

    code: str
    edition: Edition
    phrases: Mapping[str, Meaning]
    longest: int
    adjectives_after: bool  # petit chien ROUGE, con cá MÀU ĐỎ
    postposed: frozenset[str]  # relations said after the thing they lean on: 車の隣に, 차 옆에
    endings: tuple[tuple[str, str], ...]  # ending of a form, ending of its lemma


@cache
def codes() -> tuple[str, ...]:
    """Codes of all languages: English first, then those with hand-checked phrases."""
    by_hand = sorted(path.stem for path in _DATA.glob("phrases/*.json"))
    return tuple(dict.fromkeys(("en", *by_hand, *_built(FIRST))))


@cache
def language(code: str, edition: Edition = FIRST) -> Language:
    """One language, loaded when it is first asked for: filing the phrases of all takes longer than reading one."""
    by_hand = _by_hand(code, FIRST)
    phrases: dict[str, Meaning] = {}
    for each in EDITIONS[: edition.number]:
        phrases |= _phrases(code, each)
    return Language(
        code=code,
        edition=edition,
        phrases=_without_compounds(phrases),
        longest=max(phrase.count(" ") for phrase in phrases) + 1,
        adjectives_after=by_hand.get("adjectives") == "after",
        postposed=frozenset(by_hand.get("postposed", ())),
        endings=tuple((form, lemma) for form, lemma in by_hand.get("endings", ())),
    )


def _phrases(code: str, edition: Edition) -> dict[str, Meaning]:
    """What one edition adds to a language."""
    phrases = dict(_hand_phrases(_by_hand(code, edition)))
    _add_built(phrases, _built(edition).get(code, {}))
    for subject in (SUBJECTS[id_] for id_ in edition.subjects):
        if subject.hex and (edition == FIRST or subject.id not in EDITIONS[edition.number - 2].subjects):
            phrases.setdefault(chr(int(subject.hex, 16)), Meaning("subject", subject.id))
    return phrases


def _by_hand(code: str, edition: Edition) -> Mapping[str, Any]:
    path = _DATA / name_in("phrases", edition) / f"{code}.json"
    by_hand: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return by_hand


def name_in(name: str, edition: Edition) -> str:
    """The name of a file or folder of an edition; those of the first bear no number."""
    return name if edition == FIRST else f"{name}-{edition.number}"


def lemmas(word: str, spoken: Language) -> Iterator[str]:
    """The word itself, then what it may be a form of, likeliest first."""
    yield word
    for ending, lemma_ending in spoken.endings:
        stem = word.removesuffix(ending)
        # One letter is no word, one Hangul syllable (개, dog) is.
        if stem != word and (len(stem + lemma_ending) >= 2 or not stem.isascii()):
            yield stem + lemma_ending


def nearest(word: str, edition: Edition = FIRST) -> tuple[str, ...]:
    """Up to three concepts an English noun is closest to in WordNet, as words; none where it is no noun."""
    table = _nearest(edition)
    concepts = next((table[lemma] for lemma in lemmas(word, language("en", edition)) if lemma in table), "")
    return tuple(name(concept) for concept in concepts.split("|") if concept)


def is_english(word: str) -> bool:
    """Whether WordNet has an English word, in any form."""
    return not _english().isdisjoint(lemmas(word, language("en")))


def is_proper(word: str) -> bool:
    """Whether English writes a word with a capital though it names no person: Paris, May, Gothic."""
    return word in _proper()


def is_noun(word: str) -> bool:
    """Whether WordNet has this very noun, in this form."""
    return word in _english()


def name(concept: str) -> str:
    """A concept as English prints it: ``police_car`` is police car, ``place:sea`` is sea."""
    if concept == PICTURED:
        return "what the picture shows"
    if concept.startswith(CHARACTER):
        return concept.removeprefix(CHARACTER)
    return concept.rpartition(":")[2].replace("_", " ")


def abroad(word: str, edition: Edition = FIRST) -> Meaning | None:
    """What one word names in any language of the dictionaries: for people who mix languages."""
    return _names_abroad(edition).get(word)


@cache
def _names_abroad(edition: Edition) -> Mapping[str, Meaning]:
    every = [_built(each) for each in EDITIONS[: edition.number]]
    tables = [table for built in every for code, table in built.items() if code != "en"]
    names = ((phrase, id_) for table in tables for id_, phrases in table.items() for phrase in phrases.split("|"))
    return {phrase: Meaning("subject", id_) for phrase, id_ in names if len(phrase) >= _ENOUGH and " " not in phrase}


@cache
def _nearest(edition: Edition) -> Mapping[str, str]:
    """Each edition has a whole table: what is nearest changes with what there is."""
    groups: dict[str, str] = json.loads(stored("nearest", edition))
    return {word: concepts for concepts, words in groups.items() for word in words.split("|")}


@cache
def _proper() -> frozenset[str]:
    return frozenset(json.loads(stored("proper", FIRST)))


@cache
def _english() -> frozenset[str]:
    return frozenset(json.loads(stored("english", FIRST)))


@cache
def _built(edition: Edition) -> Mapping[str, Mapping[str, str]]:
    table: dict[str, dict[str, str]] = json.loads(stored("lexicon", edition))
    return table


def stored(name: str, edition: Edition = FIRST) -> bytes:
    """A table of ``data``, unpacked."""
    return lzma.decompress((_DATA / f"{name_in(name, edition)}.json.xz").read_bytes())


def _add_built(phrases: dict[str, Meaning], built: Mapping[str, str]) -> None:
    for concept, names in built.items():
        role, _, id_ = concept.rpartition(":")
        meaning = Meaning(role or "subject", id_)
        for phrase in names.split("|"):
            phrases.setdefault(phrase, meaning)


def _without_compounds(phrases: Mapping[str, Meaning]) -> dict[str, Meaning]:
    """Drops phrases that are an article or adjective and a phrase of the same meaning.

    Filed whole, 小狗 (small dog) would hide that it is small, and "chiếc ô" (the umbrella) would win over "ô tô"
    (car) in "chiếc ô tô".
    """
    return {phrase: meaning for phrase, meaning in phrases.items() if not _is_compound(phrase, meaning, phrases)}


def _is_compound(phrase: str, meaning: Meaning, phrases: Mapping[str, Meaning]) -> bool:
    if meaning.role != "subject" or " " not in phrase:
        return False
    first, _, rest = phrase.partition(" ")
    return phrases.get(first, meaning).role in ("stop", "size", "colour", "motion") and phrases.get(rest) == meaning


def _hand_phrases(by_hand: Mapping[str, Any]) -> Iterator[tuple[str, Meaning]]:
    """Later pairs win in a dict, so stop words come first and what can be drawn overrules them."""
    for phrase in by_hand.get("stop", ()):
        yield from ((form, STOP) for form in _forms(phrase))
    for role in reversed(ROLES):
        for id_, phrases in by_hand.get(role, {}).items():
            meaning = Meaning(role, id_)
            yield from ((form, meaning) for phrase in phrases for form in _forms(phrase))


def _forms(phrase: str) -> Iterator[str]:
    if "[" not in phrase:
        yield key(phrase)
        return
    parts = _VARIANTS.split(phrase)
    options = [part.split("|") if number % 2 else [part] for number, part in enumerate(parts)]
    yield from (key("".join(chosen)) for chosen in product(*options))
