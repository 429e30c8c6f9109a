"""From an SVG as its artist filed it to a centred key frame, drawn by resvg."""

import io

import numpy as np
import numpy.typing as npt
import resvg_py
from PIL import Image

from vitascope.corpus.atlas import SIDE
from vitascope.corpus.drawings import centre
from vitascope.errors import CorpusError

_SUPERSAMPLED = 4 * SIDE


def svg_frames(svg: str) -> npt.NDArray[np.uint8]:
    """One key frame ``(1, 128, 128, 4)``, premultiplied, of an SVG document.

    Drawn four times as large and filtered down, on the same path as animations. Raises ``CorpusError`` when the text
    is no SVG or nothing of it is visible.
    """
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=svg, width=_SUPERSAMPLED, height=_SUPERSAMPLED, dpi=96.0, skip_system_fonts=True
        )
    except ValueError as error:
        raise CorpusError(f"An SVG cannot be drawn: {error}. Choose another work.") from error
    with Image.open(io.BytesIO(bytes(png))) as image:
        return centre([image.convert("RGBA")])


def svg_document(body: str, side: int) -> str:
    """A whole SVG document around the body of an icon whose canvas is ``side`` units square."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {side} {side}">{body}</svg>'
    )
