"""What people do with what is theirs, in any order: likenesses with their levels and pay, works and their snapshots.

A part of the machine in ``test_sequences.py``, which has the database, the log, the clock and ``act``. Beside the
house it keeps a plain account of what everybody said last, and after each action the house has to answer as that does.
"""

from collections import Counter
from datetime import timedelta

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from shop import order

from tests.programme.entry_rules import MAILBOX, SALLY
from tests.programme.members import EVERYBODY, TOM, signed_in
from vitascope.errors import LikenessError
from vitascope.programme import royalties
from vitascope.programme.access import gate
from vitascope.programme.access.standing import Part
from vitascope.programme.door import Knock
from vitascope.programme.likeness import asking, paying, repository
from vitascope.programme.money import repository as lines
from vitascope.programme.people import cohorts, invitations
from vitascope.rights.answer import Rule
from vitascope.rights.consent import snapshots, works
from vitascope.rights.consent.repository import LearnedModel
from vitascope.rights.consent.works import Consent, Upload
from vitascope.rights.likeness import Circle, LikenessWish, allow, given_to, withdraw
from vitascope.rights.question import Target
from vitascope.rights.register import Register
from vitascope.rights.uses import Use
from vitascope.store import rights_tables
from vitascope.store.tables import videos

NAMES = tuple(one.party for one in EVERYBODY)
NOTHING = Register(works={}, opted_out=frozenset())
RULED_OUT = "weapon"

faces = st.sampled_from(NAMES)
some = st.integers(0, 7)
ends = st.sampled_from(["completed", "failed", "cancelled"])


class Owning:
    """The rules about what is somebody's own, and what must hold of it."""

    def begin_owning(self):
        """Nobody said anything yet."""
        self.told = {}  # person -> level, whom they named, until when
        self.holders, self.holder_keys = [], []
        self.allowed = {}  # work -> use -> until when
        self.owner_of, self.learned, self.looked, self.asked, self.seen = {}, set(), 0, 0, Counter()

    def may_show(self, who, whom):
        """Whether ``who`` may use the likeness of ``whom``, by what was said and nothing else."""
        if who == whom:
            return True
        level, named, until = self.told.get(whom, (Circle.NOBODY, frozenset(), self.now))
        if until <= self.now:
            return False
        is_met = level is not Circle.MUTUALS or self.names(who, whom)
        return level is Circle.EVERYBODY or (level.takes_names and who in named and is_met)

    def names(self, who, whom):
        """Whether ``who`` lets ``whom`` in by name now, or would if that were mutual."""
        level, named, until = self.told.get(who, (Circle.NOBODY, frozenset(), self.now))
        return level.takes_names and whom in named and self.now < until

    @rule(who=faces, circle=st.sampled_from(Circle), named=st.frozensets(faces, max_size=3), days=st.integers(1, 40))
    def speak(self, who, circle, named, days):
        """Claim one's own name and say who may use it, in place of what was said before."""
        self.say_who(who, circle, named, days)

    def say_who(self, who, circle, named, days):
        wish = {
            "character": f"face-{who}",
            "person": who,
            "circle": circle,
            "approved": named if circle.takes_names else frozenset(),
            "never_with": (RULED_OUT,),
        }
        until = self.now + timedelta(days=days)
        made = self.act(lambda tx: allow(tx, self.log, LikenessWish(**wish, until=until), now=self.now))
        if made is not None:
            self.told[who] = (circle, named - {who}, until)

    @rule(who=faces, thief=faces)
    def take_over(self, who, thief):
        """Nobody else speaks for a claimed name."""
        if who in self.told and who != thief:
            wish = {"character": f"Face-{who}", "person": thief, "circle": Circle.EVERYBODY}
            until = self.now + timedelta(days=9)
            assert self.act(lambda tx: allow(tx, self.log, LikenessWish(**wish, until=until), now=self.now)) is None

    @precondition(lambda self: self.told)
    @rule(who=faces)
    def say_no(self, who):
        """It is over at once, in the very next question."""
        self.act(lambda tx: withdraw(tx, self.log, f"face-{who}", who, now=self.now))
        if who in self.told:
            self.told[who] = (Circle.NOBODY, frozenset(), self.now)
        with self.database.reading() as tx:
            assert {who} == {other for other in NAMES if self.is_let(tx, other, who)} or who not in self.told

    @precondition(lambda self: self.told)
    @rule(who=faces, number=some, is_armed=st.booleans())
    def show(self, who, number, is_armed):
        """Order a film of somebody: taken where they said so, with what it owes them set aside."""
        self.order_of(who, sorted(self.told)[number % len(self.told)], is_armed=is_armed)

    def order_of(self, who, whom, *, is_armed=False):
        words = "with two weapons" if is_armed else "at a beach"
        people, self.asked = {f"face-{whom}": whom}, self.asked + 1

        def ordered(tx):
            asked = asking.require(tx, self.log, who, [order(f"@face-{whom} waves {words}")], now=self.now)
            assert people == asked
            name = f"face_{self.asked:04}"  # of oneself it leaves no leaf to be numbered by
            tx.execute(sa.insert(videos).values(self.face_film(name, who)))
            return paying.promise(tx, self.log, video=name, party=who, people=asked, now=self.now)

        is_taken = self.act(ordered) is not None
        assert is_taken == (self.may_show(who, whom) and (not is_armed or who == whom))
        self.seen["likeness shown" if is_taken else "likeness refused"] += 1

    def face_film(self, name, who):
        """A film in the queue."""
        return {
            "id": name, "party": who, "key": "key", "model": "s", "order": "{}", "fingerprint": name,
            "seconds": 4.0, "state": "queued", "urgency": 1, "progress": 0, "attempts": 0,
            "created_at": self.now.timestamp(),
        }  # fmt: skip

    @rule(number=some, state=ends, is_looked_at=st.booleans())
    def end_a_film(self, number, state, is_looked_at):
        """A film is made, or is not; the desk looks, now or later."""
        self.end_of(number, state)
        if is_looked_at:
            self.look()

    def look(self):
        """What the desk does every two seconds."""
        self.act(lambda tx: paying.settle(tx, self.log, now=self.now))

    @rule(who=faces, whom=faces, state=ends, is_mutual=st.booleans())
    def tell_a_story(self, who, whom, state, is_mutual):
        """Two people agree, a film is ordered, and it ends: chance alone would rarely get so far."""
        if who == whom:
            return
        level = Circle.MUTUALS if is_mutual else Circle.APPROVED
        self.say_who(whom, level, frozenset({who}), 30)
        if is_mutual:
            self.order_of(who, whom)
            self.say_who(who, Circle.MUTUALS, frozenset({whom}), 30)
        self.order_of(who, whom)
        self.end_of(0, state)
        self.look()

    def end_of(self, number, state):
        """One of the waiting films ends so."""

        def ended(tx):
            waiting = sa.select(videos.c.id).where(videos.c.id.startswith("face_"), videos.c.state == "queued")
            found = tx.execute(waiting.order_by(videos.c.id)).scalars().all()
            if found:
                chosen = videos.c.id == found[number % len(found)]
                tx.execute(sa.update(videos).where(chosen).values(state=state))

        self.act(ended)

    @rule()
    def book_what_waits(self):
        self.act(lambda tx: royalties.owe_all(tx, self.log, TOM, now=self.now))

    @rule(number=some)
    def join_as_rightsholder(self, number):
        """Somebody who puts works in and makes nothing."""
        self.let_in_by_works(number)

    def let_in_by_works(self, number):
        """Their invitation and their yes to it."""

        def joined(tx):
            facts = {"secrets": self.secrets, "now": self.now}
            address = [f"{MAILBOX}-works{number}@example.org"]
            (made,) = invitations.invite(
                tx, self.log, SALLY, address, cohort="first", days=3, part=Part.RIGHTSHOLDER, **facts
            )
            terms = cohorts.in_force(tx, "first", self.now).hash
            entered = invitations.accept_invitation(tx, self.log, made.token, terms=terms, name="Rea", **facts)
            return entered.grantee, self.keyed(tx, entered.grantee)

        if (made := self.done(joined)) is not None:
            self.holders.append(made[0])
            self.holder_keys.append(made[1])

    @precondition(lambda self: self.holders)
    @rule(number=some)
    def film_as_rightsholder(self, number):
        """Their key opens no film."""
        key = self.holder_keys[number % len(self.holder_keys)]
        knock = Knock(credential=key.credential, scope="video.create", jobs=1, seconds=4.0)
        at = self.now.timestamp()

        assert self.act(lambda tx: gate.enter(tx, knock, secrets=self.secrets, log=self.log, now=at)) is None

    @precondition(lambda self: self.holders)
    @rule(number=some)
    def put_a_work_in(self, number):
        self.enter_a_work(number)

    def enter_a_work(self, number):
        """A work of some rightsholder."""
        owner = self.holders[number % len(self.holders)]
        content = f"<svg>{owner}{self.log.size}</svg>".encode()
        upload = Upload(title="A work", content=content, media_type="image/svg+xml", is_mine=True)
        made = self.done(lambda tx: works.put_in(tx, self.log, owner, upload, now=self.now))
        self.owner_of[made.id], self.allowed[made.id] = owner, {}
        return made.id

    @precondition(lambda self: self.owner_of)
    @rule(number=some, uses=st.frozensets(st.sampled_from(works.USES), min_size=1), days=st.integers(1, 30))
    def allow_a_use(self, number, uses, days):
        self.let_use(self.some_work(number), uses, days)

    def let_use(self, work, uses, days):
        """Its owner's yes to these uses."""
        until = self.now + timedelta(days=days)
        consent = Consent(work=work, uses=uses, until=until)
        if self.act(lambda tx: works.grant(tx, self.log, self.owner_of[work], consent, now=self.now)) is not None:
            self.allowed[work] |= {use: until for use in uses if self.allowed[work].get(use, self.now) <= self.now}

    @precondition(lambda self: self.owner_of)
    @rule(number=some, uses=st.frozensets(st.sampled_from(works.USES)), is_whole=st.booleans())
    def take_a_use_back(self, number, uses, is_whole):
        """By its owner; of a work that is taken away nothing may be done any more."""
        self.end_use(self.some_work(number), frozenset(works.USES) if is_whole else uses, is_whole=is_whole)

    def end_use(self, work, uses, *, is_whole):
        """Its owner's no."""
        owner = self.owner_of[work]
        self.act(lambda tx: works.withdraw(tx, self.log, owner, work, uses, now=self.now))
        self.allowed[work] = {use: until for use, until in self.allowed[work].items() if use not in uses}
        if is_whole:
            self.act(lambda tx: works.take_away(tx, self.log, owner, work, now=self.now))
            self.seen["works taken away"] += 1

    def some_work(self, number):
        """A work some rightsholder put in."""
        return sorted(self.owner_of)[number % len(self.owner_of)]

    @precondition(lambda self: self.owner_of)
    @rule()
    def learn(self):
        """A snapshot, and a model that learned from it: I2, it holds what its owners allow now and nothing else."""
        self.take_snapshot()

    @rule(number=some, uses=st.frozensets(st.sampled_from(works.USES), min_size=1), is_whole=st.booleans())
    def tell_of_a_work(self, number, uses, is_whole):
        """Put in, granted, learned from, taken back, and not learned from again: chance alone rarely gets so far."""
        self.let_in_by_works(number)
        if self.holders:
            work = self.enter_a_work(number)
            self.let_use(work, uses | {Use.TRAIN}, 30)
            self.take_snapshot()
            self.end_use(work, frozenset(works.USES) if is_whole else uses, is_whole=is_whole)
            self.take_snapshot()

    def take_snapshot(self):
        """What may be learned from now, and a model that did."""

        def taken(tx):
            snapshot, register = snapshots.take(tx, self.log, NOTHING, by="sally", now=self.now)
            model = LearnedModel(weights_sha256=f"{self.log.size:064}", name="s", snapshot=snapshot.id, at=self.now)
            snapshots.learned(tx, self.log, model, by="sally")
            return register.works.keys() & self.owner_of.keys()

        found = self.done(taken)
        assert self.trainable() == found
        self.learned |= found
        self.seen["snapshots with works"] += bool(found)

    def trainable(self):
        """What may be learned from, by what its owners said."""
        return {work for work, uses in self.allowed.items() if self.now < uses.get(Use.TRAIN, self.now)}

    @invariant()
    def models_that_saw_a_withdrawn_work_are_named(self):
        """I12."""
        with self.database.reading() as tx:
            named = {work for one in snapshots.affected(tx, NOTHING, self.now) for work in one.works}
        assert self.learned - self.trainable() == named & self.owner_of.keys()

    @invariant()
    def a_likeness_is_used_as_its_person_says_and_by_nobody_else(self):
        """I3: who may is what each said last, whatever others said meanwhile; of one person after the other."""
        self.looked += 1
        whom = NAMES[self.looked % len(NAMES)]
        if whom in self.told:
            with self.database.reading() as tx:
                let = {who: self.is_let(tx, who, whom) for who in NAMES}
                decided = {who: self.is_decided(tx, who, whom) for who in NAMES}
            assert {who: self.may_show(who, whom) for who in NAMES} == let == decided

    def is_let(self, tx, who, whom):
        """What the desk and the worker ask."""
        try:
            given_to(tx, f"face-{whom}", whom, who, now=self.now)
        except LikenessError:
            return False
        return True

    def is_decided(self, tx, who, whom):
        """What ``decide`` says of it, for somebody whose access is not what is asked."""
        drawn_on = asking.ingredients({f"face-{whom}": whom})
        target = Target(id="engine", ingredients=drawn_on)
        said = gate.ask_of(tx, signed_in(who), Use.VIDEO_START, target, self.now, is_locked=False)
        assert said.allow or said.rule is Rule.NOT_GRANTED
        return said.allow

    @invariant()
    def every_film_of_somebody_owes_what_came_of_it(self):
        """Pending with the order, owed once when it is made, called off when it is not; nothing to oneself."""
        with self.database.reading() as tx:
            states = dict(tx.execute(sa.select(videos.c.id, videos.c.state)).all())
            rows = tx.execute(sa.select(rights_tables.likeness_uses)).mappings().all()
            for row in rows:
                use = repository.LikenessUse(**{name: row[name] for name in repository.LikenessUse.__slots__})
                entry = paying._entry(use)
                assert (entry is None) == (use.person == use.party)
                if entry is not None:
                    self.check_line(tx, row, entry, states[use.video])

    def check_line(self, tx, row, entry, state):
        """The line of one use, by where its film stands."""
        line, end = lines.find(tx, entry.id), lines.resolution(tx, entry.id)
        is_owed = line is not None and (line.phase == "direct" or (end is not None and end.phase == "post"))
        if row["settled_at"] is None:
            assert not is_owed
            assert end is None
        else:
            assert is_owed == (state == "completed")
            assert line is None or line.phase == "direct" or end is not None, "something stays set aside for ever"
            self.seen[f"likeness {'paid' if is_owed else 'not owed'}"] += 1


def only_owning(machine, *parts):
    """The same house, in which people do only what is about their own: of all rules, two of these rarely meet."""
    others = {
        name: None
        for part in (*parts, machine)
        for name, value in vars(part).items()
        if hasattr(value, "hypothesis_stateful_rule")
    }
    return type("Owners", (machine,), others)
