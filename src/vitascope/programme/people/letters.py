"""What is written to people: invitations, links to sign in, answers, new terms, and that a key looks leaked."""

from datetime import datetime
from typing import Final

from vitascope.programme.access import repository as access
from vitascope.programme.access.repository import Announced
from vitascope.programme.access.standing import Part
from vitascope.programme.people import repository
from vitascope.programme.people.changes import Change, changes
from vitascope.programme.people.invitations import NewInvitation
from vitascope.programme.people.post import Mail
from vitascope.programme.people.sign_in import LINK_SECONDS, Letter
from vitascope.rights.terms import Terms
from vitascope.store.database import Transaction
from vitascope.store.secrets import Secrets

_AS: Final = {
    Part.MEMBER: "",
    Part.RIGHTSHOLDER: " as a rightsholder: you put works in, and say what may be done with each",
}


def invitation(made: NewInvitation, *, cohort: str, house: str) -> Mail:
    """An invitation; ``house`` is the address of the desk."""
    until = f"{datetime.fromtimestamp(made.invitation.expires_at).astimezone():%Y-%m-%d}"
    return Mail(
        to=made.address,
        subject=f"You are invited: {cohort}",
        text=(
            f"You are invited to {cohort}{_AS[Part(made.invitation.part)]}.\n\n"
            f"Read the terms and decide: {invitation_link(made.token, house)}\n\n"
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


def joined(letter: Letter, terms: str, *, house: str) -> Mail:
    """To the mailbox whose invitation was accepted: under which terms, and the link that says it was its owner.

    The name that was given is left out: whoever was sent the invitation on may have written anything there.
    """
    return Mail(
        to=letter.address,
        subject="Your invitation was accepted",
        text=(
            f"Your invitation was accepted, under these terms: {house}/v1/programme/terms/{terms}\n\n"
            f"Was it you? Come in, which confirms it: {house}/programme#in={letter.token}\n\n"
            f"Or give this code to the program that asks for it:\n{letter.token}\n\n"
            f"It works once, for {LINK_SECONDS / 60:g} minutes; {house}/programme sends you another.\n\n"
            "Was it somebody to whom you sent the invitation on? Nobody but this mailbox can come in, so nothing is "
            "made in your name. Do nothing; or come in, and leave on your page: that ends what was accepted for you.\n"
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
    """A letter to each member of a cohort about terms that were announced to it, beside the ones they accepted."""
    found = access.cohort(tx, cohort)
    quotas = found.quotas if found else ()
    mails = []
    for party in sorted(access.members(tx, cohort)):
        box, old = repository.mailbox(tx, party, secrets), _accepted(tx, party, cohort)
        if box is not None:
            changed = changes(old, told.terms, quotas) if old else ()
            mails.append(terms(box, cohort=cohort, told=told, changed=changed, house=house))
    return mails


def _accepted(tx: Transaction, party: str, cohort: str) -> Terms | None:
    held = [one for one in access.permissions_of(tx, party) if one.grantee == party and one.cohort == cohort]
    latest = max(held, key=lambda one: (one.ending is None, one.valid_from))
    return access.find_terms(tx, latest.terms)


def terms(address: str, *, cohort: str, told: Announced, changed: tuple[Change, ...], house: str) -> Mail:
    """That new terms were announced and what they change; the ones a member accepted hold until their access ends."""
    lines = "".join(f"- {one.what}: {one.before or '(nothing)'} -> {one.after or '(nothing)'}\n" for one in changed)
    return Mail(
        to=address,
        subject=f"New terms for {cohort}",
        text=(
            f"New terms were announced for {cohort}. They bind whoever joins from {told.effective:%Y-%m-%d} on. Yours "
            f"hold until your access ends, unless you prefer the new ones.\n\nWhat they change of yours:\n{lines}\n"
            f"Read them, keep yours, or go on under them: {house}/programme\n"
            f"Or by command: vitascope me terms {told.terms.hash} --server {house}\n\n"
            f"For programs: {house}/v1/programme/terms/{told.terms.hash}\n"
        ),
    )


def notice(address: str, words: str, *, house: str) -> Mail:
    """That a key of theirs is slowed, and why."""
    return Mail(to=address, subject="About your key", text=f"{words}\n\nAnswer here: {house}/programme\n")
