"""From compositions to pixels on a GPU: the twin of ``corpus/compositor.py``, for whole batches in torch.

The same affines, halvings, tints and rain; only the sampling is torch's. A test holds the two together, so that a
trainer may render where it trains.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from vitascope.corpus.compositor import (
    LUMA,
    RAIN_COLOUR,
    TINT_FLOOR,
    TINT_GAIN,
    TINT_KNEE,
    TINT_SHEEN,
    TINTS,
    Drawings,
    at_level,
    at_side,
    canvas_of,
    keys_of,
    levels_of,
    on_canvas,
    rain_fall,
    rain_sheet,
    rains,
)
from vitascope.corpus.scenes import SIDE, Composition, Layer
from vitascope.types import Floats, Integers, Pixels

LEVELS = 3
"""Halvings of a sprite that are kept: sides 128, 64 and 32."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """Where the key frames of one sprite lie in a bank, and how long a round of them takes."""

    start: int
    keys: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SpriteBank:
    """All sprites of a training on one device, at every halving."""

    strips: Mapping[tuple[str, str], Strip]  # by subject and style
    levels: tuple[Tensor, ...]  # each (N, 4, side, side) uint8, premultiplied RGBA


def sprite_bank(atlas: Drawings, drawn: Iterable[tuple[str, str]], device: torch.device) -> SpriteBank:
    """The sprites of the given subjects and styles on a device; 60 animations and 180 stills take 140 MB."""
    strips: dict[tuple[str, str], Strip] = {}
    pixels: list[Pixels] = []
    start = 0
    for subject, style in drawn:
        sprite = atlas.sprite(subject, style)
        strips[subject, style] = Strip(start=start, keys=len(sprite.pixels), seconds=sprite.seconds)
        pixels.append(sprite.pixels)
        start += len(sprite.pixels)
    full = torch.from_numpy(np.concatenate(pixels)).to(device).permute(0, 3, 1, 2).contiguous()
    levels = [full]
    while len(levels) < LEVELS:
        levels.append(_halved(levels[-1]))
    return SpriteBank(strips=strips, levels=tuple(levels))


def _halved(pixels: Tensor) -> Tensor:
    """Means of 2 x 2 pixels, rounded up at the half as OpenCV does."""
    quads = pixels.short()
    rows = quads[:, :, 0::2] + quads[:, :, 1::2]
    return ((rows[..., 0::2] + rows[..., 1::2] + 2) // 4).byte()


def render_batch(
    compositions: Sequence[Composition],
    bank: SpriteBank,
    *,
    side: int = SIDE,
    canvases: Tensor | None = None,
) -> Tensor:
    """The frames of clips of one length, ``(B, T, side, side, 3)`` uint8 on the device of the bank.

    ``canvases``, ``(B, S, S, 3)`` uint8, are the painted backgrounds if the caller keeps them; painting is done on a
    CPU and takes about 2 ms a clip.
    """
    return render_covered(compositions, bank, side=side, canvases=canvases)[..., :3]


def render_covered(
    compositions: Sequence[Composition],
    bank: SpriteBank,
    *,
    side: int = SIDE,
    canvases: Tensor | None = None,
) -> Tensor:
    """As :func:`render_batch`, with a fourth channel: how much of a pixel subjects cover, ``(B, T, side, side, 4)``."""
    device = bank.levels[0].device
    painted = _painted(compositions, side) if canvases is None else canvases
    frames = _show(painted.to(device), compositions, side)
    for slot in range(max(len(composition.layers) for composition in compositions)):
        _draw(frames, _slot(compositions, bank, slot, side), bank, side)
    _pour(frames, compositions, side)
    return (frames + 0.5).clamp(0, 255).byte().permute(0, 1, 3, 4, 2).contiguous()


def _painted(compositions: Sequence[Composition], side: int) -> Tensor:
    return torch.from_numpy(np.stack([canvas_of(composition, side) for composition in compositions]))


def _show(canvases: Tensor, compositions: Sequence[Composition], side: int) -> Tensor:
    """The background seen by each camera, ``(B, T, 4, side, side)`` float in 0..255; no subject covers it yet."""
    wide = canvases.shape[1]
    cameras = np.stack([on_canvas(at_side(composition.camera, side), wide) for composition in compositions])
    batch, length = cameras.shape[:2]
    affine = torch.from_numpy(cameras).to(canvases.device).flatten(0, 1)
    grid = _grid(affine, side, wide).reshape(batch, length * side, side, 2)
    source = canvases.permute(0, 3, 1, 2).float()
    seen = functional.grid_sample(source, grid, mode="bilinear", padding_mode="border", align_corners=False)
    frames = torch.zeros(batch, length, 4, side, side, device=canvases.device)
    frames[:, :, :3] = seen.reshape(batch, 3, length, side, side).transpose(1, 2)
    return frames


def _grid(affine: Tensor, side: int, source: int) -> Tensor:
    """Sampling positions ``(N, side, side, 2)`` in torch's -1..1 of a ``source`` wide picture."""
    axis = torch.arange(side, device=affine.device, dtype=torch.float32)
    x, y = axis[None, None, :, None], axis[None, :, None, None]
    columns = affine[:, None, None]  # (N, 1, 1, 2, 3)
    spots = columns[..., 0] * x + columns[..., 1] * y + columns[..., 2]
    return (2 * spots + 1) / source - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slot:
    """The n-th layer of every composition that has one, frame by frame; N is the number of frames it is drawn in."""

    frame: Tensor  # (N,) which of the B * T frames
    key: Tensor  # (N,) which key frame of the bank
    level: Tensor  # (N,) which halving
    affine: Tensor  # (N, 2, 3) output pixel -> pixel of that halving
    opacity: Tensor  # (N,)
    colour: Tensor  # (N, 3) of the tint in 0..1; negative where there is none


def _slot(compositions: Sequence[Composition], bank: SpriteBank, slot: int, side: int) -> _Slot:
    drawn = [(number, c.layers[slot]) for number, c in enumerate(compositions) if len(c.layers) > slot]
    length = compositions[0].frames
    affines = np.concatenate([at_side(layer.affine, side) for _, layer in drawn])
    levels = levels_of(affines)
    arrays = (
        np.concatenate([np.arange(length) + number * length for number, _ in drawn]),
        np.concatenate([_keys(layer, bank) for _, layer in drawn]),
        levels,
        at_level(affines, levels),
        np.concatenate([layer.opacity for _, layer in drawn]),
        np.concatenate([_colours(layer) for _, layer in drawn]),
    )
    frame, key, level, affine, opacity, colour = (torch.from_numpy(a).to(bank.levels[0].device) for a in arrays)
    return _Slot(frame=frame, key=key, level=level, affine=affine, opacity=opacity, colour=colour)


def _keys(layer: Layer, bank: SpriteBank) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    strip = bank.strips[layer.subject, layer.style]
    return strip.start + keys_of(layer.clock, keys=strip.keys, seconds=strip.seconds).astype(np.int64)


def _colours(layer: Layer) -> Floats:
    colour = (-1.0, -1.0, -1.0) if layer.tint is None else np.array(TINTS[layer.tint]) / 255
    return np.tile(np.array(colour, np.float32), (len(layer.clock), 1))


def _draw(frames: Tensor, slot: _Slot, bank: SpriteBank, side: int) -> None:
    """Blend one layer over the frames in place, the frames of each halving together."""
    flat = frames.flatten(0, 1)
    for level, source in enumerate(bank.levels):
        here = torch.nonzero(slot.level == level)[:, 0]
        if not len(here):
            continue
        grid = _grid(slot.affine[here], side, source.shape[-1])
        drawn = functional.grid_sample(
            source[slot.key[here]].float(), grid, mode="bilinear", padding_mode="zeros", align_corners=False
        )
        tinted = torch.nonzero(slot.colour[here, 0] >= 0)[:, 0]
        drawn[tinted] = _tinted(drawn[tinted], slot.colour[here][tinted])
        over = drawn * slot.opacity[here, None, None, None]
        frame = slot.frame[here]
        flat[frame] = over + flat[frame] * (1 - over[:, 3:] / 255)


def _tinted(drawn: Tensor, colour: Tensor) -> Tensor:
    """Shades of one colour each; the formula of the CPU's compositor."""
    alpha = drawn[:, 3:]
    luma = torch.tensor(LUMA, device=drawn.device)
    bright = (drawn[:, :3] * luma[:, None, None]).sum(dim=1, keepdim=True)
    depth = torch.minimum(TINT_FLOOR * alpha + TINT_GAIN * bright, alpha)
    sheen = (bright - TINT_KNEE * alpha).clamp(min=0) * TINT_SHEEN
    shade = colour[:, :, None, None]
    return torch.cat((shade * depth + (1 - shade) * sheen, alpha), dim=1)


def _pour(frames: Tensor, compositions: Sequence[Composition], side: int) -> None:
    """The rain before everything: each clip's sheet of streaks is sent once and slides where the frames are."""
    colour = torch.tensor(RAIN_COLOUR, device=frames.device, dtype=torch.float32)[None, :, None, None]
    for number, composition in enumerate(compositions):
        if rains(composition):
            sheet = torch.from_numpy(rain_sheet(composition.paint_seed, side)).to(frames.device)
            cover = _slid(sheet, rain_fall(composition, side))[:, None].float() / 255
            frames[number, :, :3] += (colour - frames[number, :, :3]) * cover


def _slid(sheet: Tensor, moves_T2: Integers) -> Tensor:
    """The sheet moved by so many pixels left and down in each frame, ``(T, side, side)``; it joins its own edges."""
    side = len(sheet)
    axis = torch.arange(side, device=sheet.device)
    left, down = torch.from_numpy(moves_T2).to(sheet.device).long().T[..., None]
    return sheet[((axis - down) % side)[:, :, None], ((axis + left) % side)[:, None, :]]
