"""Coming in to a house that really runs, through a real browser: what the browser's tests share."""

import re
import socket
import time
from contextlib import contextmanager
from datetime import UTC, datetime

from served import House

from vitascope.programme.access.repository import Cohort
from vitascope.programme.actor import keeper
from vitascope.programme.people import cohorts, invitations
from vitascope.rights.logbook import open_log
from vitascope.rights.quota import Measure, Per, Quota
from vitascope.rights.terms import Policy, Terms
from vitascope.rights.uses import Use
from vitascope.store.database import open_database
from vitascope.store.secrets import open_secrets

SALLY = keeper("sally", {Use.MEMBER_INVITE}, at=datetime.now(UTC))
TEXT = "What you make is yours. <script>alert(1)</script>"


@contextmanager
def opened_programme(folder):
    """A house that is reached at the address it was told, without workers, and a cohort in it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://localhost:{port}"
    house = House(folder, "--workers", "0", "--port", str(port), VITASCOPE_ADDRESS=address, VITASCOPE_SMTP="")
    house.folder, house.url = folder, address
    house.database, house.secrets = open_database(f"sqlite:///{folder / 'vitascope.db'}"), open_secrets(folder)
    now = datetime.now(UTC)
    films = Quota(measure=Measure.RENDERS, per=Per.MONTH, limit=500)
    with house.database.transaction() as tx:
        terms = Terms(text=TEXT, issued=now, policy=Policy())
        cohort = Cohort(id="first", name="The first fifty", quotas=(films,))
        cohorts.found(tx, open_log(folder), cohort, terms, by="sally", now=now)
    try:
        yield house
    finally:
        house.database.close()
        house.end()


def invite(house, address):
    """The token of an invitation to the first cohort."""
    now = datetime.now(UTC)
    with house.database.transaction() as tx:
        (made,) = invitations.invite(
            tx, open_log(house.folder), SALLY, [address], cohort="first", days=7, secrets=house.secrets, now=now
        )
    return made.token


def letter(house, before):
    """The link in the letter that was written after ``before`` of them."""
    until = time.monotonic() + 30
    while len(found := re.findall(r"http://\S+/programme#in=\S+", house.log)) <= before:
        assert time.monotonic() < until, "no letter came"
        time.sleep(0.05)
    return found[-1]


def come_in(house, window, address, name):
    """From the invitation to one's own page."""
    before = house.log.count("/programme#in=")
    window.goto("about:blank")
    window.goto(f"{house.url}/programme#invitation={invite(house, address)}")
    window.fill("input[name=name]", name)
    window.click("text=Accept and join")
    window.wait_for_selector("text=Welcome")
    link = letter(house, before)
    window.goto("about:blank")
    window.goto(link)
    window.wait_for_selector("h2:has-text('Guest passes')")
    return link


def party_of(house, name):
    """Who goes by that name."""
    with house.database.reading() as tx:
        return tx.exec_driver_sql("SELECT id FROM parties WHERE name = ?", (name,)).scalar_one()
