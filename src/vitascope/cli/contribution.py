"""``vitascope contribution``: reports, feedback and proposals, and what becomes of them."""

from typing import TYPE_CHECKING, Annotated

import typer

from vitascope.cli.house import By, Data, Db, acting, days, opened
from vitascope.cli.steward import acted

if TYPE_CHECKING:
    from vitascope.programme.voice.contribution import Contribution

contribution = typer.Typer(no_args_is_help=True, help="Reports, feedback and proposals, and what becomes of them.")

_Name = Annotated[str, typer.Argument(metavar="ID", help="The contribution.")]
_Reason = Annotated[str, typer.Option(help="Why; stands for all to read.")]


@contribution.command()
def submit(
    title: Annotated[str, typer.Argument(help="What it is, in a line.")],
    by: By,
    kind: Annotated[str, typer.Option(help="bug, feedback, red_team, clip, review or commission.")] = "feedback",
    body: Annotated[str, typer.Option(help="All of it.")] = "",
    about: Annotated[str, typer.Option(help="A render of yours; what makes it again goes along.")] = "",
    credit: Annotated[str, typer.Option(help="name, handle or none.")] = "none",
    credited_as: Annotated[str, typer.Option(help="The name or handle.")] = "",
    private: Annotated[bool, typer.Option(help="Only you and the reviewers read it.")] = False,
    data: Data = None,
    db: Db = "",
) -> None:
    """Send in a report or a piece of feedback."""
    from vitascope.errors import ContributionError
    from vitascope.programme.voice import book
    from vitascope.programme.voice.contribution import Kind
    from vitascope.rights.party import Credit

    try:
        draft = book.Draft(
            kind=Kind(kind),
            title=title,
            body=body,
            about=about,
            credit=Credit(credit),
            credited_as=credited_as,
            is_public=not private,
        )
    except ValueError as error:
        raise ContributionError(f"{error}; kinds are {', '.join(Kind)}, credits {', '.join(Credit)}.") from error
    with opened(data, db) as house:
        _tell(book.submit(house.tx, house.log, acting(house, by), draft, now=house.now))


@contribution.command("list")
def list_(data: Data = None, db: Db = "") -> None:
    """All public ones, oldest first, with state, age and when the next answer is due."""
    from vitascope.programme.voice import repository

    with opened(data, db) as house:
        for found in repository.public(house.tx):
            due = f"due {found.due:%Y-%m-%d}" if found.due else ""
            typer.echo(
                f"{found.id}  {found.submitted:%Y-%m-%d}  {found.state:<10} {found.kind:<10} {found.title}  {due}"
            )


@contribution.command()
def show(
    name: _Name,
    by: Annotated[
        str, typer.Option("--by", metavar="PARTY", help="Who looks: shows what makes the render again.")
    ] = "",
    data: Data = None,
    db: Db = "",
) -> None:
    """One contribution with every step that was taken; for its author and reviewers with the render's manifest."""
    import json

    from vitascope.programme.voice import book

    with opened(data, db) as house:
        found = book.require_found(house.tx, name)
        _tell(found)
        manifest = book.manifest_for(house.tx, acting(house, by), found, now=house.now) if by else None
    if manifest is not None:
        typer.echo(json.dumps(manifest, indent=2, ensure_ascii=False, sort_keys=True))


@contribution.command()
def triage(
    name: _Name,
    severity: Annotated[str, typer.Option(help="Of a bug: low, medium, high or critical.")] = "",
    reason: _Reason = "",
    data: Data = None,
    db: Db = "",
) -> None:
    """Take a contribution up. Asks for a reviewer's key."""
    from vitascope.errors import ContributionError
    from vitascope.programme.voice import book
    from vitascope.programme.voice.contribution import Severity

    if severity and severity not in set(Severity):
        raise ContributionError(f"There is no severity {severity[:20]!r}; there are {', '.join(Severity)}.")
    with acted("reviewer", data, db) as (house, actor):
        level = Severity(severity) if severity else None
        _tell(book.triage(house.tx, house.log, actor, name, severity=level, reason=reason, now=house.now))


@contribution.command()
def accept(
    name: _Name,
    units: Annotated[int, typer.Option(help="Hours, findings, seconds: what the rate is multiplied by.")] = 1,
    reason: _Reason = "",
    data: Data = None,
    db: Db = "",
) -> None:
    """Accept it and set its rate aside; somebody else than who triaged it does this. Asks for a reviewer's key."""
    from vitascope.programme.voice import book

    with acted("reviewer", data, db) as (house, actor):
        _tell(book.accept(house.tx, house.log, actor, name, units=units, reason=reason, now=house.now))


@contribution.command()
def duplicate(
    name: _Name,
    original: Annotated[str, typer.Option(metavar="ID", help="The earlier report.")],
    data: Data = None,
    db: Db = "",
) -> None:
    """Say that it repeats an earlier one: the first report wins. Asks for a reviewer's key."""
    from vitascope.programme.voice import book

    with acted("reviewer", data, db) as (house, actor):
        _tell(book.mark_duplicate(house.tx, house.log, actor, name, original=original, now=house.now))


@contribution.command()
def decline(name: _Name, reason: _Reason, data: Data = None, db: Db = "") -> None:
    """Do not take it on, and say why; it stays where everybody can read it. Asks for a reviewer's key."""
    from vitascope.programme.voice import book

    with acted("reviewer", data, db) as (house, actor):
        _tell(book.decline(house.tx, house.log, actor, name, reason=reason, now=house.now))


@contribution.command()
def dispute(name: _Name, by: By, reason: _Reason, data: Data = None, db: Db = "") -> None:
    """Object to a decision about yours; somebody new decides."""
    from vitascope.programme.voice import book

    with opened(data, db) as house:
        _tell(book.dispute(house.tx, house.log, acting(house, by), name, reason=reason, now=house.now))


@contribution.command()
def credit(
    name: _Name,
    change: Annotated[str, typer.Option(help="What the changelog says came of it.")],
    data: Data = None,
    db: Db = "",
) -> None:
    """Write what came of it into the changelog, under the name its author chose. Asks for a reviewer's key."""
    from vitascope.programme.voice import book

    with acted("reviewer", data, db) as (house, actor):
        _tell(book.give_credit(house.tx, house.log, actor, name, change=change, now=house.now))


@contribution.command()
def pay(name: _Name, data: Data = None, db: Db = "") -> None:
    """Owe its author what was set aside; a payout run sends it. Asks for a treasurer's key."""
    from vitascope.programme.voice import book

    with acted("treasurer", data, db) as (house, actor):
        _tell(book.settle_paid(house.tx, house.log, actor, name, now=house.now))


@contribution.command()
def gift(name: _Name, by: By, data: Data = None, db: Db = "") -> None:
    """Its author waives the money."""
    from vitascope.programme.voice import book

    with opened(data, db) as house:
        _tell(book.settle_gift(house.tx, house.log, acting(house, by), name, now=house.now))


@contribution.command()
def changelog(data: Data = None, db: Db = "") -> None:
    """One line for each contribution that changed something, ready for CHANGELOG.md."""
    from vitascope.programme.voice import book

    with opened(data, db) as house:
        for line in book.changelog(house.tx):
            typer.echo(line)


@contribution.command()
def propose(
    title: Annotated[str, typer.Argument(help="What should change, in a line.")],
    by: By,
    body: Annotated[str, typer.Option(help="All of it.")] = "",
    length: Annotated[float, typer.Option("--days", help="How long members vote: 3 to 60.")] = 14,
    data: Data = None,
    db: Db = "",
) -> None:
    """Put a change to the vote of all members."""
    from vitascope.programme.voice import book

    with opened(data, db) as house:
        closes = house.now + days(length)
        made = book.propose(
            house.tx, house.log, acting(house, by), title=title, body=body, now=house.now, closes=closes
        )
        typer.echo(f"{made.id}: votes count until {closes:%Y-%m-%d %H:%M} UTC.")


@contribution.command()
def proposals(data: Data = None, db: Db = "") -> None:
    """Every proposal with its votes so far and the programme's answer."""
    from vitascope.programme.voice import repository

    with opened(data, db) as house:
        for one in repository.proposals(house.tx):
            votes = f"{one.count[0]} for, {one.count[1]} against, until {one.closes:%Y-%m-%d}"
            typer.echo(f"{one.id}  {votes}  {one.title}\n    {one.answer or 'not answered yet'}")


@contribution.command()
def answer(
    proposal: Annotated[str, typer.Argument(metavar="ID", help="The proposal.")],
    words: Annotated[str, typer.Argument(help="What the programme will do, and why.")],
    data: Data = None,
    db: Db = "",
) -> None:
    """Answer a proposal in public, whatever the vote said. Asks for a reviewer's key."""
    from vitascope.programme.voice import book

    with acted("reviewer", data, db) as (house, actor):
        book.answer(house.tx, house.log, actor, proposal, words=words, now=house.now)
        typer.echo(f"{proposal} is answered.")


@contribution.command()
def promote(
    video: Annotated[str, typer.Argument(help="The render.")],
    length: Annotated[float, typer.Option("--days", help="How long it would be shown.")] = 90,
    data: Data = None,
    db: Db = "",
) -> None:
    """Ask a member to let the programme advertise with a render; the published rate is set aside for their yes.

    Asks for a treasurer's key.
    """
    from vitascope.programme import release

    with acted("treasurer", data, db) as (house, actor):
        until = house.now + days(length)
        asked = release.ask_promotion(house.tx, house.log, actor, video, until=until, now=house.now)
        typer.echo(f"{asked.permission.id}: asked. Nothing is shown until they say yes.")


@contribution.command()
def vote(
    proposal: Annotated[str, typer.Argument(metavar="ID", help="The proposal.")],
    by: By,
    against: Annotated[bool, typer.Option(help="Vote against it.")] = False,
    data: Data = None,
    db: Db = "",
) -> None:
    """Vote, or change your vote."""
    from vitascope.programme.voice import book

    with opened(data, db) as house:
        voted = book.vote(house.tx, house.log, acting(house, by), proposal, is_for=not against, now=house.now)
        typer.echo(f"{proposal}: {voted.count[0]} for, {voted.count[1]} against.")


def _tell(found: "Contribution") -> None:
    typer.echo(f"{found.id}  {found.kind}: {found.title}")
    for step in found.steps:
        facts = [str(fact) for fact in (step.severity, step.units, step.original, step.reason) if fact]
        typer.echo(f"  {step.at:%Y-%m-%d %H:%M}  {step.state:<10} by {step.by}  {'; '.join(facts)}".rstrip())
