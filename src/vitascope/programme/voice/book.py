"""What members and reviewers do with contributions and proposals, kept: rules first, then the leaf, then the rows."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vitascope.errors import ContributionError, RecordNotFoundError, RoleError
from vitascope.programme.access import standing
from vitascope.programme.actor import Actor, may, require
from vitascope.programme.money import journal, rates
from vitascope.programme.money.amount import Amount
from vitascope.programme.money.journal import FORGONE, GIFT, POOL, Entry
from vitascope.programme.voice import contribution as rules
from vitascope.programme.voice import proposal as votes
from vitascope.programme.voice import repository
from vitascope.programme.voice.contribution import Contribution, Kind, Severity, State, Step
from vitascope.programme.voice.proposal import Proposal
from vitascope.rights.event import Event
from vitascope.rights.logbook import Leaves
from vitascope.rights.moment import require_zone
from vitascope.rights.owners import book as owned
from vitascope.rights.party import Credit
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody sends in. ``credited_as`` is the name or handle they wish to see, empty with no credit."""

    kind: Kind
    title: str
    body: str = ""
    about: str = ""  # a render of theirs
    credit: Credit = Credit.NONE
    credited_as: str = ""
    is_public: bool = True


def submit(tx: Transaction, log: Leaves, actor: Actor, draft: Draft, *, now: datetime) -> Contribution:
    """Take in a report or a piece of feedback. No hold and no role stands in the way of it.

    A render it is about must be the actor's own; what it takes to make that render again goes along.
    """
    require(actor, Use.PROGRAMME_REPORT)
    require_zone(now, "the time of the report")
    made = Contribution(
        id=f"contribution_{secrets.token_hex(8)}",
        party=actor.party,
        kind=draft.kind,
        title=draft.title,
        body=draft.body,
        about=draft.about,
        manifest=_manifest(tx, draft.about, actor.party),
        credit=draft.credit,
        credited_as=draft.credited_as,
        is_public=draft.is_public,
        steps=(Step(state=State.SUBMITTED, by=actor.party, at=now),),
    )
    _log(log, made, actor, now)
    repository.add(tx, made)
    return made


def triage(
    tx: Transaction, log: Leaves, actor: Actor, name: str, *, severity: Severity | None, reason: str = "", now: datetime
) -> Contribution:
    """Take a contribution up."""
    found = _locked(tx, name)
    return _step(tx, log, rules.triage(found, actor, severity=severity, reason=reason, now=now), actor, now)


def accept(
    tx: Transaction, log: Leaves, actor: Actor, name: str, *, units: int = 1, reason: str = "", now: datetime
) -> Contribution:
    """Accept it, and set its rate aside in the pool in the same breath. Raises ``PoolError`` where that is empty."""
    found = _locked(tx, name)
    rules.require_units(units)
    price = rates.in_force(tx, now).price(rules.rate_of(found), units)
    transfer = None if price is None else f"award_{found.id}_{len(found.steps)}"
    accepted = rules.accept(found, actor, units=units, transfer=transfer, reason=reason, now=now)
    if price is not None and transfer is not None:
        entry = Entry(
            id=transfer,
            debit=POOL,
            credit=journal.payable(found.party),
            amount=price,
            purpose=found.kind.value,
            reference=found.id,
            by=actor.party,
        )
        journal.enter(tx, log, entry, now=now, is_pending=True)
    return _step(tx, log, accepted, actor, now)


def mark_duplicate(
    tx: Transaction, log: Leaves, actor: Actor, name: str, *, original: str, now: datetime
) -> Contribution:
    """Say that it repeats an earlier one."""
    found = _locked(tx, name)
    return _step(tx, log, rules.mark_duplicate(found, actor, original=require_found(tx, original), now=now), actor, now)


def decline(tx: Transaction, log: Leaves, actor: Actor, name: str, *, reason: str, now: datetime) -> Contribution:
    """Do not take it on, and say why."""
    return _step(tx, log, rules.decline(_locked(tx, name), actor, reason=reason, now=now), actor, now)


def dispute(tx: Transaction, log: Leaves, actor: Actor, name: str, *, reason: str, now: datetime) -> Contribution:
    """Object to a decision; money that was set aside for it is free again until there is a new one."""
    found = _locked(tx, name)
    disputed = rules.dispute(found, actor, reason=reason, now=now)
    if found.state is State.ACCEPTED and found.transfer is not None:
        journal.void(tx, log, found.transfer, by=actor.party, now=now)
    return _step(tx, log, disputed, actor, now)


def give_credit(tx: Transaction, log: Leaves, actor: Actor, name: str, *, change: str, now: datetime) -> Contribution:
    """Say in the changelog what came of it."""
    return _step(tx, log, rules.give_credit(_locked(tx, name), actor, change=change, now=now), actor, now)


def settle_paid(tx: Transaction, log: Leaves, actor: Actor, name: str, *, now: datetime) -> Contribution:
    """Owe its author what was set aside."""
    found = _locked(tx, name)
    paid = rules.settle_paid(found, actor, now=now)
    if found.transfer is None:
        raise ContributionError(f"{name} was worth nothing by the rates; its author may make it a gift.")
    journal.post(tx, log, found.transfer, by=actor.party, now=now)
    return _step(tx, log, paid, actor, now)


def settle_gift(tx: Transaction, log: Leaves, actor: Actor, name: str, *, now: datetime) -> Contribution:
    """The author waives the money; the journal shows what was forgone, and the pool has it back."""
    found = _locked(tx, name)
    given = rules.settle_gift(found, actor, now=now)
    if found.transfer is not None:
        line = journal.void(tx, log, found.transfer, by=actor.party, now=now)
        entry = Entry(
            id=f"gift_{found.id}",
            debit=f"{FORGONE}:{found.party}",
            credit=GIFT,
            amount=Amount(units=line.amount, currency=line.currency),
            purpose=found.kind.value,
            reference=found.id,
            by=actor.party,
        )
        journal.enter(tx, log, entry, now=now)
    return _step(tx, log, given, actor, now)


def require_found(tx: Transaction, name: str) -> Contribution:
    """The contribution of that id. Raises ``RecordNotFoundError``."""
    found = repository.find(tx, name)
    if found is None:
        raise RecordNotFoundError("There is no contribution of that id; list them and copy it.")
    return found


def readable(tx: Transaction, actor: Actor | None, name: str) -> Contribution:
    """The contribution, if it is public, the actor's own, or theirs to review; None for somebody without a key.

    Raises ``RecordNotFoundError``.
    """
    found = require_found(tx, name)
    if found.is_public or (actor and (found.party == actor.party or may(actor, Use.CONTRIBUTION_TRIAGE))):
        return found
    raise RecordNotFoundError("There is no contribution of that id; list them and copy it.")


def manifest_for(tx: Transaction, actor: Actor, found: Contribution, *, now: datetime) -> dict[str, Any] | None:
    """What makes the render of a report again, for its author and for reviewers; nobody else is told.

    What was prompted is for whoever may see the render: its author, and a reviewer where it was released to them. A key
    of the file store, which opens nothing outside, stays in here.
    """
    if not found.manifest or not (actor.party == found.party or may(actor, Use.CONTRIBUTION_TRIAGE)):
        return None
    told: dict[str, Any] = json.loads(found.manifest)
    is_open = actor.party == found.party or owned.live(tx, f"render/{found.about}", Use.VIDEO_READ, actor.party, now)
    hidden = ("image",) if is_open else ("image", "prompt", "negative_prompt")
    return {**told, "order": {name: value for name, value in told["order"].items() if name not in hidden}}


def changelog(tx: Transaction) -> tuple[str, ...]:
    """One line for each contribution that changed something, oldest first."""
    done = (State.CREDITED, State.PAID, State.GIFT)
    return tuple(rules.changelog_line(found) for found in repository.everything(tx) if found.state in done)


def propose(
    tx: Transaction, log: Leaves, actor: Actor, *, title: str, body: str, now: datetime, closes: datetime
) -> Proposal:
    """Put a change to the vote of all members. Raises RoleError for somebody who is none."""
    _require_member(tx, actor, now)
    made = Proposal(
        id=f"proposal_{secrets.token_hex(8)}", party=actor.party, title=title, body=body, opened=now, closes=closes
    )
    log.append(Event(kind="proposal.opened", by=actor.party, about=made.id, at=now))
    repository.add_proposal(tx, made)
    return made


def vote(tx: Transaction, log: Leaves, actor: Actor, name: str, *, is_for: bool, now: datetime) -> Proposal:
    """Vote, or change a vote that was cast. The leaf says that somebody voted, not how.

    Raises RoleError for somebody who is no member, RecordNotFoundError, ContributionError outside the time of the vote.
    """
    _require_member(tx, actor, now)
    repository.lock_proposal(tx, name)
    voted = votes.vote(require_proposal(tx, name), actor, is_for=is_for, now=now)
    log.append(Event(kind="proposal.vote", by=actor.party, about=name, at=now))
    repository.set_vote(tx, name, voted.votes[-1])
    return voted


def answer(tx: Transaction, log: Leaves, actor: Actor, name: str, *, words: str, now: datetime) -> Proposal:
    """Answer a proposal in public."""
    answered = votes.answer(require_proposal(tx, name), actor, words=words, now=now)
    log.append(Event(kind="proposal.answered", by=actor.party, about=name, at=now))
    repository.answer_proposal(tx, answered)
    return answered


def require_proposal(tx: Transaction, name: str) -> Proposal:
    """The proposal of that id. Raises ``RecordNotFoundError``."""
    found = repository.proposals(tx, name)
    if not found:
        raise RecordNotFoundError("There is no proposal of that id; list them and copy it.")
    return found[0]


def _require_member(tx: Transaction, actor: Actor, now: datetime) -> None:
    """One member, one vote: whoever could vote by the passes they mint would have 200 more."""
    if not standing.is_member(tx, actor.party, now):
        raise RoleError(
            f"Proposals and votes are for members: {actor.party} holds no early access of their own now. "
            "Reports and feedback are open to guests."
        )


def _locked(tx: Transaction, name: str) -> Contribution:
    repository.lock(tx, name)
    return require_found(tx, name)


def _step(tx: Transaction, log: Leaves, stepped: Contribution, actor: Actor, now: datetime) -> Contribution:
    _log(log, stepped, actor, now)
    repository.add_step(tx, stepped, len(stepped.steps) - 1)
    return stepped


def _log(log: Leaves, contribution: Contribution, actor: Actor, now: datetime) -> None:
    rule = contribution.kind.value
    log.append(
        Event(kind=f"contribution.{contribution.state}", by=actor.party, about=contribution.id, at=now, rule=rule)
    )


def _manifest(tx: Transaction, about: str, party: str) -> str:
    if not about:
        return ""
    render = repository.render(tx, about)
    if render is None or render.party != party:
        raise RecordNotFoundError("There is no render of that id that is yours; leave it out, or copy it.")
    made: dict[str, Any] = dict(render.made or {})
    kept = ("frames", "fps", "size", "seed", "weights_sha256", "frames_sha256", "manifest_sha256", "mark_id")
    told = {name: made[name] for name in kept if name in made}
    return json.dumps({"order": render.order, "made": told}, sort_keys=True, ensure_ascii=False)
