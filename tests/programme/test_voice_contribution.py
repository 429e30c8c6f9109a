"""Contributions: credited, paid by the table, decided by other people, and never hidden."""

import json
from dataclasses import replace

import pytest

from tests.programme.members import (
    ANA,
    BEN,
    DAY,
    HOUR,
    NOW,
    RAJ,
    RITA,
    ROSA,
    TEA,
    TOM,
    Leaves,
    add_render,
    fill_pool,
)
from vitascope.errors import (
    ContributionError,
    LogError,
    OwnCaseError,
    PoolError,
    RecordNotFoundError,
    RoleError,
    TransferError,
)
from vitascope.programme.actor import keeper
from vitascope.programme.money import journal
from vitascope.programme.voice import book, repository
from vitascope.programme.voice.book import Draft
from vitascope.programme.voice.contribution import Kind, Severity, State
from vitascope.rights.owners.book import Wish, give
from vitascope.rights.party import PUBLIC, Credit
from vitascope.rights.uses import Use

BUG = Draft(kind=Kind.BUG, title="The parrot has two heads", body="It has.", credit=Credit.HANDLE, credited_as="@ana")
FEEDBACK = Draft(kind=Kind.FEEDBACK, title="I dislike this programme", body="It wastes my time.")


@pytest.fixture
def tx(database):
    with database.transaction() as open_tx:
        yield open_tx


def submit(tx, draft=BUG, actor=ANA, now=NOW):
    return book.submit(tx, Leaves(), actor, draft, now=now)


def triage(tx, name, actor=RITA, severity=Severity.MEDIUM, now=NOW + HOUR):
    return book.triage(tx, Leaves(), actor, name, severity=severity, now=now)


def accept(tx, name, actor=RAJ, units=1, now=NOW + 2 * HOUR):
    return book.accept(tx, Leaves(), actor, name, units=units, now=now)


def accepted(tx, draft=BUG):
    """A report that was triaged and accepted."""
    name = submit(tx, draft).id
    triage(tx, name, severity=Severity.MEDIUM if draft.kind is Kind.BUG else None)
    return accept(tx, name)


def test_a_report_goes_from_submitted_to_paid(tx):
    """Each step has its time and person; the rate is set aside on acceptance and owed when it is settled."""
    fill_pool(tx, Leaves(), 20_000)
    name = accepted(tx).id
    assert 8_000 == journal.balance(tx, "pool", "EUR").free
    book.give_credit(tx, Leaves(), RITA, name, change="One head per parrot", now=NOW + 3 * HOUR)
    paid = book.settle_paid(tx, Leaves(), TOM, name, now=NOW + DAY)

    assert ["submitted", "triaged", "accepted", "credited", "paid"] == [step.state for step in paid.steps]
    assert 12_000 == journal.balance(tx, "payable:ana", "EUR").held
    assert paid == repository.find(tx, name)
    assert (f"- One head per parrot (thanks to @ana, {name}).",) == book.changelog(tx)


@pytest.mark.parametrize(
    ("credit", "name", "said"),
    [(Credit.NAME, "Ana Lima", "Ana Lima"), (Credit.NONE, "", "a member who wishes not to be named")],
)
def test_credit_is_as_its_author_wishes(tx, credit, name, said):
    """By name, by handle, or not at all."""
    fill_pool(tx, Leaves())
    found = accepted(tx, replace(BUG, credit=credit, credited_as=name))
    book.give_credit(tx, Leaves(), RITA, found.id, change="Mended.", now=NOW + DAY)

    assert f"thanks to {said}" in book.changelog(tx)[0]


def test_a_report_carries_what_makes_its_render_again(tx):
    """The order with its seed and the hashes go along; somebody else's render does not."""
    add_render(tx)
    add_render(tx, "video_2", "ben")
    told = json.loads(submit(tx, replace(BUG, about="video_1")).manifest)

    assert (7, "a parrot flies") == (told["order"]["seed"], told["order"]["prompt"])
    assert {"weights_sha256", "frames_sha256", "manifest_sha256"} <= told["made"].keys()
    with pytest.raises(RecordNotFoundError):
        submit(tx, replace(BUG, about="video_2"))


def test_what_makes_a_render_again_is_for_its_author_and_reviewers(tx):
    """The prompt only for whoever may see the render: its author, and a reviewer once it is released; never a path."""
    add_render(tx)
    found = submit(tx, replace(BUG, about="video_1"))
    shown = [
        book.manifest_for(tx, who, found, now=NOW) for who in (ANA, RITA, BEN, TOM, keeper("stranger", (), at=NOW))
    ]
    wish = Wish(owner="ana", grantee=PUBLIC, thing="render/video_1", uses=frozenset({Use.VIDEO_READ}), until=NOW + DAY)
    give(tx, Leaves(), wish, now=NOW)

    assert [None] * 3 == shown[2:]
    assert ("a parrot flies", 7) == (shown[0]["order"]["prompt"], shown[0]["order"]["seed"])
    assert shown[0]["made"] == shown[1]["made"]
    assert {"prompt"} == shown[0]["order"].keys() - shown[1]["order"].keys()
    assert "a parrot flies" == book.manifest_for(tx, RITA, found, now=NOW)["order"]["prompt"]
    assert "prompt" not in book.manifest_for(tx, RITA, found, now=NOW + 2 * DAY)["order"]
    assert book.manifest_for(tx, ANA, submit(tx), now=NOW) is None


def test_a_gift_is_its_authors_word(tx):
    """Nobody else makes one; the pool has its money back, and the journal shows what was given."""
    fill_pool(tx, Leaves(), 12_000)
    name = accepted(tx).id
    book.give_credit(tx, Leaves(), RITA, name, change="Mended.", now=NOW + DAY)
    with pytest.raises(ContributionError, match="author"):
        book.settle_gift(tx, Leaves(), TOM, name, now=NOW + DAY)
    book.settle_gift(tx, Leaves(), ANA, name, now=NOW + DAY)

    assert 12_000 == journal.balance(tx, "pool", "EUR").free
    assert 12_000 == journal.balance(tx, "gift", "EUR").held
    assert 0 == sum(journal.balances(tx).values())
    with pytest.raises((ContributionError, TransferError)):
        book.settle_paid(tx, Leaves(), TOM, name, now=NOW + DAY)


def test_nobody_decides_on_their_own_case(tx):
    """Not the author, not the one who triaged it, and whoever decided does not pay."""
    fill_pool(tx, Leaves())
    both = keeper("rita", {Use.CONTRIBUTION_TRIAGE, Use.CONTRIBUTION_PAY}, at=NOW)
    own = submit(tx, actor=RITA).id
    with pytest.raises(OwnCaseError):
        triage(tx, own)
    name = submit(tx).id
    triage(tx, name)
    for decide in (
        lambda: accept(tx, name, RITA),
        lambda: book.decline(tx, Leaves(), RITA, name, reason="no", now=NOW + DAY),
    ):
        with pytest.raises(OwnCaseError):
            decide()
    accept(tx, name)
    book.give_credit(tx, Leaves(), RITA, name, change="x", now=NOW + DAY)
    with pytest.raises(OwnCaseError):
        book.settle_paid(tx, Leaves(), both, name, now=NOW + DAY)
    with pytest.raises(RoleError):
        book.settle_paid(tx, Leaves(), RAJ, name, now=NOW + DAY)
    with pytest.raises(RoleError):
        triage(tx, submit(tx).id, TOM)


def test_a_dispute_goes_to_somebody_new(tx):
    """The author objects, what was set aside is free, and none of the earlier reviewers decides again."""
    fill_pool(tx, Leaves(), 12_000)
    name = accepted(tx).id
    with pytest.raises(ContributionError):
        book.dispute(tx, Leaves(), BEN, name, reason="mine was first", now=NOW + DAY)
    book.dispute(tx, Leaves(), ANA, name, reason="it is worse than medium", now=NOW + DAY)
    assert 12_000 == journal.balance(tx, "pool", "EUR").free
    for reviewer in (RITA, RAJ):
        with pytest.raises(OwnCaseError):
            accept(tx, name, reviewer, now=NOW + 2 * DAY)
    accept(tx, name, ROSA, now=NOW + 2 * DAY)

    assert 0 == journal.balance(tx, "pool", "EUR").free


def test_the_first_report_wins(tx):
    """A duplicate is an earlier one's, and can be disputed."""
    first, second = submit(tx).id, submit(tx, actor=BEN, now=NOW + HOUR).id
    triage(tx, first)
    triage(tx, second, now=NOW + 2 * HOUR)
    with pytest.raises(ContributionError):
        book.mark_duplicate(tx, Leaves(), RAJ, first, original=second, now=NOW + DAY)
    with pytest.raises(ContributionError):
        book.mark_duplicate(tx, Leaves(), RAJ, second, original=second, now=NOW + DAY)
    found = book.mark_duplicate(tx, Leaves(), RAJ, second, original=first, now=NOW + DAY)

    assert (State.DUPLICATE, first) == (found.state, found.steps[-1].original)
    book.dispute(tx, Leaves(), BEN, second, reason="another cause", now=NOW + 2 * DAY)


def test_money_that_is_not_there_is_not_promised(tx):
    """With an empty pool nothing is accepted, and the report stays triaged."""
    name = submit(tx).id
    triage(tx, name)

    with pytest.raises(PoolError):
        accept(tx, name)
    assert State.TRIAGED is repository.find(tx, name).state


@pytest.mark.parametrize("units", [0, -1, 1.5, True, 10_001])
def test_units_are_whole_numbers(tx, units):
    """Half an hour, no hours and a lifetime are no units."""
    fill_pool(tx, Leaves())
    name = submit(tx, FEEDBACK).id
    triage(tx, name, severity=None)

    with pytest.raises(ContributionError):
        accept(tx, name, units=units)


def test_feedback_is_paid_by_the_hour(tx):
    """Three hours at the published rate."""
    fill_pool(tx, Leaves())
    name = submit(tx, FEEDBACK).id
    triage(tx, name, severity=None)
    accept(tx, name, units=3)

    assert 18_000 == journal.balance(tx, "pool", "EUR").promised


@pytest.mark.parametrize("severity", [None, Severity.LOW])
def test_a_severity_belongs_to_a_bug(tx, severity):
    """A bug has one, and feedback none."""
    draft = BUG if severity is None else FEEDBACK
    with pytest.raises(ContributionError):
        triage(tx, submit(tx, draft).id, severity=severity)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": " "},
        {"title": "x" * 201},
        {"body": "x" * 20_001},
        {"credit": Credit.NAME, "credited_as": ""},
        {"credit": Credit.NONE, "credited_as": "Ana"},
    ],
)
def test_a_draft_that_says_nothing_is_refused(tx, changes):
    """A title is needed, lengths are limited, and credit and name fit together."""
    with pytest.raises(ContributionError):
        submit(tx, replace(BUG, **changes))


def test_steps_follow_each_other(tx):
    """Nothing is accepted before triage, credited before acceptance, or dated before the last step."""
    fill_pool(tx, Leaves())
    with pytest.raises(ContributionError, match="submitted"):
        accept(tx, submit(tx, FEEDBACK).id)
    name = submit(tx).id
    with pytest.raises(ContributionError, match="clock"):
        triage(tx, name, now=NOW - HOUR)
    triage(tx, name)
    with pytest.raises(ContributionError):
        book.give_credit(tx, Leaves(), RITA, name, change="x", now=NOW + DAY)
    with pytest.raises(RecordNotFoundError):
        triage(tx, "contribution_none")


def test_declining_takes_a_reason_and_hides_nothing(tx):
    """Negative feedback that was declined stands in the public list, to the letter, with the reason beside it."""
    name = submit(tx, FEEDBACK).id
    triage(tx, name, severity=None)
    with pytest.raises(ContributionError):
        book.decline(tx, Leaves(), RAJ, name, reason=" ", now=NOW + DAY)
    book.decline(tx, Leaves(), RAJ, name, reason="We disagree.", now=NOW + DAY)
    (told,) = repository.public(tx)

    assert ("It wastes my time.", "We disagree.") == (told.body, told.steps[-1].reason)
    assert "wastes" in book.readable(tx, BEN, name).body


def test_what_is_private_is_its_authors_and_the_reviewers(tx):
    """Others do not even learn that it exists."""
    name = submit(tx, replace(BUG, is_public=False)).id

    assert () == repository.public(tx)
    assert book.readable(tx, RITA, name)
    with pytest.raises(RecordNotFoundError):
        book.readable(tx, BEN, name)


def test_an_answer_is_owed_by_a_date(tx):
    """Three days to triage, ten to decide; none once it is settled."""
    found = submit(tx)
    assert NOW + 3 * DAY == found.due
    assert NOW + HOUR + 10 * DAY == triage(tx, found.id).due
    fill_pool(tx, Leaves())
    assert accept(tx, found.id).due is None


def test_nothing_happens_when_the_log_cannot_be_written(database):
    """The leaf comes before the row: with a full disk no report is triaged."""

    class Broken:
        def append(self, event):
            raise LogError("the disk is full")

    with database.transaction() as tx:
        name = submit(tx).id
    with pytest.raises(LogError), database.transaction() as tx:
        book.triage(tx, Broken(), RITA, name, severity=Severity.LOW, now=NOW + HOUR)

    with database.reading() as tx:
        assert State.SUBMITTED is repository.find(tx, name).state


def test_two_treasurers_at_once_pay_once(tx):
    """The second one is told that it is paid already."""
    fill_pool(tx, Leaves())
    name = accepted(tx).id
    book.give_credit(tx, Leaves(), RITA, name, change="x", now=NOW + DAY)
    book.settle_paid(tx, Leaves(), TOM, name, now=NOW + DAY)

    with pytest.raises(ContributionError, match="paid"):
        book.settle_paid(tx, Leaves(), TEA, name, now=NOW + DAY)
    assert 12_000 == journal.balance(tx, "payable:ana", "EUR").held
