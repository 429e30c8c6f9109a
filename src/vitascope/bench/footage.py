"""Clips to try the mark on: cartoons from the corpus' own compositor, and film-like ones painted from noise.

Film here is texture with the spectrum of natural pictures (power falls with the square of frequency: Field 1987), a
moving camera, a moving thing, shading and grain; one in four has regular stripes, tiles or windows, because regular
patterns are what a detector of regular patterns may be fooled by.
"""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from vitascope.corpus.compositor import Drawings, render
from vitascope.corpus.scenes import compose
from vitascope.types import Floats, Pixels

Kind = Literal["cartoon", "film"]

_FPS = 8
_MARGIN = 1.5  # how much larger than the frame the texture is that a camera moves over
_REGULAR = 0.25  # share of films with regular structure


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """Which clip: the same take gives the same frames."""

    kind: Kind
    seed: int
    size: tuple[int, int]  # width, height
    frames: int


def frames_of(take: Take, drawings: Drawings) -> list[Pixels]:
    """The frames of ``take``, ``(H, W, 3)`` each; ``drawings`` are those a cartoon is composed of."""
    rng = np.random.default_rng((take.seed, take.kind == "film", *take.size))
    return _cartoon(take, drawings, rng) if take.kind == "cartoon" else _film(take, rng)


def _cartoon(take: Take, drawings: Drawings, rng: np.random.Generator) -> list[Pixels]:
    """A composition drawn at the longer side and cut to the frame around its middle."""
    width, height = take.size
    drawn = render(compose(rng, frames=take.frames, fps=_FPS), drawings, side=max(take.size))
    top, left = (drawn.shape[1] - height) // 2, (drawn.shape[2] - width) // 2
    return [np.ascontiguousarray(frame[top : top + height, left : left + width]) for frame in drawn]


def _film(take: Take, rng: np.random.Generator) -> list[Pixels]:
    width, height = take.size
    scene = _colourful(rng, round(height * _MARGIN), round(width * _MARGIN))
    if rng.random() < _REGULAR:
        scene = scene + _regular(rng, *scene.shape[:2])[..., None]
    thing = _colourful(rng, height, width)
    light = _vignette(height, width)[..., None]
    speed, grain = rng.uniform(-2, 2, 2), rng.uniform(1, 6)
    start, way = rng.uniform(0.2, 0.8, 2), rng.uniform(-0.02, 0.02, 2)
    taken = []
    for time in range(take.frames):
        view = _view(scene, (height, width), (scene.shape[0] - height) / 2 + speed[0] * time, speed[1] * time)
        cover = _blob(height, width, start + way * time, 0.08 + 0.1 * start[0])[..., None]
        seen = (view * (1 - cover) + thing * cover) * light
        light_grain, colour_grain = (rng.standard_normal((height, width, n), np.float32) for n in (1, 3))
        noisy = seen + np.float32(grain) * (light_grain + colour_grain / 2)
        taken.append(np.clip(noisy, 0, 255).astype(np.uint8))
    return taken


def _colourful(rng: np.random.Generator, height: int, width: int) -> Floats:
    """Texture in colour, ``(H, W, 3)``, around a random mean: one plane of light and two faint ones of colour."""
    light = _texture(rng, height, width) * rng.uniform(15, 60) + rng.uniform(60, 190)
    tints = [_texture(rng, height, width) * rng.uniform(2, 15) + rng.uniform(-30, 30) for _ in range(2)]
    return np.stack((light + tints[0], light, light + tints[1]), axis=-1).astype(np.float32)


def _texture(rng: np.random.Generator, height: int, width: int) -> Floats:
    """Noise whose amplitude falls with frequency to the power of 0.8 to 1.6, deviation 1."""
    y, x = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :]
    frequency = np.maximum(np.hypot(y, x), 1 / max(height, width))
    noise = rng.standard_normal((height, width // 2 + 1)) + 1j * rng.standard_normal((height, width // 2 + 1))
    plane = np.fft.irfft2(noise * frequency ** -rng.uniform(0.8, 1.6), s=(height, width))
    even: Floats = ((plane - plane.mean()) / max(float(plane.std()), 1e-9)).astype(np.float32)
    return even


def _regular(rng: np.random.Generator, height: int, width: int) -> Floats:
    """Stripes, a checkerboard or rows of windows, turned a little."""
    period, angle, depth = rng.uniform(5, 40), rng.choice([0.0, rng.uniform(-0.6, 0.6)]), rng.uniform(10, 60)
    y, x = np.mgrid[:height, :width]
    along = (x * np.cos(angle) + y * np.sin(angle)) / period
    across = (y * np.cos(angle) - x * np.sin(angle)) / period
    kind = int(rng.integers(3))
    if kind == 0:
        pattern = np.sign(np.sin(2 * np.pi * along))
    elif kind == 1:
        pattern = np.sign(np.sin(2 * np.pi * along) * np.sin(2 * np.pi * across))
    else:
        pattern = ((along % 1 < 0.5) & (across % 1 < 0.6)).astype(np.float64)
    regular: Floats = (depth * pattern).astype(np.float32)
    return regular


def _view(scene: Floats, size: tuple[int, int], top: float, left: float) -> Floats:
    """The part of ``scene`` the camera shows, moved by parts of a pixel."""
    height, width = size
    left += (scene.shape[1] - width) / 2
    move = np.array([[1, 0, left], [0, 1, top]], np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen: Floats = np.asarray(
        cv2.warpAffine(scene, move, (width, height), flags=flags, borderMode=cv2.BORDER_REFLECT), np.float32
    )
    return seen


def _blob(height: int, width: int, centre: npt.NDArray[np.floating], radius: float) -> Floats:
    """A soft round cover, 1 inside."""
    y, x = np.mgrid[:height, :width]
    distance = np.hypot((y / height - centre[0]), (x / width - centre[1]))
    cover: Floats = np.clip((radius - distance) * 20, 0, 1).astype(np.float32)
    return cover


def _vignette(height: int, width: int) -> Floats:
    y, x = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)[None, :]
    light: Floats = (1 - 0.15 * (x * x + y * y)).astype(np.float32)
    return light
