"""The shipped model through the real command line: a cold process, a true file, the same frames again."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from functools import partial

import numpy as np
import pytest
from PIL import Image, ImageDraw

from vitascope.backends import choose
from vitascope.cli.main import app
from vitascope.media.read import video

PROMPT = "a parrot flies over a beach at sunset"
PROGRAM = "from vitascope.cli.main import app; app()"
NO_CORPUS = "import sys; sys.modules['vitascope.corpus'] = sys.modules['torch'] = None; " + PROGRAM
TELLS_ITS_PEAK = (
    "import atexit, pathlib, re\n"
    "status = pathlib.Path('/proc/self/status')\n"
    "atexit.register(lambda: pathlib.Path('peak').write_text(re.search(r'VmHWM:\\s+(\\d+)', status.read_text())[1]))\n"
    + PROGRAM
)
NO_NETWORK = (
    "import socket\n"
    "def refuse(*_): raise AssertionError('a connection was opened')\n"
    "socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse\n" + PROGRAM
)


def vitascope(folder, *arguments, program=PROGRAM):
    """A cold ``vitascope`` in ``folder``; what it printed."""
    ended = subprocess.run([sys.executable, "-c", program, *arguments], cwd=folder, capture_output=True, text=True)
    assert 0 == ended.returncode, ended.stderr
    return ended.stdout


def generated(folder, *arguments, program=PROGRAM):
    """What ``vitascope generate --json`` tells of a clip."""
    return json.loads(vitascope(folder, "generate", PROMPT, "--json", *arguments, program=program))


def test_generating_opens_no_connection(tmp_path):
    """What SECURITY.md promises: with every Python socket refused, a clip is made, marked and sealed all the same."""
    told = generated(tmp_path, "--seconds", "2", "-o", "a.mp4", program=NO_NETWORK)

    assert (tmp_path / "a.mp4").stat().st_size > 0
    assert "frames_sha256" in json.dumps(told)


def test_two_processes_make_the_same_frames(tmp_path):
    """Same seed, same frames before marking, with the compiled graph cached or not; another seed gives others."""
    one, same, other = (generated(tmp_path, "--seed", seed) for seed in ("7", "7", "8"))

    assert one["frames_sha256"] == same["frames_sha256"] != other["frames_sha256"]
    assert 3 == len({clip["mark_id"] for clip in (one, same, other)})
    assert 3 == len(list(tmp_path.glob("*.mp4")))


def test_frames_come_from_the_network_alone(tmp_path):
    """A clip is made where neither the corpus nor torch can be imported."""
    made = generated(tmp_path, "--seed", "7", program=NO_CORPUS)

    assert made["frames"] > 8
    assert [] == made["notes"]


def test_a_character_is_kept(tmp_path):
    """Its colours are in every frame, where another clip of the prompt has none; its file is in the credential."""
    ball = Image.new("RGBA", (90, 90))
    ImageDraw.Draw(ball).ellipse((5, 5, 85, 85), fill=(255, 0, 255), outline=(0, 255, 255), width=9)
    ball.save(tmp_path / "bo.png")
    asked = ("generate", "Bo jumps over a beach at sunset", "--json", "--seed", "7", "--seconds", "2")

    made = json.loads(vitascope(tmp_path, *asked, "-o", "bo.mp4", "--character", "Bo=bo.png"))
    other = generated(tmp_path, "--seed", "7", "--seconds", "2", "-o", "other.mp4")

    assert ["Bo is shown as in the picture."] == [note for note in made["notes"] if "Bo" in note]
    for frame in video(tmp_path / "bo.mp4"):
        assert 0.15 < _magenta(frame).mean() < 0.4
    assert max(_magenta(frame).mean() for frame in video(tmp_path / "other.mp4")) < 0.01
    report = json.loads(vitascope(tmp_path, "verify", "bo.mp4", "--json"))
    assert "trusted" == report["credential"]["validation_state"]
    assert "componentOf" in json.dumps(report["credential"])
    assert made["frames"] == other["frames"]


def _magenta(frame):
    red, green, blue = np.moveaxis(frame.astype(int), 2, 0)
    return (red > 180) & (blue > 180) & (green < 110)


def test_every_container_verifies(tmp_path):
    """What the shipped model makes at its native size is known again, by seal and by mark, in each container."""
    for suffix in ("mp4", "webm", "gif"):
        made = generated(tmp_path, "-o", f"clip.{suffix}")
        report = json.loads(vitascope(tmp_path, "verify", f"clip.{suffix}", "--json"))

        assert report["made_here"]
        assert made["mark_id"] == report["credential"]["mark_id"]
        assert "trusted" == report["credential"]["validation_state"]


def test_memory_stays_within_the_promise(tmp_path):
    """``generate`` peaks below 900 MB, as the program itself ends with; ``ru_maxrss`` would count pytest's memory."""
    generated(tmp_path, program=TELLS_ITS_PEAK)

    assert 50 < int((tmp_path / "peak").read_text()) / 1024 < 900


def test_one_flipped_byte_is_named(tmp_path, capsys, monkeypatch):
    """The shipped weights with one byte flipped are refused with both hashes, and no file is made."""
    shutil.copytree(choose.SHIPPED, tmp_path / "weights")
    path = tmp_path / "weights" / "s.safetensors"
    stored = bytearray(path.read_bytes())
    stored[len(stored) // 2] ^= 1
    path.write_bytes(stored)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(choose, "open_backend", partial(choose.open_backend, folder=tmp_path / "weights"))

    with pytest.raises(SystemExit) as ended:
        app(["generate", PROMPT])

    assert 1 == ended.value.code
    assert choose.models()[0].weights_sha256 in capsys.readouterr().err
    assert [] == list(tmp_path.glob("*.mp4"))


def test_ctrl_c_leaves_no_half_file(tmp_path):
    """Ctrl-C while the network works ends with 130 and an empty folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "generate", PROMPT, "--steps", "100"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not list(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.02)

    process.send_signal(signal.SIGINT)
    told = process.communicate(timeout=60)[1]

    assert 130 == process.returncode
    assert "Traceback" not in told
    assert [] == list(tmp_path.iterdir())
