"""Applications: the operator's own questions, somebody's answers, and a reasoned decision by a steward.

Address and answers are locked with the secret of the house and read by stewards alone; declining destroys them.
"""

import json
import secrets as random_bytes
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from vitascope.errors import InvitationError, RecordNotFoundError
from vitascope.programme.actor import Actor, require, require_other
from vitascope.programme.people import invitations, repository
from vitascope.programme.people.invitations import NewInvitation, digest_of, tidy
from vitascope.programme.people.repository import Application, Question
from vitascope.rights.event import Event
from vitascope.rights.logbook import Leaves
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction
from vitascope.store.secrets import Secrets, lock, unlock

MOST_QUESTIONS: Final = 20
LONGEST_ANSWER: Final = 4_000
MOST_AN_HOUR: Final = 200
"""Applications taken in an hour, all together: the form needs no key, so a flood must end somewhere."""

_DONE: Final = ("invited", "declined")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An application as a steward reads it."""

    application: Application
    address: str = field(repr=False)
    name: str = field(repr=False)
    answers: Mapping[str, str] = field(repr=False)  # by the text of the question, as it stood


def ask(tx: Transaction, log: Leaves, actor: Actor, text: str, *, is_required: bool, now: datetime) -> Question:
    """Add a question to the form. Raises RoleError, InvitationError."""
    require(actor, Use.MEMBER_INVITE)
    asked = asked_now(tx)
    if not 1 <= len(text.strip()) <= 500 or len(asked) >= MOST_QUESTIONS:
        raise InvitationError(
            f"A form has up to {MOST_QUESTIONS} questions of 1 to 500 characters; it has {len(asked)}."
        )
    question = Question(
        id=f"question_{random_bytes.token_hex(4)}",
        position=len(repository.questions(tx)),
        text=text.strip(),
        is_required=is_required,
    )
    log.append(Event(kind="question.asked", by=actor.party, about=question.id, at=now))
    repository.add_question(tx, question)
    return question


def retire(tx: Transaction, log: Leaves, actor: Actor, name: str, *, now: datetime) -> None:
    """Ask a question no more; answers given to it stay. Raises RoleError, RecordNotFoundError."""
    require(actor, Use.MEMBER_INVITE)
    if name not in {question.id for question in asked_now(tx)}:  # before the leaf: what is no id stays out of the log
        raise RecordNotFoundError("There is no question of that id on the form; list them and copy it.")
    log.append(Event(kind="question.retired", by=actor.party, about=name, at=now))
    repository.retire_question(tx, name, now.timestamp())


def asked_now(tx: Transaction) -> tuple[Question, ...]:
    """The form as it is now."""
    return tuple(question for question in repository.questions(tx) if question.retired_at is None)


def apply(
    tx: Transaction,
    log: Leaves,
    address: str,
    name: str,
    answers: Mapping[str, str],
    *,
    secrets: Secrets,
    now: datetime,
) -> Application:
    """Take an application in; ``answers`` are by the id of the question. No key and no role is needed.

    Raises InvitationError for an address that is none, a missing or overlong answer, and a flood.
    """
    mailbox = tidy(address)
    if mailbox is None or not 1 <= len(name.strip()) <= 100:
        raise InvitationError("An application needs a mail address, like name@example.org, and a name.")
    if repository.applications_since(tx, now.timestamp() - 3600) >= MOST_AN_HOUR:
        raise InvitationError(f"{MOST_AN_HOUR} applications came within the hour; send yours again in an hour.")
    told = _answered(tx, answers)
    letter = json.dumps({"address": mailbox, "name": name.strip(), "answers": told}, ensure_ascii=False)
    made = Application(id=f"application_{random_bytes.token_hex(8)}", letter=lock(letter, secrets), at=now.timestamp())
    log.append(Event(kind="application.sent", by="somebody", about=made.id, at=now))
    repository.add_application(tx, made)
    return made


def told(tx: Transaction, actor: Actor, *, secrets: Secrets, state: str | None = "open") -> tuple[Told, ...]:
    """The applications in a state, oldest first, opened. Raises RoleError."""
    require(actor, Use.MEMBER_INVITE)
    return tuple(_opened(application, secrets) for application in repository.applications(tx, state))


def invite(  # who decides on what, to which cohort, for how long
    tx: Transaction, log: Leaves, actor: Actor, name: str, *, cohort: str, days: int, secrets: Secrets, now: datetime
) -> NewInvitation:
    """Say yes: an invitation to the mailbox that applied. Raises RoleError, OwnCaseError, InvitationError."""
    open_one = _undecided(tx, actor, name, secrets)
    made = invitations.invite(tx, log, actor, [open_one.address], cohort=cohort, days=days, secrets=secrets, now=now)[0]
    log.append(Event(kind="application.invited", by=actor.party, about=name, at=now, rule=cohort))
    repository.decide_application(
        tx, name, state="invited", by=actor.party, reason="", letter=open_one.application.letter
    )
    return made


def decline(
    tx: Transaction, log: Leaves, actor: Actor, name: str, *, reason: str, secrets: Secrets, now: datetime
) -> Told:
    """Say no, with a reason that is sent to whoever applied; what they wrote is destroyed.

    Raises RoleError, OwnCaseError, InvitationError without a reason.
    """
    open_one = _undecided(tx, actor, name, secrets)
    if not 1 <= len(reason.strip()) <= 1_000:
        raise InvitationError("Say in 1 to 1,000 characters why: the reason is sent to whoever applied.")
    log.append(Event(kind="application.declined", by=actor.party, about=name, at=now))
    repository.decide_application(tx, name, state="declined", by=actor.party, reason=reason.strip(), letter="")
    return open_one


def _undecided(tx: Transaction, actor: Actor, name: str, secrets: Secrets) -> Told:
    require(actor, Use.MEMBER_INVITE)
    found = repository.application(tx, name)
    if found is None:
        raise RecordNotFoundError("There is no application of that id; list those that are open.")
    if found.state in _DONE:
        raise InvitationError(f"Application {name} was {found.state} by {found.decided_by} already.")
    opened = _opened(found, secrets)
    theirs = repository.person_at(tx, digest_of(opened.address, secrets))
    require_other(actor, (theirs.party,) if theirs else (), "decide on their own application")
    return opened


def _opened(application: Application, secrets: Secrets) -> Told:
    letter = json.loads(unlock(application.letter, secrets)) if application.letter else {}
    return Told(
        application=application,
        address=letter.get("address", ""),
        name=letter.get("name", ""),
        answers=letter.get("answers", {}),
    )


def _answered(tx: Transaction, answers: Mapping[str, str]) -> dict[str, str]:
    form = {question.id: question for question in asked_now(tx)}
    strangers = answers.keys() - form.keys()
    if strangers:
        raise InvitationError(f"{len(strangers)} of the answers are to no question on the form now; read it again.")
    for question in form.values():
        answer = answers.get(question.id, "").strip()
        if len(answer) > LONGEST_ANSWER or (question.is_required and not answer):
            raise InvitationError(
                f"The answer to {question.text[:80]!r} has {len(answer)} characters; it must have "
                f"{1 if question.is_required else 0} to {LONGEST_ANSWER}."
            )
    return {question.text: answers[name].strip() for name, question in form.items() if answers.get(name, "").strip()}


def moment_of(application: Application) -> datetime:
    """When it came in."""
    return datetime.fromtimestamp(application.at, UTC)
