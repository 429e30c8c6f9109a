"""Drawings that people put in and granted for training, from the folder of the snapshot that lets them in.

One shows one subject of the world, in the style that its owner names among what it shows (``cat, flat``), else ``3d``
where it moves and ``flat`` where it does not. It stands in the corpus in place of the package's drawing of both: what
an artist gave by name goes before what a licence allows. Of two, the one put in first stands.
"""

import io
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from vitascope.corpus.atlas import Sprite
from vitascope.corpus.drawings import animation_frames, centre
from vitascope.corpus.vectors import svg_frames
from vitascope.errors import CorpusError, NotClearedError
from vitascope.rights.register import MIXED_LANES, Register
from vitascope.text.world import STYLES, SUBJECTS
from vitascope.types import Work

LANE = "O"
Pixels = npt.NDArray[np.uint8]
_FETCHES = re.compile(rb"<!DOCTYPE|<!ENTITY|<image\b|<use\b[^>]*href=\s*[\"'](?!#)|url\(\s*[\"']?(?!#)", re.IGNORECASE)
_MOST_PIXELS = 64_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came in, with the hash of each file, and who is left out and why."""

    sprites: tuple[tuple[Sprite, str], ...]
    left_out: tuple[str, ...]


def take(register: Register, folder: Path, subjects: Collection[str], styles: Collection[str]) -> Taken:
    """The cleared drawings of lane O. Raises ``NotClearedError`` for a file that is gone or is not the registered one.

    A drawing that nothing can be cut out of stops no build: it is left out, with the reason.
    """
    found: dict[tuple[str, str], tuple[Sprite, str]] = {}
    left_out = []
    for work in sorted(_of_lane(register), key=lambda work: (work.date, work.id)):
        try:
            sprite, digest = _sprite(register, work, folder)
        except CorpusError as error:
            left_out.append(f"{work.id}: {error}")
            continue
        key = (sprite.subject, sprite.style)
        if key in found:
            left_out.append(f"{work.id}: {found[key][0].work_id} shows a {sprite.style} {sprite.subject} already.")
        elif sprite.subject in subjects and sprite.style in styles:
            found[key] = (sprite, digest)
    return Taken(sprites=tuple(found.values()), left_out=tuple(left_out))


def _of_lane(register: Register) -> Iterator[Work]:
    yield from (work for work in register.works.values() if work.lane == LANE)


def _sprite(register: Register, work: Work, folder: Path) -> tuple[Sprite, str]:
    content = _content(folder / work.path, work)
    register.clear_one_of(work.id, content, MIXED_LANES)
    subject = _subject(work)
    pixels, seconds = _frames(content)
    named = [shown for shown in work.concepts if shown in STYLES]
    style = named[0] if named else ("3d" if seconds else "flat")
    sprite = Sprite(subject=subject, style=style, work_id=work.id, pixels=pixels, seconds=seconds)
    return sprite, work.sha256


def _content(path: Path, work: Work) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotClearedError(f"The file of work {work.id!r} is not at {path}; take the snapshot again.") from error


def _subject(work: Work) -> str:
    shown = [concept for concept in work.concepts if concept in SUBJECTS]
    if len(shown) != 1:
        raise CorpusError(f"It shows {', '.join(work.concepts) or 'nothing'}: one thing of the world, please.")
    return shown[0]


def _frames(content: bytes) -> tuple[Pixels, float]:
    if content.lstrip()[:1] == b"<":
        if _FETCHES.search(content):
            raise CorpusError("This SVG draws on other files or entities; flatten it first.")
        return svg_frames(content.decode("utf-8", "replace")), 0.0
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "WEBP", "GIF")) as image:
            if image.width * image.height > _MOST_PIXELS:
                raise CorpusError(f"It has {image.width}x{image.height} pixels, {_MOST_PIXELS} may be.")
            if getattr(image, "n_frames", 1) > 1:
                return animation_frames(content)
            still = image.convert("RGBA")
    except (OSError, ValueError, KeyError, SyntaxError, Image.DecompressionBombError) as error:
        raise CorpusError(f"It is no PNG, WebP, GIF or SVG that opens ({type(error).__name__}).") from error
    if np.asarray(still)[..., 3].min() > 0:
        raise CorpusError("It has no transparent ground, so that nothing can be cut out of it.")
    return centre([still]), 0.0
