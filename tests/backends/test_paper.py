"""A thing on plain paper is cut out by the paper's colour, pale as the thing may be."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from vitascope.backends.paper import on_paper

PAPER, FUR = (250, 248, 240), (225, 225, 222)


def drawn(side=128, scale=4):
    """A pale ring with a dark outline on paper; its hole is paper, too."""
    canvas = Image.new("RGB", (side * scale, side * scale), PAPER)
    draw = ImageDraw.Draw(canvas)
    box = [side * scale // 4, side * scale // 4, side * scale * 3 // 4, side * scale * 3 // 4]
    draw.ellipse(box, fill=FUR, outline=(40, 30, 30), width=4 * scale)
    draw.ellipse([int(side * scale * 0.44)] * 2 + [int(side * scale * 0.56)] * 2, fill=PAPER)
    return np.asarray(canvas.resize((side, side), Image.Resampling.LANCZOS))


@pytest.mark.parametrize("side", [128, 600])
def test_pale_fur_is_no_paper(side):
    """All within the outline is thing, all without it nothing, at any size; a network that denies it is not asked."""
    thing = on_paper(drawn(side), np.zeros((side, side), np.float32))

    y, x = np.mgrid[0:side, 0:side] + 0.5
    far = np.hypot(x - side / 2, y - side / 2) / side
    assert thing[(far > 0.15) & (far < 0.24), 3].min() > 0.85
    assert thing[far > 0.25 + 2 / side, 3].max() < 0.05
    assert 0 == thing[far > 0.25 + 4 / side, :3].max()


def test_what_is_enclosed_is_left_to_the_network():
    """A hole where it says so, the white of an eye where it does not."""
    middle = (slice(60, 68), slice(60, 68), 3)

    assert 0 == on_paper(drawn(), np.zeros((128, 128), np.float32))[middle].max()
    assert 1 == on_paper(drawn(), np.ones((128, 128), np.float32))[middle].min()


def test_thing_over_paper_is_the_picture():
    """To a difference nobody sees: edges hold no paper, and no dark rim."""
    picture = drawn()
    thing = on_paper(picture, np.ones((128, 128), np.float32))

    again = thing[..., :3] * 255 + (1 - thing[..., 3:]) * np.array(PAPER)
    assert np.abs(again - picture).max() < 255 * 0.06


def test_what_touches_the_border_is_cut_out_all_the_same():
    """As long as most of the border is paper."""
    picture = drawn().copy()
    picture[100:, 50:80] = (200, 40, 40)

    assert 1 == on_paper(picture, np.zeros((128, 128), np.float32))[110:, 55:75, 3].min()


def test_a_picture_of_a_place_is_on_no_paper():
    """Nor is one whose border is of two colours."""
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    halves = np.zeros((64, 64, 3), np.uint8)
    halves[32:] = 255

    for picture in (noise, halves):
        assert on_paper(picture, np.zeros((64, 64), np.float32)) is None
