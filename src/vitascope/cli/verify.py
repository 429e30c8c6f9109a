"""``vitascope verify``: was this file made here, by its credential, its mark and its fingerprint."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from vitascope.provenance.verify import Report

_UNKNOWN_ORIGIN = 1


def verify(
    file: Annotated[Path, typer.Argument(help="A video or picture.")],
    db: Annotated[str, typer.Option("--db", metavar="URL", help="The server's database, which has its marks.")] = "",
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
) -> None:
    """Tell whether FILE was made here. Ends with 0 if it was, 1 if that is not known, 2 if it cannot be read."""
    from vitascope.cli.house import looking
    from vitascope.origin import verify_file

    with looking(db) as register:
        report = verify_file(file, register=register)
    if json_:
        typer.echo(json.dumps(_spelled(asdict(report)), indent=2))
    else:
        _tell(report)
    if not report.made_here:
        raise typer.Exit(_UNKNOWN_ORIGIN)


def _spelled(part: Any) -> Any:  # noqa: ANN401  # whatever asdict gives
    """JSON of a report: ids as 16 hexadecimal digits, since JavaScript's numbers cannot hold 64 bits."""
    if isinstance(part, dict):
        spelled = {name: _spelled(value) for name, value in part.items()}
        if isinstance(part.get("mark_id"), int):
            spelled["mark_id"] = f"{part['mark_id']:016x}"
        if "state" in part:
            spelled["validation_state"] = spelled.pop("state")  # the SDK's name
        return spelled
    return [_spelled(value) for value in part] if isinstance(part, list | tuple) else part


def _tell(report: "Report") -> None:
    typer.echo(report.words)
    typer.echo(f"Credential: {report.credential.words}.")
    typer.echo(f"Mark: {report.mark.words}.")
    typer.echo(f"Fingerprint: {report.fingerprint.words}.")
    if report.model:
        typer.echo(f"Model: {report.model}.")
    for ancestor in report.credential.ancestors:
        named = f", a {ancestor.title}" if ancestor.title else ""
        beyond = "" if ancestor.has_credential else ", which carries no credential of its own"
        typer.echo(f"{'  ' * (ancestor.depth - 1)}Made from a {ancestor.media_type} file{named}{beyond}.")
    if report.credential.credits:
        typer.echo(f"Thanks to: {', '.join(report.credential.credits)}.")
