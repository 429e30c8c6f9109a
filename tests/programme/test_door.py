"""The door: who is let in, who is not, and why; limits hold when many knock at once."""

import threading

import pytest
import sqlalchemy as sa
from houses import NOW, SECRETS, new_key

from vitascope.errors import VitascopeError
from vitascope.orders import Limits
from vitascope.programme.credential import draw
from vitascope.programme.door import Knock, admit
from vitascope.refusals import KeyExpiredError, KeyRefusedError, QuotaError, RateLimitError, ScopeError
from vitascope.store import tables
from vitascope.store.secrets import Secrets

_VIDEO = {
    "key": "k", "model": "s", "order": "{}", "fingerprint": "f", "urgency": 1, "progress": 0, "attempts": 0,
}  # fmt: skip


def _enter(tx, grant, number, *, seconds=4.0, state="queued", at=NOW):
    row = {
        **_VIDEO,
        "id": f"video_{number}",
        "party": grant.party,
        "seconds": seconds,
        "state": state,
        "created_at": at,
    }
    tx.execute(sa.insert(tables.videos).values(row))


def _create(database, credential, number, *, seconds=4.0, now=NOW, **facts):
    with database.transaction() as tx:
        knock = Knock(credential=credential, scope="video.create", jobs=1, seconds=seconds)
        grant = admit(tx, knock, secrets=SECRETS, now=now)
        _enter(tx, grant, number, seconds=seconds, at=now, **facts)


def test_an_unknown_key_is_told_from_a_mistyped_one(database):
    """A well-formed key of another house is unknown; so is one whose secret part was guessed."""
    made = new_key(database)
    guess = draw()
    with database.reading() as tx:
        for text in (guess.text, type(guess)(id=made.key.id, secret=guess.secret).text):
            with pytest.raises(KeyRefusedError, match="unknown here"):
                admit(tx, Knock(credential=text, scope="video.read"), secrets=SECRETS, now=NOW)


def test_another_pepper_knows_no_key(database):
    """Whoever has the database without the house's secret cannot make its keys pass."""
    made = new_key(database)
    with database.reading() as tx, pytest.raises(KeyRefusedError):
        admit(
            tx, Knock(credential=made.credential, scope="video.read"),
            secrets=Secrets(pepper=b"other", vault=b""), now=NOW,
        )  # fmt: skip


def test_an_expired_key_says_since_when(database):
    """The last second counts, the next does not."""
    made = new_key(database, expires_at=NOW + 10)
    with database.reading() as tx:
        admit(tx, Knock(credential=made.credential, scope="video.read"), secrets=SECRETS, now=NOW + 9)
        with pytest.raises(KeyExpiredError, match="5 min ago"):
            admit(tx, Knock(credential=made.credential, scope="video.read"), secrets=SECRETS, now=NOW + 310)


def test_a_key_does_what_it_was_made_for(database):
    """A scope that is missing is named."""
    made = new_key(database)
    with database.reading() as tx, pytest.raises(ScopeError, match=r"video\.delete"):
        admit(tx, Knock(credential=made.credential, scope="video.delete"), secrets=SECRETS, now=NOW)


def test_a_minute_has_room_for_so_many(database):
    """The third job within a minute waits; a minute later there is room."""
    made = new_key(database, limits=Limits(requests_per_minute=2))
    _create(database, made.credential, 1)
    _create(database, made.credential, 2)

    with pytest.raises(RateLimitError) as full:
        _create(database, made.credential, 3)

    assert 1 <= full.value.retry_after <= 60
    _create(database, made.credential, 4, now=NOW + 61)


def test_unfinished_jobs_are_counted(database):
    """A job that has ended makes room for another."""
    made = new_key(database, limits=Limits(jobs_in_flight=1))
    _create(database, made.credential, 1, state="completed")
    _create(database, made.credential, 2)

    with pytest.raises(RateLimitError, match="unfinished"):
        _create(database, made.credential, 3)


def test_the_day_has_so_many_seconds(database):
    """Seconds of video add up over a UTC day; failed and cancelled ones are free."""
    made = new_key(database, limits=Limits(seconds_per_day=10))
    _create(database, made.credential, 1, seconds=8.0, state="completed")
    _create(database, made.credential, 2, seconds=2.0, state="failed")

    with pytest.raises(QuotaError, match="8 of 10"):
        _create(database, made.credential, 3, seconds=4.0)
    _create(database, made.credential, 4, seconds=4.0, now=NOW + 86_400)


def test_the_last_place_is_taken_once(database):
    """Ten at the same moment for three places: three get in, on both kinds of database."""
    made = new_key(database, limits=Limits(jobs_in_flight=3))
    refused = []

    def knock(number):
        try:
            _create(database, made.credential, number)
        except VitascopeError as error:
            refused.append(error)

    threads = [threading.Thread(target=knock, args=(number,)) for number in range(10)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert [RateLimitError] * 7 == [type(error) for error in refused]
