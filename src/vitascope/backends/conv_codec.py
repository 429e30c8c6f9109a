"""The learned codec: 192 numbers of pixels to one of a latent, on the CPU, one latent at a time.

Frames leave as soon as their latent is decoded, so a film is marked and encoded while its end is still rows; what is
remembered in between is one frame a stage, whatever the length. See models/codec.py for the network.

Letters in shapes: T frames, K latents, H W pixels, C colours, N rows, D channels of a row.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np
import numpy.typing as npt
import openvino as ov

from vitascope.backends.codec_graph import Room, decoder, encoder, memory_shapes
from vitascope.types import CodecPreset, ConvPreset, Floats, Pixels

Ask = Callable[[str, Callable[[], ov.Model]], ov.InferRequest]
"""Gives the graph of a name ready to run, built by the second argument where there is none yet."""

_GREY = np.float32(127.5)


class ConvCodec:
    """See the top of the file. Weights are float32 arrays by name, ``codec.`` first."""

    def __init__(self, preset: ConvPreset, weights: Mapping[str, Floats], ask: Ask) -> None:
        self.preset: CodecPreset = preset
        self._conv, self._weights, self._ask = preset, weights, ask

    def encode(self, frames_THWC: Pixels) -> Floats:
        """See :class:`vitascope.backends.codec.Codec`. The first frame fills its latent four times over."""
        _, height, width, _ = frames_THWC.shape
        room = self._room((width, height))
        signal = (frames_THWC.astype(np.float32) - _GREY) / _GREY
        signal_TCHW = np.concatenate([np.repeat(signal[:1], 3, axis=0), signal]).transpose(0, 3, 1, 2)
        request = self._ask(f"encoder {room}", lambda: encoder(self._conv, self._weights, room))
        chunks = signal_TCHW.reshape(-1, self._conv.frames, *signal_TCHW.shape[1:])
        streamed = _streamed(request, "frames", chunks, self._nothing(room, "encoder"))
        return np.stack([_rows(z_1DHW[0]) for z_1DHW in streamed])

    def decode(self, rows_KND: Floats | Iterable[Floats], size: tuple[int, int]) -> Iterator[Pixels]:
        """See :class:`vitascope.backends.codec.Codec`. Asks for the next latent only when its frames are due."""
        room = self._room(size)
        request = self._ask(f"decoder {room}", lambda: decoder(self._conv, self._weights, room))
        grids = (_grid(rows_ND, room)[None] for rows_ND in rows_KND)
        streamed = _streamed(request, "latents", grids, self._nothing(room, "decoder"))
        for number, frames_TCHW in enumerate(streamed):
            made = frames_TCHW if number else frames_TCHW[-1:]  # the first latent of a clip is one frame
            yield from _pixels(made)

    def _room(self, size: tuple[int, int]) -> Room:
        width, height = size
        if width % self._conv.stride or height % self._conv.stride:
            raise ValueError(f"{width}x{height} pixels are not multiples of the stride {self._conv.stride}")
        return Room(latents=1, down=height // self._conv.stride, across=width // self._conv.stride)

    def _nothing(self, room: Room, half: str) -> list[Floats]:
        """The memory at the beginning of a clip."""
        return [np.zeros(shape, np.float32) for shape in memory_shapes(self._conv, room, half)]


def _streamed(
    request: ov.InferRequest, name: str, given: Iterable[npt.NDArray[np.float32]], memory: list[Floats]
) -> Iterator[Floats]:
    """Runs a graph on one piece after the other; each call is told what the last one remembered."""
    for piece in given:
        told = {f"memory{number}": kept for number, kept in enumerate(memory)}
        answers = request.infer({name: np.ascontiguousarray(piece), **told})
        made, *memory = (np.array(answer, np.float32) for answer in answers.values())
        yield made


def _rows(z_DHW: Floats) -> Floats:
    return np.ascontiguousarray(z_DHW.reshape(len(z_DHW), -1).T)


def _grid(rows_ND: Floats, room: Room) -> Floats:
    return np.asarray(rows_ND, np.float32).T.reshape(-1, room.down, room.across)


def _pixels(signal_TCHW: Floats) -> Pixels:
    scaled = np.rint(signal_TCHW.transpose(0, 2, 3, 1) * _GREY + _GREY)
    return np.asarray(np.clip(scaled, 0, 255), np.uint8)
