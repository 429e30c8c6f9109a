"""Stills beside a clip: drawn from its frames as they pass, each its own size, place and credential, or none at all."""

from dataclasses import replace

import numpy as np
import pytest
from fakes import MovingGradient

from vitascope.errors import OutputError
from vitascope.media.read import video
from vitascope.origin import verify_file
from vitascope.pipeline import render
from vitascope.provenance.authority import open_authority
from vitascope.provenance.detect import carries
from vitascope.settings import settings
from vitascope.types import Request

LAKE = Request(prompt="a parrot flies over a lake", seed=3, size=(256, 256), seconds=4)


class Counting(MovingGradient):
    """Frames that are one grey each, lighter and lighter, so that a cell tells which of them it is."""

    def render(self, plan, tick):
        for number, frame in enumerate(super().render(plan, tick)):
            yield np.full_like(frame, 20 + 6 * number)


class Cut(MovingGradient):
    """A backend that fails before its last frame."""

    def render(self, plan, tick):
        yield from list(super().render(plan, tick))[: plan.keep - 1]
        raise OutputError("The lamp is out.")


def hung(folder, *, backend=None, tick=lambda _: None, names=("small.webp", "sheet.png"), **asked):
    """A clip with both pictures beside it: the paths of the three."""
    folder.mkdir()
    film, small, sheet = folder / "clip.mp4", *(folder / name for name in names)
    render(
        replace(LAKE, **asked), to=film, backend=backend or MovingGradient(), tick=tick,
        pictures={"thumbnail": small, "spritesheet": sheet},
    )  # fmt: skip
    return film, small, sheet


def seen(path):
    """The pixels of a picture."""
    return next(video(path))


def test_pictures_name_their_film(tmp_path):
    """One mark in all three, and each picture has the film as parent, whose credential it carries on."""
    film, small, sheet = hung(tmp_path / "a")

    told = {path: verify_file(path) for path in (film, small, sheet)}

    (mark_id,) = {one.mark.mark_id for one in told.values()}
    assert {("trusted", mark_id)} == {(one.credential.state, one.credential.mark_id) for one in told.values()}
    for picture in (small, sheet):
        assert [("parentOf", True, mark_id)] == [
            (one.relationship, one.has_credential, one.mark_id) for one in told[picture].credential.ancestors
        ]


def test_a_picture_of_a_gif_names_it(tmp_path):
    """Whichever container the film has, as long as its credential is in it."""
    film, small = tmp_path / "clip.gif", tmp_path / "small.png"
    render(
        replace(LAKE, container="gif", seconds=1), to=film, backend=MovingGradient(), tick=lambda _: None,
        pictures={"thumbnail": small},
    )  # fmt: skip

    (parent,) = verify_file(small).credential.ancestors
    assert (True, verify_file(film).credential.mark_id) == (parent.has_credential, parent.mark_id)


def test_a_sheet_shows_twelve_frames_from_first_to_last(tmp_path):
    """In rows of four, in the order in which they play, each a part of the film's height."""
    _, small, sheet = hung(tmp_path / "a", backend=Counting(), names=("small.png", "sheet.png"))

    cells = seen(sheet).astype(float)
    greys = [
        cells[row : row + 160, column : column + 160].mean()
        for row in range(0, 480, 160)
        for column in range(0, 640, 160)
    ]
    frames = [round((grey - 20) / 6) for grey in greys]
    assert (480, 640, 3) == cells.shape
    assert [0, 3, 6, 8, 11, 14, 17, 20, 23, 25, 28, 31] == frames
    assert (256, 256, 3) == seen(small).shape
    assert 20 == pytest.approx(seen(small).mean(), abs=1)


def test_a_picture_is_marked_once_at_its_own_size(tmp_path):
    """It is scaled first and marked then: nobody has to search for a scale, and no pixel is changed twice."""
    film, small, sheet = hung(tmp_path / "a", names=("small.png", "sheet.png"), size=(640, 360))
    key, mark_id = open_authority(settings().home).mark_key, verify_file(film).mark.mark_id

    assert [(288, 512, 3), (270, 640, 3)] == [seen(path).shape for path in (small, sheet)]
    assert all(carries(seen(path), mark_id, key) for path in (small, sheet))


def test_a_still_of_one_frame_is_no_less(tmp_path):
    """The shortest clip has a sheet, too, of as many frames as there are."""
    _, _, sheet = hung(tmp_path / "a", seconds=0.125)

    assert 0 == seen(sheet).shape[1] % 160


def test_frames_do_not_change_for_being_looked_at(tmp_path):
    """The film with pictures beside it has the same pixels before its mark as the one without."""
    film, *_ = hung(tmp_path / "a")
    alone = render(LAKE, to=tmp_path / "alone.mp4", backend=MovingGradient(), tick=lambda _: None)

    beside = render(
        LAKE, to=tmp_path / "b.mp4", backend=MovingGradient(), tick=lambda _: None,
        pictures={"thumbnail": tmp_path / "b.png"},
    )  # fmt: skip

    assert alone.frames_sha256 == beside.frames_sha256
    assert alone.frames == len(list(video(film)))


def test_pictures_are_told_behind_the_seal(tmp_path):
    """A worker shows where it is: the stills come last, one after the other."""
    told = []
    hung(tmp_path / "a", tick=lambda progress: told.append((progress.stage, progress.step)))

    assert [("seal", 0), ("seal", 1), ("stills", 0), ("stills", 1), ("stills", 2)] == told[-5:]


@pytest.mark.parametrize(
    "fault", [{"backend": Cut()}, {"names": ("small.bmp", "sheet.jpg")}, {"names": ("small.webp", "none/sheet.jpg")}]
)
def test_a_picture_that_fails_lets_no_film_out(tmp_path, fault):
    """A backend that gives up, a kind of file that is none, a folder that is missing: no film stands alone."""
    with pytest.raises(OutputError):
        hung(tmp_path / "a", **fault)

    assert not (tmp_path / "a" / "clip.mp4").exists()
    assert [] == [path for path in (tmp_path / "a").iterdir() if path.name.startswith(".")]
