"""Whose manner a prompt asks for: people of this programme are known by name, and a refusal leaves its leaf."""

from collections.abc import Iterable
from datetime import datetime

from vitascope.errors import StyleError
from vitascope.programme.people import repository
from vitascope.rights.consent.repository import works
from vitascope.rights.event import Event
from vitascope.rights.logbook import Leaves
from vitascope.rights.style import Person, names_a_manner, require_style
from vitascope.store.database import Transaction


def require(tx: Transaction, log: Leaves, party: str, prompts: Iterable[str], *, now: datetime) -> tuple[str, ...]:
    """The permissions that ``prompts`` rest on. Raises StyleError, which says how to commission that person."""
    known = people(tx)
    try:
        return tuple(
            name for prompt in naming(prompts) for name in require_style(tx, prompt, party, people=known, now=now)
        )
    except StyleError:
        log.append(Event(kind="style.use refused", by=party, about="style", at=now, rule=StyleError.code))
        raise


def naming(prompts: Iterable[str]) -> tuple[str, ...]:
    """Those of ``prompts`` that ask for anything's manner; almost none does, and then nobody need be looked up."""
    return tuple(prompt for prompt in prompts if names_a_manner(prompt))


def people(tx: Transaction) -> tuple[Person, ...]:
    """Members and rightsholders with the names they go by: that they joined under, and that their works credit.

    A single word in Latin letters closes nothing: whoever joins as "Rain" would close the manner of rain to everybody.
    """
    names: dict[str, set[str]] = {}
    for party, name in (*repository.named(tx), *((work.owner, work.credit) for work in works(tx))):
        if len(name.split()) > 1 or (name.strip() and not name.isascii()):
            names.setdefault(party, set()).add(name.strip())
    return tuple(Person(party=party, names=tuple(sorted(known))) for party, known in sorted(names.items()))
