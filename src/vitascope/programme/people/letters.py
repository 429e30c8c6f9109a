"""What is written to people: invitations, links to sign in, answers, new terms, and that a key looks leaked."""

from datetime import datetime

from vitascope.programme.access import repository as access
from vitascope.programme.access.repository import Announced
from vitascope.programme.people import repository
from vitascope.programme.people.invitations import NewInvitation
from vitascope.programme.people.post import Mail
from vitascope.programme.people.sign_in import LINK_SECONDS, Letter
from vitascope.store.database import Transaction
from vitascope.store.secrets import Secrets


def invitation(made: NewInvitation, *, cohort: str, house: str) -> Mail:
    """An invitation; ``house`` is the address of the desk."""
    until = f"{datetime.fromtimestamp(made.invitation.expires_at).astimezone():%Y-%m-%d}"
    return Mail(
        to=made.address,
        subject=f"You are invited: {cohort}",
        text=(
            f"You are invited to {cohort}.\n\nRead the terms and decide: {invitation_link(made.token, house)}\n\n"
            f"The invitation is for this mailbox, works once, and ends on {until}. You owe nothing by coming, and "
            "nothing by not coming.\n"
        ),
    )


def invitation_link(token: str, house: str) -> str:
    """Where an invitation is read; the token stands after ``#``, where no server logs it."""
    return f"{house}/programme#invitation={token}"


def sign_in(letter: Letter, *, house: str) -> Mail:
    """A link to sign in with, which also confirms that one's keys are in one's own hands."""
    return Mail(
        to=letter.address,
        subject="Your link to sign in",
        text=(
            f"Sign in: {house}/programme#in={letter.token}\n\nOr give this code to the program that asks for it:\n"
            f"{letter.token}\n\nIt works once, for {LINK_SECONDS / 60:g} minutes. Nobody asked for it? Do nothing.\n"
        ),
    )


def declined(address: str, reason: str) -> Mail:
    """A no, with its reason."""
    return Mail(
        to=address,
        subject="Your application",
        text=f"We cannot invite you now. The reason:\n\n{reason}\n\nWhat you wrote to us has been destroyed.\n",
    )


def about_terms(tx: Transaction, cohort: str, told: Announced, *, secrets: Secrets, house: str) -> list[Mail]:
    """A letter to each member of a cohort about terms that were announced to it."""
    boxes = (repository.mailbox(tx, party, secrets) for party in sorted(access.members(tx, cohort)))
    return [
        terms(box, cohort=cohort, effective=told.effective, house=house, name=told.terms.hash)
        for box in boxes
        if box is not None
    ]


def terms(address: str, *, cohort: str, effective: datetime, house: str, name: str) -> Mail:
    """That new terms were announced; the ones a member accepted hold until their access ends."""
    return Mail(
        to=address,
        subject=f"New terms for {cohort}",
        text=(
            f"New terms were announced for {cohort}. They bind whoever joins from {effective:%Y-%m-%d} on. Yours hold "
            f"until your access ends, unless you prefer the new ones.\n\nRead them, and go on under them if you like:\n"
            f"vitascope me terms {name} --server {house}\n\nFor programs: {house}/v1/programme/terms/{name}\n"
        ),
    )


def notice(address: str, words: str, *, house: str) -> Mail:
    """That a key of theirs is slowed, and why."""
    return Mail(to=address, subject="About your key", text=f"{words}\n\nAnswer here: {house}/programme\n")
