"""Planted secrets, in a house that really runs: none is found in any log, leaf, error of others, metric or trace."""

import re
import time
from datetime import UTC, datetime

import httpx2
import pytest
from served import Collector, House

from tests.programme.test_post import Server as MailServer
from vitascope.orders import Limits
from vitascope.programme import keys
from vitascope.programme.access.repository import Cohort
from vitascope.programme.actor import keeper
from vitascope.programme.people import cohorts, invitations
from vitascope.rights.logbook import open_log
from vitascope.rights.terms import Policy, Terms
from vitascope.rights.uses import Use
from vitascope.store.database import open_database
from vitascope.store.secrets import open_secrets

pytestmark = pytest.mark.slow

WORD = "xanthippe"  # in no other text
PROMPT = f"a parrot called {WORD}prompt"
ADDRESS = f"{WORD}mail@example.org"
HOUSE_SECRET = f"{WORD}-house-secret-that-nobody-guesses-0001"
IBAN = "DE89370400440532013000"
_JSON = {"content-type": "application/json"}
SALLY = keeper("sally", {Use.MEMBER_INVITE}, at=datetime.now(UTC))


@pytest.fixture
def collector():
    made = Collector()
    yield made
    made.close()


@pytest.fixture
def mail():
    """A mail server that takes the one letter of the test, so that nothing is printed instead."""
    server = MailServer()
    server.start()
    yield server
    server.join(60)


@pytest.fixture
def house(tmp_path, collector, mail):
    served = House(
        tmp_path, "--model", "twin", "--twin-seconds", "0.2", VITASCOPE_TRACES=collector.address,
        VITASCOPE_SECRET=HOUSE_SECRET, VITASCOPE_SMTP=f"smtp://127.0.0.1:{mail.port}",
        VITASCOPE_MAIL_FROM="house@example.org", OTEL_BSP_SCHEDULE_DELAY="200",
    )  # fmt: skip
    served.folder = tmp_path
    yield served
    served.end()


def _invite(house, monkeypatch):
    """A cohort and an invitation to the planted address; the token, and the number of the terms."""
    from vitascope.settings import settings

    monkeypatch.setenv("VITASCOPE_SECRET", HOUSE_SECRET)
    settings.cache_clear()
    now, database = datetime.now(UTC), open_database(f"sqlite:///{house.folder / 'vitascope.db'}")
    terms, secrets = Terms(text="Yours.", issued=now, policy=Policy()), open_secrets(house.folder)
    settings.cache_clear()
    with database.transaction() as tx:
        cohorts.found(tx, open_log(house.folder), Cohort(id="first", name="First"), terms, by="sally", now=now)
        (made,) = invitations.invite(
            tx, open_log(house.folder), SALLY, [ADDRESS], cohort="first", days=7, secrets=secrets, now=now
        )
        key = keys.create(
            tx, open_log(house.folder), by=keys.OPERATOR, name="Ana",
            scopes=("video.create", "video.read", "webhook.manage", "content.check"), expires_at=None,
            limits=Limits(), secrets=secrets, now=now.timestamp(),
        )  # fmt: skip
    database.close()
    return made.token, terms.hash, key.credential


def _act(house, credential):
    """What a member does in a day, and what goes wrong in it; the secrets of it, and every error that was answered."""
    errors, secrets = [], [credential]
    with httpx2.Client(base_url=house.address, headers={"authorization": f"Bearer {credential}"}, timeout=60) as member:
        house.wait_for_worker(member)
        order = {"prompt": PROMPT, "model": "twin", "seconds": "1", "size": "64x64"}
        video = member.post("/v1/videos", json=order).json()["id"]
        while member.get(f"/v1/videos/{video}").json()["status"] in {"queued", "in_progress"}:
            time.sleep(0.1)
        hook = {"name": "n", "url": f"https://{WORD}hook.invalid/x?{WORD}", "event_types": ["video.completed"]}
        made = member.post("/v1/webhook_endpoints", json=hook).json()
        secrets += [made.get("signing_secret") or f"{WORD}none"]
        passed = member.post("/v1/programme/passes", json={"name": "Pass", "renders": 1}).json()["data"][0]
        secrets.append(passed["key"])
        member.post("/v1/programme/contributions", json={"kind": "bug", "title": f"{WORD}title", "about": video})
        form, account = {"name": f"{WORD}who", "address": f"{WORD}apply@example.org"}, {"holder": WORD, "iban": IBAN}
        assert 200 == httpx2.post(f"{house.address}/programme/apply", json=form, timeout=60).status_code
        errors += [
            httpx2.post(f"{house.address}/programme/apply", json={**form, "address": f"{WORD}@none"}, timeout=60),
            member.post("/v1/programme/payout_account", json={**account, "token": f"{WORD}code"}),
            member.post("/v1/videos", json={**order, "prompt": " "}),
            member.post("/v1/videos", content=f'{{"prompt": "{PROMPT}"', headers={"content-type": "application/json"}),
            member.get(f"/v1/videos/none?{WORD}query=1", headers={"x-note": f"{WORD}header"}),
            httpx2.get(f"{house.address}/v1/videos", headers={"authorization": f"Bearer {credential[:-1]}0"}),
            httpx2.get(f"{house.address}/v1/videos", headers={"authorization": f"Bearer {WORD}key"}),
            httpx2.post(f"{house.address}/programme/mine", json={"a": WORD}, cookies={"vs_session": f"{WORD}cookie"}),
            httpx2.post(f"{house.address}/programme/sign-in", json={"token": f"{WORD}token", "browser_key": WORD}),
        ]
    return secrets, [error.text for error in errors if error.status_code >= 400]


def test_no_planted_secret_is_found_anywhere(house, collector, mail, monkeypatch):
    """Prompt, address, keys, pass, tokens, cookie, hook, house secret: searched for in everything that is written."""
    token, terms, credential = _invite(house, monkeypatch)
    secrets, errors = _act(house, credential)
    joined = httpx2.post(
        f"{house.address}/programme/accept", json={"token": token, "terms": terms, "name": f"{WORD}name"}, timeout=60
    )
    mail.join(60)
    link = re.search(rb"#in=(\S+)", mail.heard.replace(b"=\r\n", b"")).group(1).decode().removeprefix("3D")
    metrics = httpx2.get(f"{house.address}/metrics", headers={"authorization": f"Bearer {house.key}"}, timeout=60)
    until = time.monotonic() + 30
    while not collector.heard and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(1.0)

    written = {
        "log": house.log.encode(),
        "leaves": b"".join(file.read_bytes() for file in (house.folder / "log").rglob("*") if file.is_file()),
        "errors": "\n".join(errors).encode(),
        "metrics": metrics.content,
        "traces": b"".join(collector.heard),
    }
    planted = [WORD, HOUSE_SECRET, IBAN, house.key, token, link, *secrets, *(key[13:43] for key in secrets[:1])]
    found = {(place, secret[:12]) for place, text in written.items() for secret in planted if secret.encode() in text}

    assert (200, 200) == (joined.status_code, metrics.status_code)
    assert 9 == len(errors)
    assert all(written.values()), {place: len(text) for place, text in written.items()}
    assert set() == found
