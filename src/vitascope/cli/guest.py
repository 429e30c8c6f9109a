"""``vitascope guest``: a member shares a part of their own access, from wherever they are, with their own key."""

from typing import Annotated, Any

import typer

from vitascope.cli.client import Server, day, desk

guest = typer.Typer(no_args_is_help=True, help="Mint guest passes out of your own access, list them, take them back.")


@guest.command()
def mint(
    name: Annotated[str, typer.Argument(help="What it is for, for your list.")],
    renders: Annotated[int, typer.Option(help="Renders each guest may make in all.")] = 20,
    seconds: Annotated[int | None, typer.Option(help="Seconds of video, likewise. Default: ten a render.")] = None,
    guests: Annotated[int, typer.Option(help="How many passes, one for each guest.")] = 1,
    days: Annotated[int, typer.Option(help="Days until they end.")] = 7,
    at_once: Annotated[int, typer.Option(help="Renders unfinished at the same time.")] = 4,
    public: Annotated[bool, typer.Option("--public", help="For a page that anybody opens, such as the demo.")] = False,
    server: Server = "",
) -> None:
    """Mint passes; each key is printed once. What guests use is your quota, and passes end with your access."""
    wanted: dict[str, object] = {"name": name, "renders": renders, "guests": guests, "days": days, "at_once": at_once}
    wanted |= {"is_public": public} | ({"seconds": seconds} if seconds else {})
    for made in desk(server).call("POST", "/v1/programme/passes", wanted)["data"]:
        typer.echo(made["key"])
        typer.echo(f"Pass {made['id']}, {_budget(made)}, until {day(made['ends_at'])}. Not shown again.", err=True)


@guest.command("list")
def list_(server: Server = "") -> None:
    """Show the passes you gave that have not ended, and what was used of each; never their keys."""
    for given in desk(server).call("GET", "/v1/programme/passes")["data"]:
        used = f"{given['renders_used']} of {given['renders']} renders, {given['seconds_used']} of {given['seconds']} s"
        kind = "public" if given["is_public"] else "guest"
        typer.echo(f"{given['id']}  {kind:<6}  {used:<36}  until {day(given['ends_at'])}  {given['name']}")


@guest.command()
def end(name: Annotated[str, typer.Argument(help="The pass, as `guest list` shows it.")], server: Server = "") -> None:
    """Take a pass back at once; what its guest made stays the guest's."""
    desk(server).call("DELETE", f"/v1/programme/passes/{name}")
    typer.echo(f"Pass {name} has ended.")


def _budget(made: dict[str, Any]) -> str:
    return f"{made['renders']} renders and {made['seconds']} s"
