"""From a seed to a composed clip: graph, caption, and the affine parameters that any renderer draws from.

Output pixels are those of a 128 x 128 frame, counted from the centre of the first one (0, 0); a renderer at another
size scales them. Nothing here holds a pixel: a composition is a few kilobytes, for a CPU or a GPU to draw.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vitascope.corpus.graphs import Split, caption, graph, in_place
from vitascope.corpus.motions import Path, path
from vitascope.corpus.splits import held_out_motion
from vitascope.text.scene import Entity, Scene
from vitascope.text.world import BELOW, FIRST, POSES, SUBJECTS, TAKES, Edition, floats
from vitascope.types import Floats

SIDE = 128
"""Side of the frame the affines speak of, and of a sprite, in pixels."""

CANVAS = 192
"""Side of the painted background in pixels: larger than the frame shows, so that a camera can move in it."""

Doubles = npt.NDArray[np.floating]

_MIDDLE = (SIDE - 1) / 2
_PAINTINGS = 1 << 16
_STAGING = 4  # seed of how things are staged in every take


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One drawn copy of a subject; the arrays hold one entry per frame."""

    subject: str
    style: str
    clock: Floats  # (T,) seconds into the drawing's own animation, which repeats
    affine: Floats  # (T, 2, 3) output pixel (x, y, 1) -> sprite pixel
    opacity: Floats  # (T,) 0..1
    tint: str | None  # a colour of text/world.py


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """A clip before it is drawn: what is true of it, what its caption says, and every parameter of its picture."""

    scene: Scene
    said: Scene
    place: str
    time: str
    paint_seed: int
    layers: tuple[Layer, ...]  # far to near
    camera: Floats  # (T, 2, 3) output pixel (x, y, 1) -> background canvas pixel
    fps: int

    @property
    def frames(self) -> int:
        """Frames of the clip."""
        return len(self.camera)


def opened(composition: Composition, factor: float) -> Composition:
    """The same seen by a camera that shows ``factor`` times as much to each side, as large as it was drawn."""
    layers = tuple(replace(layer, affine=_opened(layer.affine, factor)) for layer in composition.layers)
    return replace(composition, layers=layers, camera=_opened(composition.camera, factor))


def _opened(affine: Floats, factor: float) -> Floats:
    scaled = affine.copy()
    scaled[:, :, :2] *= factor
    scaled[:, :, 2] += affine[:, :, :2].sum(axis=2) * _MIDDLE * (1 - factor)
    return scaled


def compose(
    rng: np.random.Generator, *, frames: int = 17, fps: int = 8, split: Split = "train", edition: Edition = FIRST
) -> Composition:
    """A clip by chance, of what an edition of the world has; the same generator state gives the same clip."""
    return stage(graph(rng, split, edition), rng, frames=frames, fps=fps)


def compose_in_place(
    rng: np.random.Generator, *, frames: int = 17, fps: int = 8, edition: Edition = FIRST
) -> Composition:
    """A clip by chance in which nothing travels; no movement is said of it, but of a person, who poses for it."""
    composition = stage(in_place(rng, edition), rng, frames=frames, fps=fps)
    if any(posed(entity.subject) for entity in composition.scene.entities):
        return _posing(composition, rng, edition)
    still = tuple(replace(entity, motions=()) for entity in composition.said.entities)
    return replace(composition, said=replace(composition.said, entities=still))


def posed(subject: str) -> bool:
    """Whether a subject is drawn anew for what it does: who goes walks, who rises climbs."""
    return SUBJECTS[subject].styles == POSES


def _posing(composition: Composition, rng: np.random.Generator, edition: Edition) -> Composition:
    """A person where they stand, in the pose of some movement, which is said."""
    known = [motion for motion in edition.motions if not held_out_motion(composition.scene.entities[0].subject, motion)]
    motion = known[int(rng.integers(len(known)))]
    said = tuple(replace(entity, motions=(motion,)) for entity in composition.said.entities)
    layers = tuple(replace(layer, style=_POSES.get(motion, POSES[0])) for layer in composition.layers)
    return replace(composition, said=replace(composition.said, entities=said), layers=layers)


def stage(scene: Scene, rng: np.random.Generator, *, frames: int = 17, fps: int = 8) -> Composition:
    """A clip of a given full scene, for a grid of prompts or a test; what the scene leaves open takes its default.

    What no word can name is the take's where it is the lie of the land, and the same in every take where it is how a
    thing is staged (its spot, the pace of a jump, where in its cycle a wing is): then words decide the clip, and a
    drawing has to be learned in one place for each motion, not in four. Without a take all of it is drawn.
    """
    said = caption(scene, rng)
    painted = rng if scene.take is None else np.random.default_rng(TAKES.index(scene.take))
    paint_seed = int(painted.integers(_PAINTINGS))
    view = camera_view(scene.camera or "static", frames, painted)
    staged = rng if scene.take is None else np.random.default_rng(_STAGING)
    layers = [
        layer
        for number, entity in enumerate(scene.entities)
        for layer in _layers(entity, _spot(scene, number, staged), view, fps, staged)
    ]
    return Composition(
        scene=scene,
        said=said,
        place=scene.place or "meadow",
        time=scene.time or "day",
        paint_seed=paint_seed,
        layers=tuple(layers),
        camera=view.affine,
        fps=fps,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The camera: its affine into the canvas, and what it does to subjects in the frame."""

    affine: Floats  # (T, 2, 3)
    zoom: Floats  # (T,) factor on subjects about the middle of the frame
    shift: Floats  # (T, 2) in frame sides


def camera_view(camera: str, frames: int, rng: np.random.Generator) -> View:
    """Pans follow the subject (a tracking shot): the place slides by while the subject keeps its path in the frame."""
    u = np.linspace(-1, 1, frames)
    width = np.full(frames, rng.uniform(138, 150))
    centre = np.tile(rng.uniform((-9, -5), (9, 5)), (frames, 1))
    shift = np.zeros((frames, 2))
    if camera in ("pan_left", "pan_right"):
        width[:] = 130
        centre[:, 0] = u * (1 if camera == "pan_right" else -1) * rng.uniform(26, 30)
    elif camera in ("zoom_in", "zoom_out"):
        width[:] = 143 * 1.28 ** (u if camera == "zoom_out" else -u)
        centre *= 0.4
    elif camera == "camera_shake":
        shift[:] = rng.uniform(-0.05, 0.05, (frames, 2))
        centre -= shift * width[:, None]
    zoom = np.sqrt(143 / width) if camera.startswith("zoom") else np.ones(frames)
    return View(affine=_window(centre, width), zoom=zoom.astype(np.float32), shift=shift.astype(np.float32))


def _window(centre: Doubles, width: Doubles) -> Floats:
    """Affines of square windows of the canvas; ``centre`` counts from its middle, both in canvas pixels."""
    step = width / SIDE
    affine = np.zeros((len(width), 2, 3), np.float32)
    affine[:, 0, 0] = affine[:, 1, 1] = step
    affine[:, :, 2] = (CANVAS - 1) / 2 + centre - _MIDDLE * step[:, None]
    return affine


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """Where in the frame an entity plays, and how large; in frame sides."""

    x: float
    y: float
    side: float
    steadied: bool  # keeps to its spot, because another stands beside it


def _spot(scene: Scene, number: int, rng: np.random.Generator) -> _Spot:
    entity = scene.entities[number]
    side = _side(entity, len(scene.entities)) * rng.uniform(0.94, 1.06)
    x, y = rng.uniform(-0.05, 0.05), rng.uniform(-0.03, 0.03)
    way = 1 if number == 0 else -1
    if scene.relation == "next_to":
        x, y = -0.25 * way + x * 0.4, 0.08 + y
    elif scene.relation == "chases":
        forward = 1 if "right" in entity.motions else -1
        x, y = -0.21 * way * forward, 0.08 + y
    elif scene.relation == "above":
        y = 0.02 - 0.22 * way
    else:
        y += 0.0 if floats(entity.subject, scene.place) else BELOW
    return _Spot(x=0.5 + x, y=0.5 + y, side=side, steadied=scene.relation is not None)


def _side(entity: Entity, entities: int) -> float:
    """In frame sides: close shots, what rows of 32 pixels leave soft is small beside a thing (decision 0018)."""
    if entities > 1 or entity.count == "two":
        return 0.46
    if entity.count == "three":
        return 0.36
    return {"small": 0.36, "large": 0.84}.get(entity.size or "", 0.60)


def _layers(entity: Entity, spot: _Spot, view: View, fps: int, rng: np.random.Generator) -> list[Layer]:
    frames = len(view.affine)
    moved = path(entity.motions or ("still",), frames=frames, fps=fps, rng=rng)
    mirrored = moved.heading * SUBJECTS[entity.subject].faces < 0
    phase = rng.uniform(0, 4)
    copies = {"two": 2, "three": 3}.get(entity.count or "one", 1)
    x, y = _centred(moved, spot)
    layers = []
    for copy in range(copies):
        aside = _formation(moved, copy - (copies - 1) / 2, spot.side)
        centre = np.stack((x + aside[0], y + aside[1]), axis=1) - 0.5
        centre = centre * view.zoom[:, None] + view.shift + 0.5
        layers.append(
            Layer(
                subject=entity.subject,
                style=_drawing(entity),
                clock=(np.arange(frames) / fps + phase + 0.37 * copy).astype(np.float32),
                affine=_placed(centre, spot.side * moved.scale * view.zoom, moved.angle, mirrored=mirrored),
                opacity=moved.opacity,
                tint=entity.colour,
            )
        )
    return layers


def _drawing(entity: Entity) -> str:
    """Which drawing of a subject is shown: the style that is said, else the usual one; of persons the pose."""
    styles = SUBJECTS[entity.subject].styles
    if posed(entity.subject):
        return _POSES.get(entity.motions[0] if entity.motions else "still", POSES[0])
    return entity.style or styles[0]


_POSES = {
    **dict.fromkeys(("right", "left", "cross", "swim", "orbit"), "walk"),
    **dict.fromkeys(("jump", "bounce"), "jump"),
    "up": "climb",
    "down": "fall",
}


def _centred(moved: Path, spot: _Spot) -> tuple[Floats, Floats]:
    """The path laid so that its middle is the spot; long paths up or down are laid about the middle of the frame."""
    tall = float(np.ptp(moved.y))
    level = spot.y if spot.steadied else 0.5 + (spot.y - 0.5) * max(0.0, 1 - tall / 0.6)
    x = moved.x - (moved.x.max() + moved.x.min()) / 2 + spot.x
    y = moved.y - (moved.y.max() + moved.y.min()) / 2 + level
    return x.astype(np.float32), y.astype(np.float32)


def _formation(moved: Path, place: float, side: float) -> tuple[float, float]:
    """Copies stand side by side; those that go sideways go abreast, one behind the other in depth."""
    if moved.heading:
        return 0.10 * place * moved.heading, 0.84 * side * place
    return 0.92 * side * place, 0.0


def _placed(centre: Doubles, side: Doubles, angle: Floats, *, mirrored: bool) -> Floats:
    """Affines that show a sprite of ``side`` frame sides, turned by ``angle``, with its middle at ``centre``."""
    cos, sin = np.cos(angle) / side, np.sin(angle) / side
    turn = np.stack((np.stack((cos, sin), axis=1), np.stack((-sin, cos), axis=1)), axis=1)
    if mirrored:
        turn[:, 0] *= -1
    middle = centre * SIDE - 0.5  # in pixels, from the centre of the first one
    offset = _MIDDLE - np.einsum("tij,tj->ti", turn, middle)
    return np.concatenate((turn, offset[:, :, None]), axis=2).astype(np.float32)
