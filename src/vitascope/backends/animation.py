"""A given picture in motion: taken apart into a thing and what lies behind it, and the thing moved as words say.

The thing's pixels are carried along a track and laid over the plate again, so they stay what they were: a network of
this size, asked to paint a drawing it has never seen, paints another one (decision 0020). The first frame is the
picture itself. The network looks at a small copy; what is moved is the picture as large as it came.

Letters in shapes: T frames, H W pixels, C channels.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from vitascope.backends import staging
from vitascope.backends.base import Box
from vitascope.backends.cutting import Separate, cut, given, grown, looked_at, sharper, sigmoid
from vitascope.backends.layers import (
    NOTHING,
    Layers,
    Sprite,
    Tracks,
    as_pixels,
    composed,
    filled,
    lay,
    middle_of,
    placed,
    seen,
    spread,
    sprite,
    taken_apart,
)
from vitascope.backends.paper import on_paper
from vitascope.backends.rows import union
from vitascope.backends.staging import Spot
from vitascope.errors import CharacterError
from vitascope.media.resize import fit
from vitascope.types import Character, Floats, Integers, Pixels, Plan

DICE, SIGNS, WAVES, TRACK = 4, 2, 24, 8
"""As in models/animator.py."""

UNDECIDED = 0.1
"""In sides: a thing so near to the middle goes whichever way the seed says, others go where there is room."""

TALL, FAR = 0.6, 0.3
"""In sides: a way so tall is laid about the middle; a way so far to a side is one to that side."""

SOLID = 250
"""Of 255: a picture with less opacity than this anywhere was cut out by whoever made it."""

_Painted = tuple[list[Sprite | None], Spot]  # a thing, frame by frame or once, and where it stands


class Easel(Protocol):
    """Paints what a clip is staged from. Boxes are in pixels of the frame, beyond which they may reach."""

    def box(self, side: float, spot: Spot) -> Box:
        """What must be painted for a thing of such a side at a spot, x and y, both in frame sides."""
        ...

    def paint(
        self, words: Mapping[str, Integers], frames: int, box: Box, before: Pixels | None = None
    ) -> Iterator[Pixels]:
        """So many frames of what words say, as large as the box; nothing in them travels.

        Whoever looks on sees it before the frame that is already painted.
        """
        ...


class Animation:
    """Moves pictures. Weights are float32 arrays by name, ``animator.`` first; ``side`` is the longer one of a look.

    Things that are ``alive`` are painted frame by frame, with what their drawing does by itself, others once; None
    stands for all.
    """

    def __init__(
        self, weights: Mapping[str, Floats], separate: Separate, side: int, alive: Collection[str] | None = None
    ) -> None:
        self._weights, self._separate, self._side, self._alive = weights, separate, side, alive

    def moved(self, plan: Plan, picture: Pixels) -> Iterator[Pixels]:
        """``plan.frames`` frames as large as the picture ``(H, W, 3)``, which is the first of them."""
        layers = self.layers(picture)
        middle = middle_of(layers.thing)
        tracks = self.tracks(plan, staging.motions(plan.words), middle, camera=staging.camera(plan.words))
        thing = sprite(layers.thing)
        return (
            layers.picture if tracks.rests(number) else composed(layers.plate, thing, tracks, number, middle)
            for number in range(plan.frames)
        )

    def staged(self, plan: Plan, easel: Easel) -> Iterator[Pixels]:
        """``plan.frames`` frames of a prompt: its place painted empty, each thing alone, laid over it and moved.

        A camera moves over the painted place, and never beyond its sides.
        """
        camera, scenery = staging.camera(plan.words), self._scenery(plan, easel)
        acts = list(self._acts(plan, easel, scenery, camera))
        plates = [given(frame) for frame in scenery.frames()]
        view = within(self.tracks(plan, (0,), (0.5, 0.5), camera))
        return (_laid(seen(plates[n % len(plates)], view, n), acts, n) for n in range(plan.frames))

    def _scenery(self, plan: Plan, easel: Easel) -> "_Scenery":
        """The place, painted as far as things are, so that it can be told what of them is only the place."""
        stands = [staging.stand(part.words) for part in staging.parts(plan.words) if part.number not in plan.cast]
        box = union((0, plan.size[1], 0, plan.size[0]), *(easel.box(side, spot) for side, spot in stands))
        frames = 1 if staging.stands_still(plan.words) else plan.frames
        return _Scenery(size=plan.size, box=box, painted=list(easel.paint(staging.plate(plan.words), frames, box)))

    def _acts(self, plan: Plan, easel: Easel, scenery: "_Scenery", camera: int) -> Iterator["_Act"]:
        """Each thing as it was painted, frame by frame or once, or as it is kept, and its way.

        Two alike are painted once.
        """
        known: dict[bytes, _Painted] = {}
        for part in staging.parts(plan.words):
            if (character := plan.cast.get(part.number)) is not None:
                yield self._played(plan, replace(part, faces=character.faces), character, camera)
                continue
            if part.painting not in known:
                once = self._alive is not None and part.subject not in self._alive
                known[part.painting] = self._painted(part, easel, scenery, 1 if once else plan.frames)
            sprites, middle = known[part.painting]
            tracks = self.tracks(plan, part.motions, middle, camera)
            yield _Act(things=sprites, middle=middle, tracks=about(tracks, middle, part, plan.size))

    def _painted(self, part: staging.Part, easel: Easel, scenery: "_Scenery", frames: int) -> _Painted:
        """A thing, painted and cut out, frame by frame, and where in the frame its middle is."""
        top, bottom, left, right = box = easel.box(*staging.stand(part.words))
        width, height = scenery.size
        looked = round(self._side * max(bottom - top, right - left) / max(width, height))
        behind = scenery.frames(box)
        painted = easel.paint(part.words, frames, box, scenery.frames()[0])
        things = cut(painted, [behind[n % len(behind)] for n in range(frames)], self._separate, looked)
        x, y = middle_of(np.mean(things, axis=0))
        middle = (left + x * (right - left)) / width, (top + y * (bottom - top)) / height
        return [sprite(thing, (left, top)) for thing in things], middle

    def _played(self, plan: Plan, part: staging.Part, character: Character, camera: int) -> "_Act":
        """A kept character and its way. Raises CharacterError where nothing of its picture stands out."""
        thing = self.cut_out(character.picture)
        if thing[..., 3].mean() < NOTHING:
            raise CharacterError(
                f"Nothing stands out in the picture of {character.name!r}. Take one in which it stands alone, whole, "
                "and before something plain; or cut it out, and leave the rest transparent."
            )
        side, spot = staging.stand(part.words)
        stood = placed(thing, plan.size, side, spot)
        middle = middle_of(stood)
        tracks = self.tracks(plan, part.motions, middle, camera)
        return _Act(things=[sprite(stood)], middle=middle, tracks=about(tracks, middle, part, plan.size))

    def cut_out(self, picture: Pixels) -> Floats:
        """The thing of a picture, ``(H, W, 4)``: what its maker cut out, else what is no paper, else by the matte."""
        if picture.shape[2] == 4 and picture[..., 3].min() < SOLID:
            matte = given(picture[..., 3:])
            return np.asarray(np.concatenate((given(picture[..., :3]) * matte, matte), axis=2), np.float32)
        layers = self.layers(np.ascontiguousarray(picture[..., :3]))
        alone = on_paper(layers.picture, layers.thing[..., 3])
        return layers.thing if alone is None else alone

    def layers(self, picture: Pixels) -> Layers:
        """Takes a picture ``(H, W, 3)`` apart."""
        height, width, _ = picture.shape
        looked = fit(picture, looked_at(width, height, self._side))
        look = given(looked)
        answer = self._separate(look[None])[0]
        matte, covered = sigmoid(answer[..., 0]), sigmoid(answer[..., 1])
        guessed = look + covered[..., None] * (answer[..., 2:] + np.float32(0.5) - look)
        hole = spread(np.maximum(matte, covered))
        behind = filled(look, guessed, hole)
        matte, covered, *colours = (grown(part, (width, height)) for part in _channels(matte, hole, behind))
        return taken_apart(
            picture,
            sharper(matte, width / looked.shape[1]),
            np.clip(covered, 0, 1),
            np.clip(np.stack(colours, axis=-1), 0, 1),
        )

    def tracks(self, plan: Plan, motions: Sequence[int], centre: Spot, camera: int = 0) -> Tracks:
        """What movements and a camera make of a thing that stands at ``centre``, x and y in 0..1."""
        dice = np.random.Generator(np.random.PCG64(plan.seed))
        signs = np.array([_away(place, dice.random()) for place in centre], np.float32)
        course, seconds = np.linspace(0, 1, plan.frames, dtype=np.float32), plan.frames / plan.fps
        parts = len(motions)
        moved = [
            self._track(word, dice, signs, seconds / parts, np.clip(course * parts - number, 0, 1))
            for number, word in enumerate(motions)
        ]
        rest = np.zeros((plan.frames, TRACK), np.float32)
        seen = self._track(camera, dice, signs, seconds, course) if camera else rest
        every = [*moved, seen] if camera else moved
        nearer = np.exp(seen[:, 3:4]) - 1  # a zoom carries what is not in the middle away from it
        return Tracks(
            shift=_sum([part[:, :2] for part in every]) + nearer * (np.array(centre, np.float32) - 0.5),
            angle=_sum([part[:, 2] for part in moved]),
            scale=np.exp(_sum([part[:, 3] for part in every])),
            opacity=np.prod([_opaque(part[:, 4]) for part in moved], axis=0).astype(np.float32),
            pan=seen[:, 5:7],
            zoom=np.exp(seen[:, 7]),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scenery:
    """A painted place: one frame, or all of a clip, as large as its box, in which a frame of ``size`` lies."""

    size: tuple[int, int]  # width, height
    box: Box
    painted: list[Pixels]

    def frames(self, box: Box | None = None) -> list[Pixels]:
        """What of it lies in a box, or in the frame."""
        top, bottom, left, right = box or (0, self.size[1], 0, self.size[0])
        down, across = slice(top - self.box[0], bottom - self.box[0]), slice(left - self.box[2], right - self.box[2])
        return [frame[down, across] for frame in self.painted]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Act:
    """A painted thing and its way."""

    things: list[Sprite | None]  # of each frame, or of all of them
    middle: Spot
    tracks: Tracks


def _laid(frame: Floats, acts: Sequence[_Act], number: int) -> Pixels:
    """One frame: all things over the plate, which is drawn on."""
    for act in acts:
        lay(frame, act.things[number % len(act.things)], act.tracks, number, act.middle)
    return as_pixels(frame)


def about(tracks: Tracks, middle: Spot, part: staging.Part, size: tuple[int, int] = (1, 1)) -> Tracks:
    """The way of a painted thing, laid so that its middle is the thing's spot, as training clips lay theirs.

    Its size is that in the middle of its way, too. What goes to a side looks there, if its drawing faces a side. A
    long way up or down is laid about the middle of the frame, where no spot is wanted. ``size`` is that of the frame,
    across and down: where it is no square, several things find room in its shorter side.
    """
    low, high = tracks.shift.min(axis=0), tracks.shift.max(axis=0)
    tall, stood = high[1] - low[1], np.array(middle, np.float32)
    spot = part.spot or (0.5, 0.5 + (middle[1] - 0.5) * max(0.0, 1 - tall / TALL))
    room = np.array(min(size), np.float32) / size
    there = np.array(spot, np.float32) + part.aside * room
    crowded = part.spot is not None or any(part.aside)
    larger = part.size * np.sqrt(room.prod()) if crowded else part.size
    heading = np.sign(tracks.shift[-1, 0] - tracks.shift[0, 0]) * (high[0] - low[0] > FAR)
    return replace(
        tracks,
        shift=tracks.shift - (low + high) / 2 + there - stood,
        scale=tracks.scale / np.sqrt(tracks.scale.max() * tracks.scale.min()) * np.float32(larger),
        mirrored=bool(heading * part.faces < 0),
    )


def within(view: Tracks) -> Tracks:
    """A camera's way over a plate, in sides of it, drawn nearer until no part of what it sees leaves the plate."""
    half = view.zoom[:, None] / 2
    low, high = (view.pan - half).min(axis=0), (view.pan + half).max(axis=0)
    wide = np.float32(max(1.0, (high - low).max()))
    return replace(view, pan=(view.pan - (low + high) / 2) / wide, zoom=view.zoom / wide)


def _channels(*arrays: Floats) -> Iterator[Floats]:
    """Each channel of each array, ``(H, W)``."""
    for array in arrays:
        yield from np.atleast_3d(array).transpose(2, 0, 1).copy()


def _away(place: float, by_chance: float) -> float:
    """The direction with more room; by chance near the middle."""
    return 1.0 if (place if abs(place - 0.5) > UNDECIDED else by_chance) < 0.5 else -1.0


def _opaque(told: Floats) -> Floats:
    """Opacity in 0..1; what is told as nearly nothing or nearly all is that, since nothing is half there for long."""
    return np.asarray(np.clip((told - 0.02) / 0.96, 0, 1), np.float32)


def _sum(parts: list[Floats]) -> Floats:
    return np.asarray(np.sum(parts, axis=0), np.float32)


def _silu(x: Floats) -> Floats:
    return x * sigmoid(x)
