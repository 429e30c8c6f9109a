"""Contact sheets."""

import numpy as np
import pytest
from PIL import Image

from vitascope.errors import OutputError
from vitascope.media.sheets import contact_sheet, save_png


def tile(value, width=20, height=10):
    return np.full((height, width, 3), value, dtype=np.uint8)


def test_a_sheet_shows_every_picture_once_in_order():
    """Rows from top to bottom, columns from left to right, sizes may differ."""
    sheet = contact_sheet([[tile(100), tile(150)], [tile(200, 30, 30)]])
    places = [tuple(np.argwhere((sheet == value).all(axis=2))[0]) for value in (100, 150, 200)]
    assert sorted(places) == places
    assert [200, 200, 900] == [int((sheet == value).all(axis=2).sum()) for value in (100, 150, 200)]


def test_captions_are_written_above_their_rows():
    """Ink appears, room is made, and a caption too long is cut, not the sheet widened."""
    plain = contact_sheet([[tile(100)]])
    told = contact_sheet([[tile(100)]], ["a very long caption that cannot fit into twenty pixels"])
    assert told.shape[1] == plain.shape[1]
    assert told.shape[0] > plain.shape[0]
    assert told[: told.shape[0] - plain.shape[0]].max() > 150


def test_no_pictures_make_an_empty_sheet():
    """Nothing to show is no error."""
    assert 3 == contact_sheet([]).shape[2]


def test_a_sheet_is_saved_exactly(tmp_path):
    """PNG loses nothing; a missing folder is told in a sentence."""
    sheet = contact_sheet([[tile(100)]])
    save_png(sheet, tmp_path / "sheet.png")
    assert np.array_equal(sheet, np.array(Image.open(tmp_path / "sheet.png")))
    with pytest.raises(OutputError, match="No such file"):
        save_png(sheet, tmp_path / "nowhere" / "sheet.png")
