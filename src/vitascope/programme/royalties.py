"""Royalties of everything that was made: who is credited on each finished render, and who of them is a party here."""

from datetime import datetime

from vitascope.programme.actor import Actor, require
from vitascope.programme.characters.keeping import THANKED
from vitascope.programme.likeness import paying
from vitascope.programme.money import rates
from vitascope.programme.money.royalty import Rendered, owe_each, royalty
from vitascope.programme.voice import repository
from vitascope.programme.voice.repository import Render
from vitascope.rights.consent import repository as works
from vitascope.rights.logbook import Leaves
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction


def owe_all(tx: Transaction, log: Leaves, actor: Actor, *, now: datetime) -> int:
    """Owe the artists in the credits of every finished render their part; how many transfers stand for that.

    With them whoever's likeness a render drew on while the pool was empty.

    Done again, each render still pays once. Raises ``RoleError``, ``PoolError`` where nothing backs it.
    """
    require(actor, Use.CONTRIBUTION_PAY)
    table = rates.in_force(tx, now)
    owners = {work.credit: work.owner for work in works.works(tx) if work.credit}
    dues = [royalty(_rendered(render), table, owners) for render in repository.finished(tx)]
    return owe_each(tx, log, dues, by=actor.party, now=now) + paying.settle_unbacked(tx, log, now=now)


def _rendered(render: Render) -> Rendered:
    made = dict(render.made or {})
    artists = (line for line in made["credits"] if not line.startswith(THANKED))
    makers = tuple(line.partition(":")[0] for line in artists)  # "Ana Lima: parrot (...)"
    return Rendered(video=render.video, frames=made["frames"], fps=made["fps"], credits=makers)
