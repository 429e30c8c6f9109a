"""Checkpoints on disk: a safetensors file and, beside it, its preset as JSON, which records the hash of the weights.

The file is read by hand; it is simple enough (https://huggingface.co/docs/safetensors, "Format"): eight bytes length
N, N bytes of JSON header, then the arrays. NumPy has no bfloat16, so those are widened to float32 on the way in. An
int8 matrix comes with ``<name>.scale``, one float a row (see training/rows8.py), and is multiplied out here: half the
bytes on disk, the same arithmetic afterwards.
"""

import hashlib
import json
from dataclasses import asdict, fields
from math import prod
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import numpy as np
import numpy.typing as npt

from vitascope.errors import WeightsError
from vitascope.text.words import edition_of, vocabulary_sha256
from vitascope.text.world import EDITIONS
from vitascope.types import (
    AnimatorPreset,
    CodecPreset,
    ConvPreset,
    LappedPreset,
    NetPreset,
    Preset,
    SamplerPreset,
    View,
)

Arrays = dict[str, npt.NDArray[Any]]
"""Arrays of a checkpoint by name: floats as they are, but bfloat16 and int8 rows as float32."""

SCALE = ".scale"
"""Ends the name of the array that holds the scale of each row of an int8 matrix."""

_Value = TypeVar("_Value", LappedPreset, ConvPreset, NetPreset, AnimatorPreset, SamplerPreset, Preset, View)
_DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4", "I8": "i1", "U8": "u1"}
_LONGEST_HEADER = 100_000_000  # the limit of the format
_MEND = "Install Vitascope again, or fetch the file again."


def load(preset_path: Path) -> tuple[Preset, Arrays]:
    """The checkpoint whose preset lies at ``preset_path`` and whose weights lie beside it as ``.safetensors``.

    Raises WeightsError where a file is missing, cut short, or differs from the hash the preset records, and where the
    model was taught other words than this version knows.
    """
    preset = load_preset(preset_path)
    _check_words(preset.vocabulary_sha256, preset_path)
    path = preset_path.with_suffix(".safetensors")
    stored = _bytes(path)
    _check_hash(stored, preset.weights_sha256, path)
    return preset, _arrays(stored)


def require_fit(preset: Preset, arrays: Arrays, path: Path) -> None:
    """Raises WeightsError where the arrays are not of the network that the preset beside them describes.

    A hash of the weights tells nothing of the preset: with a block too few it would paint, and paint badly.
    """
    for name, wanted in _described(preset).items():
        found = arrays[name].shape if name in arrays else None
        if found != wanted:
            raise WeightsError(
                f"{path} describes another network than its weights are of: {name} is {found}, not {wanted}. {_MEND}"
            )
    for prefix, depth in (("blocks.", preset.net.depth), ("text.blocks.", preset.net.text_depth)):
        found_depth = len({name.removeprefix(prefix).partition(".")[0] for name in arrays if name.startswith(prefix)})
        if found_depth != depth:
            raise WeightsError(f"{path} describes {depth} {prefix[:-1]}, and its weights have {found_depth}. {_MEND}")


def _described(preset: Preset) -> dict[str, tuple[int, ...]]:
    """Shapes of arrays that show each size of a network."""
    net = preset.net
    return {
        "stem.weight": (net.width, preset.codec.channels),
        "six.weight": (6 * net.width * net.modulations, net.width),
        "blocks.0.attention.query_norm.weight": (net.width // net.heads,),
        "blocks.0.feed.down.weight": (net.width, net.hidden),
        "text.order": (net.words, net.text_width),
        "text.token.weight": (net.vocabulary, net.text_width),
        "text.blocks.0.attention.query_norm.weight": (net.text_width // net.text_heads,),
    }


def load_preset(preset_path: Path) -> Preset:
    """The preset stored at ``preset_path``. Raises WeightsError where it is missing or damaged."""
    return preset_from_json(_bytes(preset_path).decode(errors="replace"), preset_path)


def preset_to_json(preset: Preset) -> str:
    """A preset as the JSON text that is stored beside its weights."""
    return json.dumps(asdict(preset), indent=2) + "\n"


def preset_from_json(text: str, path: Path) -> Preset:
    """The preset a JSON text describes; entries it does not know are passed over. ``path`` is named in errors.

    Raises WeightsError naming the entry that is missing or of the wrong kind.
    """
    try:
        stored = json.loads(text)
    except ValueError as error:
        raise WeightsError(f"{path} is not a preset: {error}. {_MEND}") from error
    return _value(Preset, stored, path)


def _value(kind: type[_Value], stored: object, path: Path) -> _Value:
    if not isinstance(stored, dict):
        raise WeightsError(f"{path} is damaged: a JSON object was expected, not {str(stored)[:40]!r}. {_MEND}")
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind) if field.name in stored]
    entries: dict[str, Any] = {name: _entry(hints[name], stored[name], name, path) for name in names}
    try:
        return kind(**entries)
    except TypeError as error:  # names the missing entries
        raise WeightsError(f"{path} is damaged: {error}. {_MEND}") from error


def _entry(hint: object, stored: object, name: str, path: Path) -> object:
    """One entry as its field declares it: a nested value, a tuple of whole numbers, a literal, or a plain value."""
    if hint == CodecPreset:
        learned = isinstance(stored, dict) and stored.get("kind") == "conv"
        return _value(ConvPreset, stored, path) if learned else _value(LappedPreset, stored, path)
    if hint == AnimatorPreset | None:
        return None if stored is None else _value(AnimatorPreset, stored, path)
    if hint is NetPreset:
        return _value(NetPreset, stored, path)
    if hint is SamplerPreset:
        return _value(SamplerPreset, stored, path)
    if hint == tuple[View, ...] and isinstance(stored, list):
        return tuple(_value(View, view, path) for view in stored)
    value = tuple(stored) if isinstance(stored, list) else stored
    if not _is_of(hint, value):
        raise WeightsError(f"{path} is damaged: {name!r} is {str(stored)[:40]!r}, of the wrong kind. {_MEND}")
    return value


def _is_of(hint: object, value: object) -> bool:
    if hint == tuple[str, ...] | None:
        return value is None or (isinstance(value, tuple) and all(isinstance(word, str) for word in value))
    if get_origin(hint) is tuple:
        return isinstance(value, tuple) and len(value) > 0 and all(isinstance(item, int) for item in value)
    if get_args(hint):  # a literal
        return value in get_args(hint)
    return isinstance(value, int | float) if hint is float else isinstance(hint, type) and isinstance(value, hint)


def _bytes(path: Path) -> bytearray:
    """The file, writable in memory: OpenVINO shares only writable arrays, others it copies."""
    try:
        stored = bytearray(path.stat().st_size)
        with path.open("rb") as file:
            file.readinto(stored)
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror}. {_MEND}") from error
    return stored


def _check_words(recorded: str, path: Path) -> None:
    """A changed word list would give every word another meaning, and no file would look damaged."""
    try:
        edition_of(recorded)
    except KeyError as error:
        known = ", ".join(vocabulary_sha256(edition) for edition in EDITIONS)
        message = (
            f"{path} is of a model with other words (sha256 {recorded}) than this version knows ({known}). {_MEND}"
        )
        raise WeightsError(message) from error


def _check_hash(stored: bytearray, recorded: str, path: Path) -> None:
    found = hashlib.sha256(stored).hexdigest()
    if found == recorded:
        return
    whole = _whole_length(stored)
    size = f"{len(stored):,} bytes"
    state = f"cut short ({size} of at least {whole:,})" if len(stored) < whole else f"damaged ({size})"
    raise WeightsError(f"{path} is {state}: its sha256 is {found}, recorded is {recorded or 'none'}. {_MEND}")


def _whole_length(stored: bytearray) -> int:
    """Bytes the file should have by its own header, at least; 0 where a damaged header does not tell."""
    start = 8 + int.from_bytes(stored[:8], "little")
    if start > len(stored):
        return start if start < _LONGEST_HEADER else 0
    try:
        return start + max(int(entry["data_offsets"][1]) for entry in _header(stored).values())
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        return 0  # a flipped byte in the header: the hash already tells


def _header(stored: bytearray) -> dict[str, Any]:
    header: dict[str, Any] = json.loads(stored[8 : 8 + int.from_bytes(stored[:8], "little")])
    header.pop("__metadata__", None)
    return header


def _arrays(stored: bytearray) -> Arrays:
    """The arrays of a file whose hash was right, so nothing in it needs doubting."""
    start = 8 + int.from_bytes(stored[:8], "little")
    found = {
        name: _array(stored, entry["dtype"], tuple(entry["shape"]), start + entry["data_offsets"][0])
        for name, entry in _header(stored).items()
    }
    scales = {name.removesuffix(SCALE): found.pop(name) for name in list(found) if name.endswith(SCALE)}
    return found | {name: widened(found[name], scale) for name, scale in scales.items()}


def widened(rows: npt.NDArray[np.int8], scale: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Rows of whole numbers times the scale of each, float32."""
    return np.multiply(rows, scale[:, None], dtype=np.float32)


def _array(stored: bytearray, dtype: str, shape: tuple[int, ...], start: int) -> npt.NDArray[Any]:
    raw = np.frombuffer(stored, _DTYPES[dtype], prod(shape), start).reshape(shape)
    if dtype != "BF16":
        return raw
    return (raw.astype(np.uint32) << 16).view(np.float32)  # bfloat16 is the upper half of a float32
