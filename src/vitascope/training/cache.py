"""The pre-rendered cache: composed clips, already encoded to rows, so that training never waits for a renderer.

A shard is four arrays of the same length: ``rows`` float16 ``(n, K, rows, D)``, ``words`` uint8 ``(n, 4, W)``,
``look`` int16 ``(n,)``, the number of the reference picture of its first entity, or -1, and ``covered`` uint8
``(n, K, rows)``, how much of a row is subject. Shards appear whole (renamed into place), so a trainer may read while a
writer goes on. ``--shown`` writes clips of drawings that no word names (training/shown.py) into a folder of their own.
"""

import argparse
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from vitascope.backends.codec import LappedCodec
from vitascope.corpus.atlas import Atlas, open_atlas
from vitascope.corpus.compositor import Drawings, covered, render
from vitascope.corpus.scenes import Composition, compose, compose_in_place
from vitascope.errors import TrainingError
from vitascope.text.words import edition_of, words
from vitascope.text.words import rows as word_rows
from vitascope.text.world import SUBJECTS, Edition
from vitascope.training import snapshot
from vitascope.training.data import PARTS, folder
from vitascope.training.plainly import plainly
from vitascope.training.presets import preset as preset_of
from vitascope.training.shown import shown_clip
from vitascope.types import CodecPreset, Pixels, Preset

LOOKS = tuple((subject.id, style) for subject in SUBJECTS.values() for style in subject.styles)
"""Reference pictures, in the order of their numbers; those of an edition are the first of them."""

_SHOWN = 1  # third number of the seed of shards whose drawings no word names; not 0, which adds nothing to a seed


Kind = Literal["travelling", "placed", "shown"]
"""Of clips: things that do what captions say; things that stand where they stand; drawings that no word names."""


def write_shard(
    preset: Preset, atlas: Atlas, frames: int, number: int, clips: int, *, kind: Kind = "travelling"
) -> Path:
    """Renders and encodes ``clips`` clips from the seed ``(frames, number)`` and stores them as one shard.

    Those of drawings that no word names have a seed of their own.
    """
    shown = kind == "shown"
    generator = np.random.default_rng((frames, number, _SHOWN) if shown else (frames, number))
    codec = LappedCodec(preset.codec)
    packed, shares = [], []
    spoken, look = np.zeros((clips, 4, preset.net.words), np.uint8), np.full(clips, -1, np.int16)
    for index in range(clips):
        composition, drawings = _next(generator, atlas, preset, frames, kind)
        packed.append(codec.encode(render(composition, drawings)).astype(np.float16))
        shares.append(covered_rows(covered(composition, drawings)[None], preset.codec)[0])
        spoken[index], number_of_look = told(composition)
        look[index] = -1 if shown else number_of_look
    parts: dict[str, npt.NDArray[np.generic]] = {
        "rows": np.stack(packed),
        "words": spoken,
        "look": look,
        "covered": np.stack(shares),
    }
    return store(folder(preset, frames, shown=shown), number, parts)


def _next(
    generator: np.random.Generator, atlas: Atlas, preset: Preset, frames: int, kind: Kind
) -> tuple[Composition, Drawings]:
    edition = edition_of(preset.vocabulary_sha256)
    if kind == "shown":
        return shown_clip(generator, atlas, edition, frames=frames, fps=preset.fps)
    by_chance = compose_in_place if kind == "placed" else compose
    return _drawable(generator, atlas, edition, frames=frames, fps=preset.fps, by_chance=by_chance), atlas


def _drawable(
    generator: np.random.Generator, atlas: Atlas, edition: Edition, *, frames: int, fps: int,
    by_chance: Callable[..., Composition] = compose,
) -> Composition:  # fmt: skip
    """The next scene whose every drawing the atlas holds; one built without a withdrawn work lacks some."""
    while True:
        composition = by_chance(generator, frames=frames, fps=fps, edition=edition)
        if all(layer.style in atlas.styles(layer.subject) for layer in composition.layers):
            return composition


def covered_rows(covered_BTHW: Pixels, codec: CodecPreset) -> Pixels:
    """How much of each row is subject, ``(B, K, rows)``: the mean over the pixels it stands for."""
    clips, _, height, width = covered_BTHW.shape
    filled = np.concatenate([covered_BTHW[:, :1].repeat(codec.frames - 1, 1), covered_BTHW], axis=1)
    down, across = height // codec.stride, width // codec.stride
    parted = filled.reshape(clips, -1, codec.frames, down, codec.stride, across, codec.stride)
    return np.asarray(parted.mean(axis=(2, 4, 6)), np.uint8).reshape(clips, -1, down * across)


def told(composition: Composition) -> tuple[npt.NDArray[np.uint8], int]:
    """The words of a clip, ``(4, W)``, and the number of the picture of its first thing, -1 where it is tinted."""
    number = -1
    for first in composition.scene.entities[:1]:
        style = first.style or SUBJECTS[first.subject].styles[0]
        number = -1 if first.colour is not None else LOOKS.index((first.subject, style))
    return np.stack(list(word_rows(words(composition.said)).values())).astype(np.uint8), number


def store(where: Path, number: int, parts: dict[str, npt.NDArray[np.generic]]) -> Path:
    """Writes the parts under temporary names, then renames them, ``rows`` last: a shard is seen whole or not at all.

    Raises TrainingError where there is no room.
    """
    unfinished = {name: where / f".{name}-{number:04}" for name in reversed(PARTS)}
    try:
        where.mkdir(parents=True, exist_ok=True)
        for name, array in parts.items():
            with unfinished[name].open("wb") as file:
                np.save(file, array)
        for name, path in unfinished.items():
            path.replace(where / f"{name}-{number:04}.npy")
    except OSError as error:
        raise _no_room(f"Shard {number} of {where}", error) from error
    finally:
        for path in unfinished.values():
            path.unlink(missing_ok=True)
    return where / f"rows-{number:04}.npy"


def store_looks(where: Path, looks: npt.NDArray[np.float16]) -> None:
    """Writes the pictures that a clip may be shown beside its words, whole or not at all.

    Raises TrainingError where there is no room.
    """
    path, part = where / "looks.safetensors", where / ".looks"
    try:
        where.mkdir(parents=True, exist_ok=True)
        save_file({"looks": looks}, part)
        with safe_open(part, "np"):  # reads the header and holds the length of the file against it
            pass
        part.replace(path)
    except (OSError, SafetensorError) as error:  # the latter is what the library makes of a full disk
        raise _no_room(str(path), error) from error
    finally:
        part.unlink(missing_ok=True)


def _no_room(what: str, error: Exception) -> TrainingError:
    return TrainingError(
        f"{what} cannot be written ({error}). What was written before it is whole and stays. Make room, and run the "
        "command again."
    )


def references(preset: Preset, atlas: Atlas) -> npt.NDArray[np.float16]:
    """Every look of the preset's edition as one latent, ``(looks, rows, D)``."""
    codec = LappedCodec(preset.codec)
    return np.stack([codec.encode(picture)[0] for picture in look_pictures(atlas, preset)]).astype(np.float16)


def look_pictures(atlas: Atlas, preset: Preset) -> Iterator[Pixels]:
    """Every look of the preset's edition, ``(1, side, side, 3)``: the first key frame, large, on white."""
    known = {(s, style) for s in atlas.subjects for style in atlas.styles(s)}
    subjects, side = edition_of(preset.vocabulary_sha256).subjects, preset.size[0]
    for look in (look for look in LOOKS if look[0] in subjects):
        yield _on_white(atlas, *look, side) if look in known else np.full((1, side, side, 3), 255, np.uint8)


def _on_white(atlas: Atlas, subject: str, style: str, side: int) -> npt.NDArray[np.uint8]:
    sprite = atlas.sprite(subject, style).pixels[0].astype(np.float32)
    sprite = sprite if len(sprite) == side else sprite.repeat(side // len(sprite), 0).repeat(side // len(sprite), 1)
    frame = sprite[..., :3] + 255 - sprite[..., 3:]
    return np.clip(frame, 0, 255).astype(np.uint8)[None]


def _work(name: str, frames: int, number: int, clips: int, kind: Kind) -> str:
    """One shard in a process of its own; skips what is there already."""
    preset = preset_of(name)
    path = folder(preset, frames, shown=kind == "shown") / f"rows-{number:04}.npy"
    atlas = open_atlas(edition_of(preset.vocabulary_sha256))
    return str(path if path.exists() else write_shard(preset, atlas, frames, number, clips, kind=kind))


def main() -> None:
    """``python -m vitascope.training.cache --frames 17 --shards 24``: fills the cache, one process per core."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--preset", default="xs", choices=["xs"])
    parser.add_argument("--frames", type=int, default=17)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--clips", type=int, default=1024)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--shown", action="store_true", help="clips of drawings that no word names")
    parser.add_argument("--placed", action="store_true", help="clips in which nothing travels, in place of the usual")
    asked = parser.parse_args()
    kind: Kind = "shown" if asked.shown else "placed" if asked.placed else "travelling"
    preset = preset_of(asked.preset)
    looks = references(preset, snapshot.opened(preset))
    store_looks(snapshot.where(preset), looks)
    numbers = range(asked.first, asked.first + asked.shards)
    with ProcessPoolExecutor(asked.processes) as pool:
        jobs = [pool.submit(_work, asked.preset, asked.frames, number, asked.clips, kind) for number in numbers]
        for job in jobs:
            job.result()


if __name__ == "__main__":
    plainly(main)
