"""A member's money, credits and reports on one page: everything the journal says, and where every report stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Final

from vitascope.programme import release
from vitascope.programme.money.amount import decimal
from vitascope.programme.money.statement import Item, Statement, statement
from vitascope.programme.voice import book
from vitascope.programme.voice import repository as voice
from vitascope.programme.voice.contribution import Contribution, Kind, State
from vitascope.rights.owners.repository import Given
from vitascope.store.database import Transaction

_DECIDED: Final = (State.ACCEPTED, State.DECLINED, State.DUPLICATE)
_KINDS: Final = {
    Kind.BUG: "a fault",
    Kind.FEEDBACK: "feedback",
    Kind.RED_TEAM: "a way around a rule",
    Kind.CLIP: "a clip for training",
    Kind.REVIEW: "a review",
    Kind.COMMISSION: "commissioned work",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What one member is owed, gave and is named for."""

    told: Statement
    is_payable: bool  # whether they said where they are paid
    reports: tuple[Contribution, ...]
    changes: tuple[str, ...]  # lines of the changelog that came of their reports
    releases: tuple[Given, ...]
    now: datetime


def account(tx: Transaction, party: str, *, is_payable: bool, now: datetime) -> Account:
    """Read it all."""
    reports = voice.of_party(tx, party)
    names = {one.id for one in reports}
    mine = (one for one in release.showing(tx, now) if one.permission.grantor == party)
    return Account(
        told=statement(tx, party),
        is_payable=is_payable,
        reports=reports,
        changes=tuple(line for line in book.changelog(tx) if any(name in line for name in names)),
        releases=tuple(mine),
        now=now,
    )


def page(found: Account, *, done: str = "") -> str:
    """The page; ``done`` is what happened just now."""
    return (
        f"<h1>Money, credits, reports</h1>{f'<p>{escape(done)}</p>' if done else ''}{_money(found.told)}"
        f"{_where(is_payable=found.is_payable)}{_reports(found.reports, found.now)}{_credits(found)}"
        '<section><button class="second" data-send="/programme/mine">Back to my page</button></section>'
    )


def _money(told: Statement) -> str:
    owed = "".join(f"<li><b>{decimal(units, currency)}</b> {currency}</li>" for currency, units in told.owed)
    rows = "".join(map(_item, told.items)) or "<tr><td colspan=5 class='quiet'>Nothing yet.</td></tr>"
    return (
        f'<section><h2>You are owed</h2><ul class="budgets">{owed or "<li><b>0</b> nothing yet</li>"}</ul>'
        "<table><thead><tr><th>Day<th>For<th>Which<th>State<th>Amount</tr></thead>"
        f"<tbody>{rows}</tbody></table><p class='quiet'>Promised money is set aside in the pool already. Owed money is "
        "in the next payout.</p></section>"
    )


def _item(item: Item) -> str:
    sign = "+" if item.units > 0 else ""
    return (
        f"<tr><td class='whole'>{item.at:%-d %b %Y}<td>{escape(_named(item.purpose))}<td>"
        f"<code>{escape(item.reference)}</code><td>{escape(item.state)}"
        f"<td class='whole'>{sign}{decimal(item.units, item.currency)} {item.currency}</tr>"
    )


def _named(purpose: str) -> str:
    """What money is for, in the words of the form where it is a report."""
    return _KINDS[Kind(purpose)] if purpose in tuple(Kind) else purpose


def _where(*, is_payable: bool) -> str:
    if is_payable:
        return (
            "<section><h2>Where you are paid</h2><p>An account is kept, locked. Nobody reads it but the treasurer who "
            'makes the file for the bank.</p><form data-post="/programme/account/forget"><button class="second">'
            "Forget it</button></form></section>"
        )
    return (
        "<section><h2>Where you are paid</h2><p>Until you say so, what you are owed waits for you.</p>"
        '<form data-post="/programme/account/where" class="row"><label>Holder of the account<input name="holder" '
        'required maxlength="70" autocomplete="off"></label><label>IBAN<input name="iban" required maxlength="42" '
        'autocomplete="off"></label><button>Keep it, locked</button></form></section>'
    )


def _reports(reports: Iterable[Contribution], now: datetime) -> str:
    rows = "".join(_report(one, now) for one in reversed(tuple(reports)))
    kinds = "".join(f'<option value="{kind}">{words}</option>' for kind, words in _KINDS.items())
    return (
        "<section><h2>Your reports</h2><p>You owe nobody a report. Each has its public list of steps, and an accepted "
        'one is paid by <a href="/rates">the published rates</a>. Everybody reads its line and its steps, members the '
        f"rest, unless it is for reviewers alone.</p>{rows}"
        '<form data-post="/programme/account/report"><h2>Send one in</h2>'
        f'<label>What is it<select name="kind">{kinds}</select></label>'
        '<label>In a line<input name="title" required maxlength="200"></label>'
        '<label>All of it<textarea name="body" rows="5" maxlength="20000"></textarea></label>'
        '<label>Id of a video of yours that shows it, if one does<input name="about" maxlength="100"></label>'
        '<label>The name to thank, or nothing<input name="credited_as" maxlength="100"></label>'
        '<label class="check"><input name="is_private" type="checkbox" value="1">for reviewers alone</label>'
        "<button>Send</button></form></section>"
    )


def _report(one: Contribution, now: datetime) -> str:
    last = one.steps[-1]
    due = f" An answer {_is_due(one.due, now)} by {one.due:%-d %b %Y}." if one.due else ""
    since = f"{one.state.capitalize()} on {last.at:%-d %b %Y}{f': {last.reason}' if last.reason else ''}"
    hidden = f'<input type="hidden" name="contribution" value="{escape(one.id)}">'
    acts = ""
    if one.state in _DECIDED:
        acts += (
            "<details><summary>I disagree</summary>"
            f'<form data-post="/programme/account/dispute" class="row">{hidden}<label>What is wrong with that<input '
            'name="reason" required maxlength="1000"></label><button class="second">Ask somebody new</button></form>'
            "</details>"
        )
    if one.state is State.CREDITED:
        acts += (
            f'<form data-post="/programme/account/gift">{hidden}<button class="small">I want no money for it</button>'
            "</form>"
        )
    return (
        f'<article><h3>{escape(one.title)} <em>{escape(one.state)}</em></h3><p class="quiet">{_KINDS[one.kind]}, '
        f"{one.submitted:%-d %b %Y}, {'public' if one.is_public else 'for reviewers alone'}. "
        f"{escape(since.rstrip('.'))}.{due}</p>{acts}</article>"
    )


def _is_due(due: datetime, now: datetime) -> str:
    return "is due" if now < due else "is late: it was due"


def _credits(found: Account) -> str:
    changes = "".join(f"<li>{escape(line.removeprefix('- '))}</li>" for line in found.changes)
    releases = "".join(
        f"<li><code>{escape(one.permission.object.removeprefix('render/'))}</code>, {escape(one.licence)}, by "
        f"{escape(one.restrictions or 'somebody who wishes not to be named')}</li>"
        for one in found.releases
    )
    return (
        f"<section><h2>What came of them</h2>{f'<ul>{changes}</ul>' if changes else '<p>Nothing yet.</p>'}"
        f"<h2>What you released</h2>{f'<ul>{releases}</ul>' if releases else '<p>Nothing yet.</p>'}</section>"
    )
