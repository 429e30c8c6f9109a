"""Models are opened by name, late, and without torch."""

import hashlib
import subprocess
import sys
from dataclasses import replace

import pytest
from fakes import PRESET
from nets import random_weights
from safetensors.numpy import save

from vitascope.backends.choose import models, open_backend
from vitascope.backends.weights import load_preset, preset_to_json
from vitascope.errors import ModelError, WeightsError

OPEN = """
import sys
from pathlib import Path
from vitascope.backends.choose import open_backend
assert "openvino" not in sys.modules, "openvino was loaded before it was needed"
assert open_backend("tiny", folder=Path(sys.argv[1])).preset.name == "tiny"
assert "openvino" in sys.modules
assert not {"torch", "vitascope.models", "vitascope.training"} & set(sys.modules)
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with one model, of random weights."""
    stored = save(random_weights(PRESET))
    preset = replace(PRESET, name="tiny", weights_sha256=hashlib.sha256(stored).hexdigest())
    (tmp_path / "tiny.safetensors").write_bytes(stored)
    (tmp_path / "tiny.json").write_text(preset_to_json(preset))
    return tmp_path


def test_opening_a_model_loads_no_torch(folder):
    """And OpenVINO only when a model is opened."""
    done = subprocess.run([sys.executable, "-c", OPEN, str(folder)], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


def test_an_unknown_model_is_refused_with_those_there_are(folder):
    """By name, cut to a length that fits a line."""
    with pytest.raises(ModelError, match=r"There is no model 'big'\. Choose one of: tiny\."):
        open_backend("big", folder=folder)


def test_an_empty_folder_says_so(tmp_path):
    """No model at all is another story than the wrong name."""
    with pytest.raises(ModelError, match="None is installed"):
        open_backend("tiny", folder=tmp_path)


def test_damaged_weights_are_not_opened(folder):
    """One flipped byte is enough."""
    path = folder / "tiny.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")

    with pytest.raises(WeightsError, match="damaged"):
        open_backend("tiny", folder=folder)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"depth": PRESET.net.depth + 1}, "blocks"),
        ({"text_depth": PRESET.net.text_depth + 1}, "text.blocks"),
        ({"width": PRESET.net.width + 32}, "stem.weight"),
        ({"hidden": PRESET.net.hidden + 32}, "feed.down.weight"),
        ({"heads": 2 * PRESET.net.heads}, "query_norm.weight"),
        ({"modulations": PRESET.net.modulations + 1}, "six.weight"),
        ({"words": PRESET.net.words + 1}, "text.order"),
    ],
)
def test_a_preset_of_another_network_is_refused(folder, change, named):
    """Whole weights and their right hash are no reason to paint with a block too few."""
    path = folder / "tiny.json"
    preset = load_preset(path)
    path.write_text(preset_to_json(replace(preset, net=replace(preset.net, **change))))

    with pytest.raises(WeightsError, match=rf"tiny\.json.*{named}"):
        open_backend("tiny", folder=folder)


def test_models_are_listed_by_name(folder):
    """From their presets alone; no weights are read."""
    (folder / "tiny.safetensors").unlink()

    assert [model.name for model in models(folder=folder)] == ["tiny"]
