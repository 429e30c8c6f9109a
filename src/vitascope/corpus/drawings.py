"""From an animation as its artist filed it to key frames: sampled by time, centred, scaled, premultiplied."""

import io
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
import numpy.typing as npt
from PIL import Image

from vitascope.corpus.atlas import SIDE
from vitascope.errors import CorpusError

KEY_FRAMES = 24
"""Key frames an animation is sampled at: 8 a second for the usual loop of three seconds."""

_FIT = 120  # pixels of the 128 the drawing may fill; the rest keeps filtered edges inside the frame
_PNG = b"\x89PNG\r\n\x1a\n"
_FAINT = 8  # alpha below which a pixel doesn't count as drawn


def animation_frames(webp: bytes) -> tuple[npt.NDArray[np.uint8], float]:
    """Key frames ``(24, 128, 128, 4)``, premultiplied, and the seconds of one loop.

    Frames are composited by Pillow: nearly all frames of the set are partial rectangles over the one before.
    """
    with Image.open(io.BytesIO(webp)) as image:
        frames, milliseconds = [], []
        for index in range(getattr(image, "n_frames", 1)):
            image.seek(index)
            frames.append(image.convert("RGBA"))
            milliseconds.append(int(image.info["duration"]))
    if len(frames) < 2:
        raise CorpusError("The drawing has 1 frame where an animation was expected. Choose another work.")
    chosen = [frames[index] for index in sample_by_time(milliseconds, KEY_FRAMES)]
    return centre(chosen), sum(milliseconds) / 1000


def still_frames(picture: bytes) -> npt.NDArray[np.uint8]:
    """One key frame ``(1, 128, 128, 4)``, premultiplied, of a picture with a transparent ground."""
    with Image.open(io.BytesIO(picture)) as image:
        return centre([image.convert("RGBA")])


def pose_frames(pictures: bytes) -> npt.NDArray[np.uint8]:
    """Key frames ``(K, 128, 128, 4)`` of PNG pictures that lie one after the other, centred together."""
    parts = pictures.split(_PNG)[1:]
    frames = [Image.open(io.BytesIO(_PNG + part)).convert("RGBA") for part in parts]
    if not frames:
        raise CorpusError("A pose holds no PNG picture. Check the package and its version.")
    return centre(frames)


def sample_by_time(milliseconds: Sequence[int], count: int) -> list[int]:
    """Indices of the frames on screen at ``count`` even moments of one loop."""
    ends = list(accumulate(milliseconds))
    return [bisect_right(ends, moment * ends[-1] / count) for moment in range(count)]


def centre(frames: Sequence[Image.Image]) -> npt.NDArray[np.uint8]:
    """Scale and centre frames alike, so that the box of all of them fits; their own movement stays.

    The union of the boxes, not each frame's own: centring each alone would take a hop out of a hopping rabbit.
    """
    left, top, right, bottom = _union_box(frames)
    half = max(right - left, bottom - top) * SIDE / _FIT / 2
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    pad = int(half) + 1  # the window may reach beyond the canvas
    window = (middle_x - half + pad, middle_y - half + pad, middle_x + half + pad, middle_y + half + pad)
    return np.stack([_premultiplied(_padded(frame, pad), window) for frame in frames])


def _union_box(frames: Sequence[Image.Image]) -> tuple[int, int, int, int]:
    alpha = np.max([np.asarray(frame.getchannel("A")) for frame in frames], axis=0)
    rows, columns = np.flatnonzero((alpha > _FAINT).any(1)), np.flatnonzero((alpha > _FAINT).any(0))
    if not len(rows):
        raise CorpusError("The drawing is empty: no pixel of it is visible. Choose another work.")
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _padded(frame: Image.Image, pad: int) -> Image.Image:
    canvas = Image.new("RGBA", (frame.width + 2 * pad, frame.height + 2 * pad))
    canvas.paste(frame, (pad, pad))
    return canvas


def _premultiplied(frame: Image.Image, window: tuple[float, float, float, float]) -> npt.NDArray[np.uint8]:
    # Pillow's mode RGBa is premultiplied: filtering there keeps the colour of invisible pixels out of the edges.
    small = frame.convert("RGBa").resize((SIDE, SIDE), Image.Resampling.BICUBIC, box=window)
    pixels = np.asarray(small).copy()
    pixels[..., :3] = np.minimum(pixels[..., :3], pixels[..., 3:])  # bicubic rings; colour can't exceed alpha
    return pixels
