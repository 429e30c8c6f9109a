"""The lapped codec: pixels to packed rows and back by one fixed orthogonal transform, with nothing to train.

A row stands for 4 frames of 32 x 32 pixels, as it does for the learned codec (conv_codec.py). Cutting frames into
plain patches makes seams, because each patch is predicted alone; a *lapped* transform (Malvar 1992, in the pre-filter
form of Tran, Liang and Tu 2003, "Lapped transform via time-domain pre- and post-filtering") lets every basis function
reach into the neighbouring block and fade out there, so an error in one row has no edge. It is orthonormal: white
noise in rows is white noise in pixels, and squared error in rows is squared error in pixels. High frequencies are
dropped.

Letters in shapes: T frames, K latents, H W pixels, C colours, N rows, D channels of a row.
A clip has 1 + 4k frames: its first latent is a single frame, so a still is a clip of one latent.
"""

from collections.abc import Iterator
from functools import cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

from vitascope.types import CodecPreset, Floats, LappedPreset, Pixels

GREY = 127.5
"""What is 0 in rows: the middle of a byte."""

OPPONENT: Floats = np.array(
    [[3**-0.5, 3**-0.5, 3**-0.5], [2**-0.5, 0.0, -(2**-0.5)], [6**-0.5, -2 * 6**-0.5, 6**-0.5]], np.float32
)
"""Orthonormal brightness and two opponent colours: eyes need less detail in the latter."""


class Codec(Protocol):
    """Frames to rows and back."""

    preset: CodecPreset

    def encode(self, frames_THWC: Pixels) -> Floats:
        """``(1 + 4k, H, W, 3)`` uint8 to rows ``(k + 1, rows of a latent, D)`` float32."""
        ...

    def decode(self, rows_KND: Floats, size: tuple[int, int]) -> Iterator[Pixels]:
        """Rows of a clip of ``size`` (width, height) to frames ``(H, W, 3)`` uint8, one after the other."""
        ...


class LappedCodec:
    """See the top of the file. Width and height must be multiples of the stride."""

    def __init__(self, preset: CodecPreset) -> None:
        """Raises TypeError for the preset of a learned codec, which needs its weights."""
        if not isinstance(preset, LappedPreset):
            raise TypeError(f"a {preset.kind} codec has weights: open it with its checkpoint")
        self.preset: CodecPreset = preset
        self.kept, self.weight = spectrum(preset)
        self.finest = int(max(axis.max() for axis in self._frequencies()[2:])) + 1
        """Frequencies of a block, down and across, among which all that are kept lie; others are not even computed."""

    def encode(self, frames_THWC: Pixels) -> Floats:
        """See :class:`Codec`. The first frame is repeated to fill its latent, which leaves only its mean in time."""
        _, height, width, _ = frames_THWC.shape
        x = (frames_THWC.astype(np.float32) - GREY) / GREY @ OPPONENT.T
        x = np.concatenate([np.repeat(x[:1], self.preset.frames - 1, axis=0), x])
        x = np.matmul(self.line(height), x.transpose(0, 3, 1, 2)) @ self.line(width).T  # T C H W
        return self._pack(x)

    def decode(self, rows_KND: Floats, size: tuple[int, int]) -> Iterator[Pixels]:
        """See :class:`Codec`. Streams: one latent is unpacked at a time."""
        width, height = size
        down, across = self.line(height), self.line(width)
        for latent, rows_ND in enumerate(rows_KND):
            x_TCHW = self._unpack(rows_ND, len(down), len(across))
            if latent == 0:
                x_TCHW = x_TCHW.mean(axis=0, keepdims=True)
            yield from map(_as_bytes, np.matmul(down.T, x_TCHW @ across))

    def line(self, length: int) -> Floats:
        """The rows of the lapped transform of a line of ``length`` pixels whose frequencies may be kept."""
        return lapped(length, self.preset.stride)[np.arange(length) % self.preset.stride < self.finest]

    def _pack(self, x_TCHW: Floats) -> Floats:
        """Lapped coefficients to rows: DCT over the frames of a latent, then the kept frequencies of each block."""
        _, colours, down, across = x_TCHW.shape
        x = x_TCHW.reshape(-1, self.preset.frames, colours * down * across)
        x = np.matmul(cosine(self.preset.frames), x).reshape(x.shape[0], -1)
        return np.asarray(x[:, self.places(down, across)] * self.weight)

    def _unpack(self, rows_ND: Floats, down: int, across: int) -> Floats:
        """Rows of one latent to lapped coefficients of its colours, ``(frames, 3, down, across)`` in bytes around 0.

        The inverse of :meth:`_pack`; dropped frequencies are zero. Opponent colours become those of a screen here,
        where a picture is a few numbers, rather than in all its pixels.
        """
        x = np.zeros((self.preset.frames, 3 * down * across), np.float32)
        x.reshape(-1)[self.places(down, across)] = rows_ND / self.weight
        x_TCP = (cosine(self.preset.frames).T @ x).reshape(-1, 3, down * across)
        return np.asarray(np.matmul(OPPONENT.T * GREY, x_TCP)).reshape(-1, 3, down, across)

    def places(self, down: int, across: int) -> npt.NDArray[np.intp]:
        """Where each number of each row, ``(N, D)``, lies in the flat coefficients of a latent.

        These are ``(frames, 3, down, across)``: as many as :meth:`line` leaves of height and width.
        """
        time, colour, v, u = self._frequencies()
        row = np.arange(down // self.finest * (across // self.finest))[:, None]
        y, x = row // (across // self.finest) * self.finest + v, row % (across // self.finest) * self.finest + u
        places: npt.NDArray[np.intp] = ((time * 3 + colour) * down + y) * across + x
        return places

    def _frequencies(self) -> tuple[npt.NDArray[np.intp], ...]:
        """In time, colour, down and across, ``(D,)`` each, of what is kept."""
        return np.unravel_index(self.kept, (self.preset.frames, 3, self.preset.stride, self.preset.stride))


def _as_bytes(frame_CHW: Floats) -> Pixels:
    """What is around 0 as a picture ``(H, W, 3)``; written over, since it is large and nobody else's."""
    frame_CHW += np.float32(GREY)
    np.clip(np.rint(frame_CHW, out=frame_CHW), 0, 255, out=frame_CHW)
    return np.ascontiguousarray(frame_CHW.astype(np.uint8).transpose(1, 2, 0))


def spectrum(preset: LappedPreset) -> tuple[npt.NDArray[np.intp], Floats]:
    """Which coefficients of a block are kept, ``(D,)`` indices, and the weight of each, ``(D,)``.

    Kept: the ``channels`` frequencies of least radius, radius being that of (u, v, time) in cycles per block, colours
    counted ``radius_luma / radius_chroma`` times farther out. Weight: ``gain * (1 + radius) ** tilt``; pictures have a
    spectrum near 1/f (Field 1987), so a positive tilt evens out what the network must denoise.
    """
    steps = (np.arange(preset.frames), np.arange(3), np.arange(preset.stride), np.arange(preset.stride))
    time, colour, down, across = np.meshgrid(*steps, indexing="ij")
    far = np.where(colour == 0, 1.0, preset.radius_luma / preset.radius_chroma)
    radius = np.sqrt(down**2 + across**2 + (preset.radius_time * time) ** 2) * far
    kept = np.sort(np.argsort(radius.ravel(), kind="stable")[: preset.channels])
    weight = preset.gain * (1 + radius.ravel()[kept]) ** preset.tilt
    return kept, weight.astype(np.float32)


@cache
def cosine(n: int) -> Floats:
    """The orthonormal DCT-II of size n, ``(n, n)``: rows are basis functions."""
    k, i = np.meshgrid(np.arange(n), np.arange(n), indexing="ij")
    basis = np.sqrt(2 / n) * np.cos(np.pi * (i + 0.5) * k / n)
    basis[0] /= np.sqrt(2)
    return np.asarray(basis, np.float32)


@cache
def lapped(length: int, stride: int) -> Floats:
    """The orthogonal lapped transform of a line of ``length`` pixels, ``(length, length)``.

    A rotation across every border of two blocks, then a DCT in each block. Constants stay constant, and the ends of
    the line are left alone, so nothing wraps around.
    """
    if length % stride:
        raise ValueError(f"{length} pixels are not a multiple of the stride {stride}")
    half = stride // 2
    eye, flip = np.eye(half), np.eye(half)[::-1]
    butterfly = np.block([[eye, flip], [flip, -eye]]) / np.sqrt(2)
    k, i = np.meshgrid(np.arange(half), np.arange(half), indexing="ij")
    fourth = np.sqrt(2 / half) * np.cos(np.pi * (i + 0.5) * (k + 0.5) / half)  # DCT-IV
    turn = flip @ cosine(half).astype(np.float64).T @ fourth @ flip
    rotation = butterfly @ np.block([[eye, 0 * eye], [0 * eye, turn]]) @ butterfly
    filters = np.eye(length)
    for border in range(stride, length, stride):
        span = slice(border - half, border + half)
        filters[span, span] = rotation
    blocks = np.kron(np.eye(length // stride), cosine(stride))
    return np.asarray(blocks @ filters, np.float32)
