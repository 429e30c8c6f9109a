"""The whole path of one video, from a prompt to a sealed file. Read me first.

``Request -> Plan -> Frames -> Marked -> file -> Clip``: one small frozen value on each arrow, and none points back.
Frames are iterators: the first is marked and encoded while the last is still being painted.
"""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from vitascope.backends.base import Backend, Tick
from vitascope.backends.choose import open_backend
from vitascope.engine.names import container_of, free_path
from vitascope.engine.plan import draw_seed, size_of
from vitascope.engine.plan import plan as plan_for
from vitascope.media import gif, mp4, webm
from vitascope.media.draft import draft
from vitascope.media.read import still
from vitascope.media.resize import cover
from vitascope.media.sheets import png_bytes
from vitascope.provenance.authority import open_authority
from vitascope.provenance.mark import mark
from vitascope.provenance.register import record, take_id
from vitascope.provenance.seal import Claim, Sealed, seal, sidecar_of
from vitascope.settings import settings
from vitascope.types import Clip, Pixels, Plan, Preset, Progress, Request

if TYPE_CHECKING:
    from hashlib import _Hash

TITLE = "Vitascope clip"
"""Of every sealed file, whatever its name: a default name holds the prompt, which the manifest must not."""

_WRITERS = {"mp4": mp4.write, "webm": webm.write, "gif": gif.write}


def render(request: Request, *, to: Path, backend: Backend, tick: Tick, thanks: tuple[str, ...] = ()) -> Clip:
    """Make what ``request`` asks for and put the file at ``to``, in place of what is there: finished or not at all.

    ``tick`` hears of every step; ``thanks`` are the artists the seal names. Whatever goes wrong, a full disk or an
    interrupt, ``to`` stays as it was. Raises UserError, WeightsError, SealError.
    """
    plan, home = plan_for(request, backend.preset), settings().home
    authority, mark_id, digest = open_authority(home), take_id(home), hashlib.sha256()
    with draft(to) as unfinished:
        painted = islice(backend.render(plan, tick), plan.keep)
        resized = _resized(_hashed(painted, digest), plan)
        marked = mark(_told(resized, plan, tick), mark_id, authority.mark_key)
        _WRITERS[plan.container](marked, unfinished, fps=plan.fps)
        claim = _claim(plan, backend.preset, mark_id=mark_id, thanks=thanks)
        sealed = seal(unfinished, claim, authority)
        clip = _clip(plan, backend.preset, sealed, to=to, mark_id=mark_id, frames_sha256=digest.hexdigest())
        _enter(clip, home)
        _place(sealed, clip)
    return clip


def generate(  # noqa: PLR0913  # the public call has one argument for each option of the command line
    prompt: str,
    *,
    output: Path | str | None = None,
    seconds: float | None = None,
    size: tuple[int, int] | str | None = None,
    fps: int | None = None,
    seed: int | None = None,
    steps: int | None = None,
    image: Pixels | Path | str | None = None,
    model: str = "xs",
) -> Clip:
    """Make a video of ``prompt``; the returned Clip says where it lies and what it is.

    Args:
        prompt: What to show, 1 to 32,000 characters, in any language the lexicon knows.
        output: The file, ``.mp4``, ``.webm`` or ``.gif``; replaced if it exists. Default: an MP4 in the current folder
            named after prompt and seed, beside whatever is there.
        seconds: Length, more than 0 and at most 60; a longer one than the model makes gives its longest.
        size: ``(width, height)`` or ``"640x360"``, sides 16 to 4096; another size than the model's is a resize.
        fps: Frames a second, 1 to 60; the model makes its own rate, and ``Clip.notes`` says so.
        seed: 0 to 2**63 - 1; the same seed gives the same frames on the same machine. Default: drawn.
        steps: Steps from noise to clip, 1 to 100.
        image: The first frame, as a file or as pixels ``(H, W, 3)`` uint8.
        model: A name that ``vitascope models`` lists.

    Raises:
        UserError: the request cannot be served as it stands; the message says what to change.
        WeightsError: the weights of the model are damaged.
        SealError: the file cannot be signed, so none was written.
    """
    seed = draw_seed() if seed is None else seed
    to = free_path(Path(), prompt, seed) if output is None else Path(output)
    request = Request(
        prompt=prompt,
        seconds=seconds,
        size=size_of(size) if isinstance(size, str) else size,
        fps=fps,
        seed=seed,
        steps=steps,
        image=still(Path(image)) if isinstance(image, Path | str) else image,
        model=model,
        container=container_of(to),
    )
    return render(request, to=to, backend=open_backend(model), tick=lambda _: None)


def _hashed(frames: Iterable[Pixels], digest: "_Hash") -> Iterator[Pixels]:
    """The same frames; ``digest`` takes each in as it passes, at native size and before the mark."""
    for frame in frames:
        digest.update(frame.tobytes())
        yield frame


def _resized(frames: Iterable[Pixels], plan: Plan) -> Iterator[Pixels]:
    for frame in frames:
        yield frame if plan.output_size == plan.size else cover(frame, plan.output_size)


def _told(frames: Iterable[Pixels], plan: Plan, tick: Tick) -> Iterator[Pixels]:
    """The same frames; ``tick`` hears of each that goes into the file."""
    for number, frame in enumerate(frames, 1):
        yield frame
        tick(Progress(stage="write", step=number, steps=plan.keep))


def _claim(plan: Plan, preset: Preset, *, mark_id: int, thanks: tuple[str, ...]) -> Claim:
    return Claim(
        title=TITLE,
        model=preset.name,
        weights_sha256=preset.weights_sha256,
        trained_on=preset.trained_on,
        mark_id=mark_id,
        credits=thanks,
        first_frame_png=None if plan.first_frame is None else png_bytes(plan.first_frame),
    )


def _clip(plan: Plan, preset: Preset, sealed: Sealed, *, to: Path, mark_id: int, frames_sha256: str) -> Clip:
    return Clip(
        path=to,
        sidecar=sealed.sidecar and sidecar_of(to),
        mark_id=mark_id,
        frames_sha256=frames_sha256,
        manifest_sha256=sealed.manifest_sha256,
        frames=plan.keep,
        size=plan.output_size,
        fps=plan.fps,
        seed=plan.seed,
        model=preset.name,
        weights_sha256=preset.weights_sha256,
        notes=plan.notes,
    )


def _enter(clip: Clip, home: Path) -> None:
    record(
        home,
        mark_id=clip.mark_id,
        model=clip.model,
        manifest_sha256=clip.manifest_sha256,
        frames_sha256=clip.frames_sha256,
    )


def _place(sealed: Sealed, clip: Clip) -> None:
    """Moves the finished file to where it was asked for; a sidecar first, so that no film stands without its origin."""
    if sealed.sidecar is not None and clip.sidecar is not None:
        sealed.sidecar.replace(clip.sidecar)
    sealed.path.replace(clip.path)
