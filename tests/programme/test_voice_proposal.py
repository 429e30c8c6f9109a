"""Proposals: members vote, the programme answers in public."""

import pytest

from tests.programme.members import ANA, BEN, DAY, NOW, RITA, TOM, Leaves
from vitascope.errors import ContributionError, OwnCaseError, RecordNotFoundError, RoleError
from vitascope.programme.actor import Actor
from vitascope.programme.voice import book, repository
from vitascope.programme.voice.proposal import Outcome


@pytest.fixture
def tx(database):
    with database.transaction() as open_tx:
        yield open_tx


def propose(tx, actor=ANA, days=7):
    return book.propose(tx, Leaves(), actor, title="Longer films", body="10 s", now=NOW, closes=NOW + days * DAY)


def vote(tx, name, actor, *, is_for=True, now=NOW + DAY):
    return book.vote(tx, Leaves(), actor, name, is_for=is_for, now=now)


def test_the_majority_of_the_last_votes_carries(tx):
    """A changed vote counts once; a tie carries nothing."""
    name = propose(tx).id
    vote(tx, name, ANA)
    vote(tx, name, BEN, is_for=False)
    assert Outcome.NOT_CARRIED is book.require_proposal(tx, name).outcome(NOW + 8 * DAY)
    vote(tx, name, BEN)
    vote(tx, name, TOM, is_for=False)
    found = book.require_proposal(tx, name)

    assert (2, 1) == found.count
    assert (Outcome.OPEN, Outcome.CARRIED) == (found.outcome(NOW), found.outcome(NOW + 7 * DAY))


def test_votes_count_while_the_vote_runs(tx):
    """Not before, not at its end, and only from members."""
    name = propose(tx).id
    for moment in (NOW - DAY, NOW + 7 * DAY):
        with pytest.raises(ContributionError, match="count from"):
            vote(tx, name, BEN, now=moment)
    with pytest.raises(RoleError):
        vote(tx, name, Actor(party="guest"))
    with pytest.raises(RecordNotFoundError):
        vote(tx, "proposal_none", BEN)


@pytest.mark.parametrize("days", [0, 2, 61, -7])
def test_a_vote_nobody_would_hear_of_is_refused(tx, days):
    """It runs 3 to 60 days."""
    with pytest.raises(ContributionError):
        propose(tx, days=days)


def test_the_programme_answers_when_the_vote_has_ended(tx):
    """In public, by somebody else than the one who proposed it, with words in it."""
    name = propose(tx).id
    with pytest.raises(ContributionError):
        book.answer(tx, Leaves(), RITA, name, words="Yes.", now=NOW + DAY)
    with pytest.raises(OwnCaseError):
        book.answer(tx, Leaves(), RITA, propose(tx, RITA).id, words="Yes.", now=NOW + 8 * DAY)
    with pytest.raises(ContributionError):
        book.answer(tx, Leaves(), RITA, name, words=" ", now=NOW + 8 * DAY)
    book.answer(tx, Leaves(), RITA, name, words="From the next version on.", now=NOW + 8 * DAY)

    assert ("From the next version on.", "rita") == (
        repository.proposals(tx, name)[0].answer,
        repository.proposals(tx, name)[0].answered_by,
    )


def test_the_leaf_says_that_somebody_voted_and_not_how(tx):
    """How people vote stays out of the log."""
    log, name = Leaves(), propose(tx).id
    book.vote(tx, log, BEN, name, is_for=False, now=NOW + DAY)
    against = log.events[0].payload
    book.vote(tx, log, BEN, name, is_for=True, now=NOW + DAY)

    assert against == log.events[1].payload
