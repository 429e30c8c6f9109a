"""Measures the reader on held-out phrases.

``python -m vitascope.text.evaluate [FILE [EDITION]]`` prints a table and the misses. The file maps language, role and
concept to phrases: ``tests/text/synonyms.json`` says how its phrases were chosen. Things and settings are read on their
own, motions after the word for a dog.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vitascope.errors import PromptError
from vitascope.text.lexicon import STOP, Language, language
from vitascope.text.reading import read
from vitascope.text.scene import Scene
from vitascope.text.tokens import key, tokens
from vitascope.text.world import EDITIONS, FIRST, Edition

HELD_OUT = Path("tests/text/synonyms.json")
_MOVER = {"en": "a dog", "vi": "con chó"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One held-out phrase: what it should be read as, and what it was read as."""

    language: str
    role: str
    phrase: str
    expected: str
    actual: str
    is_entry: bool  # the phrase, articles aside, is in the lexicon as it stands; the rest takes inflection or parts


def evaluate(held_out: Mapping[str, Mapping[str, Any]], edition: Edition = FIRST) -> tuple[Outcome, ...]:
    """The outcome of every phrase, read as an edition of the world understands it."""
    return tuple(_outcomes(held_out, edition))


def accuracy(outcomes: Sequence[Outcome]) -> float:
    """Share of phrases that were read as expected."""
    return sum(outcome.expected == outcome.actual for outcome in outcomes) / len(outcomes)


def table(outcomes: Sequence[Outcome]) -> str:
    """A line per language and role: phrases, accuracy, and how many phrases are entries of the lexicon."""
    lines = [f"{'language':10}{'role':10}{'phrases':>8}{'right':>8}{'entries':>9}"]
    for group in dict.fromkeys((outcome.language, outcome.role) for outcome in outcomes):
        chosen = [outcome for outcome in outcomes if (outcome.language, outcome.role) == group]
        entries = sum(outcome.is_entry for outcome in chosen) / len(chosen)
        lines.append(f"{group[0]:10}{group[1]:10}{len(chosen):8}{accuracy(chosen):8.1%}{entries:9.0%}")
    return "\n".join(lines)


def _outcomes(held_out: Mapping[str, Mapping[str, Any]], edition: Edition) -> Iterator[Outcome]:
    for spoken, roles in held_out.items():
        for role, concepts in roles.items() if isinstance(roles, dict) else ():
            for concept, phrases in concepts.items():
                yield from (_outcome(spoken, role, concept, phrase, edition) for phrase in phrases)


def _outcome(spoken: str, role: str, concept: str, phrase: str, edition: Edition) -> Outcome:
    prompt = f"{_MOVER[spoken]} {phrase}" if role != "subject" else phrase
    return Outcome(
        language=spoken,
        role=role,
        phrase=phrase,
        expected=concept,
        actual=_read_as(prompt, role, edition),
        is_entry=_is_entry(phrase, language(spoken, edition)),
    )


def _is_entry(phrase: str, spoken: Language) -> bool:
    words = [token.text for token in tokens(phrase) if spoken.phrases.get(token.text) != STOP]
    return key(phrase) in spoken.phrases or " ".join(words) in spoken.phrases


def _read_as(prompt: str, role: str, edition: Edition) -> str:
    try:
        scene = read(prompt, edition=edition).scene
    except PromptError:
        return "nothing"
    return " then ".join(_named(scene, role)) or "nothing"


def _named(scene: Scene, role: str) -> list[str]:
    if role == "subject":
        return [entity.subject for entity in scene.entities]
    if role == "motion":
        return list(scene.entities[0].motions)
    named = {"place": scene.place, "time": scene.time}[role]
    return [named] if named else []


def _main(path: Path, edition: Edition) -> None:
    outcomes = evaluate(json.loads(path.read_text("utf-8")), edition)
    misses = [outcome for outcome in outcomes if outcome.expected != outcome.actual]
    lines = [f"{miss.language} {miss.role}: {miss.phrase!r} is {miss.expected}, read {miss.actual}" for miss in misses]
    sys.stdout.write("\n".join([table(outcomes), *lines, ""]))


if __name__ == "__main__":
    _main(Path(sys.argv[1]) if len(sys.argv) > 1 else HELD_OUT, EDITIONS[int(sys.argv[2]) - 1 if sys.argv[2:] else 0])
