"""The embedded model as an engine: an order becomes a request, the pipeline makes the film and its pictures."""

from collections.abc import Mapping
from pathlib import Path

from vitascope.backends.choose import open_backend
from vitascope.engine.plan import LONGEST_SECONDS, MOST_STEPS, SIDES
from vitascope.media.read import portrait
from vitascope.media.read import still as read_still
from vitascope.orders import Order, Verb
from vitascope.pipeline import render, source_of
from vitascope.provenance.register import Register
from vitascope.provenance.seal import sniffed
from vitascope.rights.credits import credits_for
from vitascope.text.lexicon import name
from vitascope.text.reading import read
from vitascope.text.words import edition_of, vocabulary
from vitascope.text.world import TAKES
from vitascope.types import Change, Character, Memory, Mining, Preset, Request, Source, SourceRole
from vitascope.videos.workers import Capability
from vitascope.worker.engine import Given, Painted, Player, Show, Tick

_CHANGES: Mapping[Verb, Change] = {"remix": "remixed", "edit": "edited", "extend": "extended"}


class Studio:
    """One open model."""

    def __init__(self, model: str, register: Register | None = None) -> None:
        """Open ``model``; marks come from ``register``, by default the one in the data folder."""
        self._model, self._backend, self._register = model, open_backend(model), register

    def capability(self) -> Capability:
        """See Engine."""
        return _capability(self._model, self._backend.preset)

    def paint(
        self, order: Order, *, party: str, given: Given, folder: Path, tick: Tick, show: Show, memory: Memory
    ) -> Painted:
        """See Engine."""
        edition = edition_of(self._backend.preset.vocabulary_sha256)
        names = [player.name for player in given.cast]
        scene = read(order.prompt, pictured=given.image is not None, edition=edition, characters=names).scene
        kept = tuple(player.thanks for player in given.cast if player.thanks)
        thanks = (*credits_for((entity.subject for entity in scene.entities), given.learned_from), *kept)
        thumbnail, spritesheet = folder / "thumbnail.webp", folder / "spritesheet.jpg"
        clip = render(
            _request(order, self._model, given),
            to=folder / "video.mp4",
            backend=self._backend.remembering(memory),
            tick=tick,
            thanks=thanks,
            register=self._register,
            party=party,
            show=show,
            pictures={"thumbnail": thumbnail, "spritesheet": spritesheet},
        )
        return Painted(
            video=clip.path,
            thumbnail=thumbnail,
            spritesheet=spritesheet,
            frames=clip.frames,
            fps=clip.fps,
            size=clip.size,
            weights_sha256=clip.weights_sha256,
            frames_sha256=clip.frames_sha256,
            seal=clip.seal,
            notes=clip.notes,
            credits=tuple(thanks),
        )


def _request(order: Order, model: str, given: Given) -> Request:
    """What the pipeline is asked for; the film an order builds on is the parent of the new one, credential and all."""
    return Request(
        prompt=order.prompt,
        seconds=order.seconds,
        size=order.size,
        fps=order.fps,
        seed=order.seed,
        steps=order.steps,
        image=None if given.image is None else read_still(given.image),
        characters=tuple(_character(player) for player in given.cast),
        model=model,
        sources=_sources(given),
        change=None if given.source is None else _CHANGES[order.verb],
        mining=Mining(
            data_mining=order.reservation.mining,
            ai_training=order.reservation.mining,
            ai_generative_training=order.reservation.mining,
            ai_inference=order.reservation.mining,
            terms=order.reservation.terms,
        ),
    )


def _sources(given: Given) -> tuple[Source, ...]:
    """The film that is changed, who is kept, and a first frame that came with a credential of its own."""
    films = () if given.source is None else (source_of(given.source),)
    pictures = tuple(_as_sent(player.as_sent or player.picture, "component") for player in given.cast)
    first = () if given.image_as_sent is None else (_as_sent(given.image_as_sent, "first-frame"),)
    return (*films, *pictures, *first)


def _as_sent(path: Path, role: SourceRole) -> Source:
    content = path.read_bytes()
    return Source(content=content, media_type=sniffed(content), role=role)


def _character(player: Player) -> Character:
    return Character(name=player.name, picture=portrait(player.picture), faces=player.faces)


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
        words=_words(preset),
        has_characters=preset.animator is not None,
        shapes=tuple(dict.fromkeys((preset.size, *(view.size for view in preset.views)))),
        licence=preset.licence,
    )


def _words(preset: Preset) -> tuple[str, ...]:
    """What a prompt may name, as people write it."""
    every = vocabulary(edition_of(preset.vocabulary_sha256))
    return tuple(sorted({name(word) for word in every if not word.startswith("<") and word not in TAKES}))
