"""``python -m vitascope.training.samples``: a sheet of a run's clips, made where it trains, to be looked at afterwards.

By torch alone: a borrowed machine has no OpenVINO. Eight prompts, one strip each.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from vitascope.backends.animation import Animation
from vitascope.backends.codec import Codec
from vitascope.backends.native import NativeBackend
from vitascope.backends.torch import TorchMatte, TorchRuntime
from vitascope.backends.weights import load
from vitascope.media.sheets import contact_sheet, save_png
from vitascope.models.codec import ConvNet
from vitascope.text.words import edition_of
from vitascope.training.exam import plan_of, questions
from vitascope.training.footage import as_pixels, as_signal
from vitascope.training.plainly import plainly
from vitascope.types import CodecPreset, ConvPreset, Floats, Pixels, Preset

SHOWN = 6


class TorchCodec:
    """The learned codec in torch, whole clips at once."""

    def __init__(self, preset: ConvPreset, weights: dict[str, Floats], device: str) -> None:
        self.preset: CodecPreset = preset
        self.device = torch.device(device)
        self.net = ConvNet(preset)
        mine = {name.removeprefix("codec."): w for name, w in weights.items() if name.startswith("codec.")}
        self.net.load_state_dict({name: torch.from_numpy(w) for name, w in mine.items()}, strict=True)
        self.net.eval().to(self.device)

    @torch.inference_mode()
    def encode(self, frames_THWC: Pixels) -> Floats:
        """See :class:`vitascope.backends.codec.Codec`."""
        z_KCHW = self.net.encode(as_signal(torch.from_numpy(frames_THWC).to(self.device)[None]))[0]
        rows: Floats = z_KCHW.flatten(2).transpose(1, 2).float().cpu().numpy()
        return rows

    @torch.inference_mode()
    def decode(self, rows_KND: Floats, size: tuple[int, int]) -> Iterator[Pixels]:
        """See :class:`vitascope.backends.codec.Codec`."""
        down, across = size[1] // self.preset.stride, size[0] // self.preset.stride
        rows = torch.from_numpy(np.stack(list(rows_KND))).to(self.device).transpose(1, 2)
        yield from as_pixels(self.net.decode(rows.reshape(1, *rows.shape[:2], down, across)))[0]


def backend(preset: Preset, weights: dict[str, Floats], device: str) -> NativeBackend:
    """A checkpoint wholly in torch."""
    runtime = TorchRuntime(preset, weights, device)
    codec: Codec | None = TorchCodec(preset.codec, weights, device) if isinstance(preset.codec, ConvPreset) else None
    if preset.animator is None:
        return NativeBackend(runtime, codec)
    matte = TorchMatte(preset.animator, weights, device)
    return NativeBackend(runtime, codec, animation=Animation(weights, matte, preset.animator.side, preset.alive))


def main() -> None:
    """Reads an exported preset and writes the sheet."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("preset", type=Path, help="the preset's JSON, its weights beside it")
    parser.add_argument("to", type=Path)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--clips", type=int, default=8)
    asked = parser.parse_args()
    preset, weights = load(asked.preset)
    shown = questions({"seen": asked.clips}, 1, edition_of(preset.vocabulary_sha256))
    painter = backend(preset, weights, asked.device)
    clips = [np.stack(list(painter.render(plan_of(question, preset), lambda _: None))) for question in shown]
    picked = [list(clip[np.linspace(0, len(clip) - 1, SHOWN).round().astype(int)]) for clip in clips]
    save_png(contact_sheet(picked, [question.caption for question in shown]), asked.to)


if __name__ == "__main__":
    plainly(main)
