"""The sprite atlas: one file of cleared drawings, ready for the compositor, premultiplied and centred.

The file is a stored zip: ``index.json`` and one WebP strip a sprite, its key frames side by side.
"""

import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
from PIL import Image

from vitascope.errors import CorpusError, NotClearedError
from vitascope.rights.register import MIXED_LANES, Register, register_in_use
from vitascope.rights.uses import Use
from vitascope.settings import settings
from vitascope.text.world import FIRST, Edition

SIDE = 128
"""Width and height of a key frame in pixels."""

_FORMAT = 1
_INDEX = "index.json"
_QUALITY = 90  # of the colours; alpha is kept exactly
_EPOCH = (1980, 1, 1, 0, 0, 0)  # same sprites, same bytes: no time of packing in the file


@dataclass(frozen=True, slots=True, kw_only=True)
class Sprite:
    """A drawing of a subject: K key frames over one loop, evenly spaced in time."""

    subject: str
    style: str
    work_id: str
    pixels: npt.NDArray[np.uint8]  # (K, 128, 128, 4), RGBA, colours premultiplied by alpha
    seconds: float  # length of the loop; 0 for a still


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the index says of one sprite."""

    subject: str
    style: str
    work_id: str
    source_sha256: str  # of the drawing it was made from, as the register knows it
    frames: int
    seconds: float
    strip: str  # member of the zip
    strip_sha256: str


class Atlas:
    """Every sprite of a corpus, each cleared by the register when the atlas was opened."""

    def __init__(self, entries: Iterable[Entry], strips: Mapping[str, bytes]) -> None:
        """Hold the strips of ``entries``; use ``open``, which clears and verifies them."""
        self._entries = {(entry.subject, entry.style): entry for entry in entries}
        self._strips = strips
        self._sprites: dict[tuple[str, str], Sprite] = {}

    @classmethod
    def open(cls, path: Path, register: Register, lanes: Sequence[str] = MIXED_LANES) -> Self:
        """Read an atlas, clear every sprite and check every strip.

        Raises ``NotClearedError`` when the register refuses a work, ``CorpusError`` when the file is missing or
        damaged.
        """
        entries, strips = _read(path)
        for entry in entries:
            work = register.clear_one_of(entry.work_id, entry.source_sha256, lanes)
            if entry.subject not in work.concepts:
                raise CorpusError(f"{path} calls work {work.id!r} a {entry.subject}, the register does not.")
            _check_strip(entry, strips, path)
        return cls(entries, strips)

    @property
    def subjects(self) -> tuple[str, ...]:
        """Ids of the subjects that have at least one sprite, in the order of packing."""
        return tuple(dict.fromkeys(subject for subject, _ in self._entries))

    @property
    def work_ids(self) -> tuple[str, ...]:
        """Ids of the works the sprites were made from."""
        return tuple(entry.work_id for entry in self._entries.values())

    def styles(self, subject: str) -> tuple[str, ...]:
        """Styles in which a subject is drawn."""
        return tuple(style for known, style in self._entries if known == subject)

    def sprite(self, subject: str, style: str) -> Sprite:
        """The sprite of a subject in a style. Raises ``CorpusError`` when the atlas has none."""
        key = (subject, style)
        if key not in self._entries:
            raise CorpusError(f"The atlas holds no {subject!r} in style {style!r}; build it again with that subject.")
        if key not in self._sprites:
            self._sprites[key] = _decode(self._entries[key], self._strips)
        return self._sprites[key]


def atlas_path(edition: Edition = FIRST, use: Use = Use.TRAIN) -> Path:
    """Where this machine's atlas of an edition lies; each has its own, so that old training states still fit theirs."""
    of_edition = "" if edition == FIRST else f"-{edition.number}"
    return settings().home / "corpus" / f"atlas{of_edition}{'' if use is Use.TRAIN else f'-{use}'}.zip"


def open_atlas(edition: Edition = FIRST, use: Use = Use.TRAIN) -> Atlas:
    """The atlas of an edition that the corpus build packed, every drawing cleared by the register for this use.

    Where none was built for the use, training's serves if all of it may be used so. Raises as ``Atlas.open`` does.
    """
    own = atlas_path(edition, use)
    path = own if own.exists() else atlas_path(edition)
    try:
        return Atlas.open(path, register_in_use(settings().home, use))
    except NotClearedError as error:
        if path == own:
            raise
        build = f"python -m vitascope.corpus.build --edition {edition.number} --for {use}"
        raise NotClearedError(f"{error} An atlas without it is made by: {build}") from error


def pack(sprites: Iterable[tuple[Sprite, str]], path: Path) -> None:
    """Write an atlas from sprites and the sha256 of the drawing each was made from.

    The file appears whole or not at all: a work refused midway leaves nothing behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        whole = Path(scratch) / path.name
        _write(sprites, whole)
        whole.replace(path)


def _write(sprites: Iterable[tuple[Sprite, str]], path: Path) -> None:
    index = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        for sprite, source_sha256 in sprites:
            strip = encode_strip(sprite.pixels)
            entry = _entry(sprite, source_sha256, strip)
            file.writestr(zipfile.ZipInfo(entry.strip, _EPOCH), strip)
            index.append(asdict(entry))
        document = json.dumps({"format": _FORMAT, "side": SIDE, "sprites": index}, indent=1)
        file.writestr(zipfile.ZipInfo(_INDEX, _EPOCH), document)


def encode_strip(pixels: npt.NDArray[np.uint8]) -> bytes:
    """Key frames ``(K, S, S, 4)`` side by side as one WebP: colours lossy, alpha exact.

    Colours are divided by alpha first: WebP then spends no bits on edges that the alpha plane already draws.
    """
    frames, side = pixels.shape[0], pixels.shape[1]
    strip = pixels.transpose(1, 0, 2, 3).reshape(side, frames * side, 4)
    alpha = strip[..., 3:].astype(np.float32)
    colours = np.clip(np.rint(strip[..., :3] * 255.0 / np.maximum(alpha, 1.0)), 0, 255).astype(np.uint8)
    straight = Image.fromarray(np.concatenate([colours, strip[..., 3:]], axis=-1), "RGBA")
    buffer = io.BytesIO()
    straight.save(buffer, "WEBP", quality=_QUALITY, alpha_quality=100, method=4)
    return buffer.getvalue()


def decode_strip(strip: bytes, frames: int) -> npt.NDArray[np.uint8]:
    """Key frames ``(frames, S, S, 4)``, premultiplied, of a strip."""
    with Image.open(io.BytesIO(strip)) as image:
        straight = np.asarray(image.convert("RGBA"))
    side = straight.shape[0]
    if straight.shape[1] != frames * side:
        raise CorpusError(f"A strip is {straight.shape[1]} pixels wide, {frames} frames need {frames * side}.")
    alpha = straight[..., 3:].astype(np.uint16)
    colours = ((straight[..., :3] * alpha + 127) // 255).astype(np.uint8)
    flat = np.concatenate([colours, straight[..., 3:]], axis=-1)
    return np.ascontiguousarray(flat.reshape(side, frames, side, 4).transpose(1, 0, 2, 3))


def _entry(sprite: Sprite, source_sha256: str, strip: bytes) -> Entry:
    return Entry(
        subject=sprite.subject,
        style=sprite.style,
        work_id=sprite.work_id,
        source_sha256=source_sha256,
        frames=len(sprite.pixels),
        seconds=sprite.seconds,
        strip=f"{sprite.style}/{sprite.subject}.webp",
        strip_sha256=hashlib.sha256(strip).hexdigest(),
    )


def _read(path: Path) -> tuple[list[Entry], dict[str, bytes]]:
    if not path.exists():
        number = [part for part in path.stem.split("-") if part.isdecimal()] or ["1"]
        raise CorpusError(
            f"There is no atlas at {path}. Make it with: python -m vitascope.corpus.build --edition {number[0]}"
        )
    try:
        with zipfile.ZipFile(path) as file:
            strips = {name: file.read(name) for name in file.namelist()}
        index = json.loads(strips.pop(_INDEX))
        entries = [Entry(**row) for row in index["sprites"]]
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise CorpusError(f"The atlas {path} is damaged ({error}). Build it again.") from error
    if (index["format"], index["side"]) != (_FORMAT, SIDE):
        raise CorpusError(f"The atlas {path} has format {index['format']} at {index['side']} px. Build it again.")
    return entries, strips


def _check_strip(entry: Entry, strips: Mapping[str, bytes], path: Path) -> None:
    found = hashlib.sha256(strips.get(entry.strip, b"")).hexdigest()
    if found != entry.strip_sha256:
        raise CorpusError(
            f"{entry.strip} in {path} has sha256 {found}, its index says {entry.strip_sha256}. Build the atlas again."
        )


def _decode(entry: Entry, strips: Mapping[str, bytes]) -> Sprite:
    return Sprite(
        subject=entry.subject,
        style=entry.style,
        work_id=entry.work_id,
        pixels=decode_strip(strips[entry.strip], entry.frames),
        seconds=entry.seconds,
    )
