"""A withdrawn work: not in the atlas, not in any clip rendered for training, not in the name of what was learned."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from vitascope.corpus.atlas import Atlas, pack
from vitascope.errors import NotClearedError
from vitascope.rights.register import OPTOUTS_FILE, WORKS_FILE, Register, register_in_use, to_lines
from vitascope.text.world import FIRST

ATLAS = Path(__file__).parent.parent / "fixtures" / "atlas.zip"
GONE = "fluent-anim:1f99c"


def without(folder, name):
    """A snapshot of the shipped register without one work."""
    folder.mkdir(parents=True)
    kept = [work for work in Register.load().works.values() if work.id != name]
    (folder / WORKS_FILE).write_text(to_lines(kept))
    (folder / OPTOUTS_FILE).write_text("")


def test_a_snapshot_in_the_home_is_what_is_learned_from(tmp_path):
    """Its hash differs, so a model says which of the two it learned from."""
    assert Register.load().sha256() == register_in_use(tmp_path).sha256()
    without(tmp_path / "corpus" / "register", GONE)

    assert GONE not in register_in_use(tmp_path).works
    assert Register.load().sha256() != register_in_use(tmp_path).sha256()


def test_an_atlas_with_a_withdrawn_work_does_not_open(tmp_path):
    """The one tap: an old atlas beside a new snapshot is refused, not used by mistake."""
    without(tmp_path / "corpus" / "register", GONE)
    shutil.copy(ATLAS, tmp_path / "atlas.zip")

    with pytest.raises(NotClearedError, match=GONE):
        Atlas.open(tmp_path / "atlas.zip", register_in_use(tmp_path))


@pytest.mark.torch
def test_no_clip_shows_a_drawing_the_atlas_lacks(tmp_path):
    """Scenes that would need it are drawn again until they do not."""
    from vitascope.training.cache import _drawable

    whole = Atlas.open(ATLAS, Register.load())
    sprites = [(whole.sprite(subject, style), subject) for subject in whole.subjects for style in whole.styles(subject)]
    kept = [sprite for sprite, _ in sprites if sprite.work_id != GONE]
    pack([(sprite, Register.load().works[sprite.work_id].sha256) for sprite in kept], tmp_path / "less.zip")
    less = Atlas.open(tmp_path / "less.zip", Register.load())
    generator = np.random.default_rng(0)

    drawn = [_drawable(generator, less, FIRST, frames=1, fps=8) for _ in range(6)]

    looks = {(layer.subject, layer.style) for composition in drawn for layer in composition.layers}
    assert looks <= {(subject, style) for subject in less.subjects for style in less.styles(subject)}
    assert ("parrot", "3d") not in looks
