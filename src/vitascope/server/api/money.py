"""Money on paper over the wire: pool, rates, runs for a bank, the journal; and where a member is paid.

No money moves here: a treasurer carries the bank file to the bank, and books afterwards what the bank did.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Query, Request
from starlette.responses import PlainTextResponse, Response

from vitascope.errors import MoneyError
from vitascope.programme import royalties
from vitascope.programme.actor import Actor, require
from vitascope.programme.money import exports, journal, payout, rates
from vitascope.programme.money import repository as lines
from vitascope.programme.money.amount import CURRENCIES, LARGEST, Amount
from vitascope.programme.money.pain import BankAccount, pain_001
from vitascope.programme.money.repository import Transfer
from vitascope.programme.money.statement import as_document, statement
from vitascope.programme.people import membership
from vitascope.rights.terms import WHOLE
from vitascope.rights.uses import Use
from vitascope.server import fields, wire
from vitascope.server.api.joining import TOKEN
from vitascope.server.calls import ANY, ID, LINE, SCOPE, acted, asked, body, checked, moment, seen
from vitascope.server.desk import Visit, Visitor
from vitascope.server.openapi import answers
from vitascope.store.database import Transaction

router = APIRouter(prefix="/v1/programme", tags=["money"])
T = TypeVar("T")

_UNITS = {"type": "integer", "minimum": 1, "maximum": LARGEST}
_CURRENCY = {"type": "string", "enum": list(CURRENCIES)}


@router.get("/pool", responses=ANY)
async def retrieve_pool(visit: Visitor) -> Response:
    """What the pool has in each currency, and how much of it is promised; every member may know what backs them."""

    def look(tx: Transaction, _actor: Actor, _now: datetime) -> list[dict[str, object]]:
        used = sorted(currency for name, currency in journal.balances(tx) if name == journal.POOL)
        return [_pool(tx, currency) for currency in used]

    return wire.answer({"object": "list", "data": await seen(visit, look)})


@router.post(
    "/pool",
    responses=ANY,
    openapi_extra=body(
        ["units", "statement"],
        {"units": 500_000, "currency": "EUR", "statement": "bank-2026-11-26"},
        units=_UNITS,
        currency=_CURRENCY,
        statement={"type": "string", "minLength": 1, "maxLength": 50},
    ),
)
async def fund_pool(request: Request, visit: Visitor) -> Response:
    """Record that money lies at the bank for the pool; `statement` is the bank's own reference, and counts once."""
    values = await asked(request, visit, "units", "currency", "statement")
    units = fields.whole(values, "units", least=1, most=LARGEST)
    if units is None:
        raise MoneyError("`units` is missing: whole minor units, 125000 for 1,250.00 EUR.")
    currency = fields.choice(values, "currency", tuple(CURRENCIES)) or "EUR"
    told = fields.needed(fields.text(values, "statement", most=50), "statement")

    def fund(tx: Transaction, actor: Actor, now: datetime) -> dict[str, object]:
        require(actor, Use.CONTRIBUTION_PAY)
        amount = Amount(units=units, currency=currency)
        journal.fund(tx, visit.desk.log, amount=amount, statement=told, by=actor.party, now=now)
        return _pool(tx, currency)

    return wire.answer(await acted(visit, fund))


@router.post(
    "/rates",
    responses=ANY,
    openapi_extra=body(
        ["rates", "royalty_parts"],
        {"currency": "EUR", "rates": {"bug.low": 4_000}, "royalty_parts": 300_000},
        currency=_CURRENCY,
        rates={"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}},
        royalty_parts={"type": "integer", "minimum": 0, "maximum": WHOLE},
    ),
)
async def publish_rates(request: Request, visit: Visitor) -> Response:
    """Tell a rate table: one that lowers anything counts after the notice of the terms, another at once.

    What was accepted before keeps its amount.
    """
    values = await asked(request, visit, "currency", "rates", "royalty_parts")
    table = rates.read(json.dumps({"currency": "EUR", **values}))

    def publish(tx: Transaction, actor: Actor, now: datetime) -> datetime:
        return rates.publish(tx, visit.desk.log, actor, table, now=now)

    effective = int((await acted(visit, publish)).timestamp())
    return wire.answer({"object": "rate_table", "hash": table.hash, **table.document, "effective_at": effective})


@router.post("/rates/{name}/call_off", responses=ANY)
async def call_off_rates(name: str, visit: Visitor) -> Response:
    """Call off a rate table that was told and does not count yet, by its hash; one that counts stays."""
    await visit.enter(SCOPE)
    log = visit.desk.log
    kept = await acted(visit, lambda tx, actor, now: rates.call_off(tx, log, actor, checked(name), now=now))
    return wire.answer({"object": "rate_table", "hash": kept.hash, **kept.document, "called_off": name})


@router.get("/payout_account", responses=ANY)
async def retrieve_payout_account(visit: Visitor) -> Response:
    """Whether you said where you are paid; the account itself is told to nobody, you included."""
    is_kept = await visit.read(SCOPE, lambda tx, grant, _now: payout.is_payable(tx, grant.party))
    return wire.answer({"object": "payout_account", "is_kept": is_kept})


@router.post(
    "/payout_account",
    responses=ANY,
    openapi_extra=body(
        ["holder", "iban", "token"],
        {"holder": "Ana Lima", "iban": "DE89370400440532013000", "token": "the code of a letter to your mailbox"},
        holder={"type": "string", "minLength": 1, "maxLength": 70},
        iban={"type": "string", "minLength": 15, "maxLength": 42},
        token=TOKEN,
    ),
)
async def keep_payout_account(request: Request, visit: Visitor) -> Response:
    """Say where you are paid, with the code of a letter: whoever found your key cannot be paid in your place."""
    values = await asked(request, visit, "holder", "iban", "token")
    holder, iban, token = (
        fields.needed(fields.text(values, name, most=most), name)
        for name, most in (("holder", 70), ("iban", 42), ("token", 200))
    )
    kept = BankAccount(name=holder, iban="".join(iban.split()).upper())
    desk = visit.desk

    def keep(tx: Transaction, actor: Actor, now: datetime) -> None:
        membership.confirm(tx, desk.log, actor.party, token, secrets=desk.secrets, now=now)
        payout.tell_where(tx, desk.log, actor.party, kept, secrets=desk.secrets, now=now)

    await acted(visit, keep)
    return wire.answer({"object": "payout_account", "is_kept": True})


@router.delete("/payout_account", responses=ANY)
async def forget_payout_account(visit: Visitor) -> Response:
    """Have it forgotten; what you are owed waits for you."""
    await acted(visit, lambda tx, actor, now: payout.forget_where(tx, visit.desk.log, actor.party, now=now))
    return wire.answer({"object": "payout_account.deleted", "deleted": True})


@router.get("/statements/{party}", responses=ANY)
async def retrieve_statement_of(party: str, visit: Visitor) -> Response:
    """For treasurers and auditors: everything the journal says about one person."""

    def look(tx: Transaction, actor: Actor, _now: datetime) -> dict[str, object]:
        _require_reader(actor)
        return as_document(statement(tx, checked(party)))

    return wire.answer(await seen(visit, look))


@router.post("/royalties", responses=ANY)
async def owe_royalties(visit: Visitor) -> Response:
    """Owe the artists in the credits of every finished render their part; done again, each render still pays once."""
    booked = await acted(visit, lambda tx, actor, now: royalties.owe_all(tx, visit.desk.log, actor, now=now))
    return wire.answer({"object": "royalties", "booked": booked})


@router.post(
    "/claims",
    responses=ANY,
    openapi_extra=body(
        ["maker", "party"],
        {"maker": "Ana Lima", "party": "party_1", "currency": "EUR"},
        maker=LINE,
        party=ID,
        currency=_CURRENCY,
    ),
)
async def claim_for_maker(request: Request, visit: Visitor) -> Response:
    """Move what waits for a credited maker to the party who turned out to be them; for another treasurer than them."""
    values = await asked(request, visit, "maker", "party", "currency")
    maker = fields.needed(fields.text(values, "maker", most=200), "maker")
    party = checked(fields.needed(fields.text(values, "party", most=100), "party"))
    currency = fields.choice(values, "currency", tuple(CURRENCIES)) or "EUR"
    log = visit.desk.log
    moved = await acted(
        visit, lambda tx, actor, now: payout.claim(tx, log, actor, maker, party, currency=currency, now=now)
    )
    return wire.answer(_transfer(moved))


@router.post(
    "/payouts/{run}",
    responses=ANY,
    openapi_extra=body(
        ["payer"],
        {"payer": "party_1", "days": 2},
        payer=ID,
        days={"type": "integer", "minimum": 0, "maximum": 30},
    ),
)
async def prepare_payout(run: str, request: Request, visit: Visitor) -> Response:
    """Enter what a run pays as pending, and get its file for the bank (pain.001); asked again, it is the same file.

    You are left out of a run you prepare, and so is whoever has not said where they are paid. `payer` is the party
    whose kept account pays.
    """
    values = await asked(request, visit, "payer", "days")
    payer = checked(fields.needed(fields.text(values, "payer", most=100), "payer"))
    days = fields.whole(values, "days", least=0, most=30)
    desk = visit.desk

    def prepare(tx: Transaction, actor: Actor, now: datetime) -> dict[str, object]:
        require(actor, Use.CONTRIBUTION_PAY)
        account = payout.account_of(tx, payer, desk.secrets)
        if account is None:
            raise MoneyError(f"{payer} has not said from which account it pays; `vitascope payout where {payer}`.")
        told = payout.prepare(tx, desk.log, actor, checked(run), currency="EUR", secrets=desk.secrets, now=now)
        on = now.date() + timedelta(days=2 if days is None else days)
        return {
            "object": "payout",
            "name": told.name,
            "currency": told.currency,
            "payments": [{"transfer": one.id, "units": one.units, "currency": one.currency} for one in told.payments],
            "left_out": list(told.left_out),
            "bank_file": pain_001(told.payments, payer=account, message=run, made=now, on=on) if told.payments else "",
        }

    return wire.answer(await acted(visit, prepare))


@router.post("/payouts/{run}/confirm", responses=ANY)
async def confirm_payout(run: str, visit: Visitor) -> Response:
    """Book that the bank carried out the run; not for a treasurer whom it pays."""
    return await _closed(run, visit, payout.confirm)


@router.post("/payouts/{run}/call_off", responses=ANY)
async def call_off_payout(run: str, visit: Visitor) -> Response:
    """Book that the bank did not carry out the run: people are owed again."""
    return await _closed(run, visit, payout.call_off)


@router.get("/journal", responses=answers(None, media_type="text/plain"))
async def retrieve_journal(visit: Visitor, form: Annotated[Literal["csv", "beancount"], Query()] = "csv") -> Response:
    """For treasurers and auditors: the whole journal, as CSV or as the text of a beancount file."""

    def look(tx: Transaction, actor: Actor, _now: datetime) -> tuple[Transfer, ...]:
        _require_reader(actor)
        return lines.lines(tx)

    found = await seen(visit, look)
    if form == "beancount":
        return PlainTextResponse(exports.as_beancount(found))
    return Response(exports.as_csv(found), media_type="text/csv; charset=utf-8")


async def _closed(run: str, visit: Visit, close: Callable[..., tuple[Transfer, ...]]) -> Response:
    done = await acted(visit, lambda tx, actor, now: close(tx, visit.desk.log, actor, checked(run), now=now))
    return wire.answer({"object": "payout", "name": run, "transfers": [_transfer(one) for one in done]})


def _require_reader(actor: Actor) -> None:
    require(actor, Use.CONTRIBUTION_PAY, Use.LOG_COSIGN)


def _pool(tx: Transaction, currency: str) -> dict[str, object]:
    held = journal.balance(tx, journal.POOL, currency)
    return {"object": "pool", "currency": currency, "held": held.held, "promised": held.promised, "free": held.free}


def _transfer(line: Transfer) -> dict[str, Any]:
    return {
        "id": line.id,
        "object": "transfer",
        "phase": line.phase,
        "units": line.amount,
        "currency": line.currency,
        "purpose": line.purpose,
        "at": int(moment(line.at).timestamp()),
    }
