"""``vitascope worker``: a process that takes jobs from the queue, on this machine or on any other."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitascope.shipped import MODEL

if TYPE_CHECKING:
    from vitascope.provenance.register import Register
    from vitascope.worker.engine import Engine


def worker(
    db: Annotated[str, typer.Option("--db", metavar="URL", help="sqlite:////file.db or postgresql://user@host/name.")],
    files: Annotated[str, typer.Option("--files", metavar="URL", help="A folder or s3://bucket/prefix.")],
    data: Annotated[
        Path | None, typer.Option(help="Folder of the house's secret. Default: server, in VITASCOPE_HOME.")
    ] = None,
    model: Annotated[list[str] | None, typer.Option(help="A model to carry; can be given again.")] = None,
    keep_hours: Annotated[float | None, typer.Option(help="Hours for which films are kept. Default: for ever.")] = None,
    plain_webhooks: Annotated[bool, typer.Option(help="Deliver to http:// and private addresses, too.")] = False,
    twin_seconds: Annotated[float, typer.Option(hidden=True, help="How long the sleeping twin takes.")] = 1.0,
) -> None:
    """Make the videos that were ordered, until SIGTERM; what is unfinished then goes back into the queue."""
    from vitascope.settings import settings
    from vitascope.worker.run import Place, run

    keep_seconds = None if keep_hours is None else keep_hours * 3600
    folder = (data or settings().home / "server").absolute()
    place = Place(
        database=db,
        files=files,
        data=folder,
        keep_seconds=keep_seconds,
        plain_webhooks=plain_webhooks,
        traces=settings().traces,
    )
    run(place, [_engine(name, db, twin_seconds) for name in model or [MODEL]])


def _engine(name: str, db: str, twin_seconds: float) -> "Engine":
    from vitascope.worker.twin import NAME, Twin

    if name == NAME:
        return Twin(twin_seconds)
    from vitascope.worker.studio import Studio  # the engine is loaded only where it is wanted

    return Studio(name, _register(db))


def _register(db: str) -> "Register":
    """The server's register of marks, with what the data folder held before there was one."""
    from vitascope.marks.book import DatabaseRegister
    from vitascope.provenance.register import LocalRegister
    from vitascope.settings import settings
    from vitascope.store.database import open_database
    from vitascope.worker.jobs import patiently

    register = DatabaseRegister(open_database(db), attempt=patiently)
    register.adopt(LocalRegister(settings().home))
    return register
