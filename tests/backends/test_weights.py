"""Checkpoints are read as they were written, or refused with the reason."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest
from fakes import PRESET
from safetensors.numpy import save
from small_codec import CODEC

from vitascope.backends.weights import load, preset_from_json, preset_to_json
from vitascope.errors import WeightsError
from vitascope.text.words import vocabulary_sha256
from vitascope.text.world import EDITIONS, FIRST
from vitascope.types import AnimatorPreset, View


def write(folder, stored, preset=PRESET):
    """A checkpoint of these bytes; returns the path of its preset."""
    (folder / "tiny.safetensors").write_bytes(stored)
    path = folder / "tiny.json"
    path.write_text(preset_to_json(replace(preset, weights_sha256=hashlib.sha256(stored).hexdigest())))
    return path


def test_a_preset_survives_json(tmp_path):
    """What is stored comes back equal, tuples and nested values included."""
    assert preset_from_json(preset_to_json(PRESET), tmp_path) == PRESET


def test_a_learned_codec_and_further_views_survive_json(tmp_path):
    """Either kind of codec comes back as itself."""
    view = View(size=(320, 192), fps=16, frames=(33, 65))
    preset = replace(PRESET, codec=CODEC, views=(view,), sampler=replace(PRESET.sampler, kind="map"))

    assert preset_from_json(preset_to_json(preset), tmp_path) == preset


def test_an_animator_survives_json(tmp_path):
    """And is missing where a preset of an earlier version has none."""
    preset = replace(PRESET, animator=AnimatorPreset(widths=(8, 16), words=4, hidden=8))
    stored = json.loads(preset_to_json(PRESET))
    del stored["animator"]

    assert preset_from_json(preset_to_json(preset), tmp_path) == preset
    assert preset_from_json(json.dumps(stored), tmp_path).animator is None


@pytest.mark.parametrize("alive", [None, (), ("dog", "cat")])
def test_what_is_alive_survives_json(tmp_path, alive):
    """A preset of an earlier version says nothing of it: all things are."""
    stored = json.loads(preset_to_json(replace(PRESET, alive=alive)))

    assert preset_from_json(json.dumps(stored), tmp_path).alive == alive
    del stored["alive"]
    assert preset_from_json(json.dumps(stored), tmp_path).alive is None
    with pytest.raises(WeightsError, match="'alive'"):
        preset_from_json(json.dumps(stored | {"alive": [1]}), tmp_path)


def test_int8_rows_are_multiplied_out(tmp_path):
    """By the scale of each row; the scales themselves are gone."""
    rows, scale = np.int8([[1, -127], [5, 0]]), np.float32([0.5, 2.0])

    weights = load(write(tmp_path, save({"a": rows, "a.scale": scale, "b": np.ones(2, np.float32)})))[1]

    assert {"a", "b"} == set(weights)
    np.testing.assert_array_equal([[0.5, -63.5], [10, 0]], weights["a"])
    assert np.float32 == weights["a"].dtype


def test_a_preset_may_say_more_than_this_version_knows(tmp_path):
    """Entries of a later version are passed over."""
    stored = json.loads(preset_to_json(PRESET)) | {"added_later": 1}

    assert preset_from_json(json.dumps(stored), tmp_path) == PRESET


@pytest.mark.parametrize(
    ("change", "named"),
    [({"fps": "eight"}, "'fps' is 'eight'"), ({"codec": 3}, "JSON object"), ({"size": []}, "'size'")],
)
def test_a_damaged_preset_names_the_entry(tmp_path, change, named):
    """An entry of the wrong kind is named."""
    stored = json.loads(preset_to_json(PRESET)) | change

    with pytest.raises(WeightsError, match=named):
        preset_from_json(json.dumps(stored), tmp_path)


def test_a_preset_without_an_entry_names_it(tmp_path):
    """A missing entry is named."""
    stored = json.loads(preset_to_json(PRESET))
    del stored["fps"]

    with pytest.raises(WeightsError, match="'fps'"):
        preset_from_json(json.dumps(stored), tmp_path)


def test_arrays_come_back(tmp_path):
    """Floats and integers of all stored kinds come back with their shapes."""
    arrays = {
        "a": np.arange(6, dtype=np.float32).reshape(2, 3),
        "b": np.array([-3, 4], np.int8),
        "c": np.float16([[0.5]]),
    }

    preset, loaded = load(write(tmp_path, save(arrays)))

    assert preset.name == "fake"
    assert loaded.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, loaded[name])
        assert array.dtype == loaded[name].dtype
        assert loaded[name].flags.writeable  # a runtime may share them


def test_bfloat16_is_widened(tmp_path):
    """A bfloat16 is the upper half of the float32 it becomes."""
    values = np.array([1.0, -2.5, 3.140625], np.float32)
    halves = (values.view(np.uint32) >> 16).astype("<u2").tobytes()
    header = json.dumps({"w": {"dtype": "BF16", "shape": [3], "data_offsets": [0, 6]}}).encode()

    _, loaded = load(write(tmp_path, len(header).to_bytes(8, "little") + header + halves))

    np.testing.assert_array_equal(values, loaded["w"])
    assert loaded["w"].dtype == np.float32


def test_a_flipped_byte_names_both_hashes(tmp_path):
    """One byte flipped anywhere is refused with the hash found and the hash recorded."""
    stored = save({"a": np.ones(64, np.float32)})
    path = write(tmp_path, stored)
    for place in (0, 6, 20, len(stored) - 1):
        flipped = bytearray(stored)
        flipped[place] ^= 1
        path.with_suffix(".safetensors").write_bytes(flipped)

        with pytest.raises(WeightsError) as refused:
            load(path)

        assert hashlib.sha256(stored).hexdigest() in str(refused.value)
        assert hashlib.sha256(flipped).hexdigest() in str(refused.value)


@pytest.mark.parametrize("kept", [0, 5, 40, 200])
def test_a_file_cut_short_is_named_with_its_length(tmp_path, kept):
    """A cut file tells how much of it is there."""
    stored = save({"a": np.ones(64, np.float32)})
    path = write(tmp_path, stored)
    path.with_suffix(".safetensors").write_bytes(stored[:kept])

    with pytest.raises(WeightsError, match=rf"cut short \({kept} bytes of at least"):
        load(path)


def test_missing_weights_are_named(tmp_path):
    """A preset without its weights names the file that is missing."""
    path = write(tmp_path, b"")
    path.with_suffix(".safetensors").unlink()

    with pytest.raises(WeightsError, match=r"tiny\.safetensors cannot be read"):
        load(path)


def test_other_words_are_refused(tmp_path):
    """A model that was taught another word list is refused, though its file is whole."""
    other = replace(PRESET, vocabulary_sha256="0" * 64)

    for known in map(vocabulary_sha256, EDITIONS):
        own = replace(PRESET, vocabulary_sha256=known)
        assert load(write(tmp_path, save({}), own))[0].vocabulary_sha256 == known
    with pytest.raises(WeightsError, match=rf"other words .*\({vocabulary_sha256(FIRST)}, "):
        load(write(tmp_path, save({}), other))
