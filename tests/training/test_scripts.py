"""``make train``: which commands the script calls for which preset.

Python and make are twins that write down what they are asked, and leave the files of a run and of an export.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TWIN = """#!/bin/sh
echo "$*" >> "$CALLED"
while [ $# -gt 1 ]; do
  case $1 in
    --name) mkdir -p "$VITASCOPE_HOME/runs/$2" && touch "$VITASCOPE_HOME/runs/$2/steps.jsonl" ;;
    --to) echo weights >"$2/s.safetensors" && echo preset >"$2/s.json" ;;
  esac
  shift
done
"""


@pytest.fixture
def called(tmp_path):
    """Runs a script for a preset in a house of twins; gives the arguments Python was called with."""
    shutil.copytree(ROOT / "runs", tmp_path / "runs")
    for name in (".venv/bin/python", "twins/make"):
        twin = tmp_path / name
        twin.parent.mkdir(parents=True, exist_ok=True)
        twin.write_text(TWIN)
        twin.chmod(0o755)

    def run(preset, script="train.sh"):
        lines = tmp_path / "called"
        weights = tmp_path / "s.safetensors"
        for part in (weights, weights.with_suffix(".json")):
            part.touch()
        here = {"CALLED": str(lines), "PRESET": preset, "VITASCOPE_HOME": str(tmp_path / "home"), "FROM": str(weights)}
        path = f"{tmp_path / 'twins'}:{os.environ['PATH']}"
        silent = {
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
        }  # a pipe would wait for what it left asleep
        subprocess.run([tmp_path / "runs" / script], env={**here, "PATH": path}, check=False, **silent)
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
    """Its animator first, on a CPU; then clips in place, the flow and its map, on a GPU."""
    lines = [line for line in called("s") if line.startswith("-m vitascope.")]
    modules = [line.split()[1].rsplit(".", 1)[1] for line in lines]

    assert lines[0] == "-m vitascope.corpus.build --edition 2"
    assert ["animator_run", "latents", "latents"] == modules[1:4]
    assert all("--placed" in line and "--device cuda" in line for line in lines if "training.latents" in line)
    assert "run" in modules[4:]
    runs = [line for line in lines if "training.run" in line]
    assert ["--stage map" in line for line in runs] == [False, True]
    assert ["alive", "evals"] == modules[-2:]
    assert not any("training.cache" in line for line in lines)


def test_a_learned_codec_is_learned_first(called):
    """Its preset has a script of its own."""
    lines = [line for line in called("conv") if line.startswith("-m vitascope.")]

    assert lines[0] == "-m vitascope.corpus.build --edition 2"
    assert lines[1].startswith("-m vitascope.training.codec_run --preset conv --device cuda")


def test_a_map_is_taught_from_what_ships_and_keeps_its_animator(called, tmp_path):
    """Stills of every shape before clips; the weights it began with are put aside before the package's are replaced."""
    lines = [line for line in called("s", "cpu-map.sh") if line.startswith("-m vitascope.")]
    drawn = [line for line in lines if "training.latents" in line]
    began = tmp_path / "home" / "began" / "s.safetensors"

    assert lines[0] == "-m vitascope.corpus.build --edition 2"
    assert {"--view 0", "--view 1", "--view 2", "--view 3"} == {line[line.index("--view") :] for line in drawn}
    assert all("--placed" in line for line in drawn)
    run, export, alive, evals = lines[-4:]
    assert "--stage map" in run
    assert f"--from {began}" in run
    assert f"--animator {began}" in export
    assert ["-m vitascope.training.alive", "-m vitascope.training.evals --preset s"] == [alive, evals]
    assert began.exists()
