"""``vitascope generate`` tells a person what was made, and a program every number of it."""

import json
import re

import pytest
from fakes import MovingGradient

from vitascope.backends import choose
from vitascope.cli.main import app

PROMPT = "a red parrot flies over a beach at sunset"


@pytest.fixture
def generate(tmp_path, monkeypatch, capsys):
    """``vitascope generate`` with the fake model in an empty folder; returns what stdout and stderr got."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(choose, "open_backend", lambda model: MovingGradient())

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            app(["generate", *arguments])
        assert 0 == ended.value.code
        return capsys.readouterr()

    return run


def test_a_person_is_told_all_that_matters(generate, tmp_path):
    """Reading, notes, file, time, ratio to playback, artists and origin, in that order."""
    told = generate(PROMPT, "--seed", "5", "--fps", "24").out.splitlines()

    expected = (
        r"Read as: parrot, red, right, beach, sunset\.",
        r"I make 8 frames a second, not 24; the file plays at 8\.",
        r"a-red-parrot-flies-over-a-beach-at-sunset-5\.mp4: "
        r"4\.1 s of video in \d+\.\d s, \d+\.\d x (fast|slow)er than it plays\.",
        r"Learned from Microsoft Corporation: parrot \(MIT; .*\)\.",
        r"Learned from Google Inc: parrot \(Apache-2\.0; .*\)\.",
        r"Learned from Twitter, Inc and Twemoji contributors: parrot \(CC-BY-4\.0; .*\)\.",
        r"Origin: sealed with C2PA, marked as [0-9a-f]{16}; seed 5\.",
    )
    assert len(expected) == len(told)
    for pattern, line in zip(expected, told, strict=True):
        assert re.fullmatch(pattern, line)
    assert ["a-red-parrot-flies-over-a-beach-at-sunset-5.mp4"] == [path.name for path in tmp_path.iterdir()]


def test_a_program_gets_every_number(generate):
    """``--json`` prints one object and nothing else; its keys and kinds are a promise."""
    told = generate(PROMPT, "--seed", "5", "--json", "-o", "a.webm", "--seconds", "3")
    made = json.loads(told.out)

    kinds = {
        "file": str,
        "sidecar": str,
        "model": str,
        "weights_sha256": str,
        "seed": int,
        "frames": int,
        "fps": int,
        "seconds": float,
        "size": list,
        "frames_sha256": str,
        "mark_id": str,
        "manifest_sha256": str,
        "reading": dict,
        "notes": list,
        "credits": list,
        "timings": dict,
    }
    assert kinds == {key: type(value) for key, value in made.items()}
    assert ("a.webm", "a.c2pa", 5, 24, 3.0, [64, 64]) == tuple(
        made[key] for key in ("file", "sidecar", "seed", "frames", "seconds", "size")
    )
    assert {"word": "parrot", "role": "subject", "entity": 1} in made["reading"]["words"]
    assert {"opening_seconds", "render_seconds", "ratio_to_playback"} == made["timings"].keys()
    assert all(re.fullmatch(r"[0-9a-f]{64}", made[key]) for key in ("frames_sha256", "manifest_sha256"))


def test_the_same_seed_gives_the_same_frames(generate):
    """Two runs with one seed: the same frames, another mark and another seal; neither file hides the other."""
    one, other = (json.loads(generate(PROMPT, "--seed", "5", "--json").out) for _ in range(2))

    assert one["frames_sha256"] == other["frames_sha256"]
    assert one["mark_id"] != other["mark_id"]
    assert one["manifest_sha256"] != other["manifest_sha256"]
    assert one["file"] != other["file"]


def test_unknown_words_are_told(generate):
    """Words nobody taught the model are named, and what it knows is shown."""
    told = generate("a dog and a blorft").out

    assert "Read as: dog." in told
    assert "I do not know 'blorft'." in told


def test_a_seal_beside_the_file_is_told(generate):
    """Where the container cannot hold the seal, the account says where it lies."""
    told = generate(PROMPT, "-o", "a.webm").out

    assert "A .webm file cannot hold its seal: it is a.c2pa, keep the two together." in told


def test_any_language_and_any_name_can_be_told(generate, tmp_path):
    """A file name that is no UTF-8 is written and shown in escapes."""
    told = generate("m\u1ed9t con m\u00e8o", "-o", "\udcff.mp4", "--json")

    assert "\udcff.mp4" == json.loads(told.out)["file"]
    assert ["\udcff.mp4"] == [path.name for path in tmp_path.iterdir()]
