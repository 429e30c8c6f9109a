"""``vitascope bench``: measurements that anybody can take again."""

import json
from pathlib import Path
from typing import Annotated

import typer

bench = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Measure this machine and this house.")


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


@bench.command()
def leaks(
    render: Annotated[list[float] | None, typer.Option(help="Seconds a render takes; can be given again.")] = None,
    runs: Annotated[int, typer.Option(help="Leaks of each length, each in a house of its own.", min=1)] = 1,
    seed: Annotated[int, typer.Option(help="Of the first; the next ones follow.")] = 0,
    members: Annotated[int, typer.Option(min=1, help="The one whose key leaks, and others at work.")] = 8,
    days: Annotated[int, typer.Option(min=4, help="Of history, made over HTTP.")] = 14,
    each: Annotated[int, typer.Option(min=1, help="Make one of so many creations of the history.")] = 1,
    minutes: Annotated[float, typer.Option(help="How long the page goes on.")] = 60.0,
) -> None:
    """Play the leak of 2024 against a desk over HTTP, with the official SDK, and tell who was held and who waited.

    Time is simulated; keys, database, log, decide() and the watch are real. Takes the extra "dev".
    """
    from tempfile import TemporaryDirectory

    from vitascope.bench.leaks import Leak
    from vitascope.bench.replay import Piece, lines, play
    from vitascope.server.rehearsal import rehearsing

    for length in render or [15.0, 60.0, 180.0]:
        for number in range(seed, seed + runs):
            piece = Piece(leak=Leak(render=length), seed=number, members=members, days=days, each=each, minutes=minutes)
            with TemporaryDirectory() as folder:
                played = play(piece, rehearsing, Path(folder))
            for line in lines(played):
                typer.echo(f"renders of {length:.0f} s, seed {number}: {line}")
