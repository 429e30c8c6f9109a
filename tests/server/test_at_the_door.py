"""Where people come in without a key: not without end from one network, and nobody learns who is a member."""

import time

import httpx2
import pytest
from desks import SECRETS, Desk, error_of

from vitascope.programme.people import repository as people
from vitascope.programme.people.invitations import digest_of
from vitascope.programme.people.repository import Person
from vitascope.server import letters
from vitascope.store.secrets import lock


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with Desk(tmp_path_factory.mktemp("desk")).listening() as listening:
        yield listening


@pytest.fixture
def anybody(desk):
    """Somebody without a key, at a clock of their own."""
    desk.now, turnstile = [1000.0], desk.app.state.desk.turnstile
    turnstile._clock = lambda: desk.now[0]
    turnstile._seen.clear()
    with httpx2.Client(base_url=desk.url, timeout=60) as client:
        yield client


CALLS = ("applications", "invitations/open", "invitations/accept", "links", "keys")
PAGES = ("apply", "link", "invitation", "accept", "sign-in", "passkey/begin", "passkey")
DOORS = (*(f"/v1/programme/{path}" for path in CALLS), *(f"/programme/{path}" for path in PAGES))


def test_one_network_comes_in_sixty_times_a_minute_by_whatever_door(desk, anybody):
    """The 61st is told how long to wait, at each door; a minute later the next is taken, and reading is apart."""
    for number in range(60):
        assert 429 != anybody.post(DOORS[number % len(DOORS)], json={}).status_code

    refused = {door: anybody.post(door, json={}) for door in DOORS}

    assert {429} == {answer.status_code for answer in refused.values()}
    assert {"61"} == {answer.headers["retry-after"] for answer in refused.values()}
    assert "60 a minute from a network" in error_of(refused["/programme/apply"])["message"]
    assert 200 == anybody.get("/v1/programme/changelog").status_code
    desk.now[0] += 61
    assert 200 == anybody.post("/v1/programme/links", json={"email": "ana@example.org"}).status_code


def test_a_slow_mail_server_does_not_tell_who_is_a_member(desk, anybody, monkeypatch):
    """The letter leaves after the answer: for a member it comes as soon as for a stranger."""
    sent = []

    class Slow:
        def send(self, mail):
            time.sleep(2.0)
            sent.append(mail.to)

    monkeypatch.setattr(letters, "open_post", lambda *_: Slow())
    party = desk.key().key.party
    with desk.database.transaction() as tx:
        digest, locked = digest_of("ana@example.org", SECRETS), lock("ana@example.org", SECRETS)
        people.add_person(tx, Person(party=party, address_digest=digest, address=locked))
    took = []
    for address in ("ana@example.org", "nobody@example.org"):
        begin = time.monotonic()
        anybody.post("/v1/programme/links", json={"email": address})
        took.append(time.monotonic() - begin)
    until = time.monotonic() + 30
    while not sent and time.monotonic() < until:
        time.sleep(0.05)

    assert ["ana@example.org"] == sent
    assert max(took) < 1.5
