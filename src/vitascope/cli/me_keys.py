"""``vitascope me``, of keys: which there are, taking one back, and passkeys."""

from typing import Annotated

import typer

from vitascope.cli.client import Server, Token, day, desk

own_keys = typer.Typer()

_PREFIX = "/v1/programme"


@own_keys.command("keys")
def list_keys(server: Server = "") -> None:
    """Your keys, never their secrets."""
    for one in desk(server).call("GET", f"{_PREFIX}/keys")["data"]:
        ends = f"until {day(one['ends_at'])}" if one["ends_at"] else "without end"
        state = f"taken back {day(one['revoked_at'])}" if one["revoked_at"] else ends
        typer.echo(f"{one['id']}  {state:<24}  {one['name']}")


@own_keys.command()
def revoke(key: Annotated[str, typer.Argument(help="As `me keys` shows it.")], server: Server = "") -> None:
    """Take a key of yours back, at once."""
    desk(server).call("DELETE", f"{_PREFIX}/keys/{key}")
    typer.echo(f"Key {key} opens nothing any more.")


@own_keys.command("passkeys")
def list_passkeys(server: Server = "") -> None:
    """Your passkeys; a browser makes them, on the page of the programme."""
    for one in desk(server).call("GET", f"{_PREFIX}/passkeys")["data"]:
        typer.echo(f"{one['id']}  made {day(one['made_at'])}")


@own_keys.command("forget-passkey")
def forget_passkey(
    passkey: Annotated[str, typer.Argument(help="As `me passkeys` shows it.")], token: Token, server: Server = ""
) -> None:
    """Forget a passkey, on a device you lost, say; with the code of a letter, which a found key does not have."""
    desk(server).call("POST", f"{_PREFIX}/passkeys/{passkey}/remove", {"token": token})
    typer.echo("It signs you in no more.")
