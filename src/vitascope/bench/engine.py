"""What an engine of the bench is: something that makes one known clip, and says what it is.

The clip is the same for all: from what was asked to frames in memory, without mark, file and seal.
"""

import time
from dataclasses import dataclass
from typing import Protocol

from vitascope.backends.base import Backend
from vitascope.engine.plan import plan as plan_for
from vitascope.text.lexicon import name
from vitascope.types import Preset, Progress, Request

OURS, EAGER, COMPILED, RIVAL, PEAK = "openvino", "torch", "torch.compile", "diffusers", "peak"
NAMES = (OURS, EAGER, COMPILED, RIVAL, PEAK)

PROMPT = "a parrot flies over a beach at sunset"
SECONDS = 4.0
SEED = 7


def living(preset: Preset) -> str | None:
    """The prompt of a clip whose thing is painted frame by frame; None where none is, or all are, as in ``PROMPT``."""
    return f"{name(preset.alive[0])} on a beach at sunset" if preset.alive else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an engine says of itself when it is ready. ``flops`` of one clip, 0 where it does not count them."""

    name: str
    version: str
    dtype: str
    threads: int
    opening_seconds: float
    flops: float = 0.0
    note: str = ""


class Engine(Protocol):
    """Something that makes the clip of the bench, from what was asked to frames in memory."""

    def facts(self) -> Facts:
        """What it is; asked once it has made its first clip."""
        ...

    def once(self) -> float:
        """Makes the clip; returns the seconds of it that were spent before the first frame was decoded."""
        ...


class BackendEngine:
    """A backend of ours, whatever carries its network."""

    def __init__(self, backend: Backend, facts: Facts, prompt: str = PROMPT) -> None:
        self.backend, self._facts = backend, facts
        self.plan = plan_for(
            Request(prompt=prompt, seconds=SECONDS, seed=SEED, model=backend.preset.name), backend.preset
        )

    def facts(self) -> Facts:
        """See :class:`Engine`."""
        return self._facts

    def once(self) -> float:
        """See :class:`Engine`."""
        begin, first = time.perf_counter(), [0.0]

        def heard(progress: Progress) -> None:
            if progress.stage == "decode" and progress.step == 0:
                first[0] = time.perf_counter() - begin

        for _ in self.backend.render(self.plan, heard):
            pass
        return first[0]
