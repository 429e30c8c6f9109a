"""Proposals: members vote, the programme answers in public."""

import pytest

from tests.programme.members import ANA, BEN, DAY, EVERYBODY, NOW, RITA, TOM, Leaves, let_in
from vitascope.errors import ContributionError, OwnCaseError, RecordNotFoundError, RoleError
from vitascope.programme.access import repository as access
from vitascope.programme.actor import keeper
from vitascope.programme.voice import book, repository
from vitascope.programme.voice.proposal import Outcome
from vitascope.rights.permission import Ending, end


@pytest.fixture
def tx(database):
    """A programme of which everybody but a guest is a member."""
    with database.transaction() as open_tx:
        let_in(open_tx, *EVERYBODY)
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
    """Not before, and not at its end."""
    name = propose(tx).id
    for moment in (NOW - DAY, NOW + 7 * DAY):
        with pytest.raises(ContributionError, match="count from"):
            vote(tx, name, BEN, now=moment)
    with pytest.raises(RecordNotFoundError):
        vote(tx, "proposal_none", BEN)


def test_only_members_have_a_say(tx):
    """Somebody without early access, or whose access has ended or run out, neither votes nor proposes."""
    name, stranger = propose(tx).id, keeper("stranger", (), at=NOW)
    access.change_permission(tx, end(access.permission(tx, "access_ben"), Ending.RETURNED))
    for nobody, now in ((stranger, NOW), (BEN, NOW), (TOM, NOW + 90 * DAY)):
        with pytest.raises(RoleError, match="for members"):
            vote(tx, name, nobody, now=now)
        with pytest.raises(RoleError, match="for members"):
            book.propose(tx, Leaves(), nobody, title="Mine", body="", now=now, closes=now + 7 * DAY)

    assert (0, 0) == book.require_proposal(tx, name).count


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
