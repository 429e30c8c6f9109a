"""Whose manner a prompt asks for: people of this programme are known by name, and a refusal leaves its leaf."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from vitascope.errors import StyleError
from vitascope.programme.people import repository
from vitascope.rights.consent import snapshots
from vitascope.rights.consent.repository import works
from vitascope.rights.event import Event
from vitascope.rights.logbook import Leaves
from vitascope.rights.naming import is_name_too, is_telling, plain
from vitascope.rights.style import Person, names_a_manner, require_style
from vitascope.store.database import Transaction


def require(tx: Transaction, log: Leaves, party: str, prompts: Iterable[str], *, now: datetime) -> tuple[str, ...]:
    """The permissions that ``prompts`` rest on. Raises StyleError, which says how to commission that person."""
    told = naming(prompts)
    if not told:
        return ()
    known = people(tx)
    try:
        return tuple(name for prompt in told for name in require_style(tx, prompt, party, people=known, now=now))
    except StyleError:
        log.append(Event(kind="style.use refused", by=party, about="style", at=now, rule=StyleError.code))
        raise


def naming(prompts: Iterable[str]) -> tuple[str, ...]:
    """Those of ``prompts`` that ask for anything's manner; almost none does, and then nobody need be looked up."""
    return tuple(prompt for prompt in prompts if names_a_manner(prompt))


def people(tx: Transaction) -> tuple[Person, ...]:
    """Members and rightsholders with the names they go by: that they joined under, and that their works credit.

    A credit is typed by whoever puts a work in, and counts once a model learned from that work. Of two who go by one
    name it is theirs who joined under it, and first: otherwise the manner of a member would be a stranger's to give.
    A name that is a word as well counts where a prompt writes it as a name (``is_name_too``).
    """
    names: dict[str, set[str]] = {}
    taken = set[str]()
    for party, name in (*repository.named(tx), *_credited(tx)):
        if plain(name) not in taken and (is_telling(name) or is_name_too(name)):
            taken.add(plain(name))
            names.setdefault(party, set()).add(name.strip())
    return tuple(Person(party=party, names=tuple(sorted(known))) for party, known in sorted(names.items()))


def _credited(tx: Transaction) -> Iterator[tuple[str, str]]:
    """Owner and credit of each work that a model learned from, in order of upload."""
    seen = snapshots.packaged().union(*snapshots.learned_from(tx).values())
    yield from ((work.owner, work.credit) for work in works(tx) if work.id in seen)
