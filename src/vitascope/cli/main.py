"""The command ``vitascope``: one app, one file per group of commands, and the one place where errors become text.

Nothing heavy is imported here or at the top of any command file, so that ``--help`` answers at once.
"""

import signal
import sys
import traceback
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Annotated, NoReturn

import typer
from typer.core import TyperGroup

from vitascope import __version__
from vitascope.cli.bench import bench
from vitascope.cli.consent import consent
from vitascope.cli.contribution import contribution
from vitascope.cli.credits import credits_
from vitascope.cli.demo import demo
from vitascope.cli.generate import generate
from vitascope.cli.guest import guest
from vitascope.cli.hold import hold
from vitascope.cli.invite import invite
from vitascope.cli.key import key
from vitascope.cli.keys import keys
from vitascope.cli.likeness import likeness
from vitascope.cli.log import log
from vitascope.cli.me import me
from vitascope.cli.models import models
from vitascope.cli.payout import payout
from vitascope.cli.programme import programme
from vitascope.cli.scan import scan
from vitascope.cli.serve import serve
from vitascope.cli.trace import trace
from vitascope.cli.verify import verify
from vitascope.cli.worker import worker
from vitascope.errors import UserError, VitascopeError

_MISTAKE, _FAILURE, _INTERRUPTED, _TERMINATED = 2, 1, 130, 143  # the last two: 128 + signal, as shells have it


class _Edge(TyperGroup):
    """The edge of the house: an error of the tree leaves as one sentence and an exit code, never as a traceback."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]  # Typer hides the wider Context
        """Read the options; Typer loads what it checks them with here, long enough for an interrupt."""
        try:
            return super().parse_args(ctx, args)
        except KeyboardInterrupt:
            _end_interrupted()

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]  # Typer hides the wider Context
        """Run the command and turn what goes wrong into text."""
        signal.signal(signal.SIGTERM, _terminated)
        sys.excepthook = _tell_bug
        _take_any_letter()
        try:
            return super().invoke(ctx)
        except UserError as error:
            _end(str(error), _MISTAKE)
        except VitascopeError as error:
            _end(str(error), _FAILURE)
        except typer.BadParameter as error:
            _end(_mistyped(error), _MISTAKE)
        except KeyboardInterrupt:
            _end_interrupted()
        except BrokenPipeError:  # the reader of our output went away, as `head` does
            sys.stderr.close()
            raise typer.Exit(_FAILURE) from None


def _mistyped(error: typer.BadParameter) -> str:
    """What is wrong with an option, and its own words on what belongs there: one line in place of three of usage."""
    limits = getattr(error.param, "help", None) or ""
    return f"{error.format_message().rstrip('.')}. {limits}".rstrip()


def _end(sentence: str, code: int) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(code) from None


def _end_interrupted() -> NoReturn:
    """The same words as in ``cli/entry.py``, which says them before this file is there."""
    _end("Interrupted; no file was left behind.", _INTERRUPTED)


def _terminated(_signal: int, _frame: object) -> None:
    """Leave by the same doors as an interrupt does, so that drafts are cleared away."""
    raise SystemExit(_TERMINATED)


def _tell_bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What is no error of the tree is our mistake; the person gets one line and we get the place."""
    place = traceback.extract_tb(trace)[-1]
    where = f"{Path(place.filename).name}, line {place.lineno}"
    typer.echo(
        f"Vitascope failed where it should not: {kind.__name__}: {error} ({where}). Please report this.", err=True
    )


def _take_any_letter() -> None:
    """A file name or a language the terminal cannot spell is shown in escapes and stops nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"vitascope {__version__}")
        raise typer.Exit


app = typer.Typer(cls=_Edge, no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@app.callback()
def vitascope(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Type a sentence, get a video: made on this machine by a model trained only on licensed art."""


app.command()(generate)
app.command()(models)
app.command("credits")(credits_)
app.command()(verify)
app.command()(trace)
app.add_typer(keys, name="keys")
app.command()(worker)
app.add_typer(key, name="key")
app.add_typer(guest, name="guest")
app.add_typer(hold, name="hold")
app.add_typer(programme, name="programme")
app.add_typer(invite, name="invite")
app.add_typer(me, name="me")
app.command()(scan)
app.command()(serve)
app.add_typer(demo, name="demo")
app.add_typer(bench, name="bench")
app.add_typer(contribution, name="contribution")
app.add_typer(payout, name="payout")
app.add_typer(consent, name="consent")
app.add_typer(likeness, name="likeness")
app.add_typer(log, name="log")
