"""``vitascope invite``: one mailbox or a table of them, until a day, to a cohort."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitascope.cli.house import By, Data, Db, acting, opened, post

if TYPE_CHECKING:
    from vitascope.programme.people.invitations import NewInvitation
    from vitascope.programme.people.tables import Fault, Wanted

invite = typer.Typer(no_args_is_help=True, help="Invite people, one by one or from a table; list and take back.")

_Cohort = Annotated[str, typer.Option("--cohort", help="To which cohort.")]
_Part = Annotated[str, typer.Option("--as", metavar="PART", help="member, or rightsholder: puts works in, makes none.")]
_Days = Annotated[int, typer.Option("--days", help="That an invitation lasts, 1 to 90.")]


@invite.command()
def one(
    address: Annotated[str, typer.Argument(help="The mailbox.")],
    cohort: _Cohort,
    by: By,
    days: _Days = 14,
    part: _Part = "member",
    data: Data = None,
    db: Db = "",
) -> None:
    """Invite one mailbox. Without a mail server the link is printed, for you to send."""
    from vitascope.errors import InvitationError
    from vitascope.programme.people.tables import read_list

    wanted, faults = read_list([address])
    if known := faults or _invite(wanted, cohort, by, days, part, data, db):
        raise InvitationError(f"Nobody was invited: {known[0].why}.")


@invite.command()
def batch(
    table: Annotated[
        Path, typer.Argument(help="CSV, the address in the first column, or the only one in its row; up to 10,000.")
    ],
    cohort: _Cohort,
    by: By,
    days: _Days = 14,
    part: _Part = "member",
    data: Data = None,
    db: Db = "",
) -> None:
    """Invite everybody in a table. Lines that invite nobody are told and end with 1; the others go out."""
    from vitascope.errors import InvitationError
    from vitascope.programme.people.tables import read_table

    try:
        text = table.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvitationError(f"{table} cannot be read as text; save it as CSV in UTF-8.") from error
    wanted, faults = read_table(text)
    known = _invite(wanted, cohort, by, days, part, data, db)
    for fault in sorted((*faults, *known), key=lambda fault: fault.line):
        typer.echo(f"line {fault.line}: {fault.why}", err=True)
    if faults or known:
        raise typer.Exit(1)


@invite.command("list")
def list_(data: Data = None, db: Db = "") -> None:
    """Every invitation, newest first; never an address or a token."""
    from datetime import UTC, datetime

    from vitascope.programme.people import repository

    with opened(data, db) as house:
        for made in repository.invitations(house.tx):
            over = "over" if made.expires_at <= house.now.timestamp() else "open"
            state = f"used by {made.used_by}" if made.used_at else "taken back" if made.revoked_at else over
            until = datetime.fromtimestamp(made.expires_at, UTC)
            typer.echo(f"{made.id}  {made.cohort}  {made.part}  until {until:%Y-%m-%d}  {state}")


@invite.command()
def revoke(
    name: Annotated[str, typer.Argument(metavar="INVITATION", help="As `invite list` shows it.")],
    by: By,
    data: Data = None,
    db: Db = "",
) -> None:
    """Take an invitation back that nobody has used."""
    from vitascope.programme.people import invitations

    with opened(data, db) as house:
        invitations.revoke(house.tx, house.log, acting(house, by), name, now=house.now)
    typer.echo(f"{name} invites nobody any more.")


def deliver(made: Iterable["NewInvitation"], cohort: str) -> None:
    """Send invitations, or print their links where no mail server is set."""
    from vitascope.programme.people import letters
    from vitascope.settings import settings

    told = settings()
    if told.smtp:
        mails = [letters.invitation(each, cohort=cohort, house=told.address) for each in made]
        typer.echo(f"{post(mails)} of {len(mails)} letters sent.")
        return
    for each in made:
        typer.echo(f"{each.invitation.id}  {each.address}  {letters.invitation_link(each.token, told.address)}")
    typer.echo("No mail server is set (VITASCOPE_SMTP): send each its link. It is not shown again.", err=True)


def _invite(
    wanted: "Iterable[Wanted]", cohort: str, by: str, days: int, part: str, data: Path | None, db: str
) -> "tuple[Fault, ...]":
    """Invite all who are neither members nor invited; the others are told."""
    from vitascope.errors import InvitationError
    from vitascope.programme.access.standing import Part
    from vitascope.programme.people import invitations, tables
    from vitascope.store.secrets import open_secrets

    if part not in set(Part):
        raise InvitationError(f"Nobody is invited as {part[:20]!r}; --as is one of {', '.join(Part)}.")
    with opened(data, db) as house:
        secrets = open_secrets(house.data)
        left, known = tables.uninvited(house.tx, wanted, secrets=secrets, now=house.now)
        made = invitations.invite(
            house.tx,
            house.log,
            acting(house, by),
            [one.address for one in left],
            cohort=cohort,
            days=days,
            part=Part(part),
            secrets=secrets,
            now=house.now,
        )
    deliver(made, cohort)
    return known
