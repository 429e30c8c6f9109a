"""Single pictures of a clip for people: a thumbnail, a sheet of frames, as PNG, JPEG or WebP; marked ones only."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from vitascope.errors import OutputError
from vitascope.media.draft import whole
from vitascope.media.film import marked_frame
from vitascope.types import Marked, Pixels

_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
_QUALITY = 92  # of JPEG and WebP: below 85 the mark of one picture alone begins to fade
_SIDE = 512  # pixels a thumbnail is at most wide or high
_COLUMNS, _CELLS, _CELL = 4, 12, 160  # of a sheet, and pixels a cell is at most wide or high


def write(picture: Marked, path: Path) -> None:
    """Writes ``picture`` to ``path``, whole or not at all.

    Raises:
        OutputError: the suffix names no still picture, or the file cannot be written.
        TypeError: something other than a marked frame came: a bug, never a user's mistake.
    """
    kind = _FORMATS.get(path.suffix.lower())
    if kind is None:
        message = f"Cannot write {path.name}: stills are .png, .jpg and .webp."
        raise OutputError(message)
    with whole(path) as unfinished:
        Image.fromarray(marked_frame(picture).frame).save(unfinished, kind, quality=_QUALITY)


def webp(picture: Marked) -> bytes:
    """``picture`` as WebP in memory, for a preview that lives for moments."""
    file = BytesIO()
    Image.fromarray(marked_frame(picture).frame).save(file, "WEBP", quality=_QUALITY)
    return file.getvalue()


def small(frame: Pixels, *, side: int = _SIDE) -> Pixels:
    """``frame`` as a thumbnail: no side over ``side`` pixels, and unchanged where none is."""
    return _within(frame, side)


def sheet(frames: Sequence[Pixels]) -> Pixels:
    """Twelve frames spread over the clip, in rows of four, first at the top left; fewer where there are fewer."""
    places = sorted({round(place) for place in np.linspace(0, len(frames) - 1, min(len(frames), _CELLS))})
    cells = [_within(frames[place], _CELL) for place in places]
    blank = np.zeros_like(cells[0])
    columns = min(_COLUMNS, len(cells))
    cells += [blank] * (-len(cells) % columns)
    rows = [np.concatenate(cells[start : start + columns], axis=1) for start in range(0, len(cells), columns)]
    return np.concatenate(rows)


def _within(frame: Pixels, side: int) -> Pixels:
    longest = max(frame.shape[:2])
    if longest <= side:
        return frame
    height, width = (max(1, round(part * side / longest)) for part in frame.shape[:2])
    return np.array(Image.fromarray(frame).resize((width, height), Image.Resampling.LANCZOS))
