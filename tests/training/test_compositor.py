"""The torch compositor: the same pixels as the CPU's, from the same compositions."""

import numpy as np
import pytest

from tests.corpus.sprites import real
from vitascope.corpus.scenes import stage
from vitascope.text.scene import Entity, Scene

pytestmark = pytest.mark.torch

SUBJECTS = ("turtle", "parrot", "rocket", "racing_car", "fire", "storm_cloud")


def _clips():
    """Every way of drawing once: copies, tints, styles, pairs, cameras, rain, fading, the three halvings."""
    scenes = [
        _scene(Entity(subject="turtle", motions=("grow",), size="large")),
        _scene(Entity(subject="parrot", motions=("appear",), colour="blue"), camera="pan_left"),
        _scene(Entity(subject="rocket", motions=("up",), count="three", style="flat"), time="rain"),
        _scene(Entity(subject="fire", motions=("spin",), size="small"), camera="camera_shake", place="space"),
        _scene(
            Entity(subject="racing_car", motions=("right",)),
            Entity(subject="storm_cloud", motions=("right",), style="noto"),
            relation="chases",
            camera="zoom_in",
        ),
    ]
    return [stage(scene, np.random.default_rng(number), frames=5) for number, scene in enumerate(scenes)]


def _scene(*entities, relation=None, place="city", time="day", camera="static"):
    return Scene(entities=entities, relation=relation, place=place, time=time, camera=camera)


@pytest.fixture(scope="module")
def bank():
    """The sprites of the tests as tensors."""
    import torch

    from vitascope.training.compositor import sprite_bank

    pairs = [(subject, style) for subject in SUBJECTS for style in ("3d", "flat", "noto")]
    return sprite_bank(real(), pairs, torch.device("cpu"))


@pytest.mark.parametrize("side", [128, 96])
def test_both_compositors_agree(bank, side):
    """On average within half a grey level, and 99 % of all values within three."""
    from vitascope.corpus.compositor import render
    from vitascope.training.compositor import render_batch

    clips = _clips()
    slow = np.stack([render(clip, real(), side) for clip in clips]).astype(int)
    fast = render_batch(clips, bank, side=side).numpy().astype(int)
    apart = np.abs(slow - fast)

    assert slow.shape == fast.shape
    assert apart.mean() < 0.5
    assert np.percentile(apart, 99) <= 3


def test_a_batch_is_its_clips(bank):
    """A clip looks the same alone and among others."""
    from vitascope.training.compositor import render_batch

    clips = _clips()
    together = render_batch(clips, bank)

    for number, clip in enumerate(clips):
        assert np.abs(together[number].numpy().astype(int) - render_batch([clip], bank)[0].numpy()).max() <= 1


def test_kept_canvases_are_used(bank):
    """A caller that keeps painted backgrounds gets those, and not new ones."""
    import torch

    from vitascope.training.compositor import render_batch

    canvases = torch.full((5, 192, 192, 3), 7, dtype=torch.uint8)

    assert {7} == set(render_batch(_clips(), bank, canvases=canvases)[0, 0, 0].flatten().tolist())
