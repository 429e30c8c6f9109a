"""The front door: a prompt and a few options to a finished clip, with the artists behind it named.

The command line and ``vitascope.generate`` both come in here, so that what one credits the other does, too. The
pipeline below knows no people: their names are looked up here and handed in.
"""

from pathlib import Path

from vitascope.backends.base import Backend, Tick
from vitascope.backends.choose import open_backend, preset_of
from vitascope.engine.names import container_of, free_path
from vitascope.engine.plan import draw_seed, size_of
from vitascope.media.read import still
from vitascope.pipeline import render
from vitascope.provenance.seal import sniffed
from vitascope.rights.credits import credits_for
from vitascope.shipped import MODEL
from vitascope.text.reading import Reading, read
from vitascope.text.words import edition_of
from vitascope.types import Clip, Mining, Pixels, Request, Source


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
    request = Request(
        prompt=prompt,
        seconds=seconds,
        size=size_of(size) if isinstance(size, str) else size,
        fps=fps,
        seed=seed,
        steps=steps,
        image=pixels,
        model=model,
        container=container_of(to),
        sources=sources,
        mining=mining or Mining(),
    )
    reading = understood(prompt, model, pictured=image is not None)
    return make(request, reading, to=to, backend=open_backend(model), tick=lambda _: None)


def understood(prompt: str, model: str, *, pictured: bool) -> Reading:
    """What a model understands; read before it is opened, so that a mistake is told at once. Raises UserError."""
    return read(prompt, pictured=pictured, edition=edition_of(preset_of(model).vocabulary_sha256))


def make(request: Request, reading: Reading, *, to: Path, backend: Backend, tick: Tick) -> Clip:
    """What ``request`` asks for, at ``to``, with thanks to the artists whose works taught the named things.

    Raises UserError, WeightsError, SealError.
    """
    return render(request, to=to, backend=backend, tick=tick, thanks=thanks_for(reading))


def thanks_for(reading: Reading) -> tuple[str, ...]:
    """A line for each artist whose works the model learned the things of ``reading`` from."""
    return credits_for(entity.subject for entity in reading.scene.entities)


def first_frame(image: Pixels | Path | str | None) -> tuple[Pixels | None, tuple[Source, ...]]:
    """The pixels of a first frame, and its file as it came, if it came as one. Raises ImageError."""
    if not isinstance(image, Path | str):
        return image, ()
    path = Path(image)
    pixels = still(path)
    content = path.read_bytes()
    return pixels, (Source(content=content, media_type=sniffed(content), role="first-frame"),)
