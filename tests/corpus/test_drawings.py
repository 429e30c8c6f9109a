"""An animation becomes even key frames that keep its own movement, centred and scaled to fit."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from vitascope.corpus.atlas import SIDE
from vitascope.corpus.drawings import KEY_FRAMES, animation_frames, centre, sample_by_time
from vitascope.errors import CorpusError


def _ball(left, top, size=40, colour=(255, 0, 0, 255)):
    image = Image.new("RGBA", (256, 256))
    ImageDraw.Draw(image).ellipse((left, top, left + size - 1, top + size - 1), fill=colour)
    return image


def _webp(frames, milliseconds):
    buffer = io.BytesIO()
    frames[0].save(
        buffer, "WEBP", save_all=True, append_images=frames[1:], duration=milliseconds, loop=0, lossless=True
    )
    return buffer.getvalue()


def _box(alpha):
    rows, columns = np.flatnonzero(alpha.max(1) > 127), np.flatnonzero(alpha.max(0) > 127)
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def test_frames_are_sampled_by_time_not_by_number():
    """A frame that stays three times as long is sampled three times as often."""
    assert [0, 0, 0, 1, 2, 2] == sample_by_time([30, 10, 20], 6)


@pytest.mark.parametrize("count", [1, 24, 100])
def test_a_sample_never_runs_past_the_loop(count):
    """Every index is a frame, and the first moment shows the first."""
    indices = sample_by_time([42] * 72, count)

    assert 0 == indices[0]
    assert indices == sorted(indices)
    assert 71 >= indices[-1]


def test_an_animation_keeps_its_loop_and_its_movement():
    """A ball that jumps down 80 pixels still jumps, at the scale that fits both ends into 120 pixels."""
    frames, seconds = animation_frames(_webp([_ball(100, 40), _ball(100, 120)], [500, 1500]))

    assert (KEY_FRAMES, SIDE, SIDE, 4) == frames.shape
    assert 2.0 == seconds
    tops = [_box(frame[..., 3])[1] for frame in frames]
    assert [4] * 6 + [84] * 18 == pytest.approx(tops, abs=1)


def test_a_still_drawing_is_centred_and_fills_the_frame():
    """A small ball in a corner becomes a ball of 120 pixels in the middle, even where the window leaves the canvas."""
    (frame,) = centre([_ball(0, 0, 30)])

    assert (4, 4, 124, 124) == pytest.approx(_box(frame[..., 3]), abs=1)


def test_edges_take_no_colour_from_what_is_invisible():
    """Transparent pixels filed as white leave no white rim around a red ball."""
    ball = _ball(60, 60, 100)
    pixels = np.asarray(ball).copy()
    pixels[pixels[..., 3] == 0] = (255, 255, 255, 0)

    (frame,) = centre([Image.fromarray(pixels, "RGBA")])

    assert 0 == frame[..., 1:3].max()
    assert (frame[..., :3] <= frame[..., 3:]).all()


def test_faint_dust_does_not_shrink_a_drawing():
    """Pixels that nobody sees don't count for the box."""
    ball = _ball(60, 60, 100)
    ball.putpixel((0, 0), (0, 0, 0, 3))

    (frame,) = centre([ball])

    assert (4, 4, 124, 124) == pytest.approx(_box(frame[..., 3]), abs=1)


def test_an_empty_drawing_is_refused():
    """Nothing to see is an error, not a blank sprite."""
    with pytest.raises(CorpusError, match="empty"):
        centre([Image.new("RGBA", (256, 256))])


def test_a_still_is_no_animation():
    """One frame where a loop was expected is refused."""
    with pytest.raises(CorpusError, match="1 frame"):
        animation_frames(_webp([_ball(0, 0)], [42]))
