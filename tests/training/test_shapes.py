"""Wide and tall clips are judged by what the square they were taken from holds."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

from tests.corpus.sprites import Discs
from tests.training.test_studies import Player, _room
from vitascope.training import exam, shapes
from vitascope.training.presets import s

pytestmark = pytest.mark.torch


@pytest.mark.parametrize(("size", "shown"), [((320, 192), np.s_[64:, 2:-2]), ((192, 320), np.s_[2:-2, 32:-32])])
def test_a_square_is_found_again_in_another_shape(size, shown):
    """Pixel by pixel, but what lies outside of the frame; a frame's edge stands in for that."""
    (question,) = exam.questions({"seen": 1}, 3)

    square, again = exam.real(question, Discs(), 256), shapes.squared(shapes.real_in(size, question, Discs()))

    assert square.shape == again.shape
    inside = (slice(None), *shown)
    assert np.abs(square[inside].astype(int) - again[inside]).max() <= 1
    np.testing.assert_array_equal(again[:, 64 if size[0] > size[1] else 0, 32], again[:, 0, 32])


def test_every_further_shape_is_asked_for_at_its_own_size():
    """A model that shows the real clips of each shape is as good as they are; the native shape is not asked for."""
    asked = exam.questions({"seen": 2}, 70)
    sizes = ((320, 192), (192, 320))
    clips = [shapes.real_in(size, question, Discs()) for size in sizes for question in asked]
    player = Player([*clips, *([np.zeros((65, 256, 256, 3), np.uint8)] * 2)])
    player.preset = s()

    study = shapes.shapes(replace(_room(player), side=256), 2, 0)

    assert [size for size in sizes for _ in asked] == [plan.size for plan in player.plans[:4]]
    assert [(256, 256, 16, 65)] * 2 == [(*plan.size, plan.fps, plan.frames) for plan in player.plans[4:]]
    model, real, *_ = study.lines
    assert model.cells == real.cells
    whose = ("model", "real renders", "codec round trip", "shuffled captions")
    assert [line.kind for line in study.lines[:8]] == [f"{who}, {w}x{h}" for w, h in sizes for who in whose]
    assert ["model", "real renders", "shuffled captions"] == [
        line.kind.removesuffix(", 16 frames a second") for line in study.lines[8:]
    ]
