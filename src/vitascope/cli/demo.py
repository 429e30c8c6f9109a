"""``vitascope demo``: a page for everybody that holds a guest pass; and the same as a folder for a Space."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from vitascope.demo.house import House

demo = typer.Typer(help="Open the public demo, or export it as a folder for a Hugging Face Space.")

_Server = Annotated[str, typer.Option("--server", metavar="URL", help="The server. Default: VITASCOPE_SERVER.")]
_Title = Annotated[str, typer.Option(help="What the page is called.")]
_By = Annotated[str, typer.Option("--shared-by", help="Who shares it, as visitors read it.")]
_Seconds = Annotated[float, typer.Option(help="How long each film is.")]
_Model = Annotated[str, typer.Option(help="The model that paints. Default: the server's.")]
_PerVisitor = Annotated[int, typer.Option(min=1, help="Films a visitor may have in a day.")]
_PerAddress = Annotated[int, typer.Option(min=1, help="Films one network address may have in a day.")]


@demo.callback(invoke_without_command=True)
def open_(
    ctx: typer.Context,
    server: _Server = "",
    title: _Title = "Vitascope",
    shared_by: _By = "",
    seconds: _Seconds = 4.0,
    model: _Model = "",
    per_visitor: _PerVisitor = 5,
    per_address: _PerAddress = 60,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port.")] = 7860,
) -> None:
    """Open the demo. Its key is a public guest pass, from VITASCOPE_KEY or typed in; a member's own key is refused."""
    if ctx.invoked_subcommand is not None:
        return
    from vitascope.demo.app import open_demo
    from vitascope.demo.desk import Desk
    from vitascope.settings import client_settings

    told = client_settings()
    key = told.key or typer.prompt("The public guest pass", hide_input=True, err=True)
    desk = Desk(address=server.rstrip("/") or told.server, key=key)
    typer.echo(f"The demo is at http://{host}:{port}, with films by {desk.address}")
    open_demo(_house(title, shared_by, seconds, model, per_visitor, per_address), desk, host=host, port=port)


@demo.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is not there yet, or empty.")],
    server: _Server = "",
    title: _Title = "Vitascope",
    shared_by: _By = "",
    seconds: _Seconds = 4.0,
    model: _Model = "",
    per_visitor: _PerVisitor = 5,
    per_address: _PerAddress = 60,
) -> None:
    """Write a folder ready for a Hugging Face Space. It holds no secret: the pass becomes a secret of the Space."""
    from vitascope.demo.export import write_space
    from vitascope.settings import client_settings

    house = _house(title, shared_by, seconds, model, per_visitor, per_address)
    for file in write_space(folder, house, server.rstrip("/") or client_settings().server):
        typer.echo(file.relative_to(folder))
    typer.echo(f"Push {folder} to a Space and give it the secret VITASCOPE_KEY: a public guest pass.", err=True)


def _house(title: str, shared_by: str, seconds: float, model: str, per_visitor: int, per_address: int) -> "House":
    from vitascope.demo.house import House

    return House(
        title=title, shared_by=shared_by, seconds=seconds, model=model, per_visitor=per_visitor, per_address=per_address
    )
