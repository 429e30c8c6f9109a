"""Build the corpus: bring the packages, register their works, clear each drawing and pack the atlas.

``python -m vitascope.corpus.build`` packs the atlas from registered works; ``--register`` writes the register anew.
"""

import argparse
import hashlib
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vitascope.corpus import opt_ins
from vitascope.corpus.artists import CHARACTERS, PICKS, POSE_FILES, pose_path
from vitascope.corpus.atlas import Sprite, atlas_path, pack
from vitascope.corpus.drawings import animation_frames, pose_frames, still_frames
from vitascope.corpus.sources import (
    ART_SOURCES,
    FLUENT_3D,
    FLUENT_ANIMATED,
    FLUENT_FLAT,
    KENNEY,
    NOTO,
    OPENCLIPART,
    TWEMOJI,
    WORD_SOURCES,
    Source,
    bring,
    members,
    open_members,
)
from vitascope.corpus.vectors import svg_document, svg_frames
from vitascope.errors import CorpusError
from vitascope.rights.register import WORKS_FILE, Register, folder_for, register_in_use, to_lines
from vitascope.rights.uses import OF_WORKS, Use
from vitascope.settings import settings
from vitascope.text.world import EDITIONS, FIRST, OWN, PLACES, POSES, STYLES, SUBJECTS, Subject
from vitascope.types import Work

LANE = "A"

_ICON_NAMES = {
    "fish": "tropical-fish",
    "bee": "honeybee",
    "car": "automobile",
    "sun": "sun-with-face",
    "star": "glowing-star",
    "planet": "ringed-planet",
    "rain_cloud": "cloud-with-rain",
    "snow_cloud": "cloud-with-snow",
    "storm_cloud": "cloud-with-lightning",
    "pumpkin": "jack-o-lantern",
    "umbrella": "umbrella-with-rain-drops",
    "sheep": "ewe",
    "truck": "delivery-truck",
    "flower": "blossom",
    "tree": "deciduous-tree",
    "ice_cream": "soft-ice-cream",
    "gift": "wrapped-gift",
    "book": "open-book",
    "palette": "artist-palette",
}
"""Names of icons where they differ from the ids of the subjects."""

_STILL_PATHS = ((FLUENT_FLAT, "icons.json#{icon}"), (NOTO, "icons.json#{icon}"), (TWEMOJI, "{hex}.svg"))

_STYLES = {
    "fluent-anim": "3d",
    "fluent-3d": "3d",
    "fluent-flat": "flat",
    "noto": "noto",
    "twemoji": "twemoji",
    "openclipart": OWN,
    "kenney": POSES[0],
}
"""Style of the world in which the drawings of a source are made, by the source's key."""

FIXTURE_SUBJECTS = ("parrot", "turtle", "racing_car", "rocket", "storm_cloud", "fire")
"""Subjects of the small atlas that is committed, so that tests need no download."""

FIXTURE_STYLES = ("3d", "flat", "noto")
"""Its styles: MIT and Apache-2.0 alone, so the file may lie in any copy of this repository without more words."""

REGISTER_DATA = Path(__file__).parents[1] / "rights" / "data"


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry of ``python -m vitascope.corpus.build``."""
    parser = argparse.ArgumentParser(prog="vitascope.corpus.build", description=__doc__)
    parser.add_argument("--register", action="store_true", help="write the works register anew from the packages")
    parser.add_argument("--fixture", action="store_true", help="pack only what the tests use")
    parser.add_argument("--edition", type=int, default=1, choices=[edition.number for edition in EDITIONS])
    parser.add_argument(
        "--for", dest="use", default=Use.TRAIN, type=Use, choices=OF_WORKS, help="what its drawings are used for"
    )
    parser.add_argument("-o", "--output", type=Path, help="where the atlas goes; default: the home folder")
    options = parser.parse_args(arguments)
    if options.register:
        write_register()
    edition = EDITIONS[options.edition - 1]
    path = options.output or atlas_path(edition, options.use)
    if options.fixture:
        build_atlas(Register.load(), path, FIXTURE_SUBJECTS, FIXTURE_STYLES)
    else:
        given, register = folder_for(settings().home, options.use), register_in_use(settings().home, options.use)
        for left_out in build_atlas(register, path, edition.subjects, given=given):
            sys.stdout.write(f"left out, {left_out}\n")
    sys.stdout.write(f"{path}: {path.stat().st_size / 1e6:.1f} MB\n")


def build_atlas(
    register: Register,
    path: Path,
    subjects: Collection[str] = FIRST.subjects,
    styles: Collection[str] = (*STYLES, OWN, *POSES),
    folder: Path | None = None,
    sources: Sequence[Source] = ART_SOURCES,
    given: Path | None = None,
) -> tuple[str, ...]:
    """Pack the registered drawings of ``subjects`` in ``styles`` into the file ``path``; which of lane O were left out.

    ``folder`` holds the packages, by default the one in the home folder; ``given`` is the folder of the snapshot, with
    the drawings people put in, which stand in place of the packages' own of the same thing in the same style. Raises
    ``NotClearedError`` for a work that the register refuses, ``CorpusError`` for a package or a drawing that fails.
    """
    wanted = [source for source in sources if _STYLES[source.key] in styles]
    own = opt_ins.take(register, given, subjects, styles) if given else opt_ins.Taken(sprites=(), left_out=())
    names = {(sprite.subject, sprite.style) for sprite, _ in own.sprites}
    packed = (pair for source in wanted for pair in _sprites(register, source, subjects, folder))
    pack(chain((pair for pair in packed if (pair[0].subject, pair[0].style) not in names), own.sprites), path)
    return own.left_out


def write_register(folder: Path | None = None, data: Path = REGISTER_DATA) -> None:
    """Register every work the corpus uses, hashed as its package holds it. Review the difference before committing."""
    (data / WORKS_FILE).write_text(to_lines(find_works(folder)), "utf-8")


def find_works(folder: Path | None = None) -> Iterator[Work]:
    """The works of all packages, in no lasting order, with the hashes of the files as they are in there.

    Raises ``CorpusError`` when a package fails or lacks a subject.
    """
    archives = {source: bring(source, folder) for source in (*ART_SOURCES, *WORD_SOURCES)}
    yield from _animations(archives)
    yield from _stills(archives)
    yield from _plain_stills(archives[FLUENT_3D])
    yield from _clip_art(archives[OPENCLIPART])
    yield from _characters(archives[KENNEY])
    yield from (_package_work(source) for source in WORD_SOURCES)
    yield _places()
    yield _later_places()


def _sprites(
    register: Register, source: Source, subjects: Collection[str], folder: Path | None
) -> Iterator[tuple[Sprite, str]]:
    of_package = (work for work in register.works.values() if work.package == source.package)
    works = [work for work in of_package if set(work.concepts) & set(subjects)]
    if works:
        drawings = open_members(bring(source, folder), [work.path for work in works])
        yield from (_sprite(register, source, work, drawings[work.path]) for work in works)


def _sprite(register: Register, source: Source, work: Work, drawing: bytes) -> tuple[Sprite, str]:
    sha256 = hashlib.sha256(drawing).hexdigest()
    register.clear(work.id, sha256, LANE)
    frames, seconds = _frames(source, work, drawing)
    (subject,) = work.concepts
    style = work.id.rpartition("-")[2] if source.key == KENNEY.key else _STYLES[source.key]
    sprite = Sprite(subject=subject, style=style, work_id=work.id, pixels=frames, seconds=seconds)
    return sprite, sha256


def _frames(source: Source, work: Work, drawing: bytes) -> tuple[npt.NDArray[np.uint8], float]:
    if work.kind == "animation":
        return animation_frames(drawing)
    if source.key == KENNEY.key:
        return pose_frames(drawing), POSE_FILES[work.id.rpartition("-")[2]][1]
    if work.path.endswith(".webp"):
        return still_frames(drawing), 0.0
    text = drawing.decode()
    return svg_frames(svg_document(text, source.canvas) if source.canvas else text), 0.0


def _animations(archives: Mapping[Source, Path]) -> Iterator[Work]:
    missing = set(FIRST.subjects)
    for source in FLUENT_ANIMATED:
        held = members(archives[source])
        # The set files some code points with the emoji variation selector FE0F behind them.
        paths = {
            path: subject
            for subject in map(SUBJECTS.__getitem__, FIRST.subjects)
            for path in (f"assets/{subject.hex}.webp", f"assets/{subject.hex}-fe0f.webp")
            if path in held
        }
        drawings = open_members(archives[source], paths)
        yield from (_work(source, subject, path, drawings[path]) for path, subject in paths.items())
        missing -= {subject.id for subject in paths.values()}
    if missing:
        raise CorpusError(f"The animated packages hold no {', '.join(sorted(missing))}. Choose other subjects.")


def _plain_stills(archive: Path) -> Iterator[Work]:
    """The 3D stills of subjects that do not move."""
    held = members(archive)
    paths = {
        path: subject
        for subject in (SUBJECTS[id_] for id_ in SUBJECTS if id_ not in FIRST.subjects and SUBJECTS[id_].hex)
        for path in (f"assets/{subject.hex}.webp", f"assets/{subject.hex}-fe0f.webp")
        if path in held
    }
    drawings = open_members(archive, paths)
    yield from (_work(FLUENT_3D, subject, path, drawings[path]) for path, subject in paths.items())


def _clip_art(archive: Path) -> Iterator[Work]:
    """The picked works of named artists. Raises ``CorpusError`` where a file does not name the author we credit."""
    drawings = open_members(archive, [pick.path for pick in PICKS])
    for pick in PICKS:
        drawing = drawings[pick.path]
        if pick.author not in drawing.decode("utf-8", "replace"):
            raise CorpusError(f"{pick.path} does not name {pick.author}. Credit whom the file names.")
        yield replace(
            _work(OPENCLIPART, SUBJECTS[pick.subject], pick.path, drawing),
            id=f"{OPENCLIPART.key}:{Path(pick.path).stem}",
            title=f"{pick.title} ({OPENCLIPART.title})",
            authors=(pick.author,),
            consent="public-domain-dedication",
        )


def _characters(archive: Path) -> Iterator[Work]:
    """Kenney's characters, one work a pose."""
    paths = {pose_path(who, pose): (who, pose) for who in CHARACTERS for pose in POSE_FILES}
    drawings = open_members(archive, paths)
    for path, (who, pose) in paths.items():
        yield replace(
            _work(KENNEY, SUBJECTS[who], path, drawings[path]),
            id=f"{KENNEY.key}:{who}-{pose}",
            title=f"{who}, {pose} ({KENNEY.title})",
            consent="public-domain-dedication",
        )


def _stills(archives: Mapping[Source, Path]) -> Iterator[Work]:
    for source, pattern in _STILL_PATHS:
        paths = {
            pattern.format(hex=subject.hex, icon=_ICON_NAMES.get(subject.id, subject.id.replace("_", "-"))): subject
            for subject in SUBJECTS.values()
            if subject.hex
        }
        drawings = open_members(archives[source], paths)
        yield from (_work(source, subject, path, drawings[path]) for path, subject in paths.items())


def _work(source: Source, subject: Subject, path: str, drawing: bytes) -> Work:
    return Work(
        id=f"{source.key}:{subject.hex}",
        package=source.package,
        path=path,
        sha256=hashlib.sha256(drawing).hexdigest(),
        title=f"{subject.id.replace('_', ' ')} ({source.title})",
        authors=source.authors,
        licence=source.licence,
        licence_basis=source.licence_basis,
        consent="licence-only",
        date=source.date,
        lane="A",
        kind="animation" if source in FLUENT_ANIMATED else "still",
        concepts=(subject.id,),
        notice=source.notice,
    )


def _package_work(source: Source) -> Work:
    """Words are taken from all over a package, so the work is the package itself."""
    return Work(
        id=f"words:{source.key}",
        package=source.package,
        path=source.archive,
        sha256=source.sha256,
        title=source.title,
        authors=source.authors,
        licence=source.licence,
        licence_basis=source.licence_basis,
        consent="licence-only",
        date=source.date,
        lane="A",
        kind="words",
        notice=source.notice,
    )


def _places() -> Work:
    """Places are painted by our own code. There is no file to hash, so the hash is that of their names."""
    return Work(
        id="procedural:places",
        package="vitascope",
        path="text/world.py#PLACES",
        sha256=hashlib.sha256(" ".join(FIRST.places).encode()).hexdigest(),
        title="Places (procedural)",
        authors=("The Vitascope authors",),
        licence="Apache-2.0",
        licence_basis="LICENSE of this project",
        consent="own-work",
        date="2026-11-23",
        lane="A",
        kind="procedural",
        concepts=FIRST.places,
        notice="Painted by this project's own code. Apache License, Version 2.0.",
    )


def _later_places() -> Work:
    """The places of the second edition; a work of their own, so that the first is what it was."""
    later = PLACES[len(FIRST.places) :]
    return replace(
        _places(),
        id="procedural:places-2",
        sha256=hashlib.sha256(" ".join(later).encode()).hexdigest(),
        title="Places of the second edition (procedural)",
        date="2026-11-26",
        concepts=later,
    )


if __name__ == "__main__":
    main()
