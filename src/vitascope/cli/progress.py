"""Waiting, shown: which step of how many, and how long it still takes. Only on a terminal, only on stderr."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from vitascope.types import Progress

if TYPE_CHECKING:
    from rich.progress import TaskID

    from vitascope.backends.base import Tick

_SAID = {"denoise": "step", "decode": "painting frame", "write": "writing frame"}
"""Stages that take long enough to be looked at."""


@contextmanager
def shown_progress() -> "Iterator[Tick]":
    """A tick that moves bars on stderr while the block lasts, and leaves no trace of them."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    columns = (TextColumn("{task.description:>14}"), MofNCompleteColumn(), BarColumn(), TimeRemainingColumn())
    tasks: dict[str, TaskID] = {}
    with Bars(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:

        def tick(progress: Progress) -> None:
            if progress.stage not in _SAID:
                return
            if progress.stage not in tasks:
                tasks[progress.stage] = bars.add_task(_SAID[progress.stage], total=progress.steps)
            bars.update(tasks[progress.stage], completed=progress.step, total=progress.steps)

        yield tick
