"""What somebody can order at this moment: the models there are, their own characters, how things stand with them."""

from dataclasses import dataclass
from datetime import datetime

from vitascope.programme.access.outlook import Outlook, State, outlook_of
from vitascope.programme.characters import repository as characters
from vitascope.programme.characters.repository import Kept
from vitascope.programme.people import membership
from vitascope.programme.people.login import login_state
from vitascope.rights.hold import Hold, Level
from vitascope.server.desk import Desk
from vitascope.server.web.session import Member
from vitascope.store.database import Transaction
from vitascope.videos import workers
from vitascope.videos.workers import Capability


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Everything the order form is made of."""

    models: tuple[Capability, ...]  # that a worker carries now; where none is alive, those there were
    usual: str  # the model of whoever names none
    is_awake: bool  # whether any worker is alive
    cast: tuple[Kept, ...]
    outlook: Outlook
    holds: tuple[Hold, ...]
    now: datetime

    @property
    def may_order(self) -> bool:
        """Whether there is any use in trying: a passkey can be shown, and a smaller film may fit."""
        is_held = self.outlook.state is State.PAUSED and self.outlook.level is not Level.STEP_UP
        return not is_held and self.outlook.state is not State.ENDED

    def model(self, name: str) -> Capability | None:
        """The model of that name, else the usual one."""
        known = {one.model: one for one in self.models}
        return known.get(name) or known.get(self.usual)


def offer(tx: Transaction, desk: Desk, member: Member) -> Offer:
    """Read it all."""
    known = workers.capabilities(tx, member.seconds)
    alive = {name for worker in workers.alive(tx, member.seconds) for name in worker.models}
    models = tuple(one for one in known if one.model in alive) or known
    default = desk.settings.default_model
    return Offer(
        models=models,
        usual=default if default in {one.model for one in models} else next((one.model for one in models), ""),
        is_awake=bool(alive),
        cast=characters.of(tx, member.party),
        outlook=outlook_of(tx, login_state(tx, member.session, member.now), member.now),
        holds=membership.holds_on(tx, member.party, member.now),
        now=member.now,
    )
