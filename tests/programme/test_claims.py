"""What a credit line buys whoever types it: no royalty, no manner. A work that was learned from does, for its owner."""

import pytest
import sqlalchemy as sa

from tests.programme.members import DAY, NOW, TOM, Leaves, add_render, fill_pool
from vitascope.errors import StyleError
from vitascope.programme import royalties
from vitascope.programme.money import journal, rates
from vitascope.programme.people import manners
from vitascope.rights.consent import snapshots, works
from vitascope.rights.consent.repository import LearnedModel
from vitascope.rights.consent.works import Consent, Upload
from vitascope.rights.credits import credits_for
from vitascope.rights.register import Register
from vitascope.rights.uses import Use
from vitascope.store.people_tables import people
from vitascope.store.tables import parties

WEIGHTS = "a" * 64


@pytest.fixture
def tx(database):
    with database.transaction() as open_tx:
        fill_pool(open_tx, Leaves())
        rates.publish(open_tx, Leaves(), TOM, rates.table("EUR", [("render.second", 100)], 300_000), now=NOW)
        yield open_tx


def put_in(tx, owner, credit, content=b"<svg>1</svg>", *, is_granted=True, at=NOW):
    """A work put in, and granted for training."""
    upload = Upload(title="A cat", content=content, media_type="image/svg+xml", credit=credit, concepts=("cat",),
                    is_mine=True)  # fmt: skip
    made = works.put_in(tx, Leaves(), owner, upload, now=at)
    if is_granted:
        consent = Consent(work=made.id, uses=frozenset({Use.TRAIN}), until=NOW + 99 * DAY)
        works.grant(tx, Leaves(), owner, consent, now=NOW)
    return made


def learn(tx):
    """A model learns from what may be learned from, and the register it saw."""
    taken, register = snapshots.take(tx, Leaves(), Register.load(), by="operator", now=NOW)
    model = LearnedModel(name="own", weights_sha256=WEIGHTS, snapshot=taken.id, at=NOW)
    snapshots.learned(tx, Leaves(), model, by="operator")
    return register


def owe(tx, *lines, weights=WEIGHTS, video="video_1"):
    """Book the royalties of a render with these credits; what everybody is owed."""
    add_render(tx, video, credits=list(lines), weights_sha256=weights)
    royalties.owe_all(tx, Leaves(), TOM, now=NOW)
    return {account: units for (account, _), units in journal.balances(tx).items()
            if account.startswith(("payable:", "waiting:"))}  # fmt: skip


def test_a_credit_line_that_somebody_types_earns_nothing(tx):
    """Mallory puts a work in under the name of an emoji's makers, granted or not: theirs still waits for them."""
    (line,) = credits_for(["police_car"])[:1]
    maker = line.partition(":")[0]
    put_in(tx, "mallory", maker, is_granted=False)

    assert {f"waiting:{maker}": 123} == owe(tx, line)


def test_a_work_that_was_learned_from_pays_its_owner(tx):
    """By the line that thanks for it in a render of the model that saw it, and by no other line of the same name."""
    put_in(tx, "ana", "Google")
    register = learn(tx)
    theirs = next(line for line in credits_for(["cat"], register) if "Opt-In" in line)
    googles = f"Google: cat ({Register.load().works_for('cat')[0].licence}; noto)"

    assert {"payable:ana": 62, "waiting:Google": 61} == owe(tx, theirs, googles)


def test_another_models_render_and_another_thing_pay_nobody_directly(tx):
    """A model that never saw the work, a thing it does not show, and a work granted after the snapshot."""
    put_in(tx, "ana", "Ana Lima")
    line = next(line for line in credits_for(["cat"], learn(tx)) if "Opt-In" in line)
    put_in(tx, "ben", "Ben Oak", b"<svg>2</svg>")

    assert {"waiting:Ana Lima": 123} == owe(tx, line, weights="b" * 64)
    assert {"waiting:Ana Lima": 246} == owe(tx, line.replace(": cat", ": dog"), video="video_2")
    assert 123 == owe(tx, line.replace("Ana Lima", "Ben Oak"), video="video_3")["waiting:Ben Oak"]


def test_a_line_that_two_have_in_common_waits(tx):
    """Two owners who wish to be named alike are told apart by people, not by who came first."""
    put_in(tx, "ana", "Ana Lima")
    put_in(tx, "mallory", "Ana Lima", b"<svg>2</svg>")
    line = next(line for line in credits_for(["cat"], learn(tx)) if "Opt-In" in line)

    assert {"waiting:Ana Lima": 123} == owe(tx, line)


def join(tx, party, name, at):
    """Somebody who joined by a mailbox."""
    tx.execute(sa.insert(parties).values(id=party, name=name, priority="normal", requests_per_minute=9,
                                         jobs_in_flight=9, seconds_per_day=9, created_at=at))  # fmt: skip
    tx.execute(sa.insert(people).values(party=party, address_digest=party, address="locked"))


def test_a_credit_line_that_somebody_types_gives_them_nobodys_manner(tx):
    """Not a member's, whose name it repeats, not a stranger's, and not a turn of phrase that would be closed to all."""
    join(tx, "zoe", "Ana Lima", 1.0)
    join(tx, "mallory", "ANA LIMA", 2.0)
    for number, credit in enumerate(("Ana Lima", "Frida Kahlo", "soft pencil")):
        put_in(tx, "mallory", credit, f"<svg>{number}</svg>".encode(), is_granted=False)

    assert [("zoe", ("Ana Lima",))] == [(person.party, person.names) for person in manners.people(tx)]


@pytest.mark.parametrize(
    ("name", "is_theirs"),
    [("Moebius", True), ("banksy", True), ("Rain", False), ("Gouache", False), ("Cubism", False), ("Vaporwave", False),
     ("Regen", False), ("Oz", False), ("B", False), ("!", False)],
)  # fmt: skip
def test_a_name_of_one_word_is_its_persons_unless_it_is_a_word(tx, name, is_theirs):
    """In any case; things, techniques and a letter or two stay everybody's."""
    join(tx, "mo", name, 1.0)
    prompts = [f"a cat in the style of {name.lower()}", f"{name} style, a cat"]
    for prompt in prompts:
        if is_theirs:
            with pytest.raises(StyleError, match="commission mo"):
                manners.require(tx, Leaves(), "ben", [prompt], now=NOW)
        else:
            assert () == manners.require(tx, Leaves(), "ben", [prompt], now=NOW)
        assert () == manners.require(tx, Leaves(), "mo", [prompt], now=NOW)


@pytest.mark.parametrize("name", ["Rose", "Hunter", "Sky", "Forest"])
def test_a_name_that_is_a_word_is_its_persons_where_it_is_written_as_one(tx, name):
    """With a capital, alone, after a turn of phrase; the word stays everybody's; who joined first is meant."""
    join(tx, "mo", name, 1.0)
    join(tx, "late", name, 2.0)
    with pytest.raises(StyleError, match="commission mo"):
        manners.require(tx, Leaves(), "late", [f"a rose in the style of {name}, at night"], now=NOW)

    assert () == manners.require(tx, Leaves(), "ben", [f"a cat in the style of a {name.lower()} at night"], now=NOW)
    assert () == manners.require(tx, Leaves(), "mo", [f"a cat in the style of {name}"], now=NOW)


def test_the_name_of_a_work_that_was_learned_from_is_its_owners(tx):
    """The first to be credited by it; a member who joined under it goes before them."""
    for days, (owner, credit) in enumerate([("cy", "Zoe Wu"), ("ana", "安娜"), ("ben", "安娜")], -3):
        put_in(tx, owner, credit, f"<svg>{owner}</svg>".encode(), at=NOW + days * DAY)
    join(tx, "zoe", "Zoe Wu", 9.0)
    learn(tx)

    assert {"ana": ("安娜",), "zoe": ("Zoe Wu",)} == {person.party: person.names for person in manners.people(tx)}
