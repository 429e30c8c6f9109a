"""Each mistake ends in one clear sentence with the numbers, exit code 2 and nothing left; none in a traceback."""

import hashlib
import os
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import time
import tomllib
import zlib
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from fakes import PRESET, MovingGradient
from PIL import Image
from safetensors.numpy import save
from typer.core import TyperGroup

from vitascope.backends import choose
from vitascope.backends.weights import preset_to_json
from vitascope.cli.main import app

FAKE = (sys.executable, str(Path(__file__).parents[1] / "fakes.py"))
PROMPT = "a parrot flies over a beach at sunset"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty current folder."""
    path = tmp_path / "here"
    path.mkdir()
    monkeypatch.chdir(path)
    return path


@pytest.fixture
def generate(folder, monkeypatch, capsys):
    """``vitascope generate`` with the fake model: its exit code and its sentence; looks that nothing is left."""
    monkeypatch.setattr(choose, "open_backend", lambda model: MovingGradient())

    def run(*arguments):
        before = sorted(folder.rglob("*"))
        with pytest.raises(SystemExit) as ended:
            app(["generate", *arguments])
        told = capsys.readouterr()
        assert "" == told.out
        assert "Traceback" not in told.err
        assert before == sorted(folder.rglob("*"))
        return ended.value.code, told.err

    return run


@pytest.mark.parametrize(
    ("prompt", "sentence"),
    [
        ("", "The prompt is empty."),
        ("  \t\n ", "The prompt is empty."),
        ("x" * 32_001, "The prompt has 32,001 characters; the most is 32,000."),
        ("a dog\x07 jumps", "The prompt has the control character U+0007 at position 6."),
        ("a dog\udcff jumps", "U+DCFF at position 6"),  # bytes that are no UTF-8
        ("qwxz blorft", "I know nothing named in 'qwxz blorft'."),
    ],
)
def test_a_prompt_nobody_can_read(generate, prompt, sentence):
    """Empty, endless, garbled and unknown prompts are told apart."""
    code, told = generate(prompt)

    assert 2 == code
    assert sentence in told
    assert 1 == told.count("\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--size", "0x0"), "A size of 0x0 is not possible: each side must be 16 to 4096 pixels."),
        (("--size", "-64x64"), "A size of -64x64 is not possible"),
        (("--size", "99999x99999"), "A size of 99999x99999 is not possible"),
        (("--size", "wide"), "The size 'wide' is not WIDTHxHEIGHT in pixels; write it like 640x360."),
        (("--size", ""), "The size '' is not WIDTHxHEIGHT"),
        (("--seconds", "0"), "A length of 0 seconds is not possible: it must be more than 0 and at most 60."),
        (("--seconds", "-1"), "A length of -1 seconds"),
        (("--seconds", "10000"), "A length of 10000 seconds"),
        (("--seconds", "nan"), "A length of nan seconds"),
        (("--fps", "0"), "A frame rate of 0 is not possible: it must be 1 to 60."),
        (("--fps", "1000"), "A frame rate of 1000"),
        (("--steps", "0"), "0 steps are not possible: it must be 1 to 100."),
        (("--seed", "-1"), "The seed -1 is not possible"),
        (("--seed", str(2**63)), "The seed 9223372036854775808 is not possible"),
        (("-o", "clip.avi"), "Cannot write clip.avi: I write .mp4, .webm and .gif, not '.avi'."),
        (("-o", "clip"), "I write .mp4, .webm and .gif"),
        (("-o", "missing/clip.mp4"), "Cannot write missing/clip.mp4: No such file or directory."),
        (("-o", f"{'x' * 300}.mp4"), "File name too long"),
        (("-o", "/sys/kernel/clip.mp4"), "Cannot write /sys/kernel/clip.mp4"),  # not writable, even by root
        (("--image", "missing.png"), "The picture missing.png cannot be read: No such file or directory."),
        (("--image", ""), "The current folder, which an empty name means too, is a folder, not a picture."),
    ],
)
def test_a_wish_that_cannot_be(generate, arguments, sentence):
    """Sizes, lengths, rates, seeds and places beyond the limits are refused, and the limits are named."""
    code, told = generate(PROMPT, *arguments)

    assert 2 == code
    assert sentence in told
    assert 1 == told.count("\n")


@pytest.mark.parametrize(
    ("option", "limits"),
    [
        ("--seconds", "Length in seconds, up to 60."),
        ("--fps", "Frames a second, 1 to 60."),
        ("--seed", "The same seed gives the same frames. Default: drawn."),
        ("--steps", "Steps from noise to clip, 1 to 100."),
    ],
)
def test_a_number_that_is_none(generate, option, limits):
    """Text where a number belongs is refused in one line, with the option and its limits."""
    code, told = generate(PROMPT, option, "many")

    assert 2 == code
    assert told.startswith(f"Invalid value for '{option}': ")
    assert told.endswith(f". {limits}\n")
    assert 1 == told.count("\n")


def test_a_prompt_that_was_forgotten(generate):
    """What is missing is named in one line, with what belongs there."""
    code, told = generate("-o", "clip.mp4")

    assert 2 == code
    assert told.lower().startswith("missing argument 'prompt'. what to show: ")
    assert 1 == told.count("\n")


def test_a_folder_that_is_a_file(generate, folder):
    """A file in place of the folder is named."""
    (folder / "taken").write_text("not a folder")

    code, told = generate(PROMPT, "-o", "taken/clip.mp4")

    assert (2, True) == (code, "Not a directory" in told)


def _text(path):
    path.write_text("This is not a picture. " * 20)


def _truncated(path):
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (200, 200, 3), np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[:20_000])


def _huge(path):
    """A PNG that says it is 20,000 x 20,000 and stops there: who looks at sizes first needs no more."""
    header = b"IHDR" + struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    chunks = (
        struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in (header, b"IDAT")
    )
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))


def _animated(path):
    frames = [Image.new("RGB", (32, 32), (shade, 0, 0)) for shade in (0, 100, 200)]
    frames[0].save(path, save_all=True, append_images=frames[1:])


@pytest.mark.parametrize(
    ("draw", "name", "sentence"),
    [
        (_text, "a.png", "is not a PNG, JPEG or WebP picture"),
        (_truncated, "a.png", "a.png (20,000 bytes) is damaged or cut short"),
        (_huge, "a.png", "a.png is 20000x20000 (400 megapixels); a first frame may have 40. Make it smaller.\n"),
        (_animated, "a.png", "a.png is animated (3 frames)"),
        (_animated, "a.webp", "a.webp is animated (3 frames)"),
        (Path.mkdir, "a.png", "a.png is a folder, not a picture."),
    ],
)
def test_a_picture_that_is_none(generate, folder, draw, name, sentence):
    """A first frame that is text, cut short, huge or animated is refused with what it is."""
    draw(folder / name)

    code, told = generate(PROMPT, "--image", name)

    assert 2 == code
    assert sentence in told
    assert 1 == told.count("\n")


def test_a_model_that_is_none(folder, capsys, monkeypatch):
    """An unknown model names those there are."""
    (folder / "s.json").write_text(preset_to_json(PRESET))
    monkeypatch.setattr(choose, "open_backend", partial(choose.open_backend, folder=folder))

    with pytest.raises(SystemExit) as ended:
        app(["generate", PROMPT, "--model", "../xs"])

    assert 2 == ended.value.code
    assert "There is no model '../xs'. Choose one of: s." in capsys.readouterr().err


@pytest.mark.parametrize("damage", ["cut short", "damaged"])
def test_weights_that_are_damaged(folder, capsys, monkeypatch, damage):
    """A weights file cut short or with one flipped byte is not the user's mistake; the hashes are named."""
    stored = save({"w": np.ones(1000, np.float32)})
    (folder / "s.json").write_text(preset_to_json(replace(PRESET, weights_sha256=hashlib.sha256(stored).hexdigest())))
    broken = stored[:2000] if damage == "cut short" else stored[:3000] + b"\x01" + stored[3001:]
    (folder / "s.safetensors").write_bytes(broken)
    monkeypatch.setattr(choose, "open_backend", partial(choose.open_backend, folder=folder))

    with pytest.raises(SystemExit) as ended:
        app(["generate", PROMPT])
    told = capsys.readouterr().err

    assert 1 == ended.value.code
    assert damage in told
    assert f"{len(broken):,}" in told
    assert hashlib.sha256(stored).hexdigest() in told
    assert hashlib.sha256(broken).hexdigest() in told
    assert {"s.json", "s.safetensors"} == {path.name for path in folder.iterdir()}


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("name", ["clip.mp4", "clip.webm"])
def test_stopped_in_the_middle(folder, sent, code, name):
    """Ctrl-C and a polite kill in the middle of a render leave no half file, and an earlier one as it was."""
    (folder / name).write_bytes(b"an earlier clip")
    process = subprocess.Popen(
        [*FAKE, "generate", PROMPT, "-o", name],
        env=os.environ | {"FAKE_PAUSE": "0.1"},
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while len(list(folder.iterdir())) < 2 and time.monotonic() < deadline:  # until the draft is begun
        time.sleep(0.02)
    time.sleep(0.3)

    process.send_signal(sent)
    told = process.communicate(timeout=30)[1]

    assert code == process.returncode
    assert "Traceback" not in told
    assert [name] == [path.name for path in folder.iterdir()]
    assert b"an earlier clip" == (folder / name).read_bytes()


_INTERRUPTED_AT_IMPORT = """
import os, signal, sys
from importlib import import_module

class CtrlC:
    def find_spec(self, name, path=None, target=None):
        if name == sys.argv[1]:
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)  # who is started in the background has it ignored
sys.meta_path.insert(0, CtrlC())
room, _, name = sys.argv[2].partition(":")
getattr(import_module(room), name)()
"""


@pytest.mark.parametrize("imported", ["typer", "vitascope.cli.bench", "vitascope.cli.worker"])
def test_stopped_before_it_began(folder, imported):
    """Ctrl-C while the commands are still imported ends the installed program as it does later on."""
    entry = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]["scripts"]["vitascope"]

    ended = subprocess.run(
        [sys.executable, "-c", _INTERRUPTED_AT_IMPORT, imported, entry], capture_output=True, text=True
    )

    assert (130, "", "Interrupted; no file was left behind.\n") == (ended.returncode, ended.stdout, ended.stderr)


def test_stopped_while_options_are_read(generate, monkeypatch):
    """Typer itself would leave without a word."""

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(TyperGroup, "parse_args", interrupted)

    assert (130, "Interrupted; no file was left behind.\n") == generate(PROMPT)


def _small_disk(folder):
    """A command prefix under which ``folder`` has 24 KB, and what else the process needs for that."""
    mount = f"mount -t tmpfs -o size=24k none {folder}"
    if (
        shutil.which("unshare")
        and not subprocess.run(["unshare", "-rm", "sh", "-c", mount], capture_output=True).returncode
    ):
        look = f"ls -A {folder} >&2"
        return ["unshare", "-rm", "sh", "-c", f'{mount} && cd {folder} && "$@"; code=$?; {look}; exit $code', "-"], None
    # Where no disk may be mounted, files that may not grow fail in the same place, with another reason.
    return [], lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (24_000, 24_000))


def test_a_full_disk(folder):
    """A disk that fills up in the middle of a render is named, and nothing is left on it."""
    prefix, limit = _small_disk(folder)

    ended = subprocess.run(
        [*prefix, *FAKE, "generate", PROMPT, "--size", "256x256", "-o", "clip.mp4"],
        capture_output=True,
        text=True,
        preexec_fn=limit,
    )

    assert 2 == ended.returncode, ended.stderr
    assert "Cannot write clip.mp4: " in ended.stderr
    assert "No space left on device (0 of 25 KB are free)." in ended.stderr or not prefix
    assert re.search(r" \([\d,]+ of [\d,]+ KB are free\)\. Choose a folder", ended.stderr)
    assert "Traceback" not in ended.stderr
    assert 1 == ended.stderr.count("\n")  # the sentence, and not one file
    assert [] == list(folder.iterdir())


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("verify", "clip.mp4"), "clip.mp4 cannot be read: No such file or directory."),
        (("verify", "."), ". cannot be read: Is a directory."),
        (("verify", "/dev/null"), "/dev/null cannot be read as a video or picture"),
        (("credits", "clip.MP4"), "clip.MP4 cannot be read: No such file or directory."),
        (("credits", "xq " * 200), "I know nothing named in"),  # longer than any file name
    ],
)
def test_a_file_that_is_none(folder, capsys, words, sentence):
    """One sentence, exit code 2, and nothing is left."""
    with pytest.raises(SystemExit) as ended:
        app([*words])
    told = capsys.readouterr()

    assert (2, "") == (ended.value.code, told.out)
    assert sentence in told.err
    assert 1 == told.err.count("\n")
    assert [] == list(folder.iterdir())
