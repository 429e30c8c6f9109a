"""New terms in a real browser: what a member, and somebody who is invited, reads of them and can do about them."""

from datetime import UTC, datetime

import pytest
from entering import TEXT, come_in, invite, party_of

from vitascope.programme.people import cohorts
from vitascope.programme.people import repository as people
from vitascope.rights.logbook import open_log
from vitascope.rights.quota import Measure, Per, Quota
from vitascope.rights.terms import Policy, Terms

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {"width": 390, "height": 850}


def _announce(programme, films, text=TEXT):
    """New terms for the cohort: fewer films a month are worse and wait, more hold at once."""
    now = datetime.now(UTC)
    quotas = (Quota(measure=Measure.RENDERS, per=Per.MONTH, limit=films),)
    with programme.database.transaction() as tx:
        made = Terms(text=text, issued=now, policy=Policy(quotas=quotas))
        return cohorts.announce(tx, open_log(programme.folder), "first", made, by="sally", now=now)


def _rows(window):
    return [row.inner_text().split("\t") for row in window.locator(".compared tbody tr").all()]


def _overflow(window):
    return window.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_worse_terms_are_read_beside_ones_own_and_declined(programme, window):
    """What changes, from when, in numbers and in words; nothing to accept yet; keeping one's own is one click."""
    come_in(programme, window, "ana@example.org", "Ana")
    told = _announce(programme, 120, TEXT.replace("yours.", "yours, and <b>we</b> may show it."))
    window.reload()
    window.wait_for_selector("h2:has-text('New terms from')")

    assert f"{told.effective:%-d %B %Y}" in window.inner_text(".news h2")
    assert "Yours hold until your access ends" in window.inner_text(".news")
    assert [["Films each month", "500", "120", "worse for you"]] == _rows(window)
    assert not window.is_visible("text=Go on under the new ones")
    window.click("text=One passage of the text changes")
    assert "and <b>we</b> may show it" in window.inner_text(".passages ins"), "a text is text, whatever is in it"
    assert window.is_visible(".news >> text=Take all your work")

    window.set_viewport_size(PHONE)
    assert 0 == _overflow(window)
    assert window.is_visible(".compared >> text=120"), "on a phone both numbers are there"
    window.emulate_media(color_scheme="dark")
    assert "rgb(25, 22, 19)" == window.evaluate("getComputedStyle(document.body).backgroundColor")

    window.click("text=Keep mine")
    window.wait_for_selector("text=You keep your terms")
    with programme.database.reading() as tx:
        assert [told.terms.hash] == list(people.declined_terms(tx, party_of(programme, "Ana")))
    window.reload()
    window.wait_for_selector("text=You keep your terms")
    assert "500 of 500 films left" in window.inner_text(".budgets")


def test_whoever_is_invited_reads_what_will_change(programme, window):
    """On the page where they accept, which gives them the terms of today."""
    told = _announce(programme, 60)
    window.goto(f"{programme.url}/programme#invitation={invite(programme, 'zoe@example.org')}")
    window.wait_for_selector("h1:has-text('You are invited')")

    assert f"They change on {told.effective:%-d %B %Y}" in window.inner_text("main")
    assert ["Films each month", "500", "60", "worse for you"] in _rows(window)
    come_in(programme, window, "zia@example.org", "Zia")
    assert "500 of 500 films left" in window.inner_text(".budgets")


def test_better_terms_are_accepted_on_the_page(programme, window):
    """They hold at once for whoever says yes, with the new number of films."""
    come_in(programme, window, "ben@example.org", "Ben")
    _announce(programme, 900)
    window.reload()
    window.wait_for_selector("h2:has-text('New terms are in force')")
    assert ["Films each month", "500", "900", "better for you"] in _rows(window)
    window.click("text=Go on under the new ones")
    window.wait_for_selector("text=900 of 900 films left")
    assert not window.is_visible("h2:has-text('New terms are in force')")


def test_leaving_and_coming_back(programme, window):
    """What it means is read first; the page stays open; the terms in force are a way back."""
    come_in(programme, window, "lea@example.org", "Lea")
    window.click("text=Leave the programme")
    window.wait_for_selector("h1:has-text('Leave?')")
    window.click("text=Leave now")
    window.wait_for_selector("h2:has-text('Your access is over')")
    assert window.is_visible("text=Take all your work")
    window.click("text=Come back under these")
    window.wait_for_selector("text=You can make films.")
