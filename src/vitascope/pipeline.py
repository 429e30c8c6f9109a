"""The whole path of one video, from a request to a sealed file. Read me first.

``Request -> Plan -> Frames -> Marked -> file -> Clip``: one small frozen value on each arrow, and none points back.
Frames are iterators: the first is marked and encoded while the last is still being painted. A thumbnail and a sheet are
drawn beside the film, from its frames as they pass.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from vitascope.backends.base import Backend, Tick
from vitascope.engine.plan import plan as plan_for
from vitascope.media import gif, mp4, stills, webm
from vitascope.media.badge import badged
from vitascope.media.draft import draft, whole
from vitascope.media.resize import cover
from vitascope.media.sheets import png_bytes
from vitascope.provenance.authority import Authority, open_authority
from vitascope.provenance.fingerprint import Sampler, words_of
from vitascope.provenance.manifest import Claim
from vitascope.provenance.mark import mark
from vitascope.provenance.register import Issued, LocalRegister, Register, now
from vitascope.provenance.seal import Sealed, format_of, seal, sealed_bytes, sidecar_of
from vitascope.settings import settings
from vitascope.types import NO_MINING, Clip, Marked, Pixels, Plan, Preset, Progress, Request, Source

if TYPE_CHECKING:
    from hashlib import _Hash

TITLE = "Vitascope clip"
"""Of every sealed file, whatever its name: a default name holds the prompt, which the manifest must not."""

PREVIEWS, PREVIEW_SIDE = 4, 160
"""One preview as soon as it is due, then after each fourth of the steps but the last; no side over so many pixels."""

FIRST_PREVIEW, PREVIEW_PAUSE = 0.3, 1.0
"""Seconds before the first preview and between two: sooner nobody looks, and each costs a decode, a mark and a seal."""

Show = Callable[[bytes, int], None]
"""Takes a preview, a marked and sealed WebP, and the step it was seen at."""

Picture = Literal["thumbnail", "spritesheet"]
"""The first frame, small; twelve frames of the clip on one sheet."""

_WRITERS = {"mp4": mp4.write, "webm": webm.write, "gif": gif.write}


def render(  # noqa: PLR0913  # each is one thing a caller may want; only the first four are needed
    request: Request,
    *,
    to: Path,
    backend: Backend,
    tick: Tick,
    thanks: tuple[str, ...] = (),
    register: Register | None = None,
    party: str = "",
    show: Show | None = None,
    pictures: Mapping[Picture, Path] | None = None,
) -> Clip:
    """Make what ``request`` asks for and put the file at ``to``, in place of what is there: finished or not at all.

    ``tick`` hears of every step, ``show`` takes previews; ``thanks`` are the artists the seal names; ``register`` gives
    the mark, by default the one in the data folder, and remembers that it was for ``party``. ``pictures`` are stills
    that are wanted beside the clip, ``.png``, ``.jpg`` or ``.webp``, marked and sealed as it is. Whatever fails, a
    full disk or an interrupt, ``to`` stays as it was. Raises UserError, WeightsError, SealError.
    """
    plan, home = plan_for(request, backend.preset), settings().home
    register = register or LocalRegister(home)
    authority, mark_id = open_authority(home), register.take(party=party)
    digest, sampler = hashlib.sha256(), Sampler()
    claim = _claim(request, plan, backend.preset, mark_id=mark_id, thanks=thanks)
    tick = tick if show is None else _showing(show, tick, claim, authority)
    tick(Progress(stage="read", step=1, steps=1))
    with draft(to) as unfinished, ThreadPoolExecutor(max_workers=2) as pool:
        gallery = _Gallery(pool, pictures or {}, plan, claim, authority)
        painted = islice(backend.render(plan, tick), plan.keep)
        resized = _badged(_resized(_hashed(painted, digest), plan), settings().badge)
        marked = _told(mark(gallery.watch(sampler.watch(resized)), mark_id, authority.mark_key), plan, tick)
        _WRITERS[plan.container](marked, unfinished, fps=plan.fps)
        tick(Progress(stage="seal", step=0, steps=1))
        sealed = seal(unfinished, claim, authority)
        tick(Progress(stage="seal", step=1, steps=1))
        gallery.seal(sealed)
        clip = _clip(plan, backend.preset, sealed, to=to, frames_sha256=digest.hexdigest())
        register.enter(_entry(clip, party), words_of(sampler.planes))
        gallery.hang(tick)
        _place(sealed, clip)
    return clip


def source_of(path: Path, *, role: Literal["parent", "component"] = "parent", sidecar: Path | None = None) -> Source:
    """The finished file ``path`` as something another clip is made from; its credential goes with it."""
    return Source(
        content=path.read_bytes(),
        media_type=format_of(path),
        role=role,
        sidecar=None if sidecar is None else sidecar.read_bytes(),
    )


class _Gallery:
    """The stills that are wanted beside a clip, in the making while it is: drawn from its frames, sealed after it.

    Each is marked at its own size, and its credential names the clip as parent.
    """

    def __init__(
        self, pool: Executor, wanted: Mapping[Picture, Path], plan: Plan, claim: Claim, authority: Authority
    ) -> None:
        self._pool, self._wanted, self._authority = pool, wanted, authority
        self._claim = replace(claim, trained_on="", credits=(), sources=(), change="edited", mining=NO_MINING)
        self._glance = stills.Glance(pool, plan.keep)
        self._drawn, self._sealed = dict[Picture, Future[bytes]](), dict[Picture, Future[bytes]]()

    def watch(self, frames: Iterable[Pixels]) -> Iterator[Pixels]:
        """``frames``, each looked at as it passes; behind the last the drawing begins."""
        yield from self._glance.watch(frames) if self._wanted else frames
        self._drawn = {kind: self._pool.submit(self._draw, kind) for kind in self._wanted}

    def seal(self, film: Sealed) -> None:
        """Begin to sign: ``film`` is finished."""
        if not self._wanted:
            return
        claim = replace(self._claim, sources=(source_of(film.path, sidecar=film.sidecar),))
        self._sealed = {kind: self._pool.submit(self._sign, kind, claim) for kind in self._drawn}

    def hang(self, tick: Tick) -> None:
        """Put all of them where they are wanted. Raises SealError, OutputError."""
        if self._wanted:
            tick(Progress(stage="stills", step=0, steps=len(self._sealed)))
        for number, (kind, content) in enumerate(self._sealed.items(), 1):
            with whole(self._wanted[kind]) as unfinished:
                unfinished.write_bytes(content.result())
            tick(Progress(stage="stills", step=number, steps=len(self._sealed)))

    def _draw(self, kind: Picture) -> bytes:
        picture = self._glance.spritesheet() if kind == "spritesheet" else self._glance.thumbnail()
        marked = next(mark([picture], self._claim.mark_id, self._authority.mark_key))
        return stills.encoded(marked, self._wanted[kind].suffix)

    def _sign(self, kind: Picture, claim: Claim) -> bytes:
        return sealed_bytes(self._drawn[kind].result(), format_of(self._wanted[kind]), claim, self._authority)


def _hashed(frames: Iterable[Pixels], digest: "_Hash") -> Iterator[Pixels]:
    """The same frames; ``digest`` takes each in as it passes, as it was made and before the mark."""
    for frame in frames:
        digest.update(frame.tobytes())
        yield frame


def _resized(frames: Iterable[Pixels], plan: Plan) -> Iterator[Pixels]:
    for frame in frames:
        yield frame if frame.shape[1::-1] == plan.output_size else cover(frame, plan.output_size)


def _badged(frames: Iterable[Pixels], words: str) -> Iterator[Pixels]:
    """The same frames with the operator's words in a corner, if there are any; the mark goes over them as over all."""
    for frame in frames:
        yield badged(frame, words)


def _told(frames: Iterable[Marked], plan: Plan, tick: Tick) -> Iterator[Marked]:
    """The same frames; ``tick`` hears of each when it is marked, and when it is in the file."""
    for number, frame in enumerate(frames, 1):
        tick(Progress(stage="mark", step=number, steps=plan.keep))
        yield frame
        tick(Progress(stage="write", step=number, steps=plan.keep))


def _claim(request: Request, plan: Plan, preset: Preset, *, mark_id: int, thanks: tuple[str, ...]) -> Claim:
    return Claim(
        title=TITLE,
        model=preset.name,
        weights_sha256=preset.weights_sha256,
        trained_on=preset.trained_on,
        mark_id=mark_id,
        credits=thanks,
        sources=_sources(request, plan),
        change=request.change,
        mining=request.mining,
    )


def _sources(request: Request, plan: Plan) -> tuple[Source, ...]:
    """The files the clip is made from; a first frame of which only pixels came is one, too."""
    if plan.first_frame is None or any(source.role == "first-frame" for source in request.sources):
        return request.sources
    first = Source(content=png_bytes(plan.first_frame), media_type="image/png", role="first-frame")
    return (*request.sources, first)


def _showing(show: Show, tick: Tick, claim: Claim, authority: Authority) -> Tick:
    """``tick``, and previews: small, marked and sealed, since they leave the house.

    The first may follow the last step: a thing that was painted frame by frame is still to be cut out then.
    """
    claim = replace(claim, sources=(), change=None)  # a preview is seen in passing; the film tells the chain
    due, shown = time.monotonic() + FIRST_PREVIEW, False

    def told(progress: Progress) -> None:
        nonlocal due, shown
        tick(progress)
        if time.monotonic() < due:
            return
        is_fourth = progress.step * PREVIEWS // progress.steps > (progress.step - 1) * PREVIEWS // progress.steps
        if progress.sketch is not None and (not shown or (is_fourth and progress.step < progress.steps)):
            picture = badged(stills.small(progress.sketch(), side=PREVIEW_SIDE), settings().badge)
            marked = next(mark([picture], claim.mark_id, authority.mark_key))
            due, shown = time.monotonic() + PREVIEW_PAUSE, True
            show(sealed_bytes(stills.encoded(marked, ".webp"), "image/webp", claim, authority), progress.step)

    return told


def _clip(plan: Plan, preset: Preset, sealed: Sealed, *, to: Path, frames_sha256: str) -> Clip:
    return Clip(
        path=to,
        sidecar=sealed.sidecar and sidecar_of(to),
        seal=sealed.seal,
        frames_sha256=frames_sha256,
        frames=plan.keep,
        size=plan.output_size,
        fps=plan.fps,
        seed=plan.seed,
        model=preset.name,
        weights_sha256=preset.weights_sha256,
        notes=plan.notes,
    )


def _entry(clip: Clip, party: str) -> Issued:
    return Issued(
        mark_id=clip.mark_id,
        time=now(),
        model=clip.model,
        manifest_sha256=clip.manifest_sha256,
        frames_sha256=clip.frames_sha256,
        size=clip.size,
        party=party,
    )


def _place(sealed: Sealed, clip: Clip) -> None:
    """Moves the finished file to where it was asked for; a sidecar first, so that no film stands without its origin."""
    if sealed.sidecar is not None and clip.sidecar is not None:
        sealed.sidecar.replace(clip.sidecar)
    sealed.path.replace(clip.path)
