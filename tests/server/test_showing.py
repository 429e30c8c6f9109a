"""What the world sees: releases, remixes by right, manners, works put in, papers of a model, the log from outside."""

import json
import time
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from desks import FILM, error_of

from tests.programme.members import fill_pool
from tests.server.test_uses import picture
from vitascope.programme import keys
from vitascope.programme.people import repository as people
from vitascope.programme.people.repository import Person
from vitascope.programme.roles import repository as role_rows
from vitascope.programme.roles import seats
from vitascope.programme.roles.repository import Seat
from vitascope.rights.checkpoint import signer_at
from vitascope.rights.cosign import Auditor, cosign, cosigned_at
from vitascope.rights.logbook import signer_of
from vitascope.rights.merkle import leaf_hash, tree_root
from vitascope.store.tables import parties


@pytest.fixture(scope="module")
def desk(programme_desk):
    return programme_desk


def _member(desk, name="", scopes=keys.MEMBER_SCOPES):
    desk.carry()
    made = desk.key(scopes=scopes)
    if name:
        with desk.database.transaction() as tx:
            people.add_person(tx, Person(party=made.key.party, address_digest=made.key.party, address="locked"))
            tx.execute(sa.update(parties).where(parties.c.id == made.key.party).values(name=name))
    client = desk.client(made.credential)
    client.party = made.key.party
    return client


def _render(desk, member):
    video = member.post("/v1/videos", json={"prompt": "a parrot flies over a beach"}).json()["id"]
    desk.finish(video)
    return video


def test_a_release_is_seen_by_everybody_until_it_is_taken_back(desk, anybody):
    """Without a key, with the maker's name as they wish; nobody was asked, and unpublishing is at once."""
    with _member(desk) as ana:
        video = _render(desk, ana)
        path = f"/v1/programme/releases/{video}"
        assert 404 == anybody.get(path).status_code
        body = {"video": video, "licence": "CC-BY-4.0", "credit": "Ana <b>Lima</b>"}
        assert 200 == ana.post("/v1/programme/releases", json=body).status_code
        told, film = anybody.get(path).json(), anybody.get(f"{path}/content")
        page, wall = anybody.get(f"/released/{video}"), anybody.get("/released")
        part = anybody.get(f"{path}/content", headers={"range": "bytes=0-9"})
        listed = anybody.get("/v1/programme/releases").json()["data"]
        ana.delete(path)

        assert ("CC-BY-4.0", "Ana <b>Lima</b>") == (told["licence"], told["credit"])
        assert FILM == film.content
        assert FILM[:10] == part.content
        assert "&lt;b&gt;Lima" in page.text, "a name is shown, not obeyed"
        assert video in wall.text
        assert video in [one["video"] for one in listed]
        assert [404, 404, 404] == [
            anybody.get(gone).status_code for gone in (path, f"{path}/content", f"/released/{video}")
        ]


def test_a_remix_takes_its_makers_right(desk):
    """Hidden: not there. Shown: refused, with whom to ask. Released for it: made. Taken back: refused again."""
    with _member(desk) as ana, _member(desk) as ben:
        video = _render(desk, ana)
        wish = {"prompt": "a parrot flies over a city"}

        def remix():
            return ben.post(f"/v1/videos/{video}/remix", json=wish)

        hidden = remix()
        ana.post("/v1/programme/releases", json={"video": video})
        shown = remix()
        uses = ["video.read", "video.remix"]
        ana.post("/v1/programme/releases", json={"video": video, "uses": uses, "licence": "CC-BY-4.0"})
        made = remix()
        ana.delete(f"/v1/programme/releases/{video}")

        assert 404 == hidden.status_code
        assert "not_granted" in error_of(shown)["message"]
        assert ana.party in error_of(shown)["message"]
        assert video == made.json()["remixed_from_video_id"]
        assert 404 == remix().status_code
        assert 200 == ana.post(f"/v1/videos/{video}/remix", json=wish).status_code, "one's own needs nobody"


def test_the_manner_of_a_member_takes_their_yes(desk):
    """The refusal offers to commission them; after their yes it is made; in a batch the whole batch is refused."""
    with _member(desk, "Mira Solberg") as mira, _member(desk) as ben:
        wish = {"prompt": "a cat in the style of Mira Solberg"}
        refused = ben.post("/v1/videos", json=wish)
        batch = ben.post("/v1/videos/batch", json={"requests": [{"prompt": "a cat jumps"}, wish]})
        own = mira.post("/v1/videos", json=wish)
        asked = ben.post("/v1/rights/commissions", json={"artist": mira.party, "brief": "Ten seconds of rain"}).json()
        waiting = ben.post("/v1/videos", json=wish)
        mira.post(f"/v1/rights/permissions/{asked['id']}/accept")
        allowed = ben.post("/v1/videos", json=wish)
        plain = ben.post("/v1/videos", json={"prompt": "a cat in the style of a woodcut"})

    assert "style_not_permitted" == error_of(refused)["code"]
    assert f"/v1/rights/commissions with artist {mira.party}" in error_of(refused)["message"]
    assert (403, 200, 403, 200, 200) == (
        batch.status_code, own.status_code, waiting.status_code, allowed.status_code, plain.status_code,
    )  # fmt: skip


def test_a_likeness_is_in_levels_and_revocable(desk):
    """Only its person says; `nobody` takes everything back."""
    with _member(desk) as ana:
        path = "/v1/rights/likenesses/smile"
        wish = {"circle": "approved", "approved": ["ben"], "restrictions": "Never in advertising.", "days": 30}
        given = ana.post(path, json=wish).json()["data"]
        nameless = ana.post(path, json={"circle": "approved"})
        ana.post(path, json={"circle": "nobody"})
        states = [one["state"] for one in ana.get("/v1/rights/likenesses").json()["data"]]

    assert [("ben", "Never in advertising.")] == [(one["for"], one["restrictions"]) for one in given]
    assert "likeness_not_permitted" == error_of(nameless)["code"]
    assert ["ended"] == states


def test_a_name_is_its_persons_and_an_order_asks_them(desk):
    """Nobody else speaks for it; an order, a batch and a remix that name it take their yes, and each no is a leaf."""
    with _member(desk) as ana, _member(desk) as ben:
        name = f"Smile-{ana.party[-8:]}"
        path, wish = f"/v1/rights/likenesses/{name}", {"prompt": f"a parrot and @{name.lower()} fly over a beach"}
        unclaimed = ben.post("/v1/videos", json=wish)
        missing = ben.get(path)
        ana.post(path, json={"circle": "nobody"})
        stolen = ben.post(path, json={"circle": "everybody"})
        refused, own = ben.post("/v1/videos", json=wish), ana.post("/v1/videos", json=wish)
        batch = ben.post("/v1/videos/batch", json={"requests": [{"prompt": "a cat jumps"}, wish]})
        remix = ben.post(f"/v1/videos/{_render(desk, ben)}/remix", json=wish)
        ana.post(path, json={"circle": "approved", "approved": [ben.party], "restrictions": "Never in advertising."})
        told, allowed = ben.get(path).json(), ben.post("/v1/videos", json=wish)
        ana.post(path, json={"circle": "nobody"})
        again = ben.post("/v1/videos", json=wish)

    assert (200, 404, 200, 200) == (
        unclaimed.status_code, missing.status_code, own.status_code, allowed.status_code,
    )  # fmt: skip
    assert "spoke for it first" in error_of(stolen)["message"]
    for answer in (stolen, refused, batch, remix, again):
        assert (403, "likeness_not_permitted") == (answer.status_code, error_of(answer)["code"])
    assert all(words in error_of(refused)["message"] for words in ("Rule: likeness_not_permitted", "You can appeal"))
    assert "Never in advertising." == told["restrictions"]


def test_mutuals_use_each_other_until_one_says_no(desk):
    """Over the wire, through the gate: the first yes opens nothing, the second opens both, the first no closes both."""
    with _member(desk) as ana, _member(desk) as ben:
        hers, his = (f"{word}-{ana.party[-8:]}" for word in ("smile", "grin"))

        def orders():
            sides = ((ben, hers), (ana, his))
            return [
                who.post("/v1/videos", json={"prompt": f"@{name} waves at a cat"}).status_code for who, name in sides
            ]

        ana.post(f"/v1/rights/likenesses/{hers}", json={"circle": "mutuals", "approved": [ben.party]})
        ben.post(f"/v1/rights/likenesses/{his}", json={"circle": "nobody"})
        told, waiting = [orders()], ana.get("/v1/rights/likenesses").json()["data"]
        ben.post(f"/v1/rights/likenesses/{his}", json={"circle": "mutuals", "approved": [ana.party]})
        told, met = [*told, orders()], ana.get("/v1/rights/likenesses").json()["data"]
        ben.post(f"/v1/rights/likenesses/{his}", json={"circle": "nobody"})
        told += [orders()]

    assert [[403, 403], [200, 200], [403, 403]] == told
    assert [(True, False), (True, True)] == [(one["is_mutual"], one["lets_in"]) for (one,) in (waiting, met)]


def test_a_picture_of_somebody_takes_their_yes_and_pays_them(desk):
    """Said to show a person nobody spoke for: refused. Allowed: made and booked; outside their words: refused."""
    with _member(desk) as ana, _member(desk) as ben:
        name = f"Grin-{ana.party[-8:]}"
        wish = {"prompt": "she waves at a beach", "input_reference": {"image_url": picture()}, "likeness": name}
        unclaimed = ben.post("/v1/videos", json=wish)
        without = ben.post("/v1/videos", json={"prompt": "she waves", "likeness": name})
        ana.post(f"/v1/rights/likenesses/{name}", json={"circle": "everybody", "never_with": ["beer"]})
        ruled_out = ben.post("/v1/videos", json={**wish, "prompt": "she drinks a beer"})
        with desk.database.transaction() as tx:
            fill_pool(tx, desk.app.state.desk.log, 1_000)
        made, lost = (ben.post("/v1/videos", json=wish).json()["id"] for _ in range(2))
        promised = [one["state"] for one in ana.get("/v1/programme/statement").json()["items"]]
        desk.finish(made)
        ben.delete(f"/v1/videos/{lost}")
        items = _settled(ana)

    for answer in (unclaimed, ruled_out):
        assert (403, "likeness_not_permitted") == (answer.status_code, error_of(answer)["code"])
    assert ("missing_required_parameter", "input_reference") == (error_of(without)["code"], error_of(without)["param"])
    assert ["promised", "promised"] == promised
    assert [("owed", 50, made), ("called off", 50, lost)] == items


def _settled(ana):
    """The items of a statement, once nothing of it is promised any more: the desk looks every two seconds."""
    until = time.monotonic() + 20
    while True:
        items = ana.get("/v1/programme/statement").json()["items"]
        if all(one["state"] != "promised" for one in items) or time.monotonic() > until:
            return [(one["state"], one["units"], one["reference"]) for one in items]
        time.sleep(0.2)


def test_a_work_is_put_in_over_the_wire(desk):
    """Allowed for nothing, then for one use, then for none; its file goes when it is taken away."""
    with _member(desk) as ana, _member(desk) as ben:
        file = {"file": ("cat.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")}
        facts = {"title": "A cat", "is_mine": "true", "shows": "cat, moon"}
        not_mine = ana.post("/v1/rights/works", data={**facts, "is_mine": "false"}, files=file)
        made = ana.post("/v1/rights/works", data=facts, files=file).json()
        again = ben.post("/v1/rights/works", data=facts, files=file)
        path = f"/v1/rights/works/{made['id']}"
        foreign = ben.post(f"{path}/grant", json={"uses": ["train"]})
        granted = ana.post(f"{path}/grant", json={"uses": ["train"], "days": 30}).json()
        taken = ana.post(f"{path}/withdraw", json={"uses": ["train"]}).json()
        gone = ana.delete(path)

    assert [] == made["granted"]
    assert (400, 400, 404) == (not_mine.status_code, again.status_code, foreign.status_code)
    assert (["train"], []) == (granted["granted"], taken["granted"])
    assert gone.json()["deleted"]


def test_the_papers_of_a_model_are_public(desk, anybody):
    """Croissant, works, summary and card, for whoever asks; a model of fewer things learned from fewer works."""
    desk.carry()
    listed = anybody.get("/v1/rights/models").json()["data"]
    croissant = anybody.get("/v1/rights/models/twin/croissant").json()
    summary = anybody.get("/v1/rights/models/twin/summary").json()

    assert "twin" in [one["id"] for one in listed]
    assert "http://mlcommons.org/croissant/1.1" in json.dumps(croissant["conformsTo"])
    assert "Article 53" in summary["template"]
    assert anybody.get("/v1/rights/models/twin/card").text.startswith("# Data set of twin")
    assert 245 == len(anybody.get("/v1/rights/models/twin/works").text.strip().splitlines())  # of the first edition
    desk.carry("later", weights_sha256="1" * 64, words=("parrot", "rainbow"))
    assert 420 == len(anybody.get("/v1/rights/models/later/works").text.strip().splitlines())
    assert 404 == anybody.get("/v1/rights/models/none/card").status_code


def test_a_stranger_computes_the_root_and_an_auditor_signs(desk, anybody):
    """From the leaves alone; the auditor's line is kept below ours; a fork and a stranger's line are not."""
    with _member(desk, scopes=(*keys.MEMBER_SCOPES, seats.SCOPE)) as eve, _member(desk) as ben:
        _give_role(desk, eve.party)
        note = anybody.get("/v1/rights/log/checkpoint").text
        verifier = signer_of(desk.folder).verifier
        size = verifier.read(note).size
        leaves = anybody.get("/v1/rights/log/leaves").json()["data"][:size]
        key = signer_at(desk.folder / "eve.pem", origin="eve.example").key
        auditor = Auditor(name="eve.example", key=key.public_key())
        signed = cosign(note, name="eve.example", key=key, now=datetime.now(UTC))
        early = eve.post("/v1/rights/log/cosignatures", json={"note": signed})
        assert 200 == eve.post("/v1/rights/log/auditors", json={"key": auditor.text}).status_code
        assert 403 == ben.post("/v1/rights/log/auditors", json={"key": auditor.text}).status_code
        kept = eve.post("/v1/rights/log/cosignatures", json={"note": signed})
        bare = eve.post("/v1/rights/log/cosignatures", json={"note": note})
        shown = anybody.get("/v1/rights/log/cosignatures").text

    assert verifier.read(note).root == tree_root([leaf_hash(bytes.fromhex(leaf)) for leaf in leaves])
    assert (400, 400) == (early.status_code, bare.status_code)
    assert size == kept.json()["size"]
    assert cosigned_at(shown, auditor)
    assert size == verifier.read(shown).size


def _give_role(desk, party):
    """An auditor's seat, as two stewards would give it."""
    log, now = desk.app.state.desk.log, datetime.now(UTC)
    with desk.database.transaction() as tx:
        held = seats._enter(tx, log, "sally", party, seats.Role.AUDITOR, seats.PermissionState.ACTIVE, now)
        role_rows.change(tx, Seat(permission=held.permission.id, role="auditor", offered_by="sally", agreed_by="sam"))


def test_the_numbers_are_a_page_for_everybody(anybody):
    """No key, no script, no name."""
    page = anybody.get("/figures")

    assert 200 == page.status_code
    assert "in numbers" in page.text
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_reports_and_their_states_are_open_to_everybody(desk, anybody):
    """With the credit their author chose and each step's time; no text, no render, no party, and nothing private."""
    with _member(desk, "Ana Lima") as ana:
        told = {"kind": "bug", "title": "Two heads", "body": "I asked for a secret parrot", "about": _render(desk, ana)}
        made = ana.post("/v1/programme/contributions", json={**told, "credit": "handle", "credited_as": "@ana"}).json()
        hidden = ana.post("/v1/programme/contributions", json={**told, "is_public": False}).json()["id"]
    path = "/v1/programme/contributions"
    answer = anybody.get(path)
    one = next(one for one in answer.json()["data"] if one["id"] == made["id"])

    assert ("Two heads", "@ana", "submitted") == (one["title"], one["credited_as"], one["state"])
    assert made["steps"] == one["steps"]
    assert one == anybody.get(f"{path}/{made['id']}").json()
    for word in (hidden, "secret parrot", told["about"], ana.party, "Ana Lima"):
        assert word not in answer.text
    assert 404 == anybody.get(f"{path}/{hidden}").status_code
    assert "missing_api_key" == error_of(anybody.get(path, params={"is_mine": True}))["code"]
    for other in ("changelog", "proposals"):
        assert "list" == anybody.get(f"/v1/programme/{other}").json()["object"]


def test_open_lists_are_read_as_often_as_the_turnstile_lets(desk, anybody):
    """Twenty a minute from one network; somebody with a key goes on."""
    answers = [anybody.get("/v1/programme/changelog") for _ in range(21)]
    desk.app.state.desk.turnstile._seen.clear()

    assert 429 == answers[-1].status_code
    assert "send a key" in error_of(answers[-1])["message"]


def test_the_rates_are_a_page_for_everybody(desk, anybody):
    """Each work with its price in words and in money, the artists' part, and the hash it is named by."""
    table = anybody.get("/v1/programme/rates").json()
    page = anybody.get("/rates")

    assert (4_000, 300_000) == (table["rates"]["bug.low"], table["royalty_parts"])
    for words in ("Bug, low", "40.00", "EUR", "30 %", table["hash"]):
        assert words in page.text
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
