"""Coming in, in a real browser: invitation, link, passkey; and a copied session, which opens nothing."""

import json
import re
import socket
import time
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from served import House

from vitascope.programme.access import repository
from vitascope.programme.access.repository import Cohort
from vitascope.programme.actor import Actor
from vitascope.programme.leaks import repository as leaks
from vitascope.programme.leaks.repository import Notice
from vitascope.programme.people import cohorts, invitations
from vitascope.rights.hold import Hold, Level, Reach, Selector
from vitascope.rights.logbook import open_log
from vitascope.rights.quota import Measure, Per, Quota
from vitascope.rights.terms import Policy, Terms
from vitascope.rights.uses import Use
from vitascope.store.database import open_database
from vitascope.store.secrets import open_secrets

expect = pytest.importorskip("playwright.sync_api").expect
pytestmark = [pytest.mark.browser, pytest.mark.slow]

SALLY = Actor(party="sally", uses=frozenset({Use.MEMBER_INVITE}))
TEXT = "What you make is yours. <script>alert(1)</script>"
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def programme(tmp_path_factory):
    """A house that is reached at the address it was told, without workers, and a cohort in it."""
    folder = tmp_path_factory.mktemp("programme")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://localhost:{port}"
    house = House(folder, "--workers", "0", "--port", str(port), VITASCOPE_ADDRESS=address, VITASCOPE_SMTP="")
    house.folder, house.url = folder, address
    house.database, house.secrets = open_database(f"sqlite:///{folder / 'vitascope.db'}"), open_secrets(folder)
    now = datetime.now(UTC)
    films = Quota(measure=Measure.RENDERS, per=Per.MONTH, limit=500)
    with house.database.transaction() as tx:
        terms = Terms(text=TEXT, issued=now, policy=Policy())
        cohort = Cohort(id="first", name="The first fifty", quotas=(films,))
        cohorts.found(tx, open_log(folder), cohort, terms, by="sally", now=now)
    yield house
    house.database.close()
    house.end()


def _invite(house, address):
    now = datetime.now(UTC)
    with house.database.transaction() as tx:
        (made,) = invitations.invite(
            tx, open_log(house.folder), SALLY, [address], cohort="first", days=7, secrets=house.secrets, now=now
        )
    return made.token


def _letter(house, before):
    """The link in the letter that was written after ``before`` of them."""
    until = time.monotonic() + 30
    while len(found := re.findall(r"http://\S+/programme#in=\S+", house.log)) <= before:
        assert time.monotonic() < until, "no letter came"
        time.sleep(0.05)
    return found[-1]


def _come_in(house, window, address, name):
    """From the invitation to one's own page."""
    before = house.log.count("/programme#in=")
    window.goto("about:blank")
    window.goto(f"{house.url}/programme#invitation={_invite(house, address)}")
    window.fill("input[name=name]", name)
    window.click("text=Accept and join")
    window.wait_for_selector("text=Welcome")
    link = _letter(house, before)
    window.goto("about:blank")
    window.goto(link)
    window.wait_for_selector("h2:has-text('Guest passes')")
    return link


@pytest.fixture
def window(chromium):
    context = chromium.new_context(accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    yield page
    assert [] == page.faults
    context.close()


def _party(house, name):
    with house.database.reading() as tx:
        return tx.exec_driver_sql("SELECT id FROM parties WHERE name = ?", (name,)).scalar_one()


def test_from_the_invitation_to_ones_own_page(programme, window):
    """The terms are read first, as text; the link comes to the mailbox, works once, and leaves no token behind."""
    window.goto(f"{programme.url}/programme#invitation={_invite(programme, 'zoe@example.org')}")
    window.wait_for_selector("text=nobody is asked")
    assert "<script>alert(1)</script>" in window.inner_text("blockquote")
    link = _come_in(programme, window, "ana@example.org", "Ana <b>Lima</b>")

    assert "Ana <b>Lima</b>" == window.inner_text("h1")
    assert "500 of 500 films left" in window.inner_text(".budgets")
    assert window.url == f"{programme.url}/programme"
    cookie = window.context.cookies()[0]
    assert (True, "Strict", "/programme") == (cookie["httpOnly"], cookie["sameSite"], cookie["path"])
    assert "ana@example.org" not in programme.log
    other = window.context.browser.new_context().new_page()
    other.goto(link)
    other.wait_for_selector("text=was used")
    assert other.is_visible("text=Send me a link")


def test_a_copied_session_is_refused_at_its_first_request(programme, window, chromium):
    """Cookie and every header of a real request, in another browser and in a program: nothing opens."""
    sent = []

    def note(request):  # a builtin method is nothing Playwright can mark
        sent.append(request)

    window.on("request", note)
    _come_in(programme, window, "copied@example.org", "Copied")
    window.reload()
    window.wait_for_selector("h2:has-text('Guest passes')")
    mine = next(request for request in reversed(sent) if request.url.endswith("/programme/mine"))
    cookies = window.context.cookies()

    thief = chromium.new_context()
    thief.add_cookies(cookies)
    page = thief.new_page()
    with page.expect_response("**/programme/mine") as first:
        page.goto(f"{programme.url}/programme")
    assert 401 == first.value.status
    page.wait_for_selector("text=Send me a link")
    assert "another browser" in page.inner_text("#told")

    headers = {name: value for name, value in mine.all_headers().items() if not name.startswith(":")}
    headers.pop("content-length", None)
    for changed in ({}, {"x-vitascope-proof": ""}, {"authorization": f"Bearer {cookies[0]['value']}"}):
        replayed = httpx2.post(mine.url, headers={**headers, **changed}, content=mine.post_data)
        assert 401 == replayed.status_code
    refused = httpx2.get(f"{programme.url}/v1/programme/me", headers=headers)
    assert 401 == refused.status_code

    window.reload()  # its owner goes on
    window.wait_for_selector("h2:has-text('Guest passes')")
    thief.close()


def test_the_browsers_key_cannot_be_taken_out(programme, window):
    """Not even a script in the page itself can read it: WebCrypto refuses to export it, in every format."""
    _come_in(programme, window, "key@example.org", "Key")
    said = window.evaluate(
        """async () => {
          const database = await new Promise((done) => {
            const asked = indexedDB.open("vitascope"); asked.onsuccess = () => done(asked.result); });
          const pair = await new Promise((done) => {
            const asked = database.transaction("keys").objectStore("keys").get("session");
            asked.onsuccess = () => done(asked.result); });
          const tries = ["pkcs8", "jwk", "raw"].map((kind) =>
            crypto.subtle.exportKey(kind, pair.privateKey).then(() => "out", (error) => error.name));
          return { extractable: pair.privateKey.extractable, tries: await Promise.all(tries),
                   text: JSON.stringify(pair.privateKey) };
        }"""
    )

    assert {"extractable": False, "text": "{}"} == {name: said[name] for name in ("extractable", "text")}
    assert "out" not in said["tries"]


def _authenticator(window):
    session = window.context.new_cdp_session(window)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return session


def test_a_passkey_signs_in(programme, window):
    """Made on one's page, used at the door; the mailbox is not needed again."""
    _come_in(programme, window, "passkey@example.org", "Pass Key")
    _authenticator(window)
    window.click("text=Make a passkey")
    window.wait_for_selector("text=You have one passkey")
    window.click("text=Sign out")
    window.wait_for_selector("text=Send me a link")
    window.reload()
    window.wait_for_selector("text=Send me a link")

    window.click("text=Use a passkey")

    window.wait_for_selector("h1:has-text('Pass Key')")


def _hold(house, party, key, level):
    now = datetime.now(UTC)
    hold = Hold(
        id=f"hold_{key}_{level}", selector=Selector(reach=Reach.KEY, id=key), level=level, reason="Nine hands.",
        placed_by="watch", placed=now, until=now + timedelta(hours=24),
    )  # fmt: skip
    with house.database.transaction() as tx:
        repository.add_hold(tx, hold)
        notice = Notice(id=f"notice_{key}", party=party, key=key, hold=hold.id, words="Nine hands.", at=now.timestamp())
        leaks.add_notice(tx, notice)


def test_keys_passes_and_this_is_me(programme, window):
    """Made, shown once, listed, taken back; a step-up is answered with the passkey, and the key goes on."""
    _come_in(programme, window, "work@example.org", "Worker")
    _authenticator(window)
    window.click("text=Make a passkey")
    window.wait_for_selector("text=You have one passkey")
    window.locator("form[data-post='/programme/keys'] input[name=name]").fill("Laptop")
    window.click("text=Make a key")
    key = window.inner_text(".once code")
    passes = window.locator("form[data-post='/programme/passes']")
    passes.locator("input[name=name]").fill("Workshop")
    passes.locator("input[name=guests]").fill("3")
    passes.locator("button").click()
    window.wait_for_selector("text=Workshop")
    guests = [one.inner_text() for one in window.locator(".once code").all()]
    assert key not in window.content()
    assert 3 == len(set(guests))
    with httpx2.Client(base_url=programme.url, headers={"authorization": f"Bearer {guests[0]}"}) as guest:
        assert "open" == guest.get("/v1/programme/me").json()["state"]
    window.click("text=Take back >> nth=0")
    expect(window.locator("form[data-post$='passes/end']")).to_have_count(2, timeout=60_000)

    party = _party(programme, "Worker")
    _hold(programme, party, key[5:13], Level.STEP_UP)
    with httpx2.Client(base_url=programme.url, headers={"authorization": f"Bearer {key}"}) as program:
        assert "paused" == program.get("/v1/programme/me").json()["state"]
        window.reload()
        window.wait_for_selector(".alert")
        window.click("text=This is me")
        window.wait_for_selector(".alert", state="detached")
        assert "open" == program.get("/v1/programme/me").json()["state"]


def test_ones_work_is_open_when_no_key_works(programme, window):
    """A dead key stops programs; its owner, signed in, takes everything out."""
    _come_in(programme, window, "held@example.org", "Held")
    window.locator("form[data-post='/programme/keys'] input[name=name]").fill("Laptop")
    window.click("text=Make a key")
    key = window.inner_text(".once code")
    _hold(programme, _party(programme, "Held"), key[5:13], Level.KEY_DEAD)
    refused = httpx2.get(f"{programme.url}/v1/export", headers={"authorization": f"Bearer {key}"})
    assert 403 == refused.status_code

    with window.expect_download() as download:
        window.click("text=Take all your work")

    assert "vitascope.zip" == download.value.suggested_filename
    assert download.value.path().read_bytes().startswith(b"PK")


def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing_of_others(programme, window):
    """Its policy allows its own script and style; an injected one is stopped."""
    answer = window.goto(f"{programme.url}/programme")
    policy = answer.headers["content-security-policy"]

    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "DENY" == answer.headers["x-frame-options"]
    for line in programme.log.splitlines():
        if line.startswith("{"):
            assert "#in=" not in json.dumps(json.loads(line))
