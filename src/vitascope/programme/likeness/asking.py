"""Whose likeness an order draws on: each person is asked before it is taken, and again before it is begun.

Drawn on are names that a prompt says as ``@name``, the person a first frame or a kept character is said to show, and
whoever the film draws on that is edited, extended or remixed.
"""

from collections.abc import Iterable
from datetime import datetime

from vitascope.errors import LikenessError
from vitascope.orders import Order
from vitascope.programme.characters import repository as characters
from vitascope.programme.likeness import repository
from vitascope.rights.event import Event
from vitascope.rights.likeness import likeness_of, mentioned, person_of, require_likeness
from vitascope.rights.logbook import Leaves
from vitascope.rights.question import Ingredient
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction


def require(tx: Transaction, log: Leaves, party: str, orders: Iterable[Order], *, now: datetime) -> dict[str, str]:
    """The likenesses that ``orders`` draw on, with the person of each; a refusal leaves its leaf.

    Raises LikenessError where a person has not allowed ``party`` that. A name nobody spoke for is a word like others
    in a prompt; where a picture is said to show it, somebody has to have said yes.
    """
    try:
        return {name: person for order in orders for name, person in asked_for(tx, party, order, now=now).items()}
    except LikenessError:
        _note_refusal(log, party, now)
        raise


def require_made_from(
    tx: Transaction, log: Leaves, party: str, name: str, likeness: str | None, *, now: datetime
) -> str | None:
    """Ask before a character called ``name`` is made, from ``likeness`` where it is said to show a person.

    Whose likeness it is from then on: one that is called by a claimed name is of that person. Raises LikenessError.
    """
    try:
        if likeness is not None:
            require_likeness(tx, likeness, require_spoken_for(tx, likeness), party, now=now)
        if (person := person_of(tx, name)) is not None:
            require_likeness(tx, name, person, party, now=now)
            return likeness or name
    except LikenessError:
        _note_refusal(log, party, now)
        raise
    return likeness


def asked_for(tx: Transaction, party: str, order: Order, *, now: datetime) -> dict[str, str]:
    """The same of one order, without a leaf."""
    people = people_of(tx, order)
    for name, person in people.items():
        require_likeness(tx, name, person, party, prompts=(order.prompt,), now=now)
    return people


def people_of(tx: Transaction, order: Order) -> dict[str, str]:
    """The likenesses that ``order`` draws on, each with its person. Raises LikenessError where one has none."""
    people, shown = dict[str, str](), _shown(tx, order)
    before = repository.used_by(tx, order.source) if order.source else ()
    for name in dict.fromkeys((*mentioned([order.prompt]), *shown, *before)):
        person = person_of(tx, name)
        if person is not None:
            people[name] = person
        elif name in shown:
            require_spoken_for(tx, name)
    return people


def may_draw_on(order: Order) -> bool:
    """Whether there is anybody to look up for it; for most orders there is not."""
    return bool(order.cast.shown or order.cast.characters or order.source or mentioned([order.prompt]))


def require_spoken_for(tx: Transaction, name: str) -> str:
    """Whose likeness ``name`` is. Raises LikenessError where nobody spoke for it, so that nobody can have said yes."""
    person = person_of(tx, name)
    if person is None:
        raise LikenessError(
            "Nobody has spoken for the likeness that `likeness` names. What is made from a person takes that person's "
            f"yes: ask them to claim the name and to allow you (POST /v1/rights/likenesses/NAME). Rule: "
            f"{LikenessError.code}."
        )
    return person


def ingredients(people: dict[str, str]) -> tuple[Ingredient, ...]:
    """What ``decide`` is told of them."""
    return tuple(
        Ingredient(id=likeness_of(name), owner=person, use=Use.CHARACTER_USE) for name, person in people.items()
    )


def _note_refusal(log: Leaves, party: str, now: datetime) -> None:
    """Whose name it was stands nowhere."""
    log.append(Event(kind="likeness.use refused", by=party, about="likeness", at=now, rule=LikenessError.code))


def _shown(tx: Transaction, order: Order) -> tuple[str, ...]:
    """The names of those whom its picture, and its characters, are said to show."""
    kept = characters.find(tx, order.cast.characters).values() if order.cast.characters else ()
    return tuple(one.casefold() for one in (*order.cast.shown, *(one.likeness for one in kept if one.likeness)))
