"""Marked frames to MP4: H.264 that every browser and phone plays."""

from collections.abc import Iterable
from pathlib import Path

from vitascope.media.film import Film, write_film
from vitascope.types import Marked

_MP4 = Film(
    container="mp4",
    container_options={"movflags": "+faststart"},  # moov before mdat: plays while it loads
    codec="libx264",
    codec_options={"crf": "17", "preset": "fast", "tune": "animation", "profile": "high"},
)


def write(frames: Iterable[Marked], path: Path, *, fps: int) -> int:
    """Writes ``frames`` as they come to ``path``: avc1, yuv420p, BT.709, faststart. Returns their number.

    Raises:
        OutputError: no frame came, or the file cannot be written; no half file is left.
        SizeError: the sides are odd, or change on the way.
    """
    return write_film(frames, path, fps=fps, film=_MP4)
