"""Keys: made, rotated with grace, taken back; the secret is nowhere in the database."""

import pytest
import sqlalchemy as sa
from houses import NOW, SECRETS, new_key

from tests.programme.members import Leaves
from vitascope.errors import GrantError, LogError
from vitascope.programme import keys, repository
from vitascope.programme.door import Knock, admit
from vitascope.refusals import KeyNotFoundError, KeyRevokedError


def _admit(database, credential, now):
    with database.reading() as tx:
        return admit(tx, Knock(credential=credential, scope="video.read"), secrets=SECRETS, now=now)


def test_a_new_key_opens_the_door(database):
    """What create gave is what admit takes, and the grant names party and key."""
    made = new_key(database)

    grant = _admit(database, made.credential, NOW + 1)

    assert (made.key.party, made.key.id) == (grant.party, grant.key)


def test_the_secret_is_kept_nowhere(database):
    """Neither the credential nor its secret part stands in any column of any table."""
    made = new_key(database)

    with database.reading() as tx:
        rows = tx.execute(sa.text("SELECT * FROM keys")).all() + tx.execute(sa.text("SELECT * FROM parties")).all()

    assert made.credential[13:43] not in str(rows)
    assert made.credential not in repr(made)


def test_a_rotated_key_goes_on_for_its_grace(database):
    """Old and new both open the door during the grace, afterwards the new one alone; the party stays."""
    old = new_key(database)
    with database.transaction() as tx:
        new = keys.rotate(tx, Leaves(), old.key.id, by="ana", grace_seconds=3600, secrets=SECRETS, now=NOW)

    assert old.key.party == new.key.party
    _admit(database, old.credential, NOW + 3599)
    _admit(database, new.credential, NOW + 3601)
    with pytest.raises(KeyRevokedError, match=new.key.id):
        _admit(database, old.credential, NOW + 3601)


def test_a_rotated_key_lives_as_long_again(database):
    """The new key gets the same length of life, counted from now."""
    old = new_key(database)
    with database.transaction() as tx:
        new = keys.rotate(tx, Leaves(), old.key.id, by="ana", grace_seconds=0, secrets=SECRETS, now=NOW + 1000)

    assert NOW + 1000 + 365 * 86_400 == new.key.expires_at


def test_a_revoked_key_is_dead_at_once(database):
    """Revoking takes effect with the next request, in a time of grace too."""
    old = new_key(database)
    with database.transaction() as tx:
        keys.rotate(tx, Leaves(), old.key.id, by="ana", grace_seconds=3600, secrets=SECRETS, now=NOW)
        keys.revoke(tx, Leaves(), old.key.id, by="ana", now=NOW + 5)

    with pytest.raises(KeyRevokedError):
        _admit(database, old.credential, NOW + 5)


def test_a_key_is_rotated_once(database):
    """Rotating twice would leave two heirs."""
    old = new_key(database)
    with database.transaction() as tx:
        keys.rotate(tx, Leaves(), old.key.id, by="ana", grace_seconds=10, secrets=SECRETS, now=NOW)

    with database.transaction() as tx, pytest.raises(GrantError, match="already"):
        keys.rotate(tx, Leaves(), old.key.id, by="ana", grace_seconds=10, secrets=SECRETS, now=NOW)


@pytest.mark.parametrize(
    "facts", [{"name": ""}, {"name": "a\nb"}, {"scopes": ()}, {"scopes": ("video.steal",)}, {"expires_at": NOW - 1}]
)
def test_a_key_that_makes_no_sense_is_not_made(database, facts):
    """No name, no scope, a foreign scope or an end in the past."""
    with pytest.raises(GrantError):
        new_key(database, **facts)


def test_an_unknown_key_cannot_be_revoked(database):
    """A mistyped id is told, not ignored."""
    with database.transaction() as tx, pytest.raises(KeyNotFoundError):
        keys.revoke(tx, Leaves(), "nobody00", by="ana", now=NOW)


def test_keys_are_listed_by_age(database):
    """The list shows what there is, and whether there is any."""
    with database.reading() as tx:
        assert not keys.any_key(tx)
    first = new_key(database)
    second = new_key(database, name="Bo", party=first.key.party)

    with database.reading() as tx:
        assert {first.key.id, second.key.id} == {key.id for key in keys.listed(tx, first.key.party)}
        assert keys.any_key(tx)


ACTS = {
    "create": lambda tx, log, _: keys.create(
        tx, log, by="ana", name="Ana", scopes=("video.read",), expires_at=None, secrets=SECRETS, now=NOW
    ),
    "rotate": lambda tx, log, old: keys.rotate(tx, log, old, by="ana", grace_seconds=10, secrets=SECRETS, now=NOW),
    "revoke": lambda tx, log, old: keys.revoke(tx, log, old, by="ana", now=NOW),
}


class Full:
    """A log that cannot be written."""

    def append(self, _event):
        """Fails as a full disk does."""
        raise LogError("the log cannot be written")


@pytest.mark.parametrize(
    ("act", "kinds"),
    [("create", ["key.made"]), ("rotate", ["key.made", "key.rotated"]), ("revoke", ["key.revoked"])],
)
def test_what_happens_to_a_key_is_in_the_log_and_nothing_of_its_secret_is(database, act, kinds):
    """Who did it and the public id; neither the credential nor what is kept of it."""
    old, log = new_key(database), Leaves()
    with database.transaction() as tx:
        done = ACTS[act](tx, log, old.key.id)
        digests = [row.digest for row in repository.keys(tx, None)]

    said = b"".join(event.payload for event in log.events).decode()
    assert kinds == log.kinds()
    assert {"ana"} == {event.by for event in log.events}
    made = [old, done] if act != "revoke" else [old]
    assert (done.key.id if act != "revoke" else old.key.id) in said
    assert not [one for one in (*digests, *(key.credential[11:] for key in made)) if one in said]


@pytest.mark.parametrize("act", ACTS)
def test_without_a_leaf_nothing_happens_to_a_key(database, act):
    """Where the log cannot be written no key is made, replaced or taken back."""
    old = new_key(database)
    with database.transaction() as tx:
        before = repository.keys(tx, None)
        with pytest.raises(LogError):
            ACTS[act](tx, Full(), old.key.id)

        assert before == repository.keys(tx, None)


def test_a_key_that_was_revoked_is_not_revoked_again(database):
    """Nothing changes, so nothing is logged."""
    old, log = new_key(database), Leaves()
    with database.transaction() as tx:
        [ACTS["revoke"](tx, log, old.key.id) for _ in range(2)]

    assert ["key.revoked"] == log.kinds()
