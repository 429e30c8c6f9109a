"""What people do at the programme's door, in any order: applications, invitations, terms, passes, films, holds.

A part of the machine in ``test_sequences.py``, which has the database, the log, the clock and ``act``.
"""

from datetime import timedelta

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from tests.programme.members import NOW
from vitascope.errors import RecordNotFoundError
from vitascope.programme import keys
from vitascope.programme.access import gate, holds
from vitascope.programme.access import repository as access
from vitascope.programme.access.holds import Pause
from vitascope.programme.access.repository import Cohort
from vitascope.programme.actor import keeper
from vitascope.programme.door import Knock
from vitascope.programme.keys import MEMBER_SCOPES
from vitascope.programme.people import applications, cohorts, invitations, membership, passes
from vitascope.programme.people import repository as people
from vitascope.programme.people.passes import Pass
from vitascope.rights.hold import HoldState, Level, Reach, Selector
from vitascope.rights.permission import excess
from vitascope.rights.question import Target
from vitascope.rights.quota import Measure, Per, Quota
from vitascope.rights.terms import Policy, Terms
from vitascope.rights.uses import Use
from vitascope.store.tables import videos

ANSWER = "canary-answer-91c2"
MAILBOX = "canary-mailbox"
STEWARD = frozenset({Use.MEMBER_INVITE, Use.HOLD_PLACE, Use.HOLD_LIFT, Use.PROGRAMME_REPORT})
SALLY, SAM, SUE = (keeper(name, STEWARD, at=NOW) for name in ("sally", "sam", "sue"))
NOBODY = keeper("nobody", (), at=NOW)
FILMS = 6  # a month, for each member and all of their guests together

some = st.integers(0, 7)
acting = st.sampled_from((SALLY, SAM, SUE, NOBODY))
levels = st.sampled_from([level for level in Level if level is not Level.NONE])


def _terms(now, *, films=FILMS, text="Yours."):
    quotas = (Quota(measure=Measure.RENDERS, per=Per.MONTH, limit=films),)
    return Terms(text=text, issued=now, policy=Policy(quotas=quotas))


class Entry:
    """The door's rules and what must hold of it."""

    def open_door(self, tx):
        """A cohort and a form."""
        self.tokens, self.held, self.turn = [], [], 0
        terms = _terms(self.now)
        cohorts.found(tx, self.log, Cohort(id="first", name="First"), terms, by="sally", now=self.now)
        asked = applications.ask(tx, self.log, SALLY, "What do you draw?", is_required=True, now=self.now)
        self.question = asked.id

    def done(self, work):
        """An action that, where it happens, leaves at least one leaf."""
        before = self.log.size
        made = self.act(work)
        assert made is None or self.log.size > before, "something happened without a leaf"
        return made

    def member(self, tx, number):
        """Some member."""
        found = sorted(access.members(tx, "first"))
        if not found:
            raise RecordNotFoundError("Nobody has joined yet.")
        return found[number % len(found)]

    @rule(number=some, is_answered=st.booleans())
    def apply(self, number, is_answered):
        answers = {self.question: f"Birds. {ANSWER}"} if is_answered else {}
        address = f"{MAILBOX}{number}@example.org"
        self.done(
            lambda tx: applications.apply(tx, self.log, address, "Mia", answers, secrets=self.secrets, now=self.now)
        )

    @rule(who=acting, number=some, is_yes=st.booleans())
    def decide(self, who, number, is_yes):
        def decided(tx):
            found = people.applications(tx)
            name = found[number % len(found)].id if found else "application_none"
            facts = {"secrets": self.secrets, "now": self.now}
            if is_yes:
                return applications.invite(tx, self.log, who, name, cohort="first", days=3, **facts)
            return applications.decline(tx, self.log, who, name, reason="Full.", **facts)

        made = self.done(decided)
        if is_yes and made is not None:
            self.tokens.append(made.token)

    @rule(number=some)
    def turn_away(self, number):
        """Somebody applies and is told no: an order of two that chance missed in a whole run."""
        address, answers = f"{MAILBOX}away{number}@example.org", {self.question: f"Birds. {ANSWER}"}

        def declined(tx):
            facts = {"secrets": self.secrets, "now": self.now}
            sent = applications.apply(tx, self.log, address, "Mia", answers, **facts)
            return applications.decline(tx, self.log, SALLY, sent.id, reason="Full.", **facts)

        self.done(declined)

    @rule(who=acting, number=some)
    def invite(self, who, number):
        address = f"{MAILBOX}{number}@example.org"
        made = self.done(
            lambda tx: invitations.invite(
                tx, self.log, who, [address], cohort="first", days=3, secrets=self.secrets, now=self.now
            )
        )
        self.tokens += [one.token for one in made or ()]

    @precondition(lambda self: self.tokens)
    @rule(number=some, is_old=st.booleans())
    def come_in(self, number, is_old):
        """With the terms as they are, or others; a token may be one that was used."""

        def accepted(tx):
            terms = "0" * 64 if is_old else cohorts.in_force(tx, "first", self.now).hash
            token = self.tokens[number % len(self.tokens)]
            facts = {"terms": terms, "name": "Mia", "secrets": self.secrets, "now": self.now}
            joined = invitations.accept_invitation(tx, self.log, token, **facts)
            return self.keyed(tx, joined.grantee)

        self.held += [key] if (key := self.done(accepted)) else []

    @rule(number=some)
    def join(self, number):
        """Somebody is invited and comes in: chance alone would rarely get so far."""

        def joined(tx):
            facts = {"secrets": self.secrets, "now": self.now}
            address = f"{MAILBOX}{number}@example.org"
            (made,) = invitations.invite(tx, self.log, SALLY, [address], cohort="first", days=3, **facts)
            terms = cohorts.in_force(tx, "first", self.now).hash
            entered = invitations.accept_invitation(tx, self.log, made.token, terms=terms, name="Mia", **facts)
            return self.keyed(tx, entered.grantee)

        self.held += [key] if (key := self.done(joined)) else []

    @rule(number=some, renders=st.integers(1, 3), films=st.integers(0, 4))
    def share(self, number, renders, films):
        """A member mints a pass out of their own, and the guest makes films until one is refused."""

        def shared(tx):
            party = self.member(tx, number)
            wanted = Pass(name="Guest", renders=renders, seconds=40, until=self.now + timedelta(days=5))
            live = [one for one in access.permissions_of(tx, party) if one.grantee == party]
            newest = max(live, key=lambda one: (one.is_live(self.now), one.valid_from))
            facts = {"secrets": self.secrets, "now": self.now}
            return passes.mint(tx, self.log, party, newest.id, wanted, **facts)[1]

        key = self.done(shared)
        self.held += [key] if key else []
        for _ in range(films if key else 0):
            self.done(lambda tx: self.film(tx, key, 1))

    def keyed(self, tx, party):
        """A first key for somebody who has joined."""
        facts = {"name": "k", "scopes": frozenset(MEMBER_SCOPES), "days": 90, "secrets": self.secrets}
        return membership.new_key(tx, self.log, party, **facts, now=self.now)

    @rule(who=st.sampled_from([SALLY, SAM]), films=st.integers(3, 9))
    def announce(self, who, films):
        """More films bind at once; fewer wait for their notice."""
        self.done(
            lambda tx: cohorts.announce(
                tx, self.log, "first", _terms(self.now, films=films), by=who.party, now=self.now
            )
        )

    @rule(number=some, shares=st.booleans())
    def go_on_under_new_terms(self, number, shares):
        declined = frozenset() if shares else frozenset({Use.GUEST_INVITE})

        def accepted(tx):
            party, terms = self.member(tx, number), cohorts.in_force(tx, "first", self.now).hash
            before = access.permissions_of(tx, party)
            made = membership.accept_terms(tx, self.log, party, terms=terms, declined=declined, now=self.now)
            return None if made in before else made  # the terms they have change nothing, and leave no leaf

        self.done(accepted)

    @rule(number=some)
    def keep_ones_own_terms(self, number):
        def kept(tx):
            party = self.member(tx, number)
            coming = [one for one in membership.membership(tx, party, self.now).coming if one.declined_at is None]
            if not coming:
                raise RecordNotFoundError("Nothing waits for their answer.")
            held = access.permissions_of(tx, party)
            membership.decline_terms(tx, self.log, party, coming[0].told.terms.hash, now=self.now)
            assert held == access.permissions_of(tx, party), "keeping one's own terms changed something"
            return coming[0]

        self.done(kept)

    @rule(number=some, is_sure=st.integers(0, 5))
    def leave(self, number, is_sure):
        if not is_sure:  # now and then
            self.act(lambda tx: membership.leave(tx, self.log, self.member(tx, number), now=self.now))

    @rule(number=some, other=some, renders=st.integers(0, 8), days=st.integers(0, 200))
    def mint(self, number, other, renders, days):
        """From one's own access, or from another member's; within it, or beyond."""
        wanted = {"name": "Guest", "renders": renders, "seconds": 40, "until": self.now + timedelta(days=days)}

        def minted(tx):
            party, whose = self.member(tx, number), self.member(tx, other)
            live = [one for one in access.permissions_of(tx, whose) if one.grantee == whose]
            newest = max(live, key=lambda one: (one.is_live(self.now), one.valid_from))
            facts = {"secrets": self.secrets, "now": self.now}
            return passes.mint(tx, self.log, party, newest.id, Pass(**wanted), **facts)[1]

        self.held += [key] if (key := self.done(minted)) else []

    @rule(number=some, other=some)
    def take_back(self, number, other):
        def taken(tx):
            party, whose = self.member(tx, number), self.member(tx, other)
            given = passes.given(tx, whose, self.now)
            return passes.take_back(tx, self.log, party, given[0].permission.id if given else "pass_none", now=self.now)

        self.done(taken)

    @precondition(lambda self: self.held)
    @rule(number=some, count=st.integers(1, 3))
    def make_film(self, number, count):
        """By some key, a member's or a guest's: whoever is let in has a film in the book."""
        key = self.held[number % len(self.held)]

        self.done(lambda tx: self.film(tx, key, count))

    def film(self, tx, key, count):
        """Let in at the gate, films stand in the book."""
        at = self.now.timestamp()
        knock = Knock(credential=key.credential, scope="video.create", jobs=count, seconds=4.0 * count)
        entered = gate.enter(tx, knock, secrets=self.secrets, log=self.log, now=at)
        for one in range(count):
            tx.execute(sa.insert(videos).values(_film(f"film_{self.log.size}_{one}", entered.grant, at)))
        return entered

    @rule(who=acting, reach=st.sampled_from(Reach), level=levels, number=some, hours=st.integers(1, 100))
    def hold(self, who, reach, level, number, hours):
        def placed(tx):
            selector = Selector(reach=reach, id=self.target(tx, reach, number))
            pause = Pause(selector=selector, level=level, reason="Seen.", lasts=timedelta(hours=hours))
            return holds.place(tx, self.log, who, pause, now=self.now)

        self.done(placed)

    def target(self, tx, reach, number):
        """What a hold points at."""
        if reach is Reach.KEY and self.held:
            return self.held[number % len(self.held)].key.id
        if reach is Reach.PERMISSION:
            return access.permissions_of(tx, self.member(tx, number))[0].id
        return {Reach.COHORT: "first", Reach.FEATURE: Use.VIDEO_CREATE.value}.get(reach, "")

    @rule(who=acting, number=some, act=st.sampled_from(["agree", "lift", "renew", "appeal", "uphold", "yield"]))
    def go_on_with_a_hold(self, who, number, act):
        def gone(tx):
            found = access.all_holds(tx)
            name = found[number % len(found)].id if found else "hold_none"
            facts = {"now": self.now}
            if act == "appeal":
                return holds.appeal(tx, self.log, self.member(tx, number), name, **facts)
            if act in ("uphold", "yield"):
                return holds.answer(tx, self.log, who, name, is_upheld=act == "uphold", **facts)
            if act == "renew":
                return holds.renew(tx, self.log, who, name, reason="Again.", **facts)
            return (holds.agree if act == "agree" else holds.lift)(tx, self.log, who, name, **facts)

        self.done(gone)

    @invariant()
    def a_pass_stays_below_its_parent_and_no_quota_is_overrun(self):
        """I10; and what guests use counts for whoever invited them."""
        with self.database.reading() as tx:
            for party in sorted(access.members(tx, "first")):
                for permission in access.permissions_of(tx, party):
                    parent = access.permission(tx, permission.parent) if permission.parent else None
                    if parent and permission.is_live(self.now) and parent.is_live(self.now):
                        assert "" == excess(permission, parent)
                    for quota in permission.quotas:
                        is_whole = quota.per is Per.GRANT
                        renders, _ = access.used(tx, permission.id, since=0.0 if is_whole else self.month)
                        most = quota.limit if is_whole else max(quota.limit, self.most)
                        assert quota.measure is not Measure.RENDERS or renders <= most, quota

    @property
    def month(self):
        """When the month of the clock began."""
        return self.now.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp()

    most = 9  # what any terms here allow a month: films made under older, larger terms still count

    @precondition(lambda self: self.held)
    @invariant()
    def nobody_creates_without_a_live_chain_and_everybody_exports(self):
        """I1 and I4, of one key after the other."""
        self.turn += 1
        made = self.held[self.turn % len(self.held)]
        with self.database.reading() as tx:
            row = keys.listed(tx, made.key.party)
            assert row
            state = gate.key_state(tx, _grant(made))
            links = access.chain(tx, state.permission)
            creates = gate.ask_of(tx, state, Use.VIDEO_CREATE, Target(id="engine"), self.now, is_locked=False)
            exports = gate.ask_of(tx, state, Use.VIDEO_EXPORT, Target(id="engine"), self.now, is_locked=False)
            levels = self.levels_on(tx, made.key.id, links)
        assert not creates.allow or all(link.is_live(self.now) for link in links)
        assert not creates.allow or max(levels, default=Level.NONE) < Level.NO_CREATE
        assert exports.allow == (Level.KEY_DEAD not in levels)

    def levels_on(self, tx, key, links):
        """The levels in force on a key's branch, read the plain way."""
        names = {key, "", *(link.id for link in links), *(link.cohort for link in links if link.cohort)}
        names.add(Use.VIDEO_CREATE.value)
        standing = (hold for hold in access.all_holds(tx) if hold.state(self.now) is HoldState.IN_FORCE)
        reached = [hold for hold in standing if hold.selector.id in names]
        wide = [hold for hold in reached if hold.selector.reach is Reach.FEATURE]
        return [hold.level for hold in reached if hold not in wide or hold.level is not Level.KEY_DEAD]

    @invariant()
    def wide_holds_have_two_and_end(self):
        with self.database.reading() as tx:
            for hold in access.all_holds(tx):
                if hold.needs_two and hold.state(self.now) is HoldState.IN_FORCE:
                    assert hold.second not in (None, hold.placed_by)
                assert not hold.selector.reach.is_wide or hold.until - hold.placed <= timedelta(hours=72)
                assert hold.placed_by in {"sally", "sam", "sue"}

    @invariant()
    def what_was_declined_is_gone_and_a_mailbox_is_one_person(self):
        with self.database.reading() as tx:
            for one in people.applications(tx):
                assert (one.state == "open") == (one.decided_by is None)
                assert one.state != "declined" or "" == one.letter
            used = [one.used_by for one in people.invitations(tx) if one.used_by]
        assert len(used) == len(set(used))
        kept = (self.folder / "log" / "openings").read_text() + "".join(self.errors)
        assert ANSWER not in kept
        assert MAILBOX not in kept


def _grant(made):
    from vitascope.orders import Grant, Limits

    return Grant(
        party=made.key.party, key=made.key.id, scopes=frozenset(MEMBER_SCOPES), priority="normal", limits=Limits()
    )


def _film(name, grant, at):
    return {
        "id": name, "party": grant.party, "key": grant.key, "model": "s", "order": "{}", "fingerprint": "f",
        "seconds": 4.0, "state": "completed", "urgency": 1, "progress": 100, "attempts": 1, "created_at": at,
    }  # fmt: skip
