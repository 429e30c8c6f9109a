"""Commands of training say what is wrong in a sentence."""

import os
import subprocess
import sys

import pytest

pytest.importorskip("torch")

pytestmark = pytest.mark.torch


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("run", "--preset", "s"), "No clips of s yet: python -m vitascope.training.latents draws them."),
        (("export", "--preset", "s"), "There is no whole training state at"),
        (("rounding",), "There is no training state at"),
        (("canaries", "measure"), "There is no training state at"),
        (("copies", "--preset", "s"), "vitascope.corpus.build --edition 2"),
    ],
)
def test_a_command_without_what_it_needs_ends_in_a_sentence(tmp_path, command, said):
    """Status 2, no traceback, and what to do."""
    done = subprocess.run(
        [sys.executable, "-m", f"vitascope.training.{command[0]}", *command[1:]],
        env={**os.environ, "VITASCOPE_HOME": str(tmp_path), "COLUMNS": "300"},
        capture_output=True,
        text=True,
    )

    assert 2 == done.returncode, done.stderr
    assert "Traceback" not in done.stderr
    assert said in done.stderr
