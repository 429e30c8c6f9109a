"""The corpus over the wire: snapshots, models, opt-outs and withdrawals, and leaves that two stewards erase."""

import io
import time
from datetime import UTC, datetime

import httpx2
import numpy as np
import pytest
import sqlalchemy as sa
from desks import SECRETS, error_of, steward
from PIL import Image

from vitascope.programme import keys
from vitascope.programme.passkeys import repository as passkeys
from vitascope.programme.passkeys.repository import Passkey
from vitascope.programme.people import repository as people
from vitascope.programme.people import sign_in
from vitascope.programme.people.invitations import digest_of
from vitascope.programme.people.repository import Person
from vitascope.rights.consent.shipped import shipped_models
from vitascope.rights.consent.snapshots import works_called
from vitascope.rights.event import Event
from vitascope.rights.register import Register
from vitascope.store import rights_tables
from vitascope.store.secrets import lock

WEIGHTS, CARRIED = "a" * 64, "c" * 64
NOBODYS = "0" * 64
DRAWN = b'<svg xmlns="http://www.w3.org/2000/svg"><circle r="4"/></svg>'


@pytest.fixture(scope="module")
def desk(programme_desk):
    programme_desk.carry("small", weights_sha256=CARRIED)
    return programme_desk


@pytest.fixture(scope="module")
def stewards(desk):
    with steward(desk) as sally, steward(desk) as sam:
        yield sally, sam


@pytest.fixture
def ana(desk):
    made = desk.key(scopes=keys.MEMBER_SCOPES)
    with desk.client(made.credential) as client:
        client.party = made.key.party
        yield client


def _granted(ana, name="cat"):
    """A work of hers that may be learned from."""
    file = f'<svg xmlns="http://www.w3.org/2000/svg"><title>{name}</title></svg>'.encode()
    made = ana.post(
        "/v1/rights/works",
        files={"file": (f"{name}.svg", file, "image/svg+xml")},
        data={"title": name, "is_mine": "true", "shows": "cat"},
    ).json()
    ana.post(f"/v1/rights/works/{made['id']}/grant", json={"uses": ["train"]})
    return made["id"]


def test_a_withdrawal_finds_the_model_that_learned_from_it(stewards, ana):
    """Snapshot, record, withdraw: the answer names the model, the public list does, the next snapshot is without."""
    sally, _ = stewards
    work = _granted(ana)
    taken = sally.post("/v1/rights/snapshots").json()
    record = {"name": "ours", "weights_sha256": WEIGHTS, "snapshot": taken["id"]}
    recorded = sally.post("/v1/rights/models", json=record).json()
    before = ana.get("/v1/rights/models/affected").json()["data"]
    told = ana.post(f"/v1/rights/works/{work}/withdraw", json={"uses": ["train"]}).json()
    affected = ana.get("/v1/rights/models/affected").json()["data"]
    after = sally.post("/v1/rights/snapshots").json()
    gone = ana.delete(f"/v1/rights/works/{work}").json()
    listed = {one["id"]: one for one in ana.get("/v1/rights/snapshots").json()["data"]}

    assert ("ours", WEIGHTS, taken["id"]) == (recorded["name"], recorded["weights_sha256"], recorded["snapshot"])
    assert [] == [one for one in before if work in one["works"]]
    assert [{"name": "ours", "weights_sha256": WEIGHTS}] == told["models_that_learned_from_it"]
    assert [{"name": "ours", "weights_sha256": WEIGHTS, "works": [work]}] == affected
    assert told["models_that_learned_from_it"] == gone["models_that_learned_from_it"]
    assert taken["works"] - 1 == after["works"] == listed[after["id"]]["works"]
    assert work in ana.get(f"/v1/rights/snapshots/{taken['id']}/works").text
    assert work not in ana.get(f"/v1/rights/snapshots/{after['id']}/works").text


def test_a_snapshot_over_http_is_for_a_use(stewards, ana):
    """Training's where none is told; withdrawing a use that teaches nobody names no model; another word is refused."""
    sally, _ = stewards
    work = _granted(ana, "dog")
    ana.post(f"/v1/rights/works/{work}/grant", json={"uses": ["display"]})
    shown = sally.post("/v1/rights/snapshots", json={"use": "display"}).json()
    trained = sally.post("/v1/rights/snapshots").json()
    evaluated = sally.post("/v1/rights/snapshots", json={"use": "evaluate"}).json()
    record = {"name": "dogs", "weights_sha256": "d" * 64, "snapshot": trained["id"]}
    sally.post("/v1/rights/models", json=record)
    told = ana.post(f"/v1/rights/works/{work}/withdraw", json={"uses": ["display"]}).json()
    after = ana.post(f"/v1/rights/works/{work}/withdraw", json={"uses": ["train"]}).json()
    holding = [
        one for one in (shown, trained, evaluated) if work in ana.get(f"/v1/rights/snapshots/{one['id']}/works").text
    ]

    assert ["display", "train", "evaluate"] == [one["use"] for one in (shown, trained, evaluated)]
    assert [shown, trained] == holding
    assert [] == told["models_that_learned_from_it"]
    assert [{"name": "dogs", "weights_sha256": "d" * 64}] == after["models_that_learned_from_it"]
    assert 400 == sally.post("/v1/rights/snapshots", json={"use": "video.create"}).status_code
    assert 400 == sally.post("/v1/rights/models", json={**record, "snapshot": evaluated["id"]}).status_code


def _png():
    file = io.BytesIO()
    Image.fromarray(np.eye(64, dtype=np.uint8) * 255).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "suffix", "kind"), [(DRAWN, "svg", "image/svg+xml"), (_png(), "png", "image/webp")]
)
def test_a_work_is_shown_only_while_its_owner_grants_display(desk, stewards, ana, content, suffix, kind):
    """Not by training, not after a withdrawal, and in the card as long as that; whoever is not shown it is told 404."""
    made = ana.post(
        "/v1/rights/works",
        files={"file": (f"moon.{suffix}", content, kind)},
        data={"title": "Moon](javascript:x", "is_mine": "true"},
    ).json()
    path = f"/v1/rights/works/{made['id']}"
    ana.post(f"{path}/grant", json={"uses": ["train"]})
    taken = stewards[0].post("/v1/rights/snapshots").json()
    record = {"name": f"moons-{suffix}", "weights_sha256": suffix[0].encode().hex() * 32, "snapshot": taken["id"]}
    stewards[0].post("/v1/rights/models", json=record)
    with httpx2.Client(base_url=desk.url, timeout=60) as anybody:

        def seen():
            card = anybody.get(f"/v1/rights/models/{record['name']}/card").text
            return anybody.get(f"{path}/picture"), f"]({path}/picture)" in card

        before = seen()
        granted = ana.post(f"{path}/grant", json={"uses": ["display"]}).json()
        during, again = seen(), seen()
        withdrawn = ana.post(f"{path}/withdraw", json={"uses": ["display"]}).json()
        after = seen()
        card = anybody.get(f"/v1/rights/models/{record['name']}/card").text
        ana.post(f"{path}/grant", json={"uses": ["display"]})
        ana.delete(path)
        gone = seen()

    assert [404, 200, 200, 404, 404] == [one.status_code for one, _ in (before, during, again, after, gone)]
    assert [False, True, True, False, False] == [in_card for _, in_card in (before, during, again, after, gone)]
    assert (f"{path}/picture", None) == (granted["picture"], withdrawn["picture"])
    assert during[0].content == again[0].content
    assert (kind, "default-src 'none'") == (
        during[0].headers["content-type"],
        during[0].headers["content-security-policy"][:18],
    )
    assert made["id"] in card


def test_while_learning_is_held_no_snapshot_is_taken_for_it(stewards):
    """A hold on the feature, once two stewards agreed; the other uses go on, and so does learning once it is lifted."""
    sally, sam = stewards
    asked = {"reach": "feature", "target": "train", "level": "no_create", "reason": "A work is in dispute", "hours": 1}
    hold = sally.post("/v1/programme/holds", json=asked).json()["id"]
    waiting = sally.post("/v1/rights/snapshots")
    sam.post(f"/v1/programme/holds/{hold}/agree")
    held, tuned, shown = (
        sally.post("/v1/rights/snapshots", json={"use": use}) for use in ("train", "finetune", "display")
    )
    sam.post(f"/v1/programme/holds/{hold}/lift")
    after = sally.post("/v1/rights/snapshots")

    assert [200, 403, 200, 200, 200] == [one.status_code for one in (waiting, held, tuned, shown, after)]
    assert "A work is in dispute" in error_of(held)["message"]


def test_an_opt_out_names_what_the_house_came_with(stewards, ana):
    """An author of the register, by a steward's hand; the model that workers carry saw them, and nobody recorded it."""
    work = next(iter(Register.load().works.values()))
    told = stewards[0].post("/v1/rights/opt_outs", json={"name": work.authors[0]}).json()
    affected = {one["name"]: one["works"] for one in ana.get("/v1/rights/models/affected").json()["data"]}

    assert {"name": "small", "weights_sha256": CARRIED} in told["models_that_learned_from_it"]
    assert works_called(Register.load(), work.authors[0]) & set(affected["small"])


def test_a_withdrawal_names_the_model_that_came_with_the_package(desk, ana):
    """With no worker about, and nobody having recorded it: its weights name the register, as the command tells."""
    shipped = {"name": "s", "weights_sha256": shipped_models()[0].weights_sha256}
    work = next(iter(shipped_models()[0].register.works))
    with desk.database.transaction() as tx:
        tx.execute(sa.insert(rights_tables.opt_in_works).values(
            id=work, owner=ana.party, title="Packaged", credit="", sha256=f"{ana.party:x<64}"[:64], path="works/none",
            kind="still", concepts="cat", signals="[]", uploaded_at=time.time(),
        ))  # fmt: skip
    path = f"/v1/rights/works/{work}"
    ana.post(f"{path}/grant", json={"uses": ["train", "display"]})
    shown = ana.post(f"{path}/withdraw", json={"uses": ["display"]}).json()
    told = ana.post(f"{path}/withdraw", json={"uses": ["train"]}).json()
    affected = {one["name"]: one["works"] for one in ana.get("/v1/rights/models/affected").json()["data"]}

    assert shipped in told["models_that_learned_from_it"]
    assert [] == shown["models_that_learned_from_it"]
    assert work in affected["s"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("snapshots", {}),
        ("models", {"name": "ours", "weights_sha256": WEIGHTS, "snapshot": NOBODYS}),
        ("opt_outs", {"name": "Ana Lima"}),
        ("log/leaves/0/erase", {}),
    ],
)
def test_recording_and_erasing_take_asteward(ana, path, body):
    """A member is told which use it takes; nothing happens."""
    refused = ana.post(f"/v1/rights/{path}", json=body)

    assert (403, "role_needed") == (refused.status_code, error_of(refused)["code"])


def test_a_model_of_no_snapshot_is_not_recorded(stewards, ana):
    """Nor one whose digests are none; what is not there is told as not there."""
    body = {"name": "ours", "weights_sha256": WEIGHTS, "snapshot": NOBODYS}

    assert 404 == stewards[0].post("/v1/rights/models", json=body).status_code
    assert 400 == stewards[0].post("/v1/rights/models", json={**body, "snapshot": "X" * 64}).status_code
    assert 404 == ana.get(f"/v1/rights/snapshots/{NOBODYS}/works").status_code


def test_two_stewards_erase_a_leaf_and_neither_their_own(desk, stewards):
    """One asks, which a leaf says; the other does it; the same one twice does nothing; every proof still holds."""
    sally, sam = stewards
    log = desk.app.state.desk.log
    leaf = log.append(Event(kind="test", by="somebody", about="Ana Lima", at=datetime.now(UTC))).index
    own = log.append(Event(kind="test", by=sally.party, about="x", at=datetime.now(UTC))).index
    path = f"/v1/rights/log/leaves/{leaf}/erase"
    states = [client.post(path).json()["state"] for client in (sally, sally, sam)]

    assert ["asked", "asked", "erased"] == states
    assert log.opening(leaf) is None
    assert 404 == sam.post(path).status_code
    assert "own_case" == error_of(sally.post(f"/v1/rights/log/leaves/{own}/erase"))["code"]
    assert 404 == sam.post(f"/v1/rights/log/leaves/{10**9}/erase").status_code


def test_a_passkey_is_listed_and_forgotten_with_a_code(desk, ana):
    """A found key alone does not take it away, nor does anybody else's code."""
    address = f"{ana.party}@example.org"
    with desk.database.transaction() as tx:
        people.add_person(
            tx, Person(party=ana.party, address_digest=digest_of(address, SECRETS), address=lock(address, SECRETS))
        )
        passkeys.add(tx, Passkey(id="k" * 150, party=ana.party, public_key="p", sign_count=0, made_at=time.time()))
        code = sign_in.ask_link(tx, address, secrets=SECRETS, now=time.time()).token
    (listed,) = ana.get("/v1/programme/passkeys").json()["data"]
    path = f"/v1/programme/passkeys/{listed['id']}/remove"

    assert 401 == ana.post(path, json={"token": "guess"}).status_code
    assert ana.post(path, json={"token": code}).json()["deleted"]
    assert [] == ana.get("/v1/programme/passkeys").json()["data"]


def test_stewards_see_who_joined(stewards, ana):
    """By party and name; members do not."""
    listed = stewards[0].get("/v1/programme/members").json()["data"]

    assert all({"id", "object", "name", "access"} == set(one) for one in listed)
    assert "role_needed" == error_of(ana.get("/v1/programme/members"))["code"]
