"""``vitascope models``: which models there are, and all that can be asked of them."""

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from vitascope.text.world import Edition
    from vitascope.types import Preset


def models(
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
) -> None:
    """List the models, and the things, motions and places they know."""
    from vitascope.backends import choose

    shipped = choose.models()
    if json_:
        listed = [_object(preset) | {"knows_too": _knows_too(preset, shipped)} for preset in shipped]
        typer.echo(json.dumps({"models": listed, "knows": _knows(shipped)}, indent=2))
        return
    for preset in shipped:
        typer.echo(_line(preset))
    for role, names in _knows(shipped).items():
        typer.echo(f"\n{role}: {', '.join(names)}")
    for preset in shipped:
        for role, names in _knows_too(preset, shipped).items():
            typer.echo(f"\n{role} of {preset.name} alone: {', '.join(names)}")


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


def _knows(shipped: "Iterable[Preset]") -> dict[str, list[str]]:
    """Everything that all of the models were taught, by role."""
    from vitascope.text import world

    oldest = min((_edition(preset) for preset in shipped), key=lambda edition: edition.number, default=world.FIRST)
    roles: dict[str, Iterable[str]] = {
        **_changing(oldest),
        "times": world.TIMES,
        "cameras": world.CAMERAS,
        "colours": world.COLOURS,
        "sizes": world.SIZES,
        "counts": world.COUNTS,
        "relations": world.RELATIONS,
        "styles": world.STYLES,
    }
    return {role: [name.replace("_", " ") for name in names] for role, names in roles.items()}


def _knows_too(preset: "Preset", shipped: "Iterable[Preset]") -> dict[str, list[str]]:
    """What a model of a later edition was taught beyond that, by role."""
    common = _knows(shipped)
    own = {role: [name.replace("_", " ") for name in names] for role, names in _changing(_edition(preset)).items()}
    added = {role: [name for name in names if name not in common[role]] for role, names in own.items()}
    return {role: names for role, names in added.items() if names}


def _edition(preset: "Preset") -> "Edition":
    from vitascope.text.words import edition_of

    return edition_of(preset.vocabulary_sha256)


def _changing(edition: "Edition") -> dict[str, tuple[str, ...]]:
    return {"things": edition.subjects, "motions": edition.motions, "places": edition.places}
