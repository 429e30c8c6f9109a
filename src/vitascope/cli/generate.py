"""``vitascope generate``: a sentence in, a marked video out, and every number about it for who asks."""

import time
from pathlib import Path
from typing import Annotated

import typer


def generate(
    prompt: Annotated[str, typer.Argument(help='What to show: "a parrot flies over a beach at sunset".')],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File: .mp4, .webm or .gif. Default: named after prompt and seed, here."),
    ] = None,
    seconds: Annotated[float | None, typer.Option(help="Length in seconds, up to 60.")] = None,
    size: Annotated[str | None, typer.Option(metavar="WxH", help="Width and height in pixels, 16 to 4096.")] = None,
    fps: Annotated[int | None, typer.Option(help="Frames a second, 1 to 60.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same frames. Default: drawn.")] = None,
    steps: Annotated[int | None, typer.Option(help="Steps from noise to clip, 1 to 100.")] = None,
    image: Annotated[Path | None, typer.Option(help="First frame: a PNG, JPEG or WebP picture.")] = None,
    model: Annotated[str, typer.Option(help="See `vitascope models`.")] = "xs",
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
) -> None:
    """Make a video of PROMPT."""
    started = time.perf_counter()
    from vitascope.backends import choose
    from vitascope.cli.account import Account, print_json, print_text
    from vitascope.cli.progress import shown_progress
    from vitascope.engine.names import container_of, free_path
    from vitascope.engine.plan import draw_seed, size_of
    from vitascope.media.read import still
    from vitascope.pipeline import render
    from vitascope.rights.credits import credits_for
    from vitascope.text.reading import read
    from vitascope.types import Request

    reading = read(prompt)  # before the model is opened: a mistake is told at once
    seed = draw_seed() if seed is None else seed
    to = output or free_path(Path(), prompt, seed)
    request = Request(
        prompt=prompt,
        seconds=seconds,
        size=None if size is None else size_of(size),
        fps=fps,
        seed=seed,
        steps=steps,
        image=None if image is None else still(image),
        model=model,
        container=container_of(to),
    )
    credits_ = credits_for(entity.subject for entity in reading.scene.entities)
    backend = choose.open_backend(model)
    opened = time.perf_counter()
    with shown_progress() as tick:
        clip = render(request, to=to, backend=backend, tick=tick, thanks=credits_)
    done = time.perf_counter()
    account = Account(
        clip=clip, reading=reading, credits=credits_, opening_seconds=opened - started, render_seconds=done - opened
    )
    (print_json if json_ else print_text)(account)
