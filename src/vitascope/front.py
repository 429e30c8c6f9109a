"""The front door: a prompt and a few options to a finished clip, with the artists behind it named.

The command line and ``vitascope.generate`` both come in here, so that what one credits the other does, too. The
pipeline below knows no people: their names are looked up here and handed in.
"""

from collections.abc import Mapping
from pathlib import Path

from vitascope.backends.base import Backend, Tick
from vitascope.backends.choose import open_backend, preset_of
from vitascope.engine.cast import require_cast
from vitascope.engine.names import container_of, free_path
from vitascope.engine.plan import draw_seed, size_of
from vitascope.errors import CharacterError
from vitascope.media.read import portrait, still
from vitascope.media.sheets import png_bytes
from vitascope.pipeline import render
from vitascope.provenance.seal import sniffed
from vitascope.rights.credits import credits_for
from vitascope.rights.register import Register, folder_for, register_in_use
from vitascope.rights.uses import Use
from vitascope.settings import settings
from vitascope.shipped import MODEL
from vitascope.text.reading import Reading, read
from vitascope.text.words import edition_of
from vitascope.text.world import later_than
from vitascope.types import Character, Clip, Mining, Pixels, Preset, Request, Source

_WAYS: Mapping[str, int] = {"left": -1, "right": 1}
"""How people say the way a character looks in its picture."""


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
    characters: Mapping[str, Pixels | Path | str] | None = None,
    facing: Mapping[str, str] | None = None,
    model: str = MODEL,
    mining: Mining | None = None,
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
        image: The first frame, as a file or as pixels ``(H, W, 3)`` uint8; a file's own credential is kept.
        characters: Whom the prompt names beside what the model knows, at most two: a picture or film of each by its
            name, as a file or as pixels ``(H, W, 3 or 4)`` uint8. What is transparent is cut away already.
        facing: ``"left"`` or ``"right"``, the way a character looks in its picture, so that it looks where it goes.
        model: A name that ``vitascope models`` lists.
        mining: What others may do with the file. Default: no mining, no training.

    Raises:
        UserError: the request cannot be served as it stands; the message says what to change.
        WeightsError: the weights of the model are damaged.
        SealError: the file cannot be signed, so none was written.
    """
    seed = draw_seed() if seed is None else seed
    to = free_path(Path(), prompt, seed) if output is None else Path(output)
    pixels, sources = first_frame(image)
    cast, portraits = kept(characters or {}, facing or {})
    request = Request(
        prompt=prompt,
        seconds=seconds,
        size=size_of(size) if isinstance(size, str) else size,
        fps=fps,
        seed=seed,
        steps=steps,
        image=pixels,
        characters=cast,
        model=model,
        container=container_of(to),
        sources=(*sources, *portraits),
        mining=mining or Mining(),
    )
    reading = understood(request)
    return make(request, reading, to=to, backend=open_backend(model), tick=lambda _: None)


def understood(request: Request) -> Reading:
    """What the model understands; read before it is opened, so that a mistake is told at once. Raises UserError."""
    preset = preset_of(request.model)
    require_cast(request, preset)
    return read(
        request.prompt,
        pictured=request.image is not None,
        edition=edition_of(preset.vocabulary_sha256),
        characters=[character.name for character in request.characters],
    )


def make(request: Request, reading: Reading, *, to: Path, backend: Backend, tick: Tick) -> Clip:
    """What ``request`` asks for, at ``to``, with thanks to the artists whose works taught the named things.

    Raises UserError, WeightsError, SealError.
    """
    return render(request, to=to, backend=backend, tick=tick, thanks=thanks_for(reading, backend.preset))


def thanks_for(reading: Reading, preset: Preset) -> tuple[str, ...]:
    """A line for each artist whose works the model learned the things of ``reading`` from."""
    return credits_for((entity.subject for entity in reading.scene.entities), _learned_from(preset))


def _learned_from(preset: Preset) -> Register | None:
    """The register of this home, works put in among it, where the weights learned from that; else the package's."""
    home = settings().home
    if not folder_for(home, Use.TRAIN).exists():
        return None
    whole = register_in_use(home)
    known = whole.without(later_than(edition_of(preset.vocabulary_sha256)))
    return known if preset.trained_on in (whole.sha256(), known.sha256()) else None


def first_frame(image: Pixels | Path | str | None) -> tuple[Pixels | None, tuple[Source, ...]]:
    """The pixels of a first frame, and its file as it came, if it came as one. Raises ImageError."""
    if not isinstance(image, Path | str):
        return image, ()
    path = Path(image)
    pixels = still(path)
    content = path.read_bytes()
    return pixels, (Source(content=content, media_type=sniffed(content), role="first-frame"),)


def kept(
    characters: Mapping[str, Pixels | Path | str], facing: Mapping[str, str]
) -> tuple[tuple[Character, ...], tuple[Source, ...]]:
    """Characters by their names and pictures, and the files that came.

    Raises CharacterError, ImageError, VerifyError.
    """
    for name, way in facing.items():
        if name not in characters or way not in _WAYS:
            raise CharacterError(f"{name!r} facing {way!r}: name a character that is given, and left or right.")
    opened = {name: _opened(picture) for name, picture in characters.items()}
    cast = tuple(
        Character(name=name, picture=pixels, faces=_WAYS.get(facing.get(name, ""), 0))
        for name, (pixels, _) in opened.items()
    )
    return cast, tuple(source for _, source in opened.values())


def _opened(picture: Pixels | Path | str) -> tuple[Pixels, Source]:
    """The pixels, and the file as it came, where it came as one whose container can hold a credential."""
    if isinstance(picture, Path | str):
        pixels, content = portrait(Path(picture)), Path(picture).read_bytes()
        if kind := sniffed(content):
            return pixels, Source(content=content, media_type=kind, role="component")
        picture = pixels
    return picture, Source(content=png_bytes(picture), media_type="image/png", role="component")
