"""Who acts at the machine where a name alone could be anybody's: whoever shows the key of a role."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from vitascope.cli.house import opened

if TYPE_CHECKING:
    from vitascope.cli.house import House
    from vitascope.programme.actor import Actor


def shown(role: str = "steward") -> str:
    """The key somebody shows: ``VITASCOPE_KEY``, or what is typed unseen; never an argument that others could read."""
    from vitascope.settings import client_settings

    return client_settings().key or str(typer.prompt(f"Key of the {role}", hide_input=True, err=True)).strip()


@contextmanager
def acted(role: str, data: Path | None, db: str) -> "Iterator[tuple[House, Actor]]":
    """A house in one transaction, and who acts in it by their own key, with the roles they hold and no others.

    The key is asked for before the house is opened, so that nobody waits for a slow hand.
    """
    key = shown(role)
    with opened(data, db) as house:
        yield house, holder_of(house, key)


def holder_of(house: "House", key: str) -> "Actor":
    """Whose key of the server this is, with their roles where it was made to carry them: as over HTTP.

    Raises KeyRefusedError, ScopeError, RefusedError.
    """
    from vitascope.programme.access.gate import enter
    from vitascope.programme.door import Knock
    from vitascope.programme.roles.seats import SCOPE, acting
    from vitascope.store.secrets import open_secrets

    knock = Knock(credential=key, scope=SCOPE)
    came = enter(house.tx, knock, secrets=open_secrets(house.data), log=house.log, now=house.now.timestamp())
    return acting(house.tx, house.log, came.grant, house.now)


def steward_of(house: "House", key: str) -> "Actor":
    """Who acts: the steward whose key is shown.

    A key of the server with the scope ``programme.act`` acts in its owner's roles; a key that `keys steward` made is
    that steward's, for pauses and erasures.
    """
    from vitascope.programme.actor import keeper
    from vitascope.programme.credential import PREFIX
    from vitascope.provenance.audit import steward
    from vitascope.rights.uses import Use
    from vitascope.settings import settings

    if key.startswith(PREFIX):
        return holder_of(house, key)
    uses = (Use.HOLD_PLACE, Use.HOLD_LIFT, Use.LOG_ERASE)
    return keeper(steward(settings().home, key).name, uses, at=house.now, log=house.log)
