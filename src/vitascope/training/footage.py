"""Endless footage: clips composed by processes on the CPU and drawn where the network trains, for codec and latents.

Places are painted once and kept: takes share four paintings of each place and hour, and clips without a take choose one
of sixteen more (corpus/reels.py).

Letters in shapes: B clips, T frames, H W pixels.
"""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import count, islice
from multiprocessing import get_context
from typing import Self

import torch
from torch import Tensor

from vitascope.corpus.atlas import Atlas
from vitascope.corpus.compositor import canvas_of
from vitascope.corpus.reels import Reel, composed, window
from vitascope.corpus.scenes import Composition, opened
from vitascope.training.compositor import SpriteBank, render_covered, sprite_bank
from vitascope.types import Pixels

AHEAD = 4
"""Batches that are composed before they are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A batch: pixels ``(B, T, H, W, 3)`` and the share that subjects cover ``(B, T, H, W)``, both uint8."""

    compositions: tuple[Composition, ...]
    pixels: Tensor
    covered: Tensor


class Studio:
    """Everything needed to draw: sprites on a device, paintings as they come up, processes that compose."""

    def __init__(self, atlas: Atlas, device: torch.device, processes: int) -> None:
        self.device, self.looks = device, looks_of(atlas)
        self.bank: SpriteBank = sprite_bank(atlas, sorted(self.looks), device)
        # spawned, since a process that was forked beside CUDA's threads may never wake
        self.pool = ProcessPoolExecutor(processes, get_context("spawn")) if processes else None
        self._canvases: dict[tuple[str, str, int, int], Tensor] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.pool is not None:
            self.pool.shutdown(cancel_futures=True)

    def batches(self, reel: Reel, size: int, first: int = 0) -> Iterator[Drawn]:
        """Batches of ``size`` clips without end, from number ``first`` on."""
        if self.pool is None:
            yield from (self.draw(composed(reel, number, size, self.looks), reel) for number in count(first))
            return
        numbers = count(first)
        waiting = [self.pool.submit(composed, reel, n, size, self.looks) for n in islice(numbers, AHEAD)]
        while True:
            compositions = waiting.pop(0).result()
            waiting.append(self.pool.submit(composed, reel, next(numbers), size, self.looks))
            yield self.draw(compositions, reel)

    def draw(self, compositions: list[Composition], reel: Reel) -> Drawn:
        """The pixels of some clips."""
        canvases = torch.stack([self._canvas(composition, reel.scale) for composition in compositions])
        wider = [opened(composition, reel.side / reel.scale) for composition in compositions]
        square = render_covered(wider, self.bank, side=reel.side, canvases=canvases)
        down, across = window(reel.side, reel.size)
        frames = square[:, :, down, across]
        return Drawn(compositions=tuple(compositions), pixels=frames[..., :3], covered=frames[..., 3])

    def _canvas(self, composition: Composition, side: int) -> Tensor:
        name = (composition.place, composition.time, composition.paint_seed, side)
        if name not in self._canvases:
            self._canvases[name] = torch.from_numpy(canvas_of(composition, side)).to(self.device)
        return self._canvases[name]


def looks_of(atlas: Atlas) -> frozenset[tuple[str, str]]:
    """Subject and style of every drawing there is."""
    return frozenset((subject, style) for subject in atlas.subjects for style in atlas.styles(subject))


def as_signal(pixels_BTHWC: Tensor) -> Tensor:
    """uint8 pixels as the codec takes them: ``(B, T, 3, H, W)`` in -1..1."""
    return pixels_BTHWC.permute(0, 1, 4, 2, 3).float() / 127.5 - 1


def as_pixels(signal_BTCHW: Tensor) -> Pixels:
    """The inverse, on the CPU."""
    scaled = (signal_BTCHW.float() * 127.5 + 127.5).round().clamp(0, 255)
    pixels: Pixels = scaled.byte().permute(0, 1, 3, 4, 2).cpu().numpy()
    return pixels
