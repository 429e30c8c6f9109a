"""Who acts at the machine where a name alone could be anybody's: a steward, by the key they show."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from vitascope.cli.house import House
    from vitascope.programme.actor import Actor


def shown() -> str:
    """The key somebody shows; asked for before the house is opened, so that nobody waits for a slow hand."""
    return str(typer.prompt("Key of the steward", hide_input=True, err=True)).strip()


def steward_of(house: "House", key: str) -> "Actor":
    """Who acts: the steward whose key is shown.

    A key of the server with the scope ``programme.act`` acts in its owner's roles; a key that `keys steward` made is
    that steward's, for pauses and erasures.
    """
    from vitascope.programme.access.gate import enter
    from vitascope.programme.actor import Actor
    from vitascope.programme.credential import PREFIX
    from vitascope.programme.door import Knock
    from vitascope.programme.roles.seats import SCOPE, acting
    from vitascope.provenance.audit import steward
    from vitascope.rights.uses import Use
    from vitascope.settings import settings
    from vitascope.store.secrets import open_secrets

    if key.startswith(PREFIX):
        knock = Knock(credential=key, scope=SCOPE)
        came = enter(house.tx, knock, secrets=open_secrets(house.data), log=house.log, now=house.now.timestamp())
        return acting(house.tx, came.grant, house.now)
    uses = frozenset({Use.HOLD_PLACE, Use.HOLD_LIFT, Use.LOG_ERASE})
    return Actor(party=steward(settings().home, key).name, uses=uses)
