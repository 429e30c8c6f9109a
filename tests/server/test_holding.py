"""Pauses over the wire: two stewards, appeals, notices that ask for more than the key, alerts that must be signed."""

import base64
import json
import time
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from desks import SECRETS, error_of, steward

from vitascope.programme import keys
from vitascope.programme.access import watch
from vitascope.programme.leaks.alerts import Alert
from vitascope.programme.people import repository as people
from vitascope.programme.people import sign_in
from vitascope.programme.people.invitations import digest_of
from vitascope.programme.people.repository import Person
from vitascope.rights import hold as rules
from vitascope.rights.hold import Hold, Level, Reach, Selector
from vitascope.server.web import pauses
from vitascope.settings import settings
from vitascope.store.secrets import lock


@pytest.fixture(scope="module")
def desk(programme_desk):
    return programme_desk


@pytest.fixture(scope="module")
def stewards(desk):
    with steward(desk) as sally, steward(desk) as sam:
        yield sally, sam


@pytest.fixture
def ana(desk):
    """A member with a mailbox."""
    desk.carry()
    made = desk.key(scopes=keys.MEMBER_SCOPES)
    address = f"{made.key.party}@example.org"
    with desk.database.transaction() as tx:
        person = Person(
            party=made.key.party, address_digest=digest_of(address, SECRETS), address=lock(address, SECRETS)
        )
        people.add_person(tx, person)
    with desk.client(made.credential) as client:
        client.party, client.key = made.key.party, made.key.id
        yield client


def _code(desk, party):
    with desk.database.transaction() as tx:
        return sign_in.ask_link(tx, people.mailbox(tx, party, SECRETS), secrets=SECRETS, now=time.time()).token


def _place(steward, level="no_create", reach="key", **more):
    return steward.post("/v1/programme/holds", json={"reach": reach, "level": level, "reason": "It is loose.", **more})


def test_a_pause_hits_one_key_and_is_appealed(desk, stewards, ana):
    """Its owner reads the reason, goes on reading, and a steward without a part in it answers."""
    sally, sam = stewards
    made = _place(sally, target=ana.key).json()
    refused = ana.post("/v1/videos", json={"prompt": "a parrot flies"})
    seen = ana.get("/v1/programme/holds").json()["data"]
    appealed = ana.post(f"/v1/programme/holds/{made['id']}/appeal").json()
    own = sally.post(f"/v1/programme/holds/{made['id']}/answer", json={"is_upheld": True})
    lifted = sam.post(f"/v1/programme/holds/{made['id']}/answer", json={"is_upheld": False}).json()

    assert "It is loose." in error_of(refused)["message"]
    assert [made["id"]] == [one["id"] for one in seen]
    assert {"placed_by", "evidence"} & set(seen[0]) == set(), "who placed it and why they think so stays with stewards"
    assert "open" == appealed["appeal"]["state"]
    assert 400 == own.status_code
    assert "lifted" == lifted["state"]
    assert 200 == ana.post("/v1/videos", json={"prompt": "a parrot flies"}).status_code


def test_a_wide_pause_takes_two_and_its_renewal_too(stewards, ana):
    """One steward's word pauses nobody; lifting it is open to each; a renewal needs a new reason."""
    sally, sam = stewards
    made = _place(sally, reach="all", hours=72).json()
    assert 200 == ana.post("/v1/videos", json={"prompt": "a parrot flies"}).status_code
    assert 403 == sally.post(f"/v1/programme/holds/{made['id']}/agree").status_code
    assert "in force" == sam.post(f"/v1/programme/holds/{made['id']}/agree").json()["state"]
    assert 403 == ana.post("/v1/videos", json={"prompt": "a parrot flies"}).status_code
    same = sally.post(f"/v1/programme/holds/{made['id']}/renew", json={"reason": "it is LOOSE. "})
    again = sally.post(f"/v1/programme/holds/{made['id']}/renew", json={"reason": "A second key is loose."}).json()
    assert 400 == same.status_code
    assert "placed" == again["state"]
    for name in (made["id"], again["id"]):
        assert "lifted" == sam.post(f"/v1/programme/holds/{name}/lift").json()["state"]
    assert [400] * 3 == [
        _place(sally, reach="all", level=level, hours=73).status_code for level in ("throttle", "step_up", "no_create")
    ]
    assert 2 <= len(sally.get("/v1/programme/holds/all").json()["data"])


@pytest.mark.parametrize("reach", ["key", "permission", "cohort", "feature"])
@pytest.mark.parametrize("what", ["nothing", "the text of a key"])
def test_nothing_is_held_that_is_not_there(desk, stewards, ana, reach, what):
    """A mistyped id is a plain sentence, never "in force"; a key's text is not repeated, nor written into a leaf."""
    credential = ana.headers["authorization"].removeprefix("Bearer ")
    before = len(stewards[0].get("/v1/programme/holds/all").json()["data"])
    answer = _place(stewards[0], reach=reach, target=credential if what == "the text of a key" else "vidoe.craete")

    assert 404 == answer.status_code
    assert "There is no" in error_of(answer)["message"]
    assert credential[13:43] not in answer.text
    assert before == len(stewards[0].get("/v1/programme/holds/all").json()["data"])


@pytest.mark.parametrize("field", ["reason", "evidence"])
def test_no_key_is_quoted_in_a_hold(stewards, ana, field):
    """Whoever it reaches reads the reason, so that a key in it would be given away."""
    credential = ana.headers["authorization"].removeprefix("Bearer ")
    answer = _place(stewards[0], target=ana.key, **{field: f"It says {credential} at x.example"})

    assert 400 == answer.status_code
    assert credential[13:43] not in answer.text
    assert [] == ana.get("/v1/programme/holds").json()["data"]


@pytest.mark.parametrize("hours", ["NaN", "Infinity", "1e12", "-1", "0"])
def test_a_length_that_is_none_is_one_sentence(stewards, ana, hours):
    """No number, no end, a hundred million years, none at all."""
    content = f'{{"reach": "key", "target": "{ana.key}", "level": "watch", "reason": "r", "hours": {hours}}}'
    answer = stewards[0].post("/v1/programme/holds", content=content, headers={"content-type": "application/json"})

    assert answer.status_code in {400, 422}
    assert "hours" in error_of(answer)["message"] or "JSON" in error_of(answer)["message"]


def test_a_slowed_key_is_told_how_many_it_may_have_at_once(stewards, ana):
    """One, and why; a page that asks beforehand sends no more."""
    before = ana.get("/v1/programme/me").json()["at_once"]
    made = _place(stewards[0], level="throttle", target=ana.key).json()
    slowed = ana.get("/v1/programme/me").json()
    stewards[0].post(f"/v1/programme/holds/{made['id']}/lift")

    assert before > 1 == slowed["at_once"]
    assert "It is loose." in slowed["explanation"]


def test_a_steward_does_not_hold_or_free_themselves(stewards):
    """Neither their key nor what is theirs; another one does."""
    sally, sam = stewards
    assert "own_case" == error_of(_place(sally, target=sally.key))["code"]
    made = _place(sam, level="watch", target=sally.key).json()
    assert "own_case" == error_of(sally.post(f"/v1/programme/holds/{made['id']}/lift"))["code"]
    assert 200 == sam.post(f"/v1/programme/holds/{made['id']}/lift").status_code


def test_this_is_me_takes_more_than_the_key(desk, ana):
    """Whoever found the key has the key: a code from the owner's mailbox lifts the hold, the key alone does not."""
    log, now = desk.app.state.desk.log, datetime.now(UTC)
    with desk.database.transaction() as tx:
        for words in ("throttled", "again"):
            watch._follow(tx, log, ana.key, _judged(words), now)
    notice = ana.get("/v1/programme/notices").json()["data"][0]
    path = f"/v1/programme/notices/{notice['id']}/answer"
    bare = ana.post(path, json={"said": "me"})
    guess = ana.post(path, json={"said": "me", "token": "guess"})
    told = ana.post(path, json={"said": "me", "token": _code(desk, ana.party)})
    twice = ana.post(path, json={"said": "help"})

    assert "throttled" in notice["words"]
    assert (401, 401) == (bare.status_code, guess.status_code)
    assert "me" == told.json()["answer"]
    assert [] == ana.get("/v1/programme/holds").json()["data"]
    assert 403 == twice.status_code


def _judged(words):
    from vitascope.programme.leaks.score import Part, Score, Signal

    return Score(parts=(Part(signal=Signal.PROMPTS, points=60.0, words=words),))


def test_a_stepped_up_key_goes_on_after_a_confirmation(desk, stewards, ana):
    """With a code from the mailbox, for twelve hours."""
    _place(stewards[0], level="step_up", target=ana.key)
    before = ana.post("/v1/videos", json={"prompt": "a parrot flies"})
    ana.post("/v1/programme/confirm", json={"token": _code(desk, ana.party)})
    after = ana.post("/v1/videos", json={"prompt": "a parrot flies"})

    assert (403, 200) == (before.status_code, after.status_code)


def test_a_canary_is_held_when_it_is_used(desk, stewards, ana):
    """The first use is let in and seen; the second makes nothing."""
    stewards[0].post("/v1/programme/canaries", json={"key": ana.key})
    first = ana.post("/v1/videos", json={"prompt": "a parrot flies"})
    second = ana.post("/v1/videos", json={"prompt": "a parrot flies"})

    assert (200, 403) == (first.status_code, second.status_code)
    assert "planted to be found" in error_of(second)["message"]


READS = {
    "the list": ("GET", "/v1/videos"),
    "its export": ("GET", "/v1/export"),
    "no scope for it": ("GET", "/metrics"),
    "nothing there": ("GET", "/v1/videos/video_none"),
    "a refused report": ("POST", "/v1/programme/contributions"),
    "an open page, with a key": ("GET", "/v1/programme/contributions"),
}


@pytest.mark.parametrize("asked", READS)
def test_a_canary_is_seen_on_every_knock(stewards, ana, asked):
    """Reading, exporting, asking in vain: it is answered as any key, and held before the answer is there."""
    method, path = READS[asked]
    before = ana.request(method, path)
    stewards[0].post("/v1/programme/canaries", json={"key": ana.key})
    told = ana.request(method, path)
    held = [one for one in stewards[0].get("/v1/programme/holds/all").json()["data"] if one["target"] == ana.key]
    ana.request(method, path)
    again = [one for one in stewards[0].get("/v1/programme/holds/all").json()["data"] if one["target"] == ana.key]

    assert before.status_code == told.status_code
    assert [("no_create", "watch")] == [(one["level"], one["placed_by"]) for one in held]
    assert held == again, "once is enough"
    assert 200 == ana.get("/v1/videos").status_code, "reading stays open"


@pytest.fixture
def scanner(tmp_path, monkeypatch):
    """A scanner known to this house; signs bodies."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    known = {"public_keys": [{"key_identifier": "scanner-1", "key": pem}]}
    (tmp_path / "secret-scanners.json").write_text(json.dumps(known))
    monkeypatch.setenv("VITASCOPE_HOME", str(tmp_path))
    settings.cache_clear()
    yield lambda body: base64.b64encode(key.sign(body, ec.ECDSA(SHA256()))).decode()
    monkeypatch.undo()
    settings.cache_clear()


def test_an_alert_is_taken_only_with_its_signature(desk, ana, scanner):
    """Wrong, missing or of other bytes: nothing is held. Right: the key makes nothing more, and its owner is told."""
    credential = ana.headers["authorization"].removeprefix("Bearer ")
    body = json.dumps(
        [{"token": credential, "type": "vitascope", "url": "https://x.example/1", "source": "commit"}]
    ).encode()

    def send(content, signature, signed_by="scanner-1"):
        headers = {"github-public-key-identifier": signed_by, "github-public-key-signature": signature}
        with httpx2.Client(base_url=desk.url) as anybody:
            return anybody.post("/v1/programme/secret-alerts", content=content, headers=headers)

    wrong = [
        send(body, scanner(b"other bytes")),
        send(body, "no base64"),
        send(body, ""),
        send(body + b" ", scanner(body)),
        send(body, scanner(body), "scanner-2"),
    ]
    before = ana.post("/v1/videos", json={"prompt": "a parrot flies"})
    good = send(body, scanner(body))
    after = ana.post("/v1/videos", json={"prompt": "a parrot flies"})

    assert [400] * 5 == [one.status_code for one in wrong]
    assert 200 == before.status_code
    assert 1 == good.json()["held"]
    assert credential not in good.text
    assert 403 == after.status_code
    assert "https://x.example/1" in ana.get("/v1/programme/notices").json()["data"][0]["words"]


def test_a_member_is_written_to_at_once(desk, ana, capsys):
    """A letter about the notice leaves within seconds; it is sent once."""
    with desk.database.transaction() as tx:
        alert = Alert(key=ana.key, url="", source="commit")
        watch.take_alerts(tx, desk.app.state.desk.log, [alert], now=datetime.now(UTC))
    begin, until, told = f"Your key {ana.key} ", time.monotonic() + 30, ""  # letters of other tests may leave late
    while begin not in told and time.monotonic() < until:
        time.sleep(0.2)
        told += capsys.readouterr().err
    time.sleep(2.5)

    assert "must be taken for everybody's" in told[told.index(begin) :]
    assert begin not in capsys.readouterr().err


def test_the_page_offers_another_appeal_once_the_days_of_the_last_are_over():
    """The button is there before the first, gone while one waits or was just turned down, and there again after."""
    placed, days = datetime(2026, 11, 1, tzinfo=UTC), timedelta(days=1)
    hold = Hold(
        id="hold_1", selector=Selector(reach=Reach.KEY, id="k"), level=Level.NO_CREATE, reason="Posted.",
        placed_by="sam", placed=placed, until=placed + 90 * days,
    )  # fmt: skip
    waiting = rules.appeal(hold, by="ana", now=placed)
    denied = rules.answer(waiting, by="sally", is_upheld=True)
    told = [
        pauses.shown([one], now)
        for one, now in ((hold, placed), (waiting, placed), (denied, placed), (denied, placed + 5 * days))
    ]

    assert [True, False, False, True] == ["/programme/holds/appeal" in page for page in told]
    assert "may be appealed again from 2026-11-06" in told[2]
