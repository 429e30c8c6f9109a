"""Whatever people do, in whatever order, what must hold holds: random sequences of programme actions.

A slice runs always; ``SLOW=1 pytest tests/programme/test_sequences.py`` runs 10,000 actions and more.
"""

import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from databases import copied, emptied
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.programme.entry_rules import Entry
from tests.programme.members import ANA, EVERYBODY, NOW, RITA, TEA, TOM, add_render, euros, signed_in
from tests.programme.owner_rules import Owning, only_owning
from vitascope.errors import VitascopeError
from vitascope.programme import release
from vitascope.programme.access import repository as access
from vitascope.programme.actor import may
from vitascope.programme.money import journal, payout, repository
from vitascope.programme.money.pain import BankAccount
from vitascope.programme.people.repository import applications, declined_terms
from vitascope.programme.release import Release
from vitascope.programme.voice import book
from vitascope.programme.voice import repository as voice
from vitascope.programme.voice.book import Draft
from vitascope.programme.voice.contribution import Kind, Severity, State
from vitascope.rights.checkpoint import signer_at
from vitascope.rights.consent import works
from vitascope.rights.consent.works import Consent, Upload
from vitascope.rights.log import Log
from vitascope.rights.merkle import is_consistent
from vitascope.rights.monitor import verify
from vitascope.rights.owners import repository as owners
from vitascope.rights.uses import Use
from vitascope.store.database import open_database
from vitascope.store.secrets import open_secrets
from vitascope.store.tables import videos

CANARY = "canary-7f3a-secret"
ACCOUNT = BankAccount(name="Ana Lima", iban="DE89370400440532013000")
BACKED = ("pool", "payable:", "waiting:")
COUNTED = Counter()
MEMORY = Path("/dev/shm")  # noqa: S108  # a file system in memory, where there is one: every leaf waits for its disk

people = st.sampled_from(EVERYBODY)
picks = st.integers(0, 7)


class Programme(Entry, Owning, RuleBasedStateMachine):
    """A programme whose people do whatever comes to their mind: reports, money, likenesses, works, and the door."""

    fresh: Callable[[Path], str]  # the URL of an empty database, for which there is a folder

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="vita-", dir=MEMORY if MEMORY.exists() else None))
        self.database = open_database(type(self).fresh(self.folder), migrate=False)
        self.signer = signer_at(self.folder / "log.pem", origin="test.example/log")
        self.log = Log(self.folder / "log", self.signer)
        self.secrets = open_secrets(self.folder)
        self.now, self.said, self.errors, self.files = NOW, {}, [], 0
        self.old = (self.log.size, self.log.root(self.log.size))

    def teardown(self):
        with self.database.reading() as tx:
            COUNTED.update(step.state.value for found in voice.everything(tx) for step in found.steps)
            COUNTED.update(f"application {one.state}" for one in applications(tx))
            COUNTED.update(f"hold {hold.state(self.now)}" for hold in access.all_holds(tx))
            for party in sorted(access.members(tx, "first")):
                COUNTED.update(f"access {one.ending}" for one in access.permissions_of(tx, party) if one.ending)
                COUNTED["terms declined"] += len(declined_terms(tx, party))
            COUNTED["passes"] += sum(key.key.party.startswith("guest_") for key in self.held)
            films = sa.select(sa.func.count()).where(videos.c.id.startswith("film_"))
            COUNTED.update(self.seen)
            COUNTED["rightsholders"] += len(self.holders)
            COUNTED["films"] += tx.execute(films).scalar_one()
        self.database.close()
        shutil.rmtree(self.folder)

    def act(self, work):
        """One action in one transaction; a refusal changes nothing, and says nothing secret."""
        COUNTED["actions"] += 1
        self.now += timedelta(hours=1)
        try:
            with self.database.transaction() as tx:
                return work(tx)
        except VitascopeError as error:
            COUNTED["refused"] += 1
            self.errors.append(str(error))
            return None

    def pick(self, tx, number):
        """Some contribution."""
        found = voice.everything(tx)
        return found[number % len(found)].id if found else "contribution_none"

    @initialize()
    def begin(self):
        def begun(tx):
            for number, owner in enumerate(("ana", "ben", "tom")):
                add_render(tx, f"video_{number}", owner)
            journal.fund(tx, self.log, amount=euros(200_000), statement="bank-0", by="tom", now=self.now)
            self.open_door(tx)

        self.begin_owning()
        self.act(begun)

    @rule(cents=st.integers(-5, 90_000), number=picks)
    def fund(self, cents, number):
        self.act(
            lambda tx: journal.fund(
                tx, self.log, amount=euros(cents), statement=f"bank-{number}", by="tom", now=self.now
            )
        )

    @rule(who=people, kind=st.sampled_from(Kind), is_public=st.booleans())
    def submit(self, who, kind, is_public):
        draft = Draft(kind=kind, title="This is bad", body=f"Very bad. {CANARY}", is_public=is_public)
        made = self.act(lambda tx: book.submit(tx, self.log, who, draft, now=self.now))
        if made is not None:
            self.said[made.id] = made

    @rule(who=people, number=picks, severity=st.none() | st.sampled_from(Severity))
    def triage(self, who, number, severity):
        said = {"severity": severity, "reason": "seen", "now": self.now}
        self.act(lambda tx: book.triage(tx, self.log, who, self.pick(tx, number), **said))

    @rule(who=people, number=picks, units=st.integers(-1, 4))
    def accept(self, who, number, units):
        self.act(lambda tx: book.accept(tx, self.log, who, self.pick(tx, number), units=units, now=self.now))

    @rule(who=people, number=picks, other=picks)
    def repeat(self, who, number, other):
        self.act(
            lambda tx: book.mark_duplicate(
                tx, self.log, who, self.pick(tx, number), original=self.pick(tx, other), now=self.now
            )
        )

    @rule(who=people, number=picks)
    def decline(self, who, number):
        self.act(lambda tx: book.decline(tx, self.log, who, self.pick(tx, number), reason="no", now=self.now))

    @rule(who=people, number=picks)
    def dispute(self, who, number):
        self.act(lambda tx: book.dispute(tx, self.log, who, self.pick(tx, number), reason="but", now=self.now))

    @rule(who=people, number=picks)
    def credit(self, who, number):
        self.act(lambda tx: book.give_credit(tx, self.log, who, self.pick(tx, number), change="done", now=self.now))

    @rule(who=people, number=picks)
    def pay(self, who, number):
        self.act(lambda tx: book.settle_paid(tx, self.log, who, self.pick(tx, number), now=self.now))

    @rule(who=people, number=picks)
    def give(self, who, number):
        self.act(lambda tx: book.settle_gift(tx, self.log, who, self.pick(tx, number), now=self.now))

    @rule(number=picks, moods=st.just([True] * 5) | st.lists(st.booleans(), min_size=3, max_size=8))
    def go_on(self, number, moods):
        """People who may do so take a contribution further: chance alone would rarely get one to its end."""
        for is_kind in moods:
            self.act(lambda tx, is_kind=is_kind: self.next_step(tx, number, is_kind=is_kind))

    def next_step(self, tx, number, *, is_kind):
        """The usual next step, by somebody new to the case; in the end its author may give the money away."""
        name = self.pick(tx, number)
        found = book.require_found(tx, name)
        new = [who for who in EVERYBODY if who.party not in (*found.reviewers, found.party)]
        reviewer = next(who for who in (*new, RITA) if may(who, Use.CONTRIBUTION_TRIAGE))
        payer = next(who for who in (*new, TOM) if may(who, Use.CONTRIBUTION_PAY))
        author = next(who for who in EVERYBODY if who.party == found.party)
        if found.state is State.SUBMITTED:
            severity = Severity.LOW if found.kind is Kind.BUG else None
            return book.triage(tx, self.log, reviewer, name, severity=severity, now=self.now)
        if found.state is State.TRIAGED and not is_kind:
            return book.decline(tx, self.log, reviewer, name, reason="no", now=self.now)
        if found.state in (State.TRIAGED, State.DISPUTED):
            return book.accept(tx, self.log, reviewer, name, units=1, now=self.now)
        if found.state is State.DECLINED or (found.state is State.ACCEPTED and not is_kind):
            return book.dispute(tx, self.log, author, name, reason="too little", now=self.now)
        if found.state is State.ACCEPTED:
            return book.give_credit(tx, self.log, reviewer, name, change="done", now=self.now)
        settle, who = (book.settle_gift, author) if number % 3 == 0 else (book.settle_paid, payer)
        return settle(tx, self.log, who, name, now=self.now)

    @rule(who=people)
    def tell_where(self, who):
        self.act(lambda tx: payout.tell_where(tx, self.log, who.party, ACCOUNT, secrets=self.secrets, now=self.now))

    @rule(who=st.sampled_from([TOM, TEA, ANA]), run=st.sampled_from(["a", "b"]))
    def prepare(self, who, run):
        self.act(lambda tx: payout.prepare(tx, self.log, who, run, currency="EUR", secrets=self.secrets, now=self.now))

    @rule(who=st.sampled_from([TOM, TEA, ANA]), run=st.sampled_from(["a", "b"]), is_done=st.booleans())
    def close_run(self, who, run, is_done):
        act = payout.confirm if is_done else payout.call_off
        self.act(lambda tx: act(tx, self.log, who, run, now=self.now))

    @rule(who=people, video=st.integers(0, 3), is_public=st.booleans())
    def publish(self, who, video, is_public):
        name = f"video_{video}"
        if is_public:
            self.act(lambda tx: release.publish(tx, self.log, signed_in(who.party), Release(video=name), now=self.now))
        else:
            self.act(lambda tx: release.unpublish(tx, self.log, who.party, name, now=self.now))

    @rule(who=people, video=st.integers(0, 3))
    def ask_promotion(self, who, video):
        until = self.now + timedelta(days=30)
        self.act(lambda tx: release.ask_promotion(tx, self.log, who, f"video_{video}", until=until, now=self.now))

    @rule(who=people, number=picks, is_yes=st.booleans())
    def answer_promotion(self, who, number, is_yes):
        def answered(tx):
            asked = [given.permission.id for given in owners.by(tx, who.party)] or ["permission_none"]
            act = release.accept_promotion if is_yes else release.decline_promotion
            return act(tx, self.log, who.party, asked[number % len(asked)], now=self.now)

        self.act(answered)

    @rule(who=people)
    def put_in(self, who):
        self.files += 1
        upload = Upload(
            title="A cat", content=f"<svg>{self.files}</svg>".encode(), media_type="image/svg+xml", is_mine=True
        )
        self.act(lambda tx: works.put_in(tx, self.log, who.party, upload, now=self.now))

    @rule(who=people, number=picks, uses=st.frozensets(st.sampled_from([*works.USES, Use.VIDEO_READ]), max_size=3))
    def consent(self, who, number, uses):
        def consented(tx):
            mine = [work.id for work in works.repository.works(tx)] or ["work_none"]
            consent = Consent(work=mine[number % len(mine)], uses=uses, until=self.now + timedelta(days=30))
            return works.grant(tx, self.log, who.party, consent, now=self.now)

        self.act(consented)

    @rule(who=people, number=picks)
    def withdraw(self, who, number):
        def withdrawn(tx):
            mine = [work.id for work in works.repository.works(tx)] or ["work_none"]
            return works.withdraw(
                tx, self.log, who.party, mine[number % len(mine)], frozenset(works.USES), now=self.now
            )

        self.act(withdrawn)

    @precondition(lambda self: self.log.size > 2)
    @rule(number=st.integers(0, 10_000))
    def erase(self, number):
        self.log.erase(number % self.log.size, by="steward-1", now=self.now)

    @rule()
    def restart(self):
        self.log = Log(self.folder / "log", self.signer)

    @rule(who=people)
    def crash(self, who):
        """The power goes after the leaf and before the effect."""
        draft = Draft(kind=Kind.FEEDBACK, title="Lost")

        def cut_off():
            with self.database.transaction() as tx:
                book.submit(tx, self.log, who, draft, now=self.now)
                raise KeyboardInterrupt

        before = self.log.size
        with pytest.raises(KeyboardInterrupt):
            cut_off()
        assert before + 1 == self.log.size

    @invariant()
    def every_currency_sums_to_zero_and_nothing_is_overdrawn(self):
        with self.database.reading() as tx:
            held = journal.balances(tx)
            assert 0 == sum(held.values())
            for (name, currency), units in held.items():
                if name.startswith(BACKED):
                    assert 0 <= journal.balance(tx, name, currency).free <= units

    @invariant()
    def every_contribution_is_paid_as_its_state_says(self):
        """I6: whatever was accepted is promised, paid is owed, a gift is neither; all once."""
        with self.database.reading() as tx:
            for found in voice.everything(tx):
                line = repository.resolution(tx, found.transfer) if found.transfer else None
                ended = line.phase if line else None
                if found.state in (State.ACCEPTED, State.CREDITED):
                    assert ended is None
                elif found.transfer:
                    expected = "post" if found.state is State.PAID else "void"
                    assert expected == ended, found.state

    @invariant()
    def nobody_decided_on_their_own_case(self):
        with self.database.reading() as tx:
            for found in voice.everything(tx):
                for step in found.steps[1:]:
                    own = step.state in (State.DISPUTED, State.GIFT)
                    assert own == (step.by == found.party), step

    @invariant()
    def nothing_that_was_said_is_hidden_or_changed(self):
        with self.database.reading() as tx:
            public = {found.id: found for found in voice.public(tx)}
        for name, made in self.said.items():
            assert (name in public) == made.is_public
            assert not made.is_public or (made.title, made.body) == (public[name].title, public[name].body)

    @invariant()
    def the_log_only_grows_and_neither_it_nor_an_error_says_a_secret(self):
        size, root = self.log.size, self.log.root(self.log.size)
        proof = self.log.prove_consistency(self.old[0], size)
        assert is_consistent(self.old[1], self.old[0], root, size, proof=proof)
        self.old = (size, root)
        kept = (self.folder / "log" / "openings").read_text() + (self.folder / "log" / "leaves").read_text()
        kept += "".join(self.errors)
        assert CANARY not in kept
        assert ACCOUNT.iban not in kept
        assert size == verify(self.folder / "log", self.signer.verifier).size


Owners = only_owning(Programme, Entry)


def _run(fresh, examples, steps, machine=Programme):
    COUNTED.clear()
    machine.fresh = staticmethod(fresh)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=(Phase.explicit, Phase.generate),  # shrinking replays whole houses for minutes; draws are repeatable
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_no_action_hides_another():
    """The parts of the machine share a namespace: an action of the same name would never be done."""
    parts = [{name for name in vars(part) if not name.startswith("__")} for part in (Entry, Owning, Programme)]

    assert len(set.union(*parts)) == sum(map(len, parts))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_slice_of_random_sequences_breaks_nothing(kind, request):
    """Some hundreds of actions, of which many are refused and many are not."""
    if kind == "sqlite":
        _run(copied(request.getfixturevalue("made_sqlite")), 8, 25)
    else:
        made = request.getfixturevalue("made_postgres")
        _run(lambda _folder: emptied(made), 8, 25)

    assert 100 < COUNTED["actions"]
    assert 0 < COUNTED["refused"] < COUNTED["actions"]


def test_a_slice_of_what_is_ones_own_breaks_nothing(made_sqlite):
    """Likenesses and their pay, rightsholders, snapshots: enough of each that a broken promise is met."""
    _run(copied(made_sqlite), 8, 30, Owners)

    wanted = ("likeness shown", "likeness refused", "likeness paid", "likeness not owed", "rightsholders")
    assert [] == [name for name in (*wanted, "snapshots with works", "works taken away") if not COUNTED[name]]


@pytest.mark.slow
def test_ten_thousand_random_actions_break_nothing(made_sqlite, capsys):
    """The full run of the figure: 10,000 actions and more, 0 broken invariants."""
    _run(copied(made_sqlite), 160, 80)

    with capsys.disabled():
        sys.stdout.write(f"\n{dict(COUNTED)}\n")
    assert 10_000 <= COUNTED["actions"]
    met = [state.value for state in State if state is not State.DUPLICATE]
    met += ["passes", "films", "application invited", "application declined", "hold in force", "access returned"]
    met += ["likeness shown", "likeness refused", "likeness paid", "access replaced", "terms declined"]
    assert [] == [name for name in (*met, "likeness not owed") if not COUNTED[name]]
