"""Do kept characters stay who they are? Fifty drawings no model of ours has seen, each kept and sent across a beach.

``python -m vitascope.training.kept``. Kept as cut-outs, from white paper, and from a painted meadow. What differs
in the middle frame from the empty beach is laid beside all fifty drawings: the one it is nearest to, in colour and
outline, must be its own. No network judges. Baselines: the drawing laid there by hand, and another drawing's clip.

Letters in shapes: H W pixels, N drawings.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import numpy as np

from vitascope.backends.animation import Animation
from vitascope.backends.base import Box
from vitascope.backends.choose import open_backend
from vitascope.backends.layers import as_pixels, placed
from vitascope.backends.native import NativeBackend
from vitascope.corpus.atlas import Atlas
from vitascope.corpus.strangers import STRANGERS, open_strangers, style_of
from vitascope.engine.plan import plan
from vitascope.errors import TrainingError
from vitascope.shipped import MODEL
from vitascope.training.plainly import plainly
from vitascope.training.study import counted, mean
from vitascope.types import Character, Floats, Pixels, Plan, Request

PROMPT, MEADOW = "Bo goes to the right over a beach", "a meadow"
SIDE = 48
"""Sides of what is compared."""

DIFFERS = 0.06
"""In 0..1: what differs by more from the empty place is the character."""

Keep = Callable[[Floats], Pixels]


def kept_from(ground: Pixels | None) -> Keep:
    """How a drawing ``(H, W, 4)``, premultiplied, is handed in: over a ground as large, or cut out."""

    def keep(drawing: Floats) -> Pixels:
        if ground is not None:
            return _over(drawing, ground)
        colours = drawing[..., :3] / np.maximum(drawing[..., 3:], 1e-3)
        return as_pixels(np.concatenate((colours, drawing[..., 3:]), axis=2))

    return keep


def _over(drawing: Floats, ground: Pixels) -> Pixels:
    behind = np.asarray((1 - drawing[..., 3:]) * ground / 255, np.float32)
    return as_pixels(np.asarray(drawing[..., :3] + behind, np.float32))


def drawings(atlas: Atlas, size: tuple[int, int]) -> list[Floats]:
    """Each stranger alone on nothing, as large as a thing alone, ``(H, W, 4)``."""
    sprites = (atlas.sprite(name, style_of(number)).pixels[0] for number, name in enumerate(STRANGERS))
    return [placed(np.asarray(sprite / np.float32(255), np.float32), size, 0.6, (0.5, 0.5)) for sprite in sprites]


def compared(shown: Floats) -> Floats:
    """A thing ``(H, W, 4)`` cut to itself, on mid-grey, with its outline, small: ``(SIDE, SIDE, 4)``."""
    whole = placed(shown, (SIDE, SIDE), 1.0, (0.5, 0.5))
    whole[..., :3] += 0.5 * (1 - whole[..., 3:])
    return whole


def found(frame: Pixels, empty: Pixels) -> Floats:
    """What of a frame is not the empty place, ``(H, W, 4)``."""
    apart = np.abs(frame.astype(np.float32) - empty).max(axis=2) / 255
    matte = np.asarray(apart > DIFFERS, np.float32)[..., None]
    return np.asarray(np.concatenate((frame / np.float32(255) * matte, matte), axis=2), np.float32)


def judged(shown: Sequence[Floats], known: Sequence[Floats]) -> tuple[list[bool], list[float]]:
    """Whether each is nearest to its own of the known ones, and how far it is from that, in 255ths."""
    lineup = np.stack([compared(one) for one in known])
    apart = [np.abs(lineup - compared(one)).mean(axis=(1, 2, 3)) for one in shown]
    return [int(one.argmin()) == n for n, one in enumerate(apart)], [255 * float(one[n]) for n, one in enumerate(apart)]


def main() -> None:
    """Prints a line for each way to keep a drawing."""
    backend = open_backend(MODEL)
    if not isinstance(backend, NativeBackend) or backend.animation is None:
        raise TrainingError(f"The model {MODEL} keeps no characters, so there is nothing to measure.")
    size = backend.preset.size
    beach, meadow = (next(_painted(backend, Request(prompt=prompt, seed=0))) for prompt in ("a beach", MEADOW))
    known = drawings(open_strangers(), size)
    by_hand = [found(_over(one, beach), beach) for one in known]
    _tell("drawn into the place by hand", by_hand, known)
    ways = {"cut out": None, "from white paper": np.full_like(beach, 255), "from a painted meadow": meadow}
    for way, ground in ways.items():
        pictures = [kept_from(ground)(one) for one in known]
        shown = [found(_middle(backend.animation, one, beach, backend), beach) for one in pictures]
        _tell(way, shown, known)
        if ground is None:
            _tell("another drawing's clip", [*shown[1:], *shown[:1]], known)


def _middle(animation: Animation, picture: Pixels, beach: Pixels, backend: NativeBackend) -> Pixels:
    asked = _plan(backend, Request(prompt=PROMPT, seed=0, characters=(Character(name="Bo", picture=picture),)))

    return next(islice(animation.staged(asked, _Painted(beach)), asked.frames // 2, None))


class _Painted:
    """An easel on which one frame is painted already."""

    def __init__(self, frame: Pixels) -> None:
        self._frame = frame

    def box(self, _side: float, _spot: tuple[float, float]) -> Box:
        """All of it."""
        return 0, self._frame.shape[0], 0, self._frame.shape[1]

    def paint(self, _words: object, frames: int, _box: Box, _before: Pixels | None = None) -> Iterator[Pixels]:
        """Whatever is asked for."""
        return iter([self._frame] * frames)


def _painted(backend: NativeBackend, request: Request) -> Iterator[Pixels]:
    return backend.render(_plan(backend, request), lambda _: None)


def _plan(backend: NativeBackend, request: Request) -> Plan:
    return plan(request, backend.preset)


def _tell(way: str, shown: Sequence[Floats], known: Sequence[Floats]) -> None:
    right, apart = judged(shown, known)
    sys.stdout.write(f"{way}: identity {counted(right)}, {mean(apart)} of 255 from the drawing, n {len(right)}\n")


if __name__ == "__main__":
    plainly(main)
