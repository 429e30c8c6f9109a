"""What somebody does about their likeness on the page; each act checks, logs, changes, and says what it did."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from vitascope.refusals import FieldError
from vitascope.rights.likeness import Circle, LikenessWish, allow, withdraw
from vitascope.rights.logbook import Leaves
from vitascope.server.calls import checked
from vitascope.server.web import likeness
from vitascope.server.web.acts import whole
from vitascope.server.web.session import Member, text
from vitascope.store.database import Transaction

Act = Callable[[Transaction, Leaves, Member], str]
"""Does one thing and says what it did."""

_MOST_NAMED: Final = 200
_APART: Final = re.compile(r"[\s,]+")


def shown(tx: Transaction, member: Member, *, done: str = "") -> str:
    """The page as it is now."""
    return likeness.page(likeness.likeness(tx, member), done=done)


def say(tx: Transaction, log: Leaves, member: Member) -> str:
    """Claim a name, and say who may use it. Raises LikenessError, FieldError."""
    name, circle = _name(member), text(member.values, "circle", most=20)
    if circle not in tuple(Circle):
        raise FieldError(f"`circle` is one of {', '.join(Circle)}.", param="circle")
    people = [one for one in _APART.split(text(member.values, "people", most=20_000)) if one]
    if len(people) > _MOST_NAMED:
        raise FieldError(f"`people` names {len(people)}; at most {_MOST_NAMED} at once.", param="people")
    wish = LikenessWish(
        character=name,
        person=member.party,
        circle=Circle(circle),
        until=member.now + timedelta(days=whole(member.values, "days", most=likeness.MOST_DAYS)),
        approved=frozenset(map(checked, people)),
        restrictions=text(member.values, "restrictions", most=2_000),
        never_with=tuple(
            line.strip() for line in text(member.values, "never_with", most=3_200).splitlines() if line.strip()
        ),
    )
    given = allow(tx, log, wish, now=member.now)
    return f"@{name} is yours, and {f'lets in whom you said: {len(given)}' if given else 'nobody else may use it'}."


def take_back(tx: Transaction, log: Leaves, member: Member) -> str:
    """Take everything back that was said of a name; it stays claimed."""
    name = _name(member)
    withdraw(tx, log, name, member.party, now=member.now)
    return f"@{name}: nobody but you uses it from now on. What was made stays made."


def _name(member: Member) -> str:
    return checked(text(member.values, "name", most=likeness.LONGEST_NAME + 1).removeprefix("@"))
