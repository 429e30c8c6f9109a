"""A visible badge in the lower right corner, for operators who want one; beside the invisible layers, not for them."""

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from vitascope.types import Floats, Pixels

_HEIGHT = 1 / 14  # of the shorter side of a frame
_WIDEST = 0.4  # of the width of a frame
_LEAST = 9  # pixels; smaller letters are no letters
_MARGIN = 0.4  # of the height, around the words and to the edge
_DARK, _STRENGTH = 16, 0.75  # of the plate behind the words


def badged(frame: Pixels, words: str) -> Pixels:
    """``frame``, ``(H, W, 3)``, with ``words`` on a dark plate; the same where there are none, or no room for them."""
    plate, cover = _plate(words, frame.shape[1], frame.shape[0])
    height, width = cover.shape[:2]
    if not height or height > frame.shape[0] or width > frame.shape[1]:
        return frame
    edge = round(height * _MARGIN / 2)
    rows, columns = (
        slice(side - edge - part, side - edge) for side, part in zip(frame.shape, (height, width), strict=False)
    )
    shown = frame.copy()
    shown[rows, columns] = np.rint(frame[rows, columns] * (1 - cover) + plate * cover).astype(np.uint8)
    return shown


@lru_cache(maxsize=4)
def _plate(words: str, width: int, height: int) -> tuple[Floats, Floats]:
    """Colours and cover of the plate, ``(h, w, 1)`` each."""
    if not words:
        return np.zeros((0, 0, 1), np.float32), np.zeros((0, 0, 1), np.float32)
    size = max(_LEAST, round(min(width, height) * _HEIGHT))
    font = ImageFont.load_default(size)
    size = max(_LEAST, min(size, int(size * _WIDEST * width / max(font.getlength(words), 1))))
    font, pad = ImageFont.load_default(size), round(size * _MARGIN)
    left, top, right, bottom = (round(edge) for edge in font.getbbox(words))
    letters = Image.new("L", (right - left + 2 * pad, bottom - top + 2 * pad))
    ImageDraw.Draw(letters).text((pad - left, pad - top), words, fill=255, font=font)
    ink: Floats = np.asarray(letters, np.float32)[..., None] / np.float32(255)
    return np.float32(_DARK) + np.float32(255 - _DARK) * ink, np.maximum(ink, np.float32(_STRENGTH))
