"""Marked frames to GIF: loops for ever, one palette for the whole clip so that nothing flickers."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from vitascope.errors import OutputError, SizeError
from vitascope.media.draft import whole
from vitascope.media.film import marked_frame
from vitascope.types import Marked, Pixels

_SAMPLED = 12  # frames the palette is made from
_TICKS = 100  # GIF counts time in hundredths of a second


def write(frames: Iterable[Marked], path: Path, *, fps: int) -> int:
    """Writes ``frames`` to ``path`` and returns their number. A palette needs all frames first, so they are held.

    Raises:
        OutputError: no frame came, or the file cannot be written; no half file is left.
        SizeError: a frame differs in size from the first.
    """
    pictures = [marked_frame(item).frame for item in frames]
    if not pictures:
        message = f"Cannot write {path}: the clip has 0 frames."
        raise OutputError(message)
    _require_one_size(pictures)
    palette = _shared_palette(pictures)
    # Dithering keeps the mark: without it flat ground falls on one palette entry and the mark with it.
    drawn = [
        Image.fromarray(picture).quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG) for picture in pictures
    ]
    with whole(path) as unfinished:
        drawn[0].save(
            unfinished,
            "GIF",
            save_all=True,
            append_images=drawn[1:],
            duration=_durations(len(drawn), fps),
            loop=0,
            disposal=1,
        )
    return len(drawn)


def _shared_palette(pictures: list[Pixels]) -> Image.Image:
    """256 colours by median cut over frames spread through the clip."""
    chosen = pictures[:: max(1, len(pictures) // _SAMPLED)]
    return Image.fromarray(np.concatenate(chosen)).quantize(256, method=Image.Quantize.MEDIANCUT)


def _durations(num_frames: int, fps: int) -> list[int]:
    """Milliseconds per frame, whole hundredths each, that never drift from the true time by more than half of one."""
    ends = [round(frame * _TICKS / fps) for frame in range(1, num_frames + 1)]
    return [10 * max(2, end - start) for start, end in zip([0, *ends], ends, strict=False)]


def _require_one_size(pictures: list[Pixels]) -> None:
    shapes = {picture.shape for picture in pictures}
    if len(shapes) > 1:
        message = f"Frames of {len(shapes)} different sizes came into one clip."
        raise SizeError(message)
