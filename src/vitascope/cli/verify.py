"""``vitascope verify``: was this file made here, by its credential and by its mark."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from vitascope.provenance.verify import Report

_UNKNOWN_ORIGIN = 1


def verify(
    file: Annotated[Path, typer.Argument(help="A video or picture.")],
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
) -> None:
    """Tell whether FILE was made here. Ends with 0 if it was, 1 if that is not known, 2 if it cannot be read."""
    from vitascope.media.read import video
    from vitascope.provenance.verify import verify as verify_origin

    report = verify_origin(file, video(file))
    if json_:
        typer.echo(json.dumps(_object(report), indent=2))
    else:
        _tell(report)
    if not report.made_here:
        raise typer.Exit(_UNKNOWN_ORIGIN)


def _object(report: "Report") -> dict[str, object]:
    """The report as JSON; mark ids as 16 hexadecimal digits, since JavaScript's numbers cannot hold 64 bits."""
    credential, mark = asdict(report.credential), asdict(report.mark)
    for part in (credential, mark):
        part["mark_id"] = None if part["mark_id"] is None else f"{part['mark_id']:016x}"
    return {**asdict(report), "credential": credential, "mark": mark}


def _tell(report: "Report") -> None:
    typer.echo(report.words)
    typer.echo(f"Credential: {report.credential.words}.")
    typer.echo(f"Mark: {report.mark.words}.")
    if report.model:
        typer.echo(f"Model: {report.model}.")
    if report.credential.credits:
        typer.echo(f"Thanks to: {', '.join(report.credential.credits)}.")
