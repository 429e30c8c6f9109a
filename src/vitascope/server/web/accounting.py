"""What a member does about their money and reports on the page; each act checks, logs, changes, and shows the page."""

from collections.abc import Callable

from vitascope.programme.money import payout
from vitascope.programme.money.pain import BankAccount
from vitascope.programme.roles import seats
from vitascope.programme.voice import book
from vitascope.programme.voice.book import Draft
from vitascope.programme.voice.contribution import Kind
from vitascope.refusals import FieldError
from vitascope.rights.logbook import Leaves
from vitascope.rights.party import Credit
from vitascope.server.calls import checked
from vitascope.server.web import account
from vitascope.server.web.acts import require_seen
from vitascope.server.web.session import Member, text
from vitascope.store.database import Transaction
from vitascope.store.secrets import Secrets

Act = Callable[[Transaction, Leaves, Secrets, Member], str]
"""Does one thing and says what it did."""


def shown(tx: Transaction, member: Member, *, done: str = "") -> str:
    """The page as it is now."""
    is_payable = payout.is_payable(tx, member.party)
    return account.page(account.account(tx, member.party, is_payable=is_payable, now=member.now), done=done)


def tell_where(tx: Transaction, log: Leaves, secrets: Secrets, member: Member) -> str:
    """Keep where they are paid: only for somebody who has shown themselves just now. Raises SignInError, MoneyError."""
    require_seen(tx, member)
    kept = BankAccount(
        name=text(member.values, "holder", most=70),
        iban="".join(text(member.values, "iban", most=42).split()).upper(),
    )
    payout.tell_where(tx, log, member.party, kept, secrets=secrets, now=member.now)
    return "Where you are paid is kept, locked."


def forget_where(tx: Transaction, log: Leaves, _secrets: Secrets, member: Member) -> str:
    """Delete where they are paid."""
    payout.forget_where(tx, log, member.party, now=member.now)
    return "Where you are paid is forgotten. What you are owed waits."


def report(tx: Transaction, log: Leaves, _secrets: Secrets, member: Member) -> str:
    """Send a report in."""
    name = text(member.values, "credited_as", most=100)
    kind = text(member.values, "kind", most=20)
    if kind not in tuple(Kind):
        raise FieldError(f"`kind` is one of {', '.join(Kind)}.", param="kind")
    draft = Draft(
        kind=Kind(kind),
        title=text(member.values, "title", most=200),
        body=text(member.values, "body", most=20_000),
        about=_id(member, "about") if text(member.values, "about") else "",
        credit=Credit.NAME if name else Credit.NONE,
        credited_as=name,
        is_public=not member.values.get("is_private"),
    )
    made = book.submit(tx, log, seats.present(tx, log, member.session, member.now), draft, now=member.now)
    return f"It is in, as {made.id}."


def dispute(tx: Transaction, log: Leaves, _secrets: Secrets, member: Member) -> str:
    """Object to a decision."""
    actor, reason = seats.present(tx, log, member.session, member.now), text(member.values, "reason")
    book.dispute(tx, log, actor, _id(member, "contribution"), reason=reason, now=member.now)
    return "Somebody who had no part in it decides anew."


def gift(tx: Transaction, log: Leaves, _secrets: Secrets, member: Member) -> str:
    """Waive the money for a report."""
    actor = seats.present(tx, log, member.session, member.now)
    book.settle_gift(tx, log, actor, _id(member, "contribution"), now=member.now)
    return "It is a gift. The pool has the money back."


def _id(member: Member, name: str) -> str:
    return checked(text(member.values, name, most=100))
