"""The embedded model as an engine: an order becomes a request, the pipeline makes the film, and pictures follow it."""

from pathlib import Path

from vitascope.backends.choose import open_backend
from vitascope.engine.plan import LONGEST_SECONDS, MOST_STEPS, SIDES
from vitascope.media.read import still as read_still
from vitascope.orders import Order
from vitascope.pipeline import render, still
from vitascope.rights.credits import credits_for
from vitascope.text.lexicon import name
from vitascope.text.reading import read
from vitascope.text.words import VOCABULARY
from vitascope.text.world import TAKES
from vitascope.types import Clip, Preset, Request
from vitascope.videos.workers import Capability
from vitascope.worker.engine import Painted, Show, Tick


class Studio:
    """One open model."""

    def __init__(self, model: str) -> None:
        self._model, self._backend = model, open_backend(model)

    def capability(self) -> Capability:
        """See Engine."""
        return _capability(self._model, self._backend.preset)

    def paint(self, order: Order, *, party: str, image: Path | None, folder: Path, tick: Tick, show: Show) -> Painted:
        """See Engine."""
        thanks = credits_for(entity.subject for entity in read(order.prompt).scene.entities)
        clip = self._film(order, party=party, image=image, to=folder / "video.mp4", tick=tick, show=show, thanks=thanks)
        return Painted(
            video=clip.path,
            thumbnail=still(clip, to=folder / "thumbnail.webp"),
            spritesheet=still(clip, to=folder / "spritesheet.jpg", kind="spritesheet"),
            frames=clip.frames,
            fps=clip.fps,
            size=clip.size,
            weights_sha256=clip.weights_sha256,
            frames_sha256=clip.frames_sha256,
            manifest_sha256=clip.manifest_sha256,
            mark_id=f"{clip.mark_id:016x}",
            notes=clip.notes,
            credits=tuple(thanks),
        )

    def _film(  # it hands on what it was given
        self, order: Order, *, party: str, image: Path | None, to: Path, tick: Tick, show: Show, thanks: tuple[str, ...]
    ) -> Clip:
        request = Request(
            prompt=order.prompt,
            seconds=order.seconds,
            size=order.size,
            fps=order.fps,
            seed=order.seed,
            steps=order.steps,
            image=None if image is None else read_still(image),
            model=self._model,
        )
        return render(request, to=to, backend=self._backend, tick=tick, thanks=thanks, party=party, show=show)


def _capability(model: str, preset: Preset) -> Capability:
    return Capability(
        model=model,
        size=preset.size,
        fps=preset.fps,
        longest_seconds=min(LONGEST_SECONDS, preset.frames[-1] / preset.fps),
        sides=SIDES,
        verbs=("create", "remix"),
        steps=preset.sampler.steps,
        most_steps=MOST_STEPS,
        has_guidance=False,  # it is guided by the absence of a prompt, not by another one
        weights_sha256=preset.weights_sha256,
        words=tuple(sorted({name(word) for word in VOCABULARY if not word.startswith("<") and word not in TAKES})),
        licence=preset.licence,
    )
