"""What a backend and a runtime promise. Arrays are NumPy at the border, whatever runs inside.

Shapes: B guidance branches, W text words, N clip rows, D numbers in a row (codec channels), E network width.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from vitascope.types import Floats, Integers, Memory, Pixels, Plan, Preset, Progress

Tick = Callable[[Progress], None]
Box = tuple[int, int, int, int]
"""Top, bottom, left, right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Prompts as the network has read them."""

    rows_BWE: Floats
    pooled_BE: Floats
    time_BW: Floats  # seconds at which each word applies (centre of its segment), for its rotary position


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The packed state of a clip: one vector, place, tag and pair of noise levels per row.

    ``t`` is the row's noise level now (1 noise, 0 clean), ``r`` the level the step aims at; equal in plain flow
    matching. Positions are (seconds, y, x) with y and x in units of the longer side. Tag 0 clip, 1 reference.
    """

    z_ND: Floats
    t_N: Floats
    r_N: Floats
    position_N3: Floats
    tag_N: Integers


class Runtime(Protocol):
    """Carries one checkpoint's network. Opening it may compile; calls after that do not."""

    preset: Preset

    @property
    def name(self) -> str:
        """What its numbers depend on beside the weights: library, precision, processor."""
        ...

    def read(self, words: Mapping[str, Integers], seconds: float) -> Text:
        """Encodes word rows, each ``(B, W)`` int32, of a clip ``seconds`` long."""
        ...

    def denoise(self, text: Text, rows: Rows) -> Floats:
        """The clean clip the network sees in ``rows``: x-hat, ``(B, N, D)``, one per text branch."""
        ...


class Backend(Protocol):
    """Turns plans into frames."""

    preset: Preset

    def render(self, plan: Plan, tick: Tick) -> Iterator[Pixels]:
        """Yields ``plan.frames`` frames ``(H, W, 3)`` uint8 as decoded: native, or as large as a moved picture."""
        ...

    def remembering(self, memory: Memory) -> "Backend":
        """The same backend, whose renders keep their state in ``memory`` and go on from what they find there."""
        ...
