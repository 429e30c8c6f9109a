"""``vitascope me leaves``: what the public log says of oneself, and how to prove it."""

from typing import Annotated

import typer

from vitascope.cli.client import Server, day, desk

own_leaves = typer.Typer()

_PATH = "/v1/rights/log/mine"


@own_leaves.command("leaves")
def list_leaves(
    after: Annotated[
        int | None, typer.Option(min=0, help="Go on behind this leaf, the last of the page before.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Leaves on a page.")] = 20,
    server: Server = "",
) -> None:
    """The leaves of the log that name you, newest first: number, day, what, by whom, about what."""
    onwards = "" if after is None else f"&after={after}"
    told = desk(server).call("GET", f"{_PATH}?limit={limit}{onwards}")
    for one in told["data"]:
        ruled = f" ({one['rule']})" if one["rule"] else ""
        typer.echo(f"{one['index']}  {day(one['at'])}  {one['kind']}{ruled}  by {one['by']}  about {one['about']}")
    if told["has_more"]:
        typer.echo(f"There are more: vitascope me leaves --after {told['data'][-1]['index']}")
    if told["data"]:
        typer.echo("Prove one, with the log's public key: vitascope log prove NUMBER --server URL --key KEY")
