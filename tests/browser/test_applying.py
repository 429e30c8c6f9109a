"""Applying in a real browser, and the steward who answers; a member's money, credits and reports."""

import re
import time
from datetime import UTC, datetime

import pytest
from entering import come_in, party_of

from vitascope.programme.actor import keeper
from vitascope.programme.money import journal
from vitascope.programme.money.amount import Amount
from vitascope.programme.people import applications
from vitascope.programme.people import repository as people
from vitascope.programme.roles import seats
from vitascope.programme.voice import book
from vitascope.programme.voice import repository as voice
from vitascope.rights.logbook import open_log
from vitascope.rights.uses import Use
from vitascope.store.database import clock

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OPERATOR = keeper("operator", Use, at=datetime.now(UTC))
DRAWS = "What do you draw? <b>Really?</b>"


@pytest.fixture(scope="module")
def questions(programme):
    """Two questions of the operator's own; one may stay empty."""
    log, now = open_log(programme.folder), datetime.now(UTC)
    with programme.database.transaction() as tx:
        first = applications.ask(tx, log, OPERATOR, DRAWS, is_required=True, now=now)
        second = applications.ask(tx, log, OPERATOR, "Where can we see it?", is_required=False, now=now)
    return first.id, second.id


def _apply(programme, window, questions, name, address):
    window.goto(f"{programme.url}/programme/apply")
    window.fill("input[name=name]", name)
    window.fill("input[name=address]", address)
    window.fill(f"textarea[name={questions[0]}]", "Birds & <i>boats</i>.")
    window.click("text=Send")


def _opened(programme):
    with programme.database.reading() as tx:
        return {one.name: one for one in applications.told(tx, OPERATOR, secrets=programme.secrets)}


def _steward(programme, window, address, name):
    come_in(programme, window, address, name)
    now = datetime.now(UTC)
    with programme.database.transaction() as tx:
        seats.seat_steward(tx, open_log(programme.folder), party_of(programme, name), by="operator", now=now)
    window.reload()


def test_somebody_applies_and_a_steward_invites_them(programme, window, questions, chromium):
    """The operator's own questions, a clear answer; a steward reads it and says yes; whoever applied comes in."""
    window.goto(f"{programme.url}/programme")
    window.click("a:has-text('Apply')")
    window.wait_for_selector("h1:has-text('Apply')")
    assert DRAWS in window.inner_text("form"), "a question is text, whatever is in it"
    window.fill("input[name=name]", "Mia <b>Moor</b>")
    window.fill("input[name=address]", "mia@example.org")
    window.click("text=Send")
    assert window.is_visible("h1:has-text('Apply')"), "the browser asks for the answer that is missing"
    window.fill(f"textarea[name={questions[0]}]", "Birds & <i>boats</i>.")
    window.click("text=Send")
    window.wait_for_selector("text=We have it")
    sent = window.inner_text("code")

    told = _opened(programme)["Mia <b>Moor</b>"]
    assert sent == told.application.id
    assert {DRAWS: "Birds & <i>boats</i>."} == told.answers
    assert "mia@example.org" not in programme.log

    context = chromium.new_context()
    desk = context.new_page()
    desk.set_default_timeout(60_000)
    _steward(programme, desk, "sally@example.org", "Sally")
    desk.click("text=Applications: 1")
    desk.wait_for_selector("h2:has-text('Mia <b>Moor</b>')")
    assert "Birds & <i>boats</i>." == desk.inner_text("dd")
    desk.select_option("select[name=cohort]", "first")
    desk.click("text=Yes, invite")
    desk.wait_for_selector("text=None waits")
    context.close()

    window.goto("about:blank")
    window.goto(_invitation(programme))
    window.wait_for_selector("text=You are invited")


def _invitation(programme):
    until = time.monotonic() + 60
    while not (found := re.findall(r"http://\S+/programme#invitation=\S+", programme.log)):
        assert time.monotonic() < until, "no letter came"
        time.sleep(0.1)
    return found[-1].rstrip("\\n")


def test_a_no_has_a_reason_and_destroys_what_was_written(programme, window, questions):
    """The steward writes why; the letter goes out and nothing of the application is left."""
    _apply(programme, window, questions, "Noa", "noa@example.org")
    window.wait_for_selector("text=We have it")
    name = window.inner_text("code")
    _steward(programme, window, "sam@example.org", "Sam")
    window.click("text=Applications:")
    card = window.locator("section.application", has_text="Noa")
    card.locator("input[name=reason]").fill("We are full until March.")
    card.locator("text=No, send the reason").click()
    window.wait_for_selector("text=Noa was told why")
    with programme.database.reading() as tx:
        kept = next(one for one in people.applications(tx) if one.id == name)

    assert ("declined", "") == (kept.state, kept.letter)
    assert "We are full until March." in programme.log


def test_what_is_wrong_is_said_and_nothing_written_is_lost(programme, window, questions):
    """An address that is none to us is told in words; the form keeps what was typed. Members see no applications."""
    _apply(programme, window, questions, "Eve", "eve@nowhere")
    window.wait_for_selector("#told:has-text('mail address')")
    assert "Birds & <i>boats</i>." == window.input_value(f"textarea[name={questions[0]}]")
    assert "Eve" not in _opened(programme)
    come_in(programme, window, "eve@example.org", "Eve")
    assert not window.is_visible("text=Applications:")
    refused = window.evaluate(
        """async () => { const module = await fetch("/programme/applications", { method: "POST", body: "{}",
          headers: { "content-type": "application/json" } }); return module.status; }"""
    )
    assert 401 == refused, "without a signature it is nobody's request"


def test_money_credits_and_reports_of_ones_own(programme, window):
    """A report is sent in, accepted, paid; the page says what is owed and why; where one is paid is kept locked."""
    come_in(programme, window, "pia@example.org", "Pia")
    window.click("text=Money, credits, reports")
    window.wait_for_selector("text=nothing yet")
    window.fill("input[name=title]", "Two <b>heads</b>")
    window.fill("textarea[name=body]", "The parrot has two.")
    window.fill("input[name=credited_as]", "Pia P.")
    window.click("button:text-is('Send')")
    window.wait_for_selector("h3:has-text('Two <b>heads</b>')")
    _paid(programme, party_of(programme, "Pia"))
    window.fill("input[name=holder]", "Pia Pilar")
    window.fill("input[name=iban]", "DE89 3704 0044 0532 0130 00")
    window.click("text=Keep it, locked")
    window.wait_for_selector("text=An account is kept")

    assert "120.00" == window.inner_text(".budgets b")
    window.set_viewport_size({"width": 390, "height": 850})
    assert window.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), "too wide"
    assert "owed" in window.inner_text("tbody tr")
    assert "thanks to Pia P." in window.inner_text("main")
    assert "DE89" not in window.content()
    window.click("text=Forget it")
    window.wait_for_selector("text=waits for you")


def _paid(programme, member):
    """Reviewed by one, accepted by another, credited and paid."""
    log = open_log(programme.folder)
    rita, raj, tom = (keeper(name, Use, at=datetime.now(UTC)) for name in ("rita", "raj", "tom"))
    with programme.database.transaction() as tx:
        now = datetime.fromtimestamp(clock(tx), UTC)
        amount = Amount(units=100_000, currency="EUR")
        journal.fund(tx, log, amount=amount, statement="bank-1", by="tom", now=now)
        (report,) = voice.of_party(tx, member)
        book.triage(tx, log, rita, report.id, severity=book.Severity.MEDIUM, now=now)
        book.accept(tx, log, raj, report.id, now=now)
        book.give_credit(tx, log, raj, report.id, change="One head per parrot", now=now)
        book.settle_paid(tx, log, tom, report.id, now=now)
