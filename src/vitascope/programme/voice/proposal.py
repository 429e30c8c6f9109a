"""Proposals: members say what should change, vote, and are answered in public whatever the answer is."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from vitascope.errors import ContributionError
from vitascope.programme.actor import Actor, require, require_other
from vitascope.programme.voice.contribution import LONGEST_BODY, LONGEST_TITLE
from vitascope.rights.moment import in_words, require_zone
from vitascope.rights.uses import Use

SHORTEST_VOTE: Final = timedelta(days=3)
LONGEST_VOTE: Final = timedelta(days=60)


class Outcome(StrEnum):
    """What the votes say; a tie is no majority."""

    OPEN = "open"
    CARRIED = "carried"
    NOT_CARRIED = "not carried"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One party's vote; the last one before the end counts."""

    party: str
    is_for: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A change somebody wants, the votes on it, and the programme's answer."""

    id: str
    party: str
    title: str
    body: str
    opened: datetime
    closes: datetime
    votes: tuple[Vote, ...] = ()
    answer: str = ""
    answered_by: str | None = None

    def __post_init__(self) -> None:
        """Refuse one without title, or with a vote nobody would hear of in time."""
        require_zone(self.opened, "the start of the vote")
        require_zone(self.closes, "the end of the vote")
        if not self.title.strip() or len(self.title) > LONGEST_TITLE or len(self.body) > LONGEST_BODY:
            raise ContributionError(
                f"A proposal has a title of 1 to {LONGEST_TITLE} characters, not {len(self.title)}."
            )
        if not SHORTEST_VOTE <= self.closes - self.opened <= LONGEST_VOTE:
            days = f"{SHORTEST_VOTE.days} to {LONGEST_VOTE.days} days"
            raise ContributionError(f"A vote of {self.closes - self.opened} is not possible; it runs {days}.")

    @property
    def count(self) -> tuple[int, int]:
        """Votes for and against."""
        in_favour = sum(vote.is_for for vote in self.votes)
        return in_favour, len(self.votes) - in_favour

    def outcome(self, now: datetime) -> Outcome:
        """What the votes say at ``now``."""
        if now < self.closes:
            return Outcome.OPEN
        in_favour, against = self.count
        return Outcome.CARRIED if in_favour > against else Outcome.NOT_CARRIED


def vote(proposal: Proposal, actor: Actor, *, is_for: bool, now: datetime) -> Proposal:
    """The proposal with the vote of ``actor``, a member, in place of an earlier one of theirs."""
    require_zone(now, "the time of the vote")
    if not proposal.opened <= now < proposal.closes:
        when = f"{in_words(proposal.opened)} to {in_words(proposal.closes)}"
        raise ContributionError(f"Votes on {proposal.id} count from {when}; this one came at {in_words(now)}.")
    others = tuple(cast for cast in proposal.votes if cast.party != actor.party)
    return replace(proposal, votes=(*others, Vote(party=actor.party, is_for=is_for, at=now)))


def answer(proposal: Proposal, actor: Actor, *, words: str, now: datetime) -> Proposal:
    """The programme's public answer, owed once the vote has ended; it may be given anew, never taken back."""
    require(actor, Use.CONTRIBUTION_TRIAGE)
    require_other(actor, (proposal.party,), "answer it")
    if proposal.outcome(now) is Outcome.OPEN or not words.strip() or len(words) > LONGEST_BODY:
        raise ContributionError(
            f"{proposal.id} is answered after {in_words(proposal.closes)}, with 1 to {LONGEST_BODY} characters."
        )
    return replace(proposal, answer=words, answered_by=actor.party)
