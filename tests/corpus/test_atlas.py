"""The atlas opens only when every sprite is cleared and whole, and gives back the pixels that went in."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vitascope.corpus.atlas import SIDE, Atlas, Sprite, decode_strip, encode_strip, pack
from vitascope.errors import CorpusError, NotClearedError
from vitascope.rights.register import Register

FIXTURE = Path(__file__).parents[1] / "fixtures" / "atlas.zip"
REGISTER = Register.load()
WORK = REGISTER.get("noto:1f415")


def _disc(frames=3):
    """A premultiplied red disc that moves right by 8 pixels a frame, with a soft edge."""
    y, x = np.mgrid[:SIDE, :SIDE]
    pictures = []
    for frame in range(frames):
        alpha = np.clip(40 - np.hypot(x - 50 - 8 * frame, y - 64), 0, 1) * 255
        pictures.append(np.stack([alpha * 0.8, alpha * 0.2, alpha * 0.1, alpha], axis=-1))
    return np.rint(pictures).astype(np.uint8)


def _sprite(**changes):
    sprite = Sprite(subject="dog", style="noto", work_id=WORK.id, pixels=_disc(), seconds=1.5)
    return replace(sprite, **changes)


def _packed(tmp_path, source_sha256=WORK.sha256, **changes):
    path = tmp_path / "atlas.zip"
    pack([(_sprite(**changes), source_sha256)], path)
    return path


def _rewritten(path, change):
    """The same atlas with its members changed by ``change``."""
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as file:
        for name, contents in members.items():
            file.writestr(name, contents)
    return path


def test_a_sprite_comes_back_as_it_went_in(tmp_path):
    """Alpha exactly, colours to a few levels, loop and work unchanged."""
    sprite = Atlas.open(_packed(tmp_path), REGISTER).sprite("dog", "noto")

    assert (3, SIDE, SIDE, 4) == sprite.pixels.shape
    assert np.array_equal(_disc()[..., 3], sprite.pixels[..., 3])
    assert np.abs(_disc().astype(int) - sprite.pixels).mean() < 1
    assert (1.5, WORK.id) == (sprite.seconds, sprite.work_id)


def test_colours_are_premultiplied():
    """No colour exceeds its alpha, where a compositor would overflow."""
    pixels = decode_strip(encode_strip(_disc()), 3)

    assert (pixels[..., :3] <= pixels[..., 3:]).all()


def test_the_atlas_says_what_it_holds(tmp_path):
    """Subjects, their styles and the works behind them."""
    atlas = Atlas.open(_packed(tmp_path), REGISTER)

    assert (("dog",), ("noto",), (WORK.id,)) == (atlas.subjects, atlas.styles("dog"), atlas.work_ids)


def test_the_same_sprites_make_the_same_file(tmp_path):
    """Nothing of the moment of packing gets into the file."""
    first = _packed(tmp_path).read_bytes()

    assert first == _packed(tmp_path).read_bytes()


def test_a_sprite_from_unregistered_bytes_stops_the_opening(tmp_path):
    """Both hashes are named."""
    with pytest.raises(NotClearedError, match=f"{'0' * 64}.*{WORK.sha256}"):
        Atlas.open(_packed(tmp_path, source_sha256="0" * 64), REGISTER)


def test_a_sprite_of_an_unknown_work_stops_the_opening(tmp_path):
    """A drawing that nobody registered can't ride along."""
    with pytest.raises(NotClearedError, match="'noto:nobody' is not among"):
        Atlas.open(_packed(tmp_path, work_id="noto:nobody"), REGISTER)


def test_an_opt_out_stops_the_opening(tmp_path):
    """An atlas packed before an author opted out is refused afterwards."""
    register = replace(REGISTER, opted_out=frozenset({"google inc"}))

    with pytest.raises(NotClearedError, match="Google Inc opted out"):
        Atlas.open(_packed(tmp_path), register)


def test_another_lane_is_refused(tmp_path):
    """Lane B opens no atlas of lane A."""
    with pytest.raises(NotClearedError, match="belongs to lane A"):
        Atlas.open(_packed(tmp_path), REGISTER, lanes=["B"])


def test_a_work_cannot_pass_for_another_subject(tmp_path):
    """The registered dog is no cat."""
    with pytest.raises(CorpusError, match="a cat, the register does not"):
        Atlas.open(_packed(tmp_path, subject="cat"), REGISTER)


def test_changed_pixels_are_noticed(tmp_path):
    """One flipped byte in a strip stops the opening, and the strip is named."""

    def flip(members):
        strip = bytearray(members["noto/dog.webp"])
        strip[-9] ^= 1
        members["noto/dog.webp"] = bytes(strip)

    with pytest.raises(CorpusError, match=r"noto/dog\.webp"):
        Atlas.open(_rewritten(_packed(tmp_path), flip), REGISTER)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda members: members.pop("index.json"), "damaged"),
        (lambda members: members.pop("noto/dog.webp"), r"noto/dog\.webp"),
        (lambda members: members.update({"index.json": b"{"}), "damaged"),
        (lambda members: members.update({"index.json": b'{"format": 1, "side": 128, "sprites": [{}]}'}), "damaged"),
        (lambda members: members.update({"index.json": b'{"format": 9, "side": 64, "sprites": []}'}), "format 9 at 64"),
    ],
)
def test_a_damaged_atlas_is_said_so(tmp_path, change, reason):
    """Whatever is missing or unreadable ends in one sentence."""
    with pytest.raises(CorpusError, match=reason):
        Atlas.open(_rewritten(_packed(tmp_path), change), REGISTER)


def test_a_wrong_number_of_frames_is_noticed(tmp_path):
    """An index that cuts a strip into the wrong number of frames is refused, not reshaped."""

    def recount(members):
        index = json.loads(members["index.json"])
        index["sprites"][0]["frames"] = 2
        members["index.json"] = json.dumps(index).encode()

    atlas = Atlas.open(_rewritten(_packed(tmp_path), recount), REGISTER)

    with pytest.raises(CorpusError, match="384 pixels wide, 2 frames need 256"):
        atlas.sprite("dog", "noto")


def test_no_atlas_tells_how_to_make_one(tmp_path):
    """A missing file names the command that builds it."""
    with pytest.raises(CorpusError, match=r"python -m vitascope\.corpus\.build"):
        Atlas.open(tmp_path / "atlas.zip", REGISTER)


def test_text_is_no_atlas(tmp_path):
    """A file of another kind is damaged, not a crash."""
    (tmp_path / "atlas.zip").write_text("hello")

    with pytest.raises(CorpusError, match="damaged"):
        Atlas.open(tmp_path / "atlas.zip", REGISTER)


def test_an_unknown_sprite_is_named(tmp_path):
    """Asking for what is not there names it."""
    with pytest.raises(CorpusError, match="'dog' in style '3d'"):
        Atlas.open(_packed(tmp_path), REGISTER).sprite("dog", "3d")


def test_the_committed_fixture_opens_and_is_small():
    """Six subjects, animated and still, under MIT and Apache-2.0 only, in 400 KiB."""
    atlas = Atlas.open(FIXTURE, REGISTER)
    sprites = [atlas.sprite(subject, style) for subject in atlas.subjects for style in atlas.styles(subject)]

    assert FIXTURE.stat().st_size <= 400 * 1024
    assert {"MIT", "Apache-2.0"} == {REGISTER.get(work_id).licence for work_id in atlas.work_ids}
    assert {("3d", 24), ("flat", 1), ("noto", 1)} == {(sprite.style, len(sprite.pixels)) for sprite in sprites}
    assert 6 == len(atlas.subjects)
    assert all((sprite.pixels[..., :3] <= sprite.pixels[..., 3:]).all() for sprite in sprites)
    assert all((sprite.seconds > 1) == (sprite.style == "3d") for sprite in sprites)
