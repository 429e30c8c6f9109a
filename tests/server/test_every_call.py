"""Nothing is answered around the gate, no call and no page: each asks ``decide``, but for what is for everybody."""

from dataclasses import dataclass

import httpx2
import pytest
from desks import SECRETS
from signing import Browser

from vitascope.programme.access import gate
from vitascope.rights.answer import Decision, Rule
from vitascope.rights.decide import decide
from vitascope.rights.hold import Level

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
        "models/{name}/works", "models/{name}/summary", "models/{name}/card", "works/{name}/picture",
    )),
}  # fmt: skip
"""What is for everybody: coming in, checking a file, and all that the programme has to show."""

OPEN_PAGES = {
    "GET /docs": "what there is to call, without anybody's things",
    "GET /openapi.json": "the same for programs",
    "GET /released": "what members released to everybody",
    "GET /released/{video}": "the same",
    "GET /figures": "the programme in numbers",
    "GET /rates": "what work is worth",
    "GET /programme": "the frame, which is the same for everybody",
    "GET /programme/apply": "the same frame",
    "GET /programme/static/{name}": "the frame's script and style",
    "GET /programme/door": "what stands in it for a stranger",
    "GET /studio": "the studio's frame, which is the same for everybody",
    "GET /studio/films": "the same frame",
    "GET /studio/films/{video}": "the same frame, whether there is such a film or not",
    "GET /studio/static/{name}": "its script and style",
    "POST /programme/apply/form": "the operator's questions",
    "POST /programme/apply": "an application is sent by a stranger",
    "POST /programme/invitation": "terms are read before anybody has joined; the token opens it",
    "POST /programme/accept": "who joins has no permission before",
    "POST /programme/link": "who signs in is nobody yet",
    "POST /programme/sign-in": "the same; the link opens it",
    "POST /programme/passkey/begin": "the same",
    "POST /programme/passkey": "the same; the passkey opens it",
}
"""The pages that anybody may open, and why."""


@dataclass(frozen=True)
class Call:
    """One thing that can be asked of the desk, with ids that are nobody's."""

    method: str
    path: str
    is_described: bool

    @property
    def name(self):
        """As it stands in the lists above."""
        return f"{self.method} {self.path}"

    @property
    def address(self):
        """Where to ask."""
        return "/".join("1" if step.startswith("{") else step for step in self.path.split("/"))

    @property
    def is_open(self):
        """Whether the lists above say that it asks nobody."""
        return self.name in OPEN or self.name in OPEN_PAGES

    @property
    def is_of_the_page(self):
        """Whether a session asks it, and no key."""
        return self.path.startswith(("/programme", "/studio"))


@pytest.fixture
def calls(desk):
    """Everything that is routed, described or not; a HEAD that comes with its GET is the same function."""
    found = {
        Call(method=method, path=route.path, is_described=route.include_in_schema)
        for route in _routes(desk.app.router)
        for method in route.methods - ({"HEAD"} if "GET" in route.methods else set())
    }
    assert len(found) > 160
    return sorted(found, key=lambda call: call.name)


def _routes(router):
    for route in router.routes:
        inner = getattr(route, "original_router", None)
        yield from (route,) if inner is None else _routes(inner)


@pytest.fixture
def ask(desk, client):
    """Ask as a member who is signed in and has a key; the status of the answer."""
    browser = Browser()
    cookie = browser.come_in(desk.database, desk.key().key.party, SECRETS)

    def asking(call):
        if call.is_of_the_page:
            answer = browser.stream(client, call.address, cookie)
            answer.close()  # without the body: what is on its way never ends
            return answer.status_code
        with client.stream(call.method, call.address, json=None if call.method == "GET" else {}) as answer:
            return answer.status_code  # without the body: events never end

    return asking


def test_every_path_is_walked(client, calls):
    """The walk misses nothing that the description names, and what takes no key there is what is named above."""
    described = {
        f"{method.upper()} {path}": bool(call.get("security"))
        for path, made in client.get("/openapi.json").json()["paths"].items()
        for method, call in made.items()
    }

    assert set(described) == {call.name for call in calls if call.is_described}
    assert OPEN == {name for name, takes_key in described.items() if not takes_key}
    assert set() == set(OPEN_PAGES) - {call.name for call in calls if not call.is_described}


def test_only_these_take_no_key(desk, calls):
    """Whoever opens another one has to write it down above; all others refuse a key, and a cookie, of nobody."""
    headers = {"authorization": "Bearer vs_m_guess", "cookie": "vs_session=guess"}
    with httpx2.Client(base_url=desk.url, headers=headers, timeout=60) as stranger:
        refused = {
            call.name: stranger.request(call.method, call.address, json=None if call.method == "GET" else {})
            for call in calls
            if not call.is_open
        }

    assert [] == [name for name, answer in refused.items() if answer.status_code != 401]


def test_everything_else_asks_decide(calls, ask, monkeypatch):
    """Before it looks for what is named, which is nobody's here; and whatever it says, nothing falls over."""
    asked = []
    monkeypatch.setattr(gate, "decide", lambda *told, **more: asked.append(told) or decide(*told, **more))
    around, fallen = [], []
    for call in sorted(calls, key=lambda call: call.path == "/programme/out"):  # whoever is out asks nothing more
        before, status = len(asked), ask(call)
        if not call.is_open and len(asked) == before:
            around.append(f"{call.name}: {status}")
        if status >= 500:
            fallen.append(f"{call.name}: {status}")

    assert ([], []) == (around, fallen)


def test_what_decide_refuses_is_refused(calls, ask, monkeypatch):
    """Its word counts wherever it is asked: when it says no to everything, nothing but the open lists is answered."""
    no = Decision(
        allow=False, level=Level.NONE, rule=Rule.PERMISSION_USE, explanation="Refused: no.", about="engine", event=None
    )
    monkeypatch.setattr(gate, "decide", lambda *_told, **_more: no)

    answered = {call.name: status for call in calls if not call.is_open and (status := ask(call)) != 403}

    assert {} == answered
