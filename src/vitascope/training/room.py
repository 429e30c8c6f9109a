"""The exam's room: who marks it, drawings for real clips, the codec, and who is examined, if anyone."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from vitascope.backends.base import Backend
from vitascope.backends.codec import Codec
from vitascope.corpus.compositor import Drawings
from vitascope.corpus.scenes import SIDE
from vitascope.errors import TrainingError
from vitascope.text.world import FIRST, Edition
from vitascope.training.checker import Checker
from vitascope.types import Pixels, Plan, Preset

Speak = Callable[[str], None]

SPOKEN = 20
"""Clips after which it is told how long the rest takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What an exam needs. Without a backend only the baselines are measured."""

    checker: Checker
    atlas: Drawings
    codec: Codec
    backend: Backend | None
    speak: Speak
    side: int = SIDE
    """Pixels a side of real clips: the model's own size."""

    edition: Edition = FIRST
    """Of the world: what it was taught, and the checker names."""

    @property
    def preset(self) -> Preset:
        """Of who is examined. Raises TrainingError where there is nobody."""
        return self.examined.preset

    @property
    def examined(self) -> Backend:
        """Who is examined. Raises TrainingError where there is nobody."""
        if self.backend is None:
            raise TrainingError("This study examines a model, and there are only baselines in the room.")
        return self.backend


def made(room: Room, plans: Sequence[Plan], what: str) -> Iterator[Pixels]:
    """The model's clips of ``plans``, one after the other, with word of how long the rest takes."""
    begin = time.monotonic()
    for number, plan in enumerate(plans, 1):
        yield np.stack(list(room.examined.render(plan, lambda progress: None)))
        if number % SPOKEN == 0:
            each = (time.monotonic() - begin) / number
            left = each * (len(plans) - number)
            room.speak(f"{what}: {number} of {len(plans)} clips, {each:.2f} s each, {left:.0f} s left")


def round_trip(clip: Pixels, codec: Codec) -> Pixels:
    """A clip through the codec and back."""
    return np.stack(list(codec.decode(codec.encode(clip), (clip.shape[2], clip.shape[1]))))


def held_still(clip: Pixels) -> Pixels:
    """The middle frame for as long as the clip: a model that draws and does not move."""
    return np.repeat(clip[len(clip) // 2][None], len(clip), axis=0)


def all_held_still(clips: Iterable[Pixels]) -> list[Pixels]:
    """Each clip held still."""
    return [held_still(clip) for clip in clips]
