"""A character is kept from a still, its transparency with it, or from the clearest frame of a film."""

import numpy as np
import pytest
from cartoons import cartoon
from PIL import Image, ImageFilter

from vitascope.errors import ImageError, VerifyError
from vitascope.media import mp4
from vitascope.media.clearest import clearest
from vitascope.media.read import portrait
from vitascope.types import Marked

SHARP = cartoon(1, 128, 96)[0]


def blurred(radius):
    return np.array(Image.fromarray(SHARP).filter(ImageFilter.GaussianBlur(radius)))


def test_the_clearest_frame_is_found():
    """Not one that is blurred, faded or blank; of equals the first; none of none."""
    blank, faded = np.full_like(SHARP, 90), (SHARP // 3 + 80).astype(np.uint8)

    assert SHARP is clearest([blank, blurred(2), faded, SHARP, blurred(1)])
    assert clearest([]) is None


def test_a_film_gives_its_clearest_frame(tmp_path):
    """As near as its codec keeps it."""
    frames = [blurred(4), blurred(3), SHARP, SHARP, blurred(3)]
    mp4.write((Marked(frame=frame, mark_id=1) for frame in frames), tmp_path / "film.mp4", fps=8)

    kept = portrait(tmp_path / "film.mp4")

    assert (96, 128, 3) == kept.shape
    assert np.abs(kept.astype(int) - SHARP).mean() < np.abs(kept.astype(int) - blurred(3)).mean() / 2


def test_transparency_stays(tmp_path):
    """Of a PNG with some; a plain picture has three channels."""
    cut = np.dstack((SHARP, np.where(SHARP[..., 0] > 100, 255, 0).astype(np.uint8)))
    Image.fromarray(cut).save(tmp_path / "cut.png")
    Image.fromarray(SHARP).save(tmp_path / "plain.jpg")

    np.testing.assert_array_equal(cut, portrait(tmp_path / "cut.png"))
    assert (96, 128, 3) == portrait(tmp_path / "plain.jpg").shape


def test_an_animation_is_a_film(tmp_path):
    """GIF, and WebP that moves."""
    stills = [Image.fromarray(frame) for frame in (blurred(3), SHARP)]
    for name in ("a.gif", "a.webp"):
        stills[0].save(tmp_path / name, save_all=True, append_images=stills[1:])
        kept = portrait(tmp_path / name)
        assert np.abs(kept.astype(int) - SHARP).mean() < 12


@pytest.mark.parametrize("content", [b"", b"nothing to see", b"\x89PNG\r\n\x1a\ncut", b"RIFFxxxxWEBPVP8X"])
def test_what_shows_nothing_is_refused(tmp_path, content):
    """With one sentence."""
    (tmp_path / "file").write_bytes(content)

    with pytest.raises((ImageError, VerifyError)):
        portrait(tmp_path / "file")
