"""The front door of the Python API: what a person writes becomes a clip, and its seal thanks the artists."""

from dataclasses import replace

import numpy as np
import pytest
from fakes import PRESET, MovingGradient
from PIL import Image

import vitascope
from vitascope import front
from vitascope.errors import CharacterError, UnknownWordsError
from vitascope.provenance.authority import open_authority
from vitascope.provenance.credential import read_credential
from vitascope.rights.register import Register, folder_for, to_lines
from vitascope.rights.uses import Use
from vitascope.settings import settings
from vitascope.types import AnimatorPreset, Mining


@pytest.fixture(autouse=True)
def fake_model(tmp_path, monkeypatch):
    """Every model name opens the fake one, and clips land in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(front, "open_backend", lambda model: MovingGradient(replace(PRESET, name=model)))
    monkeypatch.setattr(front, "preset_of", lambda model: replace(PRESET, name=model))


def credential(path):
    return read_credential(path, open_authority(settings().home))


def test_the_front_door_makes_a_clip():
    """``vitascope.generate`` takes files and text as people write them, and names the file after the prompt."""
    first = vitascope.generate("a cat jumps", seed=3, size="128x128", seconds=1)
    second = vitascope.generate("a cat jumps", seed=3)
    third = vitascope.generate("a cat jumps", output="cat.gif", model="m")

    assert ("a-cat-jumps-3.mp4", (128, 128), 8) == (first.path.name, first.size, first.frames)
    assert "a-cat-jumps-3-2.mp4" == second.path.name
    assert ("cat.gif", "m") == (third.path.name, third.model)


def test_the_python_api_thanks_the_artists_as_the_command_line_does():
    """The seal names who drew the things the prompt names, and nobody else."""
    clip = vitascope.generate("a parrot flies", output="parrot.mp4")

    thanked = credential(clip.path).credits

    assert any(line.startswith("Microsoft Corporation: parrot") for line in thanked)
    assert all("parrot" in line for line in thanked)


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A home of this test's own, since a register that lies in it counts for all who look."""
    monkeypatch.setenv("VITASCOPE_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    yield settings().home
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.parametrize("is_its_own", [True, False])
def test_a_model_trained_in_this_home_thanks_for_what_was_put_in(own, monkeypatch, is_its_own):
    """By the register in this home where the weights learned from it, and by the package's where they did not."""
    shipped = Register.load()
    drawn = replace(shipped.works_for("cat")[0], id="work_1", authors=("Ana Lima",), package="opt-in", lane="O")
    here = Register(works={**shipped.works, drawn.id: drawn}, opted_out=frozenset())
    folder = folder_for(own, Use.TRAIN)
    folder.mkdir(parents=True)
    (folder / "works.jsonl").write_text(to_lines(here.works.values()), "utf-8")
    preset = replace(PRESET, trained_on=Register.load(folder).sha256() if is_its_own else "0" * 64)
    monkeypatch.setattr(front, "open_backend", lambda _: MovingGradient(preset))

    thanked = credential(vitascope.generate("a cat jumps", output="cat.mp4").path).credits

    assert is_its_own == any(line.startswith("Ana Lima: cat") for line in thanked)
    assert any(line.startswith("Microsoft") for line in thanked)


def test_a_picture_from_elsewhere_keeps_its_own_credential():
    """Image to video: the file goes into the chain as it came, with what its own maker signed."""
    still = vitascope.generate("a cat jumps", output="cat.gif", seconds=1)
    Image.fromarray(np.full((64, 64, 3), 90, np.uint8)).save("plain.png")

    clip = vitascope.generate("a cat jumps", image="plain.png", output="b.mp4")

    (first,) = credential(clip.path).ancestors
    assert ("inputTo", "image/png", False) == (first.relationship, first.media_type, first.has_credential)
    assert still.mark_id != clip.mark_id


def test_a_character_goes_into_the_chain(monkeypatch):
    """By name, a file or pixels; each file is a component of the clip, as it came."""
    moving = replace(PRESET, name="s", animator=AnimatorPreset(widths=(8, 16), words=4, hidden=8))
    monkeypatch.setattr(front, "open_backend", lambda model: MovingGradient(moving))
    monkeypatch.setattr(front, "preset_of", lambda model: moving)
    drawing = np.full((64, 64, 3), 90, np.uint8)
    Image.fromarray(drawing).save("bo.webp")

    clip = vitascope.generate("Bo jumps next to Kit", characters={"Bo": "bo.webp", "Kit": drawing}, output="b.mp4")

    kinds = [(one.relationship, one.media_type) for one in credential(clip.path).ancestors]
    assert [("componentOf", "image/webp"), ("componentOf", "image/png")] == kinds
    assert "trusted" == credential(clip.path).state
    with pytest.raises(CharacterError, match="does not name 'Bo'"):
        vitascope.generate("a cat jumps", characters={"Bo": drawing})
    with pytest.raises(CharacterError, match="facing"):
        vitascope.generate("Bo jumps", characters={"Bo": drawing}, facing={"Bo": "up"})


def test_the_choice_on_mining_is_the_makers(tmp_path):
    """Refused by default; allowed and constrained where the maker says so; a constraint needs terms."""
    mining = Mining(ai_training="constrained", data_mining="allowed", terms="https://example.org/terms")

    clip = vitascope.generate("a cat jumps", output="cat.mp4", mining=mining)

    stored = clip.path.read_bytes()
    assert b"https://example.org/terms" in stored
    with pytest.raises(ValueError, match="needs terms"):
        Mining(ai_training="constrained")


def test_a_mistake_is_told_before_the_model_is_opened(monkeypatch):
    """Opening a model takes a second; an unknown word is told at once."""
    monkeypatch.setattr(front, "open_backend", None)

    with pytest.raises(UnknownWordsError):
        vitascope.generate("xyzzy qwfp")
