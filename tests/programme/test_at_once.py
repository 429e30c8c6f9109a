"""Two who come at the same moment: one is first, and the other is refused in words."""

import pytest
from houses import SECRETS

from tests.programme.members import NOW, Leaves, at_once
from vitascope.errors import ConsentError, GrantError, InvitationError
from vitascope.programme.access.repository import Cohort
from vitascope.programme.actor import keeper
from vitascope.programme.people import cohorts, invitations
from vitascope.rights.consent import works
from vitascope.rights.consent.works import Upload
from vitascope.rights.terms import Policy, Terms
from vitascope.rights.uses import Use

STEWARD = keeper("sam", {Use.MEMBER_INVITE}, at=NOW)
TERMS = Terms(text="Make what you like; it is yours.", issued=NOW, policy=Policy())
UPLOAD = Upload(title="A cat", content=b"<svg>cat</svg>", media_type="image/svg+xml", concepts=("cat",), is_mine=True)


def found(tx, name="first", terms=TERMS):
    return cohorts.found(tx, Leaves(), Cohort(id=name, name=name), terms, by="sam", now=NOW)


def one_of(ended, refusal):
    """Whatever the one who came first made; the other was refused so."""
    (refused,) = [one for one in ended if isinstance(one, refusal)]
    (made,) = [one for one in ended if one is not refused]
    assert not isinstance(made, Exception)
    return made


@pytest.fixture
def house(database):
    with database.transaction() as tx:
        found(tx)
    return database


def test_two_invitations_of_one_mailbox_make_one_member(house):
    """Accepted at once, the second hears that the mailbox belongs to a member."""
    with house.transaction() as tx:
        tokens = [
            invitations.invite(
                tx, Leaves(), STEWARD, ["a@example.org"], cohort="first", days=7, secrets=SECRETS, now=NOW
            )
            for _ in range(2)
        ]

    def accepting(made):
        return lambda tx: invitations.accept_invitation(
            tx, Leaves(), made[0].token, terms=TERMS.hash, name="Ana", secrets=SECRETS, now=NOW
        )

    assert "first" == one_of(at_once(house, *map(accepting, tokens)), InvitationError).cohort


def test_a_cohort_is_founded_once(house):
    """Two who found it at once: the second hears that the id is taken."""
    assert "second" == one_of(at_once(house, *[lambda tx: found(tx, "second")] * 2), GrantError).id


def test_terms_are_announced_once(house):
    """The same terms told twice at once: the second hears that the cohort has had them."""
    new = Terms(text="Other words.", issued=NOW, policy=Policy())
    both = at_once(house, *[lambda tx: cohorts.announce(tx, Leaves(), "first", new, by="sam", now=NOW)] * 2)

    assert new == one_of(both, GrantError).terms


def test_a_file_has_one_owner(house):
    """Put in by two at once, it is the first one's, and the other hears what to do about it."""
    put_in = [lambda tx, owner=owner: works.put_in(tx, Leaves(), owner, UPLOAD, now=NOW) for owner in ("ana", "ben")]

    assert one_of(at_once(house, *put_in), ConsentError).owner in ("ana", "ben")
