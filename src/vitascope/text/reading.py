"""Reads a sentence, in any language of the lexicon, into a scene, and says how it read it."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from vitascope.errors import PromptError, UnknownWordsError
from vitascope.text.binding import bind
from vitascope.text.lexicon import Language, Meaning, is_english, name, nearest
from vitascope.text.matching import Found, match
from vitascope.text.scene import Scene
from vitascope.text.spelling import alike
from vitascope.text.words import CHARACTER, Word, words
from vitascope.text.world import FIRST, SUBJECTS, Edition

LONGEST = 32_000
"""Characters a prompt may have: the limit of the published API."""

_SUGGESTED = ("dog", "parrot", "fish", "car", "rocket", "beach", "city", "space")
_MOST_UNKNOWN = 12  # unknown words named one by one, and looked up
_PAST = frozenset(("grew", "shook", "shrank", "spun", "swam", "swung"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A word nobody taught us, as it was written, and up to three things we know that are close to it."""

    word: str
    nearest: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was understood. ``words`` go to the network, ``notes`` to the person who asked."""

    scene: Scene
    words: tuple[Word, ...]
    unknown: tuple[Unknown, ...]
    notes: tuple[str, ...]
    language: str  # code of the language we took the prompt for, such as en or zh-hant


def read(prompt: str, *, pictured: bool = False, edition: Edition = FIRST, characters: Sequence[str] = ()) -> Reading:
    """The scene a prompt asks for. With a picture beside it, it need not name the thing, only say what that does.

    The names of ``characters`` stand for what is kept of them, before whatever else they may mean.

    A word of a later edition than the model's is one that nobody taught it, and is told as such.

    Raises ``PromptError`` for a prompt that is blank, longer than :data:`LONGEST` characters or holds control
    characters, ``UnknownWordsError`` where it names nothing of our world and no picture does.
    """
    _check(prompt)
    language, phrases = match(prompt, edition, characters)
    scene, rounded = bind(phrases, language, pictured=pictured)
    unknown = _unknown(phrases, language)
    if scene == Scene(entities=()):
        raise UnknownWordsError(_nothing_known(prompt, unknown))
    return Reading(
        scene=scene,
        words=words(scene),
        unknown=unknown,
        notes=(*_readings(phrases), *rounded, *_admissions(unknown), *_empty(scene)),
        language=language.code,
    )


def _check(prompt: str) -> None:
    if len(prompt) > LONGEST:
        raise PromptError(f"The prompt has {len(prompt):,} characters; the most is {LONGEST:,}. Shorten it.")
    if not prompt.strip():
        raise PromptError("The prompt is empty. Say what the video shows, such as: a dog jumps on a beach.")
    for position, character in enumerate(prompt, 1):
        if unicodedata.category(character) in ("Cc", "Cs") and character not in "\t\n\r":
            raise PromptError(
                f"The prompt has the control character U+{ord(character):04X} at position {position:,}. Remove it."
            )


def _unknown(phrases: Sequence[Found], language: Language) -> tuple[Unknown, ...]:
    strange = {phrase.lemma: phrase.written for phrase in reversed(phrases) if phrase.meaning is None}
    return tuple(
        Unknown(word=strange[lemma], nearest=_close(lemma, language) if number < _MOST_UNKNOWN else ())
        for number, lemma in enumerate(reversed(strange))
    )


def _close(word: str, language: Language) -> tuple[str, ...]:
    """What is like it, where it is an English noun (one in -ing is a verb in a prompt), else how it may be spelled."""
    if language.code == "en" and is_english(word):
        return nearest(word, language.edition) if not word.endswith(("ing", "ed")) else ()
    return alike(word, language)


def _readings(phrases: Sequence[Found]) -> list[str]:
    """One sentence per thing, motion or place that was written as something else than its own name."""
    notes = []
    for phrase in phrases:
        meaning = phrase.meaning
        if meaning is not None and meaning.role in ("subject", "motion", "place") and not _is_own_name(phrase, meaning):
            notes.append(f"I read '{phrase.written}' as {name(meaning.id)}.")
    return list(dict.fromkeys(notes))


def _is_own_name(phrase: Found, meaning: Meaning) -> bool:
    if meaning.role == "motion":
        return _names_a_motion(phrase, meaning)
    if meaning.role == "place":
        return name(meaning.id) in phrase.written.casefold() or not _names_a_place(phrase)
    if meaning.id.startswith(CHARACTER):
        return True
    plural = SUBJECTS[meaning.id].plural.replace("_", " ")
    return phrase.lemma == name(meaning.id) or phrase.written.casefold() == plural


def _names_a_motion(phrase: Found, meaning: Meaning) -> bool:
    """In any form, such as shaking. Going is no motion of its own: whoever flies is simply seen to move."""
    written = phrase.written.casefold()
    return meaning.id == "go" or name(meaning.id).removesuffix("e") in written or written in _PAST


def _names_a_place(phrase: Found) -> bool:
    """Only nouns are worth a note: "volcano" read as mountains, not "under the waves" read as underwater."""
    return " " not in phrase.written


def _admissions(unknown: Sequence[Unknown]) -> list[str]:
    close = [word for word in unknown if word.nearest][:_MOST_UNKNOWN]
    notes = [f"I do not know '{word.word}'; the nearest I know is {' or '.join(word.nearest[:1])}." for word in close]
    far = [f"'{word.word}'" for word in unknown if not word.nearest]
    if far:
        more = f" and {len(far) - _MOST_UNKNOWN} more words" if len(far) > _MOST_UNKNOWN else ""
        notes.append(f"I do not know {', '.join(far[:_MOST_UNKNOWN])}{more}.")
    return notes


def _empty(scene: Scene) -> list[str]:
    return [] if scene.entities else ["No thing is named that I know, so the picture is left to chance."]


def _nothing_known(prompt: str, unknown: Sequence[Unknown]) -> str:
    close = list(dict.fromkeys(known for word in unknown for known in word.nearest))
    known = f"The nearest I know: {', '.join(close[:6])}" if close else f"I know things such as {', '.join(_SUGGESTED)}"
    shown = prompt.strip() if len(prompt.strip()) <= 80 else f"{prompt.strip()[:77]}..."
    return f"I know nothing named in {shown!r}. {known}. `vitascope models` lists all I know."
