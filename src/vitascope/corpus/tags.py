"""Gathers which words people of 26 languages tag which emoji with: ``python -m vitascope.corpus.tags``.

It writes ``text/data/tags.json.xz``, by which ``text.bridges`` finds a word of another language. The reader never
learns from it: a tag is what somebody was reminded of (an owl: wise), which is too little to draw by.
"""

import json
import lzma
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from vitascope.corpus.lexicon import DATA, LANGUAGES
from vitascope.corpus.sources import CLDR, EMOJIBASE, read_json
from vitascope.text.lexicon import language
from vitascope.text.tokens import is_unspaced, key

_LEFT_OUT: Final = frozenset({2, 9})  # emojibase's groups of components and flags
_EMPTY: Final = frozenset({"stop", "join", "count", "relation"})  # roles of words that say nothing by themselves
_MOST_TOKENS, _MOST_UNSPACED = 3, 6


def build(folder: Path = DATA) -> None:
    """Write the words of each language by the emoji they are tagged to: ``{"de": {"415 991": "bier"}}``."""
    text = json.dumps({code: tags(code) for code in LANGUAGES}, ensure_ascii=False, separators=(",", ":"))
    (folder / "tags.json.xz").write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


def tags(spoken: str) -> dict[str, str]:
    """Every name and tag of a language as the lexicon files it, by its emoji; sentences and empty words left out."""
    code = {"zh-hant": "zh-Hant", "nb": "no"}.get(spoken, spoken)
    cldr = read_json(CLDR, f"annotations/{code}/annotations.json")["annotations"]["annotations"]
    known = language(spoken).phrases
    found: defaultdict[str, set[int]] = defaultdict(set)
    for entry in read_json(EMOJIBASE, f"{spoken}/data.json"):
        if entry.get("group", 2) in _LEFT_OUT:
            continue
        for phrase in _phrases(entry, cldr.get(entry["emoji"].replace("\ufe0f", ""), {})):
            if _is_short(phrase) and (phrase not in known or known[phrase].role not in _EMPTY):
                found[phrase].add(entry["order"])
    return _by_emoji(found)


def _by_emoji(found: Mapping[str, set[int]]) -> dict[str, str]:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for phrase, emoji in sorted(found.items()):
        groups[" ".join(str(one) for one in sorted(emoji))].append(phrase)
    return {emoji: "|".join(phrases) for emoji, phrases in groups.items()}


def _phrases(entry: Mapping[str, Any], annotated: Mapping[str, Any]) -> Iterator[str]:
    names = (entry["label"], *annotated.get("tts", ()), *entry.get("tags", ()), *annotated.get("default", ()))
    yield from (key(name) for name in names)


def _is_short(phrase: str) -> bool:
    """A word or a phrase: sentences are said in other words anyway, and one Latin letter is none."""
    most = _MOST_UNSPACED if phrase and is_unspaced(phrase[0]) else _MOST_TOKENS
    return bool(phrase) and phrase.count(" ") < most and (len(phrase) > 1 or not phrase.isascii())


if __name__ == "__main__":
    build()
