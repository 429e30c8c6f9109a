"""The page itself, in Gradio: a stage, a sentence, a button; everything it says is made in ``pages``."""

import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, fields, replace
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import uuid4

import gradio as gr

from vitascope.demo import pages
from vitascope.demo.desk import Desk
from vitascope.demo.house import House, Pass, Standing, first_model, require_public_pass
from vitascope.demo.line import Line
from vitascope.demo.making import LONGEST_PROMPT, Closed, Film, Step, Studio, Told
from vitascope.demo.visitors import Visitor, Visitors, visitor_of
from vitascope.errors import AnswerError, DemoError

_AGAIN = 10.0
_KEPT = (300, 3600)  # seconds: films of visitors are looked over this often, and cleared away at this age
_STYLE = files("vitascope.demo").joinpath("style.css")


def open_demo(house: House, desk: Desk, *, host: str, port: int, is_space: bool = False) -> None:
    """Serve the page until it is ended. Raises DemoError where the key is no public pass, AnswerError without a server.

    On a Space visitors come through a proxy, and there is nobody to start again: there a server is waited for.
    """
    if not desk.key:
        raise DemoError("There is no guest pass; set the secret VITASCOPE_KEY to one that was minted with --public.")
    standing = _stood(desk, waits=is_space)
    if not house.model:
        house = replace(house, model=first_model(desk))  # by its own name: then films are of the size it paints
    with tempfile.TemporaryDirectory(prefix="vitascope-demo-") as folder:
        visitors = Visitors(per_visitor=house.per_visitor, per_address=house.per_address)
        line = Line(visitors, at_once=standing.at_once)
        studio = Studio(house, Pass(desk), line, visitors, Path(folder))
        page(studio, is_behind_proxy=is_space).queue(default_concurrency_limit=None).launch(
            server_name=host,
            server_port=port,
            theme=_theme(),
            css=_STYLE.read_text(),
            allowed_paths=[folder],
            footer_links=[],
            show_error=False,
            quiet=True,
            share=False,
            ssr_mode=False,
            max_threads=80,
        )


def _stood(desk: Desk, *, waits: bool) -> Standing:
    while True:
        try:
            return require_public_pass(desk)
        except AnswerError as error:
            if not waits or error.answered_status:
                raise
            time.sleep(_AGAIN)


@dataclass(kw_only=True)
class _View:
    """What changes on the page; a field left alone leaves its part of the page alone."""

    head: Any = None
    stage: Any = None
    film: Any = None
    titles: Any = None
    button: Any = None
    closed: Any = None
    asking: Any = None

    def outputs(self) -> tuple[Any, ...]:
        told = (getattr(self, field.name) for field in fields(self))
        return tuple(gr.skip() if value is None else value for value in told)


def page(studio: Studio, *, is_behind_proxy: bool) -> gr.Blocks:
    """The page for visitors."""
    house = studio.house
    with gr.Blocks(title=house.title, analytics_enabled=False, delete_cache=_KEPT, fill_width=True) as blocks:
        browser = gr.BrowserState("", storage_key="vitascope-visitor", secret="none")  # noqa: S106  # it hides nothing
        head = gr.HTML(pages.head(house, Standing(state="away")), padding=False)
        with gr.Column(elem_id="vs-form"):
            stage = gr.HTML(pages.stage(), padding=False)
            film = gr.Video(visible=False, autoplay=True, loop=True, show_label=False, interactive=False,
                            buttons=["download"], elem_id="vs-film")  # fmt: skip
            with gr.Column(elem_id="vs-asking") as asking:
                with gr.Row(elem_id="vs-ask"):
                    prompt = gr.Textbox(show_label=False, placeholder=house.examples[0], max_length=LONGEST_PROMPT,
                                        container=False, autofocus=True, scale=5, elem_id="vs-prompt")  # fmt: skip
                    button = gr.Button("Make the film", variant="primary", scale=1, elem_id="vs-go")
                with gr.Row(elem_id="vs-examples"):
                    chips = [gr.Button(example, size="sm", variant="secondary") for example in house.examples]
            titles = gr.HTML(padding=False)
            closed = gr.HTML(visible=False, padding=False)  # below a film that is there: its visitor goes on watching
        outputs = [head, stage, film, titles, button, closed, asking]
        making = _making(studio, is_behind_proxy=is_behind_proxy)
        asked: dict[str, Any] = {"fn": making, "inputs": [prompt, browser], "outputs": outputs, **_QUIET}
        gr.on([button.click, prompt.submit], **asked)
        for chip in chips:
            chip.click(_said, chip, prompt, **_QUIET)
        greeting = _greeting(studio)
        blocks.load(greeting, browser, [browser, *outputs], **_QUIET)
        gr.Timer(10).tick(greeting, browser, [browser, *outputs], **_QUIET)
    return blocks


_QUIET: dict[str, Any] = {"show_progress": "hidden", "concurrency_limit": None, "api_visibility": "private"}


def _said(chip: str) -> str:
    return chip


def _greeting(studio: Studio) -> Any:  # noqa: ANN401  # a function of what Gradio hands in
    async def greet(browser: str) -> tuple[Any, ...]:
        """How the pass stands; a browser gets a number of its own the first time."""
        standing = await studio.access.standing()
        return (browser or uuid4().hex, *_standing(studio.house, standing).outputs())

    return greet


def _making(studio: Studio, *, is_behind_proxy: bool) -> Any:  # noqa: ANN401  # a function of what Gradio hands in
    async def make(prompt: str, browser: str, request: gr.Request) -> AsyncIterator[tuple[Any, ...]]:
        """Make a film, and tell how it goes."""
        visitor = _visitor(browser, request, is_behind_proxy=is_behind_proxy)
        yield _View(
            stage=gr.HTML(pages.stage("One moment."), visible=True),
            film=gr.Video(visible=False),
            titles="",
            button=gr.Button(interactive=False),
        ).outputs()
        try:
            async with aclosing(studio.film(visitor, prompt)) as steps:  # Gradio closes this when a tab is closed
                async for told in steps:
                    yield _shown(studio.house, told).outputs()
        except (DemoError, AnswerError) as error:
            yield _View(stage=gr.HTML(pages.notice(str(error)), visible=True)).outputs()
        except TimeoutError:
            yield _View(stage=gr.HTML(pages.notice("It took too long. Try again in a while."), visible=True)).outputs()
        standing = _standing(studio.house, await studio.access.standing(is_fresh=True))
        yield _View(head=standing.head, button=gr.Button(interactive=True)).outputs()

    return make


def _shown(house: House, told: Told) -> _View:
    match told:
        case Step():
            return _View(stage=pages.stage(told.words, number=told.number, share=told.share))
        case Film():
            video = gr.Video(str(told.file), visible=True)
            return _View(stage=gr.HTML(visible=False), film=video, titles=pages.titles(told.video))
        case Closed():
            return _standing(house, told.standing)


def _standing(house: House, standing: Standing) -> _View:
    is_open = standing.state == "open"
    closed = gr.HTML("", visible=False) if is_open else gr.HTML(pages.closed(house, standing), visible=True)
    return _View(head=pages.head(house, standing), closed=closed, asking=gr.Column(visible=is_open))


def _visitor(browser: str, request: gr.Request, *, is_behind_proxy: bool) -> Visitor:
    """Who asks. Only behind a proxy is its header believed; anybody else could write one."""
    address = request.client.host if request.client else ""
    forwarded = request.headers.get("x-forwarded-for", "") if is_behind_proxy else ""
    return visitor_of(browser, forwarded.split(",")[0].strip() or address)


def _theme() -> gr.themes.Base:
    """Fonts that are there already: nothing is fetched from a third place."""
    serif = ["Iowan Old Style", "Palatino Linotype", "Palatino", "Georgia", "serif"]
    return gr.themes.Base(
        font=["system-ui", "Helvetica Neue", "Arial", "sans-serif"], font_mono=serif, radius_size="none"
    )
