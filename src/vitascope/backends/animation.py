"""A given picture in motion: taken apart into a thing and what lies behind it, and the thing moved as words say.

The thing's pixels are carried along a track and laid over the plate again, so they stay what they were: a network of
this size, asked to paint a drawing it has never seen, paints another one (decision 0020). The first frame is the
picture itself. The network looks at a small copy; what is moved is the picture as large as it came.

Letters in shapes: T frames, H W pixels, C channels.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from PIL import Image

from vitascope.backends.layers import Layers, Tracks, composed, taken_apart
from vitascope.media.resize import fit
from vitascope.text.words import ROLES
from vitascope.types import Floats, Integers, Pixels, Plan

DICE, SIGNS, WAVES = 4, 2, 24
"""As in models/animator.py."""

GRID = 16
"""Sides of what the network looks at are multiples of it."""

UNDECIDED = 0.1
"""In sides: a thing so near to the middle goes whichever way the seed says, others go where there is room."""

Separate = Callable[[Floats], Floats]
"""The matte network: a picture ``(H, W, 3)`` in 0..1 to ``(H, W, 5)``: logits of matte and cover, colours behind."""


class Animation:
    """Moves pictures. Weights are float32 arrays by name, ``animator.`` first; ``side`` is the longer one of a look."""

    def __init__(self, weights: Mapping[str, Floats], separate: Separate, side: int) -> None:
        self._weights, self._separate, self._side = weights, separate, side

    def render(self, plan: Plan, picture: Pixels) -> Iterator[Pixels]:
        """``plan.frames`` frames as large as the picture ``(H, W, 3)``, which is the first of them."""
        layers = self.layers(picture)
        tracks = self.tracks(plan, layers.middle)
        for number in range(plan.frames):
            yield composed(layers, tracks, number)

    def layers(self, picture: Pixels) -> Layers:
        """Takes a picture ``(H, W, 3)`` apart."""
        height, width, _ = picture.shape
        looked = fit(picture, _looked_at(width, height, self._side))
        answer = self._separate(np.asarray(looked / np.float32(255), np.float32))
        matte, covered, *behind = (_grown(answer[..., number], (width, height)) for number in range(5))
        finer = width / looked.shape[1]  # an edge of one pixel is one of one pixel in the larger picture, too
        return taken_apart(
            picture,
            np.clip((_sigmoid(matte) - 0.5) * np.float32(finer) + 0.5, 0, 1),
            _sigmoid(covered),
            np.clip(np.stack(behind, axis=-1) + np.float32(0.5), 0, 1),
        )

    def tracks(self, plan: Plan, centre: tuple[float, float]) -> Tracks:
        """What the words of a plan make of a thing that stands at ``centre``, x and y in 0..1."""
        dice = np.random.Generator(np.random.PCG64(plan.seed))
        signs = np.array([_away(place, dice.random()) for place in centre], np.float32)
        motions, camera = spoken(plan.words)
        course, seconds = np.linspace(0, 1, plan.frames, dtype=np.float32), plan.frames / plan.fps
        parts = len(motions)
        moved = [
            self._track(word, dice, signs, seconds / parts, np.clip(course * parts - number, 0, 1))
            for number, word in enumerate(motions)
        ]
        seen = self._track(camera, dice, signs, seconds, course)
        every = [*moved, seen] if camera else moved
        nearer = (np.exp(seen[:, 3:4]) - 1) * (camera > 0)  # a zoom carries what is not in the middle away from it
        return Tracks(
            shift=_sum([part[:, :2] for part in every]) + nearer * (np.array(centre, np.float32) - 0.5),
            angle=_sum([part[:, 2] for part in moved]),
            scale=np.exp(_sum([part[:, 3] for part in every])),
            opacity=np.prod([_opaque(part[:, 4]) for part in moved], axis=0).astype(np.float32),
            pan=seen[:, 5:7] * (camera > 0),
            zoom=np.exp(seen[:, 7] * (camera > 0)),
        )

    def _track(self, word: int, dice: np.random.Generator, signs: Floats, seconds: float, course_T: Floats) -> Floats:
        """One word's track, counted from its own first frame, ``(T, 8)``: the network of models/animator.py."""
        chance = np.array([*dice.random(DICE), *signs, seconds / 4], np.float32)
        told = np.concatenate((self._weights["animator.track.token.weight"][word], chance))
        phase = np.float32(np.pi) * course_T[:, None] * np.arange(1, WAVES + 1, dtype=np.float32)
        told_TE = np.broadcast_to(told, (len(course_T), len(told)))
        x = self._linear("first", np.concatenate((told_TE, course_T[:, None], np.sin(phase), np.cos(phase)), axis=1))
        for number in range(3):
            x = x + self._linear(f"middle.{number}", _silu(x))
        track = self._linear("last", _silu(x))
        begun = np.array([1, 1, 1, 1, 0, 1, 1, 1], np.float32)  # opacity is not counted from where it begins
        return np.asarray(track - track[:1] * begun, np.float32)

    def _linear(self, name: str, x: Floats) -> Floats:
        weight, bias = (self._weights[f"animator.track.{name}.{part}"] for part in ("weight", "bias"))
        return np.asarray(x @ weight.T + bias, np.float32)


def spoken(words: Mapping[str, Integers]) -> tuple[list[int], int]:
    """The tokens of the first thing's movements in their order, 0 where none is asked for, and of the camera, or 0."""
    columns = zip(*(words[name].tolist() for name in ("token", "role", "entity", "segment")), strict=True)
    said = [column for column in columns if column[1]]
    motions = sorted((segment, token) for token, role, entity, segment in said
                     if role == ROLES.index("motion") and entity == 1)  # fmt: skip
    camera = next((token for token, role, *_ in said if role == ROLES.index("camera")), 0)
    return [token for _, token in motions] or [0], camera


def _looked_at(width: int, height: int, side: int) -> tuple[int, int]:
    """Width and height of the small copy."""
    scale = side / max(width, height)
    across, down = (max(GRID, round(length * scale / GRID) * GRID) for length in (width, height))
    return across, down


def _grown(values: Floats, size: tuple[int, int]) -> Floats:
    """One channel at the size (width, height) of the picture."""
    if values.shape == size[::-1]:
        return values
    return np.asarray(Image.fromarray(values).resize(size, Image.Resampling.BICUBIC), np.float32)


def _away(place: float, by_chance: float) -> float:
    """The direction with more room; by chance near the middle."""
    return 1.0 if (place if abs(place - 0.5) > UNDECIDED else by_chance) < 0.5 else -1.0


def _opaque(told: Floats) -> Floats:
    """Opacity in 0..1; what is told as nearly nothing or nearly all is that, since nothing is half there for long."""
    return np.asarray(np.clip((told - 0.02) / 0.96, 0, 1), np.float32)


def _sum(parts: list[Floats]) -> Floats:
    return np.asarray(np.sum(parts, axis=0), np.float32)


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-x)), np.float32)


def _silu(x: Floats) -> Floats:
    return x * _sigmoid(x)
