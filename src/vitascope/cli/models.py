"""``vitascope models``: which models there are, and all that can be asked of them."""

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from vitascope.types import Preset


def models(
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
) -> None:
    """List the models, and the things, motions and places they know."""
    from vitascope.backends import choose

    shipped = choose.models()
    if json_:
        typer.echo(json.dumps({"models": [_object(preset) for preset in shipped], "knows": _world()}, indent=2))
        return
    for preset in shipped:
        typer.echo(_line(preset))
    for role, names in _world().items():
        typer.echo(f"\n{role}: {', '.join(names)}")


def _object(preset: "Preset") -> dict[str, object]:
    return {
        "name": preset.name,
        "size": list(preset.size),
        "fps": preset.fps,
        "seconds": list(_lengths(preset)),
        "steps": preset.sampler.steps,
        "licence": preset.licence,
        "weights_sha256": preset.weights_sha256,
        "trained_on": preset.trained_on,
    }


def _line(preset: "Preset") -> str:
    width, height = preset.size
    lengths = " or ".join(f"{seconds:g}" for seconds in _lengths(preset))
    return (
        f"{preset.name}: {width}x{height}, {preset.fps} frames a second, {lengths} s, {preset.licence}, "
        f"weights {preset.weights_sha256[:16]}"
    )


def _lengths(preset: "Preset") -> Iterator[float]:
    return (round(frames / preset.fps, 3) for frames in preset.frames)


def _world() -> dict[str, list[str]]:
    """Everything the models were taught, by role."""
    from vitascope.text import world

    roles: dict[str, Iterable[str]] = {
        "things": world.SUBJECTS,
        "motions": world.MOTIONS,
        "places": world.PLACES,
        "times": world.TIMES,
        "cameras": world.CAMERAS,
        "colours": world.COLOURS,
        "sizes": world.SIZES,
        "counts": world.COUNTS,
        "relations": world.RELATIONS,
        "styles": world.STYLES,
    }
    return {role: [name.replace("_", " ") for name in names] for role, names in roles.items()}
