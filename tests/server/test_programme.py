"""The programme and rights at the desk: what a member does with a key of theirs, and what others see of it."""

import time
from datetime import UTC, datetime

import httpx2
import pytest

from vitascope.errors import LogError
from vitascope.programme import keys
from vitascope.programme import repository as key_rows
from vitascope.programme.actor import keeper
from vitascope.programme.leaks import traces
from vitascope.programme.voice import book
from vitascope.rights.checkpoint import Verifier
from vitascope.rights.consent import works
from vitascope.rights.consent.works import Upload
from vitascope.rights.logbook import signer_of
from vitascope.rights.merkle import is_consistent
from vitascope.rights.uses import Use


@pytest.fixture(scope="module")
def desk(programme_desk):
    return programme_desk


@pytest.fixture
def ana(desk):
    """A member: her client, and her party."""
    made = desk.key(scopes=("video.create", "video.read"))
    with desk.client(made.credential) as client:
        client.party = made.key.party
        yield client


@pytest.fixture
def ben(desk):
    with desk.client() as client:
        yield client


def test_a_report_is_sent_in_and_seen_by_all(ana, ben):
    """With its state, its dates and the credit its author chose; a private one is nobody else's."""
    sent = {"kind": "bug", "title": "Two heads", "credit": "handle", "credited_as": "@ana"}
    made = ana.post("/v1/programme/contributions", json=sent).json()
    private = ana.post("/v1/programme/contributions", json={**sent, "is_public": False}).json()
    listed = [one["id"] for one in ben.get("/v1/programme/contributions").json()["data"]]

    assert ("submitted", "@ana") == (made["state"], made["credited_as"])
    assert made["id"] in listed
    assert private["id"] not in listed
    assert 404 == ben.get(f"/v1/programme/contributions/{private['id']}").status_code
    assert 200 == ana.get(f"/v1/programme/contributions/{private['id']}").status_code


def test_what_makes_a_render_again_is_shown_to_its_author_alone(desk, ana, ben):
    """And to reviewers; in no list, and to nobody else who reads the report."""
    video = ana.post("/v1/videos", json={"prompt": "a parrot flies", "seed": 7}).json()["id"]
    sent = {"kind": "bug", "title": "Two heads", "about": video}
    made = ana.post("/v1/programme/contributions", json=sent).json()
    path = f"/v1/programme/contributions/{made['id']}"
    listed = ben.get("/v1/programme/contributions").json()["data"]

    assert ("a parrot flies", 7) == tuple(made["manifest"]["order"][name] for name in ("prompt", "seed"))
    assert made["manifest"] == ana.get(path).json()["manifest"]
    assert "manifest" not in ben.get(path).json()
    assert "manifest" not in httpx2.get(desk.url + path).json()
    assert not any("manifest" in one for one in listed)


def test_what_was_declined_is_disputed_by_its_author_alone(desk, ana, ben):
    """And stays in the list with both reasons."""
    made = ana.post("/v1/programme/contributions", json={"kind": "feedback", "title": "I dislike this"}).json()
    reviewers = [keeper(name, {Use.CONTRIBUTION_TRIAGE}, at=datetime.now(UTC)) for name in ("rita", "raj")]
    now, log = datetime.now(UTC), desk.app.state.desk.log
    with desk.database.transaction() as tx:
        book.triage(tx, log, reviewers[0], made["id"], severity=None, now=now)
        book.decline(tx, log, reviewers[1], made["id"], reason="We disagree.", now=now)
    path = f"/v1/programme/contributions/{made['id']}"

    assert 400 == ben.post(f"{path}/dispute", json={"reason": "me too"}).status_code
    assert "disputed" == ana.post(f"{path}/dispute", json={"reason": "I do not"}).json()["state"]
    assert ["", "", "We disagree.", "I do not"] == [step["reason"] for step in ben.get(path).json()["steps"]]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("contributions", {"kind": "bug"}, 400),
        ("contributions", {"kind": "praise", "title": "x"}, 400),
        ("contributions", {"kind": "bug", "title": "x", "credit": "name"}, 400),
        ("contributions", {"kind": "bug", "title": "x", "hidden": True}, 400),
        ("contributions", {"kind": "bug", "title": "x", "about": "video_none"}, 404),
        ("proposals", {"title": ""}, 400),
        ("proposals", {"title": "x", "days": 1}, 400),
        ("proposals/proposal_none/vote", {"is_for": True}, 404),
        ("proposals/proposal_none/vote", {}, 400),
        ("releases", {"video": "video_none"}, 404),
        ("releases", {"video": "video_none", "licence": "MIT"}, 400),
        ("contributions/none/gift", {}, 404),
    ],
)
def test_bad_input_is_told_apart(ana, path, body, status):
    """A sentence and a code, never a bug's page."""
    answer = ana.post(f"/v1/programme/{path}", json=body)

    assert status == answer.status_code, answer.text
    assert answer.json()["error"]["message"]


def test_members_vote(ana, ben):
    """A changed vote counts once."""
    made = ana.post("/v1/programme/proposals", json={"title": "Longer films"}).json()
    path = f"/v1/programme/proposals/{made['id']}/vote"
    ana.post(path, json={"is_for": True})
    ben.post(path, json={"is_for": True})

    told = ben.post(path, json={"is_for": False}).json()

    assert (1, 1) == (told["votes_for"], told["votes_against"])


def test_money_is_told(ana):
    """The published rates, one's own statement, and the public figures without a name."""
    assert 4_000 == ana.get("/v1/programme/rates").json()["rates"]["bug.low"]
    assert [] == ana.get("/v1/programme/statement").json()["items"]
    figures = ana.get("/v1/programme/aggregates").json()
    assert {"holds", "contributions", "payments", "consents"} <= figures.keys()
    assert ana.party not in str(figures)


def test_who_is_traced_is_told(desk, ana, ben):
    """By whom, to which render and why; nobody else reads it, and the log says so first."""
    with desk.database.transaction() as tx:
        traces.tell(
            tx, desk.app.state.desk.log, party=ana.party, render="0" * 16, stewards=("ada", "bo"),
            reason="a clip under embargo was posted", now=datetime.now(UTC),
        )  # fmt: skip

    (told,) = ana.get("/v1/programme/notices").json()["data"]

    assert [] == ben.get("/v1/programme/notices").json()["data"]
    assert all(word in told["words"] for word in ("ada and bo", "0" * 16, "under embargo"))


def test_a_work_is_granted_and_withdrawn_by_its_owner(desk, ana, ben):
    """Others do not learn that it exists."""
    upload = Upload(title="A cat", content=b"<svg/>", media_type="image/svg+xml", is_mine=True)
    with desk.database.transaction() as tx:
        name = works.put_in(tx, desk.app.state.desk.log, ana.party, upload, now=datetime.now(UTC)).id

    assert [] == ana.get("/v1/rights/works").json()["data"][0]["granted"]
    assert 404 == ben.post(f"/v1/rights/works/{name}/grant", json={"uses": ["train"]}).status_code
    assert 400 == ana.post(f"/v1/rights/works/{name}/grant", json={"uses": ["train", "sell"]}).status_code
    assert ["train"] == ana.post(f"/v1/rights/works/{name}/grant", json={"uses": ["train"]}).json()["granted"]
    told = ana.post(f"/v1/rights/works/{name}/withdraw", json={"uses": ["train"]}).json()
    assert ([], []) == (told["granted"], told["models_that_learned_from_it"])


def test_a_commission_is_the_artists_to_answer(ana, ben):
    """Asked, not given; accepted by the artist alone; taken back by them."""
    made = ben.post("/v1/rights/commissions", json={"artist": ana.party, "brief": "Rain"}).json()
    path = f"/v1/rights/permissions/{made['id']}"

    assert "offered" == made["state"]
    assert 404 == ben.post(f"{path}/accept").status_code
    assert "active" == ana.post(f"{path}/accept").json()["state"]
    assert "ended" == ana.post(f"{path}/withdraw").json()["state"]
    assert made["id"] in [one["id"] for one in ana.get("/v1/rights/permissions").json()["data"]]


def test_the_log_proves_that_it_only_grows(desk, ana):
    """A checkpoint kept earlier is continued by the one of now."""
    verifier: Verifier = signer_of(desk.folder).verifier
    old = verifier.read(ana.get("/v1/rights/log/checkpoint").text)
    ana.post("/v1/programme/contributions", json={"kind": "feedback", "title": f"at {time.time()}"})
    new = verifier.read(ana.get("/v1/rights/log/checkpoint").text)
    told = ana.get("/v1/rights/log/consistency", params={"old": old.size, "new": new.size}).json()
    proof = [bytes.fromhex(step) for step in told["proof"]]

    assert new.size > old.size
    assert is_consistent(old.root, old.size, new.root, new.size, proof=proof)
    assert 404 == ana.get("/v1/rights/log/consistency", params={"old": 0, "new": 10**9}).status_code


def test_without_a_key_nothing_is_told(desk):
    """About anybody: their money, say, is theirs to read."""
    assert 401 == httpx2.get(f"{desk.url}/v1/programme/statement").status_code


def test_a_key_is_taken_back_after_its_leaf_and_not_without_it(desk, monkeypatch):
    """The leaf is written while the key still opens; where it cannot be, the answer is 503 and the key goes on."""
    made, log = desk.key(scopes=keys.MEMBER_SCOPES), desk.app.state.desk.log
    key, seen, append = made.key.id, [], log.append
    with desk.client(made.credential) as ana:

        def watched(event):
            with desk.database.reading() as tx:
                seen.append((event.kind, event.by, event.about, key_rows.key(tx, key).revoked_at))
            return append(event)

        def full(_event):
            raise LogError("The log cannot be written: the disk is full.")

        monkeypatch.setattr(log, "append", full)
        refused, still = ana.delete(f"/v1/programme/keys/{key}"), ana.get("/v1/programme/keys")
        monkeypatch.setattr(log, "append", watched)
        done, gone = ana.delete(f"/v1/programme/keys/{key}"), ana.get("/v1/programme/keys")

    assert (503, 200, 200, 401) == tuple(one.status_code for one in (refused, still, done, gone))
    assert [("key.revoked", made.key.party, key, None)] == seen
    assert done.json()["revoked_at"]
