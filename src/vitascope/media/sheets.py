"""Contact sheets: many frames on one picture, for people who look at a corpus or at a model.

For the workshop only; a picture that leaves the house goes through the mark and a container of ``media``.
"""

from collections.abc import Sequence
from io import BytesIO
from itertools import zip_longest
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from vitascope.media.draft import whole
from vitascope.types import Pixels

_GAP = 4
_LINE = 16  # pixels a line of caption takes
_GROUND, _INK = (24, 24, 28), (230, 230, 230)


def contact_sheet(rows: Sequence[Sequence[Pixels]], captions: Sequence[str] | None = None) -> Pixels:
    """Rows of pictures on dark ground, a caption above each row; ``(H, W, 3)``. Sizes may differ."""
    strips = [_strip(row, caption) for row, caption in zip_longest(rows, captions or (), fillvalue=None) if row]
    width = max((strip.width for strip in strips), default=_GAP)
    sheet = Image.new("RGB", (width, sum(strip.height for strip in strips) + _GAP), _GROUND)
    top = 0
    for strip in strips:
        sheet.paste(strip, (0, top))
        top += strip.height
    return np.array(sheet)


def save_png(picture: Pixels, path: Path) -> None:
    """Writes ``picture`` to ``path``, whole or not at all.

    Raises:
        OutputError: the file cannot be written.
    """
    with whole(path) as unfinished:
        unfinished.write_bytes(png_bytes(picture))


def png_bytes(picture: Pixels) -> bytes:
    """``picture`` as a PNG in memory."""
    file = BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def _strip(row: Sequence[Pixels], caption: str | None) -> Image.Image:
    top = _GAP + (_LINE if caption else 0)
    width = sum(picture.shape[1] + _GAP for picture in row) + _GAP
    strip = Image.new("RGB", (width, top + max(picture.shape[0] for picture in row)), _GROUND)
    if caption:
        ImageDraw.Draw(strip).text((_GAP, 2), _shorten(caption, width - 2 * _GAP), fill=_INK, font=_font())
    left = _GAP
    for picture in row:
        strip.paste(Image.fromarray(picture), (left, top))
        left += picture.shape[1] + _GAP
    return strip


def _shorten(caption: str, width: int) -> str:
    """As much of ``caption`` as fits, without a cut being hidden."""
    font = _font()
    if font.getlength(caption) <= width:
        return caption
    while caption and font.getlength(caption + "...") > width:
        caption = caption[:-1]
    return caption + "..."


def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=12)
