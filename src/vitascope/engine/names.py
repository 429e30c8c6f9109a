"""What a clip is called where nobody named it: the prompt as a slug, and the seed that makes it again."""

import re
from itertools import chain, count
from pathlib import Path

from vitascope.errors import OutputError
from vitascope.types import Container

_SLUG_BYTES = 80  # file systems take 255 in a name; seed, number and suffix need some of them
_CONTAINERS: dict[str, Container] = {".mp4": "mp4", ".gif": "gif", ".webm": "webm"}


def container_of(path: Path) -> Container:
    """The container that the suffix of ``path`` asks for. Raises OutputError naming those there are."""
    container = _CONTAINERS.get(path.suffix.lower())
    if container is None:
        raise OutputError(
            f"Cannot write {path}: I write .mp4, .webm and .gif, not {path.suffix or 'a file without suffix'!r}."
        )
    return container


def free_path(folder: Path, prompt: str, seed: int) -> Path:
    """A path in ``folder`` where no file lies yet: ``a-cat-jumps-17.mp4``, else ``a-cat-jumps-17-2.mp4`` and so on."""
    stem = f"{slug(prompt)}-{seed}"
    names = chain((stem,), (f"{stem}-{number}" for number in count(2)))
    return next(path for name in names if not (path := folder / f"{name}.mp4").exists())


def slug(prompt: str) -> str:
    """Letters and digits of any script in lower case, joined by hyphens; ``clip`` where there are none.

    >>> slug("A parrot flies -- over a beach!")
    'a-parrot-flies-over-a-beach'
    """
    joined = re.sub(r"[\W_]+", "-", prompt.casefold()).strip("-")
    return joined.encode()[:_SLUG_BYTES].decode(errors="ignore").strip("-") or "clip"
