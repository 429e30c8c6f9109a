"""``make train``: which commands the script calls for which preset. Python and make are twins that only write down."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TWIN = """#!/bin/sh
echo "$*" >> "$CALLED"
"""


@pytest.fixture
def called(tmp_path):
    """Runs ``runs/train.sh`` for a preset in a house of twins; gives the arguments Python was called with."""
    shutil.copytree(ROOT / "runs", tmp_path / "runs")
    for name in (".venv/bin/python", "twins/make"):
        twin = tmp_path / name
        twin.parent.mkdir(parents=True, exist_ok=True)
        twin.write_text(TWIN)
        twin.chmod(0o755)

    def run(preset):
        lines = tmp_path / "called"
        here = {"CALLED": str(lines), "PRESET": preset, "VITASCOPE_HOME": str(tmp_path / "home")}
        path = f"{tmp_path / 'twins'}:{os.environ['PATH']}"
        subprocess.run([tmp_path / "runs" / "train.sh"], env={**here, "PATH": path}, check=False, capture_output=True)
        return lines.read_text().splitlines()

    return run


def test_xs_is_cached_trained_exported_and_examined(called):
    """In that order, first on clips that travel, then on clips in place; what moves them beside the latter."""
    lines = [line for line in called("xs") if line.startswith("-m vitascope.")]
    modules = [line.split()[1].rsplit(".", 1)[1] for line in lines]

    assert modules[:6] == ["build", "cache", "cache", "run", "cache", "cache"]
    assert ["animator_run", "run"] == sorted(modules[6:8])
    assert modules[8:] == ["export", "evals"]
    assert [False, False, True, True] == ["--placed" in line for line in lines if "training.cache" in line]


def test_s_is_drawn_where_it_is_trained_on_its_own_edition(called):
    """Its animator first, on a CPU; then clips in place and the run, on a GPU."""
    lines = [line for line in called("s") if line.startswith("-m vitascope.")]
    modules = [line.split()[1].rsplit(".", 1)[1] for line in lines]

    assert lines[0] == "-m vitascope.corpus.build --edition 2"
    assert ["animator_run", "latents", "latents"] == modules[1:4]
    assert all("--placed" in line and "--device cuda" in line for line in lines if "training.latents" in line)
    assert "run" in modules[4:]
    assert not any("training.cache" in line for line in lines)


def test_a_learned_codec_is_learned_first(called):
    """Its preset has a script of its own."""
    lines = [line for line in called("conv") if line.startswith("-m vitascope.")]

    assert lines[0] == "-m vitascope.corpus.build --edition 2"
    assert lines[1].startswith("-m vitascope.training.codec_run --preset conv --device cuda")
