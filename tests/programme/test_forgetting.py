"""Whom the log tells of is found by every id of theirs, and what was done in a role stays seen."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.programme.members import ANA, NOW, let_in
from vitascope.errors import OwnCaseError, RecordNotFoundError, RoleError
from vitascope.orders import Limits
from vitascope.programme import repository as keys
from vitascope.programme.access import repository as access
from vitascope.programme.people import repository as people
from vitascope.programme.people.repository import Person
from vitascope.programme.roles import seats
from vitascope.programme.roles.forgetting import told_of
from vitascope.rights.checkpoint import signer_at
from vitascope.rights.event import Event
from vitascope.rights.hold import Hold, Level, Reach, Selector
from vitascope.rights.log import Log


@pytest.fixture
def tx(database):
    with database.transaction() as open_tx:
        yield open_tx


@pytest.fixture
def log(tmp_path):
    return Log(tmp_path / "log", signer_at(tmp_path / "log.pem", origin="test.example/log"))


def _joined(tx, party, name):
    limits = Limits(requests_per_minute=1, jobs_in_flight=1, seconds_per_day=1)
    keys.add_party(tx, party, name=name, priority="normal", limits=limits, now=NOW.timestamp())
    people.add_person(tx, Person(party=party, address_digest=party, address="locked"))


def _say(log, kind, by, about):
    return log.append(Event(kind=kind, by=by, about=about, at=NOW)).index


def test_a_person_is_told_of_by_all_their_ids(tx, log):
    """By themselves, by their permission, by a pause of it; not by others, and an erasure stays seen."""
    _joined(tx, "ana", "Ana Lima")
    let_in(tx, ANA)
    selector = Selector(reach=Reach.PERMISSION, id="access_ana")
    access.add_hold(
        tx,
        Hold(id="hold_1", selector=selector, level=Level.THROTTLE, reason="Seen.", placed_by="sally", placed=NOW,
             until=NOW + timedelta(hours=1)),
    )  # fmt: skip
    hers = [
        _say(log, "contribution.submitted", "ana", "contribution_1"),
        _say(log, "permission.given", "programme", "access_ana"),
        _say(log, "hold.placed", "sally", "hold_1"),
    ]
    _say(log, "contribution.submitted", "ben", "contribution_2")
    _say(log, "leaf.erasure asked", "ana", "7")

    by_id, by_name = (told_of(tx, log, [whom], by="st") for whom in ("ana", "Ana Lima"))

    assert hers == [one.index for one in by_id[0].said]
    assert by_id == by_name
    assert by_id == told_of(tx, log, ["ana", "Ana Lima"], by="st"), "named twice, found once"


def test_who_may_not_be_forgotten_as_a_whole_is_named(tx, log):
    """A name of two, a role, oneself, and nobody: each with what to do instead."""
    for party in ("ana", "ann"):
        _joined(tx, party, "Ana")
    _joined(tx, "sally", "Sally")
    seats.seat_steward(tx, log, "sally", by="operator", now=NOW)

    for whom, error, words in (
        ("Ana", RecordNotFoundError, "2 people are called 'Ana': ana, ann"),
        ("Sally", RoleError, "what was done in it stays seen"),
        ("st", OwnCaseError, "somebody else does"),
        ("Zoe", RecordNotFoundError, "tells nothing of 'Zoe'"),
    ):
        with pytest.raises(error, match=words):
            told_of(tx, log, [whom], by="st")
    assert 1 == tx.execute(sa.text("SELECT count(*) FROM roles")).scalar_one()
