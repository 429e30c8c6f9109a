"""Files from outside to pixels: stills to start from, films to look into. Nothing is trusted, sizes come first."""

import math
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from vitascope.errors import ImageError, VerifyError
from vitascope.media.clearest import clearest
from vitascope.types import Pixels

_FORMATS = ("PNG", "JPEG", "WEBP")
_MEGABYTE = 1_000_000
_MOST_BYTES = 50 * _MEGABYTE
_MOST_PIXELS = 40_000_000
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_STILLS = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF")
_HEAD = 30  # bytes that tell an animated WebP, and its size


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


def portrait(path: Path) -> Pixels:
    """What a character is kept from: a still, or the clearest frame of a film.

    ``(H, W, 3)``, or ``(H, W, 4)`` where parts of a still are transparent. Of a long film the first frames are
    looked at. Raises ImageError, VerifyError.
    """
    _require_readable(path)
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.startswith(_STILLS) or _is_animated_webp(head):
        return _clearest_of(path)
    with _translated(path), Image.open(path, formats=_FORMATS) as picture:
        if getattr(picture, "n_frames", 1) > 1:
            return _clearest_of(path)
        _require_still(path, picture)
        turned = ImageOps.exif_transpose(picture)
        return np.array(turned.convert("RGBA" if turned.has_transparency_data else "RGB"))


def _clearest_of(path: Path) -> Pixels:
    found = clearest(video(path))
    if found is None:
        raise ImageError(f"{path.name} ({path.stat().st_size:,} bytes) holds no frame that can be read.")
    return found


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


def _decoded(source: Path | bytes, name: str, limits: Limits) -> Iterator[Pixels]:
    with BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
        head = file.read(_HEAD)
        file.seek(0)
        left = limits.total
        for number, frame in enumerate((_animated if _is_animated_webp(head) else _film)(file, name, limits)):
            left -= frame.shape[0] * frame.shape[1]
            if number >= limits.frames or (number and left < 0):
                return
            yield frame


def _film(file: BinaryIO, name: str, limits: Limits) -> Iterator[Pixels]:
    """An open file, not its name: names may look like addresses. No protocol: playlists may not lead elsewhere."""
    with av.open(file, "r", options={"protocol_whitelist": ""}) as container:
        if not container.streams.video:
            message = f"{name} holds no picture: {len(container.streams)} streams, none of them video."
            raise VerifyError(message)
        stream = container.streams.video[0]
        if stream.codec_context is None:
            message = f"{name} is cut short, or its pictures are of a kind that is not read: no decoder fits them."
            raise VerifyError(message)
        _require_small(name, (stream.width, stream.height), limits)
        reformatter = VideoReformatter()
        for frame in container.decode(stream):
            rgb = reformatter.reformat(frame, format="rgb24", threads=1)  # as media/film.py, the other way
            yield np.asarray(rgb.to_ndarray(), dtype=np.uint8)


def _animated(file: BinaryIO, name: str, limits: Limits) -> Iterator[Pixels]:
    """An animated WebP, which FFmpeg does not read."""
    _require_small(name, _canvas(file.read(_HEAD)), limits)  # before Pillow, which has no number for a bomb
    file.seek(0)
    with _quiet_on_bombs(), Image.open(file, formats=("WEBP",)) as picture:
        for frame in ImageSequence.Iterator(picture):
            yield np.array(_over_white(frame))


def _is_animated_webp(head: bytes) -> bool:
    """By the flag in its extended header (RFC 9649, section 2.7)."""
    return len(head) == _HEAD and head[8:16] == b"WEBPVP8X" and bool(head[20] & 2)


def _canvas(head: bytes) -> tuple[int, int]:
    """Width and height of the same header: each less one, in three bytes."""
    return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")


def _require_small(name: str, size: tuple[int, int], limits: Limits) -> None:
    if size[0] * size[1] > limits.pixels:
        message = f"{name} has frames of {size[0]}x{size[1]}; at most {limits.pixels:,} pixels are read."
        raise VerifyError(message)


def _require_readable(path: Path) -> None:
    try:
        found = path.stat()
    except OSError as error:
        message = f"The picture {path} cannot be read: {error.strerror}. Check the path."
        raise ImageError(message) from error
    if not stat.S_ISREG(found.st_mode):
        name = path if path != Path() else "The current folder, which an empty name means too,"
        message = f"{name} is {_KINDS[stat.S_IFMT(found.st_mode)]}, not a picture. Name a PNG, JPEG or WebP file."
        raise ImageError(message)
    size = found.st_size
    if size > _MOST_BYTES:
        limit = _MOST_BYTES // _MEGABYTE
        message = f"{path.name} has {size / _MEGABYTE:.1f} MB, a first frame at most {limit}. Make it smaller."
        raise ImageError(message)


def _require_still(path: Path, picture: Image.Image) -> None:
    """Looks at the header only: no pixel has been decoded yet, so a bomb has not gone off."""
    if math.prod(picture.size) > _MOST_PIXELS:
        raise _too_large(path, picture.size)
    num_frames = getattr(picture, "n_frames", 1)
    if num_frames > 1:
        message = f"{path.name} is animated ({num_frames} frames); a first frame is one still. Save one of its frames."
        raise ImageError(message)


def _too_large(path: Path, size: tuple[int, int]) -> ImageError:
    return ImageError(
        f"{path.name} is {size[0]}x{size[1]} ({math.prod(size) / 1e6:.0f} megapixels); "
        f"a first frame may have {_MOST_PIXELS / 1e6:.0f}. Make it smaller."
    )


def _size_in_header(path: Path) -> tuple[int, int]:
    """Of a picture so large that ``Image.open`` refuses before it tells: asked of its format, nothing is decoded."""
    with path.open("rb") as file:
        head = file.peek()
        openers = (Image.OPEN[name] for name in _FORMATS)
        opener = next(opener for opener, accepts in openers if accepts is None or accepts(head))
        return opener(file, path.name).size


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
        with _quiet_on_bombs():
            yield
    except UnidentifiedImageError as error:
        message = f"{path.name} ({path.stat().st_size:,} bytes) is not a PNG, JPEG or WebP picture."
        raise ImageError(message) from error
    except Image.DecompressionBombError as error:
        raise _too_large(path, _size_in_header(path)) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        reason = getattr(error, "strerror", None)  # the system's, who may not let us read; Pillow's errors have none
        fault = f"cannot be read: {reason}" if reason else f"is damaged or cut short: {error}"
        message = f"{path.name} ({path.stat().st_size:,} bytes) {fault}."
        raise ImageError(message) from error


@contextmanager
def _quiet_on_bombs() -> Iterator[None]:
    """Our own limit is lower and exact."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        yield
