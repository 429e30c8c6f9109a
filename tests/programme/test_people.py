"""People coming in: terms with notice, invitations that work once, sign-in that stays in its browser, guest passes."""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from houses import NOW, SECRETS
from hypothesis import given
from hypothesis import strategies as st
from signing import Browser

from tests.programme.members import Leaves, at_once
from vitascope.errors import GrantError, InvitationError, OwnCaseError, RefusedError, RoleError, SignInError
from vitascope.programme.access import gate, repository, standing
from vitascope.programme.access.repository import Cohort
from vitascope.programme.access.standing import Part
from vitascope.programme.actor import keeper
from vitascope.programme.door import Knock
from vitascope.programme.people import cohorts, invitations, membership, passes, sign_in, tables
from vitascope.programme.people.passes import Pass
from vitascope.rights.permission import Ending, end
from vitascope.rights.quota import Measure, Per, Quota
from vitascope.rights.terms import Policy, Rate, Terms
from vitascope.rights.uses import Use

AT = datetime.fromtimestamp(NOW, UTC)
DAY = timedelta(days=1)
FAIR = Terms(text="Make what you like; it is yours.", issued=AT, policy=Policy())
SALLY = keeper("sally", {Use.MEMBER_INVITE}, at=AT)
COHORT = Cohort(id="first", name="The first fifty")


def _founded(tx, log=None):
    return cohorts.found(tx, log or Leaves(), COHORT, FAIR, by="sally", now=AT)


def _invited(tx, address="ana@example.org", **facts):
    _founded(tx)
    wanted = {"cohort": "first", "days": 7, "secrets": SECRETS, "now": AT, **facts}
    return invitations.invite(tx, Leaves(), SALLY, [address], **wanted)[0]


def _accept(tx, token, *, terms=FAIR.hash, now=AT, log=None):
    return invitations.accept_invitation(tx, log or Leaves(), token, terms=terms, name="Ana", secrets=SECRETS, now=now)


def test_new_terms_leave_a_rightsholder_one(database):
    """Accepted later they carry the same part: no way to videos leads through new terms."""
    with database.transaction() as tx:
        token = _invited(tx, part=Part.RIGHTSHOLDER).token
        came = _accept(tx, token)
        newer = replace(FAIR, policy=Policy(notice_days=60))
        cohorts.announce(tx, Leaves(), "first", newer, by="sally", now=AT)
        again = membership.accept_terms(tx, Leaves(), came.grantee, terms=newer.hash, now=AT + DAY)

        assert {Part.RIGHTSHOLDER} == {standing.part_of(one) for one in (came, again)}
        assert came.uses == again.uses
        assert Use.VIDEO_CREATE not in again.uses
        assert not standing.is_member(tx, came.grantee, AT + DAY)


def _proof(browser, **facts):
    return browser.proof(**{"nonce": "n" * 16, "at": NOW, "path": "/v1/programme/me", **facts})


def _signed_in(tx, browser):
    _accept(tx, _invited(tx).token)
    letter = sign_in.ask_link(tx, "Ana@Example.org", secrets=SECRETS, now=NOW)
    cookie, _ = sign_in.sign_in(tx, letter.token, browser.public, secrets=SECRETS, now=NOW)
    return letter, cookie


def test_worse_terms_wait_for_their_notice(database):
    """Less pay binds nobody before the promised days are over; more quota holds at once."""
    paid = Policy(rates=(Rate(work="bug.low", amount=500, currency="EUR"),))
    first, worse = replace(FAIR, policy=paid), replace(FAIR, policy=Policy())
    with database.transaction() as tx:
        cohorts.found(tx, Leaves(), COHORT, first, by="sally", now=AT)
        cohorts.announce(tx, Leaves(), "first", worse, by="sally", now=AT + DAY)

        assert first.hash == cohorts.in_force(tx, "first", AT + 30 * DAY).hash
        assert worse.hash == cohorts.in_force(tx, "first", AT + 31 * DAY).hash


@given(days=st.integers(30, 400), more=st.integers(0, 400))
def test_longer_notice_is_never_worse(days, more):
    """Only promises that shrink are worse."""
    assert not cohorts.is_worse_policy(Policy(notice_days=days), Policy(notice_days=days + more))
    assert bool(more) == cohorts.is_worse_policy(Policy(notice_days=days + more), Policy(notice_days=days))


def test_an_invitation_works_once(database):
    """It makes a party with a permission under the terms' hash; the second use is refused, and so is a stranger's."""
    log = Leaves()
    with database.transaction() as tx:
        made = _invited(tx)
        joined = _accept(tx, made.token, log=log)

        assert (FAIR.hash, "first") == (joined.terms, joined.cohort)
        with pytest.raises(InvitationError, match="used already"):
            _accept(tx, made.token)
        with pytest.raises(InvitationError, match="unknown"):
            _accept(tx, "x" * 32)
    assert ["permission.accepted"] == log.kinds()


def test_an_invitation_ends(database):
    """A day too late it says when it ended; clock jumps back do not revive a used one."""
    with database.transaction() as tx:
        made = _invited(tx)
        with pytest.raises(InvitationError, match="ended on"):
            _accept(tx, made.token, now=AT + 8 * DAY)
        _accept(tx, made.token)
        with pytest.raises(InvitationError):
            _accept(tx, made.token, now=AT - DAY)


def test_terms_that_changed_between_reading_and_accepting_are_not_accepted(database):
    """Whoever read another version is told so, and the invitation is not used up."""
    with database.transaction() as tx:
        made = _invited(tx)
    with pytest.raises(GrantError, match="read the terms again"), database.transaction() as tx:
        _accept(tx, made.token, terms="0" * 64)
    with database.transaction() as tx:
        _accept(tx, made.token)


def test_of_two_acceptances_at_once_one_counts(database):
    """Both hold the link; one party is made, on both kinds of database."""
    with database.transaction() as tx:
        made = _invited(tx)
    outcomes = []

    def accept():
        try:
            with database.transaction() as tx:
                _accept(tx, made.token)
            outcomes.append("joined")
        except InvitationError:
            outcomes.append("refused")

    threads = [threading.Thread(target=accept) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert 1 == outcomes.count("joined")


def test_only_who_may_invites(database):
    """A member without the role invites nobody."""
    with database.transaction() as tx:
        _founded(tx)
        with pytest.raises(RoleError):
            invitations.invite(
                tx,
                Leaves(),
                keeper("ben", (), at=AT),
                ["a@example.org"],
                cohort="first",
                days=7,
                secrets=SECRETS,
                now=AT,
            )


def test_a_table_of_ten_thousand_rows_with_errors_on_some():
    """The good rows are taken, each bad one is named by its line, and no address is repeated in a complaint."""
    lines = ["mail", *(f"artist{number}@example.org" for number in range(9_997)), "no address", "ARTIST5@example.org"]

    wanted, faults = tables.read_table("\n".join(lines))

    assert 9_997 == len(wanted)
    assert [(9_999, "it has no mail address"), (10_000, "it repeats line 7")] == [
        (fault.line, fault.why) for fault in faults
    ]
    with pytest.raises(InvitationError, match="10000 rows"):
        tables.read_table("\n".join(["a@example.org"] * 10_002))


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_lines_of_a_table_end_as_on_any_system(end):
    """Bare carriage returns are line ends, too, and faults are numbered by them."""
    wanted, faults = tables.read_table(end.join(["email,name", "a@example.org,Ana", "nobody", "b@example.org"]))

    assert [(2, "a@example.org"), (4, "b@example.org")] == [(row.line, row.address) for row in wanted]
    assert [3] == [fault.line for fault in faults]


@pytest.mark.parametrize("long", ["x" * 200_000 + "@example.org", '"' + "x@example.org\n" * 9_999])
def test_a_field_beyond_all_bounds_is_refused_by_its_line(long):
    """Also one whose quotation mark is never closed: no line of it is taken for an invitation."""
    with pytest.raises(InvitationError, match=r"Line [0-9]+ of the table cannot be read: field larger"):
        tables.read_table(f"a@example.org\n{long}")


def test_no_address_and_no_token_is_stored_in_the_clear(database, tmp_path):
    """Whoever reads the database file finds neither."""
    with database.transaction() as tx:
        made = _invited(tx, "planted-canary@example.org")
        _accept(tx, made.token)
    database.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("vita.db*"))

    assert b"planted-canary" not in stored
    assert made.token.encode() not in stored
    assert made.token not in repr(made)


def test_a_copied_cookie_is_refused_at_its_first_request(database):
    """The public page of 2024 had the cookie and not the browser's key: nothing opens."""
    home, page = Browser(), Browser()
    with database.transaction() as tx:
        _, cookie = _signed_in(tx, home)

        assert sign_in.whose(tx, cookie, _proof(home), secrets=SECRETS, now=NOW).party.startswith("party_")
        with pytest.raises(SignInError, match="another browser"):
            sign_in.whose(tx, cookie, _proof(page, nonce="m" * 16), secrets=SECRETS, now=NOW)


def test_a_signed_request_counts_once_and_soon(database):
    """A recorded request cannot be replayed, changed, or sent a minute later."""
    home = Browser()
    with database.transaction() as tx:
        _, cookie = _signed_in(tx, home)
        proof = _proof(home)
        sign_in.whose(tx, cookie, proof, secrets=SECRETS, now=NOW)
        for bad, late in ((proof, 0), (replace(proof, path="/v1/keys", nonce="q" * 16), 0), (proof, 61)):
            with pytest.raises(SignInError):
                sign_in.whose(tx, cookie, bad, secrets=SECRETS, now=NOW + late)


def test_a_sign_in_link_works_once_and_goes_to_members_only(database):
    """A replayed link is refused, a stranger's mailbox gets no letter, and nobody is flooded."""
    home = Browser()
    with database.transaction() as tx:
        letter, _ = _signed_in(tx, home)
        with pytest.raises(SignInError, match="was used"):
            sign_in.sign_in(tx, letter.token, home.public, secrets=SECRETS, now=NOW)
        assert sign_in.ask_link(tx, "stranger@example.org", secrets=SECRETS, now=NOW) is None
        sent = [sign_in.ask_link(tx, "ana@example.org", secrets=SECRETS, now=NOW) for _ in range(6)]
        assert 4 == sum(each is not None for each in sent)  # one was sent before
        with pytest.raises(SignInError, match="15 minutes"):
            sign_in.sign_in(tx, sent[0].token, home.public, secrets=SECRETS, now=NOW + 901)


def _pass(**changes):
    return Pass(**{"name": "Demo", "renders": 2, "seconds": 60, "until": AT + 7 * DAY, **changes})


def test_a_pass_creates_within_the_members_access_and_dies_with_it(database):
    """The guest's key works; when the member's permission ends, it says which one did."""
    with database.transaction() as tx:
        joined = _accept(tx, _invited(tx).token)
        _, key = passes.mint(tx, Leaves(), joined.grantee, joined.id, _pass(), secrets=SECRETS, now=AT)
        knock = Knock(credential=key.credential, scope="video.create", jobs=1, seconds=4.0)
        assert gate.enter(tx, knock, secrets=SECRETS, log=Leaves(), now=NOW + 1).decision.allow
        repository.change_permission(tx, end(joined, Ending.WITHDRAWN))
        with pytest.raises(RefusedError, match=joined.id):
            gate.enter(tx, knock, secrets=SECRETS, log=Leaves(), now=NOW + 1)


def test_a_pass_never_outlives_its_parent_and_is_the_members_own(database):
    """A later end than the member's is refused; so is a pass below somebody else's access, or taking theirs back."""
    with database.transaction() as tx:
        joined = _accept(tx, _invited(tx).token)
        with pytest.raises(GrantError, match="valid outside"):
            passes.mint(tx, Leaves(), joined.grantee, joined.id, _pass(until=AT + 900 * DAY), secrets=SECRETS, now=AT)
        with pytest.raises(OwnCaseError):
            passes.mint(tx, Leaves(), "ben", joined.id, _pass(), secrets=SECRETS, now=AT)
        made, _ = passes.mint(tx, Leaves(), joined.grantee, joined.id, _pass(), secrets=SECRETS, now=AT)
        with pytest.raises(OwnCaseError):
            passes.take_back(tx, Leaves(), "ben", made.id, now=AT)
        assert Ending.WITHDRAWN is passes.take_back(tx, Leaves(), joined.grantee, made.id, now=AT).ending


def _new_terms(tx, *, limit=None):
    """Better terms, or ones with a smaller quota of films, in force a day later."""
    quotas = () if limit is None else (Quota(measure=Measure.RENDERS, per=Per.GRANT, limit=limit),)
    terms = Terms(text=FAIR.text, issued=AT + DAY, policy=Policy(quotas=quotas, sunset_days=365))
    cohorts.announce(tx, Leaves(), "first", terms, by="sally", now=AT)
    return terms


def _counted(tx, key, now=NOW + 90_000):
    knock = Knock(credential=key.credential, scope="video.create", jobs=1, seconds=4.0)
    return gate.enter(tx, knock, secrets=SECRETS, log=Leaves(), now=now).decision


def test_passes_live_on_when_their_host_accepts_new_terms(database):
    """The guest's key goes on under the new access, with budget and end as they were; one leaf says so."""
    with database.transaction() as tx:
        joined = _accept(tx, _invited(tx).token)
        given, key = passes.mint(tx, Leaves(), joined.grantee, joined.id, _pass(), secrets=SECRETS, now=AT)
        terms, log = _new_terms(tx), Leaves()
        fresh = membership.accept_terms(tx, log, joined.grantee, terms=terms.hash, now=AT + DAY)
        moved = repository.permission(tx, given.id)
        decision = _counted(tx, key)
        mine = passes.given(tx, joined.grantee, AT + DAY)

    assert decision.allow
    assert (fresh.id, terms.hash, given.valid_until, given.quotas) == (
        moved.parent, moved.terms, moved.valid_until, moved.quotas,
    )  # fmt: skip
    assert ["permission.accepted", "pass.carried_over"] == log.kinds()
    assert [given.id] == [one.permission.id for one in mine]


def test_a_pass_that_is_minted_meanwhile_comes_along(database):
    """While its host accepts new terms: one waits for the other, and it hangs on the new access or was never minted."""
    with database.transaction() as tx:
        joined = _accept(tx, _invited(tx).token)
        terms = _new_terms(tx)

    def mint(tx):
        made, _ = passes.mint(tx, Leaves(), joined.grantee, joined.id, _pass(), secrets=SECRETS, now=AT)
        time.sleep(1.0)  # its host's answer is in the middle by now
        return made.id

    def accept(tx):
        time.sleep(0.3)
        return membership.accept_terms(tx, Leaves(), joined.grantee, terms=terms.hash, now=AT + DAY).id

    minted, fresh = at_once(database, mint, accept)

    with database.reading() as tx:
        assert isinstance(minted, GrantError) or fresh == repository.permission(tx, minted).parent


def test_a_pass_ends_that_is_more_than_the_new_terms_allow(database):
    """A budget beyond the new quota ends that pass alone; a smaller one goes on."""
    with database.transaction() as tx:
        joined = _accept(tx, _invited(tx).token)
        lasts = {"until": AT + 60 * DAY}
        mint = {"secrets": SECRETS, "now": AT}
        small, _ = passes.mint(tx, Leaves(), joined.grantee, joined.id, _pass(**lasts), **mint)
        large, _ = passes.mint(tx, Leaves(), joined.grantee, joined.id, _pass(renders=9, **lasts), **mint)
        terms = _new_terms(tx, limit=5)
        later = AT + 31 * DAY  # worse terms wait for their notice
        membership.accept_terms(tx, Leaves(), joined.grantee, terms=terms.hash, now=later)
        after = [repository.permission(tx, one.id) for one in (small, large)]

    assert [None, Ending.REPLACED] == [one.ending for one in after]


def test_passes_end_with_sharing_itself(database):
    """Whoever accepts new terms without ``guest.invite`` ends their passes, and the guest is told which ended."""
    with database.transaction() as tx:
        joined = _accept(tx, _invited(tx).token)
        given, key = passes.mint(tx, Leaves(), joined.grantee, joined.id, _pass(), secrets=SECRETS, now=AT)
        terms, log = _new_terms(tx), Leaves()
        no_guests = frozenset({Use.GUEST_INVITE})
        membership.accept_terms(tx, log, joined.grantee, terms=terms.hash, declined=no_guests, now=AT + DAY)
        with pytest.raises(RefusedError, match=given.id):
            _counted(tx, key)

    assert "pass.ended" in log.kinds()
