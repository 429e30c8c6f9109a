"""``vitascope credits``: the artists whose work the model learned from, all of them, of some words, or of a file."""

import json
from pathlib import Path
from typing import Annotated

import typer


def credits_(
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE|WORDS]", help="A file made here, or words of a prompt. Default: everybody."),
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
) -> None:
    """Name the artists whose licensed work the model learned from."""
    lines = _credits(" ".join(what or ()))
    if json_:
        typer.echo(json.dumps({"credits": list(lines)}, indent=2))
        return
    for line in lines or ("No artist's work is behind this.",):
        typer.echo(line)


def _credits(what: str) -> tuple[str, ...]:
    if what and Path(what).is_file():
        return _of_file(Path(what))
    from vitascope.rights.credits import credits_for
    from vitascope.text.reading import read
    from vitascope.text.world import SUBJECTS

    if not what:
        return credits_for(SUBJECTS)
    return credits_for(entity.subject for entity in read(what).scene.entities)


def _of_file(path: Path) -> tuple[str, ...]:
    """The artists a file's own seal names."""
    from vitascope.provenance.authority import open_authority
    from vitascope.provenance.credential import read_credential
    from vitascope.settings import settings

    return read_credential(path, open_authority(settings().home)).credits
