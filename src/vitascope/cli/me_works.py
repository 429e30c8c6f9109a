"""``vitascope me``, of your works: put in, granted use by use, withdrawn; what you let others do, and are asked for."""

import mimetypes
from pathlib import Path
from typing import Annotated, Any

import typer

from vitascope.cli.client import Server, day, desk
from vitascope.cli.house import content_of

own_works = typer.Typer()

_Work = Annotated[str, typer.Argument(metavar="WORK", help="As `me works` shows it.")]
_Permission = Annotated[str, typer.Argument(metavar="ID", help="As `me permissions` shows it.")]
_Uses = Annotated[list[str] | None, typer.Option("--use", help="train, finetune, evaluate or display; may repeat.")]
_ALL = ("train", "finetune", "evaluate", "display")
_PREFIX = "/v1/rights"


@own_works.command("works")
def list_works(server: Server = "") -> None:
    """Your works, and what each is granted for now."""
    for one in desk(server).call("GET", f"{_PREFIX}/works")["data"]:
        _tell(one)


@own_works.command("put-in")
def put_in(
    file: Annotated[Path, typer.Argument(help="The work.")],
    title: Annotated[str, typer.Option(help="Its title.")],
    mine: Annotated[bool, typer.Option("--mine", help="I made it, or hold the right to decide about it.")] = False,
    credit: Annotated[str, typer.Option(help="How you wish to be named; empty: not at all.")] = "",
    shows: Annotated[list[str] | None, typer.Option(help="What it shows: cat, balloon; may repeat.")] = None,
    source_page: Annotated[Path | None, typer.Option(help="HTML of the page it is on, saved to a file.")] = None,
    headers: Annotated[Path | None, typer.Option(help="Headers it was served with, one `Name: value` a line.")] = None,
    tdmrep: Annotated[Path | None, typer.Option(help="The site's /.well-known/tdmrep.json, saved to a file.")] = None,
    source_path: Annotated[str, typer.Option(help="Its path on that site, for tdmrep.json. Default: every path.")] = "",
    server: Server = "",
) -> None:
    """Put a work in. It allows nothing by itself; what its file and its source say about training is read and shown."""
    content = content_of(file)
    told = {"title": title, "is_mine": str(mine).lower(), "credit": credit, "shows": ",".join(shows or ())}
    sources = {"source_page": source_page, "source_headers": headers, "source_tdmrep": tdmrep}
    told |= {name: content_of(saved).decode("utf-8", "replace") for name, saved in sources.items() if saved}
    told |= {"source_path": source_path} if source_path else {}
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    _tell(desk(server).send(f"{_PREFIX}/works", told, name=file.name, content=content, media_type=kind))


@own_works.command()
def grant(
    work: _Work,
    use: _Uses = None,
    length: Annotated[int, typer.Option("--days", help="How long.")] = 730,
    overrides_signals: Annotated[bool, typer.Option(help="I mean it although the file or its source says no.")] = False,
    server: Server = "",
) -> None:
    """Let the programme use a work of yours, each use by itself."""
    body: dict[str, object] = {"uses": use or [], "days": length, "overrides_signals": overrides_signals}
    _tell(desk(server).call("POST", f"{_PREFIX}/works/{work}/grant", body))


@own_works.command()
def withdraw(work: _Work, use: _Uses = None, server: Server = "") -> None:
    """Take uses back, all of them where none is named, and learn which models saw the work."""
    told = desk(server).call("POST", f"{_PREFIX}/works/{work}/withdraw", {"uses": list(use or _ALL)})
    _tell(told)
    _tell_models(told)


@own_works.command("take-away")
def take_away(work: _Work, server: Server = "") -> None:
    """Withdraw every use of a work and take its file away."""
    told = desk(server).call("DELETE", f"{_PREFIX}/works/{work}")
    typer.echo(f"{work} is gone, and in no snapshot from now on.")
    _tell_models(told)


@own_works.command()
def permissions(server: Server = "") -> None:
    """Everything you ever let others do, and what you are asked for."""
    for one in desk(server).call("GET", f"{_PREFIX}/permissions")["data"]:
        what = f"{', '.join(one['uses'])} of {one['on']} for {one['for']}"
        typer.echo(f"{one['id']}  {one['state']:<9} {what} until {day(one['until'])}")
        if one["restrictions"]:
            typer.echo(f"    {one['restrictions']}")


@own_works.command("say")
def say(
    answer: Annotated[str, typer.Argument(help="yes, no, or back: take back what you gave.")],
    permission: _Permission,
    server: Server = "",
) -> None:
    """Answer what you are asked for, or take back what you gave."""
    from vitascope.errors import ConsentError

    acts = {"yes": "accept", "no": "decline", "back": "withdraw"}
    if answer not in acts:
        raise ConsentError(f"Say {', '.join(acts)}, not {answer[:20]!r}.")
    told = desk(server).call("POST", f"{_PREFIX}/permissions/{permission}/{acts[answer]}")
    typer.echo(f"{permission}: {told['state']}.")


@own_works.command()
def commission(
    artist: Annotated[str, typer.Argument(metavar="PARTY", help="Whose manner you would like.")],
    brief: Annotated[str, typer.Option(help="What you would like them to make or to allow.")],
    length: Annotated[int, typer.Option("--days", help="How long the permission would last.")] = 90,
    server: Server = "",
) -> None:
    """Ask an artist for a commission in their manner; nothing is allowed until they say yes."""
    told = desk(server).call("POST", f"{_PREFIX}/commissions", {"artist": artist, "brief": brief, "days": length})
    typer.echo(f"{told['id']}: asked.")


def _tell(one: dict[str, Any]) -> None:
    state = "taken away" if one["taken_away"] else f"granted for {', '.join(one['granted']) or 'nothing'}"
    typer.echo(f"{one['id']}  {one['title']}  {state}")
    for signal in one["signals"]:
        typer.echo(f"    it says {signal['verdict']} ({signal['form']}): {signal['raw']}")


def _tell_models(told: dict[str, Any]) -> None:
    for model in told["models_that_learned_from_it"]:
        weights = model["weights_sha256"][:12]
        typer.echo(f"    {model['name']} ({weights}) learned from it: to be retrained or recalled.")
