"""A contribution: what somebody gave, and every step that was taken with it, by whom and when, for all to see.

``submitted -> triaged -> accepted | duplicate | declined -> credited -> settled``; ``disputed`` from any decision, and
then another reviewer decides. Pure: each function takes a contribution and returns the next one.

There is no step that hides, deletes or waits for leave to speak: what has no step cannot be done.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from vitascope.errors import ContributionError
from vitascope.programme.actor import Actor, require, require_other
from vitascope.rights.moment import require_zone
from vitascope.rights.party import Credit
from vitascope.rights.uses import Use

TRIAGE_WITHIN: Final = timedelta(days=3)
DECIDE_WITHIN: Final = timedelta(days=10)
LONGEST_TITLE: Final = 200
LONGEST_BODY: Final = 20_000
MOST_UNITS: Final = 10_000


class Kind(StrEnum):
    """What it is; each kind has its own rates."""

    BUG = "bug"
    FEEDBACK = "feedback"
    RED_TEAM = "red_team"
    CLIP = "clip"
    REVIEW = "review"
    COMMISSION = "commission"


class State(StrEnum):
    """Where it stands; public, with the time of each step."""

    SUBMITTED = "submitted"
    TRIAGED = "triaged"
    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    DECLINED = "declined"
    DISPUTED = "disputed"
    CREDITED = "credited"
    PAID = "paid"
    GIFT = "gift"


class Severity(StrEnum):
    """How bad a fault is; it picks the rate of a bug."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


_NEXT: Final = {
    State.SUBMITTED: (State.TRIAGED,),
    State.TRIAGED: (State.TRIAGED, State.ACCEPTED, State.DUPLICATE, State.DECLINED),
    State.ACCEPTED: (State.CREDITED, State.DISPUTED),
    State.DUPLICATE: (State.DISPUTED,),
    State.DECLINED: (State.DISPUTED,),
    State.DISPUTED: (State.ACCEPTED, State.DUPLICATE, State.DECLINED),
    State.CREDITED: (State.PAID, State.GIFT),
    State.PAID: (),
    State.GIFT: (),
}
_DECISIONS: Final = (State.ACCEPTED, State.DUPLICATE, State.DECLINED)
_RATES: Final = {
    Kind.FEEDBACK: "feedback.hour",
    Kind.RED_TEAM: "red_team.finding",
    Kind.CLIP: "clip.second",
    Kind.REVIEW: "review.item",
    Kind.COMMISSION: "commission.second",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that was done with a contribution."""

    state: State
    by: str
    at: datetime
    reason: str = ""  # why; of a credited one, the line in the changelog
    severity: Severity | None = None
    units: int | None = None  # hours, findings, seconds, items
    original: str | None = None  # the earlier report this one repeats
    transfer: str | None = None  # the money set aside for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """Something a member gave. ``credited_as`` is empty where they wish not to be named."""

    id: str
    party: str
    kind: Kind
    title: str
    body: str
    about: str  # a render, or nothing
    manifest: str  # what it takes to make that render again, as JSON, or nothing
    credit: Credit
    credited_as: str
    is_public: bool  # the author's choice, for good: nobody else can change it
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        """Refuse one without title, beyond the lengths, or whose credit and name disagree."""
        if not self.title.strip() or len(self.title) > LONGEST_TITLE or len(self.body) > LONGEST_BODY:
            raise ContributionError(
                f"A title of {len(self.title)} and a text of {len(self.body)} characters: give a title of 1 to "
                f"{LONGEST_TITLE} and a text of at most {LONGEST_BODY}."
            )
        if (self.credit is Credit.NONE) == bool(self.credited_as.strip()):
            raise ContributionError(f"Credit by {self.credit} and the name {self.credited_as!r} do not fit together.")

    @property
    def state(self) -> State:
        """Where it stands."""
        return self.steps[-1].state

    @property
    def submitted(self) -> datetime:
        """When it was given."""
        return self.steps[0].at

    @property
    def severity(self) -> Severity | None:
        """What triage said last."""
        return next((step.severity for step in reversed(self.steps) if step.severity), None)

    @property
    def transfer(self) -> str | None:
        """The money set aside for it by the last acceptance."""
        return next((step.transfer for step in reversed(self.steps) if step.transfer), None)

    @property
    def reviewers(self) -> frozenset[str]:
        """Everybody but the author who had a part in it."""
        return frozenset(step.by for step in self.steps) - {self.party}

    @property
    def due(self) -> datetime | None:
        """When the next answer is owed by, for as long as one is."""
        if self.state is State.SUBMITTED:
            return self.submitted + TRIAGE_WITHIN
        if self.state in (State.TRIAGED, State.DISPUTED):
            return self.steps[-1].at + DECIDE_WITHIN
        return None


def rate_of(contribution: Contribution) -> str:
    """The work in the rate table that it is paid as. Raises ``ContributionError`` for a bug without severity."""
    if contribution.kind is not Kind.BUG:
        return _RATES[contribution.kind]
    if contribution.severity is None:
        raise ContributionError(f"{contribution.id} is a bug without a severity; triage it first.")
    return f"bug.{contribution.severity}"


def triage(
    contribution: Contribution, actor: Actor, *, severity: Severity | None, reason: str, now: datetime
) -> Contribution:
    """Taken up, with a severity if it is a bug; may be done again until it is decided."""
    require(actor, Use.CONTRIBUTION_TRIAGE)
    require_other(actor, (contribution.party,), "triage it")
    if (contribution.kind is Kind.BUG) == (severity is None):
        what = f"a bug has a severity: {', '.join(Severity)}" if severity is None else "only a bug has a severity"
        raise ContributionError(f"{contribution.id} is a {contribution.kind}, and {what}.")
    return _add(contribution, Step(state=State.TRIAGED, by=actor.party, at=now, reason=reason, severity=severity))


def accept(
    contribution: Contribution, actor: Actor, *, units: int, transfer: str | None, reason: str, now: datetime
) -> Contribution:
    """Accepted as worth ``units`` of its rate, by somebody who neither made nor triaged it."""
    _require_reviewer(contribution, actor, "accept it")
    require_units(units)
    step = Step(state=State.ACCEPTED, by=actor.party, at=now, reason=reason, units=units, transfer=transfer)
    return _add(contribution, step)


def mark_duplicate(contribution: Contribution, actor: Actor, *, original: Contribution, now: datetime) -> Contribution:
    """A repeat of an earlier report: the first one wins."""
    _require_reviewer(contribution, actor, "call it a duplicate")
    if original.id == contribution.id or original.submitted > contribution.submitted:
        raise ContributionError(
            f"{contribution.id} cannot repeat {original.id}: the original is another and earlier report."
        )
    reason = f"repeats {original.id} of {original.submitted:%Y-%m-%d}"
    step = Step(state=State.DUPLICATE, by=actor.party, at=now, reason=reason, original=original.id)
    return _add(contribution, step)


def decline(contribution: Contribution, actor: Actor, *, reason: str, now: datetime) -> Contribution:
    """Not taken on, with the reason; it stays where everybody can read it."""
    _require_reviewer(contribution, actor, "decline it")
    return _add(contribution, Step(state=State.DECLINED, by=actor.party, at=now, reason=_given(reason)))


def dispute(contribution: Contribution, actor: Actor, *, reason: str, now: datetime) -> Contribution:
    """The author's objection to a decision: somebody who had no part so far decides anew."""
    if actor.party != contribution.party:
        raise ContributionError(f"Only its author disputes what was decided about {contribution.id}.")
    return _add(contribution, Step(state=State.DISPUTED, by=actor.party, at=now, reason=_given(reason)))


def give_credit(contribution: Contribution, actor: Actor, *, change: str, now: datetime) -> Contribution:
    """What the changelog says came of it; the name in it is the author's choice."""
    require(actor, Use.CONTRIBUTION_TRIAGE)
    require_other(actor, (contribution.party,), "write its credit")
    return _add(contribution, Step(state=State.CREDITED, by=actor.party, at=now, reason=_given(change)))


def settle_paid(contribution: Contribution, actor: Actor, *, now: datetime) -> Contribution:
    """Owed to its author from now on, booked by a treasurer who did not review it."""
    require(actor, Use.CONTRIBUTION_PAY)
    require_other(actor, (contribution.party, *_deciders(contribution)), "pay it")
    return _add(contribution, Step(state=State.PAID, by=actor.party, at=now))


def settle_gift(contribution: Contribution, actor: Actor, *, now: datetime) -> Contribution:
    """A gift, because its author says so themselves; nobody else can, and it is never the default."""
    if actor.party != contribution.party:
        raise ContributionError(f"Only its author makes {contribution.id} a gift.")
    return _add(contribution, Step(state=State.GIFT, by=actor.party, at=now))


def require_units(units: int) -> None:
    """Raise ``ContributionError`` unless ``units`` is a whole number that can be."""
    if type(units) is not int or not 0 < units <= MOST_UNITS:
        raise ContributionError(f"{units!r} units are not possible; give a whole number of 1 to {MOST_UNITS}.")


def changelog_line(contribution: Contribution) -> str:
    """The line in a changelog: what changed, and whose report it was, as they wish to be named."""
    change = next(step.reason for step in reversed(contribution.steps) if step.state is State.CREDITED)
    who = contribution.credited_as or "a member who wishes not to be named"
    return f"- {change.rstrip('.')} (thanks to {who}, {contribution.id})."


def _require_reviewer(contribution: Contribution, actor: Actor, act: str) -> None:
    require(actor, Use.CONTRIBUTION_TRIAGE)
    require_other(actor, (contribution.party, *contribution.reviewers), act)


def _deciders(contribution: Contribution) -> list[str]:
    return [step.by for step in contribution.steps if step.state in (*_DECISIONS, State.TRIAGED)]


def _given(reason: str) -> str:
    if not reason.strip() or len(reason) > LONGEST_TITLE * 5:
        raise ContributionError(
            f"This takes a reason of 1 to {LONGEST_TITLE * 5} characters; it stands for all to read."
        )
    return reason


def _add(contribution: Contribution, step: Step) -> Contribution:
    require_zone(step.at, "the time of the step")
    last = contribution.steps[-1]
    if step.state not in _NEXT[last.state]:
        may = ", ".join(_NEXT[last.state]) or "nothing more"
        raise ContributionError(f"{contribution.id} is {last.state}; from there it goes to {may}, not to {step.state}.")
    if step.at < last.at:
        raise ContributionError(f"{contribution.id} was {last.state} later than this step says; set the clock right.")
    return replace(contribution, steps=(*contribution.steps, step))
