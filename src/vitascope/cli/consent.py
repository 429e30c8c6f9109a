"""``vitascope consent``: works people put in, what they allow, snapshots to train from, and the papers made of them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitascope.cli.house import Data, Db, content_of, days, opened
from vitascope.shipped import MODEL

if TYPE_CHECKING:
    from collections.abc import Collection

    from vitascope.rights.register import Register
    from vitascope.rights.uses import Use
    from vitascope.store.database import Transaction

consent = typer.Typer(no_args_is_help=True, help="Works, consents, snapshots, papers, commissions.")

_Owner = Annotated[str, typer.Option("--by", metavar="PARTY", help="The rightsholder; only they decide.")]
_Work = Annotated[str, typer.Argument(metavar="WORK", help="Its id.")]
_Uses = Annotated[list[str] | None, typer.Option("--use", help="train, finetune, evaluate or display; may repeat.")]


@consent.command("put-in")
def put_in(
    file: Annotated[Path, typer.Argument(help="The work.")],
    by: _Owner,
    title: Annotated[str, typer.Option(help="Its title.")],
    mine: Annotated[bool, typer.Option(help="I made it, or hold the right to decide about it.")] = False,
    credit: Annotated[str, typer.Option(help="How you wish to be named; empty: not at all.")] = "",
    shows: Annotated[list[str] | None, typer.Option(help="What it shows: cat, balloon; may repeat.")] = None,
    source_page: Annotated[Path | None, typer.Option(help="HTML of the page it is on, saved to a file.")] = None,
    headers: Annotated[Path | None, typer.Option(help="Headers it was served with, one `Name: value` a line.")] = None,
    tdmrep: Annotated[Path | None, typer.Option(help="The site's /.well-known/tdmrep.json, saved to a file.")] = None,
    source_path: Annotated[str, typer.Option(help="Its path on that site, for tdmrep.json. Default: every path.")] = "",
    files: Annotated[str, typer.Option(help="Store of files. Default: in the data folder.")] = "",
    data: Data = None,
    db: Db = "",
) -> None:
    """Put a work in. It allows nothing by itself; what its file and its source say about training is read and shown.

    Nothing is fetched: the page, its headers and the site's tdmrep.json are files of yours.
    """
    import mimetypes

    from vitascope.rights.consent import works
    from vitascope.rights.consent.signals import Source
    from vitascope.store.blobs import open_blobs

    content = content_of(file)
    upload = works.Upload(
        title=title,
        content=content,
        media_type=mimetypes.guess_type(file.name)[0] or "",
        credit=credit,
        concepts=tuple(shows or ()),
        is_mine=mine,
        source=Source(page=_text(source_page), headers=_text(headers), tdmrep=_text(tdmrep), path=source_path),
    )
    with opened(data, db) as house:
        work = works.put_in(house.tx, house.log, by, upload, now=house.now)
        open_blobs(files or str(house.data / "files")).put(work.path, content, media_type=upload.media_type)
    typer.echo(f"{work.id}: put in, and used for nothing until you grant it.")
    for signal in work.signals:
        typer.echo(f"  it says {signal.verdict} ({signal.form}): {signal.raw}")


@consent.command("list")
def list_(data: Data = None, db: Db = "") -> None:
    """All works that were put in, and what each is granted for now."""
    from vitascope.rights.consent import repository, works

    with opened(data, db) as house:
        for work in repository.works(house.tx):
            uses = ", ".join(sorted(works.uses_of(house.tx, work.id, house.now))) or "nothing"
            state = "taken away" if work.removed else f"granted for {uses}"
            typer.echo(f"{work.id}  {work.owner}  {work.title}  {state}")


@consent.command()
def grant(
    work: _Work,
    by: _Owner,
    use: _Uses = None,
    for_days: Annotated[float, typer.Option("--days", help="How long.")] = 730,
    overrides_signals: Annotated[bool, typer.Option(help="I mean it although the file or its source says no.")] = False,
    data: Data = None,
    db: Db = "",
) -> None:
    """Let the programme use a work, each use by itself."""
    from vitascope.rights.consent import works

    with opened(data, db) as house:
        wish = works.Consent(
            work=work,
            uses=_uses(use),
            until=house.now + days(for_days),
            overrides_signals=overrides_signals,
        )
        given = works.grant(house.tx, house.log, by, wish, now=house.now)
        typer.echo(f"{work}: {len(given)} uses granted until {wish.until:%Y-%m-%d}. Withdraw them whenever you like.")


@consent.command()
def withdraw(work: _Work, by: _Owner, use: _Uses = None, data: Data = None, db: Db = "") -> None:
    """Take uses back, all of them where none is named, and learn which models saw the work."""
    from vitascope.rights.consent import works

    with opened(data, db) as house:
        uses = _uses(use) if use else frozenset(works.USES)
        taken = works.withdraw(house.tx, house.log, by, work, uses, now=house.now)
        typer.echo(f"{work}: {len(taken)} uses withdrawn; it is in no snapshot for them from now on.")
        _name_models(house.tx, {work}, uses)


@consent.command("opt-out")
def opt_out(
    name: Annotated[str, typer.Argument(help="A work's id, or an author as the register spells them.")],
    by: _Owner,
    data: Data = None,
    db: Db = "",
) -> None:
    """Leave a registered work, or all of an author's, out of every snapshot, and learn which models saw them."""
    from vitascope.rights.consent import snapshots, works
    from vitascope.rights.register import Register

    with opened(data, db) as house:
        works.leave_out(house.tx, house.log, name, by=by, now=house.now)
        typer.echo(f"{name} is left out from the next snapshot on.")
        _name_models(house.tx, snapshots.works_called(Register.load(), name))


@consent.command()
def snapshot(
    to: Annotated[
        Path, typer.Argument(help="Folder; <VITASCOPE_HOME>/corpus/register to train, register-USE for another use.")
    ],
    by: Annotated[str, typer.Option("--by", metavar="PARTY", help="Who takes it.")],
    use: Annotated[str, typer.Option("--for", metavar="USE", help="train, finetune, evaluate or display.")] = "train",
    without: Annotated[list[str] | None, typer.Option(help="Leave this work out as well; may repeat.")] = None,
    files: Annotated[str, typer.Option(help="Store of files. Default: in the data folder.")] = "",
    data: Data = None,
    db: Db = "",
) -> None:
    """Write the register as it may be used now, for one use; the leaf comes first."""
    from dataclasses import replace

    from vitascope.programme.access import holds
    from vitascope.rights.consent import snapshots
    from vitascope.rights.register import Register
    from vitascope.store.blobs import open_blobs

    (wanted,) = _uses([use])
    left_out = frozenset(name.casefold() for name in without or ())
    base = Register.load()
    base = replace(base, opted_out=base.opted_out | left_out)
    with opened(data, db) as house:
        holds.require_unheld(house.tx, wanted, now=house.now)
        taken, register = snapshots.take(house.tx, house.log, base, by=by, now=house.now, use=wanted)
        snapshots.write(register, to, open_blobs(files or str(house.data / "files")).read)
        typer.echo(f"{taken.id}: {len(register.works)} works for {wanted} in {to}, leaf {taken.leaf}.")


@consent.command()
def snapshots(data: Data = None, db: Db = "") -> None:
    """Every snapshot, oldest first, what it was taken for, and its leaf in the log."""
    from vitascope.rights.consent import repository

    with opened(data, db) as house:
        for one, count in repository.snapshots(house.tx):
            typer.echo(f"{one.id}  {one.at:%Y-%m-%d}  {count} works for {one.use}, leaf {one.leaf}")


@consent.command()
def learned(
    model: Annotated[str, typer.Argument(help="The model's name.")],
    by: Annotated[str, typer.Option("--by", metavar="PARTY", help="Who records it.")],
    weights: Annotated[str, typer.Option(metavar="SHA256", help="Of the weights.")],
    taken: Annotated[str, typer.Option("--snapshot", metavar="SHA256", help="What it learned from.")],
    data: Data = None,
    db: Db = "",
) -> None:
    """Record which snapshot a model learned from."""
    from vitascope.rights.consent import snapshots
    from vitascope.rights.consent.repository import LearnedModel

    with opened(data, db) as house:
        told = LearnedModel(name=model, weights_sha256=weights, snapshot=taken, at=house.now)
        snapshots.learned(house.tx, house.log, told, by=by)
        typer.echo(f"{model} learned from {taken[:12]}.")


@consent.command()
def affected(data: Data = None, db: Db = "") -> None:
    """Every model that saw a work which may not be learned from any more."""
    from vitascope.rights.consent import snapshots
    from vitascope.rights.consent.shipped import shipped_models
    from vitascope.rights.register import Register

    with opened(data, db) as house:
        for each in snapshots.affected(house.tx, Register.load(), house.now, shipped_models()):
            typer.echo(f"{each.model.name} ({each.model.weights_sha256[:12]}): {', '.join(each.works)}")


@consent.command()
def papers(
    to: Annotated[Path, typer.Argument(help="Folder for croissant.json, works.csv, summary and card.")],
    register: Annotated[Path | None, typer.Option(help="Folder of a snapshot. Default: the shipped register.")] = None,
    model: Annotated[str, typer.Option(help="The model they are about.")] = MODEL,
    weights: Annotated[str, typer.Option(metavar="SHA256", help="Of its weights.")] = "unknown",
    published: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Date on the papers. Default: today.")] = "",
) -> None:
    """Make the papers of a data set: Croissant 1.1 with RAI, the training-content summary, the dataset card."""
    import json
    from datetime import UTC, datetime

    from vitascope import __version__
    from vitascope.rights.consent import croissant
    from vitascope.rights.consent import papers as made
    from vitascope.rights.register import Register

    works = _learned(Register.load(register), model)
    day = published or f"{datetime.now(UTC):%Y-%m-%d}"
    about = made.About(model=model, weights_sha256=weights, published=day)
    document = croissant.croissant(works, name=f"vitascope-{model}", published=day, version=__version__)
    texts = {
        "croissant.json": croissant.as_text(document),
        croissant.TABLE: croissant.works_table(works),
        "training-summary.json": json.dumps(made.summary(works, about), indent=2, ensure_ascii=False) + "\n",
        "training-summary.md": made.summary_markdown(works, about),
        "dataset-card.md": made.dataset_card(works, about),
    }
    to.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (to / name).write_text(text, "utf-8")
    typer.echo(f"{len(texts)} papers on {len(works.works)} works in {to}.")


def _name_models(tx: "Transaction", names: "Collection[str]", uses: "frozenset[Use] | None" = None) -> None:
    """Name the models that learned from any of these works, by these uses alone where they are told."""
    from vitascope.rights.consent import snapshots
    from vitascope.rights.consent.shipped import shipped_models
    from vitascope.rights.uses import LEARNS

    for model in snapshots.models_that_saw(tx, names, shipped_models(), LEARNS if uses is None else uses):
        typer.echo(f"  {model.name} ({model.weights_sha256[:12]}) learned from it: to be retrained or recalled.")


def _learned(works: "Register", model: str) -> "Register":
    """What a model learned from: less than the register where it knows an earlier edition of the world."""
    from vitascope.backends.choose import models
    from vitascope.text.words import edition_of
    from vitascope.text.world import later_than

    for preset in (one for one in models() if one.name == model):
        works = works.without(later_than(edition_of(preset.vocabulary_sha256)))
    return works


@consent.command()
def commission(
    artist: Annotated[str, typer.Argument(metavar="PARTY", help="Whose manner you would like.")],
    by: Annotated[str, typer.Option("--by", metavar="PARTY", help="Who asks.")],
    brief: Annotated[str, typer.Option(help="What you would like them to make or to allow.")],
    for_days: Annotated[float, typer.Option("--days", help="How long the permission would last.")] = 90,
    data: Data = None,
    db: Db = "",
) -> None:
    """Ask an artist for a commission: their manner is yours to use once they say yes, and not before."""
    from vitascope.rights.owners import book
    from vitascope.rights.style import style_of
    from vitascope.rights.uses import Use

    with opened(data, db) as house:
        wish = book.Wish(
            owner=artist,
            grantee=by,
            thing=style_of(artist),
            uses=frozenset({Use.STYLE_USE}),
            until=house.now + days(for_days),
            restrictions=brief,
        )
        asked = book.ask(house.tx, house.log, wish, by=by, now=house.now)
        typer.echo(f"{asked.permission.id}: {artist} was asked. Nothing is allowed until they say yes.")


@consent.command()
def answer(
    permission: Annotated[str, typer.Argument(metavar="ID", help="What was asked.")],
    by: _Owner,
    no: Annotated[bool, typer.Option(help="Decline; nothing else changes.")] = False,
    data: Data = None,
    db: Db = "",
) -> None:
    """Say yes or no to what you were asked for: a commission, promotional use."""
    from vitascope.programme import release

    with opened(data, db) as house:
        act = release.decline_promotion if no else release.accept_promotion
        given = act(house.tx, house.log, by, permission, now=house.now)
        typer.echo(f"{permission}: {given.permission.state}.")


def _text(file: Path | None) -> str:
    return content_of(file).decode("utf-8", "replace") if file else ""


def _uses(names: list[str] | None) -> frozenset["Use"]:
    from vitascope.errors import ConsentError
    from vitascope.rights.consent.works import USES

    known = {use.value: use for use in USES}
    strangers = sorted(set(names or ()) - known.keys())
    if strangers or not names:
        raise ConsentError(f"Name uses with --use: {', '.join(known)}; {strangers or 'none was named'}.")
    return frozenset(known[name] for name in names)
