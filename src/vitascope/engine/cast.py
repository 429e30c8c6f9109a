"""Who plays which thing of a prompt: kept characters are found in it by their names, or it is said why not."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from PIL import Image

from vitascope.errors import CharacterError, ImageError
from vitascope.text.names import require_named
from vitascope.text.scene import Entity, Scene
from vitascope.text.words import CHARACTER
from vitascope.types import Character, Pixels, Preset, Request

LARGEST = 1024
"""Pixels of the longer side a picture is kept at: no clip shows a character larger."""

LEAST = 8
"""Pixels of the shorter side, at least: of fewer nobody is known again."""


def require_cast(request: Request, preset: Preset) -> None:
    """Look at the characters before the prompt is read. Raises CharacterError, ImageError."""
    if not request.characters:
        return
    if preset.animator is None:
        raise CharacterError(f"The model {preset.name} keeps no characters. Leave them out, or take another model.")
    if request.image is not None:
        raise CharacterError("A clip has a first frame or characters, not both: leave one of them out.")
    require_named(request.prompt, [character.name for character in request.characters])
    for character in request.characters:
        _require_picture(character)


def cast_of(characters: Sequence[Character], scene: Scene) -> tuple[Mapping[int, Character], str]:
    """The characters by the number of the thing they play, and what to say of it.

    Raises CharacterError where two other things were named first.
    """
    numbers = {entity.subject: number for number, entity in enumerate(scene.entities, 1)}
    for character in characters:
        if f"{CHARACTER}{character.name}" not in numbers:
            raise CharacterError(
                f"I can show two kinds of things at once, and {character.name!r} is the third. Leave one out."
            )
    cast = {numbers[f"{CHARACTER}{one.name}"]: replace(one, picture=_small(one.picture)) for one in characters}
    return cast, " ".join(filter(None, (_about(cast[n], scene.entities[n - 1]) for n in sorted(cast))))


def _about(character: Character, entity: Entity) -> str:
    """What words cannot change in it."""
    idle = [word for word in (entity.colour, entity.style) if word]
    unchanged = f"; {' and '.join(repr(word) for word in idle)} changes nothing in it" if idle else ""
    return f"{character.name} is shown as in the picture{unchanged}."


def _require_picture(character: Character) -> None:
    picture = character.picture
    if picture.ndim != 3 or picture.shape[2] not in (3, 4) or picture.dtype != "uint8":
        raise ImageError(f"A character's picture is (H, W, 3 or 4) uint8 pixels, not {picture.shape} {picture.dtype}.")
    if min(picture.shape[:2]) < LEAST:
        height, width = picture.shape[:2]
        raise ImageError(f"The picture of {character.name!r} has {width}x{height} pixels; give one of {LEAST} or more.")


def _small(picture: Pixels) -> Pixels:
    """No larger than any clip shows it."""
    if max(picture.shape[:2]) <= LARGEST:
        return picture
    smaller = Image.fromarray(picture)
    smaller.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS)
    return np.array(smaller)
