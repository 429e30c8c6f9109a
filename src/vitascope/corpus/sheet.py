"""Contact sheets: rows of clips with their captions, all subjects, or all places, to be judged by eye.

``python -m vitascope.corpus.sheet OUT.png [clips | subjects | places] [SEED] [EDITION]``
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from vitascope.corpus.atlas import open_atlas
from vitascope.corpus.compositor import Drawings, render
from vitascope.corpus.places import paint
from vitascope.corpus.scenes import compose
from vitascope.errors import OutputError
from vitascope.rights.uses import Use
from vitascope.text.words import words
from vitascope.text.world import EDITIONS, FIRST, STYLES, SUBJECTS, TIMES, Edition
from vitascope.types import Pixels

_PAPER = 255
_CAPTION = 18  # rows of paper under a strip
_SHOWN = 6  # frames of a clip


def clips(atlas: Drawings, seed: int, *, count: int = 24, columns: int = 2, edition: Edition = FIRST) -> Pixels:
    """Clips by chance, six frames each, with the words of their captions beneath."""
    strips = [_clip(atlas, np.random.default_rng((seed, number)), edition) for number in range(count)]
    return _columns(strips, columns)


def subjects(atlas: Drawings, *, columns: int = 4, edition: Edition = FIRST) -> Pixels:
    """Every subject: two key frames of its animation and its stills in the other styles."""
    return _columns([_subject(atlas, subject) for subject in edition.subjects], columns)


def places(seed: int, *, columns: int = 2, edition: Edition = FIRST) -> Pixels:
    """Every place at every time, as a camera at rest sees it."""
    return _columns([_place(place, seed) for place in edition.places], columns)


def main(arguments: list[str]) -> None:
    """Write one sheet. Raises ``OutputError`` on a file that cannot be written."""
    target, kind, seed, edition = (*arguments, *("", "clips", "0", "1")[len(arguments) :])
    if not target:
        raise OutputError("A contact sheet needs a file to be written to: name one, for example sheet.png.")
    try:
        Image.fromarray(_sheet(kind, int(seed), EDITIONS[int(edition) - 1])).save(Path(target))
    except OSError as error:
        raise OutputError(f"{target} cannot be written ({error}); choose another folder.") from error


def _sheet(kind: str, seed: int, edition: Edition) -> Pixels:
    if kind == "places":
        return places(seed, edition=edition)
    atlas = open_atlas(edition, Use.DISPLAY)
    return subjects(atlas, edition=edition) if kind == "subjects" else clips(atlas, seed, edition=edition)


def _clip(atlas: Drawings, rng: np.random.Generator, edition: Edition) -> Pixels:
    composition = compose(rng, edition=edition)
    frames = render(composition, atlas)
    shown = np.linspace(0, len(frames) - 1, _SHOWN).round().astype(int)
    said = " ".join(word.token for word in words(composition.said))
    return _captioned(np.concatenate(list(frames[shown]), axis=1), said)


def _subject(atlas: Drawings, subject: str) -> Pixels:
    usual, *others = SUBJECTS[subject].styles
    animated = atlas.sprite(subject, usual).pixels
    shown = [animated[0], animated[len(animated) // 3], *(atlas.sprite(subject, s).pixels[0] for s in others)]
    shown += [np.zeros_like(shown[0])] * (len(STYLES) + 2 - len(shown))
    row = np.concatenate(shown, axis=1)
    clear = 1 - row[..., 3:].astype(np.float32) / 255
    return _captioned((row[..., :3] + clear * 216).astype(np.uint8), subject)


def _place(place: str, seed: int) -> Pixels:
    margin = 24  # canvas beyond the frame of a camera at rest
    painted = [paint(place, time, np.random.default_rng((seed, number))) for number, time in enumerate(TIMES)]
    return _captioned(np.concatenate([p[margin:-margin, margin:-margin] for p in painted], axis=1), place)


def _captioned(row: Pixels, caption: str) -> Pixels:
    paper = Image.fromarray(np.full((_CAPTION, row.shape[1], 3), _PAPER, np.uint8))
    ImageDraw.Draw(paper).text((4, 3), caption, fill=(0, 0, 0))
    return np.concatenate((row, np.asarray(paper)), axis=0)


def _columns(strips: list[Pixels], columns: int) -> Pixels:
    """Strips of one size in columns, filled from the top; missing ones are paper."""
    rows = -(-len(strips) // columns)
    strips = strips + [np.full_like(strips[0], _PAPER)] * (rows * columns - len(strips))
    piles = [np.concatenate(strips[start : start + rows], axis=0) for start in range(0, len(strips), rows)]
    return np.concatenate(piles, axis=1)


if __name__ == "__main__":
    main(sys.argv[1:])
