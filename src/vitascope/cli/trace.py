"""``vitascope trace``: who a file was made for; asks two stewards and writes an audit."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

_INCONCLUSIVE = 1


def trace(
    file: Annotated[Path, typer.Argument(help="A video or picture.")],
    reason: Annotated[str, typer.Option(help="Why; it stands in the audit for good.")],
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
) -> None:
    """Tell whom FILE was made for, if its pictures and its mark agree. Asks for the keys of two stewards.

    Ends with 0 if a render is named, 1 if it is inconclusive, 2 if the call cannot be served.
    """
    from vitascope.origin import trace_file
    from vitascope.provenance.audit import steward
    from vitascope.settings import settings

    home = settings().home
    keys = [typer.prompt(f"Key of the {which} steward", hide_input=True, err=True) for which in ("first", "second")]
    found = trace_file(file, stewards=(steward(home, keys[0]), steward(home, keys[1])), reason=reason)
    if json_:
        shown = asdict(found)
        if found.render is not None:
            shown["render"]["mark_id"] = f"{found.render.mark_id:016x}"
        typer.echo(json.dumps(shown, indent=2))
    else:
        typer.echo(found.words)
        if found.render is not None:
            typer.echo(f"Render {found.render.mark_id:016x}, {found.render.time}, model {found.render.model}.")
            typer.echo(f"Made for: {found.render.party or 'nobody on record'}. The audit says that they must be told.")
    if found.render is None:
        raise typer.Exit(_INCONCLUSIVE)
