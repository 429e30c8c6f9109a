"""Whatever is done in a role is asked of decide(), by the role: no call of a steward's or a treasurer's goes around."""

from datetime import UTC, datetime

import pytest
from desks import SECRETS
from signing import Browser

from vitascope.programme import actor, keys
from vitascope.programme.actor import keeper
from vitascope.programme.roles import seats
from vitascope.programme.roles.seats import Role
from vitascope.rights.answer import Decision, Rule
from vitascope.rights.decide import decide
from vitascope.rights.hold import Level
from vitascope.rights.uses import Use

_P = "/v1/programme"
BY_ROLE = {
    Use.MEMBER_INVITE: [
        f"GET {_P}/applications", f"GET {_P}/cohorts", f"GET {_P}/invitations", f"GET {_P}/members",
        f"POST {_P}/applications/{{name}}/decline", f"POST {_P}/applications/{{name}}/invite", f"POST {_P}/cohorts",
        f"POST {_P}/cohorts/{{name}}/terms", f"POST {_P}/invitations", f"POST {_P}/questions", f"POST {_P}/roles",
        f"POST {_P}/roles/{{name}}/agree", f"DELETE {_P}/invitations/{{name}}", f"DELETE {_P}/questions/{{name}}",
    ],
    Use.HOLD_PLACE: [
        f"GET {_P}/holds/all", f"POST {_P}/canaries", f"POST {_P}/holds", f"POST {_P}/holds/{{name}}/agree",
        f"POST {_P}/holds/{{name}}/renew",
    ],
    Use.HOLD_LIFT: [f"POST {_P}/holds/{{name}}/answer", f"POST {_P}/holds/{{name}}/lift"],
    Use.CONTRIBUTION_PAY: [
        f"GET {_P}/journal", f"GET {_P}/statements/{{party}}", f"POST {_P}/claims", f"POST {_P}/payouts/{{run}}",
        f"POST {_P}/payouts/{{run}}/call_off", f"POST {_P}/payouts/{{run}}/confirm", f"POST {_P}/pool",
        f"POST {_P}/promotions", f"POST {_P}/rates", f"POST {_P}/rates/{{name}}/call_off", f"POST {_P}/royalties",
    ],
    Use.CORPUS_RECORD: ["POST /v1/rights/models", "POST /v1/rights/opt_outs", "POST /v1/rights/snapshots"],
    Use.LOG_ERASE: ["POST /v1/rights/log/leaves/{leaf}/erase"],
    Use.LOG_COSIGN: ["POST /v1/rights/log/auditors", "POST /v1/rights/log/cosignatures"],
}  # fmt: skip
"""What each use of a role is asked for first, wherever it is called."""

OF_A_CASE = {
    f"POST {_P}/contributions/{{name}}/{act}": "the report, which is nobody's here, is found first"
    for act in ("accept", "credit", "decline", "duplicate", "pay", "triage")
} | {
    f"POST {_P}/proposals/{{name}}/answer": "the same of a proposal",
    f"DELETE {_P}/roles/{{name}}": "whoever lays down their own needs no role",
}
"""Calls of a role that look at their case before they ask; `test_a_case_is_asked_too` brings them one."""

NO = Decision(
    allow=False, level=Level.NONE, rule=Rule.PERMISSION_USE, explanation="Refused: no.", about="x", event=None
)


@pytest.fixture
def calls(client):
    """Every call that is described, with its example for a body."""
    paths = client.get("/openapi.json").json()["paths"]
    return [(method.upper(), path, _example(made)) for path, told in paths.items() for method, made in told.items()]


@pytest.fixture
def asked(monkeypatch):
    """What decide() is asked about roles from now on."""
    heard = []
    monkeypatch.setattr(actor, "decide", lambda key, use, *told, **more: heard.append(use) or NO)
    return heard


def _example(made):
    content = made.get("requestBody", {}).get("content", {}).get("application/json", {})
    return content.get("example", {})


def _seated(desk, party):
    """A steward's role for somebody, proposed by one and agreed to by another."""
    log, now = desk.app.state.desk.log, datetime.now(UTC)
    first, second = (keeper(name, [Use.MEMBER_INVITE], at=now) for name in ("first", "second"))
    with desk.database.transaction() as tx:
        offered = seats.propose(tx, log, first, party, Role.STEWARD, now=now)
        return seats.agree(tx, log, second, offered.permission.id, now=now)


def _address(path):
    return "/".join("1" if step.startswith("{") else step for step in path.split("/"))


def _send(client, method, path, body):
    with client.stream(method, _address(path), json=None if method == "GET" else body) as answer:
        return answer.status_code  # without the body: events never end


def test_every_call_of_a_role_asks_decide_and_abides(client, calls, asked):
    """Walked with the examples of the description: its no is a 403, and no call asks that is not named above."""
    found, answered = {}, {}
    for method, path, body in calls:
        before, status = len(asked), _send(client, method, path, body)
        of_roles = [use for use in asked[before:] if use.is_of_a_role]
        if of_roles:
            found.setdefault(of_roles[0], []).append(f"{method} {path}")
            answered[f"{method} {path}"] = status

    assert {use: sorted(names) for use, names in BY_ROLE.items()} == {use: sorted(set(f)) for use, f in found.items()}
    assert {403} == set(answered.values()), {name: status for name, status in answered.items() if status != 403}


def test_a_refusal_stands_in_the_log(desk, calls):
    """A member without a role asks for each: as many leaves of the refusal, and the same words with rule and appeal."""
    named = {name for names in BY_ROLE.values() for name in names}
    log, made = desk.app.state.desk.log, desk.key(scopes=(*keys.MEMBER_SCOPES, seats.SCOPE))
    with desk.client(made.credential) as client:
        for method, path, body in calls:
            if f"{method} {path}" not in named:
                continue
            before = log.size
            answer = client.request(method, _address(path), json=body or None)
            said = answer.json()["error"]
            assert (403, "role_needed") == (answer.status_code, said["code"]), said
            assert "holds no role that carries" in said["message"]
            assert "Rule: permission_missing. You can appeal: name " in said["message"]
            assert before + 1 == log.size


def test_a_case_is_asked_too(desk, client, calls, monkeypatch):
    """With a report, a proposal and a role that are there, each act on them is refused as decide refuses."""
    there = {
        f"{_P}/contributions": client.post(f"{_P}/contributions", json={"kind": "feedback", "title": "Slow"}).json()[
            "id"
        ],
        f"{_P}/proposals": client.post(f"{_P}/proposals", json={"title": "Longer films"}).json()["id"],
        f"{_P}/roles": _seated(desk, desk.key().key.party).permission.id,
    }
    with desk.client() as other:
        monkeypatch.setattr(actor, "decide", lambda *_told, **_more: NO)
        for method, path, body in calls:
            if f"{method} {path}" in OF_A_CASE:
                where = path.replace("{name}", there[path.partition("/{")[0]])
                original = {"original": there[f"{_P}/contributions"]} if "original" in body else {}
                answer = other.request(method, where, json={**body, **original} or None)
                assert (403, "Refused: no.") == (answer.status_code, answer.json()["error"]["message"]), path


def test_the_page_of_a_steward_asks_by_the_role(desk, monkeypatch):
    """Signed in, a steward's page is answered by the role, and paused with it."""
    made = desk.key()
    browser = Browser()
    cookie = browser.come_in(desk.database, made.key.party, SECRETS)
    heard = []
    monkeypatch.setattr(
        actor,
        "decide",
        lambda key, use, *told, **more: heard.append((key.permission, use)) or decide(key, use, *told, **more),
    )
    held = _seated(desk, made.key.party)
    with desk.client(made.credential) as client:
        assert 200 == browser.post(client, "/programme/applications", cookie).status_code

    assert (held.permission.id, Use.MEMBER_INVITE) in heard
