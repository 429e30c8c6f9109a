"""The words a model knows, in the order in which somebody looks for one: things, what they do, where, and the rest."""

from collections.abc import Iterable
from html import escape
from typing import Final

from vitascope.text.world import MOTIONS, PLACES, SUBJECTS

_KINDS: Final = {"things": tuple(SUBJECTS), "motions": MOTIONS, "places": PLACES}
_REST: Final = "colours, times, cameras"


def shelves(words: Iterable[str]) -> dict[str, list[str]]:
    """The words by kind; a kind without any is left out. What no world knows stands with the rest."""
    kinds = {name.replace("_", " "): kind for kind, names in reversed(_KINDS.items()) for name in names}
    found: dict[str, list[str]] = {kind: [] for kind in (*_KINDS, _REST)}
    for word in sorted(set(words)):
        found[kinds.get(word, _REST)].append(word)
    return {kind: listed for kind, listed in found.items() if listed}


def chest(words: Iterable[str]) -> str:
    """All of them to look through and to click into the prompt; nothing where the model told none."""
    sorted_ = shelves(words)
    if not sorted_:
        return ""
    counts = ", ".join(f"{len(listed)} {kind}" if kind != _REST else kind for kind, listed in sorted_.items())
    rows = "".join(
        f"<h3>{kind.capitalize()}</h3><p>{''.join(map(_word, listed))}</p>" for kind, listed in sorted_.items()
    )
    return f'<details id="words"><summary>What it knows: {counts}</summary>{rows}</details>'


def _word(word: str) -> str:
    return f'<button type="button" class="word" data-do="insert">{escape(word)}</button>'
