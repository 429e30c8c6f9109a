"""The checker reads clips of 17 frames, keeps what it learned, and says which answers it was taught."""

import numpy as np
import pytest

from vitascope.errors import TrainingError
from vitascope.text.world import FIRST
from vitascope.training.traits import Traits, attributes

pytestmark = pytest.mark.torch


def _clips(count=3, frames=17, side=128):
    return np.random.default_rng(0).integers(0, 256, (count, frames, side, side, 3), np.uint8)


@pytest.fixture(scope="module")
def newborn():
    """A checker that knows nothing, in a state of its own."""
    from vitascope.training.checker_run import born

    return born(3).eval()


def test_it_is_small(newborn):
    """At most a million parameters: it is a yardstick, not a model."""
    assert sum(parameter.numel() for parameter in newborn.parameters()) <= 1_000_000


def test_every_clip_gets_a_word_for_every_attribute(newborn):
    """One reading a clip, in words of the world, the same whether clips come alone or together."""
    from vitascope.training.checker import read

    together = list(read(newborn, _clips()))

    assert 3 == len(together)
    assert together == [one for clip in _clips() for one in read(newborn, [clip])]
    assert all(getattr(one, name) in words for one in together for name, words in attributes(FIRST).items())


def test_a_clip_of_another_length_is_refused(newborn):
    """It never saw one, so what it said would mean nothing."""
    from vitascope.training.checker import read

    with pytest.raises(TrainingError, match="17 frames, this one has 16"):
        list(read(newborn, _clips(1, frames=16)))


def test_a_clip_and_its_mirror_image_are_read_alike(newborn):
    """But what goes left in the one goes right in the other."""
    import torch

    from vitascope.training.checker import as_input, reduced

    clips = as_input(torch.from_numpy(np.stack([reduced(clip) for clip in _clips()])))
    with torch.inference_mode():
        seen, mirrored = newborn.both_ways(clips), newborn.both_ways(clips.flip(-1))

    words = newborn.words["motion"]
    turned = [words.index({"left": "right", "right": "left"}.get(word, word)) for word in words]
    for name in ("subject", "place", "time"):
        torch.testing.assert_close(seen[name], mirrored[name])
    torch.testing.assert_close(seen["motion"], mirrored["motion"][:, turned])


def test_frames_are_reduced_by_area():
    """Each pixel of the small frame is the mean of the four it covers."""
    from vitascope.training.checker import reduced

    clip = _clips(1)[0]

    means = clip.reshape(17, 64, 2, 64, 2, 3).mean((2, 4))
    assert np.abs(means - reduced(clip)).max() <= 0.5


def test_what_is_stored_reads_the_same(newborn, tmp_path):
    """A stored checker gives the same readings, and knows how many renders it has seen."""
    import torch

    from vitascope.training.checker import as_input, open_checker, store

    store(newborn, tmp_path / "checker.safetensors", renders=12, seed=3)
    again, renders = open_checker(tmp_path / "checker.safetensors")

    clips = as_input(torch.from_numpy(_clips(2, side=64)))
    assert 12 == renders
    for name, logits in newborn(clips).items():
        assert torch.equal(logits, again(clips)[name]), name


def test_no_checker_says_how_to_make_one(tmp_path):
    """The error names the command."""
    from vitascope.training.checker import open_checker

    with pytest.raises(TrainingError, match=r"python -m vitascope.training.checker_run"):
        open_checker(tmp_path / "checker.safetensors")


def test_answers_are_numbered_by_the_world():
    """The number of an answer is its place in the list of words."""
    from vitascope.training.checker import answers

    asked = [
        Traits(subject="dog", motion="left", place="beach", time="night"),
        Traits(subject="cat", motion="still", place="sky", time="day"),
    ]

    assert {"subject": [0, 1], "motion": [2, 0], "place": [0, 11], "time": [2, 0]} == {
        name: numbers.tolist() for name, numbers in answers(asked).items()
    }


def test_motion_is_read_from_the_order_of_frames(newborn):
    """The same frames backwards give other logits of motion and, looked at singly, the same of what is there."""
    import torch

    from vitascope.training.checker import as_input

    clips = as_input(torch.from_numpy(_clips(1, side=64)))

    assert not torch.allclose(newborn.moves(clips), newborn.moves(clips.flip(1)), atol=1e-3)
    first = newborn.glimpse(clips[:, 0])["subject"]
    assert torch.allclose(first, newborn.glimpse(clips.flip(1)[:, -1])["subject"])
