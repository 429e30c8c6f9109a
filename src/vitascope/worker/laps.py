"""How long a render was in which stage, told from its ticks, for whoever traces it."""

import time
from dataclasses import dataclass

from vitascope.traces import Traces
from vitascope.types import Progress
from vitascope.worker.engine import Tick

_SPANS = {"read": "plan", "write": "encode"}
"""What a stage is called in a trace, where a tick calls it otherwise."""


@dataclass(slots=True, kw_only=True)
class _Lap:
    began: float
    ended: float
    busy: float = 0.0


class Laps:
    """Listens to the ticks of a render and hands each on to ``tick``.

    The time before a tick was spent in the stage that it names; but step 0 only begins a stage, and what was before it
    belongs to the stage before. Frame by frame, decode, mark and encode take turns: their spans lie side by side, and
    ``vitascope.busy_seconds`` says what each took of the time.
    """

    def __init__(self, tick: Tick) -> None:
        self._tick = tick
        self._laps: dict[str, _Lap] = {}
        self._stage, self._since = "", time.time()

    def tick(self, progress: Progress) -> None:
        """See Tick."""
        now = time.time()
        self._count(self._stage if progress.step == 0 else progress.stage, now)
        self._stage = progress.stage
        try:
            self._tick(progress)
        finally:
            self._since = time.time()  # what the book takes is no stage's time

    def tell(self, traces: Traces) -> None:
        """The stages so far, as spans."""
        for stage, lap in self._laps.items():
            facts = {"vitascope.busy_seconds": round(lap.busy, 4)}
            traces.past(_SPANS.get(stage, stage), lap.began, lap.ended, facts)

    def _count(self, stage: str, now: float) -> None:
        if stage:
            lap = self._laps.setdefault(stage, _Lap(began=self._since, ended=now))
            lap.busy, lap.ended = lap.busy + now - self._since, now
