"""``vitascope payout``: the pool, the rates, statements, runs for a bank, and the journal for an accountant."""

import os
from collections.abc import Sized
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitascope.cli.house import By, Data, Db, acting, opened
from vitascope.cli.steward import acted

if TYPE_CHECKING:
    from vitascope.programme.money.pain import BankAccount

payout = typer.Typer(no_args_is_help=True, help="Money on paper: pool, rates, statements, runs, journal.")

_Currency = Annotated[str, typer.Option(help="ISO 4217.")]
_Run = Annotated[str, typer.Argument(metavar="RUN", help="Name of the run, such as 2026-11.")]


@payout.command()
def fund(
    units: Annotated[int, typer.Argument(help="Whole minor units: 125000 is 1,250.00 EUR.")],
    statement: Annotated[str, typer.Option(help="The bank's own reference for the money.")],
    by: By,
    currency: _Currency = "EUR",
    data: Data = None,
    db: Db = "",
) -> None:
    """Record that money lies at the bank for the pool."""
    from vitascope.programme.money import journal
    from vitascope.programme.money.amount import Amount, decimal

    with opened(data, db) as house:
        amount = Amount(units=units, currency=currency)
        journal.fund(house.tx, house.log, amount=amount, statement=statement, by=by, now=house.now)
        held = journal.balance(house.tx, journal.POOL, currency)
        free = decimal(held.free, currency)
        typer.echo(f"The pool has {decimal(held.held, currency)} {currency}, {free} of it free to promise.")


@payout.command()
def rates(
    publish: Annotated[Path | None, typer.Option(help="A JSON file with a new rate table.")] = None,
    call_off: Annotated[
        str, typer.Option(metavar="HASH", help="Of a table that was told and does not count yet.")
    ] = "",
    by: By = "",
    data: Data = None,
    db: Db = "",
) -> None:
    """Print the rate table in force and those that wait, publish another one, or call one off before it counts.

    Lower pay waits for the notice of the terms.
    """
    import json

    from vitascope.errors import MoneyError
    from vitascope.programme.money import rates as tables

    with opened(data, db) as house:
        if (publish is not None or call_off) and not by:
            raise MoneyError("Say with --by who publishes the rates or calls them off: it stands in the log.")
        if call_off:
            tables.call_off(house.tx, house.log, acting(house, by), call_off, now=house.now)
            typer.echo("It will never count. In force:", err=True)
        if publish is not None:
            table = tables.read(publish.read_text("utf-8"))
            effective = tables.publish(house.tx, house.log, acting(house, by), table, now=house.now)
            typer.echo(f"It counts from {effective:%Y-%m-%d} on. In force now:", err=True)
        typer.echo(json.dumps(tables.in_force(house.tx, house.now).document, indent=2))
        for at, each in tables.coming(house.tx, house.now):
            typer.echo(f"From {at:%Y-%m-%d}: {each.hash} {json.dumps(each.document)}", err=True)


@payout.command()
def statement(
    party: Annotated[str, typer.Argument(help="Whose.")],
    form: Annotated[str, typer.Option(help="text, json or html.")] = "text",
    data: Data = None,
    db: Db = "",
) -> None:
    """Everything the journal says about one person."""
    import json

    from vitascope.programme.money import statement as statements

    with opened(data, db) as house:
        told = statements.statement(house.tx, party)
    if form == "json":
        typer.echo(json.dumps(statements.as_document(told), indent=2))
    else:
        typer.echo(statements.as_html(told) if form == "html" else statements.as_text(told))


@payout.command()
def pool(currency: Annotated[str, typer.Option(help="Of which.")] = "EUR", data: Data = None, db: Db = "") -> None:
    """What the pool has, and how much of it is promised, in minor units."""
    from vitascope.programme.money import journal

    with opened(data, db) as house:
        held = journal.balance(house.tx, journal.POOL, currency)
        typer.echo(f"{currency}: {held.held} held, {held.promised} promised, {held.free} free.")


@payout.command()
def where(
    party: Annotated[str, typer.Argument(help="Who is paid.")],
    holder: Annotated[str, typer.Option(help="Name of the account's holder.")] = "",
    forget: Annotated[bool, typer.Option(help="Delete what is known.")] = False,
    data: Data = None,
    db: Db = "",
) -> None:
    """Keep where somebody is paid, locked; the IBAN is asked for and never an argument that others could see."""
    from vitascope.programme.money import payout as runs
    from vitascope.programme.money.pain import BankAccount
    from vitascope.store.secrets import open_secrets

    told = "" if forget else typer.prompt("IBAN", hide_input=True).replace(" ", "")
    with opened(data, db) as house:
        if forget:
            runs.forget_where(house.tx, house.log, party, now=house.now)
            typer.echo(f"Where {party} is paid is forgotten.")
            return
        account = BankAccount(name=holder, iban=told)
        runs.tell_where(house.tx, house.log, party, account, secrets=open_secrets(house.data), now=house.now)
        typer.echo(f"Where {party} is paid is kept, locked with the secret of this house.")


@payout.command()
def prepare(
    run: _Run,
    to: Annotated[Path, typer.Option(help="The bank file; only you can read it.")],
    payer: Annotated[str, typer.Option(help="Party whose kept account pays.")],
    days: Annotated[int, typer.Option(help="Days until the bank carries it out.")] = 2,
    data: Data = None,
    db: Db = "",
) -> None:
    """Enter what the run pays as pending and write pain.001 for the bank; doing it again makes the same file.

    Asks for a treasurer's key.
    """
    from vitascope.errors import MoneyError
    from vitascope.programme.money import payout as runs
    from vitascope.programme.money.pain import pain_001
    from vitascope.store.secrets import open_secrets

    with acted("treasurer", data, db) as (house, actor):
        secrets = open_secrets(house.data)
        account: BankAccount | None = runs.account_of(house.tx, payer, secrets)
        if account is None:
            raise MoneyError(f"Nobody has said from which account {payer} pays; `vitascope payout where {payer}`.")
        told = runs.prepare(house.tx, house.log, actor, run, currency="EUR", secrets=secrets, now=house.now)
        on: date = house.now.date() + timedelta(days=days)
        if told.payments:
            text = pain_001(told.payments, payer=account, message=f"{run}", made=house.now, on=on)
            _write_private(to, text)
    left_out = f"Left out, to be paid by somebody else or once they say where: {', '.join(told.left_out) or 'nobody'}."
    wrote = f"{_payments(told.payments)} in {to}." if told.payments else f"Run {run} pays nobody; no file was written."
    typer.echo(f"{wrote} {left_out}")


@payout.command()
def royalties(by: By, data: Data = None, db: Db = "") -> None:
    """Owe the artists in the credits of every finished render their part; done again, each render still pays once."""
    from vitascope.programme.royalties import owe_all

    with opened(data, db) as house:
        booked = owe_all(house.tx, house.log, acting(house, by), now=house.now)
        typer.echo(f"{booked} royalties stand in the journal.")


@payout.command()
def claim(
    maker: Annotated[str, typer.Argument(help="As the credits spell them.")],
    party: Annotated[str, typer.Argument(metavar="PARTY", help="Who turned out to be them.")],
    currency: _Currency = "EUR",
    data: Data = None,
    db: Db = "",
) -> None:
    """Move what waits for a credited maker to the party who turned out to be them. Asks for a treasurer's key."""
    from vitascope.programme.money import payout as runs

    with acted("treasurer", data, db) as (house, actor):
        moved = runs.claim(house.tx, house.log, actor, maker, party, currency=currency, now=house.now)
        typer.echo(f"{moved.amount} minor units of {currency} are owed to {party} now.")


@payout.command()
def confirm(run: _Run, data: Data = None, db: Db = "") -> None:
    """Book that the bank carried out the run. Asks for a treasurer's key."""
    from vitascope.programme.money import payout as runs

    with acted("treasurer", data, db) as (house, actor):
        typer.echo(f"{_payments(runs.confirm(house.tx, house.log, actor, run, now=house.now))} booked as paid.")


@payout.command("call-off")
def call_off(run: _Run, data: Data = None, db: Db = "") -> None:
    """Book that the bank did not carry out the run: people are owed again. Asks for a treasurer's key."""
    from vitascope.programme.money import payout as runs

    with acted("treasurer", data, db) as (house, actor):
        typer.echo(f"{_payments(runs.call_off(house.tx, house.log, actor, run, now=house.now))} called off.")


@payout.command()
def journal(
    form: Annotated[str, typer.Option(help="csv or beancount.")] = "csv", data: Data = None, db: Db = ""
) -> None:
    """The whole journal, for a spreadsheet or an accountant."""
    from vitascope.programme.money import exports, repository

    with opened(data, db) as house:
        lines = repository.lines(house.tx)
    typer.echo(exports.as_beancount(lines) if form == "beancount" else exports.as_csv(lines), nl=False)


@payout.command()
def figures(data: Data = None, db: Db = "") -> None:
    """The public aggregates as JSON: pauses, answers, payments, consents."""
    import json

    from vitascope.programme import aggregates
    from vitascope.programme.access import repository

    with opened(data, db) as house:
        held = repository.all_holds(house.tx)
        typer.echo(json.dumps(aggregates.aggregates(house.tx, held, house.now), indent=2))


def _payments(found: Sized) -> str:
    """How many, in words; of a run that was booked already, or of none of that name, none is pending."""
    return "No pending payment of that run" if not len(found) else f"{len(found)} payment{'s' * (len(found) > 1)}"


def _write_private(path: Path, text: str) -> None:
    """A bank file names people and their accounts: nobody else on the machine reads it."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
