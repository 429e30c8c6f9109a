"""``vitascope me``, of your say: reports and what came of them, proposals, votes."""

from pathlib import Path
from typing import Annotated, Any

import typer

from vitascope.cli.client import Server, day, desk

voice = typer.Typer()

_Name = Annotated[str, typer.Argument(metavar="ID", help="As `me reports` shows it.")]
_Proposal = Annotated[str, typer.Argument(metavar="ID", help="As `me proposals` shows it.")]
_PREFIX = "/v1/programme"


@voice.command()
def reports(server: Server = "") -> None:
    """What you sent in, private ones too, with every step that was taken."""
    for one in desk(server).call("GET", f"{_PREFIX}/contributions?is_mine=true")["data"]:
        typer.echo(f"{one['id']}  {one['state']:<10} {one['kind']:<10} {one['title']}")
        for step in one["steps"]:
            typer.echo(f"    {day(step['at'])}  {step['state']}  {step['reason']}".rstrip())


@voice.command()
def dispute(name: _Name, reason: Annotated[str, typer.Option(help="Why.")], server: Server = "") -> None:
    """Object to what was decided about a report of yours; somebody new decides."""
    told = desk(server).call("POST", f"{_PREFIX}/contributions/{name}/dispute", {"reason": reason})
    typer.echo(f"{name}: {told['state']}.")


@voice.command()
def give(name: _Name, server: Server = "") -> None:
    """Waive the money for a report of yours."""
    desk(server).call("POST", f"{_PREFIX}/contributions/{name}/gift")
    typer.echo(f"{name}: a gift. Thank you.")


@voice.command()
def proposals(server: Server = "") -> None:
    """Every proposal with its votes so far and the programme's answer."""
    for one in desk(server, has_key=False).call("GET", f"{_PREFIX}/proposals")["data"]:
        _tell(one)


@voice.command()
def propose(
    title: Annotated[str, typer.Argument(help="What should change, in a line.")],
    text: Annotated[Path | None, typer.Option(help="A file with all of it.")] = None,
    length: Annotated[int, typer.Option("--days", help="How long members vote: 3 to 60.")] = 14,
    server: Server = "",
) -> None:
    """Put a change to the vote of all members."""
    body: dict[str, object] = {"title": title, "days": length} | ({"body": text.read_text("utf-8")} if text else {})
    _tell(desk(server).call("POST", f"{_PREFIX}/proposals", body))


@voice.command()
def vote(
    proposal: _Proposal,
    against: Annotated[bool, typer.Option("--against", help="Vote against it.")] = False,
    server: Server = "",
) -> None:
    """Vote, or change your vote; the log says that you voted, not how."""
    _tell(desk(server).call("POST", f"{_PREFIX}/proposals/{proposal}/vote", {"is_for": not against}))


def _tell(one: dict[str, Any]) -> None:
    votes = f"{one['votes_for']} for, {one['votes_against']} against, until {day(one['closes_at'])}"
    typer.echo(f"{one['id']}  {votes}  {one['title']}")
    if one["answer"]:
        typer.echo(f"    answered: {one['answer']}")
