"""The films of a member at the studio: seen, taken along, remixed, released and deleted by their owner alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from desks import FILM, error_of
from sitting import Sitting

from vitascope.programme.access import repository as access
from vitascope.programme.voice import repository as voice
from vitascope.rights.terms import Policy, Terms
from vitascope.rights.uses import Use


@pytest.fixture
def ana(desk):
    desk.carry()
    return Sitting(desk)


def test_films_stand_newest_first_twelve_to_a_page(ana):
    """Each with its words, escaped, and its state; the button brings the older ones, and then there is none."""
    made = [ana.order(f"film <{number}>") for number in range(14)]
    ana.desk.finish(made[-1])
    first = ana.post("films").text
    rest = ana.post("films", after=made[2]).text

    assert 12 == first.count('class="tile"')
    assert f"/studio/films/{made[-1]}" in first
    assert "film &lt;13&gt;" in first
    assert "data:image/webp;base64," in first
    assert f'data-after="{made[2]}"' in first
    assert (2, False) == (rest.count('class="tile"'), "data-after" in rest)
    assert "<h1>" not in rest


def test_a_films_page_shows_what_is_known_of_it(ana):
    """Prompt, seed, model, weights, mark; and what can be done with it, only by verbs that its model has."""
    video = ana.film("<b>a parrot</b>", seed="7")
    shown = ana.post("film", video=video).text
    ana.desk.carry(verbs=("create", "extend"))
    other = ana.post("film", video=video).text
    ana.desk.carry()

    assert "&lt;b&gt;a parrot&lt;/b&gt;" in shown
    assert "seed 7" in shown
    assert "0" * 64 in shown
    assert f"/studio?again={video}&amp;seed=same" in shown
    assert (True, False, False) == tuple(f'data-verb="{verb}"' in shown for verb in ("remix", "edit", "extend"))
    assert (False, False, True) == tuple(f'data-verb="{verb}"' in other for verb in ("remix", "edit", "extend"))


@pytest.mark.parametrize("variant", ["video", "thumbnail", "spritesheet"])
def test_every_file_comes_as_it_is(ana, variant):
    """Byte for byte, kept by no cache; a variant that is none of ours is refused."""
    answer = ana.post("content", video=ana.film(), variant=variant)

    assert (200, FILM, "no-store") == (answer.status_code, answer.content, answer.headers["cache-control"])
    assert "unknown_variant" == error_of(ana.post("content", video=ana.film(), variant="../../etc/passwd"))["code"]


@pytest.mark.parametrize(
    "page",
    ["film", "content", "nearest", "origin", "delete", "publish", "unpublish", "remix", "edit", "extend", "report"],
)
def test_somebody_elses_film_is_nobodys(ana, page):
    """Whatever is asked about it, it is not there; and for what can be no id as well."""
    video = ana.film()
    bea = Sitting(ana.desk)
    more = {"variant": "video", "prompt": "a cat", "seconds": "1", "kind": "bug", "title": "It", "licence": "CC0-1.0"}

    for name in (video, "video_\u00e9", "x" * 100, "../../etc"):
        assert 404 == bea.post(page, video=name, about=name, **more).status_code, name
    assert 200 == ana.post("film", video=video).status_code


def test_a_film_is_released_as_its_maker_says_and_taken_back(ana):
    """At once and for everybody, under the licence, with the uses and the name that were chosen; nobody is asked."""
    video = ana.film()
    done = ana.post("publish", video=video, licence="CC-BY-4.0", remix="1", credit="Ana <Lima>")
    public = httpx2.get(f"{ana.desk.url}/v1/programme/releases/{video}").json()

    assert "CC BY: with your name" in done.text
    assert "by Ana &lt;Lima&gt;" in done.text
    assert ("CC-BY-4.0", "Ana <Lima>", ["video.read", "video.remix"]) == (
        public["licence"], public["credit"], public["uses"],
    )  # fmt: skip
    assert "<b>released</b>" in ana.post("films").text
    assert "Release it" in ana.post("unpublish", video=video).text
    assert 404 == httpx2.get(f"{ana.desk.url}/v1/programme/releases/{video}").status_code
    assert 400 == ana.post("publish", video=video, licence="MIT").status_code


def test_an_embargo_is_a_date_and_nothing_else(ana):
    """The page tells it in place of the form, and the door says the same; afterwards the form is there."""
    video, now = ana.film(), datetime.now(UTC)
    terms = Terms(text="Later.", issued=now, policy=Policy(embargo_until=now + timedelta(days=3)))
    with ana.desk.database.transaction() as tx:
        access.add_terms(tx, terms)
        tx.exec_driver_sql("UPDATE permissions SET terms = ? WHERE id = ?", (terms.hash, f"access_{ana.party}"))
    shown, refused = ana.post("film", video=video).text, ana.post("publish", video=video, licence="CC0-1.0")

    assert f"hold releases until {now + timedelta(days=3):%Y-%m-%d}" in shown
    assert 'data-post="/studio/publish"' not in shown
    assert (403, "embargo") == (refused.status_code, error_of(refused)["code"].split("_")[0])


def test_a_remix_keeps_the_seed_and_takes_new_words(ana):
    """Of one's own, and of what somebody released for it; without that, it is refused."""
    video = ana.film(seed="7")
    job = ana.job(ana.post("remix", video=video, prompt="a cat runs").json()["video"])
    bea = Sitting(ana.desk)
    away = bea.post("remix", video=video, prompt="a cat runs").status_code
    ana.post("publish", video=video, licence="CC0-1.0")
    watched = bea.post("film", video=video).status_code
    ana.post("publish", video=video, licence="CC0-1.0", remix="1", credit="<Ana>")
    near, shown = bea.post("remix", video=video, prompt="a cat runs").status_code, bea.post("film", video=video).text

    assert ("remix", video, 7, "a cat runs") == (job.order.verb, job.order.source, job.order.seed, job.order.prompt)
    assert (404, 404, 200) == (away, watched, near)
    assert ("A film by &lt;Ana&gt;" in shown, 'data-verb="remix"' in shown) == (True, True)
    assert "a parrot flies" not in shown, "its prompt was released to nobody"
    assert f"/studio/films/{video}" in httpx2.get(f"{ana.desk.url}/released/{video}").text


def test_what_the_model_cannot_is_refused_and_what_it_can_is_ordered(ana):
    """An edit in the length of its source, a continuation in the seconds that were asked for."""
    video = ana.film()
    refused = ana.post("edit", video=video, prompt="at night")
    ana.desk.carry(verbs=("create", "remix", "edit", "extend"))
    edit = ana.job(ana.post("edit", video=video, prompt="at night").json()["video"])
    longer = ana.job(ana.post("extend", video=video, prompt="it lands", seconds="3").json()["video"])
    missing = ana.post("extend", video=video, prompt="it lands")
    ana.desk.carry()

    assert "cannot edit" in error_of(refused)["message"]
    assert ("edit", 1.0) == (edit.order.verb, edit.order.seconds)
    assert ("extend", 3.0) == (longer.order.verb, longer.order.seconds)
    assert "seconds" == error_of(missing)["param"]


@pytest.mark.parametrize("use", [Use.VIDEO_REMIX, Use.VIDEO_EDIT, Use.VIDEO_EXTEND])
def test_a_verb_that_was_declined_is_refused(ana, use):
    """By the verb, and no other."""
    video = ana.film()
    ana.change_access(lambda one: replace(one, uses=one.uses - {use}))
    refused = ana.post(use.partition(".")[2], video=video, prompt="a cat", seconds="1")

    assert (403, True) == (refused.status_code, f"does not include {use}" in error_of(refused)["message"])
    assert ana.order()


def test_a_deleted_film_is_gone_with_its_files(ana):
    """From the page, from the store, and from the public, where it was released."""
    video = ana.film()
    ana.post("publish", video=video, licence="CC0-1.0")
    assert "Where you released it" in ana.post("film", video=video).text

    assert 200 == ana.post("delete", video=video).status_code
    assert 404 == ana.post("film", video=video).status_code
    assert [] == list(ana.desk.blobs.keys(f"videos/{video}"))
    assert httpx2.get(f"{ana.desk.url}/v1/programme/releases/{video}/content").status_code in (404, 410)


def test_what_is_said_about_a_film_is_a_contribution(ana):
    """With what makes it again, on the page of one's reports."""
    video = ana.film()
    done = ana.post("report", about=video, kind="feedback", title="Two heads", is_private="1")
    with ana.desk.database.reading() as tx:
        (made,) = voice.of_party(tx, ana.party)

    assert "It is in, as contribution_" in done.text
    assert (video, "Two heads", False) == (made.about, made.title, made.is_public)


def test_a_film_whose_files_are_gone_is_still_told(ana):
    """Its words stay, a player does not."""
    video = ana.order()
    ana.desk.finish(video, keep_seconds=-1.0)
    shown = ana.post("film", video=video).text

    assert "are gone" in shown
    assert "<video" not in shown
    assert "its files are gone" in ana.post("films").text
