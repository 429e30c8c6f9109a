"""The rows of contributions, proposals and votes. There is no statement here that deletes a row, and a test looks."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from vitascope.programme.voice.contribution import Contribution, Kind, Severity, State, Step
from vitascope.programme.voice.proposal import Proposal, Vote
from vitascope.rights.party import Credit
from vitascope.store import rights_tables as tables
from vitascope.store.database import Transaction
from vitascope.store.tables import videos

_C = tables.contributions.c
_S = tables.contribution_steps.c
_P = tables.proposals.c
_V = tables.votes.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Render:
    """What is known of a render that a report is about."""

    video: str
    party: str
    order: Mapping[str, Any]
    made: Mapping[str, Any] | None
    finished: float | None = None  # seconds since 1970


def render(tx: Transaction, video: str) -> Render | None:
    """A render by its id, whoever it belongs to."""
    c = videos.c
    query = sa.select(c.party, c.order, c.made).where(c.id == video, c.deleted_at.is_(None))
    row = tx.execute(query).one_or_none()
    if row is None:
        return None
    made = None if row.made is None else json.loads(row.made)
    return Render(video=video, party=row.party, order=json.loads(row.order), made=made)


def finished(tx: Transaction) -> tuple[Render, ...]:
    """Every finished render, deleted ones too: what its artists are owed does not go away with it."""
    c = videos.c
    columns = (c.id, c.party, c.order, c.made, c.completed_at)
    query = sa.select(*columns).where(c.state == "completed", c.made.is_not(None)).order_by(c.id)
    return tuple(
        Render(
            video=row.id,
            party=row.party,
            order=json.loads(row.order),
            made=json.loads(row.made),
            finished=row.completed_at,
        )
        for row in tx.execute(query)
    )


def add(tx: Transaction, contribution: Contribution) -> None:
    """Enter a contribution with its steps."""
    tx.execute(
        sa.insert(tables.contributions).values(
            id=contribution.id,
            party=contribution.party,
            kind=contribution.kind.value,
            title=contribution.title,
            body=contribution.body,
            about=contribution.about,
            manifest=contribution.manifest,
            credit=contribution.credit.value,
            credited_as=contribution.credited_as,
            is_public=contribution.is_public,
            submitted_at=contribution.submitted.timestamp(),
        )
    )
    for number in range(len(contribution.steps)):
        add_step(tx, contribution, number)


def add_step(tx: Transaction, contribution: Contribution, number: int) -> None:
    """Enter step ``number``; two people who take the same step at once collide, and one of them is told so."""
    step = contribution.steps[number]
    tx.execute(
        sa.insert(tables.contribution_steps).values(
            contribution=contribution.id,
            number=number,
            state=step.state.value,
            by=step.by,
            at=step.at.timestamp(),
            reason=step.reason,
            severity=step.severity.value if step.severity else None,
            units=step.units,
            original=step.original,
            transfer=step.transfer,
        )
    )


def lock(tx: Transaction, contribution: str) -> None:
    """Keep others from stepping it until the transaction ends (SQLite has one writer by itself)."""
    tx.execute(sa.select(_C.id).where(_C.id == contribution).with_for_update())


def find(tx: Transaction, contribution: str) -> Contribution | None:
    """A contribution by its id."""
    return next(iter(_read(tx, sa.select(tables.contributions).where(_C.id == contribution))), None)


def public(tx: Transaction) -> tuple[Contribution, ...]:
    """All public ones, oldest first: what a reviewer thinks of them plays no part."""
    query = sa.select(tables.contributions).where(_C.is_public).order_by(_C.submitted_at, _C.id)
    return _read(tx, query)


def everything(tx: Transaction) -> tuple[Contribution, ...]:
    """All of them, for reviewers and aggregates, oldest first."""
    return _read(tx, sa.select(tables.contributions).order_by(_C.submitted_at, _C.id))


def of_party(tx: Transaction, party: str) -> tuple[Contribution, ...]:
    """One member's, oldest first."""
    query = sa.select(tables.contributions).where(_C.party == party).order_by(_C.submitted_at, _C.id)
    return _read(tx, query)


def add_proposal(tx: Transaction, proposal: Proposal) -> None:
    """Enter a proposal."""
    tx.execute(
        sa.insert(tables.proposals).values(
            id=proposal.id,
            party=proposal.party,
            title=proposal.title,
            body=proposal.body,
            opened_at=proposal.opened.timestamp(),
            closes_at=proposal.closes.timestamp(),
            answer=proposal.answer,
            answered_by=proposal.answered_by,
        )
    )


def answer_proposal(tx: Transaction, proposal: Proposal) -> None:
    """Keep what the programme answered."""
    query = sa.update(tables.proposals).where(_P.id == proposal.id)
    tx.execute(query.values(answer=proposal.answer, answered_by=proposal.answered_by))


def set_vote(tx: Transaction, proposal: str, vote: Vote) -> None:
    """One vote a party: a newer one takes the place of the older."""
    values = {"is_for": vote.is_for, "at": vote.at.timestamp()}
    changed = tx.execute(
        sa.update(tables.votes).where(_V.proposal == proposal, _V.party == vote.party).values(**values)
    )
    if not changed.rowcount:
        tx.execute(sa.insert(tables.votes).values(proposal=proposal, party=vote.party, **values))


def lock_proposal(tx: Transaction, proposal: str) -> None:
    """Keep others from voting on it until the transaction ends."""
    tx.execute(sa.select(_P.id).where(_P.id == proposal).with_for_update())


def proposals(tx: Transaction, only: str | None = None) -> tuple[Proposal, ...]:
    """All proposals with their votes, or one, oldest first."""
    query = sa.select(tables.proposals).order_by(_P.opened_at, _P.id)
    rows: Any = tx.execute(query if only is None else query.where(_P.id == only)).mappings().all()
    cast: defaultdict[str, list[Vote]] = defaultdict(list)
    for vote in tx.execute(sa.select(tables.votes).order_by(_V.at, _V.party)).mappings():
        cast[vote["proposal"]].append(Vote(party=vote["party"], is_for=vote["is_for"], at=_moment(vote["at"])))
    return tuple(
        Proposal(
            id=row["id"],
            party=row["party"],
            title=row["title"],
            body=row["body"],
            opened=_moment(row["opened_at"]),
            closes=_moment(row["closes_at"]),
            answer=row["answer"],
            answered_by=row["answered_by"],
            votes=tuple(cast[row["id"]]),
        )
        for row in rows
    )


def _read(tx: Transaction, query: Any) -> tuple[Contribution, ...]:  # noqa: ANN401  # a Select of contributions
    rows: Any = tx.execute(query).mappings().all()
    steps = _steps(tx, [row["id"] for row in rows])
    return tuple(
        Contribution(
            id=row["id"],
            party=row["party"],
            kind=Kind(row["kind"]),
            title=row["title"],
            body=row["body"],
            about=row["about"],
            manifest=row["manifest"],
            credit=Credit(row["credit"]),
            credited_as=row["credited_as"],
            is_public=row["is_public"],
            steps=tuple(steps[row["id"]]),
        )
        for row in rows
    )


def _steps(tx: Transaction, ids: Iterable[str]) -> Mapping[str, list[Step]]:
    query = sa.select(tables.contribution_steps).where(_S.contribution.in_(list(ids)))
    found: defaultdict[str, list[Step]] = defaultdict(list)
    for row in tx.execute(query.order_by(_S.contribution, _S.number)).mappings():
        found[row["contribution"]].append(
            Step(
                state=State(row["state"]),
                by=row["by"],
                at=_moment(row["at"]),
                reason=row["reason"],
                severity=Severity(row["severity"]) if row["severity"] else None,
                units=row["units"],
                original=row["original"],
                transfer=row["transfer"],
            )
        )
    return found


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
