"""The one place that knows which models there are and which backend carries each; loads them late."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from vitascope.backends.base import Backend
from vitascope.backends.weights import load, load_preset, require_fit
from vitascope.errors import ModelError
from vitascope.settings import settings
from vitascope.types import ConvPreset, Floats, Preset

if TYPE_CHECKING:
    from vitascope.backends.openvino import OpenVinoRuntime

SHIPPED = Path(__file__).parents[1] / "weights"
"""Folder of the models that come with the package: ``<name>.json`` and ``<name>.safetensors``."""


def open_backend(model: str, *, folder: Path = SHIPPED, threads: int | None = None) -> Backend:
    """Open the model of that name; this may take a second, what it returns is ready.

    ``threads`` None takes their number from the settings.

    Raises ModelError naming the models there are, WeightsError where the file is damaged.
    """
    preset_path = _presets(folder).get(model)
    if preset_path is None:
        raise ModelError(f"There is no model {model[:40]!r}. {_choice(folder)}")
    return _open_native(preset_path, settings().threads if threads is None else threads)


def preset_of(model: str, *, folder: Path = SHIPPED) -> Preset:
    """The preset of the model of that name, without its weights. Raises ModelError, WeightsError."""
    preset_path = _presets(folder).get(model)
    if preset_path is None:
        raise ModelError(f"There is no model {model[:40]!r}. {_choice(folder)}")
    return load_preset(preset_path)


def models(*, folder: Path = SHIPPED) -> tuple[Preset, ...]:
    """The models that can be asked for, by name. Raises WeightsError where a preset is damaged."""
    return tuple(load_preset(path) for path in _presets(folder).values())


def _open_native(preset_path: Path, threads: int) -> Backend:
    """The embedded model on OpenVINO. Imported here, since loading OpenVINO takes longer than refusing a prompt."""
    from vitascope.backends.openvino import OpenVinoRuntime

    preset, weights = load(preset_path)
    require_fit(preset, weights, preset_path)
    return carried(OpenVinoRuntime(preset, weights, threads=threads, graphs=settings().home / "graphs"), weights)


def carried(runtime: "OpenVinoRuntime", weights: Mapping[str, Floats]) -> Backend:
    """The backend on a runtime: with its learned codec, and with what moves things, where its weights have them."""
    from vitascope.backends.animation import Animation
    from vitascope.backends.conv_codec import ConvCodec
    from vitascope.backends.matte_graph import MatteNet
    from vitascope.backends.native import NativeBackend

    preset = runtime.preset
    codec = ConvCodec(preset.codec, weights, runtime.request) if isinstance(preset.codec, ConvPreset) else None
    if preset.animator is None:
        return NativeBackend(runtime, codec)
    matte = MatteNet(preset.animator, weights, runtime.request)
    return NativeBackend(runtime, codec, animation=Animation(weights, matte, preset.animator.side, preset.alive))


def _presets(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in sorted(folder.glob("*.json"))}


def _choice(folder: Path) -> str:
    names = ", ".join(_presets(folder))
    return f"Choose one of: {names}." if names else f"None is installed: {folder} holds no preset."
