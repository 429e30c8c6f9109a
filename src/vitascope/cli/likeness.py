"""``vitascope likeness``: who may use a character made from a person, in levels, with conditions, until they say no."""

from typing import TYPE_CHECKING, Annotated

import typer

from vitascope.cli.house import Data, Db, days, opened

if TYPE_CHECKING:
    from datetime import datetime

    from vitascope.rights.owners.repository import Given

likeness = typer.Typer(no_args_is_help=True, help="Say who may use your likeness, list what was said, take it back.")

_Name = Annotated[str, typer.Argument(metavar="NAME", help="As prompts say it: @NAME. The first to claim it keeps it.")]
_Person = Annotated[str, typer.Option("--by", metavar="PARTY", help="The person; only they decide.")]


@likeness.command()
def grant(
    name: _Name,
    by: _Person,
    circle: Annotated[str, typer.Option(help="nobody, approved, mutuals or everybody.")] = "nobody",
    to: Annotated[list[str] | None, typer.Option("--to", metavar="PARTY", help="Whom you name; may repeat.")] = None,
    never_with: Annotated[list[str] | None, typer.Option(help="A word no prompt may say with it; may repeat.")] = None,
    restrictions: Annotated[str, typer.Option(help="Conditions in your words, shown to whoever uses it.")] = "",
    for_days: Annotated[float, typer.Option("--days", help="How long.")] = 365,
    data: Data = None,
    db: Db = "",
) -> None:
    """Claim a name and say who may use it, in place of what you said before. With --to the level is approved.

    Mutuals are people you name, each while they name you for a likeness of theirs, as approved or mutual.
    """
    from vitascope.errors import LikenessError
    from vitascope.rights.likeness import Circle, LikenessWish, allow, lets_in

    level = "approved" if to and circle == "nobody" else circle
    if level not in set(Circle):
        raise LikenessError(f"There is no level {level[:20]!r}; there are {', '.join(Circle)}.")
    with opened(data, db) as house:
        wish = LikenessWish(
            character=name,
            person=by,
            circle=Circle(level),
            until=house.now + days(for_days),
            approved=frozenset(to or ()),
            restrictions=restrictions,
            never_with=tuple(never_with or ()),
        )
        given = allow(house.tx, house.log, wish, now=house.now)
        whom = ", ".join(_whom(one, lets_in(house.tx, one, house.now)) for one in given) or "nobody but you"
        typer.echo(f"@{name}: {whom}, until {wish.until:%Y-%m-%d}. Take it back whenever you like.")


@likeness.command("list")
def list_(data: Data = None, db: Db = "") -> None:
    """Every claimed name with its person, and who may use it now on which conditions."""
    from vitascope.rights.likeness import THINGS, lets_in, person_of
    from vitascope.rights.owners import repository

    with opened(data, db) as house:
        given = repository.under(house.tx, THINGS)
        for thing in sorted({one.permission.object for one in given}):
            name = thing.removeprefix(THINGS)
            typer.echo(f"@{name}  {person_of(house.tx, name)}")
            for one in given:
                if one.permission.object == thing and _is_for_others(one, house.now):
                    typer.echo(_line(one, lets_in(house.tx, one, house.now)))


@likeness.command()
def withdraw(name: _Name, by: _Person, data: Data = None, db: Db = "") -> None:
    """Take everything back, from now on, also from orders that were not begun. The name stays yours."""
    from vitascope.rights.likeness import withdraw as take_back

    with opened(data, db) as house:
        taken = take_back(house.tx, house.log, name, by, now=house.now)
        typer.echo(f"@{name}: {len(taken)} permissions withdrawn; nobody but you uses it.")


def _is_for_others(given: "Given", now: "datetime") -> bool:
    """Whether it is live and more than the claim of the name, which is to the person themselves."""
    return given.permission.is_live(now) and given.permission.grantee != given.permission.grantor


def _line(given: "Given", does_let_in: bool) -> str:  # a private line of text
    without = f"  never with {', '.join(given.never_with)}" if given.never_with else ""
    until = f"{given.permission.valid_until:%Y-%m-%d}"
    return f"  {_whom(given, does_let_in)} until {until}{without}  {given.restrictions}".rstrip()


def _whom(given: "Given", does_let_in: bool) -> str:  # as above
    if not given.permission.is_mutual:
        return given.permission.grantee
    return f"{given.permission.grantee} ({'mutual' if does_let_in else 'once they name you'})"
