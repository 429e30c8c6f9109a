"""The animator's lessons are what they say they are, and it learns from them."""

from dataclasses import replace

import numpy as np
import pytest
from corpus.sprites import real

torch = pytest.importorskip("torch")

from vitascope.backends.weights import load  # noqa: E402  after the guard
from vitascope.corpus.motions import path  # noqa: E402  after the guard
from vitascope.errors import TrainingError  # noqa: E402  after the guard
from vitascope.models import checkpoint  # noqa: E402  after the guard
from vitascope.models.transformer import Transformer  # noqa: E402  after the guard
from vitascope.text.words import VOCABULARY  # noqa: E402  after the guard
from vitascope.text.world import FIRST  # noqa: E402  after the guard
from vitascope.training import animator_run, presets, states  # noqa: E402  after the guard
from vitascope.training.animator_run import Teacher, born, matte_loss, track_loss  # noqa: E402  after the guard
from vitascope.training.export import export, moving  # noqa: E402  after the guard
from vitascope.training.separating import separated  # noqa: E402  after the guard
from vitascope.training.tracks import Dice, movements, tokens  # noqa: E402  after the guard
from vitascope.types import AnimatorPreset  # noqa: E402  after the guard

pytestmark = pytest.mark.torch

SMALL = AnimatorPreset(widths=(16, 32), words=8, hidden=64)


def pictures(n, seed=0):
    """Pictures taken apart, by chance."""
    rng, atlas = np.random.default_rng(seed), real()
    return [separated(rng, atlas, FIRST, fps=8) for _ in range(n)]


def test_outside_the_matte_a_picture_is_its_plate():
    """And inside it is not; every picture has some of both."""
    for one in pictures(30):
        outside, inside = one.matte == 0, one.matte > 250
        apart = np.abs(one.picture.astype(int) - one.plate).max(axis=2)

        assert apart[outside].max() <= 1
        assert outside.mean() > 0.1
        if inside.any():
            assert (apart[inside] > 2).mean() > 0.5


def test_the_same_seed_gives_the_same_picture():
    """And another one another."""
    first, again, other = pictures(1)[0], pictures(1)[0], pictures(1, seed=1)[0]

    np.testing.assert_array_equal(first.picture, again.picture)
    assert not np.array_equal(first.picture, other.picture)


def test_dice_remember_what_they_threw():
    """In 0..1, and the ways they took; whole arrays are the same for all and are not remembered."""
    dice = Dice((1, 2))
    drawn = dice.uniform(2, 6), dice.uniform(-1, 1)
    ways = dice.choice((-1, 1), 2)

    np.testing.assert_allclose([(drawn[0] - 2) / 4, (drawn[1] + 1) / 2], dice.thrown)
    assert ways.tolist() == dice.ways
    np.testing.assert_array_equal(Dice((5,)).uniform(0, 1, (3, 2)), dice.uniform(0, 1, (3, 2)))
    assert 2 == len(dice.thrown)


def test_movements_are_those_of_the_corpus_counted_from_their_first_frame():
    """Every word that moves something comes, and a thing that goes right goes right."""
    batch = movements(np.random.default_rng(0), 400, FIRST, frames=17, fps=8)
    track = batch.track_BTC.numpy()
    here = {word: batch.token_B == VOCABULARY.index(word) for word in tokens(FIRST)}

    assert all(chosen.any() for chosen in here.values())
    assert 0 == np.abs(track[:, 0, [0, 1, 2, 3, 5, 6, 7]]).max()
    assert 0.5 < track[here["motion:right"], -1, 0].min()
    assert 0 == np.abs(track[here["motion:right"], :, 1]).max()
    assert np.all(track[here["zoom_in"], -1, 7] < -0.2)  # the plate is seen through a smaller window
    assert np.all(track[here["pan_right"], -1, 5] > 0.3)
    assert 0 == np.abs(track[here["<pad>"]][..., [0, 1, 2, 3, 5, 6, 7]]).max()
    assert {1.0, 2.0} == {round(float(seconds), 1) - 0.1 for seconds in batch.seconds_B}


def test_the_numbers_that_are_told_decide_the_movement():
    """The same throws, the same path."""
    dice = Dice((9,))
    path(("jump",), frames=17, fps=8, rng=dice)

    class Again(np.random.Generator):
        def uniform(self, low, high):
            return low + (high - low) * thrown.pop(0)

    thrown = list(dice.thrown)
    again = path(("jump",), frames=17, fps=8, rng=Again(np.random.PCG64(0)))
    first = path(("jump",), frames=17, fps=8, rng=Dice((9,)))
    np.testing.assert_allclose(first.y, again.y, atol=1e-6)


def test_it_learns(monkeypatch):
    """A few steps on a few pictures lower both errors, and the average follows."""
    monkeypatch.setattr(animator_run, "open_atlas", lambda edition: real())
    monkeypatch.setattr(animator_run, "FRESH", 2)
    monkeypatch.setattr(animator_run, "PICTURES", 4)
    lessons = animator_run.Lessons(animator_run.preset_of("xs"), 0)
    net = born(SMALL, 0)
    teacher = Teacher(net, lessons)
    batch, moved = lessons.pictures(), lessons.movements()
    before = matte_loss(net, *batch).item(), track_loss(net, moved).item()

    for share in np.linspace(0, 0.4, 40):
        teacher.step(share)

    after = matte_loss(net, *batch).item(), track_loss(net, moved).item()
    assert after[0] < 0.9 * before[0]
    assert after[1] < 0.5 * before[1]
    net.load_state_dict(teacher.average)
    assert matte_loss(net, *batch).item() < before[0]


def test_a_run_taken_up_again_adds_up(monkeypatch, tmp_path):
    """Weights, pictures and hours of both."""
    monkeypatch.setattr(animator_run, "open_atlas", lambda edition: real())
    first, second = (Teacher(born(SMALL, seed), animator_run.Lessons(presets.xs(), 0)) for seed in (0, 1))
    first.step(0.1)
    first.save(tmp_path / "state.safetensors", 1800)

    second.resume(replace(presets.xs(), animator=SMALL), tmp_path / "state.safetensors")
    assert torch.equal(first.average["track.first.weight"], second.net.track.first.weight)
    second.step(0.1)
    second.save(tmp_path / "state.safetensors", 900)

    facts = checkpoint.load(tmp_path / "state.safetensors")[1]
    assert {"pictures": 2 * animator_run.PICTURES, "hours": 0.75, "steps": 1} == facts


def test_a_state_that_cannot_be_gone_on_from_is_refused(tmp_path, monkeypatch):
    """Of other widths, or cut short; and one with a NaN never takes the place of the last good one."""
    monkeypatch.setattr(animator_run, "open_atlas", lambda edition: real())
    path, preset = tmp_path / "state.safetensors", replace(presets.xs(), animator=SMALL)
    teacher = Teacher(born(SMALL, 0), animator_run.Lessons(preset, 0))
    teacher.save(path, 1)
    good = path.read_bytes()

    with pytest.raises(TrainingError, match="other widths"):
        teacher.resume(presets.xs(), path)
    teacher.average["matte.end.bias"][0] = float("nan")
    with pytest.raises(TrainingError):
        teacher.save(path, 1)
    assert good == path.read_bytes()
    path.write_bytes(good[:-100])
    with pytest.raises(TrainingError, match="cannot be read"):
        teacher.resume(preset, path)


def test_born_of_one_seed_alike():
    """So that a run can be made again."""
    one, same, other = (born(SMALL, seed).track.first.weight for seed in (0, 0, 1))

    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def untaught(folder):
    """A state of a small transformer that has learned nothing, and its preset."""
    preset = presets.xs()
    net = replace(preset.net, width=64, depth=2, heads=1, hidden=64, text_width=64, text_depth=1, text_heads=1)
    small = replace(preset, name="tiny", net=net, codec=replace(preset.codec, channels=32), animator=SMALL)
    average = checkpoint.prefixed("average", Transformer(small).state_dict())
    states.write(folder / "state.safetensors", average, states.facts_of(small, steps=0, seen=0))
    return small


def test_an_animator_ships_with_the_weights_of_the_transformer(tmp_path):
    """The matte in bfloat16, tracks to the last bit; a run that begins with them takes the transformer's alone."""
    preset, animator = untaught(tmp_path), born(SMALL, 0).state_dict()
    checkpoint.save(tmp_path / "animator.safetensors", animator, {})

    export(preset, tmp_path / "state.safetensors", tmp_path, animator=tmp_path / "animator.safetensors")

    stored, shipped = load(tmp_path / "tiny.json")
    assert preset.animator == stored.animator
    assert {f"animator.{name}" for name in animator} == set(shipped) - set(Transformer(preset).state_dict())
    np.testing.assert_array_equal(animator["track.first.weight"], shipped["animator.track.first.weight"])
    np.testing.assert_allclose(animator["matte.end.weight"], shipped["animator.matte.end.weight"], rtol=0.01)
    assert states.shipped(tmp_path / "tiny.safetensors", preset)


def test_an_animator_is_taken_over_from_weights_that_ship(tmp_path):
    """Another run of the transformer ships with it to the last bit, without the state it was taught in."""
    preset, animator = untaught(tmp_path), born(SMALL, 0).state_dict()
    checkpoint.save(tmp_path / "animator.safetensors", animator, {})
    export(preset, tmp_path / "state.safetensors", tmp_path / "first", animator=tmp_path / "animator.safetensors")

    export(preset, tmp_path / "state.safetensors", tmp_path, animator=tmp_path / "first" / "tiny.safetensors")

    first, second = ((folder / "tiny.safetensors").read_bytes() for folder in (tmp_path / "first", tmp_path))
    assert first == second


def test_weights_without_an_animator_say_so(tmp_path):
    """A preset that has room for one ships without where none was taught."""
    preset = untaught(tmp_path)

    assert export(preset, tmp_path / "state.safetensors", tmp_path, animator=tmp_path / "none").animator is None


def test_an_animator_joins_weights_that_came_home_without_it(tmp_path):
    """They are then those that would have shipped at once; without its state nothing is written."""
    preset, animator = untaught(tmp_path), tmp_path / "animator.safetensors"
    export(preset, tmp_path / "state.safetensors", tmp_path / "home", animator=tmp_path / "none", int8=True)
    with pytest.raises(TrainingError, match="no animator"):
        moving(preset, tmp_path / "home" / "tiny.json", tmp_path / "joined", animator)
    checkpoint.save(animator, born(SMALL, 0).state_dict(), {})

    joined = moving(preset, tmp_path / "home" / "tiny.json", tmp_path / "joined", animator)

    assert export(preset, tmp_path / "state.safetensors", tmp_path / "once", animator=animator, int8=True) == joined
    assert joined == load(tmp_path / "joined" / "tiny.json")[0]
