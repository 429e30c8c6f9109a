"""Release is the member's: no one's approval is waited for, anywhere, and what the programme shows of it is paid."""

import ast
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import vitascope
from tests.programme.members import ANA, DAY, NOW, TOM, Leaves, add_render, fill_pool, signed_in
from vitascope.errors import (
    ConsentError,
    EmbargoError,
    GrantError,
    OwnCaseError,
    PoolError,
    RecordNotFoundError,
    RoleError,
)
from vitascope.programme import release
from vitascope.programme.access import repository as access
from vitascope.programme.access.standing import MEMBER_USES
from vitascope.programme.money import journal
from vitascope.programme.release import Release
from vitascope.rights.hold import Hold, Level, Reach, Selector
from vitascope.rights.owners import book, repository
from vitascope.rights.permission import Permission, PermissionState
from vitascope.rights.terms import Policy, Terms
from vitascope.rights.uses import Use
from vitascope.store import rights_tables, tables

HOUSE = Path(vitascope.__file__).parent
APPROVAL = ("approv", "pending_review", "in_review", "awaiting", "moderation_queue", "clearance")
ABOUT_SOMETHING_ELSE = {
    "approved",  # likeness: people a person approved for their own likeness
    "APPROVED",
}


ACCESS = Permission(
    id="access_ana", grantor="programme", grantee="ana", object="engine", uses=MEMBER_USES, terms="house",
    valid_from=NOW - DAY, valid_until=NOW + 90 * DAY, state=PermissionState.ACTIVE,
)  # fmt: skip
PAUSE = Hold(
    id="hold-1", selector=Selector(reach=Reach.ALL), level=Level.NO_CREATE, reason="A drill.", placed_by="sally",
    second="sam", placed=NOW + 4 * DAY, until=NOW + 6 * DAY,
)  # fmt: skip


@pytest.fixture
def tx(database):
    with database.transaction() as open_tx:
        add_render(open_tx)
        add_render(open_tx, "video_2", "ben")
        add_render(open_tx, "video_3", finished=False)
        yield open_tx


def publish(tx, video="video_1", owner="ana", now=NOW, log=None, **changes):
    return release.publish(tx, log or Leaves(), signed_in(owner), Release(video=video, **changes), now=now)


def test_a_release_is_in_force_when_it_is_given(tx):
    """The member's word is enough: it is active at once, for everybody, under the licence they chose."""
    given = publish(tx, licence="CC-BY-4.0")

    assert PermissionState.ACTIVE is given.permission.state
    assert "ana" == given.permission.grantor
    assert release.may(tx, "video_1", Use.VIDEO_READ, "anybody", NOW)
    assert not release.may(tx, "video_1", Use.VIDEO_REMIX, "anybody", NOW)
    assert "CC-BY-4.0" == release.released(tx, "video_1", NOW)[0].licence


def test_a_release_is_taken_back_and_changed_by_its_owner(tx):
    """A new release takes the place of the old; unpublishing ends it; nobody else can do either."""
    publish(tx)
    publish(tx, uses=frozenset({Use.VIDEO_READ, Use.VIDEO_REMIX}))
    assert 1 == len(release.released(tx, "video_1", NOW))
    assert release.may(tx, "video_1", Use.VIDEO_REMIX, "anybody", NOW)
    for act in (lambda: publish(tx, owner="ben"), lambda: release.unpublish(tx, Leaves(), "ben", "video_1", now=NOW)):
        with pytest.raises(RecordNotFoundError):
            act()
    release.unpublish(tx, Leaves(), "ana", "video_1", now=NOW)

    assert () == release.released(tx, "video_1", NOW)
    with pytest.raises(RecordNotFoundError):
        release.unpublish(tx, Leaves(), "ana", "video_1", now=NOW)


@pytest.mark.parametrize("video", ["video_2", "video_3", "video_none"])
def test_only_a_finished_render_of_ones_own_is_released(tx, video):
    """Somebody else's, an unfinished one and none at all look the same from outside."""
    with pytest.raises(RecordNotFoundError):
        publish(tx, video)


@pytest.mark.parametrize(
    "changes", [{"uses": frozenset()}, {"uses": frozenset({Use.TRAIN})}, {"licence": "MIT"}, {"licence": ""}]
)
def test_a_release_that_gives_something_else_is_refused(tx, changes):
    """Training is no part of a release, and licences are those of the list."""
    with pytest.raises(ConsentError):
        publish(tx, **changes)


def test_a_release_to_one_person_is_not_one_to_all(tx):
    """A remix right may be given to a single party."""
    publish(tx, grantee="ben", uses=frozenset({Use.VIDEO_REMIX}))

    assert release.may(tx, "video_1", Use.VIDEO_REMIX, "ben", NOW)
    assert not release.may(tx, "video_1", Use.VIDEO_REMIX, "cleo", NOW)


def test_an_embargo_is_a_date_in_terms_that_were_accepted(tx):
    """Before it the release waits for the day, and for nobody; terms cannot carry a longer one than 30 days.

    ``decide`` says so, and its no is a leaf; a pause of everything holds back no release.
    """
    terms, log = Terms(text="Fair.", issued=NOW - DAY, policy=Policy(embargo_until=NOW + 5 * DAY)), Leaves()
    access.add_terms(tx, terms)
    access.add_permission(tx, replace(ACCESS, terms=terms.hash))
    with pytest.raises(EmbargoError, match="2026-11-28"):
        publish(tx, log=log)
    assert [("video.publish refused", "embargo")] == [(leaf.kind, leaf.rule) for leaf in log.events]
    access.add_hold(tx, PAUSE)
    publish(tx, now=NOW + 5 * DAY)
    with pytest.raises(GrantError):
        Terms(text="Unfair.", issued=NOW, policy=Policy(embargo_until=NOW + timedelta(days=31)))


def test_no_state_anywhere_waits_for_approval():
    """No state, column, setting, route or function of the programme speaks of approving what a member shows."""
    found = []
    for path in [
        p for room in ("programme", "rights", "store", "videos", "server") for p in (HOUSE / room).rglob("*.py")
    ]:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [getattr(node, field, None) for field in ("id", "attr", "name", "arg")]
            names += [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []
            found += [
                f"{path.name}: {name[:60]}"
                for name in names
                if isinstance(name, str)
                and name not in ABOUT_SOMETHING_ELSE
                and " " not in name.strip()
                and any(word in name.casefold() for word in APPROVAL)
            ]
    columns = [column.name for table in tables.metadata.tables.values() for column in table.columns]

    assert [] == found
    assert rights_tables.transfers.name in tables.metadata.tables
    assert [] == [name for name in columns if any(word in name for word in APPROVAL)]


def test_a_state_a_release_could_wait_in_does_not_exist(tx):
    """Every way a release can be kept ends in force or ended: none of the rows is ever on offer."""
    publish(tx)
    publish(tx, uses=frozenset({Use.VIDEO_REMIX}))
    release.unpublish(tx, Leaves(), "ana", "video_1", now=NOW)

    states = {given.permission.state for given in repository.on(tx, ("render/video_1",))}
    assert {PermissionState.ENDED} == states


def test_promotion_is_asked_paid_and_declined_freely(tx):
    """Yes pays the published rate at once; no gives it back to the pool and changes nothing else."""
    fill_pool(tx, Leaves(), 40_000)
    asked = release.ask_promotion(tx, Leaves(), TOM, "video_1", until=NOW + 90 * DAY, now=NOW)
    assert not release.may(tx, "video_1", Use.VIDEO_PROMOTE, "programme", NOW)
    assert 20_000 == journal.balance(tx, "pool", "EUR").free
    release.accept_promotion(tx, Leaves(), "ana", asked.permission.id, now=NOW)

    assert release.may(tx, "video_1", Use.VIDEO_PROMOTE, "programme", NOW)
    assert 20_000 == journal.balance(tx, "payable:ana", "EUR").held
    assert () == release.released(tx, "video_1", NOW)

    other = release.ask_promotion(tx, Leaves(), TOM, "video_2", until=NOW + 90 * DAY, now=NOW)
    release.decline_promotion(tx, Leaves(), "ben", other.permission.id, now=NOW)
    assert 20_000 == journal.balance(tx, "pool", "EUR").free
    assert 0 == journal.balance(tx, "payable:ben", "EUR").held


def test_promotion_is_nobody_elses_to_give(tx):
    """Not to ask without the role, not for one's own, not without money, not to accept for another."""
    with pytest.raises(PoolError):
        release.ask_promotion(tx, Leaves(), TOM, "video_1", until=NOW + DAY, now=NOW)
    fill_pool(tx, Leaves())
    with pytest.raises(RoleError):
        release.ask_promotion(tx, Leaves(), ANA, "video_1", until=NOW + DAY, now=NOW)
    add_render(tx, "video_4", "tom")
    with pytest.raises(OwnCaseError):
        release.ask_promotion(tx, Leaves(), TOM, "video_4", until=NOW + DAY, now=NOW)
    asked = release.ask_promotion(tx, Leaves(), TOM, "video_1", until=NOW + DAY, now=NOW)
    with pytest.raises(RecordNotFoundError):
        release.accept_promotion(tx, Leaves(), "ben", asked.permission.id, now=NOW)
    with pytest.raises(ConsentError, match="offered until"):
        release.accept_promotion(tx, Leaves(), "ana", asked.permission.id, now=NOW + 2 * DAY)


def test_promotion_ends_when_the_member_says_so(tx):
    """What was allowed is withdrawn like any other permission."""
    fill_pool(tx, Leaves())
    asked = release.ask_promotion(tx, Leaves(), TOM, "video_1", until=NOW + 90 * DAY, now=NOW)
    release.accept_promotion(tx, Leaves(), "ana", asked.permission.id, now=NOW)
    book.withdraw(tx, Leaves(), asked.permission.id, "ana", now=NOW + DAY)

    assert not release.may(tx, "video_1", Use.VIDEO_PROMOTE, "programme", NOW + DAY)
