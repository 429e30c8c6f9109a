"""Finds the known phrases of a text: guesses its language, then takes the longest match at every token."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from vitascope.text.lexicon import Language, Meaning, abroad, codes, is_english, language, lemmas
from vitascope.text.names import parted
from vitascope.text.tokens import BREAK, Token, is_unspaced, tokens
from vitascope.text.words import CHARACTER
from vitascope.text.world import FIRST, Edition

_GUESS_FROM = 64  # tokens a language is guessed from
_SURE = 0.75  # of the letters known in English: no other language need be looked at
_SCRIPTS = (
    ("\u0400", "\u04ff", ("ru", "uk")),
    ("\u0900", "\u097f", ("hi",)),
    ("\u0980", "\u09ff", ("bn",)),
    ("\u0e00", "\u0e7f", ("th",)),
    ("\u3040", "\u30ff", ("ja",)),
    ("\u4e00", "\u9fff", ("ja", "zh", "zh-hant")),
    ("\uac00", "\ud7a3", ("ko",)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A phrase of the text: what it means (``None``: unknown; ``break``: a clause ends), how it was written."""

    meaning: Meaning | None
    written: str
    lemma: str


CLAUSE_END = Found(meaning=Meaning("break", ""), written=",", lemma=BREAK)


def match(text: str, edition: Edition = FIRST, names: Sequence[str] = ()) -> tuple[Language, tuple[Found, ...]]:
    """The language of a text and its phrases in order, as an edition of the world understands them.

    ``names`` are of things that no language knows; where the text says one, it means that.
    """
    parts = list(parted(tokens(text), names))
    spoken = _guess([word for name, words in parts if not name for word in words][:_GUESS_FROM], edition)
    found: list[Found] = []
    for name, words in parts:
        found.extend([_called(name, words)] if name else _phrases(words, spoken))
    return spoken, tuple(_unknowns_joined(found))


def _called(name: str, words: Sequence[Token]) -> Found:
    written = _written(words)
    return Found(meaning=Meaning("subject", f"{CHARACTER}{name}"), written=written, lemma=written.casefold())


def _phrases(words: Sequence[Token], spoken: Language) -> Iterator[Found]:
    position = 0
    while position < len(words):
        phrase, length = _at(words, position, spoken)
        yield phrase
        position += length


def _guess(words: Sequence[Token], edition: Edition) -> Language:
    """The language that knows most of the text, counted in letters; the earlier one where two know as much."""
    english = language("en", edition)
    letters = sum(len(word.text) for word in words if word.text != BREAK)
    if _known_letters(words, english) >= _SURE * letters:
        return english
    candidates = _candidates("".join(word.text for word in words), edition)
    return max(candidates, key=lambda spoken: _known_letters(words, spoken))


def _candidates(text: str, edition: Edition) -> list[Language]:
    """The languages written in the scripts of a text, English always among them."""
    scripts = [spoken for first, last, spoken in _SCRIPTS if any(first <= character <= last for character in text)]
    special = {code for _, _, spoken in _SCRIPTS for code in spoken}
    chosen = {code for spoken in scripts for code in spoken} or set(codes()) - special
    return [language(code, edition) for code in codes() if code in chosen or code == "en"]


def _known_letters(words: Sequence[Token], spoken: Language) -> int:
    position = letters = 0
    while position < len(words):
        found, length = _longest(words, position, spoken)
        if found is not None and found is not CLAUSE_END:
            letters += sum(len(word.text) for word in words[position : position + length])
        position += length
    return letters


def _at(words: Sequence[Token], position: int, spoken: Language) -> tuple[Found, int]:
    found, length = _longest(words, position, spoken)
    if found is None and spoken.code != "en":
        found, length = _longest(words, position, language("en", spoken.edition))
    if found is None:
        found = _foreign(words[position], spoken.edition)
    word = words[position]
    return found or Found(meaning=None, written=word.written, lemma=word.text), length


def _longest(words: Sequence[Token], position: int, spoken: Language) -> tuple[Found | None, int]:
    """The longest phrase that starts here, its last word in any form; ``None`` and 1 where there is none."""
    first = words[position]
    if first.text == BREAK:
        return CLAUSE_END, 1
    reach = min(spoken.longest, len(words) - position) if first.text in _first(spoken.code, spoken.edition) else 1
    for length in range(reach, 0, -1):
        chosen = words[position : position + length]
        before = "".join(f"{word.text} " for word in chosen[:-1])
        for lemma in lemmas(chosen[-1].text, spoken):
            meaning = spoken.phrases.get(before + lemma)
            if meaning is not None:
                return Found(meaning=meaning, written=_written(chosen), lemma=before + lemma), length
    return None, 1


@cache
def _first(code: str, edition: Edition) -> frozenset[str]:
    """First tokens of a language's phrases: where none starts, longer phrases need not be tried."""
    return frozenset(phrase.partition(" ")[0] for phrase in language(code, edition).phrases)


def _foreign(word: Token, edition: Edition) -> Found | None:
    """A thing named in another language than the rest of the text: "a Schmetterling flies"."""
    meaning = None if word.text.isascii() and is_english(word.text) else abroad(word.text, edition)
    return Found(meaning=meaning, written=word.written, lemma=word.text) if meaning else None


def _written(words: Sequence[Token]) -> str:
    written = ""
    for word in words:
        joined = not written or (is_unspaced(written[-1]) and is_unspaced(word.written[0]))
        written += word.written if joined else f" {word.written}"
    return written


def _unknowns_joined(found: Sequence[Found]) -> Sequence[Found]:
    """Neighbouring unknown characters of a script without spaces are one unknown word."""
    joined: list[Found] = []
    for phrase in found:
        last = joined[-1] if joined else None
        if phrase.meaning is None and last and last.meaning is None and is_unspaced(phrase.written[0]):
            joined[-1] = Found(meaning=None, written=last.written + phrase.written, lemma=last.lemma + phrase.lemma)
        else:
            joined.append(phrase)
    return joined
