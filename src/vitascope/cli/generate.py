"""``vitascope generate``: a sentence in, a marked video out, and every number about it for who asks."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitascope.shipped import MODEL

if TYPE_CHECKING:
    from vitascope.types import Mining, Request, Use


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
    character: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=FILE", help="Whom PROMPT names: a picture or film of them. At most two."),
    ] = None,
    facing: Annotated[
        list[str] | None, typer.Option(metavar="NAME=left|right", help="The way a character looks in its picture.")
    ] = None,
    model: Annotated[str, typer.Option(help="See `vitascope models`.")] = MODEL,
    mining: Annotated[
        str, typer.Option(help="What others may do with the file: notAllowed, allowed, or constrained with --terms.")
    ] = "notAllowed",
    terms: Annotated[str, typer.Option(help="Address of the terms for a constrained use.")] = "",
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
) -> None:
    """Make a video of PROMPT."""
    started = time.perf_counter()
    from vitascope.engine.names import container_of, free_path
    from vitascope.engine.plan import draw_seed, size_of
    from vitascope.front import first_frame, kept
    from vitascope.types import Request

    seed = draw_seed() if seed is None else seed
    to = output or free_path(Path(), prompt, seed)
    pixels, sources = first_frame(image)
    cast, portraits = kept(_named("--character", character), _named("--facing", facing))
    request = Request(
        prompt=prompt,
        seconds=seconds,
        size=None if size is None else size_of(size),
        fps=fps,
        seed=seed,
        steps=steps,
        image=pixels,
        characters=cast,
        model=model,
        container=container_of(to),
        sources=(*sources, *portraits),
        mining=_mining(mining, terms),
    )
    _render(request, to, started, is_json=json_)


def _render(request: "Request", to: Path, started: float, *, is_json: bool) -> None:
    """Make it, and tell what was made. What is wrong with the prompt is told before the model is opened."""
    from vitascope.backends import choose
    from vitascope.cli.account import Account, print_json, print_text
    from vitascope.cli.progress import shown_progress
    from vitascope.front import make, thanks_for, understood

    reading = understood(request)
    backend = choose.open_backend(request.model)
    opened = time.perf_counter()
    with shown_progress() as tick:
        clip = make(request, reading, to=to, backend=backend, tick=tick)
    done = time.perf_counter()
    account = Account(
        clip=clip,
        reading=reading,
        credits=thanks_for(reading, backend.preset),
        opening_seconds=opened - started,
        render_seconds=done - opened,
    )
    (print_json if is_json else print_text)(account)


def _named(option: str, told: list[str] | None) -> dict[str, str]:
    """``NAME=VALUE`` as often as the option is there."""
    from vitascope.errors import CharacterError

    pairs = [one.partition("=") for one in told or ()]
    for name, equals, value in pairs:
        if not (name.strip() and equals and value):
            raise CharacterError(f"{option} takes NAME=VALUE, not {f'{name}{equals}{value}'[:80]!r}.")
    return {name.strip(): value for name, _, value in pairs}


def _mining(use: str, terms: str) -> "Mining":
    """The same choice for all four uses of the assertion; the Python API takes each apart."""
    from vitascope.errors import UserError
    from vitascope.types import Mining

    choices: dict[str, Use] = {"notAllowed": "notAllowed", "allowed": "allowed", "constrained": "constrained"}
    chosen = choices.get(use)
    if chosen is None or (chosen == "constrained" and not terms):
        raise UserError(f"--mining takes notAllowed, allowed, or constrained with --terms ADDRESS; not {use!r} alone.")
    return Mining(
        data_mining=chosen, ai_training=chosen, ai_generative_training=chosen, ai_inference=chosen, terms=terms
    )
