"""A trace in the programme: a leaf in the log before anything is looked at, and a notice to the member named."""

import secrets as random_bytes
from datetime import datetime

from vitascope.programme.leaks import repository
from vitascope.programme.leaks.repository import Notice
from vitascope.rights.event import Event
from vitascope.rights.logbook import Leaves
from vitascope.store.database import Transaction


def begin(log: Leaves, *, stewards: tuple[str, str], file_sha256: str, now: datetime) -> None:
    """Write that two stewards trace a file. Raises LogError: then nothing may be looked at."""
    log.append(Event(kind="trace.begun", by=" and ".join(stewards), about=f"sha256:{file_sha256}", at=now))


def tell(
    tx: Transaction, log: Leaves, *, party: str, render: str, stewards: tuple[str, str], reason: str, now: datetime
) -> Notice:
    """Tell ``party`` that a file was traced to their ``render``, by whom and why. Raises LogError."""
    log.append(Event(kind="trace.named", by=" and ".join(stewards), about=render, at=now))
    words = (
        f"The stewards {' and '.join(stewards)} traced a file to render {render}, which was made for you: pictures and "
        f"mark agree. Their reason: {reason.strip()} Nothing follows from this alone, and what follows can be appealed."
    )
    notice = Notice(
        id=f"notice_{random_bytes.token_hex(8)}", party=party, key="", hold="", words=words, at=now.timestamp()
    )
    repository.add_notice(tx, notice)
    return notice
