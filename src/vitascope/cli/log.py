"""``vitascope log``: check the transparency log from its files, prove a leaf, watch, cosign, erase what a leaf says."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitascope.cli.client import Server, desk
from vitascope.cli.house import Data, Db, folder_of, opened
from vitascope.cli.steward import shown, steward_of

if TYPE_CHECKING:
    from vitascope.cli.house import House
    from vitascope.rights.checkpoint import Checkpoint
    from vitascope.rights.log import Said
    from vitascope.rights.monitor import Monitor
    from vitascope.rights.proof import Proof

log = typer.Typer(no_args_is_help=True, help="The transparency log: verify, prove, watch, cosign, erase.")


@log.command()
def begin(
    name: Annotated[str, typer.Argument(help="Its name for life, such as example.org/log.")], data: Data = None
) -> None:
    """Give the log its name, before its first leaf, and print the key that others check it with."""
    from vitascope.rights.logbook import name_log, open_log, signer_of

    folder = folder_of(data)
    name_log(folder, name)
    open_log(folder)
    typer.echo(signer_of(folder).verifier.text)


@log.command()
def verify(
    folder: Annotated[Path | None, typer.Argument(help="Folder with leaves, openings and checkpoint.")] = None,
    key: Annotated[str, typer.Option(help="The log's public key, name+hash+key. Default: this house's own.")] = "",
    data: Data = None,
) -> None:
    """Compute everything anew: signature, root, order, and each event against its leaf. Writes nothing."""
    from vitascope.rights import logbook
    from vitascope.rights.checkpoint import read_verifier
    from vitascope.rights.monitor import verify as check

    where = folder or logbook.folder_of(folder_of(data))
    verifier = read_verifier(key) if key else logbook.signer_of(folder_of(data)).verifier
    found = check(where, verifier)
    typer.echo(
        f"{found.size} leaves, root {found.root.hex()}: as signed. {found.openings} events can be shown, "
        f"{found.erased} were erased, {found.unsigned} wait for a checkpoint."
    )


@log.command()
def monitor(
    where: Annotated[str, typer.Argument(help="Address of the server, or a folder with the log or a copy of it.")],
    key: Annotated[str, typer.Option(help="The log's public key, name+hash+key.")],
    memory: Annotated[Path, typer.Option(help="File in which the last checkpoint is remembered.")],
    every_leaf: Annotated[bool, typer.Option(help="Of a server: fetch all leaves and compute the root anew.")] = False,
) -> None:
    """See whether the log only added to what was seen before; a fork ends with exit code 1 and both notes kept."""
    from vitascope.rights.checkpoint import read_verifier
    from vitascope.rights.monitor import Monitor

    watcher = Monitor(memory, read_verifier(key))
    before = watcher.last
    is_server = where.startswith(("http://", "https://"))
    after = _served(where, watcher, is_counted=every_leaf) if is_server else _copied(Path(where), watcher)
    seen = f"It continues the {before.size} seen before." if before else "First seen; remembered."
    typer.echo(f"{after.size} leaves. {seen}")


@log.command()
def cosign(
    checkpoint: Annotated[Path, typer.Argument(help="A checkpoint that `monitor` found consistent.")],
    name: Annotated[str, typer.Option(help="The auditor's name, such as example.org/auditor.")],
    key_file: Annotated[Path, typer.Option(help="The auditor's private key; made on first use.")],
) -> None:
    """Add an auditor's line below a checkpoint, and print the auditor's public key."""
    from datetime import UTC, datetime

    from vitascope.rights.checkpoint import signer_at
    from vitascope.rights.cosign import Auditor
    from vitascope.rights.cosign import cosign as sign

    key = signer_at(key_file, origin=name).key
    note = sign(checkpoint.read_text("utf-8"), name=name, key=key, now=datetime.now(UTC))
    checkpoint.write_text(note, "utf-8")
    typer.echo(Auditor(name=name, key=key.public_key()).text)


@log.command()
def prove(
    leaf: Annotated[int, typer.Argument(min=0, help="Its number, counted from 0.")],
    server: Annotated[str, typer.Option(metavar="URL", help="A server. Default: the log of this machine.")] = "",
    key: Annotated[str, typer.Option(help="The log's public key, name+hash+key; needed for a server.")] = "",
    to: Annotated[Path | None, typer.Option(help="Keep the proof in this file, to hand on.")] = None,
    data: Data = None,
) -> None:
    """Check that a leaf is in the log, by its path to the signed root; what it says is told to whom it names.

    Of a server that is whoever VITASCOPE_KEY belongs to; without it, the proof alone is asked for.
    """
    from vitascope.rights.checkpoint import read_verifier
    from vitascope.rights.logbook import signer_of
    from vitascope.rights.proof import check

    if server and not key:
        raise typer.BadParameter("Name the log's public key with --key: a server vouches for nothing by itself.")
    verifier = read_verifier(key) if key else signer_of(folder_of(data)).verifier
    found = _proof_of(server, leaf) if server else _own_proof(folder_of(data), leaf)
    signed = check(found, verifier)
    if to is not None:
        to.write_text(json.dumps(found.document, indent=2) + "\n", "utf-8")
    typer.echo(f"Leaf {leaf} is one of the {signed.size} that {signed.origin} signed: {found.leaf.hex()}.")
    shown_event = found.opening and json.dumps(json.loads(found.opening.payload))
    typer.echo(shown_event or "What it says is not shown to you, or was erased.")


@log.command("name-auditor")
def name_auditor(
    key: Annotated[str, typer.Argument(help="Your public key, as `log cosign` printed it.")], server: Server = ""
) -> None:
    """Tell a server the public key that your cosignatures are checked with; takes an auditor's key to it."""
    told = desk(server).call("POST", "/v1/rights/log/auditors", {"key": key})
    typer.echo(f"{told['name']}: cosignatures by this key count.")


@log.command("hand-in")
def hand_in(
    checkpoint: Annotated[Path, typer.Argument(help="A checkpoint with your line below it.")], server: Server = ""
) -> None:
    """Hand a checkpoint that you cosigned back to its server, for everybody to see; takes an auditor's key to it."""
    note = checkpoint.read_text("utf-8")
    told = desk(server).call("POST", "/v1/rights/log/cosignatures", {"note": note})
    typer.echo(f"Your line below {told['size']} leaves is on record.")


@log.command()
def erase(
    leaves: Annotated[list[int] | None, typer.Argument(metavar="LEAF", help="Numbers of leaves.")] = None,
    of: Annotated[
        list[str] | None, typer.Option(metavar="PERSON", help="All that is told of them; may repeat.")
    ] = None,
    people: Annotated[Path | None, typer.Option("--from", help="A file of such people, one a line.")] = None,
    dry_run: Annotated[bool, typer.Option(help="Say what would be erased, and erase nothing.")] = False,
    data: Data = None,
    db: Db = "",
) -> None:
    """Destroy what leaves say and their salts; the leaves and every proof stay. Asks for a steward's key.

    One steward asks, another gives the same command and it is done. A person is named by id, or by a name that nobody
    else has. If one thing named is wrong, nothing happens. Who ever held a role is not forgotten as a whole: what was
    done in it stays seen.
    """
    from vitascope.programme.roles import erasing

    persons = [*(of or ()), *_listed(people)]
    if not persons and not leaves:
        raise typer.BadParameter("Name leaves, people with --of, or a file of people with --from.")
    key = shown()
    with opened(data, db) as house:
        actor = steward_of(house, key)
        said = _told_of(house, persons, actor.party)
        numbers = tuple(dict.fromkeys((*(leaves or ()), *sorted(said))))
        if dry_run:
            for one in said.values():
                typer.echo(f"{one.index}  {one.at}  {one.kind}  by {one.by}  about {one.about}")
            typer.echo(f"{_leaves(len(numbers))}, of {len(persons)} people, would be erased. Nothing was.")
            return
        done = erasing.erase(house.tx, house.log, actor, numbers, now=house.now)
    if done.erased:
        typer.echo(f"{_leaves(len(done.erased))} {'says' if len(done.erased) == 1 else 'say'} nothing any more.")
    if done.waiting:
        typer.echo(f"{_leaves(len(done.waiting))} asked for; another steward gives the same command, and it is done.")


def _told_of(house: "House", persons: list[str], party: str) -> "dict[int, Said]":
    """What the log tells of these people, by the number of its leaf."""
    from vitascope.programme.roles.forgetting import told_of

    return {one.index: one for each in told_of(house.tx, house.log, persons, by=party) for one in each.said}


def _leaves(count: int) -> str:
    return "1 leaf" if count == 1 else f"{count} leaves"


def _listed(people: Path | None) -> list[str]:
    """The people of a file: blank lines and what follows a # are nobody."""
    if people is None:
        return []
    lines = (line.partition("#")[0].strip() for line in people.read_text("utf-8").splitlines())
    return [line for line in lines if line]


def _served(address: str, watcher: "Monitor", *, is_counted: bool) -> "Checkpoint":
    from vitascope.demo.desk import Desk
    from vitascope.rights.afar import ServedLog

    found = ServedLog(Desk(address=address.rstrip("/").removesuffix("/v1"), key="").content)
    after = watcher.see(found.note(), found.prove)
    if is_counted:
        found.recount(after)
    return after


def _proof_of(address: str, leaf: int) -> "Proof":
    from vitascope.demo.desk import Desk
    from vitascope.rights.afar import ServedLog
    from vitascope.settings import client_settings

    where = address.rstrip("/").removesuffix("/v1")
    return ServedLog(Desk(address=where, key=client_settings().key).content).inclusion(leaf)


def _own_proof(folder: Path, leaf: int) -> "Proof":
    from vitascope.rights.logbook import open_log
    from vitascope.rights.proof import prove as proven

    own = open_log(folder)
    return proven(own, leaf, opening=own.opening(leaf))


def _copied(folder: Path, watcher: "Monitor") -> "Checkpoint":
    from vitascope.rights.monitor import prover
    from vitascope.rights.monitor import verify as check

    check(folder, watcher.verifier)
    return watcher.see((folder / "checkpoint").read_text("utf-8"), prover(folder))
