"""``vitascope bench``: measurements that anybody can take again."""

import json
from typing import Annotated

import typer

bench = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Measure this machine and this house.")


@bench.callback()
def _group() -> None:
    """Keeps ``serve`` a command of its own while it is the only one."""


@bench.command()
def serve(
    model: Annotated[str, typer.Option(help="The model to load; twin sleeps and makes nothing.")] = "twin",
    twin_seconds: Annotated[float, typer.Option(help="How long the twin sleeps.")] = 0.05,
    rate: Annotated[float, typer.Option(help="Orders a second in the open loop.", min=0.1)] = 20.0,
    seconds: Annotated[float, typer.Option(help="Length of the open loop.", min=1)] = 30.0,
    connections: Annotated[int, typer.Option(min=1, max=500)] = 32,
    clips: Annotated[int, typer.Option(help="Clips made one after the other.", min=1)] = 20,
    rival_jobs: Annotated[int, typer.Option(help="Jobs of A before the one of B.", min=1)] = 100,
    videos: Annotated[int, typer.Option(help="Videos in the house beforehand.", min=0)] = 1_000,
) -> None:
    """Start a house, load it over HTTP, and print latency, throughput, fairness and memory as JSON."""
    from vitascope.bench.serve import Load, measure

    load = Load(
        model=model,
        twin_seconds=twin_seconds,
        rate=rate,
        seconds=seconds,
        connections=connections,
        clips=clips,
        rival_jobs=rival_jobs,
        videos=videos,
    )
    typer.echo(json.dumps(measure(load), indent=1))
