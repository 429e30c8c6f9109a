"""Money on paper over the wire: a treasurer's whole month, what a member sees of it, and every amount that is none."""

import time
from datetime import UTC, datetime

import pytest
from desks import SECRETS, error_of

from vitascope.programme import keys
from vitascope.programme.access.repository import Cohort
from vitascope.programme.actor import keeper
from vitascope.programme.people import cohorts, sign_in
from vitascope.programme.people import repository as people
from vitascope.programme.people.invitations import digest_of
from vitascope.programme.people.repository import Person
from vitascope.programme.roles import seats
from vitascope.programme.roles.seats import Role
from vitascope.rights.terms import Policy, Terms
from vitascope.rights.uses import Use
from vitascope.store.secrets import lock

IBAN = "DE89370400440532013000"
FIRST, SECOND = (keeper(name, Use, at=datetime.now(UTC)) for name in ("first", "second"))


@pytest.fixture(scope="module")
def desk(programme_desk):
    return programme_desk


def _member(desk, *roles):
    """Somebody with a mailbox, a key that acts, and these roles; their client."""
    made = desk.key(scopes=(*keys.MEMBER_SCOPES, seats.SCOPE))
    party, log, now = made.key.party, desk.app.state.desk.log, datetime.now(UTC)
    address = f"{party}@example.org"
    with desk.database.transaction() as tx:
        digest = digest_of(address, SECRETS)
        people.add_person(tx, Person(party=party, address_digest=digest, address=lock(address, SECRETS)))
        for role in roles:
            offered = seats.propose(tx, log, FIRST, party, role, now=now)
            seats.agree(tx, log, SECOND, offered.permission.id, now=now)
    client = desk.client(made.credential)
    client.party, client.address = party, address
    return client


def _code(desk, who):
    with desk.database.transaction() as tx:
        return sign_in.ask_link(tx, who.address, secrets=SECRETS, now=time.time()).token


@pytest.fixture(scope="module")
def cast(desk):
    """A member, two reviewers, two treasurers and an auditor."""
    with (
        _member(desk) as ana,
        _member(desk, Role.REVIEWER) as rita,
        _member(desk, Role.REVIEWER) as raj,
        _member(desk, Role.TREASURER) as tom,
        _member(desk, Role.TREASURER) as tea,
        _member(desk, Role.AUDITOR) as una,
    ):
        yield {"ana": ana, "rita": rita, "raj": raj, "tom": tom, "tea": tea, "una": una}


def _post(who, path, **body):
    answer = who.post(f"/v1/programme/{path}", json=body)
    assert 200 == answer.status_code, answer.text
    return answer.json()


def _earned(cast, who):
    """A bug of theirs, accepted and paid: 40.00 owed."""
    made = _post(who, "contributions", kind="bug", title="Two heads")
    _post(cast["rita"], f"contributions/{made['id']}/triage", severity="low")
    _post(cast["raj"], f"contributions/{made['id']}/accept")
    _post(cast["raj"], f"contributions/{made['id']}/credit", change="One head")
    payer = cast["tea"] if who is cast["tom"] else cast["tom"]
    _post(payer, f"contributions/{made['id']}/pay")


def _told(desk, who):
    told = {"holder": "Ana Lima", "iban": IBAN[:4] + " " + IBAN[4:], "token": _code(desk, who)}
    return _post(who, "payout_account", **told)


def test_a_treasurers_month(desk, cast):
    """Pool, a bug paid, a run prepared twice, a bank file, a confirmation; the statement and the journal agree."""
    ana, tom, una = cast["ana"], cast["tom"], cast["una"]
    _post(tom, "pool", units=100_000, statement="bank-1")
    pool = _post(tom, "pool", units=100_000, statement="bank-1")  # the same statement counts once
    _earned(cast, ana)
    _told(desk, ana)
    _told(desk, tom)
    run = _post(tom, "payouts/2026-11", payer=tom.party)
    again = _post(tom, "payouts/2026-11", payer=tom.party)
    owed = ana.get("/v1/programme/statement").json()
    done = _post(tom, "payouts/2026-11/confirm")
    paid = ana.get("/v1/programme/statement").json()
    seen = una.get(f"/v1/programme/statements/{ana.party}").json()
    journal = una.get("/v1/programme/journal").text

    assert 100_000 == pool["held"]
    assert run["payments"] == again["payments"]
    assert [4_000] == [one["units"] for one in run["payments"]]
    assert IBAN in run["bank_file"]
    assert [{"currency": "EUR", "units": 4_000}] == owed["owed"]
    assert [{"currency": "EUR", "units": 0}] == paid["owed"]
    assert paid == seen
    assert ["post"] == [one["phase"] for one in done["transfers"]]
    assert IBAN not in journal
    assert journal.startswith("number,at,id")
    assert 'option "operating_currency" "EUR"' in una.get("/v1/programme/journal", params={"form": "beancount"}).text


def test_nobody_pays_themselves(desk, cast):
    """A treasurer is left out of the run they prepare, and cannot book one that pays them; a colleague can."""
    tom, tea = cast["tom"], cast["tea"]
    _post(tea, "pool", units=50_000, statement="bank-2")
    _earned(cast, tom)
    _told(desk, tom)
    own = _post(tom, "payouts/own", payer=tom.party)
    _post(tea, "payouts/other", payer=tom.party)
    refused = tom.post("/v1/programme/payouts/other/confirm")
    _post(tea, "payouts/other/call_off")
    _post(tea, "payouts/third", payer=tom.party)
    booked = _post(tea, "payouts/third/confirm")

    assert (own["payments"], own["left_out"]) == ([], [tom.party])
    assert (403, "own_case") == (refused.status_code, error_of(refused)["code"])
    assert 1 == len(booked["transfers"])


def test_money_is_for_treasurers(cast):
    """Every call of theirs refuses a member, a reviewer and an auditor; reading is the auditor's too."""
    calls = {
        "pool": {"units": 1, "statement": "x"},
        "rates": {"rates": {"bug.low": 1}, "royalty_parts": 0},
        "royalties": {},
        "claims": {"maker": "Ana", "party": "ben"},
        "payouts/x": {"payer": "ben"},
        "payouts/x/confirm": {},
        "payouts/x/call_off": {},
    }
    for who in (cast["ana"], cast["rita"], cast["una"]):
        for path, body in calls.items():
            answer = who.post(f"/v1/programme/{path}", json=body)
            assert (403, "role_needed") == (answer.status_code, error_of(answer)["code"]), path
    for path in ("journal", f"statements/{cast['tom'].party}"):
        assert 403 == cast["ana"].get(f"/v1/programme/{path}").status_code


@pytest.mark.parametrize(
    "body",
    [
        {"units": -1},
        {"units": 0},
        {"units": 1.5},
        {"units": "12.50"},
        {"units": 10**16},
        {"units": True},
        {"currency": "XXX", "units": 1},
        {},
    ],
)
def test_amounts_that_are_none(cast, body):
    """Negative, fractional, huge, of no currency we keep, missing: refused in words, and nothing is booked."""
    before = cast["tom"].get("/v1/programme/pool").json()
    answer = cast["tom"].post("/v1/programme/pool", json={"statement": "bank-3", **body})

    assert 400 == answer.status_code, answer.text
    assert before == cast["tom"].get("/v1/programme/pool").json()


def test_where_one_is_paid_takes_the_mailbox(desk, cast):
    """A key alone cannot turn the money away, nor with the code of somebody else; forgetting takes the key."""
    rita, raj = cast["rita"], cast["raj"]
    told = {"holder": "Rita", "iban": IBAN}
    missing = rita.post("/v1/programme/payout_account", json=told)
    other = rita.post("/v1/programme/payout_account", json={**told, "token": _code(desk, raj)})
    wrong = rita.post("/v1/programme/payout_account", json={**told, "iban": IBAN[:-1] + "1", "token": "x"})
    _told(desk, rita)
    kept = rita.get("/v1/programme/payout_account").json()["is_kept"]
    rita.delete("/v1/programme/payout_account")

    assert (400, 403, 400) == (missing.status_code, other.status_code, wrong.status_code)
    assert IBAN[:-1] not in wrong.text
    assert kept
    assert not rita.get("/v1/programme/payout_account").json()["is_kept"]


def test_rates_and_ones_own_reports(cast):
    """A table that names no work is refused; a good one is in force for all. Private reports are in one's own list."""
    tom, ana = cast["tom"], cast["ana"]
    bad = tom.post("/v1/programme/rates", json={"rates": {"praise": 1}, "royalty_parts": 0})
    _post(tom, "rates", rates={"bug.low": 4_000, "render.second": 5}, royalty_parts=300_000)
    made = _post(ana, "contributions", kind="feedback", title="Quietly", is_public=False)
    mine = ana.get("/v1/programme/contributions", params={"is_mine": True}).json()["data"]

    assert 400 == bad.status_code
    assert 5 == ana.get("/v1/programme/rates").json()["rates"]["render.second"]
    assert made["id"] in [one["id"] for one in mine]
    assert made["id"] not in [one["id"] for one in ana.get("/v1/programme/contributions").json()["data"]]


def test_rates_that_wait_are_called_off_by_a_treasurer(desk, cast):
    """Where there is a cohort, lower pay waits: by hash, once; a member is told which use it takes."""
    tom, ana = cast["tom"], cast["ana"]
    terms = Terms(text="Yours.", issued=datetime.now(UTC), policy=Policy())
    with desk.database.transaction() as tx:
        cohorts.found(tx, desk.app.state.desk.log, Cohort(id="first", name="First"), terms, by="sam", now=terms.issued)
    lower = {"rates": {"bug.low": 1}, "royalty_parts": 0}
    told = tom.post("/v1/programme/rates", json=lower).json()
    path = f"/v1/programme/rates/{told['hash']}/call_off"
    waiting = [one["hash"] for one in ana.get("/v1/programme/rates").json()["announced"]]
    foreign, done, again = ana.post(path), tom.post(path), tom.post(path)

    assert [told["hash"]] == waiting
    assert [] == ana.get("/v1/programme/rates").json()["announced"]
    assert (403, 200, 404) == (foreign.status_code, done.status_code, again.status_code)
    assert told["hash"] == done.json()["called_off"] != done.json()["hash"]
