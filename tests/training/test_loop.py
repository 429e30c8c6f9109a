"""The trainer learns, stores and resumes, on a net of two small blocks and clips of random flat colours."""

import json
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from tests.training.shards import shard  # noqa: E402  after the guard
from vitascope.backends.weights import load, preset_to_json  # noqa: E402  after the guard
from vitascope.errors import NotClearedError, TrainingError  # noqa: E402  after the guard
from vitascope.models import checkpoint  # noqa: E402  after the guard
from vitascope.rights.uses import Use  # noqa: E402  after the guard
from vitascope.text.words import ROLES  # noqa: E402  after the guard
from vitascope.training import data, presets, snapshot  # noqa: E402  after the guard
from vitascope.training import export as exporting  # noqa: E402  after the guard
from vitascope.training.export import export  # noqa: E402  after the guard
from vitascope.training.loop import Recipe, Trainer, schedule  # noqa: E402  after the guard
from vitascope.training.objective import LEAST_WEIGHT, Diet, weights  # noqa: E402  after the guard
from vitascope.training.run import Shares, recipe  # noqa: E402  after the guard

pytestmark = pytest.mark.torch


def tiny():
    """The shipped recipe's geometry with a net that trains in a moment."""
    preset = presets.xs()
    net = replace(preset.net, width=64, depth=2, heads=1, hidden=64, text_width=64, text_depth=1, text_heads=1)
    return replace(preset, name="tiny", net=net, codec=replace(preset.codec, channels=32), frames=(1, 5))


def batch(preset, frames=5, size=8, seed=0, look=False):
    """Clips that are one constant number per row and channel: easy to learn."""
    rng = torch.Generator().manual_seed(seed)
    rows = 16 * ((frames - 1) // 4 + 1)
    clip = torch.full((size, rows, preset.codec.channels), 0.5)
    words = torch.randint(1, 20, (4, size, 16), generator=rng).clamp(max=2)
    reference = torch.zeros(size, 16, preset.codec.channels) if look else None
    covered = torch.rand(size, rows, generator=rng)
    return data.Batch(clip_BND=clip, covered_BN=covered, words_4BW=words, look_BND=reference)


def trainer(preset, **changed):
    """A trainer from a fixed start."""
    torch.manual_seed(0)
    recipe = Recipe(minutes=1, diets={0.0: (Diet(frames=5, size=8, share=1.0),)}, rate=3e-3, **changed)
    return Trainer(preset, recipe, torch.zeros(1, 16, preset.codec.channels))


def taught_step(taught, clips, generator):
    """One update from one batch; returns its loss."""
    loss = taught.objective.loss(clips, 5, generator)
    loss.backward()
    taught.update(0.3, len(clips.clip_BND))
    return loss.item()


def test_the_loss_falls():
    """Fifty steps on easy clips take more than half of the loss away."""
    taught = trainer(tiny())
    generator = torch.Generator().manual_seed(1)

    losses = [taught_step(taught, batch(taught.preset, seed=n), generator) for n in range(50)]

    assert np.mean(losses[-5:]) < 0.5 * np.mean(losses[:5])


def test_reference_rows_enter_without_loss():
    """A batch with reference pictures trains the same clip rows."""
    taught = trainer(tiny())

    loss = taught.objective.loss(batch(taught.preset, look=True), 5, torch.Generator().manual_seed(1))

    assert torch.isfinite(loss)


def test_what_a_given_first_frame_shows_is_often_not_said():
    """The word for the thing is withheld in some of the clips that are opened by a picture, and in no other."""
    objective = trainer(tiny()).objective
    shown = batch(tiny(), size=400)
    shown.words_4BW[:] = torch.tensor([7, ROLES.index("subject"), 1, 0])[:, None, None]

    noisy = objective.noisy(shown, 5, torch.Generator().manual_seed(1))

    unsaid = (noisy.words_4BW[0] == data.NAMELESS).all(dim=1)
    opened = (noisy.levels.group_BN[:, :16] == 0).all(dim=1)
    assert 0 < int(unsaid.sum()) < int(opened.sum())
    assert not bool(unsaid[~opened].any())
    assert torch.equal(shown.words_4BW[0], torch.full_like(shown.words_4BW[0], 7))


def test_a_resumed_run_goes_on_as_if_it_had_not_stopped(tmp_path):
    """Weights, average, momenta and counters come back: the next step is the same to the last bit."""
    first = trainer(tiny())
    taught_step(first, batch(first.preset), torch.Generator().manual_seed(1))
    first.save(tmp_path / "state.safetensors")
    second = trainer(tiny())
    second.resume(tmp_path / "state.safetensors")

    for taught in (first, second):
        taught_step(taught, batch(taught.preset), torch.Generator().manual_seed(2))

    assert (first.steps, first.seen) == (second.steps, second.seen)
    for (name, mine), theirs in zip(first.model.named_parameters(), second.model.parameters(), strict=True):
        assert torch.equal(mine, theirs), name
        assert torch.equal(first.average[name], second.average[name]), name


def test_a_run_begins_with_shipped_weights(tmp_path):
    """Model and average take the weights of an export, units of channels included; a fresh start does not move them."""
    taught = trainer(tiny())
    taught_step(taught, batch(taught.preset), torch.Generator().manual_seed(1))
    taught.average["mean"].fill_(0.25)
    taught.save(tmp_path / "state.safetensors")
    export(taught.preset, tmp_path / "state.safetensors", tmp_path)

    second = trainer(tiny())
    second.begin_with(tmp_path / "tiny.safetensors")
    second.recipe = replace(second.recipe, minutes=1e-9)
    second.run(tmp_path / "second.safetensors", lambda report: None)

    assert torch.equal(second.model.mean, torch.full_like(second.model.mean, 0.25))
    for name, value in taught.average.items():
        assert torch.equal(value.bfloat16().float(), second.average[name]), name


def test_a_run_on_given_weights_asks_for_fine_tuning(tmp_path, home):
    """Also when it goes on; a drawing that was granted for training alone stops it before the first step."""
    first = trainer(tiny())
    first.save(tmp_path / "state.safetensors")
    told = export(first.preset, tmp_path / "state.safetensors", tmp_path)
    (tmp_path / "tiny.json").write_text(preset_to_json(replace(told, trained_on="0" * 64)))
    tuned = trainer(tiny())
    tuned.begin_with(tmp_path / "tiny.safetensors")
    tuned.save(tmp_path / "tuned.safetensors")
    again = trainer(tiny())
    again.resume(tmp_path / "tuned.safetensors")
    snapshot.stamp(again.preset, "a" * 64, ["work_1"])

    assert (Use.TRAIN, Use.FINETUNE, Use.FINETUNE) == (first.use, tuned.use, again.use)
    with pytest.raises(NotClearedError, match="work_1, which are not granted for finetune"):
        again.run(tmp_path / "tuned.safetensors", lambda report: None)


def test_weights_of_another_preset_are_refused(tmp_path):
    """The message names the file and the preset; nothing has changed."""
    preset = tiny()
    other = trainer(replace(preset, net=replace(preset.net, width=128)))
    other.save(tmp_path / "state.safetensors")
    export(other.preset, tmp_path / "state.safetensors", tmp_path)

    with pytest.raises(TrainingError, match=r"tiny\.safetensors is not of preset tiny"):
        trainer(preset).begin_with(tmp_path / "tiny.safetensors")


def test_a_torn_checkpoint_is_never_seen(tmp_path, monkeypatch):
    """A write that breaks off leaves the last whole state in place."""
    taught = trainer(tiny())
    taught.save(tmp_path / "state.safetensors")

    def tear(_tensors, path, **_):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "save_file", tear)
    with pytest.raises(TrainingError, match="No space"):
        taught.save(tmp_path / "state.safetensors")

    trainer(tiny()).resume(tmp_path / "state.safetensors")


def test_a_loss_that_is_no_number_ends_the_run(tmp_path):
    """Before any weight becomes one; the state of the last save is whole."""
    taught = trainer(tiny())
    taught.save(tmp_path / "state.safetensors")

    with pytest.raises(TrainingError, match=r"loss is nan at step 0.*lower --rate"):
        taught._check(float("nan"), tmp_path / "state.safetensors")
    trainer(tiny()).resume(tmp_path / "state.safetensors")


def test_clips_that_change_under_a_run_end_it():
    """A trainer that knows its corpus does not learn from another one."""
    taught = trainer(tiny())
    taught.corpus = "a" * 64

    with pytest.raises(TrainingError, match="another corpus than when this run began"):
        taught._refresh()


def test_a_map_does_not_go_on_from_a_flow_by_mistake(tmp_path):
    """The message says how one begins with the other."""
    trainer(tiny()).save(tmp_path / "state.safetensors")

    with pytest.raises(TrainingError, match=r"a run of stage flow, not map.*--from"):
        trainer(tiny(), guidance=3.0).resume(tmp_path / "state.safetensors")


def test_a_map_is_not_taught_by_a_map(tmp_path):
    """Its guidance would be baked in twice; the flow's own weights, exported in the same way, are taken."""
    shown = trainer(tiny())
    shown.save(tmp_path / "state.safetensors")
    flow = export(shown.preset, tmp_path / "state.safetensors", tmp_path)
    pupil = trainer(shown.preset, guidance=2.0)
    pupil.begin_with(tmp_path / "tiny.safetensors")

    told = replace(flow, sampler=replace(flow.sampler, kind="map"))
    (tmp_path / "tiny.json").write_text(preset_to_json(told))

    with pytest.raises(TrainingError, match="flow map's already"):
        trainer(shown.preset, guidance=2.0).begin_with(tmp_path / "tiny.safetensors")


def test_a_map_resumes_with_what_guides_it(tmp_path):
    """The frozen network comes back too."""
    first = trainer(tiny(), guidance=3.0)
    first.objective.teacher.stem.bias.fill_(0.5)
    first.save(tmp_path / "state.safetensors")
    second = trainer(tiny(), guidance=3.0)

    second.resume(tmp_path / "state.safetensors")

    assert torch.equal(first.objective.teacher.stem.bias, second.objective.teacher.stem.bias)


@pytest.mark.gpu
def test_a_run_resumes_on_a_gpu(tmp_path):
    """Saved on the CPU, it goes on where it was moved to, and back."""
    first = trainer(tiny())
    taught_step(first, batch(first.preset), torch.Generator().manual_seed(1))
    first.save(tmp_path / "state.safetensors")
    second = Trainer(first.preset, first.recipe, torch.zeros(1, 16, 32), "cuda")
    second.resume(tmp_path / "state.safetensors")

    taught_step(second, batch(first.preset), torch.Generator().manual_seed(2))
    second.save(tmp_path / "state.safetensors")
    trainer(tiny()).resume(tmp_path / "state.safetensors")


def test_the_learning_rate_rises_stays_and_falls():
    """Warm-up, stable, decay: zero to full, full in the middle, two hundredths at the end."""
    assert schedule(0.0, 0) < 0.05
    assert schedule(0.5, 5000) == 1.0
    assert schedule(1.0, 5000) == pytest.approx(0.02)


def test_a_shorter_flat_part_falls_sooner():
    """``--flat``: half-way through, a rate that was full for three twentieths has fallen to about three fifths."""
    assert schedule(0.1, 5000, 0.15) == 1.0
    assert schedule(0.5, 5000, 0.15) == pytest.approx(0.02 + 0.98 * 0.5 / 0.85)


def test_a_recipe_sets_the_width_of_levels_and_the_optimisers_memory():
    """``--spread`` and ``--memory`` arrive where they act: narrow levels lie close together."""
    narrow, wide = (trainer(tiny(), spread=spread, memory=0.98) for spread in (0.1, 2.0))
    drawn = [
        one.objective.noisy(batch(tiny(), size=200), 5, torch.Generator().manual_seed(1)).levels.level_BG[:, 1:].std()
        for one in (narrow, wide)
    ]

    assert drawn[0] < drawn[1] / 5
    assert {group["betas"][1] for group in narrow.optimiser.part.param_groups} == {0.98}


def test_a_loss_that_is_told_late_is_told_of_its_own_batch():
    """On a GPU a step tells the loss of the one before, and the diary enters it under that one's kind."""
    taught, still, clip = trainer(tiny()), Diet(frames=1, size=8, share=1.0), Diet(frames=5, size=8, share=1.0)
    taught.objective.tells_late = True

    losses = [taught.objective._told(torch.tensor(float(loss))) for loss in (1, 2, 3)]
    kinds = [taught._told(diet) for diet in (still, clip, still)]

    assert [1.0, 1.0, 2.0] == losses
    assert [still, still, clip] == kinds


def test_the_first_latent_of_what_no_word_says_is_given(home):
    """A batch of shown things comes from a folder of its own, and every clip of it begins with a given latent."""
    taught = trainer(tiny())
    shard(data.folder(taught.preset, 5, shown=True), 0, 7, taught.preset)

    clips = taught.objective.source(5, shown=True).batch(8, np.random.default_rng(0))
    noisy = taught.objective.noisy(clips, 5, torch.Generator().manual_seed(0))

    assert clips.shown
    assert bool((noisy.levels.group_BN[:, :16] == 0).all())
    assert bool((noisy.levels.group_BN[:, 16:] == 1 + 1).all())


def test_the_exported_weights_open_in_the_light_runtime(tmp_path):
    """Averaged weights come back within bfloat16's precision, and the preset records their hash."""
    taught = trainer(tiny())
    taught.save(tmp_path / "state.safetensors")

    finished = export(taught.preset, tmp_path / "state.safetensors", tmp_path / "weights")
    preset, weights = load(tmp_path / "weights" / "tiny.json")

    assert finished == preset
    assert set(taught.average) == set(weights)
    for name, value in taught.average.items():
        np.testing.assert_allclose(weights[name], value.numpy(), rtol=0.01, atol=1e-6)
    assert 64 == len(json.loads((tmp_path / "weights" / "tiny.json").read_text())["weights_sha256"])


@pytest.mark.parametrize("why", ["full", "large"])
def test_weights_that_cannot_be_written_leave_those_before(tmp_path, monkeypatch, why):
    """A full disk or a file too large to ship: one sentence, and what shipped before is there to the last bit."""
    taught = trainer(tiny())
    taught.save(tmp_path / "state.safetensors")
    export(taught.preset, tmp_path / "state.safetensors", tmp_path / "weights")
    before = {path.name: path.read_bytes() for path in (tmp_path / "weights").iterdir()}

    def full(_tensors, path, **_):
        path.write_bytes(b"half a file")
        raise OSError(28, "No space left on device")

    if why == "full":
        monkeypatch.setattr(checkpoint, "save_file", full)
    else:
        monkeypatch.setattr(exporting, "LARGEST", 1000)
    with pytest.raises(TrainingError, match="No space left" if why == "full" else "more than the 1,000"):
        export(taught.preset, tmp_path / "state.safetensors", tmp_path / "weights")

    assert before == {path.name: path.read_bytes() for path in (tmp_path / "weights").iterdir()}


def test_an_error_counts_more_where_the_subject_is():
    """The same error in a row that is all subject weighs four times what it does in one of place alone."""
    taught, clips = trainer(tiny()), batch(tiny())
    clips = replace(clips, covered_BN=torch.zeros_like(clips.covered_BN).index_fill_(1, torch.tensor([3]), 1.0))
    noisy = taught.objective.noisy(clips, 5, torch.Generator().manual_seed(2))
    noisy = replace(noisy, level_BN1=torch.ones_like(noisy.level_BN1))
    missed = torch.zeros_like(noisy.clip_BND)

    there, elsewhere = (taught.objective.weighed(missed.index_fill(1, torch.tensor([n]), 1.0), noisy) for n in (3, 4))

    assert there.item() == pytest.approx(4 * elsewhere.item())


def test_focus_counts_large_channels_first():
    """Without focus every channel counts alike; with it small ones count in proportion, and the finest still a bit."""
    spread = torch.tensor([3.0, 1.0, 0.1, 0.01])

    assert torch.equal(weights(spread, 0.0), torch.ones(4))
    focused = weights(spread, 0.2).tolist()
    assert focused == pytest.approx([1.0, (1 / 10.0101) / 0.2, LEAST_WEIGHT, LEAST_WEIGHT])


def test_a_run_may_look_mostly_at_stills_of_every_shape():
    """With few clips all that moves weighs less, by the same factor; stills of each further view weigh as asked."""
    views = presets.s().views
    usual, few = (
        recipe(1, images=0, long=0, views=views, shares=shares).diets[0.0]
        for shares in (Shares(), Shares(shapes=0.6, clips=0.1))
    )

    for one, other in zip(usual, few, strict=True):
        expected = 0.6 if other.view and other.frames == 1 else one.share * (0.1 if other.frames > 1 else 1)
        assert pytest.approx(expected) == other.share
        assert other.size >= 2
