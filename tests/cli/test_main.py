"""The command line as a whole: it starts at once, lists what there is, and tells where a file comes from."""

import json
import subprocess
import sys

import pytest
from fakes import MovingGradient
from PIL import Image

import vitascope
from vitascope.cli.main import app
from vitascope.pipeline import render
from vitascope.types import Request


def run(capsys, *arguments):
    """Exit code and output of the command line."""
    with pytest.raises(SystemExit) as ended:
        app(list(arguments))
    return ended.value.code, capsys.readouterr().out


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """A clip with one artist in its seal."""
    to = tmp_path_factory.mktemp("clips") / "a.mp4"
    request = Request(prompt="a cat jumps", seed=1, size=(128, 128))
    return render(request, to=to, backend=MovingGradient(), tick=lambda _: None, thanks=("Ada: cat",))


def test_the_version_is_that_of_the_package(capsys):
    """``--version`` prints name and version."""
    assert (0, f"vitascope {vitascope.__version__}\n") == run(capsys, "--version")


def test_help_names_every_command(capsys):
    """``--help`` lists the commands with a sentence each."""
    code, told = run(capsys, "--help")

    assert 0 == code
    for command in ("generate", "models", "credits", "verify"):
        assert f"  {command} " in told


def test_models_tells_what_can_be_asked(capsys):
    """The models and the whole world they know, as text and as JSON."""
    code, told = run(capsys, "models")
    listed = json.loads(run(capsys, "models", "--json")[1])

    assert 0 == code
    assert "police car" in told
    assert {"models", "knows"} == listed.keys()
    assert 120 == len(listed["knows"]["things"])


def test_credits_of_everybody_of_words_and_of_a_file(capsys, clip):
    """Without words all artists, with words those of the named things, with a file those its seal names."""
    everybody, parrot = run(capsys, "credits")[1], run(capsys, "credits", "a", "parrot")[1]

    assert "Microsoft Corporation: dog, cat" in everybody
    assert "Microsoft Corporation: parrot (MIT" in parrot

    told = json.loads(run(capsys, "credits", str(clip.path), "--json")[1])
    assert {"credits", "nearest", "composition"} == told.keys()
    assert ["Ada: cat"] == told["credits"]
    assert 5 == len(told["nearest"])
    for near in told["nearest"]:
        assert {"work", "title", "authors", "licence", "distance", "flagged"} == near.keys()
        assert near["distance"] >= 0
    assert {"ratio", "threshold", "known", "flagged"} == told["composition"].keys()
    assert told["composition"]["known"] > 10_000
    assert 0 < told["composition"]["ratio"] <= 1


def test_verify_knows_its_own(capsys, clip):
    """A file made here: exit code 0, and JSON that names its mark as hexadecimal text."""
    code, told = run(capsys, "verify", str(clip.path), "--json")
    report = json.loads(told)

    assert 0 == code
    assert report["made_here"]
    assert f"{clip.mark_id:016x}" == report["credential"]["mark_id"]
    assert "Made here" in run(capsys, "verify", str(clip.path))[1]


def test_verify_does_not_claim_others(capsys, clip, tmp_path):
    """A picture from elsewhere ends with 1, something unreadable with 2."""
    text = tmp_path / "a.mp4"
    text.write_text("no film")
    stranger = tmp_path / "b.gif"
    Image.new("RGB", (128, 128), (90, 120, 40)).save(stranger)

    assert 1 == run(capsys, "verify", str(stranger))[0]
    assert 2 == run(capsys, "verify", str(text))[0]
    assert 2 == run(capsys, "verify", str(tmp_path / "missing.mp4"))[0]


def test_a_pipe_that_closes_is_no_crash():
    """``vitascope models | head -1`` ends quietly."""
    program = "from vitascope.cli.main import app; app(['models'])"
    reader = f'{sys.executable} -c "{program}" | head -c 1'

    ended = subprocess.run(["sh", "-c", reader], capture_output=True, text=True)

    assert "Traceback" not in ended.stderr
    assert "BrokenPipe" not in ended.stderr


def test_a_mistake_of_ours_is_one_line_too():
    """An error that is none of the tree ends with 1 and says what and where, for the report, without a traceback."""
    broken = (
        "from vitascope.backends import choose; from vitascope.cli.main import app; "
        "choose.models = None; app(['models'])"
    )

    ended = subprocess.run([sys.executable, "-c", broken], capture_output=True, text=True)

    assert 1 == ended.returncode
    assert "" == ended.stdout
    assert ended.stderr.startswith("Vitascope failed where it should not: TypeError: 'NoneType' object is not callable")
    assert "models.py, line" in ended.stderr
    assert 1 == ended.stderr.count("\n")
