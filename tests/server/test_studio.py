"""Ordering at the studio: what is ordered there is an order like any other, and nothing of it goes around the gate."""

import base64
import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from desks import SECRETS, error_of
from sitting import Sitting

from tests.server.pictures import drawing
from vitascope.errors import GrantError
from vitascope.orders import Limits
from vitascope.programme import keys
from vitascope.programme.access import gate
from vitascope.programme.access import repository as access
from vitascope.programme.leaks import repository as leaks
from vitascope.programme.people import membership
from vitascope.programme.people.in_person import NAME
from vitascope.rights.hold import Hold, Level, Reach, Selector
from vitascope.rights.uses import Use
from vitascope.store import people_tables
from vitascope.videos import book


@pytest.fixture
def ana(programme_desk):
    programme_desk.carry()
    return Sitting(programme_desk)


def _hold(ana, level):
    now = datetime.now(UTC)
    selector = Selector(reach=Reach.PERMISSION, id=f"access_{ana.party}")
    hold = Hold(
        id=f"hold_{ana.party[6:]}", selector=selector, level=level, reason="<i>A drill</i>", placed_by="sally",
        placed=now, until=now + timedelta(hours=2),
    )  # fmt: skip
    with ana.desk.database.transaction() as tx:
        access.add_hold(tx, hold)
    return hold.id


def test_what_is_ordered_is_what_a_call_would_have_ordered(ana):
    """Every field arrives; a field left blank was not sent, and a seed that nobody named is drawn."""
    whole = {
        "model": "twin", "seed": "7", "steps": "12", "mining": "constrained", "mining_terms": "https://example.org/t",
    }  # fmt: skip
    job = ana.job(ana.order("  a parrot\nflies ", **whole))
    bare = ana.job(ana.order(model="", seed="", steps=" ", mining="notAllowed", mining_terms="", likeness=""))

    assert ("  a parrot\nflies ", "twin", 1.0, (64, 64), 7, 12) == (
        job.order.prompt, job.order.model, job.order.seconds, job.order.size, job.order.seed, job.order.steps,
    )  # fmt: skip
    assert "https://example.org/t" == job.order.reservation.terms
    assert (True, None) == (bare.order.seed_is_drawn, bare.order.steps)
    assert bare.id in {name for _, name in ana.desk.queue.entered}


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"seconds": "many"}, "seconds"),
        ({"seconds": "61"}, "seconds"),
        ({"seed": "-1"}, "seed"),
        ({"size": "9000x64"}, "size"),
        ({"steps": "1000000"}, "steps"),
        ({"prompt": "   "}, "prompt"),
        ({"model": "none"}, "model"),
        ({"negative_prompt": "rain"}, "negative_prompt"),
        ({"output_path": "/etc/passwd"}, "output_path"),
        ({"input_reference": "http://127.0.0.1/a.png"}, "input_reference"),
        ({"likeness": "ana"}, "input_reference"),
    ],
)
def test_what_is_wrong_is_named_so_that_it_can_stand_beside_its_field(ana, wrong, param):
    """The same refusals as over HTTP: no address is fetched, no path is a field."""
    answer = ana.post("order", **{"prompt": "a parrot flies", "seconds": "1", "size": "64x64", **wrong})

    assert (404 if param == "model" else 400, param) == (answer.status_code, error_of(answer)["param"])


@pytest.mark.parametrize(
    "values", [{"prompt": ["a"]}, {"prompt": "a", "seed": 7}, {"prompt": "a", "input_reference": {}}]
)
def test_what_no_form_sends_is_refused(ana, values):
    """Lists and numbers where the form has texts: 400, and nothing falls over; an empty thing is nothing."""
    answer = ana.post("order", seconds="1", size="64x64", **values)

    assert answer.status_code == (200 if values.get("input_reference") == {} else 400), answer.text


def test_a_first_picture_is_opened_and_takes_its_use(ana):
    """It lies in the store as a PNG of ours; who declined ``reference.use`` is refused before anything is made."""
    picture = base64.b64encode(drawing()).decode()
    job = ana.job(ana.order(input_reference=picture))
    ana.change_access(lambda one: replace(one, uses=one.uses - {Use.REFERENCE_USE}))

    refused = ana.post("order", prompt="a cat", seconds="1", size="64x64", input_reference=picture)

    assert job.order.image.startswith(f"inputs/{ana.party}/")
    assert (403, True) == (refused.status_code, "reference.use" in error_of(refused)["message"])


def test_a_film_that_began_with_a_picture_is_made_again_with_it(ana):
    """And shows whom it showed, who is asked again; another picture takes its place, and nobody else's is had."""
    video = ana.order(input_reference=base64.b64encode(drawing()).decode())
    shown = ana.post("form", again=video).text
    again, other = ana.job(ana.order(picture_of=video)), base64.b64encode(drawing(colour="red")).decode()

    assert f'name="picture_of" value="{video}" checked' in shown
    assert ana.job(video).order.image == again.order.image
    assert again.order.image != ana.job(ana.order(picture_of=video, input_reference=other)).order.image
    for picture_of, status in ((again.id, 200), (ana.order(), 400), (Sitting(ana.desk).order(), 404)):
        assert status == ana.post("order", prompt="a", seconds="1", picture_of=picture_of).status_code


def test_orders_count_where_keys_count(ana):
    """Against the permission's quota, against the limits of the day; a refusal names its rule and a way to appeal."""
    with ana.desk.database.transaction() as tx:
        narrow = sa.update(people_tables.permissions).where(people_tables.permissions.c.id == f"access_{ana.party}")
        tx.execute(narrow.values(quotas='[["renders", "day", 2]]'))
    ana.order()
    second = ana.post("order", prompt="a cat jumps", seconds="1", size="64x64")
    third = ana.post("order", prompt="a cat jumps", seconds="1", size="64x64")
    short = Sitting(ana.desk, limits=Limits(seconds_per_day=1))
    short.order()

    assert "<b>0</b> of 2 films left" in second.json()["left"]
    assert 403 == third.status_code
    assert "quota_spent" in error_of(third)["message"]
    assert "You can appeal" in error_of(third)["message"]
    assert "insufficient_quota" == error_of(short.post("order", prompt="a", seconds="1", size="64x64"))["code"]
    assert "Your quota is used up" in ana.post("form").text


def test_the_same_form_sent_twice_is_one_order(ana):
    """An answer that was lost costs nothing; the same one with other words is told."""
    first, again = (ana.order(sending="t1") for _ in range(2))

    assert first == again
    assert 422 == ana.post("order", prompt="a cat", seconds="1", size="64x64", sending="t1").status_code


def test_under_a_pause_the_form_says_why_and_how_to_object_and_films_stay(ana):
    """Escaped, with a button that opens the appeal; the order is refused by the hold, and by nothing else."""
    video, hold = ana.film(), _hold(ana, Level.NO_CREATE)
    shown = ana.post("form").text
    refused = ana.post("order", prompt="a cat", seconds="1", size="64x64")

    assert (403, True) == (refused.status_code, hold in error_of(refused)["message"])
    assert "&lt;i&gt;A drill&lt;/i&gt;" in shown
    assert 'data-post="/studio/appeal"' in shown
    assert re.search(r'class="make" disabled aria-describedby="why"', shown)
    assert "Appealed" in ana.post("appeal", hold=hold).text
    assert [200] * 4 == [
        ana.post("films").status_code,
        ana.post("film", video=video).status_code,
        ana.post("content", video=video, variant="video").status_code,
        ana.post("publish", video=video, licence="CC0-1.0").status_code,
    ]


def test_a_step_up_leaves_the_button_to_a_passkey(ana):
    """The form can be sent: what it is answered asks for the passkey, which the page then asks for."""
    _hold(ana, Level.STEP_UP)
    refused = ana.post("order", prompt="a cat", seconds="1", size="64x64")

    assert "passkey first" in error_of(refused)["message"]
    assert "disabled" not in ana.post("form").text


def test_orders_are_booked_under_a_key_that_nobody_has(ana):
    """One key for all of them, among their owner's; revoked, what waits under it ends, and the next makes a new one."""
    videos = [ana.order(), ana.order()]
    with ana.desk.database.transaction() as tx:
        (key,) = [one for one in keys.listed(tx, ana.party) if one.name == NAME]
        assert {key.id} == {book.get(tx, video, ana.party).key for video in videos}
        assert gate.may_start(tx, key.id, datetime.now(UTC))
        keys.revoke(tx, ana.desk.app.state.desk.log, key.id, by=ana.party, now=time.time())
        assert not gate.may_start(tx, key.id, datetime.now(UTC))

    assert key.id != ana.job(ana.order()).key


def test_the_studios_key_takes_nobody_elses_place(ana):
    """A member makes twenty keys of their own beside it."""
    ana.order()
    with ana.desk.database.transaction() as tx:
        party, now = ana.party, datetime.now(UTC)
        for _ in range(19):  # the first is theirs already
            membership.require_room(tx, party, now)
            keys.create(
                tx, ana.desk.app.state.desk.log, by=party, name="mine", scopes=("video.read",), expires_at=None,
                party=party, secrets=SECRETS, now=now.timestamp(),
            )  # fmt: skip
        with pytest.raises(GrantError, match="has 20 keys that work"):
            membership.require_room(tx, party, now)


def test_a_browser_and_a_program_are_no_surprise_to_each_other(ana):
    """The watch measures each by its own habits; a key made beside another one goes on with those of that one."""
    ana.order()
    program, beside = (ana.desk.key(party=ana.party) for _ in range(2))
    with ana.desk.client(program.credential, **{"user-agent": "a program"}) as client:
        assert 200 == client.post("/v1/videos", json={"prompt": "a cat", "seconds": "1", "size": "64x64"}).status_code
    ana.order()

    with ana.desk.database.reading() as tx:
        (booked,) = [one.id for one in keys.listed(tx, ana.party) if one.name == NAME]
        known = {name: leaks.habits(tx, name) for name in (booked, program.key.id, beside.key.id)}
    assert [2, 1] == [known[booked].count, known[program.key.id].count]
    assert {1} == {len(habits.clients) for habits in known.values()}
    assert known[beside.key.id].clients.keys() == known[program.key.id].clients.keys()
    assert known[booked].clients.keys().isdisjoint(known[program.key.id].clients)


def test_a_form_is_filled_in_again(ana):
    """As it was for a film, with its seed or without; as it was written so far; what people wrote is escaped."""
    video = ana.order("<b>a</b> parrot", seed="99", steps="20")
    again, same = ana.post("form", again=video).text, ana.post("form", again=video, seed="same").text
    written = ana.post("form", prompt="</textarea><script>", seconds="2.5", size="<", characters=["x"]).text

    assert "&lt;b&gt;a&lt;/b&gt; parrot</textarea>" in again
    assert 'value="64x64" checked' in again
    assert (False, True) == ('value="99"' in again, 'value="99"' in same)
    assert "&lt;/textarea&gt;&lt;script&gt;" in written
    assert 'value="2.5"' in written
    assert 404 == ana.post("form", again="video_of_nobody").status_code
    assert 404 == Sitting(ana.desk).post("form", again=video).status_code


def test_the_form_offers_what_the_workers_said(ana):
    """Words by kind, the sizes it paints, and no field for what it cannot; whoever is away is not offered."""
    ana.desk.carry(words=("parrot", "jump", "beach", "red"), shapes=((64, 64), (96, 64)), has_characters=True)
    shown = ana.post("form").text
    ana.desk.carry(has_guidance=True)

    assert "1 things, 1 motions, 1 places" in shown
    assert '<button type="button" class="word" data-do="insert">parrot</button>' in shown
    assert 'value="96x64"' in shown
    assert ("negative_prompt" in shown, "negative_prompt" in ana.post("form").text) == (False, True)
    ana.desk.carry()


def test_whoever_is_not_signed_in_is_shown_the_door(client):
    """Without a fault to be told; a guessed cookie is one."""
    for page in ("form", "films", "film"):
        answer = client.post(f"/studio/{page}", json={})
        assert (200, True) == (answer.status_code, "Send me a link" in answer.text)
    refused = client.post("/studio/order", json={"prompt": "a"}, headers={"cookie": "vs_session=guess"})
    assert 401 == refused.status_code


def test_the_secret_of_the_studios_key_is_kept_nowhere(ana):
    """What was drawn for it opens nothing that anybody could show: the row has a digest of it alone."""
    ana.order()
    with ana.desk.database.reading() as tx:
        rows = [row for row in keys.repository.keys(tx, ana.party) if row.name == NAME]

    assert [(64, None)] == [(len(row.digest), row.expires_at) for row in rows]
    assert SECRETS.pepper.hex() not in rows[0].digest
