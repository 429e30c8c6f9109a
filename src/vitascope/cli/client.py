"""A server as a member's commands reach it: its address and their key, from the settings or asked for."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from vitascope.demo.desk import Desk

Server = Annotated[str, typer.Option("--server", metavar="URL", help="The server. Default: VITASCOPE_SERVER.")]
Token = Annotated[str, typer.Option("--token", help="The code of a letter: `me link ADDRESS` asks for one.")]


def desk(server: str, *, has_key: bool = True) -> "Desk":
    """The server, and the key to it; without ``has_key`` it is called as anybody may."""
    from vitascope.demo.desk import Desk
    from vitascope.settings import client_settings

    told = client_settings()
    shown = (told.key or typer.prompt("Your key", hide_input=True, err=True)) if has_key else "none"
    return Desk(address=server.rstrip("/") or told.server, key=shown)


def day(seconds: float) -> str:
    """The day of a moment, in UTC."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"
