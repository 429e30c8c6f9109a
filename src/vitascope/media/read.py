"""Files from outside to pixels: stills to start from, films to look into. Nothing is trusted, sizes come first."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from PIL import Image, ImageOps, UnidentifiedImageError

from vitascope.errors import ImageError, VerifyError
from vitascope.types import Pixels

_FORMATS = ("PNG", "JPEG", "WEBP")
_MEGABYTE = 1_000_000
_MOST_BYTES = 50 * _MEGABYTE
_MOST_PIXELS = 40_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of a film is looked at."""

    frames: int = 600
    pixels: int = _MOST_PIXELS  # of one frame
    total: int = 200_000_000  # pixels of all frames together: 96 frames of 1920x1080, so that no film takes minutes


def still(path: Path) -> Pixels:
    """The picture in ``path``, ``(H, W, 3)``, turned as its EXIF says, transparency laid over white.

    Raises:
        ImageError: not a PNG, JPEG or WebP still, damaged, more than 50 MB or more than 40 megapixels.
    """
    _require_readable(path)
    with _translated(path), Image.open(path, formats=_FORMATS) as picture:
        _require_still(path, picture)
        turned = ImageOps.exif_transpose(picture)
        return np.array(_over_white(turned))


def video(source: Path | bytes, *, limits: Limits | None = None) -> Iterator[Pixels]:
    """The frames of a film, GIF or still as they are decoded, ``(H, W, 3)`` each: of a file, or of its content.

    Of a long film the first are read, as many as ``limits`` let through. A file cut short gives what can be decoded.

    Raises:
        VerifyError: the file cannot be read, holds no picture, or its frames are too large.
    """
    limits, name = limits or Limits(), "The file" if isinstance(source, bytes) else str(source)
    num_frames = 0
    try:
        for frame in _decoded(source, name, limits):
            yield frame
            num_frames += 1
    except (OSError, av.FFmpegError, ValueError) as error:
        if num_frames:
            return
        message = f"{name} cannot be read as a video or picture: {getattr(error, 'strerror', None) or error}."
        raise VerifyError(message) from error


def _decoded(source: Path | bytes, path: str, limits: Limits) -> Iterator[Pixels]:
    with av.open(BytesIO(source) if isinstance(source, bytes) else str(source), "r") as container:
        if not container.streams.video:
            message = f"{path} holds no picture: {len(container.streams)} streams, none of them video."
            raise VerifyError(message)
        stream = container.streams.video[0]
        if stream.width * stream.height > limits.pixels:
            message = f"{path} has frames of {stream.width}x{stream.height}; at most {limits.pixels:,} pixels are read."
            raise VerifyError(message)
        left, reformatter = limits.total, VideoReformatter()
        for number, frame in enumerate(container.decode(stream)):
            left -= frame.width * frame.height
            if number >= limits.frames or (number and left < 0):
                return
            rgb = reformatter.reformat(frame, format="rgb24", threads=1)  # as media/film.py, the other way
            yield np.asarray(rgb.to_ndarray(), dtype=np.uint8)


def _require_readable(path: Path) -> None:
    if not path.is_file():
        message = f"There is no picture file {path}. Check the path."
        raise ImageError(message)
    size = path.stat().st_size
    if size > _MOST_BYTES:
        limit = _MOST_BYTES // _MEGABYTE
        message = f"{path.name} has {size / _MEGABYTE:.1f} MB, a first frame at most {limit}. Make it smaller."
        raise ImageError(message)


def _require_still(path: Path, picture: Image.Image) -> None:
    """Looks at the header only: no pixel has been decoded yet, so a bomb has not gone off."""
    width, height = picture.size
    if width * height > _MOST_PIXELS:
        message = (
            f"{path.name} is {width}x{height} ({width * height / 1e6:.0f} megapixels); "
            f"a first frame may have {_MOST_PIXELS / 1e6:.0f}. Make it smaller."
        )
        raise ImageError(message)
    num_frames = getattr(picture, "n_frames", 1)
    if num_frames > 1:
        message = f"{path.name} is animated ({num_frames} frames); a first frame is one still. Save one of its frames."
        raise ImageError(message)


def _over_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    white = Image.new("RGBA", layered.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, layered).convert("RGB")


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Pillow's many ways to fail as one sentence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower and exact
            yield
    except UnidentifiedImageError as error:
        message = f"{path.name} ({path.stat().st_size:,} bytes) is not a PNG, JPEG or WebP picture."
        raise ImageError(message) from error
    except Image.DecompressionBombError as error:
        message = f"{path.name} is far too large: {error}. A first frame may have {_MOST_PIXELS / 1e6:.0f} megapixels."
        raise ImageError(message) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        message = f"{path.name} ({path.stat().st_size:,} bytes) is damaged or cut short: {error}."
        raise ImageError(message) from error
