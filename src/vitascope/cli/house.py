"""A house opened for one command: its database, its log and its secret, and who at the keyboard acts."""

import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from vitascope.programme.actor import Actor
    from vitascope.programme.people.post import Mail
    from vitascope.provenance.register import Register
    from vitascope.rights.log import Log
    from vitascope.store.database import Transaction

Data = Annotated[
    Path | None, typer.Option("--data", help="Folder of database, log and secret. Default: server, in VITASCOPE_HOME.")
]
Db = Annotated[str, typer.Option("--db", metavar="URL", help="Database. Default: SQLite in the data folder.")]
By = Annotated[str, typer.Option("--by", metavar="PARTY", help="Who acts; stands in the log. Two-person rules hold.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What a command that writes works with."""

    tx: "Transaction"
    log: "Log"
    data: Path
    now: datetime


def folder_of(data: Path | None) -> Path:
    """The data folder that was named, or the one ``vitascope serve`` takes."""
    from vitascope.settings import settings

    return (data or settings().home / "server").absolute()


@contextmanager
def opened(data: Path | None, db: str) -> Iterator[House]:
    """A house in one transaction: all of a command happens, or nothing."""
    from vitascope.rights.logbook import open_log
    from vitascope.store.database import open_database

    folder = folder_of(data)
    log = open_log(folder)
    database = open_database(db or f"sqlite:///{folder}/vitascope.db")
    try:
        with database.transaction() as tx:
            yield House(tx=tx, log=log, data=folder, now=datetime.fromtimestamp(time.time(), UTC))
    finally:
        database.close()


@contextmanager
def looking(db: str) -> "Iterator[Register | None]":
    """The marks in a server's database, which stays as it is; None without one."""
    if not db:
        yield None
        return
    from vitascope.marks.book import DatabaseRegister
    from vitascope.settings import settings
    from vitascope.store.database import open_for_reading

    with closing(open_for_reading(db)) as database:
        yield DatabaseRegister(database, mirrors=settings().home / "mirrors")


def acting(house: House, party: str) -> "Actor":
    """Whoever has the database at hand holds every role; that nobody decides on their own case holds for them too."""
    from vitascope.programme.actor import keeper
    from vitascope.rights.uses import Use

    return keeper(party, Use, at=house.now, log=house.log)


def post(mails: "Iterable[Mail]") -> int:
    """Hand letters over, or write them out where no mail server is set; how many. Raises MailError."""
    from vitascope.programme.people.post import open_post
    from vitascope.settings import settings

    told = settings()
    office = open_post(told.smtp, told.mail_from)
    count = 0
    for count, mail in enumerate(mails, 1):  # noqa: B007  # the last number is the count
        office.send(mail)
    return count


def days(count: float) -> timedelta:
    """A length of time in days."""
    return timedelta(days=count)


def content_of(file: Path) -> bytes:
    """The bytes of a work somebody names. Raises ConsentError where they cannot be read."""
    from vitascope.errors import ConsentError

    try:
        return file.read_bytes()
    except OSError as error:
        raise ConsentError(f"{file} cannot be read: {error.strerror}.") from error
