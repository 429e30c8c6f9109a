"""``vitascope hold``: pauses, placed and lifted by stewards, who show their keys; wide ones take two."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from vitascope.cli.house import Data, Db, opened
from vitascope.cli.steward import shown, steward_of

if TYPE_CHECKING:
    from vitascope.rights.hold import Hold

hold = typer.Typer(no_args_is_help=True, help="Pause a key, a permission, a cohort, a feature or all; lift it again.")

_Name = Annotated[str, typer.Argument(help="The hold, as `hold list` shows it.")]


@hold.command()
def place(
    reach: Annotated[str, typer.Argument(help="key, permission, cohort, feature or all.")],
    level: Annotated[str, typer.Argument(help="watch, throttle, step_up, no_create or key_dead.")],
    reason: Annotated[str, typer.Option(help="Shown to whoever it reaches.")],
    target: Annotated[str, typer.Option(help="The id, except with all.")] = "",
    hours: Annotated[float, typer.Option(help="Until it ends by itself; 72 at most for a wide one.")] = 24,
    data: Data = None,
    db: Db = "",
) -> None:
    """Place a hold. Reading, downloading, exporting, reporting and appealing stay open. Asks for a steward's key."""
    from vitascope.errors import GrantError
    from vitascope.programme.access import holds
    from vitascope.rights.hold import Level, Reach, Selector

    if reach not in set(Reach) or level.upper() not in Level.__members__:
        raise GrantError("There is no hold of that reach and level; `vitascope hold place --help` names both.")
    pause = holds.Pause(
        selector=Selector(reach=Reach(reach), id=target),
        level=Level[level.upper()],
        reason=reason,
        lasts=holds.lasting(hours),
    )
    key = shown()
    with opened(data, db) as house:
        _tell(holds.place(house.tx, house.log, steward_of(house, key), pause, now=house.now))


@hold.command("list")
def list_(data: Data = None, db: Db = "") -> None:
    """Show every hold there ever was, newest first."""
    from vitascope.programme.access.repository import all_holds

    with opened(data, db) as house:
        for known in all_holds(house.tx):
            _tell(known)


@hold.command()
def agree(name: _Name, data: Data = None, db: Db = "") -> None:
    """Give the second steward's yes to a wide hold. Asks for a steward's key."""
    from vitascope.programme.access import holds

    key = shown()
    with opened(data, db) as house:
        _tell(holds.agree(house.tx, house.log, steward_of(house, key), name, now=house.now))


@hold.command()
def lift(name: _Name, data: Data = None, db: Db = "") -> None:
    """End a hold early. Asks for a steward's key."""
    from vitascope.programme.access import holds

    key = shown()
    with opened(data, db) as house:
        _tell(holds.lift(house.tx, house.log, steward_of(house, key), name, now=house.now))


@hold.command()
def answer(
    name: _Name,
    uphold: Annotated[bool, typer.Option("--uphold/--lift", help="What becomes of it.")],
    data: Data = None,
    db: Db = "",
) -> None:
    """Answer an appeal, as somebody who had no part in the hold. Asks for a steward's key."""
    from vitascope.programme.access import holds

    key = shown()
    with opened(data, db) as house:
        _tell(holds.answer(house.tx, house.log, steward_of(house, key), name, is_upheld=uphold, now=house.now))


@hold.command()
def renew(
    name: _Name,
    reason: Annotated[str, typer.Option(help="A new one: the old reason has had its time.")],
    data: Data = None,
    db: Db = "",
) -> None:
    """Place a hold on the same again, for a new reason; a wide one waits for a second steward. Asks for a key."""
    from vitascope.programme.access import holds

    key = shown()
    with opened(data, db) as house:
        _tell(holds.renew(house.tx, house.log, steward_of(house, key), name, reason=reason, now=house.now))


@hold.command()
def appeal(
    name: _Name,
    by: Annotated[str, typer.Option("--by", metavar="PARTY", help="Whom it reaches.")],
    data: Data = None,
    db: Db = "",
) -> None:
    """Enter an appeal for a member who told you; members themselves use `vitascope me appeal`."""
    from vitascope.programme.access import holds

    with opened(data, db) as house:
        _tell(holds.appeal(house.tx, house.log, by, name, now=house.now))


def _tell(known: "Hold") -> None:
    state = known.state(datetime.now(UTC))
    reach = f"{known.selector.reach} {known.selector.id}".strip()
    typer.echo(
        f"{known.id}  {state:<9}  {known.level.name.lower():<9}  {reach}  until {known.until:%Y-%m-%d %H:%M} UTC"
    )
    typer.echo(f"    {known.reason}")
