"""``vitascope hold``: pauses, placed and lifted by stewards, who show their keys; wide ones take two."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from vitascope.programme.actor import Actor
    from vitascope.rights.hold import Hold

hold = typer.Typer(no_args_is_help=True, help="Pause a key, a permission, a cohort, a feature or all; lift it again.")

_Db = Annotated[str, typer.Option("--db", metavar="URL", help="The server's database.")]
_Data = Annotated[Path, typer.Option(help="The server's folder, with its log.")]
_Name = Annotated[str, typer.Argument(help="The hold, as `hold list` shows it.")]
_DB, _DATA = "sqlite:///var/vitascope.db", Path("var")


@hold.command()
def place(
    reach: Annotated[str, typer.Argument(help="key, permission, cohort, feature or all.")],
    level: Annotated[str, typer.Argument(help="watch, throttle, step_up, no_create or key_dead.")],
    reason: Annotated[str, typer.Option(help="Shown to whoever it reaches.")],
    target: Annotated[str, typer.Option(help="The id, except with all.")] = "",
    hours: Annotated[float, typer.Option(help="Until it ends by itself; 72 at most for a wide one.")] = 24,
    db: _Db = _DB,
    data: _Data = _DATA,
) -> None:
    """Place a hold. Reading, downloading, exporting, reporting and appealing stay open. Asks for a steward's key."""
    from vitascope.errors import GrantError
    from vitascope.programme.access import holds
    from vitascope.rights.hold import Level, Reach, Selector
    from vitascope.rights.logbook import open_log
    from vitascope.store.database import open_database

    if reach not in set(Reach) or level.upper() not in Level.__members__:
        raise GrantError(f"There is no hold on {reach[:20]!r} at {level[:20]!r}; `vitascope hold place --help`.")
    pause = holds.Pause(
        selector=Selector(reach=Reach(reach), id=target),
        level=Level[level.upper()],
        reason=reason,
        lasts=timedelta(hours=hours),
    )
    with open_database(db).transaction() as tx:
        _tell(holds.place(tx, open_log(data), _steward(), pause, now=datetime.now(UTC)))


@hold.command("list")
def list_(db: _Db = _DB) -> None:
    """Show every hold there ever was, newest first."""
    from vitascope.programme.access.repository import all_holds
    from vitascope.store.database import open_database

    with open_database(db).reading() as tx:
        for known in all_holds(tx):
            _tell(known)


@hold.command()
def agree(name: _Name, db: _Db = _DB, data: _Data = _DATA) -> None:
    """Give the second steward's yes to a wide hold. Asks for a steward's key."""
    from vitascope.programme.access import holds
    from vitascope.rights.logbook import open_log
    from vitascope.store.database import open_database

    with open_database(db).transaction() as tx:
        _tell(holds.agree(tx, open_log(data), _steward(), name, now=datetime.now(UTC)))


@hold.command()
def lift(name: _Name, db: _Db = _DB, data: _Data = _DATA) -> None:
    """End a hold early. Asks for a steward's key."""
    from vitascope.programme.access import holds
    from vitascope.rights.logbook import open_log
    from vitascope.store.database import open_database

    with open_database(db).transaction() as tx:
        _tell(holds.lift(tx, open_log(data), _steward(), name, now=datetime.now(UTC)))


@hold.command()
def answer(
    name: _Name,
    uphold: Annotated[bool, typer.Option("--uphold/--lift", help="What becomes of it.")],
    db: _Db = _DB,
    data: _Data = _DATA,
) -> None:
    """Answer an appeal, as somebody who had no part in the hold. Asks for a steward's key."""
    from vitascope.programme.access import holds
    from vitascope.rights.logbook import open_log
    from vitascope.store.database import open_database

    with open_database(db).transaction() as tx:
        _tell(holds.answer(tx, open_log(data), _steward(), name, is_upheld=uphold, now=datetime.now(UTC)))


def _steward() -> "Actor":
    """Who acts: the steward whose key is shown; a name alone could be anybody's."""
    from vitascope.programme.actor import Actor
    from vitascope.provenance.audit import steward
    from vitascope.rights.uses import Use
    from vitascope.settings import settings

    shown = typer.prompt("Key of the steward", hide_input=True, err=True)
    return Actor(party=steward(settings().home, shown).name, uses=frozenset({Use.HOLD_PLACE, Use.HOLD_LIFT}))


def _tell(known: "Hold") -> None:
    state = known.state(datetime.now(UTC))
    reach = f"{known.selector.reach} {known.selector.id}".strip()
    typer.echo(
        f"{known.id}  {state:<9}  {known.level.name.lower():<9}  {reach}  until {known.until:%Y-%m-%d %H:%M} UTC"
    )
    typer.echo(f"    {known.reason}")
