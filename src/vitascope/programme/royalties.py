"""Royalties of everything that was made: who is credited on each finished render, and who of them is a party here.

A party is paid for works of its own alone: a line counts as theirs where it thanks, on the terms of works put in, for a
work that the model of this render learned from by their consent. What a line merely says proves nothing: whoever types
another's name would be paid for them. All other lines wait for a treasurer, who asks (``money/payout.py``, ``claim``).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from vitascope.programme.actor import Actor, require
from vitascope.programme.characters.keeping import THANKED
from vitascope.programme.likeness import paying
from vitascope.programme.money import rates
from vitascope.programme.money.royalty import Rendered, owe_each, royalty
from vitascope.programme.voice import repository
from vitascope.programme.voice.repository import Render
from vitascope.rights.consent import repository as works
from vitascope.rights.consent import snapshots
from vitascope.rights.consent.repository import OptInWork
from vitascope.rights.credits import is_thanked
from vitascope.rights.logbook import Leaves
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction


def owe_all(tx: Transaction, log: Leaves, actor: Actor, *, now: datetime) -> int:
    """Owe the artists in the credits of every finished render their part; how many transfers stand for that.

    With them whoever's likeness a render drew on while the pool was empty.

    Done again, each render still pays once. Raises ``RoleError``, ``PoolError`` where nothing backs it.
    """
    require(actor, Use.CONTRIBUTION_PAY)
    tables = rates.until(tx, now)
    put_in, learned = works.works(tx), snapshots.learned_from(tx)
    dues = []
    for render in repository.finished(tx):
        rendered = _rendered(render)
        seen = learned.get(str((render.made or {}).get("weights_sha256")), snapshots.packaged())
        dues.append(
            royalty(
                rendered,
                rates.of_day(tables, render.finished),
                _owners(rendered, [work for work in put_in if work.id in seen]),
            )
        )
    return owe_each(tx, log, dues, by=actor.party, now=now) + paying.settle_unbacked(tx, log, now=now)


def _rendered(render: Render) -> Rendered:
    made = dict(render.made or {})
    artists = tuple(line for line in made["credits"] if not line.startswith(THANKED))
    return Rendered(video=render.video, frames=made["frames"], fps=made["fps"], credits=artists)


def _owners(rendered: Rendered, seen: Iterable[OptInWork]) -> Mapping[str, str]:
    """Which lines are owed to which party; one that two parties' works have in common is nobody's to have unasked."""
    told = [(work.owner, snapshots.registered(work)) for work in seen]
    found = {line: {owner for owner, work in told if is_thanked(work, line)} for line in rendered.credits}
    return {line: owners.pop() for line, owners in found.items() if len(owners) == 1}
