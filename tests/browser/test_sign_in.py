"""Coming in, in a real browser: invitation, link, passkey; and a copied session, which opens nothing."""

import json
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from entering import come_in, invite, party_of

from vitascope.programme.access import repository
from vitascope.programme.leaks import repository as leaks
from vitascope.programme.leaks.repository import Notice
from vitascope.rights.hold import Hold, Level, Reach, Selector

expect = pytest.importorskip("playwright.sync_api").expect
pytestmark = [pytest.mark.browser, pytest.mark.slow]

AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def test_from_the_invitation_to_ones_own_page(programme, window):
    """The terms are read first, as text; the link comes to the mailbox, works once, and leaves no token behind."""
    window.goto(f"{programme.url}/programme#invitation={invite(programme, 'zoe@example.org')}")
    window.wait_for_selector("text=nobody is asked")
    assert "<script>alert(1)</script>" in window.inner_text("blockquote")
    link = come_in(programme, window, "ana@example.org", "Ana <b>Lima</b>")

    assert "Ana <b>Lima</b>" == window.inner_text("h1")
    assert "500 of 500 films left" in window.inner_text(".budgets")
    assert window.url == f"{programme.url}/programme"
    cookie = window.context.cookies()[0]
    assert (True, "Strict", "/") == (cookie["httpOnly"], cookie["sameSite"], cookie["path"])
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
    come_in(programme, window, "copied@example.org", "Copied")
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
    come_in(programme, window, "key@example.org", "Key")
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
    come_in(programme, window, "passkey@example.org", "Pass Key")
    _authenticator(window)
    window.click("text=Make a passkey")
    window.wait_for_selector("text=You have one passkey")
    window.click("text=Sign out")
    window.wait_for_selector("text=Send me a link")
    window.reload()
    window.wait_for_selector("text=Send me a link")

    window.click("text=Use a passkey")

    window.wait_for_selector("h1:has-text('Pass Key')")


def test_a_passkey_is_removed_where_it_was_made(programme, window):
    """The row is there with its day, its button takes it away, and the door no longer knows it."""
    come_in(programme, window, "lost@example.org", "Lost Device")
    _authenticator(window)
    window.click("text=Make a passkey")
    window.wait_for_selector("text=You have one passkey")

    window.locator("form[data-post='/programme/passkeys/end'] button").click()

    window.wait_for_selector("text=You have no passkey")
    assert 0 == window.locator("form[data-post='/programme/passkeys/end']").count()
    window.click("text=Sign out")
    window.wait_for_selector("text=Send me a link")
    window.click("text=Use a passkey")
    expect(window.locator("#told")).not_to_be_empty(timeout=20_000)
    assert window.is_visible("text=Send me a link")


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
    come_in(programme, window, "work@example.org", "Worker")
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

    party = party_of(programme, "Worker")
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
    come_in(programme, window, "held@example.org", "Held")
    window.locator("form[data-post='/programme/keys'] input[name=name]").fill("Laptop")
    window.click("text=Make a key")
    key = window.inner_text(".once code")
    _hold(programme, party_of(programme, "Held"), key[5:13], Level.KEY_DEAD)
    refused = httpx2.get(f"{programme.url}/v1/export", headers={"authorization": f"Bearer {key}"})
    assert 403 == refused.status_code

    with window.expect_download() as download:
        window.click("text=Take all your work")

    assert "vitascope.zip" == download.value.suggested_filename
    assert download.value.path().read_bytes().startswith(b"PK")


def test_a_pause_is_appealed_when_no_key_works(programme, window):
    """A dead key on one's access leaves the page: each pause with reason, end and a way to object, once."""
    come_in(programme, window, "paused@example.org", "Paused")
    party, now = party_of(programme, "Paused"), datetime.now(UTC)
    with programme.database.transaction() as tx:
        access = next(one for one in repository.permissions_of(tx, party) if one.grantee == party)
        hold = Hold(
            id="hold_access", selector=Selector(reach=Reach.PERMISSION, id=access.id), level=Level.KEY_DEAD,
            reason="Seen <i>twice</i>.", placed_by="sally", placed=now, until=now + timedelta(hours=24),
        )  # fmt: skip
        repository.add_hold(tx, hold)
    window.reload()
    window.wait_for_selector("h3:has-text('A pause on your access')")
    assert "Seen <i>twice</i>." in window.inner_text("article")

    window.locator("form[data-post='/programme/holds/appeal'] button").click()

    window.wait_for_selector("text=Appealed: somebody")
    assert 0 == window.locator("form[data-post='/programme/holds/appeal']").count()
    with programme.database.transaction() as tx:
        assert party == repository.hold(tx, hold.id).appeal.by


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
