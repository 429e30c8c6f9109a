"""The program that opens a file from outside: it limits itself first, then decodes, then says what it saw.

``python -m vitascope.server.inside_darkroom picture IN OUT``, ``... portrait IN OUT SMALL``, ``... origin FILE`` or
``... credits FILE``. Ends with 3 and a sentence where the file is refused; anything else but 0 means that a limit was
hit.
"""

import dataclasses
import json
import resource
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from vitascope.errors import ImageError, UserError

if TYPE_CHECKING:
    from PIL.Image import Image

_REFUSED = 3
_MEMORY = 3 << 30  # bytes of address space: the largest picture allowed needs 1 GB with its transparency
_CPU_SECONDS = 50
_LARGEST_FILE = 64 << 20
_LARGEST_MIRROR = 2 << 30  # bytes: of three million renders, which is what fits into the memory, too
_LONGEST_SIDE = 2048  # pixels; no model paints more, and a PNG of that size is quick to read


_LONGEST_PORTRAIT, _SMALL_SIDE = 1024, 192
_SHORTEST_SIDE = 8  # pixels
_LEAST_CONTRAST, _SOLID = 8, 250  # of 255


def main(task: str, *paths: Path) -> int:
    """Do ``task``; returns the exit status."""
    _limit(_LARGEST_MIRROR if task == "origin" else _LARGEST_FILE)
    try:
        sys.stdout.write(_TASKS[task](*paths))
    except UserError as error:
        sys.stdout.write(str(error).replace(str(paths[0]), "The file"))  # its place here is nobody's business
        return _REFUSED
    return 0


def picture(path: Path, to: Path) -> str:
    """Decode the still in ``path`` and write it to ``to`` as a PNG whose longer side has at most 2048 pixels.

    Says "credential" where the file has one that can be read.
    """
    from PIL import Image

    from vitascope.media.read import still
    from vitascope.provenance.credential import has_credential

    decoded = Image.fromarray(still(path))
    decoded.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    decoded.save(to, "PNG")
    return "credential" if has_credential(path.read_bytes()) else ""


def portrait(path: Path, to: Path, small: Path) -> str:
    """Write what a character is kept from, its transparency with it; see ``darkroom.portrayed``. Raises ImageError."""
    from PIL import Image

    from vitascope.media.read import portrait as portrait_in
    from vitascope.provenance.credential import has_credential

    decoded = Image.fromarray(portrait_in(path))
    _require_something(decoded)
    decoded.thumbnail((_LONGEST_PORTRAIT, _LONGEST_PORTRAIT))
    decoded.save(to, "PNG")
    decoded.thumbnail((_SMALL_SIDE, _SMALL_SIDE))
    decoded.save(small, "WEBP")
    return "credential" if has_credential(path.read_bytes()) else ""


def _require_something(picture: "Image") -> None:
    """Raises ImageError where there is nothing to know anybody by: too few pixels, or all of them alike."""
    import numpy as np

    if min(picture.size) < _SHORTEST_SIDE:
        raise ImageError(
            f"The picture is {picture.width}x{picture.height}; a character needs {_SHORTEST_SIDE} or more."
        )
    pixels = np.asarray(picture)
    if pixels.shape[2] == 4 and pixels[..., 3].min() < _SOLID:
        is_empty = not pixels[..., 3].any()
    else:
        is_empty = np.ptp(pixels[..., :3], axis=(0, 1)).max() < _LEAST_CONTRAST
    if is_empty:
        raise ImageError("The picture is of one colour: there is nothing to keep in it. Send one that shows somebody.")


def origin(path: Path) -> str:
    """What credential and mark of ``path`` say, as JSON; the address of the database with the marks comes in."""
    from vitascope.marks.book import DatabaseRegister
    from vitascope.origin import verify_file
    from vitascope.settings import settings
    from vitascope.store.database import open_database

    database = open_database(sys.stdin.read(), migrate=False)
    register = DatabaseRegister(database, mirrors=settings().home / "mirrors")
    return json.dumps(dataclasses.asdict(verify_file(path, register=register)), default=str)


def credits_(path: Path) -> str:
    """Whom the seal of ``path`` thanks and what its pictures are nearest to, as JSON."""
    from vitascope.origin import credits_file, spelled

    found = credits_file(path)
    return json.dumps({"credits": found.credits} | spelled(found))


def _limit(largest_file: int) -> None:
    for limit, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_FSIZE, largest_file),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


_TASKS: Mapping[str, Callable[..., str]] = {
    "picture": picture,
    "portrait": portrait,
    "origin": origin,
    "credits": credits_,
}

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], *map(Path, sys.argv[2:])))
