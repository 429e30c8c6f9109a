"""Builds the lexicon the reader ships with: what each thing is called, in every language our dictionaries speak.

``python -m vitascope.corpus.lexicon 2`` brings the three dictionaries and writes both tables of the second edition of
the world into ``text/data``: names of what is new in it, and what all other nouns are nearest to; besides, the words of
English, which are no misspellings.
"""

import json
import lzma
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from vitascope.corpus.sources import CLDR, EMOJIBASE, WORD_SOURCES, WORDNET, bring, open_member, open_members, read_json
from vitascope.corpus.wordnet import Nouns, nearest, proper, read_nouns, words_of_kinds
from vitascope.text.lexicon import language, name_in
from vitascope.text.tokens import key
from vitascope.text.world import COLOURS, EDITIONS, FIRST, SUBJECTS, Edition

LANGUAGES = (
    *("bn", "da", "de", "en", "es", "et", "fi", "fr", "hi", "hu", "it", "ja", "ko", "lt", "ms", "nb", "nl", "pl"),
    *("pt", "ru", "sv", "th", "uk", "vi", "zh", "zh-hant"),
)
DATA = Path(__file__).parent.parent / "text" / "data"
_ADJECTIVES = frozenset((*COLOURS, "golden", "small", "little", "large", "great", "giant", "big"))


def build(folder: Path = DATA, edition: Edition = FIRST) -> None:
    """Writes the phrases of things, what unknown nouns are nearest to, and the licences of the dictionaries."""
    nouns = _wordnet()
    table = {code: _things(code, edition) for code in LANGUAGES}
    _add_wordnet(table["en"], nouns, edition)
    named = {code: _joined(things) for code, things in table.items()}
    _write(folder / f"{name_in('lexicon', edition)}.json.xz", named)
    _write(folder / f"{name_in('nearest', edition)}.json.xz", _grouped(nearest(nouns, edition)))
    _write(folder / "english.json.xz", sorted(word for word in nouns.most if word.isalpha()))
    _write(folder / "proper.json.xz", proper(*_wordnet_files("data.noun", "data.verb", "data.adj", "data.adv")))
    (folder / "NOTICES.txt").write_text("\n".join(_notices()), "utf-8")


def _notices() -> Iterator[str]:
    """The licences of the dictionaries: WordNet's asks that its notice stands on all copies, modified ones too."""
    yield "The tables beside this file are made from the words, names and kinds of things in these dictionaries.\n"
    for source in WORD_SOURCES:
        licence = open_member(bring(source), "LICENSE").decode()
        yield f"{'=' * 80}\n{source.name} {source.version}: {source.notice}\n\n{licence.strip()}\n"


def _wordnet() -> Nouns:
    return read_nouns(*_wordnet_files("data.noun", "index.noun", "index.sense"))


def _wordnet_files(*names: str) -> list[str]:
    return [contents.decode() for contents in open_members(bring(WORDNET), [f"dict/{name}" for name in names]).values()]


def _new(edition: Edition) -> tuple[str, ...]:
    """The things of an edition that the one before it did not have."""
    return edition.subjects[len(EDITIONS[edition.number - 2].subjects) :] if edition != FIRST else FIRST.subjects


def _known(spoken: str, edition: Edition) -> frozenset[str]:
    """What the edition before reads in a language: a rainbow's tag "rain" stays rain."""
    return frozenset() if edition == FIRST else frozenset(language(spoken, EDITIONS[edition.number - 2]).phrases)


def _things(spoken: str, edition: Edition) -> dict[str, list[str]]:
    """Names of those of our subjects that an emoji shows: emojibase's label, CLDR's short name, tags that are forms."""
    emoji = {_plain(entry["hexcode"]): entry for entry in read_json(EMOJIBASE, f"{spoken}/data.json")}
    code = {"zh-hant": "zh-Hant", "nb": "no"}.get(spoken, spoken)
    cldr = read_json(CLDR, f"annotations/{code}/annotations.json")["annotations"]["annotations"]
    known = _known(spoken, edition)
    things: dict[str, list[str]] = {}
    for subject in (SUBJECTS[id_] for id_ in _new(edition) if SUBJECTS[id_].hex):
        entry = emoji[subject.hex]
        annotated = cldr.get(chr(int(subject.hex, 16)), {})
        names = [entry["label"], *annotated.get("tts", ())]
        names += [tag for tag in entry.get("tags", ()) if _is_form(tag, entry["label"])]
        label, *further = dict.fromkeys(key(name) for name in names)
        things[subject.id] = [label, *(name for name in further if name not in known)]
    return things


def _is_form(tag: str, label: str) -> bool:
    """Tags are free association (owl: wise); only those that share a stem with a label of one word name it."""
    return len(tag) >= 4 and " " not in label and label.casefold().startswith(tag[:4].casefold())


def _plain(hexcode: str) -> str:
    return hexcode.lower().replace("-fe0f", "")


def _add_wordnet(things: dict[str, list[str]], nouns: Nouns, edition: Edition) -> None:
    """Kinds and synonyms; a later edition takes no word from an earlier one but by hand, or by an emoji's label."""
    taken = {phrase for phrases in things.values() for phrase in phrases} | _known("en", edition)
    for phrase, concept in words_of_kinds(nouns, edition):
        if key(phrase) not in taken and _is_worth_reading(phrase, concept):
            things.setdefault(concept, []).append(key(phrase))


def _is_worth_reading(phrase: str, concept: str) -> bool:
    """A "blue whale" is a whale that is to be blue; a kind of room is one by name (a cable car is none)."""
    return phrase.partition(" ")[0] not in _ADJECTIVES and (concept != "place:room" or phrase.endswith("room"))


def _joined(things: Mapping[str, list[str]]) -> dict[str, str]:
    return {concept: "|".join(phrases) for concept, phrases in things.items()}


def _grouped(nearest_of: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Words by what is nearest to them: ``{"dog|cat": "wolf|fox"}``."""
    groups: dict[str, list[str]] = {}
    for word, concepts in sorted(nearest_of.items()):
        groups.setdefault("|".join(concepts), []).append(word)
    return {concepts: "|".join(words) for concepts, words in groups.items()}


def _write(path: Path, table: object) -> None:
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
    path.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    build(edition=EDITIONS[int(sys.argv[1]) - 1 if sys.argv[1:] else 0])
