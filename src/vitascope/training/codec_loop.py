"""The codec's training: by the clock, resumable, for CPU and GPU; a twin of loop.py without words or noise levels."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from vitascope.errors import TrainingError
from vitascope.models import checkpoint
from vitascope.models.codec import ConvNet
from vitascope.training import effort, states
from vitascope.training.codec_loss import Asked, codec_loss
from vitascope.training.footage import Drawn, as_signal
from vitascope.training.loop import schedule
from vitascope.training.precision import autocast
from vitascope.types import ConvPreset, Preset

AVERAGE = 0.998
SAVED = 120.0
"""Seconds between two checkpoints."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bit:
    """What a step of the codec says of itself. ``operations`` are those of one way there and back, three times."""

    step: int
    loss: float
    seen: int  # latents
    seconds: float
    operations: float = 0.0


class CodecTrainer:
    """A codec, its running average, its optimiser, and how far they are."""

    def __init__(self, preset: Preset, rate: float, device: str = "cpu", *, fuse: bool = False) -> None:
        if not isinstance(preset.codec, ConvPreset):
            raise TrainingError(f"The codec of {preset.name} is {preset.codec.kind}: it has nothing to learn.")
        self.preset, self.codec, self.rate, self.device = preset, preset.codec, rate, torch.device(device)
        self.net = ConvNet(self.codec).to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch types it for tensors alone
        self.average = {name: tensor.clone() for name, tensor in self.net.state_dict().items()}
        self.optimiser = torch.optim.AdamW(self.net.parameters(), lr=rate, betas=(0.9, 0.95), weight_decay=0.01)
        self.steps = self.seen = self.began = 0  # moments begin anew in every sitting, and with them the rate
        torch.backends.cudnn.benchmark = True  # all batches have one shape
        if fuse:
            self.net.encoder.compile(dynamic=False)
            self.net.decoder.compile(dynamic=False)

    def run(self, batches: Iterator[Drawn], minutes: float, save_to: Path, wanted: Callable[[Bit], None]) -> None:
        """Trains until the minutes are over; a checkpoint every two minutes and at the end."""
        begin = saved = time.monotonic()
        while (share := (time.monotonic() - begin) / (60 * minutes)) < 1:
            before = self.seen
            loss = self.step(next(batches), share)
            now = time.monotonic()
            worked = effort.STEP * effort.coding(self.codec, self.preset.size, self.seen - before)
            wanted(Bit(step=self.steps, loss=loss, seen=self.seen, seconds=now - begin, operations=worked))
            if now - saved > SAVED:
                self.save(save_to)
                saved = now
        self.save(save_to)

    def step(self, drawn: Drawn, share: float) -> float:
        """One update at ``share`` of the run; returns the loss."""
        asked = Asked(clip_BTCHW=as_signal(drawn.pixels), covered_BTHW=drawn.covered.float() / 255)
        generator = torch.Generator(self.device).manual_seed(self.steps)
        with autocast(self.device.type):
            loss = codec_loss(self.net, asked, self.steps, generator)
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves this method without annotations
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimiser.param_groups[0]["lr"] = self.rate * schedule(share, self.steps - self.began)
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.steps += 1
        self.seen += drawn.pixels.shape[0] * (drawn.pixels.shape[1] // 4 + 1)
        self._follow()
        return float(loss.detach())

    def averaged(self) -> ConvNet:
        """The running average as a network of its own."""
        net = ConvNet(self.codec).to(self.device)
        net.load_state_dict(self.average)
        return net.eval()

    def save(self, path: Path) -> None:
        """Stores weights, average and numbers.

        Moments are not kept: they are twice as large, and come back in a few tens of steps of warm-up.
        """
        tensors: dict[str, Tensor] = {
            **checkpoint.prefixed("net", self.net.state_dict()),
            **checkpoint.prefixed("average", self.average),
        }
        states.write(path, tensors, states.facts_of(self.preset, steps=self.steps, seen=self.seen))

    def resume(self, path: Path) -> None:
        """Goes on from what :meth:`save` stored, on any device. Raises TrainingError as ``states.read`` does."""
        tensors, facts = states.read(path, self.preset)
        self.net.load_state_dict(checkpoint.under("net", tensors), strict=True)
        for name, value in checkpoint.under("average", tensors).items():
            self.average[name].copy_(value)
        self.steps, self.seen = int(facts["steps"]), int(facts["seen"])
        self.began = self.steps

    def begin_with(self, tensors: dict[str, Tensor]) -> None:
        """Begins with the codec of weights that ship, ``codec.`` before every name."""
        mine = {name: tensor.float() for name, tensor in checkpoint.under("codec", tensors).items()}
        self.net.load_state_dict(mine, strict=True)
        for name, value in mine.items():
            self.average[name].copy_(value)

    def _follow(self) -> None:
        keep = min(AVERAGE, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.values()), list(self.net.state_dict().values()), 1 - keep)
