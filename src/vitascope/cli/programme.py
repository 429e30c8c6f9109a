"""``vitascope programme``: cohorts and their terms, roles, the form and its answers, notices, canaries."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitascope.cli.house import By, Data, Db, acting, days, opened, post
from vitascope.cli.steward import acted

if TYPE_CHECKING:
    from datetime import datetime

    from vitascope.programme.roles.seats import Held
    from vitascope.rights.terms import Terms
    from vitascope.store.database import Transaction

programme = typer.Typer(no_args_is_help=True, help="Cohorts, terms, roles, applications, notices, canaries.")

_Cohort = Annotated[str, typer.Argument(metavar="COHORT", help="Its id: small letters, digits, hyphens.")]
_Text = Annotated[Path | None, typer.Option("--terms", help="A file with the text. Default: the fair terms.")]
_Renders = Annotated[int, typer.Option("--renders-per-day", help="Of each member; 0: no such limit.")]
_Embargo = Annotated[int, typer.Option("--embargo-days", help="Releases wait that long, 30 at most; 0: they do not.")]
_Notice = Annotated[int, typer.Option("--notice-days", help="Before worse terms; 30 at least.")]


@programme.command()
def found(
    cohort: _Cohort,
    name: Annotated[str, typer.Argument(help="What people call it.")],
    by: By,
    terms: _Text = None,
    access_days: Annotated[int, typer.Option("--days", help="That each member's access lasts.")] = 180,
    renders_per_day: _Renders = 0,
    embargo_days: _Embargo = 0,
    notice_days: _Notice = 30,
    data: Data = None,
    db: Db = "",
) -> None:
    """Begin a cohort under terms of its own, in force from now on."""
    from vitascope.programme.access.repository import Cohort
    from vitascope.programme.people import cohorts

    with opened(data, db) as house:
        told = _terms(house.tx, terms, renders_per_day, embargo_days, notice_days, house.now)
        made = Cohort(id=cohort, name=name, quotas=told.policy.quotas, days=access_days)
        cohorts.found(house.tx, house.log, made, told, by=by, now=house.now)
    typer.echo(f"{cohort} begins under terms {told.hash[:12]}. Invite: vitascope invite one ADDRESS --cohort {cohort}")


@programme.command()
def announce(
    cohort: _Cohort,
    by: By,
    terms: _Text = None,
    renders_per_day: _Renders = 0,
    embargo_days: _Embargo = 0,
    notice_days: _Notice = 30,
    data: Data = None,
    db: Db = "",
) -> None:
    """Announce new terms: worse ones wait for their notice, and each member gets a letter."""
    from vitascope.programme.people import cohorts, letters
    from vitascope.settings import settings
    from vitascope.store.secrets import open_secrets

    with opened(data, db) as house:
        told = _terms(house.tx, terms, renders_per_day, embargo_days, notice_days, house.now)
        made = cohorts.announce(house.tx, house.log, cohort, told, by=by, now=house.now)
        secrets, address = open_secrets(house.data), settings().address
        mails = letters.about_terms(house.tx, cohort, made, secrets=secrets, house=address)
    post(mails)
    typer.echo(f"Terms {told.hash[:12]} count for whoever joins from {made.effective:%Y-%m-%d}; {len(mails)} letters.")


@programme.command()
def terms(
    cohort: Annotated[str, typer.Argument(help="The cohort; none: the fair default terms.")] = "",
    short: Annotated[bool, typer.Option("--short", help="Only the plain short version.")] = False,
    data: Data = None,
    db: Db = "",
) -> None:
    """Print the terms in force, with their hash."""
    from vitascope.programme.people import cohorts
    from vitascope.rights.fair import fair_text, in_short

    text, name = fair_text(), ""
    if cohort:
        with opened(data, db) as house:
            told = cohorts.in_force(house.tx, cohort, house.now)
        text, name = told.text, told.hash
    typer.echo(in_short(text) if short else text)
    if name:
        typer.echo(f"Hash: {name}", err=True)


@programme.command("list")
def list_(data: Data = None, db: Db = "") -> None:
    """The cohorts, each with its members and every version of its terms."""
    from vitascope.programme.access import repository

    with opened(data, db) as house:
        for cohort in repository.cohorts(house.tx):
            members = len(repository.members(house.tx, cohort.id))
            typer.echo(f"{cohort.id}  {cohort.name}  {members} members, {cohort.days} days")
            for told in repository.announced(house.tx, cohort.id):
                typer.echo(
                    f"    {told.terms.hash[:12]}  told {told.announced:%Y-%m-%d}  from {told.effective:%Y-%m-%d}"
                )


@programme.command()
def members(data: Data = None, db: Db = "") -> None:
    """Everybody who joined: party, name, cohort, until when."""
    from vitascope.programme.people import membership, repository

    with opened(data, db) as house:
        for party, name in sorted(repository.named(house.tx), key=lambda one: one[1]):
            held = membership.membership(house.tx, party, house.now).permissions
            state = f"{held[0].cohort or '-'}  {held[0].state} until {held[0].valid_until:%Y-%m-%d}" if held else "-"
            typer.echo(f"{party}  {name}  {state}")
        if not repository.named(house.tx):
            typer.echo("Nobody has joined yet.")


@programme.command()
def steward(
    party: Annotated[str, typer.Argument(help="A member; `programme members` shows the ids.")],
    by: By,
    data: Data = None,
    db: Db = "",
) -> None:
    """Seat one of the first two stewards; from then on one proposes a role and another agrees."""
    from vitascope.programme.roles import seats

    with opened(data, db) as house:
        _tell_role(seats.seat_steward(house.tx, house.log, party, by=by, now=house.now), house.now)


@programme.command()
def role(
    party: Annotated[str, typer.Argument(help="Who is to hold it.")],
    name: Annotated[str, typer.Argument(metavar="ROLE", help="reviewer, treasurer, steward or auditor.")],
    data: Data = None,
    db: Db = "",
) -> None:
    """Propose a role for somebody else; it counts when another steward has agreed. Asks for a steward's key."""
    from vitascope.errors import GrantError
    from vitascope.programme.roles import seats

    if name not in set(seats.Role):
        raise GrantError(f"There is no role {name[:20]!r}; there are {', '.join(seats.Role)}.")
    with acted("steward", data, db) as (house, actor):
        made = seats.propose(house.tx, house.log, actor, party, seats.Role(name), now=house.now)
        _tell_role(made, house.now)


@programme.command()
def agree(
    name: Annotated[str, typer.Argument(metavar="ROLE_ID", help="As `programme roles` shows it.")],
    data: Data = None,
    db: Db = "",
) -> None:
    """The second steward's yes to a role. Asks for a steward's key."""
    from vitascope.programme.roles import seats

    with acted("steward", data, db) as (house, actor):
        _tell_role(seats.agree(house.tx, house.log, actor, name, now=house.now), house.now)


@programme.command("end-role")
def end_role(
    name: Annotated[str, typer.Argument(metavar="ROLE_ID", help="As `programme roles` shows it.")],
    data: Data = None,
    db: Db = "",
) -> None:
    """End a role, or lay one's own down. Asks for a steward's key."""
    from vitascope.programme.roles import seats

    with acted("steward", data, db) as (house, actor):
        _tell_role(seats.take_back(house.tx, house.log, actor, name, now=house.now), house.now)


@programme.command()
def roles(data: Data = None, db: Db = "") -> None:
    """Who may act for the programme, who proposed it and who agreed."""
    from vitascope.programme.roles import seats

    with opened(data, db) as house:
        for held in seats.every(house.tx):
            _tell_role(held, house.now)


@programme.command()
def ask(
    text: Annotated[str, typer.Argument(help="A question to whoever applies.")],
    by: By,
    required: Annotated[bool, typer.Option("--required", help="It must be answered.")] = False,
    data: Data = None,
    db: Db = "",
) -> None:
    """Add a question of your own to the form."""
    from vitascope.programme.people import applications
    from vitascope.settings import settings

    with opened(data, db) as house:
        made = applications.ask(house.tx, house.log, acting(house, by), text, is_required=required, now=house.now)
        typer.echo(f"{made.id}: {made.text}")
    typer.echo(f"People apply at {settings().address}/programme/apply.")


@programme.command()
def questions(data: Data = None, db: Db = "") -> None:
    """The form as it is now."""
    from vitascope.programme.people import applications

    with opened(data, db) as house:
        for one in applications.asked_now(house.tx):
            typer.echo(f"{one.id}  {one.text}")


@programme.command()
def unask(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="As `programme questions` shows it.")],
    by: By,
    data: Data = None,
    db: Db = "",
) -> None:
    """Ask a question no more; answers given to it stay."""
    from vitascope.programme.people import applications

    with opened(data, db) as house:
        applications.retire(house.tx, house.log, acting(house, by), question, now=house.now)
        typer.echo(f"{question} is asked no more.")


@programme.command("applications")
def list_applications(by: By, data: Data = None, db: Db = "") -> None:
    """The applications that wait, oldest first, with what they answered."""
    from vitascope.programme.people import applications
    from vitascope.store.secrets import open_secrets

    with opened(data, db) as house:
        for told in applications.told(house.tx, acting(house, by), secrets=open_secrets(house.data)):
            at = applications.moment_of(told.application)
            typer.echo(f"{told.application.id}  {at:%Y-%m-%d}  {told.name}  {told.address}")
            for question, answer in told.answers.items():
                typer.echo(f"    {question} {answer}")


@programme.command()
def admit(
    application: Annotated[str, typer.Argument(metavar="APPLICATION", help="As `programme applications` shows it.")],
    cohort: Annotated[str, typer.Option(help="To which cohort.")],
    by: By,
    last: Annotated[int, typer.Option("--days", help="That the invitation lasts.")] = 14,
    data: Data = None,
    db: Db = "",
) -> None:
    """Say yes to an application: an invitation to the mailbox that applied."""
    from vitascope.cli.invite import deliver
    from vitascope.programme.people import applications
    from vitascope.store.secrets import open_secrets

    with opened(data, db) as house:
        secrets = open_secrets(house.data)
        made = applications.invite(
            house.tx,
            house.log,
            acting(house, by),
            application,
            cohort=cohort,
            days=last,
            secrets=secrets,
            now=house.now,
        )
    deliver([made], cohort)


@programme.command("turn-down")
def turn_down(
    application: Annotated[str, typer.Argument(metavar="APPLICATION", help="As `programme applications` shows it.")],
    reason: Annotated[str, typer.Option(help="Sent to them.")],
    by: By,
    data: Data = None,
    db: Db = "",
) -> None:
    """Say no, with a reason; what they wrote is destroyed."""
    from vitascope.programme.people import applications, letters
    from vitascope.store.secrets import open_secrets

    with opened(data, db) as house:
        secrets = open_secrets(house.data)
        told = applications.decline(
            house.tx, house.log, acting(house, by), application, reason=reason, secrets=secrets, now=house.now
        )
    post([letters.declined(told.address, reason)])
    typer.echo(f"{application} was declined; what they wrote is gone.")


@programme.command()
def plant(
    key: Annotated[str, typer.Argument(help="The eight characters that `key list` shows.")],
    by: By,
    data: Data = None,
    db: Db = "",
) -> None:
    """Make a key a canary: lay it where nobody should look, and whoever uses it is held."""
    from vitascope.programme.access import watch

    with opened(data, db) as house:
        watch.plant(house.tx, house.log, key, by=by, now=house.now)
        typer.echo(f"Key {key} is a canary from now on.")


@programme.command()
def notices(party: Annotated[str, typer.Argument(help="Whose.")], data: Data = None, db: Db = "") -> None:
    """What somebody was told about their keys, newest first."""
    from vitascope.programme.leaks import repository

    with opened(data, db) as house:
        for one in repository.notices(house.tx, party):
            typer.echo(f"{one.id}  {one.answer or 'unanswered'}\n    {one.words}")


@programme.command()
def answer(
    notice: Annotated[str, typer.Argument(help="As `programme notices` shows it.")],
    said: Annotated[str, typer.Argument(help="me or help.")],
    by: Annotated[str, typer.Option("--by", metavar="PARTY", help="The member, whom you know by other means.")],
    data: Data = None,
    db: Db = "",
) -> None:
    """Answer a notice for a member who told you in person; members themselves use `vitascope me answer`."""
    from vitascope.errors import GrantError
    from vitascope.programme.access import watch

    if said not in ("me", "help"):
        raise GrantError(f"The answer is me or help, not {said[:20]!r}.")
    with opened(data, db) as house:
        word = "me" if said == "me" else "help"
        watch.answer(house.tx, house.log, by, notice, said=word, now=house.now)  # type: ignore[arg-type]  # one of two
        typer.echo("The hold is lifted, and the watch has learned." if said == "me" else "The key stays held.")


def _terms(
    tx: "Transaction", text: Path | None, renders_per_day: int, embargo_days: int, notice_days: int, now: "datetime"
) -> "Terms":
    from vitascope.errors import GrantError
    from vitascope.programme.money import rates
    from vitascope.rights.fair import fair_text
    from vitascope.rights.quota import Measure, Per, Quota
    from vitascope.rights.terms import Policy, Terms

    try:
        words = fair_text() if text is None else text.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GrantError(f"{text} cannot be read as text; give a file in UTF-8.") from error
    quotas = (Quota(measure=Measure.RENDERS, per=Per.DAY, limit=renders_per_day),) if renders_per_day else ()
    policy = Policy(
        embargo_until=now + days(embargo_days) if embargo_days else None,
        notice_days=notice_days,
        quotas=quotas,
        rates=rates.in_force(tx, now).rates,
    )
    return Terms(text=words, issued=now, policy=policy)


def _tell_role(held: "Held", now: "datetime") -> None:
    state = "active" if held.permission.is_live(now) else held.permission.state.value
    second = f", agreed by {held.seat.agreed_by}" if held.seat.agreed_by else ""
    typer.echo(
        f"{held.permission.id}  {held.role}  {held.permission.grantee}  {state}  by {held.seat.offered_by}{second}"
    )
