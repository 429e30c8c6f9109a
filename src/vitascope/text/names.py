"""Names that people give: where a text says one, token by token, whatever else its words may mean."""

from collections.abc import Iterator, Sequence

from vitascope.errors import CharacterError
from vitascope.text.tokens import BREAK, Token, tokens

MOST = 2
"""Characters in one clip: as many kinds of things as a prompt has, and as the published API takes."""

LONGEST_NAME = 80
"""Characters of a name, as in the published API."""


def parted(words: Sequence[Token], names: Sequence[str]) -> Iterator[tuple[str, Sequence[Token]]]:
    """The words cut into runs: each with the name it says, or with none. Of two names in one place the longer counts.

    >>> [(name, len(run)) for name, run in parted(tokens("Miss Kitty jumps"), ["Kitty", "Miss Kitty"])]
    [('Miss Kitty', 2), ('', 1)]
    """
    wanted = sorted(((spelled(name), name) for name in names), key=lambda one: -len(one[0]))
    begun = position = 0
    while position < len(words):
        name, length = _at(words, position, wanted)
        if not name:
            position += 1
            continue
        if begun < position:
            yield "", words[begun:position]
        yield name, words[position : position + length]
        begun = position = position + length
    if begun < len(words):
        yield "", words[begun:]


def says(text: str, name: str) -> bool:
    """Whether a text says a name, in capitals or not: "biscuit's bone" says Biscuit, "biscuits" does not."""
    return any(called for called, _ in parted(tokens(text), [name]))


def spelled(name: str) -> tuple[str, ...]:
    """The tokens by which a name is known again; none where no prompt can say it."""
    words = [word.text for word in tokens(name)]
    while words and words[-1] == BREAK:
        words.pop()
    return tuple(words)


def require_named(prompt: str, names: Sequence[str]) -> None:
    """Raises CharacterError unless there are at most two names, each can be told apart, and the prompt says it."""
    if len(names) > MOST:
        raise CharacterError(f"{len(names)} characters are too many: a clip has at most {MOST}.")
    for name in names:
        require_name(name)
        if [spelled(name) for name in names].count(spelled(name)) > 1:
            raise CharacterError(f"Two characters are called {name!r}, and no prompt can tell them apart. Rename one.")
        if not says(prompt, name):
            raise CharacterError(f"The prompt does not name {name!r}. Say what the character does: {name} jumps.")


def require_name(name: str) -> None:
    """Raises CharacterError where no prompt could say it."""
    if len(name) > LONGEST_NAME or not spelled(name) or not name.isprintable():
        raise CharacterError(
            f"A character is named in 1 to {LONGEST_NAME} characters, a letter or digit among them; this name has "
            f"{len(name)}. Choose one that a prompt can say."
        )


def _at(words: Sequence[Token], position: int, wanted: Sequence[tuple[tuple[str, ...], str]]) -> tuple[str, int]:
    for spelling, name in wanted:
        if spelling and tuple(word.text for word in words[position : position + len(spelling)]) == spelling:
            return name, len(spelling)
    return "", 0
