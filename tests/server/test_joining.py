"""Coming in over the wire, from the form to a first render, and every way in which it must not work."""

import re
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from desks import SECRETS, error_of, steward
from typer.testing import CliRunner

from vitascope.cli.main import app
from vitascope.programme import keys
from vitascope.programme.people import repository as people
from vitascope.programme.people import sign_in
from vitascope.programme.people.invitations import digest_of
from vitascope.programme.roles import seats
from vitascope.rights.fair import in_short
from vitascope.settings import client_settings


@pytest.fixture(scope="module")
def desk(programme_desk):
    return programme_desk


@pytest.fixture(scope="module")
def stewards(desk):
    """Two stewards, seated at the machine; their clients."""
    with steward(desk) as sally, steward(desk) as sam:
        yield sally, sam


@pytest.fixture(scope="module")
def cohort(stewards):
    """A cohort under the fair terms."""
    made = stewards[0].post("/v1/programme/cohorts", json={"id": "first", "name": "The first", "renders_per_day": 50})
    assert 200 == made.status_code, made.text
    return "first"


def _token(made):
    return made["link"].rpartition("#invitation=")[2]


def _invited(stewards, address):
    told = stewards[0].post("/v1/programme/invitations", json={"cohort": "first", "emails": [address]}).json()
    return told["data"][0]


def _joined(anybody, stewards, address, name="Ana Lima", **more):
    token = _token(_invited(stewards, address))
    read = anybody.post("/v1/programme/invitations/open", json={"token": token}).json()
    body = {"token": token, "terms": read["terms"]["hash"], "name": name, **more}
    return anybody.post("/v1/programme/invitations/accept", json=body)


def _code(desk, party):
    """The code of a letter to a party's mailbox: the desk only prints it."""
    with desk.database.transaction() as tx:
        letter = sign_in.ask_link(tx, people.mailbox(tx, party, SECRETS), secrets=SECRETS, now=time.time())
    return letter.token


def _key(desk, anybody, party, **more):
    made = anybody.post("/v1/programme/keys", json={"token": _code(desk, party), **more})
    assert 200 == made.status_code, made.text
    return made.json()["key"]


def test_from_the_form_to_a_first_render(desk, anybody, stewards, cohort):
    """Questions of the operator's own, an application, a yes, terms read and accepted, a key, a video."""
    sally, _ = stewards
    question = sally.post("/v1/programme/questions", json={"text": "What do you draw?", "is_required": True}).json()
    form = {"email": "mia@example.org", "name": "Mia"}
    assert 400 == anybody.post("/v1/programme/applications", json=form).status_code, "an answer is missing"
    sent = anybody.post("/v1/programme/applications", json={**form, "answers": {question["id"]: "Birds."}}).json()
    told = next(one for one in sally.get("/v1/programme/applications").json()["data"] if one["id"] == sent["id"])
    made = sally.post(f"/v1/programme/applications/{sent['id']}/invite", json={"cohort": cohort}).json()
    read = anybody.post("/v1/programme/invitations/open", json={"token": _token(made)}).json()
    body = {"token": _token(made), "terms": read["terms"]["hash"], "name": "Mia"}
    joined = anybody.post("/v1/programme/invitations/accept", json=body).json()
    desk.carry()
    with desk.client(_key(desk, anybody, joined["party"])) as mia:
        video = mia.post("/v1/videos", json={"prompt": "a parrot flies"})
        mine = mia.get("/v1/programme/membership").json()
    sally.delete(f"/v1/programme/questions/{question['id']}")

    assert {"What do you draw?": "Birds."} == told["answers"]
    assert in_short(read["terms"]["text"]) == read["terms"]["in_short"]
    assert "nobody approves" in read["terms"]["in_short"].casefold()
    assert 200 == video.status_code
    assert (cohort, read["terms"]["hash"]) == (mine["access"][0]["cohort"], mine["access"][0]["terms"])


def test_a_declined_application_is_destroyed(desk, anybody, stewards):
    """The reason goes out, what they wrote does not stay, and nobody decides twice."""
    sent = anybody.post("/v1/programme/applications", json={"email": "no@example.org", "name": "Noa"}).json()
    path = f"/v1/programme/applications/{sent['id']}"
    done = stewards[0].post(f"{path}/decline", json={"reason": "We are full."})
    with desk.database.reading() as tx:
        kept = next(one for one in people.applications(tx) if one.id == sent["id"])

    assert "declined" == done.json()["state"]
    assert ("", "We are full.") == (kept.letter, kept.reason)
    assert 400 == stewards[1].post(f"{path}/invite", json={"cohort": "first"}).status_code


def test_an_invitation_works_once_and_for_its_mailbox(desk, anybody, stewards, cohort, capsys):
    """Reused, forwarded and taken back, it opens nothing; two who accept at once are one member."""
    first = _joined(anybody, stewards, "one@example.org")
    token = _token(_invited(stewards, "two@example.org"))
    read = anybody.post("/v1/programme/invitations/open", json={"token": token}).json()
    body = {"token": token, "terms": read["terms"]["hash"], "name": "A friend"}
    capsys.readouterr()
    forwarded = anybody.post("/v1/programme/invitations/accept", json=body).json()
    letter = capsys.readouterr().err
    again = anybody.post("/v1/programme/invitations/accept", json=body)
    back = _invited(stewards, "three@example.org")
    stewards[0].delete(f"/v1/programme/invitations/{back['id']}")
    taken = anybody.post("/v1/programme/invitations/open", json={"token": _token(back)})
    with desk.database.reading() as tx:
        mailbox = people.mailbox(tx, forwarded["party"], SECRETS)

    assert 200 == first.status_code
    assert "two@example.org" == mailbox, "whoever accepted it: the links go to whom it was sent to"
    assert f"/v1/programme/terms/{body['terms']}" in letter, "its owner is told what was accepted for them"
    assert "A friend" not in letter, "and nothing that somebody else may have written"
    assert "used already" in error_of(again)["message"]
    assert "taken back" in error_of(taken)["message"]
    assert "unknown" in error_of(anybody.post("/v1/programme/invitations/open", json={"token": "guess"}))["message"]
    wish = {"cohort": "first", "emails": ["one@example.org"]}
    assert "a member's already" in stewards[0].post("/v1/programme/invitations", json=wish).json()["faults"][0]["why"]


def test_terms_that_changed_between_reading_and_accepting_are_read_again(desk, anybody, stewards):
    """The old hash joins nobody; the new one does. Members keep the terms they accepted, and are told."""
    stewards[0].post("/v1/programme/cohorts", json={"id": "second", "name": "Second", "renders_per_day": 5})
    told = stewards[0].post("/v1/programme/invitations", json={"cohort": "second", "emails": ["mo@example.org"]}).json()
    token = _token(told["data"][0])
    read = anybody.post("/v1/programme/invitations/open", json={"token": token}).json()["terms"]
    better = stewards[0].post("/v1/programme/cohorts/second/terms", json={"renders_per_day": 9}).json()
    late = anybody.post("/v1/programme/invitations/accept", json={"token": token, "terms": read["hash"], "name": "Mo"})
    fresh = {"token": token, "terms": better["terms"], "name": "Mo"}
    joined = anybody.post("/v1/programme/invitations/accept", json=fresh).json()
    worse = stewards[0].post("/v1/programme/cohorts/second/terms", json={"renders_per_day": 2}).json()
    with desk.client(_key(desk, anybody, joined["party"])) as mo:
        mine = mo.get("/v1/programme/membership").json()
        early = mo.post("/v1/programme/membership/terms", json={"terms": worse["terms"]})
        kept = mo.post("/v1/programme/membership/terms/decline", json={"terms": worse["terms"]})
        none = mo.post("/v1/programme/membership/terms/decline", json={"terms": "0" * 64})

    assert "read the terms again" in error_of(late)["message"]
    assert better["effective_at"] == better["announced_at"]
    assert 30 * 86_400 == worse["effective_at"] - worse["announced_at"]
    assert better["terms"] == mine["access"][0]["terms"]
    (coming,) = mine["announced_terms"]
    assert (worse["terms"], False, None) == (coming["terms"], coming["in_force"], coming["declined_at"])
    changed = {"field": "quota.renders.day", "what": "Films each day", "before": "9", "after": "2", "effect": "worse"}
    assert [changed] == coming["changes"]
    assert kept.json()["declined_at"]
    assert 404 == none.status_code
    assert 400 == early.status_code, "terms that are not in force yet cannot be accepted"


def test_a_declined_use_changes_nothing_else(desk, anybody, stewards, cohort):
    """Without guests of their own, a member makes videos as before."""
    joined = _joined(anybody, stewards, "shy@example.org", declined=["guest.invite"]).json()
    desk.carry()
    with desk.client(_key(desk, anybody, joined["party"])) as shy:
        passes = shy.post("/v1/programme/passes", json={"name": "Friends", "renders": 3})
        video = shy.post("/v1/videos", json={"prompt": "a parrot flies"})
    strange = _joined(anybody, stewards, "odd@example.org", declined=["video.read"])

    assert 403 == passes.status_code
    assert 200 == video.status_code
    assert 400 == strange.status_code


def test_a_code_works_once_for_its_owner(desk, anybody, stewards, cohort):
    """Replayed, late or another's, it makes no key, confirms nothing and ends no access."""
    joined = _joined(anybody, stewards, "code@example.org").json()
    other = _joined(anybody, stewards, "else@example.org").json()
    code = _code(desk, joined["party"])
    first = anybody.post("/v1/programme/keys", json={"token": code})
    replayed = anybody.post("/v1/programme/keys", json={"token": code})
    with desk.database.transaction() as tx:
        people.add_link(tx, digest_of("late", SECRETS), party=joined["party"], now=0.0, expires_at=1.0)
    with desk.client(first.json()["key"]) as ana:
        foreign = ana.post("/v1/programme/confirm", json={"token": _code(desk, other["party"])})
        good = ana.post("/v1/programme/confirm", json={"token": _code(desk, joined["party"])})

    assert 401 == replayed.status_code
    assert 401 == anybody.post("/v1/programme/keys", json={"token": "late"}).status_code
    assert "own_case" == error_of(foreign)["code"]
    assert good.json()["until"] > time.time()


def test_a_key_alone_makes_no_key_and_no_member_gets_admin(desk, anybody, stewards, cohort):
    """Whoever finds a key cannot outlive it."""
    joined = _joined(anybody, stewards, "keys@example.org").json()
    with desk.client(_key(desk, anybody, joined["party"])) as ana:
        assert 401 == ana.post("/v1/programme/keys", json={"token": "none"}).status_code
        code = {"token": _code(desk, joined["party"]), "scopes": ["admin"]}
        assert 400 == ana.post("/v1/programme/keys", json=code).status_code
        mine = ana.get("/v1/programme/keys").json()["data"]
        assert 404 == ana.delete("/v1/programme/keys/someones").status_code
        assert ana.delete(f"/v1/programme/keys/{mine[0]['id']}").json()["revoked_at"]
        assert 401 == ana.get("/v1/programme/keys").status_code


def test_a_rightsholder_puts_works_in_and_makes_nothing(desk, anybody, stewards, cohort):
    """Works, consents, likeness, reports and payouts are theirs; orders, passes and votes are not, and that is said."""
    wish = {"cohort": "first", "emails": ["rita@example.org"], "part": "rightsholder"}
    unknown = stewards[0].post("/v1/programme/invitations", json={**wish, "part": "owner"})
    made = stewards[0].post("/v1/programme/invitations", json=wish).json()["data"][0]
    read = anybody.post("/v1/programme/invitations/open", json={"token": _token(made)}).json()
    body = {"token": _token(made), "terms": read["terms"]["hash"], "name": "Rita Roe", "declined": ["video.create"]}
    joined = anybody.post("/v1/programme/invitations/accept", json=body).json()
    listed = next(one for one in stewards[0].get("/v1/programme/invitations").json()["data"] if one["id"] == made["id"])
    desk.carry()
    with desk.client(_key(desk, anybody, joined["party"])) as rita:
        file = {"file": ("cat.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")}
        work = rita.post("/v1/rights/works", data={"title": "A cat", "is_mine": "true", "shows": "cat"}, files=file)
        path = f"/v1/rights/works/{work.json()['id']}"
        may = [
            work,
            rita.post(f"{path}/grant", json={"uses": ["train"], "days": 30}),
            rita.post(f"{path}/withdraw", json={"uses": ["train"]}),
            rita.get("/v1/programme/statement"),
            rita.get("/v1/programme/membership"),
            rita.get("/v1/videos"),
            rita.post(f"/v1/rights/likenesses/rita-{joined['party'][-6:]}", json={"circle": "nobody"}),
            rita.post("/v1/programme/contributions", json={"kind": "bug", "title": "Two heads"}),
        ]
        may_not = [
            rita.post("/v1/videos", json={"prompt": "a parrot flies"}),
            rita.post("/v1/programme/passes", json={"name": "Demo", "renders": 3}),
            rita.post("/v1/programme/proposals", json={"title": "Longer films", "body": "Please.", "days": 7}),
        ]

    assert 400 == unknown.status_code
    assert ("rightsholder", []) == (read["part"], read["may_decline"])
    assert ("rightsholder", "used") == (listed["part"], listed["state"])
    assert [200] * len(may) == [one.status_code for one in may], [one.text for one in may if one.status_code != 200]
    assert [403] * len(may_not) == [one.status_code for one in may_not], [one.text for one in may_not]
    assert "does not include video.create" in error_of(may_not[0])["message"]


def test_leaving_ends_access_and_takes_nothing(desk, anybody, stewards, cohort):
    """Nothing new is made; what was made is read as before."""
    joined = _joined(anybody, stewards, "bye@example.org").json()
    desk.carry()
    with desk.client(_key(desk, anybody, joined["party"])) as ana:
        video = ana.post("/v1/videos", json={"prompt": "a parrot flies"}).json()["id"]
        ended = ana.post("/v1/programme/membership/leave", json={"token": _code(desk, joined["party"])}).json()
        more = ana.post("/v1/videos", json={"prompt": "a parrot flies"})
        still = ana.get(f"/v1/videos/{video}")

    assert ["returned"] == [one["ending"] for one in ended["data"]]
    assert 403 == more.status_code
    assert 200 == still.status_code


def test_ten_thousand_rows_are_invited_but_for_those_that_are_none(stewards, cohort):
    """Each bad line is named by its number; the others go out in one transaction with one leaf."""
    rows = [f"artist{number}@example.org,Artist {number}" for number in range(9_999)]
    rows[7], rows[5_000] = "not an address,x", rows[3]
    told = stewards[0].post(
        "/v1/programme/invitations", json={"cohort": cohort, "table": "\n".join(["mail,name", *rows])}
    )

    assert 9_997 == len(told.json()["data"])
    assert [(9, "it has no mail address"), (5_002, "it repeats line 5")] == [
        (fault["line"], fault["why"]) for fault in told.json()["faults"]
    ]


def test_a_role_takes_two_and_is_never_ones_own(desk, stewards):
    """Proposed by one steward, agreed by another; reviewing and paying never meet; a plain key carries no role."""
    sally, sam = stewards
    rita, plain = desk.key(scopes=(*keys.MEMBER_SCOPES, seats.SCOPE)), desk.key(scopes=keys.MEMBER_SCOPES)
    offer = {"party": rita.key.party, "role": "reviewer"}
    made = sally.post("/v1/programme/roles", json=offer).json()
    with desk.client(rita.credential) as her, desk.client(plain.credential) as member:
        report = member.post("/v1/programme/contributions", json={"kind": "bug", "title": "Two heads"}).json()["id"]
        path = f"/v1/programme/contributions/{report}/triage"
        before = her.post(path, json={"severity": "low"})
        alone = sally.post(f"/v1/programme/roles/{made['id']}/agree")
        agreed = sam.post(f"/v1/programme/roles/{made['id']}/agree").json()
        after = her.post(path, json={"severity": "low"})
    both = sally.post("/v1/programme/roles", json={**offer, "role": "treasurer"})
    own = sally.post("/v1/programme/roles", json={"party": sally.party, "role": "auditor"})
    gone = sam.delete(f"/v1/programme/roles/{made['id']}").json()

    assert ("offered", "active", "ended") == (made["state"], agreed["state"], gone["state"])
    assert (403, 403, 200) == (before.status_code, alone.status_code, after.status_code)
    assert "never in one hand" in error_of(both)["message"]
    assert "own_case" == error_of(own)["code"]


def test_a_third_steward_is_not_seated_by_hand(desk, stewards):
    """After the first two, one proposes and another agrees; the wire seats nobody."""
    made = desk.key()
    with desk.database.transaction() as tx, pytest.raises(Exception, match="There are 2 stewards"):
        seats.seat_steward(tx, desk.app.state.desk.log, made.key.party, by="operator", now=datetime.now(UTC))


def test_whoever_has_no_role_stewards_nothing(desk, stewards):
    """Every call of stewards says which role it takes."""
    with desk.client(desk.key().credential) as member:
        for method, path, body in (
            ("GET", "cohorts", None),
            ("POST", "cohorts", {"id": "mine", "name": "Mine"}),
            ("POST", "invitations", {"cohort": "first", "emails": ["x@example.org"]}),
            ("GET", "applications", None),
            ("POST", "roles", {"party": "p", "role": "steward"}),
            ("POST", "holds", {"reach": "all", "level": "no_create", "reason": "r"}),
            ("POST", "canaries", {"key": "k"}),
        ):
            answer = member.request(method, f"/v1/programme/{path}", json=body)
            assert "role_needed" == error_of(answer)["code"], path


def test_new_terms_in_force_are_accepted_on_the_spot(desk, anybody, stewards, cohort):
    """The new permission takes the place of the old one; the key goes on."""
    joined = _joined(anybody, stewards, "again@example.org").json()
    stewards[0].post(f"/v1/programme/cohorts/{cohort}/terms", json={"renders_per_day": 500})
    desk.carry()
    with desk.client(_key(desk, anybody, joined["party"])) as ana:
        waiting = ana.get("/v1/programme/membership").json()["announced_terms"][-1]["terms"]
        fresh = ana.post("/v1/programme/membership/terms", json={"terms": waiting}).json()
        held = ana.get("/v1/programme/membership").json()["access"]
        video = ana.post("/v1/videos", json={"prompt": "a parrot flies"})

    assert waiting == fresh["terms"]
    assert ["active", "ended"] == sorted(one["state"] for one in held)
    assert 200 == video.status_code


def test_new_terms_are_read_and_accepted_by_command(desk, anybody, stewards, cohort, monkeypatch):
    """``me show`` names them whole, ``me terms`` shows them and asks; a no changes nothing."""
    joined = _joined(anybody, stewards, "reads@example.org").json()
    stewards[0].post(f"/v1/programme/cohorts/{cohort}/terms", json={"renders_per_day": 700})
    monkeypatch.setenv("VITASCOPE_SERVER", desk.url)
    monkeypatch.setenv("VITASCOPE_KEY", _key(desk, anybody, joined["party"]))
    client_settings.cache_clear()  # another desk was asked before
    shown = CliRunner().invoke(app, ["me", "show"]).output
    name = re.findall(r"vitascope me terms ([0-9a-f]{64})", shown)[-1]
    kept = CliRunner().invoke(app, ["me", "decline", name]).output
    after = CliRunner().invoke(app, ["me", "show"]).output
    no = CliRunner().invoke(app, ["me", "terms", name], input="n\nn\n")
    yes = CliRunner().invoke(app, ["me", "terms", name], input="y\ny\n")

    assert "+ Films each day: " in shown
    assert "You keep your terms" in kept
    assert "you declined them" in after
    assert "Yours hold." in no.output
    assert "At most 700 renders per day." in yes.output
    assert "goes on under them" in yes.output, yes.output
    assert name not in CliRunner().invoke(app, ["me", "show"]).output


def test_an_expired_invitation_opens_nothing(desk, anybody, stewards, cohort):
    """Also on the day after, when the clock was set back for a while in between."""
    made = _invited(stewards, "slow@example.org")
    token = _token(made)
    with desk.database.transaction() as tx:
        found = people.invitation(tx, digest_of(token, SECRETS))
        over = replace(found, id="over", digest=digest_of("over", SECRETS), expires_at=time.time() - 1)
        people.add_invitations(tx, [over])

    assert "ended on" in error_of(anybody.post("/v1/programme/invitations/open", json={"token": "over"}))["message"]


def test_links_are_the_same_answer_for_strangers(anybody, stewards, cohort):
    """Nobody learns who is a member, and nobody's mailbox is flooded."""
    _joined(anybody, stewards, "here@example.org")
    answers = [anybody.post("/v1/programme/links", json={"email": f"{who}@example.org"}) for who in ("here", "nobody")]

    assert answers[0].json() == answers[1].json()
