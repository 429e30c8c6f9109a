"""``vitascope serve``: the front desk and its workers on this machine, from nothing to an address and a key."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitascope.shipped import MODEL

if TYPE_CHECKING:
    from vitascope.rights.logbook import Leaves
    from vitascope.store.database import Database
    from vitascope.store.secrets import Secrets

_EXAMPLE = """
  from openai import OpenAI
  client = OpenAI(base_url="{address}/v1", api_key="{key}")
  video = client.videos.create_and_poll(prompt="a parrot flies over a beach at sunset")
  client.videos.download_content(video.id).write_to_file("parrot.mp4")
"""


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 lets other machines in.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.", min=0, max=65535)] = 8000,
    data: Annotated[
        Path | None, typer.Option(help="Folder of database, files and secret. Default: server, in VITASCOPE_HOME.")
    ] = None,
    workers: Annotated[
        int, typer.Option(help="Workers to start beside the desk; 0 where they run elsewhere.", min=0, max=64)
    ] = 1,
    db: Annotated[str, typer.Option(help="Database. Default: SQLite in the data folder.")] = "",
    files: Annotated[str, typer.Option(help="Store of files: folder or s3://. Default: in the data folder.")] = "",
    model: Annotated[list[str] | None, typer.Option(help="A model the workers carry; can be given again.")] = None,
    keep_hours: Annotated[float | None, typer.Option(help="Hours for which films are kept. Default: for ever.")] = None,
    twin_seconds: Annotated[float | None, typer.Option(hidden=True)] = None,
) -> None:
    """Serve the Sora API: a front desk and its workers, until Ctrl-C."""
    from vitascope.logs import write_to_stderr
    from vitascope.rights.logbook import open_log
    from vitascope.server.app import build
    from vitascope.server.crew import Crew
    from vitascope.server.run import bound, run
    from vitascope.settings import desk_settings, settings
    from vitascope.store.blobs import open_blobs
    from vitascope.store.database import open_database
    from vitascope.store.secrets import open_secrets
    from vitascope.traces import open_traces
    from vitascope.videos.queue import open_queue

    folder = (data or settings().home / "server").absolute()
    db, files = db or f"sqlite:///{folder / 'vitascope.db'}", files or str(folder / "files")
    listening = bound(host, port)  # first: a port that is taken is told before anything is made
    database, secrets, log = open_database(db), open_secrets(folder), open_log(folder)
    queue = open_queue(database)
    blobs, chosen = open_blobs(files), desk_settings()
    app = build(
        database=database,
        blobs=blobs,
        queue=queue,
        secrets=secrets,
        log=log,
        settings=chosen,
        traces=open_traces(settings().traces, program="desk"),
    )
    address = _address(host, listening.getsockname()[1])
    extra = {"--keep-hours": keep_hours, "--twin-seconds": twin_seconds}
    switches = [text for name, value in extra.items() if value is not None for text in (name, str(value))]
    switches += ["--plain-webhooks"] if chosen.plain_webhooks else []
    switches += [text for name in model or [MODEL] for text in ("--model", name)]
    crew = Crew(_worker_command(db, files, folder, switches), workers)
    write_to_stderr()
    run(app, listening, crew=crew, ready=lambda: _greet(address, _first_key(database, log, secrets)))
    queue.close()
    database.close()
    typer.echo("Ended; what was accepted goes on at the next start.")


def _first_key(database: "Database", log: "Leaves", secrets: "Secrets") -> str | None:
    """A key for the operator, unless there is one already. It is shown now and never again."""
    import time

    from vitascope.orders import Limits
    from vitascope.programme import keys

    most = Limits(requests_per_minute=10**6, jobs_in_flight=10**6, seconds_per_day=10**9)
    with database.transaction() as tx:
        if keys.any_key(tx):
            return None
        made = keys.create(
            tx, log, by=keys.OPERATOR, name="operator", scopes=keys.SCOPES, expires_at=None, limits=most,
            secrets=secrets, now=time.time(),
        )  # fmt: skip
    return made.credential


def _greet(address: str, key: str | None) -> None:
    typer.echo(f"Vitascope serves {address}/v1, described at {address}/docs")
    if key is not None:
        typer.echo(f"Your key, shown this once: {key}")
    typer.echo(_EXAMPLE.format(address=address, key=key or "vs_..."))
    sys.stdout.flush()


def _worker_command(db: str, files: str, data: Path, switches: list[str]) -> list[str]:
    program = [sys.executable, "-c", "from vitascope.cli.entry import run; run()", "worker"]
    return [*program, "--db", db, "--files", files, "--data", str(data), *switches]


def _address(host: str, port: int) -> str:
    shown = "localhost" if host in {"0.0.0.0", "::"} else host  # noqa: S104  # compared, not listened on
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
