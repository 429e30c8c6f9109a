"""``vitascope me``, of who may be in videos: characters you keep, and your likeness; for whom, until when."""

import mimetypes
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import quote

import typer

from vitascope.cli.client import Server, day, desk
from vitascope.cli.house import content_of

own_cast = typer.Typer()

_Character = Annotated[str, typer.Argument(metavar="CHARACTER", help="As `me characters` shows it.")]
_Days = Annotated[int, typer.Option("--days", help="How long.")]
_To = Annotated[list[str] | None, typer.Option("--to", metavar="PARTY", help="Whom you name; may repeat.")]
_PAGE = 100
_KEPT: Final = "/v1/videos/characters"
_LIKENESSES: Final = "/v1/rights/likenesses"


@own_cast.command("characters")
def list_characters(server: Server = "") -> None:
    """The characters you keep, newest first."""
    house, after = desk(server), ""
    while True:
        page = house.call("GET", f"{_KEPT}?limit={_PAGE}{after}")
        for one in page["data"]:
            _tell(one)
        if not page["has_more"]:
            return
        after = f"&after={page['last_id']}"


@own_cast.command("keep")
def keep(
    file: Annotated[Path, typer.Argument(help="A picture or a film; of a film the clearest frame is kept.")],
    name: Annotated[str, typer.Option(help="As prompts call them.")],
    facing: Annotated[str, typer.Option(help="left or right, the way they look in it; empty: to neither side.")] = "",
    likeness: Annotated[str, typer.Option(help="If it shows a person, the name they claimed.")] = "",
    credit: Annotated[str | None, typer.Option(help="Who is thanked in its videos. Default: you.")] = None,
    server: Server = "",
) -> None:
    """Keep somebody of your own: prompts call them by name, and every video has their own pixels."""
    told = {"name": name, "facing": facing, "likeness": likeness}
    said = {field: text for field, text in told.items() if text} | ({} if credit is None else {"credit": credit})
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    sent = desk(server).send(_KEPT, said, name=file.name, content=content_of(file), media_type=kind, field="video")
    _tell(sent)


@own_cast.command("lend")
def lend(
    character: _Character,
    to: _To = None,
    everybody: Annotated[bool, typer.Option("--everybody", help="Whoever has a key here.")] = False,
    length: _Days = 365,
    server: Server = "",
) -> None:
    """Say who else may have a character in their videos, in place of what you said before; without a name nobody."""
    from vitascope.errors import CharacterError

    if everybody and to:
        raise CharacterError("Everybody leaves nobody to be named. Give --everybody or --to, not both.")
    circle = "everybody" if everybody else "approved" if to else "nobody"
    body: dict[str, object] = {"circle": circle, "approved": to or [], "days": length}
    given = desk(server).call("POST", f"{_KEPT}/{character}/sharing", body)["data"]
    typer.echo(f"{character}: {_whom(given)}.")


@own_cast.command("forget")
def forget(character: _Character, server: Server = "") -> None:
    """Delete a character, picture and all; waiting videos with it fail, finished ones stay."""
    desk(server).call("DELETE", f"{_KEPT}/{character}")
    typer.echo(f"{character} is gone, from whoever had it, too.")


@own_cast.command("likenesses")
def list_likenesses(server: Server = "") -> None:
    """Who may use your likeness under which name, and on which conditions."""
    for one in desk(server).call("GET", _LIKENESSES)["data"]:
        state = one["state"] if one["lets_in"] else "lets nobody in"
        typer.echo(f"@{one['on'].rpartition('/')[2]}  {_who(one)}  {state}, until {day(one['until'])}")
        _tell_conditions(one)


@own_cast.command("allow")
def allow(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="As prompts say it: @NAME. The first to claim it keeps it.")
    ],
    circle: Annotated[str, typer.Option(help="nobody, approved, mutuals or everybody.")] = "nobody",
    to: _To = None,
    never_with: Annotated[list[str] | None, typer.Option(help="A word no prompt may say with it; may repeat.")] = None,
    restrictions: Annotated[str, typer.Option(help="Conditions in your words, shown to whoever uses it.")] = "",
    length: _Days = 365,
    server: Server = "",
) -> None:
    """Claim a name and say who may use your likeness, in place of what you said before. With --to: approved."""
    body: dict[str, object] = {
        "circle": "approved" if to and circle == "nobody" else circle,
        "approved": to or [],
        "days": length,
        "restrictions": restrictions,
        "never_with": never_with or [],
    }
    said = name.removeprefix("@")
    given = desk(server).call("POST", f"{_LIKENESSES}/{quote(said, safe='')}", body)["data"]
    typer.echo(f"@{said}: {_whom(given)}.")


@own_cast.command("ask-likeness")
def ask_likeness(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As prompts say it: @NAME.")], server: Server = ""
) -> None:
    """Whether you may name somebody's likeness in a prompt, and on which conditions."""
    told = desk(server).call("GET", f"{_LIKENESSES}/{quote(name.removeprefix('@'), safe='')}")
    typer.echo(f"@{told['id']} may be in your videos.")
    _tell_conditions(told)


def _tell(one: dict[str, Any]) -> None:
    shows = f", shows @{one['likeness']}" if one["likeness"] else ""
    thanks = f", thanks to {one['credit']}" if one["credit"] else ""
    typer.echo(f"{one['id']}  {one['name']}  kept {day(one['created_at'])}{shows}{thanks}")


def _tell_conditions(one: dict[str, Any]) -> None:
    if one["restrictions"]:
        typer.echo(f"    {one['restrictions']}")
    if one["never_with"]:
        typer.echo(f"    never with: {', '.join(one['never_with'])}")


def _whom(given: list[dict[str, Any]]) -> str:
    """Who was let in, and until when."""
    if not given:
        return "nobody but you"
    return f"{', '.join(map(_who, given))} until {day(given[0]['until'])}"


def _who(given: dict[str, Any]) -> str:
    return "everybody" if given["for"] == "public" else str(given["for"])
