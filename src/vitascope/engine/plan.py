"""From a request to a plan: arithmetic alone, nothing is loaded. Whatever is rounded or left out is said in a sentence.

Length: the model makes one of its trained lengths. The shortest that covers the asked one is made and cut to the asked
number of frames; beyond the longest, the longest is what there is. Shape: frames of another shape than asked are scaled
until they cover the asked size and cut to its middle, so nothing is stretched and no bars are added.
"""

import re
import secrets
from math import log

from vitascope.engine.cast import cast_of, require_cast
from vitascope.errors import ImageError, LengthError, SeedError, SizeError
from vitascope.media.resize import cover
from vitascope.text.reading import read
from vitascope.text.scene import Entity, Scene
from vitascope.text.words import PICTURED, edition_of, rows, taken
from vitascope.types import Pixels, Plan, Preset, Request, viewed

SIDES = (16, 4096)
"""Smallest and largest side of a file in pixels."""

LONGEST_SECONDS = 60.0
FASTEST_FPS = 60
LONGEST_MOVED = 512
"""Pixels of the longer side up to which a given picture is moved: its own pixels are, so no model sets the limit, but
four seconds of so many take two of a core."""
MOST_STEPS = 100
LARGEST_SEED = 2**63 - 1

_DRAWN_SEEDS = 2**32  # a drawn seed stays short enough for a file name and exact in a JavaScript number (2**53)


def plan(request: Request, preset: Preset) -> Plan:
    """Resolve ``request`` for the model ``preset`` describes; draws the seed where none was given.

    Raises PromptError, UnknownWordsError, SizeError, LengthError, SeedError, ImageError, CharacterError.
    """
    edition, preset = edition_of(preset.vocabulary_sha256), _view(request, preset)
    require_cast(request, preset)
    names = [character.name for character in request.characters]
    reading = read(request.prompt, pictured=request.image is not None, edition=edition, characters=names)
    cast, about_cast = cast_of(request.characters, reading.scene)
    frames, keep, about_length = _length(request.seconds, preset)
    output_size, about_size = _output_size(request.size, preset)
    moves = preset.animator is not None and request.image is not None
    first_frame, about_picture = _first_frame(request.image, _moved_at(output_size) if moves else preset.size)
    seed = _seed(request.seed)
    about_shape = (about_picture, _about_moving(reading.scene, output_size)) if moves else (about_size, about_picture)
    about_place = _about_place(reading.scene) if preset.animator is not None and request.image is None else ""
    about = (*reading.notes, about_length, _about_fps(request.fps, preset), *about_shape, about_place, about_cast)
    return Plan(
        prompt=request.prompt,
        words=rows(taken(reading.words, seed)),
        frames=frames,
        keep=keep,
        size=preset.size,
        output_size=output_size,
        fps=preset.fps,
        seed=seed,
        steps=_steps(request.steps, preset),
        guidance=preset.sampler.guidance,
        first_frame=first_frame,
        model=preset.name,
        container=request.container,
        notes=tuple(note for note in about if note),
        cast=cast,
    )


def _view(request: Request, preset: Preset) -> Preset:
    """The preset in the trained shape that is nearest to what is asked for: frame first, then rate."""
    size = request.size or (preset.size if request.image is None else (request.image.shape[1], request.image.shape[0]))
    wide, rate = size[0] / max(size[1], 1), request.fps or preset.fps
    views = [viewed(preset, number) for number in range(len(preset.views) + 1)]
    if len(views) == 1 or wide <= 0 or rate <= 0:  # what is impossible is told by whoever looks at it
        return preset
    return min(views, key=lambda view: (round(abs(log(wide / (view.size[0] / view.size[1]))), 3),
                                        abs(log(rate / view.fps))))  # fmt: skip


def draw_seed() -> int:
    """A seed nobody can foresee, 0 to 2**32 - 1."""
    return secrets.randbelow(_DRAWN_SEEDS)


def size_of(text: str) -> tuple[int, int]:
    """Width and height of ``WxH``: ``640x360`` gives ``(640, 360)``. Raises SizeError."""
    sides = re.fullmatch(r"\s*(-?\d{1,9})\s*[xX\u00d7]\s*(-?\d{1,9})\s*", text, re.ASCII)
    if sides is None:
        message = f"The size {text[:40]!r} is not WIDTHxHEIGHT in pixels; write it like 640x360."
        raise SizeError(message)
    return int(sides[1]), int(sides[2])


def _length(seconds: float | None, preset: Preset) -> tuple[int, int, str]:
    """Frames to make, frames to keep, and what to say about it."""
    longest = preset.frames[-1]
    if seconds is None:
        return longest, longest, ""
    if not 0 < seconds <= LONGEST_SECONDS:  # written so that NaN fails too
        message = (
            f"A length of {seconds:g} seconds is not possible: it must be more than 0 and at most "
            f"{LONGEST_SECONDS:g}. I make up to {longest / preset.fps:.1f} seconds."
        )
        raise LengthError(message)
    wanted = max(1, round(seconds * preset.fps))
    frames = next((trained for trained in preset.frames if trained >= wanted), longest)
    keep = min(wanted, frames)
    return frames, keep, _about_length(seconds, frames, keep, preset)


def _about_length(seconds: float, frames: int, keep: int, preset: Preset) -> str:
    made = keep / preset.fps
    if abs(made - seconds) > 0.5 / preset.fps:
        end = "longest" if seconds > made else "shortest"
        return f"You asked for {seconds:g} seconds; the {end} I make is {made:.3g}, so the file has that."
    if frames - keep <= 1:  # trained lengths are 1 + 4k frames: 33 at 8 a second are four seconds and a bit
        return ""
    lengths = " or ".join(f"{trained / preset.fps:.3g}" for trained in preset.frames)
    return f"I make {lengths} seconds; your {seconds:g} are the first {keep} of {frames} frames."


def _about_fps(fps: int | None, preset: Preset) -> str:
    if fps is None or fps == preset.fps:
        return ""
    if not 1 <= fps <= FASTEST_FPS:
        message = f"A frame rate of {fps} is not possible: it must be 1 to {FASTEST_FPS}. I make {preset.fps}."
        raise LengthError(message)
    return f"I make {preset.fps} frames a second, not {fps}; the file plays at {preset.fps}."


def _output_size(size: tuple[int, int] | None, preset: Preset) -> tuple[tuple[int, int], str]:
    """Size of the file, sides even as H.264 in 4:2:0 needs them, and what to say about it."""
    if size is None or size == preset.size:
        return preset.size, ""
    low, high = SIDES
    if not all(low <= side <= high for side in size):
        message = f"A size of {_x(size)} is not possible: each side must be {low} to {high} pixels."
        raise SizeError(message)
    even = (size[0] - size[0] % 2, size[1] - size[1] % 2)
    rounded = f"Sides must be even, so {_x(size)} became {_x(even)}. " if even != size else ""
    if even == preset.size:
        return even, rounded.strip()
    cut = "" if _same_shape(even, preset.size) else ", cut to its shape around the middle"
    return even, f"{rounded}I make {_x(preset.size)}; your {_x(even)} file is a resize of those frames{cut}."


def _first_frame(image: Pixels | None, size: tuple[int, int]) -> tuple[Pixels | None, str]:
    """The picture at a size, cut around its middle where the shape differs, and what to say about it."""
    if image is None:
        return None, ""
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != "uint8":
        raise ImageError(f"A first frame is (H, W, 3) uint8 pixels, not {image.shape} {image.dtype}.")
    height, width = image.shape[:2]
    if (width, height) == size:
        return image, ""
    cut = "" if _same_shape((width, height), size) else ", cut to its shape around the middle"
    said = f"Your {width}x{height} picture became the first frame at {_x(size)}{cut}."
    return cover(image, size), said


def _moved_at(size: tuple[int, int]) -> tuple[int, int]:
    """The size at which a picture is moved for a file of ``size``: that one, as far as it is not too large."""
    scale = min(1.0, LONGEST_MOVED / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _about_moving(scene: Scene, size: tuple[int, int]) -> str:
    """A given picture is moved, not painted anew: whether any word moves it, and whether others do nothing."""
    first = scene.entities[0] if scene.entities else Entity(subject=PICTURED)
    told = (scene.place, scene.time, scene.relation, first.colour, first.size, first.style, *scene.entities[1:])
    idle = any(told) or first.subject != PICTURED or first.count not in (None, "one")
    moves = bool(first.motions) or scene.camera not in (None, "static")
    unmoved = "" if moves else "No movement was asked for, so it stands still; say what it does, such as: it jumps. "
    unheard = "What else the prompt says changes nothing in it." if idle else ""
    larger = f"It is moved at {_x(_moved_at(size))} and made larger at the end. " if max(size) > LONGEST_MOVED else ""
    return f"Your picture is moved as it is, pixel by pixel. {unmoved}{larger}{unheard}".strip()


def _about_place(scene: Scene) -> str:
    """A place alone is one picture, unless it rains or the camera moves."""
    if scene.entities or scene.time == "rain" or scene.camera not in (None, "static"):
        return ""
    return "A place alone stands still: name a thing that does something, rain, or a camera, such as: zoom in."


def _seed(seed: int | None) -> int:
    if seed is None:
        return draw_seed()
    if not 0 <= seed <= LARGEST_SEED:
        message = f"The seed {seed} is not possible: it must be 0 to {LARGEST_SEED}; leave it out and one is drawn."
        raise SeedError(message)
    return seed


def _steps(steps: int | None, preset: Preset) -> int:
    if steps is None:
        return preset.sampler.steps
    if not 1 <= steps <= MOST_STEPS:
        message = f"{steps} steps are not possible: it must be 1 to {MOST_STEPS}. Default: {preset.sampler.steps}."
        raise LengthError(message)
    return steps


def _same_shape(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] * other[1] == one[1] * other[0]


def _x(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"
