"""Contact sheets: one picture to judge a corpus by."""

import numpy as np
import pytest
from PIL import Image

from tests.corpus.sprites import Discs
from vitascope.errors import OutputError

pytestmark = pytest.mark.torch  # sheets are painted with OpenCV, which comes with the extra that brings torch

STRIP = 128 + 18  # a row of frames and its caption


def test_a_sheet_of_clips_has_a_strip_a_clip():
    """Five clips in two columns: three strips high, twelve frames wide, the sixth place left as paper."""
    from vitascope.corpus.sheet import clips

    sheet = clips(Discs(), seed=1, count=5, columns=2)

    assert (3 * STRIP, 12 * 128, 3) == sheet.shape
    assert sheet[2 * STRIP :, 6 * 128 :].min() == 255
    assert sheet[2 * STRIP + 128 :, : 6 * 128].min() < 100  # a caption is written


def test_a_sheet_of_subjects_shows_all():
    """Sixty subjects in four columns."""
    from vitascope.corpus.sheet import subjects

    assert (15 * STRIP, 4 * 6 * 128, 3) == subjects(Discs()).shape


def test_the_command_writes_a_picture(tmp_path):
    """A sheet of places from the command line: the same for the same seed."""
    from vitascope.corpus.sheet import main, places

    main([str(tmp_path / "places.png"), "places", "3"])

    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "places.png")), places(3))


@pytest.mark.parametrize("arguments", [[], ["no/such/folder/sheet.png", "places"]])
def test_a_sheet_needs_somewhere_to_go(arguments):
    """No file named, or none that can be written: one sentence."""
    from vitascope.corpus.sheet import main

    with pytest.raises(OutputError, match=r"sheet\.png"):
        main(arguments)
