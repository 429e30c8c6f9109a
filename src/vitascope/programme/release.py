"""Release: a member shows, hides and licenses their own renders; what the programme shows of them it asks and pays for.

Publishing is a permission whose grantor is the member, in force from the second it is given. There is no state in
which anybody's yes is waited for. One thing can hold it back: an embargo in terms the member accepted beforehand, with
a date.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from vitascope.errors import ConsentError, RecordNotFoundError
from vitascope.programme.access import gate
from vitascope.programme.actor import Actor, require, require_other
from vitascope.programme.money import journal, rates
from vitascope.programme.money.journal import POOL, Entry
from vitascope.programme.voice.repository import render as find_render
from vitascope.rights.logbook import Leaves
from vitascope.rights.owners import book, repository
from vitascope.rights.owners.book import LONGEST, Wish
from vitascope.rights.owners.repository import Given
from vitascope.rights.party import PUBLIC
from vitascope.rights.permission import PermissionState
from vitascope.rights.question import KeyState, Target
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction

PROGRAMME: Final = "programme"
USES: Final = (Use.VIDEO_READ, Use.VIDEO_DOWNLOAD, Use.VIDEO_REMIX)
"""What the public may be given: to watch, to keep a copy, to build on it."""

LICENCES: Final = ("all-rights-reserved", "CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC-BY-ND-4.0")
"""Under which a member may release a render; theirs to choose."""


_LONGEST_CREDIT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """How a member releases one render."""

    video: str
    uses: frozenset[Use] = frozenset({Use.VIDEO_READ, Use.VIDEO_DOWNLOAD})
    licence: str = "all-rights-reserved"
    grantee: str = PUBLIC  # or one party
    credit: str = ""  # how the maker wishes to be named wherever it is shown; empty: not at all


def publish(tx: Transaction, log: Leaves, key: KeyState, release: Release, *, now: datetime) -> Given:
    """Release a render of the key's party from now on, in place of an earlier release to the same grantee.

    ``decide`` is asked. Raises ``EmbargoError`` before the date in the terms that were accepted, ``RefusedError``,
    ``RecordNotFoundError`` for a render that is not the owner's or not finished, ``ConsentError``.
    """
    owner = key.party
    _require_own(tx, release.video, owner)
    if len(release.credit) > _LONGEST_CREDIT:
        raise ConsentError(f"The credit has {len(release.credit)} characters, {_LONGEST_CREDIT} may be.")
    strangers = sorted(release.uses - set(USES))
    if strangers or not release.uses or release.licence not in LICENCES:
        raise ConsentError(
            f"A render is released for some of {', '.join(USES)} under one of {', '.join(LICENCES)}: choose of these."
        )
    gate.require(tx, log, key, Use.VIDEO_PUBLISH, Target(id=render_of(release.video), owner=owner), now)
    for earlier in _released(tx, release.video, owner, now):
        if earlier.permission.grantee == release.grantee:
            book.withdraw(tx, log, earlier.permission.id, owner, now=now)
    wish = Wish(
        owner=owner,
        grantee=release.grantee,
        thing=render_of(release.video),
        uses=release.uses,
        until=now + LONGEST,
        licence=release.licence,
        restrictions=release.credit.strip(),
    )
    return book.give(tx, log, wish, now=now)


def unpublish(tx: Transaction, log: Leaves, owner: str, video: str, *, now: datetime) -> tuple[Given, ...]:
    """Take every release of a render back; a licence others already hold in a copy is theirs to rely on."""
    live = _released(tx, video, owner, now)
    if not live:
        raise RecordNotFoundError("No release of that render is in force that is yours to take back.")
    return tuple(book.withdraw(tx, log, given.permission.id, owner, now=now) for given in live)


def released(tx: Transaction, video: str, now: datetime) -> tuple[Given, ...]:
    """What is released of a render now, to whom and under which licence; promotion is not among it."""
    return _live(tx, video, now)


def shown_by(tx: Transaction, video: str, party: str, now: datetime) -> str | None:
    """Who made a render that ``party`` may know of: their own, or one that was released to them; else None."""
    render = find_render(tx, video)
    if render is None:
        return None
    is_shown = render.party == party or any(one.permission.is_held_by(party) for one in _live(tx, video, now))
    return render.party if is_shown else None


def showing(tx: Transaction, now: datetime) -> tuple[Given, ...]:
    """Every release to everybody that is in force, newest first."""
    found = (given for given in repository.under(tx, render_of("")) if given.permission.grantee == PUBLIC)
    live = [given for given in found if given.permission.is_live(now) and given.permission.uses <= set(USES)]
    return tuple(sorted(live, key=lambda given: given.permission.valid_from, reverse=True))


def may(tx: Transaction, video: str, use: Use, party: str, now: datetime) -> bool:
    """Whether ``party`` may make this use of a render that is not theirs."""
    return bool(book.live(tx, render_of(video), use, party, now))


def ask_promotion(tx: Transaction, log: Leaves, actor: Actor, video: str, *, until: datetime, now: datetime) -> Given:
    """Ask a member to let the programme advertise with a render, for the published rate, which is set aside.

    Raises ``RoleError``, ``PoolError`` where the pool could not pay, ``ConsentError`` where the rate is nothing.
    """
    require(actor, Use.CONTRIBUTION_PAY)
    render = find_render(tx, video)
    if render is None:
        raise RecordNotFoundError("There is no render of that id; copy it.")
    require_other(actor, (render.party,), "ask themselves")
    price = rates.in_force(tx, now).price("promotion.render", 1)
    if price is None:
        raise ConsentError("The rate for promotion is nothing; promotional use is paid. Publish a rate first.")
    entry = Entry(
        id=f"promo_{secrets.token_hex(12)}",
        debit=POOL,
        credit=journal.payable(render.party),
        amount=price,
        purpose="promotion",
        reference=video,
        by=actor.party,
    )
    line = journal.enter(tx, log, entry, now=now, is_pending=True)
    wish = Wish(
        owner=render.party,
        grantee=PROGRAMME,
        thing=render_of(video),
        uses=frozenset({Use.VIDEO_PROMOTE}),
        until=until,
        restrictions=f"paid: {price.text}",
    )
    return book.ask(tx, log, wish, by=actor.party, now=now, transfer=line.id)


def accept_promotion(tx: Transaction, log: Leaves, owner: str, permission: str, *, now: datetime) -> Given:
    """The member's yes: the money is theirs in the same breath."""
    given = book.agree(tx, log, permission, owner, now=now)
    if given.transfer is not None:
        journal.post(tx, log, given.transfer, by=owner, now=now)
    return given


def decline_promotion(tx: Transaction, log: Leaves, owner: str, permission: str, *, now: datetime) -> Given:
    """The member's no: the money goes back to the pool, and nothing else changes for them."""
    given = book.refuse(tx, log, permission, owner, now=now)
    if given.transfer is not None:
        journal.void(tx, log, given.transfer, by=owner, now=now)
    return given


def render_of(video: str) -> str:
    """What permissions on a render are on."""
    return f"render/{video}"


def _require_own(tx: Transaction, video: str, owner: str) -> None:
    render = find_render(tx, video)
    if render is None or render.party != owner or render.made is None:
        raise RecordNotFoundError("There is no finished render of that id that is yours; copy it.")


def _released(tx: Transaction, video: str, owner: str, now: datetime) -> list[Given]:
    return [given for given in _live(tx, video, now) if given.permission.grantor == owner]


def _live(tx: Transaction, video: str, now: datetime) -> tuple[Given, ...]:
    return tuple(
        given
        for given in repository.on(tx, (render_of(video),))
        if given.permission.state is PermissionState.ACTIVE
        and given.permission.is_live(now)
        and given.permission.uses <= set(USES)
    )
