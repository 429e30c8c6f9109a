"""Drawings for tests of the compositors: a few real ones, and plain discs whose pixels can be counted."""

from pathlib import Path

import numpy as np

from vitascope.corpus.atlas import Atlas, Sprite
from vitascope.rights.register import Register

FIXTURE = Path(__file__).parent.parent / "fixtures" / "atlas.zip"


def real():
    """The atlas of six subjects that lies beside the tests."""
    return Atlas.open(FIXTURE, Register.load())


class Discs:
    """An atlas in which everything is a grey disc, brighter with every key frame."""

    def sprite(self, subject, style):
        """The disc, whatever is asked for: half the sprite wide, four key frames in a second."""
        axis = np.arange(128) - 63.5
        inside = np.hypot(axis[None], axis[:, None]) < 32
        keys = [np.stack([inside * level] * 3 + [inside * 255], axis=2) for level in (120, 150, 180, 210)]
        return Sprite(subject=subject, style=style, work_id="test", pixels=np.uint8(keys), seconds=1.0)
