"""What a running render tells the book, and what it hears back: stop, when the claim is gone or the worker must go."""

import base64
import threading
import time
from collections.abc import Callable

from vitascope.errors import StoppedError
from vitascope.refusals import DatabaseError
from vitascope.store.database import Database, clock
from vitascope.types import Progress
from vitascope.videos import claims
from vitascope.videos.job import Claim, Stage

_TOLD_EVERY = 0.25  # seconds between two writes: every one of them costs the database a commit
_ASKED_EVERY = 0.05  # seconds between two looks at the claim where steps are shorter than that
_SHARES = {
    "read": (0, 2),
    "denoise": (2, 70),
    "decode": (70, 75),
    "mark": (70, 94),
    "write": (70, 94),
    "seal": (94, 95),
    "stills": (95, 97),
}
"""From which to which percent of the whole each stage leads; decoding, marking and writing go hand in hand."""


class Teller:
    """Stands between an engine that ticks and the book."""

    def __init__(self, database: Database, claim: Claim, stopping: threading.Event) -> None:
        self._database, self._claim, self._stopping = database, claim, stopping
        self._told_at = self._asked_at = 0.0
        self._begin = (time.monotonic(), 0)  # and the percents that were done then
        self._denoises = False

    def tick(self, progress: Progress) -> None:
        """Hear of a step. Raises StoppedError where the job was cancelled or taken over, or the worker must go."""
        if self._stopping.is_set():
            raise StoppedError("The worker stops; the job goes back into the queue.")
        now = time.monotonic()
        if progress.stage == "denoise" and not self._denoises:  # from here on, or from where the latents were kept
            self._denoises, self._begin = True, (now, percent(progress))
        if now - self._told_at >= _TOLD_EVERY:
            self._told_at = self._asked_at = now
            self._require(self._tell(progress))
        elif progress.stage == "denoise" or now - self._asked_at >= _ASKED_EVERY:
            self._asked_at = now
            self._require(self._ask())

    def show(self, image: bytes, step: int) -> None:
        """Show a preview."""
        with_text = base64.b64encode(image).decode()
        self._quietly(lambda: self._show(with_text, step))

    def _tell(self, progress: Progress) -> bool:
        done = percent(progress)
        begin, behind = self._begin
        eta = remaining(time.monotonic() - begin, 100 * (done - behind) / (100 - behind))
        stage = Stage(name=progress.stage, step=progress.step, steps=progress.steps, eta_seconds=eta)
        return self._quietly(lambda: self._report(stage, done))

    def _ask(self) -> bool:
        def holds() -> bool:
            with self._database.reading() as tx:
                return claims.holds(tx, self._claim)

        return self._quietly(holds)

    def _report(self, stage: Stage, percent: int) -> bool:
        with self._database.transaction() as tx:
            return claims.report(tx, self._claim, stage, percent, clock(tx))

    def _show(self, image: str, step: int) -> bool:
        with self._database.transaction() as tx:
            claims.show(tx, self._claim, image, step, clock(tx))
        return True

    def _quietly(self, act: Callable[[], bool]) -> bool:
        """During an outage of the database a render goes on: nobody could have cancelled it either."""
        try:
            return act()
        except DatabaseError:
            return True

    def _require(self, stands: bool) -> None:  # noqa: FBT001  # the one thing it is about
        if not stands:
            raise StoppedError("The job was cancelled, deleted, or taken over by another worker.")


def remaining(spent: float, done: float) -> float | None:
    """Seconds until the files are there, going on as so far; an engine knows only what its own stage still takes.

    ``done`` are percents of what this attempt had to do: what one before did counts on neither side.
    """
    return round(spent * (100 - done) / done, 1) if done > 0 else None


def percent(progress: Progress) -> int:
    """How much of the whole is done at a step, 0 to 97: the last percents are for keeping the files."""
    begin, end = _SHARES[progress.stage]
    return begin + round((end - begin) * progress.step / max(1, progress.steps))
