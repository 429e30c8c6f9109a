"""``vitascope me``: what a member does from wherever they are, with their own key, over HTTP."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from vitascope.cli.client import Server, Token, day, desk
from vitascope.cli.me_cast import own_cast
from vitascope.cli.me_keys import own_keys
from vitascope.cli.me_leaves import own_leaves
from vitascope.cli.me_voice import voice
from vitascope.cli.me_works import own_works

me = typer.Typer(
    no_args_is_help=True, help="Your own access: keys, notices, pauses, releases, reports, votes, works, characters."
)
for part in (own_keys, voice, own_works, own_cast, own_leaves):
    me.add_typer(part)

_PREFIX = "/v1/programme"


@me.command()
def join(
    invitation: Annotated[str, typer.Argument(help="The link of your invitation, or what stands after its #.")],
    name: Annotated[str, typer.Option(help="What you are called here.")] = "",
    server: Server = "",
) -> None:
    """Read an invitation: the short terms, then all of them on request; accept them, or do not."""
    token = invitation.rpartition("#")[2].removeprefix("invitation=")
    house = desk(server, has_key=False)
    told = house.call("POST", f"{_PREFIX}/invitations/open", {"token": token})
    terms = told["terms"]
    typer.echo(f"{told['name']}: access for {told['days']} days.\n\n{terms['in_short'] or terms['text']}\n")
    for each in told["announced_terms"]:
        typer.echo(f"New terms count from {day(each['effective_at'])}. Join before, and the ones here are yours:")
        _tell_changes(each["changes"])
    if terms["in_short"] and typer.confirm("Read all of it?", default=False):
        typer.echo(terms["text"])
    if not typer.confirm(f"Accept these terms ({terms['hash'][:12]})?", default=False):
        typer.echo("Nothing was accepted. The invitation stays open until its end.")
        return
    name = name or typer.prompt("Your name here")
    house.call("POST", f"{_PREFIX}/invitations/accept", {"token": token, "terms": terms["hash"], "name": name})
    typer.echo("You are in. A letter with a code is on its way to the invited mailbox: vitascope me key --token CODE")


@me.command("apply")
def apply_(
    address: Annotated[str, typer.Argument(help="Your mailbox; the answer goes there.")],
    name: Annotated[str, typer.Option(help="What you are called.")] = "",
    server: Server = "",
) -> None:
    """Apply for early access, by answering the operator's own questions."""
    house = desk(server, has_key=False)
    name = name or typer.prompt("Your name")
    answers = {
        one["id"]: typer.prompt(one["text"], default=None if one["is_required"] else "", show_default=False)
        for one in house.call("GET", f"{_PREFIX}/questions")["data"]
    }
    house.call("POST", f"{_PREFIX}/applications", {"email": address, "name": name, "answers": answers})
    typer.echo("It is in. Stewards alone read it; a no has a reason, and what you wrote is destroyed then.")


@me.command()
def link(address: Annotated[str, typer.Argument(help="Your mailbox.")], server: Server = "") -> None:
    """Ask for a letter with a code: it signs you in, makes a key, and says "this is me"."""
    desk(server, has_key=False).call("POST", f"{_PREFIX}/links", {"email": address})
    typer.echo("If this mailbox is a member's, a letter is on its way.")


@me.command()
def key(token: Token, name: Annotated[str, typer.Option(help="For your list.")] = "key", server: Server = "") -> None:
    """Make a key with the code of a letter. It is printed once and kept nowhere."""
    made = desk(server, has_key=False).call("POST", f"{_PREFIX}/keys", {"token": token, "name": name})
    typer.echo(made["key"])


@me.command()
def show(server: Server = "") -> None:
    """What you hold: access, terms, roles, and every pause that reaches you."""
    told = desk(server).call("GET", f"{_PREFIX}/membership")
    typer.echo(f"{told['name']} ({told['party']})  {', '.join(told['roles']) or 'member'}")
    for access in told["access"]:
        typer.echo(f"  {access['id']}  {access['cohort'] or '-'}  {access['state']}  terms {access['terms'][:12]}")
    for each in told["announced_terms"]:
        _tell_terms(each)
    _tell_holds(told["holds"])


@me.command()
def terms(
    name: Annotated[str, typer.Argument(metavar="HASH", help="As a letter or `me show` tells it.")],
    server: Server = "",
) -> None:
    """Read terms that were announced and, if you say so, go on under them; saying nothing keeps yours."""
    house = desk(server)
    told = house.call("GET", f"{_PREFIX}/terms/{name}")
    held = house.call("GET", f"{_PREFIX}/membership")
    found: dict[str, Any] = next((each for each in held["announced_terms"] if each["terms"] == told["hash"]), {})
    _tell_changes(found.get("changes", []))
    typer.echo(told["in_short"] or told["text"])
    if told["in_short"] and typer.confirm("Read all of it?"):
        typer.echo(told["text"])
    for quota in told["policy"]["quotas"]:
        typer.echo(f"At most {quota['limit']} {quota['measure']} per {quota['per']}.")
    mine = [each for each in held["access"] if each["terms"] == told["hash"] and each["state"] == "active"]
    if mine:
        typer.echo(f"You accepted these already, and your access under them ends on {day(mine[0]['ends_at'])}.")
        return
    if found and not found["in_force"]:
        typer.echo(f"They count from {day(found['effective_at'])} and can be accepted then. Until then yours hold.")
        return
    if not typer.confirm("Go on under these terms, in place of yours?"):
        typer.echo("Yours hold.")
        return
    gone_on = house.call("POST", f"{_PREFIX}/membership/terms", {"terms": told["hash"]})
    ends = day(gone_on["ends_at"])
    typer.echo(f"Your access goes on under them until {ends}, with your keys and your guests' passes.")


@me.command()
def decline(
    name: Annotated[str, typer.Argument(metavar="HASH", help="As a letter or `me show` tells it.")],
    server: Server = "",
) -> None:
    """Keep your own terms in place of announced ones: yours hold until your access ends, and nothing else changes."""
    desk(server).call("POST", f"{_PREFIX}/membership/terms/decline", {"terms": name})
    typer.echo("You keep your terms. They hold until your access ends; you can still change your mind.")


@me.command()
def notices(server: Server = "") -> None:
    """What you were told about your keys."""
    for one in desk(server).call("GET", f"{_PREFIX}/notices")["data"]:
        typer.echo(f"{one['id']}  {one['answer'] or 'unanswered'}\n    {one['words']}")


@me.command()
def answer(
    notice: Annotated[str, typer.Argument(help="As `me notices` shows it.")],
    said: Annotated[str, typer.Argument(help="me or help.")],
    token: Token = "",
    server: Server = "",
) -> None:
    """Say "this is me", with the code of a letter, or ask for help."""
    body = {"said": said} | ({"token": token} if token else {})
    desk(server).call("POST", f"{_PREFIX}/notices/{notice}/answer", body)
    typer.echo("Thank you: the key goes on." if said == "me" else "The key stays held; a steward will write to you.")


@me.command()
def holds(server: Server = "") -> None:
    """The pauses that reach you now, each with its reason and its end."""
    _tell_holds(desk(server).call("GET", f"{_PREFIX}/holds")["data"])


@me.command()
def appeal(hold: Annotated[str, typer.Argument(help="As `me holds` shows it.")], server: Server = "") -> None:
    """Object to a pause; somebody without a part in it answers within 5 days."""
    told = desk(server).call("POST", f"{_PREFIX}/holds/{hold}/appeal")
    typer.echo(f"{hold}: appeal {told['appeal']['state']}.")


@me.command()
def confirm(token: Token, server: Server = "") -> None:
    """Show that your keys are in your own hands: a step-up lets you go on for 12 hours."""
    desk(server).call("POST", f"{_PREFIX}/confirm", {"token": token})
    typer.echo("Confirmed.")


@me.command()
def publish(
    video: Annotated[str, typer.Argument(help="A finished render of yours.")],
    licence: Annotated[str, typer.Option(help="all-rights-reserved, CC-BY-4.0, ...")] = "all-rights-reserved",
    credit: Annotated[str, typer.Option(help="How you wish to be named; empty: not at all.")] = "",
    remix: Annotated[bool, typer.Option("--remix", help="Others may build on it.")] = False,
    server: Server = "",
) -> None:
    """Release a render, from now on. Nobody is asked."""
    uses = ["video.read", "video.download", *(["video.remix"] if remix else [])]
    body: dict[str, object] = {"video": video, "uses": uses, "licence": licence, "credit": credit}
    house = desk(server)
    house.call("POST", f"{_PREFIX}/releases", body)
    typer.echo(f"Released: {house.address}/released/{video}")


@me.command()
def unpublish(video: Annotated[str, typer.Argument(help="A render you released.")], server: Server = "") -> None:
    """Take a release back."""
    desk(server).call("DELETE", f"{_PREFIX}/releases/{video}")
    typer.echo(f"{video} is not shown any more.")


@me.command()
def budget(server: Server = "") -> None:
    """How things stand with your key: open, spent or paused and why, and what is left, as JSON."""
    typer.echo(json.dumps(desk(server).call("GET", f"{_PREFIX}/me"), indent=2))


@me.command()
def where(
    token: Annotated[str, typer.Option("--token", help="The code of a letter; not to forget.")] = "",
    holder: Annotated[str, typer.Option(help="Name of the account's holder.")] = "",
    forget: Annotated[bool, typer.Option("--forget", help="Have it forgotten; what you are owed waits.")] = False,
    server: Server = "",
) -> None:
    """Say where you are paid, with the code of a letter; the IBAN is asked for, and kept locked."""
    if forget:
        desk(server).call("DELETE", f"{_PREFIX}/payout_account")
        typer.echo("It is forgotten.")
        return
    body = {"holder": holder, "iban": typer.prompt("IBAN", hide_input=True), "token": token}
    desk(server).call("POST", f"{_PREFIX}/payout_account", body)
    typer.echo("It is kept, locked, and told to nobody.")


@me.command()
def statement(server: Server = "") -> None:
    """Everything the journal says about you, as JSON."""
    typer.echo(json.dumps(desk(server).call("GET", f"{_PREFIX}/statement"), indent=2))


@me.command()
def report(
    title: Annotated[str, typer.Argument(help="What it is, in a line.")],
    kind: Annotated[str, typer.Option(help="bug, feedback, red_team, clip, review or commission.")] = "feedback",
    about: Annotated[str, typer.Option(help="A render of yours; what makes it again goes along.")] = "",
    text: Annotated[Path | None, typer.Option(help="A file with all of it.")] = None,
    credited_as: Annotated[str, typer.Option(help="Your handle; empty: no credit.")] = "",
    server: Server = "",
) -> None:
    """Send in a report or feedback."""
    body: dict[str, object] = {"title": title, "kind": kind, "about": about}
    body |= {"body": text.read_text("utf-8")} if text else {}
    body |= {"credit": "handle", "credited_as": credited_as} if credited_as else {}
    typer.echo(desk(server).call("POST", f"{_PREFIX}/contributions", body)["id"])


@me.command()
def leave(token: Token, server: Server = "") -> None:
    """Hand your access back, with the code of a letter. What you made stays yours to read and to export."""
    desk(server).call("POST", f"{_PREFIX}/membership/leave", {"token": token})
    typer.echo("Your access has ended. Reading and exporting stay open.")


def _tell_terms(each: dict[str, Any]) -> None:
    """Announced terms: from when, what they change, what can be done."""
    said = "; you declined them" if each["declined_at"] else ""
    when = "in force" if each["in_force"] else f"from {day(each['effective_at'])}"
    typer.echo(f"  new terms, {when}, for whoever joins{said}; yours hold until your access ends.")
    if not said:
        _tell_changes(each["changes"])
    typer.echo(f"      vitascope me terms {each['terms']}   # read them, go on under them")
    if not said:
        typer.echo(f"      vitascope me decline {each['terms']}   # keep yours")


def _tell_changes(changes: list[dict[str, str]]) -> None:
    for one in changes:
        mark = {"worse": "-", "better": "+"}.get(one["effect"], "~")
        typer.echo(f"      {mark} {one['what']}: {one['before'] or '(nothing)'} -> {one['after'] or '(nothing)'}")


def _tell_holds(holds: list[dict[str, Any]]) -> None:
    for one in holds:
        typer.echo(f"  {one['id']}  {one['level']}  {one['state']}\n      {one['reason']}")
