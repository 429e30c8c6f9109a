"""Whom the log tells of is found by every id of theirs, and what was done in a role stays seen."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.programme.members import ANA, NOW, RITA, add_render, let_in
from vitascope.errors import OwnCaseError, RecordNotFoundError, RefusedError, RoleError
from vitascope.orders import Limits
from vitascope.programme import repository as keys
from vitascope.programme.access import repository as access
from vitascope.programme.actor import keeper
from vitascope.programme.characters import repository as characters
from vitascope.programme.characters.repository import Kept
from vitascope.programme.people import repository as people
from vitascope.programme.people.repository import Person, Session
from vitascope.programme.roles import erasing, seats
from vitascope.programme.roles.forgetting import told_of
from vitascope.programme.voice import book
from vitascope.programme.voice.book import Draft
from vitascope.programme.voice.contribution import Kind, Severity
from vitascope.rights.checkpoint import signer_at
from vitascope.rights.event import Event
from vitascope.rights.hold import Hold, Level, Reach, Selector
from vitascope.rights.log import Log
from vitascope.rights.merkle import includes, is_consistent
from vitascope.rights.monitor import verify
from vitascope.rights.uses import Use
from vitascope.server.web.session import Member, permit

SALLY, SAM = (keeper(name, {Use.LOG_ERASE}, at=NOW) for name in ("sally", "sam"))


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
        ("Ana", RecordNotFoundError, "Person 1 of 1: 2 are called that, ana, ann"),
        ("Sally", RoleError, "what was done in it stays seen"),
        ("st", OwnCaseError, "somebody else does"),
        ("Zoe", RecordNotFoundError, "Person 1 of 1: the log tells nothing"),
    ):
        with pytest.raises(error, match=words):
            told_of(tx, log, [whom], by="st")
    assert 1 == tx.execute(sa.text("SELECT count(*) FROM roles")).scalar_one()


def _signed_in(tx, party, cookie="c"):
    """Somebody at the page, by a session that is on record."""
    at = NOW.timestamp()
    session = Session(digest=cookie * 64, party=party, browser_key="k", made_at=at, expires_at=at + 3600)
    people.add_session(tx, session)
    return Member(session=session, now=NOW, values={"name": "Friends", "guests": 1, "renders": 3, "days": 7})


def _leaves_of_a_session(tx, log, party):
    """What is left in the log by somebody at their page to whom minting a pass is refused."""
    begin = log.size
    with pytest.raises(RefusedError):
        permit(tx, log, _signed_in(tx, party), Use.GUEST_INVITE)
    return list(range(begin, log.size))


def test_what_a_session_at_the_page_left_is_erased_and_every_proof_holds(tx, log, tmp_path):
    """Its leaves name the session alone; they are found with the person, and what they said is in no file after."""
    _joined(tx, "ana", "Ana Lima")
    hers = _leaves_of_a_session(tx, log, "ana")
    _say(log, "contribution.submitted", "ben", "contribution_2")
    whole, old = log.size, log.root(log.size)
    assert hers
    assert "login_cccc" in (tmp_path / "log" / "openings").read_text()

    (told,) = told_of(tx, log, ["ana"], by="sally")
    numbers = [one.index for one in told.said]
    asked = erasing.erase(tx, log, SALLY, numbers, now=NOW)
    done = erasing.erase(tx, log, SAM, numbers, now=NOW)

    assert hers == numbers == list(asked.waiting) == list(done.erased)
    assert "login_cccc" not in (tmp_path / "log" / "openings").read_text()
    assert all(log.opening(number) is None for number in numbers)
    for number in numbers:
        proof = log.prove_inclusion(number, whole)
        assert includes(old, whole, index=number, leaf=log.commitment(number), proof=proof)
    proof = log.prove_consistency(whole, log.size)
    assert is_consistent(old, whole, log.root(log.size), log.size, proof=proof)
    signer = signer_at(tmp_path / "log.pem", origin="test.example/log")
    assert len(numbers) == verify(tmp_path / "log", signer.verifier).erased


def test_a_person_is_told_of_by_what_is_theirs(tx, log):
    """What others say of their report, their render, their character; another's report stays told of."""
    draft = Draft(kind=Kind.BUG, title="Two heads", body="Seen twice.")
    _joined(tx, "ana", "Ana Lima")
    mine, other = (book.submit(tx, log, who, draft, now=NOW) for who in (ANA, RITA))
    add_render(tx, "video_ana", "ana")
    for one in (mine, other):
        log.append(Event(kind="contribution.triaged", by="raj", about=one.id, at=NOW, rule=Severity.LOW))
    _say(log, "trace.named", "sally and sam", "video_ana")
    characters.add(tx, Kept(id="char_ana", party="ana", name="Bo", created_at=NOW.timestamp()))
    _say(log, "hold.placed", "sally", "char_ana")

    (told,) = told_of(tx, log, ["ana"], by="sally")

    said = ["contribution.submitted", "contribution.triaged", "trace.named", "hold.placed"]
    assert said == [one.kind for one in told.said]


def test_a_steward_erases_no_leaf_of_a_session_of_their_own(tx, log):
    """Nor asks for it: that a leaf names their session and not them makes it no less their own case."""
    _joined(tx, "sally", "Sally")
    (own, *_) = _leaves_of_a_session(tx, log, "sally")
    other, size = _say(log, "test", "ben", "x"), log.size

    with pytest.raises(OwnCaseError, match=f"Leaf {own} tells of sally"):
        erasing.erase(tx, log, SALLY, [other, own], now=NOW)

    assert size == log.size, "of what was named with it nothing was asked"


def test_one_steward_who_asks_twice_erases_nothing(tx, log):
    """A second leaf would say nothing new; leaves that another asked for are erased beside those nobody did."""
    first, second = (_say(log, "test", "ben", name) for name in ("x", "y"))
    erasing.erase(tx, log, SALLY, [first], now=NOW)
    size = log.size
    again = erasing.erase(tx, log, SALLY, [first], now=NOW)
    assert ((), (first,), size) == (again.erased, again.waiting, log.size)

    mixed = erasing.erase(tx, log, SAM, [first, second], now=NOW)

    assert ((first,), (second,)) == (mixed.erased, mixed.waiting)
    assert log.opening(first) is None
    assert log.opening(second) is not None
