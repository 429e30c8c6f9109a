"""Which things are painted frame by frame: those whose later frames are as sharp as their first."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest

from vitascope.corpus.compositor import render
from vitascope.corpus.scenes import stage

pytestmark = pytest.mark.torch


class Painter:
    """Paints a scene as its render is, and softens what comes after the first frame."""

    def __init__(self, preset, atlas, blur):
        self.preset, self.atlas, self.blur, self.scenes = preset, atlas, blur, []

    def paint(self, scene):
        """The frames of a scene."""
        real = render(stage(scene, np.random.default_rng(0)), self.atlas, self.preset.size[0])
        later = [cv2.GaussianBlur(frame, (0, 0), self.blur) if self.blur else frame for frame in real[1:]]
        return [real[0], *later]


class Waving:
    """An atlas whose dog has two key frames, and whose cat has one."""

    def sprite(self, subject, style):
        """Stripes that change their side."""
        from vitascope.corpus.atlas import Sprite

        stripes = np.zeros((128, 128, 4), np.uint8)
        stripes[16:112, 16:112] = (200, 40, 40, 255)
        stripes[16:112:8, 16:112, :3] = 250
        keys = [stripes, np.ascontiguousarray(stripes[:, ::-1].transpose(1, 0, 2))] if subject == "dog" else [stripes]
        return Sprite(subject=subject, style=style, work_id="x", pixels=np.stack(keys), seconds=1.0)


@pytest.fixture
def measure(monkeypatch):
    """Measures a subject painted with later frames blurred by so much."""
    from vitascope.training import alive, presets

    preset = replace(presets.s(), size=(128, 128))

    def kept(subject, blur):
        painter = Painter(preset, Waving(), blur)
        monkeypatch.setattr(alive, "_painted", lambda backend, scene: backend.paint(scene))
        return alive.measured(painter, painter.atlas, subject)

    return kept


def test_what_stays_sharp_is_alive(measure):
    """A painter that loses nothing keeps all of it; a blur keeps less, and falls below the line."""
    from vitascope.training.alive import SHARP

    assert measure("dog", 0).kept == pytest.approx(1.0)
    assert measure("dog", 2.0).kept < SHARP


def test_a_drawing_that_rests_is_not_asked(measure):
    """It has no later frames to lose."""
    assert measure("cat", 0) is None


def test_what_ships_says_what_is_alive():
    """Names of its own world."""
    from vitascope.backends.choose import SHIPPED
    from vitascope.shipped import MODEL
    from vitascope.text.world import SECOND

    told = json.loads((SHIPPED / f"{MODEL}.json").read_text())["alive"]

    assert told
    assert set(told) < set(SECOND.subjects)
