"""Shards of drawings that no word names: shown in the first frame, said nowhere, and beside the usual ones."""

import numpy as np
import pytest
from corpus.sprites import real

torch = pytest.importorskip("torch")

from vitascope.corpus.compositor import covered, render  # noqa: E402  after the guard
from vitascope.corpus.strangers import STRANGERS  # noqa: E402  after the guard
from vitascope.text.words import PICTURED, ROLES, VOCABULARY, words  # noqa: E402  after the guard
from vitascope.text.world import FIRST, SUBJECTS  # noqa: E402  after the guard
from vitascope.training import cache, shown  # noqa: E402  after the guard
from vitascope.training.data import folder, shards  # noqa: E402  after the guard
from vitascope.training.presets import preset  # noqa: E402  after the guard

pytestmark = pytest.mark.torch


def clips(n, seed=0):
    """Clips by chance, each with its drawings."""
    rng, atlas = np.random.default_rng(seed), real()
    return [shown.shown_clip(rng, atlas, FIRST, frames=17, fps=8) for _ in range(n)]


def test_no_word_names_what_is_shown():
    """Neither thing nor colour nor style, in any clip; what it does is still said in most."""
    said = [words(composition.said) for composition, _ in clips(60)]

    assert all(spoken[0].token == PICTURED and spoken[0].role == "subject" for spoken in said)
    assert not any(word.token in SUBJECTS or word.role in ("colour", "style") for spoken in said for word in spoken)
    assert sum(any(word.role == "motion" for word in spoken) for spoken in said) > 40


def test_the_first_frame_shows_it():
    """A part of the first frame that can be looked at is the drawing, and it is alone."""
    for composition, drawings in clips(30):
        assert len(composition.layers) == 1
        assert covered(composition, drawings, 64)[0].mean() / 255 > 0.01


def test_one_in_three_is_by_an_artist():
    """The others are doodles, a new one each; drawings of the atlas are never in their own hues."""
    sprites = [drawings.sprite("any", "flat") for _, drawings in clips(200)]
    known = [sprite for sprite in sprites if sprite.work_id != "doodle"]

    assert len(known) / 200 == pytest.approx(1 / 3, abs=0.1)
    assert len({sprite.pixels.tobytes() for sprite in sprites}) == 200
    assert all((sprite.pixels[..., :3] <= sprite.pixels[..., 3:]).all() for sprite in known)
    assert not {sprite.work_id for sprite in known} & set(STRANGERS)


def test_a_third_of_a_turn_of_the_hue_moves_the_colours_on():
    """Red becomes green, and grey stays grey."""
    pixels = np.array([[[90, 0, 0, 200], [50, 50, 50, 255]]], np.uint8)

    turned = shown._hue_turned(pixels, 2 * np.pi / 3)

    assert turned.tolist() == [[[0, 90, 0, 200], [50, 50, 50, 255]]]


def test_a_stretched_drawing_keeps_to_its_square():
    """Wider means lower, narrower means as high as it was."""
    full = np.full((128, 128, 4), 255, np.uint8)

    wide, narrow = (shown._stretched(full, factor)[..., 3] for factor in (1.25, 0.8))

    assert (wide.any(axis=1).sum(), wide.any(axis=0).sum()) == (102, 128)
    assert (narrow.any(axis=1).sum(), narrow.any(axis=0).sum()) == (128, 102)


def test_a_shard_is_like_any_other_in_a_folder_of_its_own(home):
    """Same names, shapes and types; made again it is the same; the usual folder and its seeds know nothing of it."""
    xs, atlas = preset("xs"), real()

    path = cache.write_shard(xs, atlas, 17, 1, 3, kind="shown")

    assert path.parent == folder(xs, 17, shown=True) != folder(xs, 17)
    assert (shards(xs, 17, shown=True), shards(xs, 17)) == ([path], [])
    parts = {name: np.load(path.with_name(f"{name}-0001.npy")) for name in cache.PARTS}
    assert {name: (part.shape, part.dtype.name) for name, part in parts.items()} == {
        "rows": ((3, 5, 16, xs.codec.channels), "float16"),
        "words": ((3, 4, 16), "uint8"),
        "look": ((3,), "int16"),
        "covered": ((3, 5, 16), "uint8"),
    }
    assert (parts["look"] == -1).all()
    assert (parts["words"][:, 0, 0] == VOCABULARY.index(PICTURED)).all()
    assert (parts["words"][:, 1, 0] == ROLES.index("subject")).all()
    assert (parts["covered"][:, 0].max(axis=1) > 0).all()
    cache.write_shard(xs, atlas, 17, 1, 3, kind="shown")
    assert np.array_equal(np.load(path), parts["rows"])


def test_usual_shards_are_as_they_were(home):
    """They are drawn from the seed (frames, number) and by nothing that came with the shown ones."""
    xs, atlas = preset("xs"), real()

    path = cache.write_shard(xs, atlas, 17, 2, 1)

    expected = cache._drawable(np.random.default_rng((17, 2)), atlas, FIRST, frames=17, fps=8)
    assert np.array_equal(np.load(path)[0], cache.LappedCodec(xs.codec).encode(render(expected, atlas)).astype("f2"))


def test_the_command_asks_for_them(home, monkeypatch):
    """``--shown`` reaches the writer in the other process."""
    asked = []
    monkeypatch.setattr(cache, "open_atlas", lambda edition: real())
    monkeypatch.setattr(cache, "write_shard", lambda *a, kind: asked.append(kind) or home)

    for kind in ("shown", "travelling", "placed"):
        cache._work("xs", 17, 0, 1, kind)

    assert asked == ["shown", "travelling", "placed"]


def test_clips_in_place_are_told_apart_by_no_movement(home):
    """Nothing that travels is said or shown; some show the place alone, with no reference and nothing covered."""
    xs, atlas = preset("xs"), real()

    path = cache.write_shard(xs, atlas, 17, 3, 40, kind="placed")

    spoken, look, covered_by = (np.load(path.with_name(f"{name}-0003.npy")) for name in ("words", "look", "covered"))
    assert not (spoken[:, 1] == ROLES.index("motion")).any()
    empty = ~(spoken[:, 1] == ROLES.index("subject")).any(axis=1)
    assert 0 < empty.sum() < 40
    assert (look[empty] == -1).all()
    assert covered_by[empty].max() == 0
    assert (covered_by[~empty].max(axis=(1, 2)) > 0).all()
