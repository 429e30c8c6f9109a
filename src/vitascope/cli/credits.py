"""``vitascope credits``: the artists whose work the model learned from, all of them, of some words, or of a file."""

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from vitascope.rights.compositions import CompositionNearness


def credits_(
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE|WORDS]", help="A file made here, or words of a prompt. Default: everybody."),
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
) -> None:
    """Name the artists whose licensed work the model learned from."""
    told = " ".join(what or ())
    if _is_file(told):
        _tell_file(Path(told), is_json=json_)
        return
    lines = _of_words(told)
    if json_:
        typer.echo(json.dumps({"credits": list(lines)}, indent=2))
        return
    for line in lines or ("No artist's work is behind this.",):
        typer.echo(line)


def _is_file(told: str) -> bool:
    """Whether a file is meant, there or not: one that lies here, or a last word that ends as files do."""
    with suppress(OSError):  # words can be longer than any name
        if told and Path(told).is_file():
            return True
    return bool(re.search(r"\.(mp4|webm|gif|png|jpe?g|webp)$", told, re.IGNORECASE))


def _of_words(told: str) -> tuple[str, ...]:
    from vitascope.backends.choose import models
    from vitascope.rights.credits import credits_for
    from vitascope.text.reading import read
    from vitascope.text.words import edition_of

    edition = max((edition_of(preset.vocabulary_sha256) for preset in models()), key=lambda one: one.number)
    if not told:
        return credits_for(edition.subjects)
    return credits_for(entity.subject for entity in read(told, edition=edition).scene.entities)


def _tell_file(path: Path, *, is_json: bool) -> None:
    """Whom a file's own seal thanks, and the training works its pictures are nearest to."""
    from vitascope.origin import credits_file, spelled

    found = credits_file(path)
    if is_json:
        typer.echo(json.dumps({"credits": list(found.credits)} | spelled(found), indent=2))
        return
    for line in found.credits or ("Its seal thanks nobody, or it has none.",):
        typer.echo(line)
    typer.echo("Nearest training works (distance in spreads of one work; a picture of something else has some, too):")
    for near in found.nearest:
        note = "; too near for a work the seal does not name" if near in found.flagged else ""
        typer.echo(f"  {near.distance:.2f}  {near.work.title}, {' and '.join(near.work.authors)}{note}")
    typer.echo(_of_composition(found.composition))


def _of_composition(near: "CompositionNearness | None") -> str:
    if near is None:
        return "Too short to be compared with whole training compositions: those have 17 frames and more."
    said = f"{near.ratio:.2f} of the distance to the next ones (flagged below {near.near:.2f})"
    if near.is_too_near:
        return f"Of {near.known:,} training compositions one is too near: at {said}. It may be a copy of it."
    return f"Of {near.known:,} training compositions the nearest is at {said}: it stands out from none."
