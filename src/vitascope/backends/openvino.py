"""The default runtime: OpenVINO on the CPU, compiled per shape from the weights, remembered in memory and on disk.

Precision is bfloat16 where the CPU multiplies it in hardware, else float32.
"""

import hashlib
import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import openvino as ov

from vitascope.backends import channels
from vitascope.backends.base import Rows, Text
from vitascope.backends.graph import LEVEL_FEATURES, PAIRS, Shape, denoiser, reader
from vitascope.backends.rows import groups, word_seconds
from vitascope.types import Floats, Integers, Preset

Precision = Literal["f32", "bf16"]
Bytes = npt.NDArray[np.uint8]

MIDDLE = 0.5
"""Where words stand in y and x: the middle of the frame."""

KEPT_GRAPHS = 12
"""Compiled graphs kept on disk, newest first; one of the smallest model takes 60 MB. A model asks for two to five."""


class OpenVinoRuntime:
    """Carries a checkpoint's network on the CPU. Weights are float32 arrays by the names of the torch modules.

    ``threads`` 0 leaves their number to OpenVINO. Graphs are kept in the folder ``graphs`` where one is named and the
    preset records the hash of its weights. The first call of a new length or number of prompts compiles its graph,
    half a second; calls after that do not. Not for several threads at once: a graph carries one call at a time.
    """

    def __init__(
        self,
        preset: Preset,
        weights: Mapping[str, Floats],
        *,
        precision: Precision | None = None,
        threads: int = 0,
        graphs: Path | None = None,
    ) -> None:
        self.preset, self._weights = preset, weights
        self._core = ov.Core()
        self.precision: Precision = precision or best_precision(self._core)
        self._options = _options(self.precision, threads)
        self._folder = graphs if preset.weights_sha256 else None
        self._ready: dict[str, ov.InferRequest] = {}
        self._mapped: list[Bytes] = []  # graphs from disk, which OpenVINO may go on reading where they lie

    @property
    def name(self) -> str:
        """See :class:`vitascope.backends.base.Runtime`."""
        cpu = self._core.get_property("CPU", "FULL_DEVICE_NAME")
        return repr(("openvino", ov.__version__, cpu, sorted(self._options.items())))

    def read(self, words: Mapping[str, Integers], seconds: float) -> Text:
        """See :class:`vitascope.backends.base.Runtime`."""
        branches = len(words["token"])
        request = self.request(f"reader {branches}", lambda: reader(self.preset, self._weights, branches))
        rows_BWE, pooled_BE = _infer(request, words)
        return Text(rows_BWE=rows_BWE, pooled_BE=pooled_BE, time_BW=word_seconds(words["segment"], seconds))

    def denoise(self, text: Text, rows: Rows) -> Floats:
        """See :class:`vitascope.backends.base.Runtime`."""
        now_K, then_K, group_N = groups(rows)
        shape = Shape(branches=len(text.rows_BWE), rows=len(rows.z_ND), groups=_room_for(len(now_K)))
        name = f"denoiser {shape.branches} {shape.rows} {shape.groups}"
        request = self.request(name, lambda: denoiser(self.preset, self._weights, shape))
        mean_D, spread_D = self._weights["mean"], self._weights["spread"]
        angles = turns(rows.position_N3, text.time_BW)
        (answer_BND,) = _infer(
            request,
            {
                "z": channels.evened(rows.z_ND, rows.t_N[:, None], mean_D, spread_D)[None],
                "now": level_features(_padded(now_K, shape.groups)),
                "then": level_features(_padded(then_K, shape.groups)),
                "cos": np.cos(angles),
                "sin": np.sin(angles),
                "rows": text.rows_BWE,
                "pooled": text.pooled_BE,
                "group": group_N,
                "tag": rows.tag_N,
            },
        )
        return channels.restored(answer_BND, mean_D, spread_D)

    def request(self, name: str, build: Callable[[], ov.Model], calls: int = 1) -> ov.InferRequest:
        """The graph of that name, ready to run: remembered, from disk, or compiled now and kept on disk.

        More requests of it may carry ``calls`` at once, which share the threads.
        """
        if name not in self._ready:
            options = self._options | ({"NUM_STREAMS": calls} if calls > 1 else {})
            self._ready[name] = self._compiled(name, build, options).create_infer_request()
        return self._ready[name]

    def _compiled(self, name: str, build: Callable[[], ov.Model], options: dict[str, Any]) -> ov.CompiledModel:
        if self._folder is None:
            return self._core.compile_model(build(), "CPU", options)
        path = self._folder / f"{self._key(name, options)}.graph"
        stored = load_graph(path)
        if stored is not None:
            try:
                imported = self._core.import_model(ov.Tensor(stored, shared_memory=True), "CPU", options)
            except RuntimeError:  # whole, but not to OpenVINO's liking: the compiler never fails where this does
                path.unlink(missing_ok=True)
            else:
                self._mapped.append(stored)
                return imported
        compiled = self._core.compile_model(build(), "CPU", options)
        save_graph(path, compiled.export_model().getvalue())
        return compiled

    def _key(self, name: str, options: Mapping[str, Any]) -> str:
        """Names all a compiled graph depends on."""
        cpu = self._core.get_property("CPU", "FULL_DEVICE_NAME")
        of = (self.preset.weights_sha256, self.preset.net, self.preset.codec, self.preset.animator)
        facts = (name, of, ov.__version__, cpu, sorted(options.items()))
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


def best_precision(core: ov.Core) -> Precision:
    """The fastest precision the CPU has in hardware."""
    return "bf16" if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"


def turns(position_N3: Floats, time_BW: Floats) -> Floats:
    """Rotary angles of words and clip rows together, ``(B, W + N, 1, 1, 32)``: as in models/layers.py."""
    words_BW3 = np.stack((time_BW, np.full_like(time_BW, MIDDLE), np.full_like(time_BW, MIDDLE)), axis=-1)
    clip_BN3 = np.broadcast_to(position_N3, (len(time_BW), *position_N3.shape))
    angles = np.concatenate((words_BW3, clip_BN3), axis=1) @ frequencies()
    return np.asarray(angles[:, :, None, None], np.float32)


def frequencies() -> Floats:
    """Radians per unit of seconds, y and x, ``(3, 32)``: as in models/layers.py."""
    table = np.zeros((3, PAIRS))
    table[0, :8] = np.geomspace(0.05, 1.0, 8)
    table[1, 8:20] = table[2, 20:] = np.geomspace(0.25, 4.0, 12)
    return np.asarray(2 * np.pi * table, np.float32)


def level_features(level_K: Floats) -> Floats:
    """Sinusoids of noise levels, ``(K, 128)``: as in models/layers.py."""
    speeds = np.exp(np.linspace(0.0, math.log(1000.0), LEVEL_FEATURES // 2, dtype=np.float32))
    angles = level_K[:, None] * speeds
    return np.concatenate((np.cos(angles), np.sin(angles)), axis=1)


def load_graph(path: Path) -> Bytes | None:
    """What :func:`save_graph` kept, mapped, or None where nothing is there or it was damaged.

    OpenVINO imports a graph with flipped bytes without a word and answers nonsense, so the hash is ours to check. It
    copies what it reads from a stream three times; a mapped file of 94 MB costs 184 MB less and half the time.
    """
    try:
        stored = np.memmap(path, np.uint8, "c")  # OpenVINO wants memory that may be written; the file stays as it is
    except (OSError, ValueError):  # of no bytes nothing can be mapped
        return None
    digest, graph = stored[:32], stored[32:]
    return graph if hashlib.sha256(graph.data).digest() == digest.tobytes() else None


def save_graph(path: Path, graph: bytes) -> None:
    """Keeps a compiled graph behind its hash, whole or not at all, and lets the oldest go.

    A folder that cannot be written costs the next start half a second, nothing else, so nobody is told.
    """
    part = path.with_suffix(".part")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(hashlib.sha256(graph).digest() + graph)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        _forget_oldest(path.parent)


def _forget_oldest(folder: Path) -> None:
    newest = sorted(folder.glob("*.graph"), key=lambda kept: kept.stat().st_mtime, reverse=True)
    for old in newest[KEPT_GRAPHS:]:
        old.unlink(missing_ok=True)


def _options(precision: Precision, threads: int) -> dict[str, Any]:
    options: dict[str, Any] = {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"}
    return options | ({"INFERENCE_NUM_THREADS": threads} if threads else {})


def _room_for(num_groups: int) -> int:
    """Groups a graph is compiled for: a power of two, so that a change of levels seldom compiles anew."""
    return max(2, 1 << (num_groups - 1).bit_length())


def _padded(level_K: Floats, num_groups: int) -> Floats:
    return np.pad(level_K, (0, num_groups - len(level_K)))


def _infer(request: ov.InferRequest, given: Mapping[str, npt.NDArray[Any]]) -> list[Floats]:
    """Runs a graph; what comes back is ours to keep, not the graph's memory."""
    contiguous = {name: np.ascontiguousarray(array) for name, array in given.items()}
    return [np.array(answer, np.float32) for answer in request.infer(contiguous).values()]
