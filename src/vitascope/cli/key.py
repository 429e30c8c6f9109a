"""``vitascope key``: the keys of a house, made, shown, rotated and taken back by whoever has its database."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

if TYPE_CHECKING:
    from vitascope.orders import Priority
    from vitascope.programme.keys import Key
    from vitascope.store.database import Database

key = typer.Typer(no_args_is_help=True, help="Make, list, rotate and revoke the keys of a server.")

_Db = Annotated[str, typer.Option("--db", metavar="URL", help="The database. Default: SQLite in the data folder.")]
_Data = Annotated[Path | None, typer.Option(help="The data folder of the server. Default: server, in VITASCOPE_HOME.")]
_DAY = 86_400.0


@key.command()
def create(
    name: Annotated[str, typer.Argument(help="Whose it is, for the list.")],
    db: _Db = "",
    data: _Data = None,
    scope: Annotated[
        list[str] | None, typer.Option(help="What it may do; can be given again. Default: videos.")
    ] = None,
    days: Annotated[float, typer.Option(help="Days until it expires.")] = 90,
    priority: Annotated[str, typer.Option(help="high, normal or low.")] = "normal",
    requests_per_minute: Annotated[int, typer.Option(help="Jobs begun in a minute.")] = 600,
    jobs_in_flight: Annotated[int, typer.Option(help="Jobs unfinished at once.")] = 1_000,
    seconds_per_day: Annotated[int, typer.Option(help="Seconds of video in a UTC day.")] = 36_000,
    party: Annotated[str | None, typer.Option(help="An owner who has keys already; sees the same videos.")] = None,
) -> None:
    """Make a key. It is printed once and kept nowhere."""
    from vitascope.cli.house import opened
    from vitascope.errors import GrantError
    from vitascope.orders import Limits
    from vitascope.programme import keys
    from vitascope.store.secrets import open_secrets

    if priority not in ("high", "normal", "low"):
        raise GrantError(f"There is no priority {priority[:20]!r}; there are high, normal and low.")
    limits = Limits(
        requests_per_minute=requests_per_minute, jobs_in_flight=jobs_in_flight, seconds_per_day=seconds_per_day
    )
    scopes = scope or list(keys.MEMBER_SCOPES)
    with opened(data, db) as house:
        made = keys.create(
            house.tx,
            house.log,
            by=keys.OPERATOR,
            name=name,
            scopes=scopes,
            expires_at=house.now.timestamp() + days * _DAY,
            limits=limits,
            party=party,
            priority=cast("Priority", priority),
            secrets=open_secrets(house.data),
            now=house.now.timestamp(),
        )
    typer.echo(made.credential)
    typer.echo(f"Key {made.key.id} of {made.key.party}, good for {days:g} days. It is not shown again.", err=True)


@key.command("list")
def list_(db: _Db = "", data: _Data = None) -> None:
    """Show all keys, oldest first; never their secrets."""
    from vitascope.programme import keys

    with _open(db, data).reading() as tx:
        for known in keys.listed(tx):
            typer.echo(f"{known.id}  {known.party}  {_state(known, time.time()):<24}  {known.name}")
            typer.echo(f"          {' '.join(sorted(known.scopes))}")


@key.command()
def rotate(
    key_id: Annotated[str, typer.Argument(help="The eight characters that `key list` shows.")],
    db: _Db = "",
    data: _Data = None,
    grace_hours: Annotated[float, typer.Option(help="Hours for which the old key still works, up to 24.")] = 24,
) -> None:
    """Replace a key by a new one of the same owner; videos stay visible."""
    from vitascope.cli.house import opened
    from vitascope.programme import keys
    from vitascope.store.secrets import open_secrets

    with opened(data, db) as house:
        made = keys.rotate(
            house.tx,
            house.log,
            key_id,
            by=keys.OPERATOR,
            grace_seconds=grace_hours * 3600,
            secrets=open_secrets(house.data),
            now=house.now.timestamp(),
        )
    typer.echo(made.credential)
    typer.echo(f"Key {made.key.id} replaces {key_id}, which works for {grace_hours:g} hours more.", err=True)


@key.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The eight characters that `key list` shows.")],
    db: _Db = "",
    data: _Data = None,
) -> None:
    """Take a key back at once; its waiting jobs are cancelled."""
    from vitascope.cli.house import opened
    from vitascope.programme import keys

    with opened(data, db) as house:
        keys.revoke(house.tx, house.log, key_id, by=keys.OPERATOR, now=house.now.timestamp())
    typer.echo(f"Key {key_id} opens nothing any more; its videos stay with their owner.")


def _folder(data: Path | None) -> Path:
    from vitascope.settings import settings

    return (data or settings().home / "server").absolute()


def _open(db: str, data: Path | None) -> "Database":
    from vitascope.store.database import open_database

    return open_database(db or f"sqlite:///{_folder(data) / 'vitascope.db'}")


def _state(known: "Key", now: float) -> str:
    revoked_at, expires_at = known.revoked_at, known.expires_at
    if revoked_at is not None:
        return "revoked" if revoked_at <= now else f"works {(revoked_at - now) / 3600:.1f} h more"
    if expires_at is None:
        return "good for ever"
    return "expired" if expires_at <= now else f"good for {(expires_at - now) / _DAY:.0f} days"
