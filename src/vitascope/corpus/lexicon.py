"""Builds the lexicon the reader ships with: what each thing is called, in every language our dictionaries speak.

``python -m vitascope.corpus.lexicon`` brings the three dictionaries and writes both tables into ``text/data``.
"""

import json
import lzma
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vitascope.corpus.sources import CLDR, EMOJIBASE, WORD_SOURCES, WORDNET, Source, bring, open_member, open_members
from vitascope.corpus.wordnet import Nouns, nearest, read_nouns, words_of_kinds
from vitascope.text.tokens import key
from vitascope.text.world import COLOURS, SUBJECTS

LANGUAGES = (
    *("bn", "da", "de", "en", "es", "et", "fi", "fr", "hi", "hu", "it", "ja", "ko", "lt", "ms", "nb", "nl", "pl"),
    *("pt", "ru", "sv", "th", "uk", "vi", "zh", "zh-hant"),
)
DATA = Path(__file__).parent.parent / "text" / "data"
_ADJECTIVES = frozenset((*COLOURS, "golden", "small", "little", "large", "great", "giant", "big"))


def build(folder: Path = DATA) -> None:
    """Writes the phrases of things, what unknown nouns are nearest to, and the licences of the dictionaries."""
    nouns = _wordnet()
    table = {language: _things(language) for language in LANGUAGES}
    _add_wordnet(table["en"], nouns)
    _write(folder / "lexicon.json.xz", {language: _joined(things) for language, things in table.items()})
    _write(folder / "nearest.json.xz", _grouped(nearest(nouns)))
    (folder / "NOTICES.txt").write_text("\n".join(_notices()), "utf-8")


def _notices() -> Iterator[str]:
    """The licences of the dictionaries: WordNet's asks that its notice stands on all copies, modified ones too."""
    yield "lexicon.json.xz and nearest.json.xz are made from the names and kinds of things in these dictionaries.\n"
    for source in WORD_SOURCES:
        licence = open_member(bring(source), "LICENSE").decode()
        yield f"{'=' * 80}\n{source.name} {source.version}: {source.notice}\n\n{licence.strip()}\n"


def _wordnet() -> Nouns:
    files = open_members(bring(WORDNET), [f"dict/{name}" for name in ("data.noun", "index.noun", "index.sense")])
    return read_nouns(*(contents.decode() for contents in files.values()))


def _things(language: str) -> dict[str, list[str]]:
    """Names of our subjects in one language: emojibase's label, CLDR's short name, and tags that are forms of them."""
    emoji = {_plain(entry["hexcode"]): entry for entry in _load(EMOJIBASE, f"{language}/data.json")}
    code = {"zh-hant": "zh-Hant", "nb": "no"}.get(language, language)
    cldr = _load(CLDR, f"annotations/{code}/annotations.json")["annotations"]["annotations"]
    things: dict[str, list[str]] = {}
    for subject in SUBJECTS.values():
        entry = emoji[subject.hex]
        spoken = cldr.get(chr(int(subject.hex, 16)), {})
        names = [entry["label"], *spoken.get("tts", ())]
        names += [tag for tag in entry.get("tags", ()) if _is_form(tag, entry["label"])]
        things[subject.id] = list(dict.fromkeys(key(name) for name in names))
    return things


def _is_form(tag: str, label: str) -> bool:
    """Tags are free association (owl: wise); only those that share a stem with a label of one word name it."""
    return len(tag) >= 4 and " " not in label and label.casefold().startswith(tag[:4].casefold())


def _load(source: Source, path: str) -> Any:  # noqa: ANN401 JSON of two shapes
    return json.loads(open_member(bring(source), path))


def _plain(hexcode: str) -> str:
    return hexcode.lower().replace("-fe0f", "")


def _add_wordnet(things: dict[str, list[str]], nouns: Nouns) -> None:
    taken = {phrase for phrases in things.values() for phrase in phrases}
    for phrase, concept in words_of_kinds(nouns):
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


def _write(path: Path, table: Mapping[str, object]) -> None:
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
    path.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    build()
