"""``vitascope trace``: who a file was made for; asks two stewards and writes an audit."""

import json
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from vitascope.provenance.register import Issued

_INCONCLUSIVE = 1


def trace(  # noqa: PLR0913, RUF100  # one option each
    file: Annotated[Path, typer.Argument(help="A video or picture.")],
    reason: Annotated[str, typer.Option(help="Why; it stands in the audit for good.")],
    db: Annotated[
        str,
        typer.Option(
            "--db", metavar="URL", help="The server's database: its marks are asked, and who is named is told."
        ),
    ] = "",
    data: Annotated[
        Path | None, typer.Option(help="The server's folder, with its log. Default: server, in VITASCOPE_HOME.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
) -> None:
    """Tell whom FILE was made for, if its pictures and its mark agree. Asks for the keys of two stewards.

    Ends with 0 if a render is named, 1 if it is inconclusive, 2 if the call cannot be served.
    """
    from vitascope.cli.house import folder_of, looking
    from vitascope.origin import trace_file
    from vitascope.provenance.audit import steward
    from vitascope.settings import settings

    home = settings().home
    keys = [_asked(f"Key of the {which} steward") for which in ("first", "second")]
    stewards = (steward(home, keys[0]), steward(home, keys[1]))
    with looking(db) as register:
        tell = _teller(db, folder_of(data), file, (stewards[0].name, stewards[1].name), reason) if db else None
        found = trace_file(file, stewards=stewards, reason=reason, register=register, tell=tell)
    if json_:
        shown = asdict(found)
        if found.render is not None:
            shown["render"]["mark_id"] = f"{found.render.mark_id:016x}"
        typer.echo(json.dumps(shown, indent=2))
    else:
        typer.echo(found.words)
        if found.render is not None:
            typer.echo(f"Render {found.render.mark_id:016x}, {found.render.time}, model {found.render.model}.")
            told = "They have a notice" if db else "The audit says that they must be told"
            typer.echo(f"Made for: {found.render.party or 'nobody on record'}. {told}.")
    if found.render is None:
        raise typer.Exit(_INCONCLUSIVE)


def _asked(which: str) -> str:
    """A key, unseen where somebody types it."""
    return str(typer.prompt(which, hide_input=sys.stdin.isatty(), err=True))


def _teller(db: str, data: Path, file: Path, stewards: tuple[str, str], reason: str) -> "Callable[[Issued], None]":
    """Writes the leaf that a trace begins with; what it returns gives a notice to the member named.

    That notice is the one thing a trace writes into the database, which is opened for it when somebody is named.
    """
    from vitascope.origin import sha256_of
    from vitascope.programme.leaks import traces
    from vitascope.provenance.audit import Steward, two_stewards
    from vitascope.rights.logbook import open_log
    from vitascope.store.database import open_database

    two_stewards((Steward(name=stewards[0]), Steward(name=stewards[1])), reason)  # refused: no leaf
    log = open_log(data)
    traces.begin(log, stewards=stewards, file_sha256=sha256_of(file), now=datetime.now(UTC))

    def tell(render: "Issued") -> None:
        with closing(open_database(db, migrate=False, make=False)) as database, database.transaction() as tx:
            traces.tell(
                tx,
                log,
                party=render.party,
                render=f"{render.mark_id:016x}",
                stewards=stewards,
                reason=reason,
                now=datetime.now(UTC),
            )

    return tell
