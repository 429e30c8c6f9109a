"""Marked frames to WebM: VP9, for places that want a format free of patents."""

from collections.abc import Iterable
from pathlib import Path

from vitascope.media.film import Film, write_film
from vitascope.types import Marked

_WEBM = Film(
    container="webm",
    container_options={},
    codec="libvpx-vp9",
    codec_options={"crf": "20", "b": "0", "deadline": "good", "cpu-used": "4", "row-mt": "1"},
)


def write(frames: Iterable[Marked], path: Path, *, fps: int) -> int:
    """Writes ``frames`` as they come to ``path`` and returns their number. C2PA goes beside a WebM, not into it.

    Raises:
        OutputError: no frame came, or the file cannot be written; no half file is left.
        SizeError: the sides are odd, or change on the way.
    """
    return write_film(frames, path, fps=fps, film=_WEBM)
