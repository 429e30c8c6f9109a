"""Single pictures of a clip for people: a thumbnail, a sheet of frames, as PNG, JPEG or WebP; marked ones only.

A thumbnail and a sheet are made of the frames as they pass, beside the film: who read them back out of it would decode
what had just been encoded.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from io import BytesIO

import numpy as np
from PIL import Image

from vitascope.errors import OutputError
from vitascope.media.film import marked_frame
from vitascope.types import Marked, Pixels

_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
_QUALITY = 92  # of JPEG and WebP: below 85 the mark of one picture alone begins to fade
_EFFORT = 2  # of WebP, of 6: a thumbnail in 5 ms, where the usual 4 takes 7.5 and saves 1 % of its bytes
_SIDE = 512  # pixels a thumbnail is at most wide or high
_COLUMNS, _CELLS, _CELL = 4, 12, 160  # of a sheet, and pixels a cell is at most wide or high


class Glance:
    """Small copies of the frames of one clip, made in a pool as they pass."""

    def __init__(self, pool: Executor, num_frames: int) -> None:
        """``num_frames`` will pass."""
        self._pool, self._places = pool, _spread(num_frames)
        self._first, self._cells = Future[Pixels](), list[Future[Pixels]]()

    def watch(self, frames: Iterable[Pixels]) -> Iterator[Pixels]:
        """``frames``, each seen as it passes."""
        for number, frame in enumerate(frames):
            if number == 0:
                self._first = self._pool.submit(small, frame)
            if number in self._places:
                self._cells.append(self._pool.submit(_within, frame, _CELL))
            yield frame

    def thumbnail(self) -> Pixels:
        """The first frame, small. Asked for when it has passed."""
        return self._first.result()

    def spritesheet(self) -> Pixels:
        """Twelve frames spread over the clip, in rows of four. Asked for when all have passed."""
        return _sheet([cell.result() for cell in self._cells])


def encoded(picture: Marked, suffix: str) -> bytes:
    """``picture`` as a file of that kind, in memory: what is not sealed yet has no name.

    Raises:
        OutputError: the suffix names no still picture.
        TypeError: something other than a marked frame came: a bug, never a user's mistake.
    """
    kind = _FORMATS.get(suffix.lower())
    if kind is None:
        message = f"A still cannot be a {suffix or 'nameless'} file: stills are .png, .jpg and .webp."
        raise OutputError(message)
    file = BytesIO()
    effort = {"method": _EFFORT} if kind == "WEBP" else {}
    Image.fromarray(marked_frame(picture).frame).save(file, kind, quality=_QUALITY, **effort)
    return file.getvalue()


def small(frame: Pixels, *, side: int = _SIDE) -> Pixels:
    """``frame`` as a thumbnail: no side over ``side`` pixels, and unchanged where none is."""
    return _within(frame, side)


def _spread(num_frames: int) -> frozenset[int]:
    """The numbers of twelve frames spread over a clip, first and last among them; fewer where there are fewer."""
    return frozenset(round(place) for place in np.linspace(0, num_frames - 1, min(num_frames, _CELLS)))


def _sheet(cells: Sequence[Pixels]) -> Pixels:
    """Cells in rows of four, first at the top left."""
    blank = np.zeros_like(cells[0])
    columns = min(_COLUMNS, len(cells))
    filled = [*cells, *[blank] * (-len(cells) % columns)]
    rows = [np.concatenate(filled[start : start + columns], axis=1) for start in range(0, len(filled), columns)]
    return np.concatenate(rows)


def _within(frame: Pixels, side: int) -> Pixels:
    longest = max(frame.shape[:2])
    if longest <= side:
        return frame
    height, width = (max(1, round(part * side / longest)) for part in frame.shape[:2])
    return np.array(Image.fromarray(frame).resize((width, height), Image.Resampling.HAMMING))
