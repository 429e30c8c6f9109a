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

    def encode(self, frames_THWC: Pixels) -> Floats:
        """See :class:`Codec`. The first frame is repeated to fill its latent, which leaves only its mean in time."""
        _, height, width, _ = frames_THWC.shape
        x = (frames_THWC.astype(np.float32) - GREY) / GREY @ OPPONENT.T
        x = np.concatenate([np.repeat(x[:1], self.preset.frames - 1, axis=0), x])
        down, across = lapped(height, self.preset.stride), lapped(width, self.preset.stride)
        x = np.matmul(down, x.transpose(0, 3, 1, 2)) @ across.T  # T C H W
        return self._pack(x)

    def decode(self, rows_KND: Floats, size: tuple[int, int]) -> Iterator[Pixels]:
        """See :class:`Codec`. Streams: one latent is unpacked at a time."""
        width, height = size
        down, across = lapped(height, self.preset.stride), lapped(width, self.preset.stride)
        for latent, rows_ND in enumerate(rows_KND):
            x_TCHW = self._unpack(rows_ND, height, width)
            if latent == 0:
                x_TCHW = x_TCHW.mean(axis=0, keepdims=True)
            frames = np.matmul(down.T, x_TCHW) @ across
            pixels = frames.transpose(0, 2, 3, 1) @ OPPONENT * GREY + GREY
            yield from np.clip(np.rint(pixels), 0, 255).astype(np.uint8)

    def _pack(self, x_TCHW: Floats) -> Floats:
        """Lapped coefficients to rows: DCT over the frames of a latent, then the kept frequencies of each block."""
        _, colours, height, width = x_TCHW.shape
        x = x_TCHW.reshape(-1, self.preset.frames, colours * height * width)
        x = np.matmul(cosine(self.preset.frames), x).reshape(x.shape[0], -1)
        return np.asarray(x[:, self.places(height, width)] * self.weight)

    def _unpack(self, rows_ND: Floats, height: int, width: int) -> Floats:
        """The inverse of :meth:`_pack` for one latent: ``(frames, 3, H, W)``; dropped frequencies are zero."""
        x = np.zeros(self.preset.frames * 3 * height * width, np.float32)
        x[self.places(height, width)] = rows_ND / self.weight
        x = cosine(self.preset.frames).T @ x.reshape(self.preset.frames, -1)
        return np.asarray(x).reshape(-1, 3, height, width)

    def places(self, height: int, width: int) -> npt.NDArray[np.intp]:
        """Where each number of each row, ``(N, D)``, lies in a latent's flat ``(frames, 3, H, W)`` coefficients."""
        stride = self.preset.stride
        shape = (self.preset.frames, 3, stride, stride)
        time, colour, v, u = np.unravel_index(self.kept, shape)
        row = np.arange(height // stride * (width // stride))[:, None]
        y, x = row // (width // stride) * stride + v, row % (width // stride) * stride + u
        places: npt.NDArray[np.intp] = ((time * 3 + colour) * height + y) * width + x
        return places


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
