"""Cartoon clips for tests: flat ground, outlined creatures that move, nothing random but the seed."""

import numpy as np
from PIL import Image, ImageDraw


def cartoon(frames: int, width: int, height: int, seed: int = 0) -> list[np.ndarray]:
    """``frames`` frames of ``(height, width, 3)``: sky, sun, grass and four balls with eyes that wander."""
    paints = np.random.default_rng(seed).integers(0, 256, (4, 3))
    return [_draw(time, width, height, paints) for time in range(frames)]


def _draw(time: int, width: int, height: int, paints: np.ndarray) -> np.ndarray:
    canvas = Image.new("RGB", (2 * width, 2 * height), (120, 190, 250))
    draw = ImageDraw.Draw(canvas)
    draw.rectangle([0, 1.3 * height, 2 * width, 2 * height], fill=(90, 180, 80))
    draw.ellipse([1.5 * width, 0.1 * height, 1.8 * width, 0.4 * height], fill=(255, 220, 60))
    for number, paint in enumerate(paints):
        left = (0.1 + 0.4 * number) * width + 0.01 * time * width * (number + 1)
        top = (0.5 + 0.25 * (number % 3)) * height + 0.08 * height * np.sin(0.4 * time + number)
        side = 0.1 * width * (1 + number % 3)
        _ball(draw, left, top, side, tuple(int(value) for value in paint))
    return np.asarray(canvas.resize((width, height), Image.Resampling.LANCZOS))


def _ball(draw: ImageDraw.ImageDraw, left: float, top: float, side: float, paint: tuple[int, ...]) -> None:
    draw.ellipse([left, top, left + side, top + side], fill=paint, outline=(20, 20, 30), width=3)
    draw.ellipse([left + 0.2 * side, top + 0.2 * side, left + 0.4 * side, top + 0.4 * side], fill=(255, 255, 255))
