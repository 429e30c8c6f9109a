"""No call is answered around the gate: each asks ``decide`` first, but for the few that are for everybody."""

import pytest

from vitascope.programme.access import gate
from vitascope.rights.decide import decide

OPEN = {
    *("GET /healthz", "GET /readyz"),
    *("POST /v1/content_provenance_checks", "POST /v1/programme/secret-alerts"),
    *(f"POST /v1/programme/{path}" for path in (
        "applications", "invitations/accept", "invitations/open", "links", "keys",
    )),
    *(f"GET /v1/programme/{path}" for path in (
        "questions", "terms/{name}", "contributions", "contributions/{name}", "changelog", "proposals", "rates",
        "aggregates", "releases", "releases/{video}", "releases/{video}/content",
    )),
    *(f"GET /v1/rights/{path}" for path in (
        "log/checkpoint", "log/consistency", "log/leaves", "log/leaves/{leaf}/proof", "log/cosignatures", "snapshots",
        "snapshots/{name}/works", "models", "models/affected", "models/{name}/croissant",
        "models/{name}/works", "models/{name}/summary", "models/{name}/card",
    )),
}  # fmt: skip
"""What is for everybody: coming in, checking a file, and all that the programme has to show."""


@pytest.fixture
def calls(client):
    """Method, path with ids that are nobody's, and whether it says that it takes no key."""
    paths = client.get("/openapi.json").json()["paths"]
    found = [
        (method.upper(), path, "/".join("1" if step.startswith("{") else step for step in path.split("/")), call)
        for path, made in paths.items()
        for method, call in made.items()
    ]
    assert len(found) > 100
    return [(method, path, address, not call.get("security")) for method, path, address, call in found]


def test_only_these_calls_take_no_key(desk, calls):
    """Whoever opens another one has to write it down here; all others answer nothing to a key of nobody."""
    with desk.client("vs_m_guess") as stranger:
        refused = {
            f"{method} {path}": stranger.request(method, address, json=None if method == "GET" else {})
            for method, path, address, is_open in calls
            if not is_open
        }

    assert OPEN == {f"{method} {path}" for method, path, _, is_open in calls if is_open}
    assert [] == [name for name, answer in refused.items() if answer.status_code != 401]


def test_every_call_with_a_key_asks_decide(client, calls, monkeypatch):
    """Before it looks for what is named, which is nobody's here; and whatever it says, nothing falls over."""
    asked = []
    monkeypatch.setattr(gate, "decide", lambda *told, **more: asked.append(told) or decide(*told, **more))
    around, fallen = [], []
    for method, path, address, is_open in calls:
        before = len(asked)
        with client.stream(method, address, json=None if method == "GET" else {}) as answer:  # events never end
            status = answer.status_code
        if not is_open and len(asked) == before:
            around.append(f"{method} {path}: {status}")
        if status >= 500:
            fallen.append(f"{method} {path}: {status}")

    assert ([], []) == (around, fallen)
