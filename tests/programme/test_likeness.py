"""Likenesses at work: who is asked for an order, what each render owes whom, and when that is booked."""

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa
from shop import order

from tests.programme.members import BEN, DAY, NOW, TOM, Leaves, fill_pool
from vitascope.errors import LikenessError, PoolError
from vitascope.orders import Cast, Reservation
from vitascope.programme import royalties
from vitascope.programme.likeness import asking, paying
from vitascope.programme.money import journal
from vitascope.programme.money.journal import POOL
from vitascope.programme.money.statement import as_text, statement
from vitascope.rights.likeness import Circle, LikenessWish, allow, withdraw
from vitascope.store.tables import videos

WAVES = order("@smile waves at a beach")


@pytest.fixture
def tx(database):
    with database.transaction() as open_tx:
        yield open_tx


def _allow(tx, circle=Circle.EVERYBODY, **changes):
    wish = LikenessWish(character="smile", person="ana", circle=circle, until=NOW + 30 * DAY, **changes)
    return allow(tx, Leaves(), wish, now=NOW)


def _video(tx, video, state="queued", wanted=WAVES):
    tx.execute(
        sa.insert(videos).values(
            id=video, party="ben", key="key", model="twin", order=wanted.to_json(), fingerprint=video, seconds=4.0,
            state=state, urgency=0, progress=0, attempts=0, created_at=NOW.timestamp(),
        )
    )  # fmt: skip


def _end(tx, video, state):
    tx.execute(sa.update(videos).where(videos.c.id == video).values(state=state))


def _promise(tx, video, people=None, *, log=None, party="ben"):
    _video(tx, video)
    return paying.promise(tx, log or Leaves(), video=video, party=party, people=people or {"smile": "ana"}, now=NOW)


def _owed(tx, who="ana"):
    return journal.balance(tx, journal.payable(who), "EUR").held


@pytest.mark.parametrize(
    ("state", "end", "owed"), [("completed", "post", 50), ("failed", "void", 0), ("cancelled", "void", 0)]
)
def test_a_render_pays_its_person_and_what_is_not_made_pays_nobody(tx, state, end, owed):
    """Pending with the order, posted or voided with its end, each with its leaf first, and once however often asked."""
    leaves = Leaves()
    fill_pool(tx, Leaves(), 100)
    _promise(tx, "video_1", log=leaves)
    assert 50 == journal.balance(tx, POOL, "EUR").promised
    assert "promised" in as_text(statement(tx, "ana"))
    assert 0 == paying.settle(tx, leaves, now=NOW), "it has not ended"
    _end(tx, "video_1", state)
    told = [paying.settle(tx, leaves, now=NOW) for _ in range(2)]

    assert [1, 0] == told
    assert owed == _owed(tx)
    assert ["transfer.pending", f"transfer.{end}"] == leaves.kinds()
    assert {"completed": "owed"}.get(state, "called off") in as_text(statement(tx, "ana"))
    assert "likeness    video_1" in as_text(statement(tx, "ana"))


def test_one_person_is_paid_once_a_render_and_nobody_for_themselves(tx):
    """Two names of Ana's are one payment, Ida's another; Ana's own render owes Ida alone."""
    fill_pool(tx, Leaves(), 1_000)
    people = {"smile": "ana", "grin": "ana", "ida": "ida"}
    _promise(tx, "video_1", people)
    _promise(tx, "video_2", people, party="ana")
    for video in ("video_1", "video_2"):
        _end(tx, video, "completed")
    paying.settle(tx, Leaves(), now=NOW)

    assert (50, 100) == (_owed(tx), _owed(tx, "ida"))
    assert 0 == sum(journal.balances(tx).values())


def test_an_empty_pool_refuses_nobody_and_owes_later(tx):
    """It is made; the treasurer books it with the royalties once the pool has it, and is told while it has not."""
    _promise(tx, "video_1")
    _end(tx, "video_1", "completed")
    tx.execute(sa.update(videos).values(made=None))
    told = [paying.settle(tx, Leaves(), now=NOW) for _ in range(2)]
    with pytest.raises(PoolError):
        royalties.owe_all(tx, Leaves(), TOM, now=NOW)
    fill_pool(tx, Leaves(), 60)
    booked = [royalties.owe_all(tx, Leaves(), TOM, now=NOW) for _ in range(2)]

    assert ([1, 0], [1, 0], 50) == (told, booked, _owed(tx))


def test_an_order_draws_on_what_it_names_shows_and_builds_on(tx):
    """By the prompt, by the picture, and by the film that is edited or remixed."""
    _allow(tx)
    _video(tx, "video_1")
    paying.promise(tx, Leaves(), video="video_1", party="ben", people={"smile": "ana"}, now=NOW)
    plain = order("a cat jumps")
    drawing = [
        WAVES,
        replace(plain, image="x", cast=Cast(shown=("Smile",))),
        replace(plain, verb="edit", source="video_1"),
    ]

    assert [{"smile": "ana"}] * 3 == [asking.asked_for(tx, BEN.party, one, now=NOW) for one in drawing]
    assert {} == asking.asked_for(tx, BEN.party, plain, now=NOW)
    withdraw(tx, Leaves(), "smile", "ana", now=NOW)
    for one in drawing:
        with pytest.raises(LikenessError, match="has not allowed ben"):
            asking.asked_for(tx, BEN.party, one, now=NOW)
        assert {"smile": "ana"} == asking.asked_for(tx, "ana", one, now=NOW)


def test_a_picture_said_to_show_somebody_takes_somebodys_yes(tx):
    """A name that nobody claimed is a word in a prompt; as the one who is shown it is nobody who could say yes."""
    leaves = Leaves()
    assert {} == asking.require(tx, leaves, "ben", [order("@nobody waves")], now=NOW)
    with pytest.raises(LikenessError, match="Nobody has spoken for the likeness"):
        asking.require(tx, leaves, "ben", [replace(order("a cat"), image="x", cast=Cast(shown=("nobody",)))], now=NOW)

    assert ["likeness.use refused"] == leaves.kinds()


@pytest.mark.parametrize(
    ("prompt", "is_refused"),
    [
        ("@smile drinks a Beer at the beach", True),
        ("@smile shoots with a water   GUN", True),
        ("@smile 喝啤酒", True),
        ("@smile with two beers", True),
        ("@smile trinkt ein Bier am Strand", True),
        ("a beer garden without anybody, and @smile", True),
        ("@smile meets a beerbohm", False),
        ("a beer", False),
        ("@smile waves", False),
    ],
)
def test_what_a_person_rules_out_is_refused(tx, prompt, is_refused):
    """In any case, spacing, form and language; the person may say what they like of themselves."""
    _allow(tx, never_with=("beer", "water gun"))
    if is_refused:
        with pytest.raises(LikenessError, match="rules out"):
            asking.asked_for(tx, "ben", order(prompt), now=NOW)
    else:
        asking.asked_for(tx, "ben", order(prompt), now=NOW)
    asking.asked_for(tx, "ana", order(prompt), now=NOW)


@pytest.mark.parametrize("words", [("",), ("a" * 61,), (" beer",), ("two\nlines",), tuple("abc" * 20)])
def test_words_that_are_none_are_refused(tx, words):
    """At most fifty, of 1 to 60 characters, on one line."""
    with pytest.raises(LikenessError, match="rules out up to 50"):
        _allow(tx, never_with=words)


def test_an_order_is_the_same_through_json():
    """With its cast and what it reserves, and one of before they were there."""
    reservation = Reservation(mining="constrained", terms="https://a.b")
    wanted = replace(WAVES, cast=Cast(shown=("smile",), characters=("char_1", "char_2")), reservation=reservation)
    old = json.loads(WAVES.to_json())
    del old["cast"], old["reservation"]
    older = old | {"mining": "allowed", "mining_terms": ""}

    assert wanted == type(wanted).from_json(wanted.to_json())
    assert WAVES == type(wanted).from_json(json.dumps(old))
    listed = type(wanted).from_json(json.dumps(old | {"cast": ["smile"]}))
    assert Cast(shown=("smile",)) == listed.cast
    assert "allowed" == type(wanted).from_json(json.dumps(older)).reservation.mining
