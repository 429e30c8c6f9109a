"""The embedded model's backend: noise, then a few steps of the network, then the codec; NumPy outside the network.

Letters in shapes: B guidance branches (with the prompt, without), K latents, N rows, D channels of a row.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import islice, pairwise

import numpy as np

from vitascope.backends import flow
from vitascope.backends.animation import Animation
from vitascope.backends.base import Box, Rows, Runtime, Text, Tick
from vitascope.backends.codec import Codec, LappedCodec
from vitascope.backends.rows import (
    CLIP,
    REFERENCE,
    around,
    grid_of_latent,
    latents,
    positions,
    reference_positions,
    rows_of_latent,
    scaled,
    shared,
    union,
    whole,
)
from vitascope.backends.staging import REACH, paintings
from vitascope.text.words import no_words
from vitascope.types import Floats, Halfway, Integers, Memory, Pixels, Plan, Progress

Sketch = Callable[[], Pixels]


class NativeBackend:
    """Renders plans with one checkpoint, on whichever runtime carries its network."""

    def __init__(
        self, runtime: Runtime, codec: Codec | None = None, memory: Memory | None = None,
        animation: Animation | None = None,
    ) -> None:  # fmt: skip
        """``codec`` is a learned one, opened with its weights; where there is none, the preset's needs none.

        Without ``memory`` every render begins with noise; without ``animation`` a given picture is painted on from.
        """
        self.runtime, self.preset, self._memory, self.animation = runtime, runtime.preset, memory, animation
        self.codec: Codec = codec or LappedCodec(runtime.preset.codec)

    def remembering(self, memory: Memory) -> "NativeBackend":
        """See :class:`vitascope.backends.base.Backend`."""
        return NativeBackend(self.runtime, self.codec, memory, self.animation)

    def render(self, plan: Plan, tick: Tick) -> Iterator[Pixels]:
        """Yields ``plan.frames`` frames ``(H, W, 3)`` as they are decoded; deterministic in the plan."""
        if self.animation is None:
            frames = self.painted(plan, tick)
        elif plan.first_frame is None:
            frames = self.animation.staged(plan, _Easel(self, plan, tick))
        else:
            frames = self.animation.moved(plan, plan.first_frame)
        tick(Progress(stage="decode", step=0, steps=plan.frames))
        for number, frame in enumerate(frames, 1):
            tick(Progress(stage="decode", step=number, steps=plan.frames))
            yield frame

    def painted(self, plan: Plan, tick: Tick, box: Box | None = None) -> Iterator[Pixels]:
        """What a plan's words say as the network paints it, nothing taken apart or moved.

        Of ``box``, rows of a latent, the frames are all there is.
        """
        box = box or whole(plan.size, self.preset.codec)
        rows_ND = self._denoise(plan, tick, box)
        num_latents = latents(plan.frames, self.preset.codec)
        return self.codec.decode(rows_ND.reshape(num_latents, -1, rows_ND.shape[-1]), self._sides(box))

    def _sides(self, box: Box) -> tuple[int, int]:
        """Width and height of what a box of rows shows, in pixels."""
        top, bottom, left, right = scaled(box, self.preset.codec.stride)
        return right - left, bottom - top

    def _denoise(self, plan: Plan, tick: Tick, box: Box) -> Floats:
        """From noise, or from where an attempt before was cut off, to a clip's rows, ``(N, D)``."""
        text, of = self._read(plan), _name(plan, self.runtime, box)
        rows, given_N = self._start(plan, box)
        rows, done = self._taken_up(rows, plan, of)
        tick(Progress(stage="denoise", step=done, steps=plan.steps))
        begin = time.monotonic()
        ladder = flow.levels(plan.steps, self.preset.sampler.shift)
        for number, (level, target) in islice(enumerate(pairwise(ladder), 1), done, None):
            before, rows = rows, self._step(rows, given_N, text, level, target, plan.guidance)
            if self._memory is not None:  # before the tick, which may end the render
                self._memory.keep(Halfway(rows=rows.z_ND, step=number, of=of))
            spent = time.monotonic() - begin
            eta = spent / (number - done) * (plan.steps - number)
            sketch = partial(self._sketch, before, rows, (level, target), plan.frames, box)
            tick(Progress(stage="denoise", step=number, steps=plan.steps, eta_seconds=eta, sketch=sketch))
        return _clip(rows)

    def _taken_up(self, noise: Rows, plan: Plan, of: str) -> tuple[Rows, int]:
        """The rows to go on with and the steps that are behind them: none where nothing was kept."""
        kept = None if self._memory is None else self._memory.recall(of, noise.z_ND.shape)
        if kept is None or not 0 < kept.step <= plan.steps:
            return noise, 0
        return replace(noise, z_ND=kept.rows), kept.step

    def _sketch(self, before: Rows, after: Rows, levels: tuple[float, float], frames: int, box: Box) -> Pixels:
        """A frame of the clip the network aimed at in the step from ``before`` to ``after``: that line, drawn out.

        Of the first two latents the last frame, since the first may be a picture that was given.
        """
        here, there = levels
        clean_ND = _clip(after) - np.float32(there / (there - here)) * (_clip(after) - _clip(before))
        opening = clean_ND.reshape(latents(frames, self.preset.codec), -1, clean_ND.shape[-1])[:2]
        return list(self.codec.decode(opening, self._sides(box)))[-1]

    def _read(self, plan: Plan) -> Text:
        """The prompt and, where guidance asks for it, its absence, read together."""
        branches = [plan.words] if plan.guidance == 1 else [plan.words, no_words()]
        return self.runtime.read(_stack(branches), (plan.frames - 1) / plan.fps)

    def _start(self, plan: Plan, box: Box) -> tuple[Rows, Floats]:
        """Noise from the seed, with given rows already in place, and which rows are given: 1 or 0 each, ``(N, 1)``."""
        codec, num_latents = self.preset.codec, latents(plan.frames, self.preset.codec)
        z_ND, place = self._noise(plan, box), positions(num_latents, plan.size, plan.fps, codec, box)
        given_N1 = np.zeros((len(place), 1), np.float32)
        if plan.first_frame is not None:
            first = rows_of_latent(plan.size, codec)
            z_ND[:first] = self.codec.encode(plan.first_frame[None])[0]
            given_N1[:first] = 1
        levels = np.ones(len(place), np.float32) - given_N1[:, 0]
        tags = np.full(len(place), CLIP, np.int32)
        rows = Rows(z_ND=z_ND, t_N=levels, r_N=levels, position_N3=place, tag_N=tags)
        shown = next(iter(plan.cast.values()), None)
        return (rows, given_N1) if shown is None else self._with_look(rows, given_N1, shown.picture)

    def _noise(self, plan: Plan, box: Box) -> Floats:
        """Rows of a box begin with the noise they have where all are painted, those beyond the frame with their own."""
        codec = self.preset.codec
        down, across = grid_of_latent(plan.size, codec)
        shape = (latents(plan.frames, codec), down, across, codec.channels)
        z_KYXD = np.random.Generator(np.random.PCG64(plan.seed)).standard_normal(shape, np.float32)
        if box != whole(plan.size, codec):
            beyond = np.random.Generator(np.random.PCG64((plan.seed, 1)))
            sides = (box[1] - box[0], box[3] - box[2])
            framed, boxed = shared(box, (across, down))
            part_KYXD = beyond.standard_normal((len(z_KYXD), *sides, codec.channels), np.float32)
            part_KYXD[:, *boxed] = z_KYXD[:, *framed]
            z_KYXD = part_KYXD
        return z_KYXD.reshape(-1, codec.channels)

    def _with_look(self, rows: Rows, given_N1: Floats, look: Pixels) -> tuple[Rows, Floats]:
        """The same with the rows of a reference picture before the clip, clean and given, as in training."""
        seen_ND = self.codec.encode(look[None])[0]
        place = reference_positions((look.shape[1], look.shape[0]), self.preset.codec)
        clean, shown = np.zeros(len(seen_ND), np.float32), np.full(len(seen_ND), REFERENCE, np.int32)
        levels = np.concatenate((clean, rows.t_N))
        with_look = Rows(
            z_ND=np.concatenate((seen_ND, rows.z_ND)),
            t_N=levels,
            r_N=levels,
            position_N3=np.concatenate((place, rows.position_N3)),
            tag_N=np.concatenate((shown, rows.tag_N)),
        )
        return with_look, np.concatenate((np.ones((len(seen_ND), 1), np.float32), given_N1))

    def _step(self, rows: Rows, given_N1: Floats, text: Text, level: float, target: float, guidance: float) -> Rows:
        """One step of all rows that are not given.

        A flow knows its velocity here and goes straight on (Euler); a flow map was taught the mean velocity from here
        to the level aimed at, and is told that level.
        """
        here_N1 = np.asarray((1 - given_N1) * np.float32(level), np.float32)
        there_N1 = np.asarray((1 - given_N1) * np.float32(target), np.float32)
        aim_N1 = there_N1 if self.preset.sampler.kind == "map" else here_N1
        now = Rows(z_ND=rows.z_ND, t_N=here_N1[:, 0], r_N=aim_N1[:, 0], position_N3=rows.position_N3, tag_N=rows.tag_N)
        seen_BND = self.runtime.denoise(text, now)
        clip_ND = seen_BND[0] if len(seen_BND) == 1 else flow.guide(seen_BND[0], seen_BND[1], guidance)
        speed = flow.velocity(rows.z_ND, clip_ND, np.maximum(here_N1, np.float32(flow.LEAST_LEVEL)))
        z_ND = flow.step(rows.z_ND, speed, here_N1, there_N1)
        return Rows(z_ND=z_ND, t_N=there_N1[:, 0], r_N=there_N1[:, 0], position_N3=rows.position_N3, tag_N=rows.tag_N)


class _Easel:
    """Paints what a plan is staged from, one after the other; ``tick`` hears of all of them as of one."""

    def __init__(self, backend: NativeBackend, plan: Plan, tick: Tick) -> None:
        self._backend, self._plan, self._tick = backend, plan, tick
        self._pictures, self._begun, self._begin = paintings(plan.words, plan.cast), 0, time.monotonic()

    def box(self, side: float, spot: tuple[float, float]) -> Box:
        """See :class:`vitascope.backends.animation.Easel`.

        Of a frame that is no square all is painted: a part of it would be taken for one of a square, which shows
        another place.
        """
        codec, size = self._backend.preset.codec, self._plan.size
        near = around(spot, side * REACH, size, codec)
        return scaled(near if size[0] == size[1] else union(near, whole(size, codec)), codec.stride)

    def paint(
        self, words: Mapping[str, Integers], frames: int, box: Box, before: Pixels | None = None
    ) -> Iterator[Pixels]:
        """See :class:`vitascope.backends.animation.Easel`. Who is kept is not painted."""
        alone = replace(self._plan, words=words, frames=frames, keep=frames, cast={})
        heard = _told(self._tick, self._begun, self._pictures, self._begin)
        self._begun += 1
        width, height = self._plan.size
        around_it = np.zeros((height, width, 3), np.uint8) if before is None else before

        def told(progress: Progress) -> None:
            sketch = progress.sketch
            heard(progress if sketch is None else replace(progress, sketch=partial(_seen, sketch, box, around_it)))

        top, bottom, left, right = (side // self._backend.preset.codec.stride for side in box)
        return self._backend.painted(alone, told, (top, bottom, left, right))


def _told(tick: Tick, behind: int, pictures: int, begin: float) -> Tick:
    """A tick for one of several pictures that are painted one after the other, the first from ``begin`` on."""

    def told(progress: Progress) -> None:
        step, steps = progress.step + behind * progress.steps, pictures * progress.steps
        eta = None if progress.eta_seconds is None else (time.monotonic() - begin) / step * (steps - step)
        tick(replace(progress, step=step, steps=steps, eta_seconds=eta))

    return told


def _seen(sketch: Sketch, box: Box, before: Pixels) -> Pixels:
    """What of a sketch of a box is in the frame, in front of what is already painted."""
    framed, boxed = shared(box, before.shape[1::-1])
    frame = before.copy()
    frame[framed] = sketch()[boxed]
    return frame


def _name(plan: Plan, runtime: Runtime, box: Box) -> str:
    """sha256 of all that the states between noise and clip depend on: the plan, the weights, and what carries them."""
    settled = replace(plan, prompt="", notes=(), words={}, first_frame=None, cast={})
    digest = hashlib.sha256(repr((settled, box, runtime.preset, runtime.name)).encode())
    shown = {f"cast {number} {one.name!r} {one.faces}": one.picture for number, one in plan.cast.items()}
    for name, array in sorted({**plan.words, **shown, "first_frame": plan.first_frame}.items()):
        if array is not None:
            digest.update(f"{name} {array.shape} {array.dtype}".encode() + array.tobytes())
    return digest.hexdigest()


def _clip(rows: Rows) -> Floats:
    """The rows of the clip itself, ``(N, D)``, without those of a reference picture."""
    return np.asarray(rows.z_ND[rows.tag_N == CLIP], np.float32)


def _stack(branches: list[Mapping[str, Integers]]) -> dict[str, Integers]:
    return {name: np.stack([branch[name] for branch in branches]) for name in branches[0]}
