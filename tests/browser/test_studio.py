"""The studio in a real browser: from a sentence to a film that plays, is taken along and is shown to everybody."""

import time

import pytest
from desks import SECRETS, Desk
from fakes import MovingGradient

from vitascope.pipeline import render
from vitascope.programme.people import sign_in
from vitascope.types import Request
from vitascope.videos import book, events
from vitascope.videos.job import Stage

pytestmark = pytest.mark.browser
CAN = {"words": ("parrot", "beach", "bee", "jump"), "size": (256, 256), "shapes": ((256, 256), (320, 192))}
PIXEL = "UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAgA0JaQAA3AA/vuUAAA="


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with Desk(tmp_path_factory.mktemp("studio")).listening() as listening:
        yield listening


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A film of one second with its stills, marked and sealed as every film."""
    where = {name: tmp_path_factory.mktemp("film") / name for name in ("f.mp4", "thumbnail.webp", "spritesheet.jpg")}
    film, *stills = where.values()
    request = Request(prompt="a parrot", size=(256, 256), seconds=1)
    pictures = {still.stem: still for still in stills}
    render(request, to=film, backend=MovingGradient(), tick=lambda _: None, pictures=pictures)
    return {"video": film.read_bytes(), **{still.stem: still.read_bytes() for still in stills}}


@pytest.fixture
def studio(desk, window):
    """The studio's page of somebody new, who came in by a session of this very browser's key."""
    desk.carry(**CAN)
    window.set_default_timeout(15_000)
    window.on("console", lambda said: window.faults.append(said.text) if "Security Policy" in said.text else None)
    window.goto(f"{desk.url}/studio")
    window.wait_for_selector("text=Send me a link")
    key = window.evaluate("async () => (await import('/programme/static/session.js')).publicHalf()")
    window.party = desk.key().key.party
    with desk.database.transaction() as tx:
        cookie, _ = sign_in.open_session(tx, window.party, key, secrets=SECRETS, now=time.time())
    window.context.add_cookies([{"name": "vs_session", "value": cookie, "url": desk.url}])
    window.reload()
    window.wait_for_selector("form.order")
    return window


def _newest(desk, party):
    with desk.database.reading() as tx:
        return book.listing(tx, party).jobs[0].id


def _order(studio, prompt="a parrot"):
    studio.fill("[name=prompt]", prompt)
    studio.click("text=Make it")
    studio.wait_for_selector(f"[data-watch] article:has-text('{prompt}')")


def _seconds(studio):
    """How long the film plays, by the player itself."""
    studio.wait_for_selector("video[src^='blob:']")
    return studio.eval_on_selector(
        "video",
        "film => film.duration || new Promise((done) => { film.onloadedmetadata = () => done(film.duration); })",
    )


def test_from_a_sentence_to_a_film_for_everybody(desk, studio, files, tmp_path):
    """Ordered, followed over a reload, watched, downloaded and released; no rule of the page's policy is broken."""
    studio.click("text=320 x 192")
    _order(studio, "a <b>parrot</b>")
    video = _newest(desk, studio.party)
    studio.wait_for_selector("text=The next to be made")
    held = desk.begin(video)
    with desk.database.transaction() as tx:
        book.report(tx, held, Stage(name="denoise", step=3, steps=8), 30, time.time())
        events.note_preview(tx, party=studio.party, video=video, body={"image": PIXEL, "step": 3}, now=time.time())
    studio.wait_for_selector("[data-watch] img[src^='data:image/webp']")
    studio.reload()
    studio.wait_for_selector("text=Painting, 3 of 8")
    assert 30 == studio.eval_on_selector("progress", "bar => bar.value")
    with desk.database.transaction() as tx:
        book.release(tx, held)
    desk.finish(video, content=files)

    studio.wait_for_selector("[data-watch] img[src^='blob:']")
    studio.click("text=Watch it")
    assert 1.0 == _seconds(studio)
    assert "a <b>parrot</b>" == studio.inner_text("h1")
    with studio.expect_download() as taken:
        studio.click("[aria-label=Download] button:has-text('Film')")
    assert files["video"] == taken.value.path().read_bytes()
    assert f"{video}.mp4" == taken.value.suggested_filename
    studio.select_option("[name=licence]", "CC-BY-4.0")
    studio.fill("[name=credit]", "Ana")
    studio.click("text=Release it >> nth=-1")
    studio.wait_for_selector("text=everybody can see it from now on")
    assert 1.0 == _seconds(studio)
    studio.click("text=its public page")
    studio.wait_for_selector("h1:has-text('Ana')")


def test_what_was_typed_is_never_lost(desk, studio):
    """A refusal stands beside its field; words outlive it, a reload, and the session itself."""
    studio.fill("[name=prompt]", "a parrot over a be")
    studio.keyboard.press("End")
    studio.press("[name=prompt]", "ArrowDown")
    studio.keyboard.press("ArrowRight")
    studio.keyboard.press("Enter")
    studio.eval_on_selector("[name=prompt]", "field => field.setSelectionRange(0, 0)")
    studio.click("summary:has-text('What it knows: 2 things')")
    studio.click("#words .word:has-text('jump')")
    studio.fill("[name=seconds]", "99")
    studio.click("text=Make it")
    studio.wait_for_selector(".fault:has-text('99 seconds is not possible')")
    assert "seconds" == studio.evaluate("document.activeElement.name")
    assert "true" == studio.get_attribute("[name=seconds]", "aria-invalid")
    studio.reload()
    studio.wait_for_selector("form.order")
    kept = [studio.input_value(f"[name={name}]") for name in ("prompt", "seconds")]
    with desk.database.transaction() as tx:
        tx.exec_driver_sql("UPDATE sessions SET expires_at = 0 WHERE party = ?", (studio.party,))
    studio.click("text=Make it")
    studio.wait_for_selector("text=Send me a link")

    assert ["jump a parrot over a beach", "99"] == kept
    assert "a parrot over a beach" in studio.evaluate("sessionStorage.getItem('vitascope-draft')")


@pytest.mark.slow
def test_films_are_cancelled_made_again_remixed_and_deleted(desk, studio, files):
    """Each from its button; the form comes filled in, without the seed or with it."""
    _order(studio)
    studio.click("text=Cancel")
    studio.wait_for_selector("text=It costs nothing")
    _order(studio, "a bee")
    video = _newest(desk, studio.party)
    desk.finish(video, content=files)
    studio.wait_for_selector("text=Watch it")
    studio.goto(f"{desk.url}/studio/films")
    studio.click(f".tile[href$='{video}']")
    studio.click("text=The same take")
    studio.wait_for_selector("form.order")
    assert "a bee" == studio.input_value("[name=prompt]")
    assert studio.input_value("[name=seed]").isdigit()
    studio.goto(f"{desk.url}/studio/films/{video}")
    studio.fill("[data-verb=remix] [name=prompt]", "a bee on a beach")
    studio.click("[data-verb=remix] button")
    studio.wait_for_selector("[data-watch] article:has-text('a bee on a beach')")
    studio.goto(f"{desk.url}/studio/films/{video}")
    studio.click("summary:has-text('Delete it')")
    studio.click("text=Delete it for good")
    studio.wait_for_selector("h1:has-text('Your films')")
    assert 0 == studio.locator(f".tile[href$='{video}']").count()


def test_a_page_that_nobody_looks_at_asks_nothing(desk, studio):
    """Hidden, its request ends; seen again, it shows what happened meanwhile."""
    studio.evaluate(
        "window.seen = 'hidden'; Object.defineProperty(document, 'hidden', { get: () => seen === 'hidden' })"
    )
    studio.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    asked = []

    def note(request):
        asked.append(request.url)

    studio.on("request", note)
    studio.fill("[name=prompt]", "a parrot")
    with studio.expect_response("**/studio/order"):
        studio.click("text=Make it")
    studio.wait_for_timeout(700)
    assert 0 == studio.locator("[data-watch] article").count()
    studio.evaluate("window.seen = ''; document.dispatchEvent(new Event('visibilitychange'))")
    studio.wait_for_selector("[data-watch] article")

    assert ["order", "watch"] == [url.rpartition("/")[2] for url in asked]
