"""What a worker needs of an engine, whichever it is: say what it can do, and paint an order into files."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vitascope.orders import Order
from vitascope.rights.register import Register
from vitascope.sealed import Seal
from vitascope.types import Memory, Progress
from vitascope.videos.workers import Capability

Tick = Callable[[Progress], None]
"""Hears of every step; may raise StoppedError, which ends the render there and then."""

Show = Callable[[bytes, int], None]
"""Takes a preview, a small marked WebP, and the step it was seen at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """A kept character, on this machine's disk."""

    name: str
    picture: Path
    faces: int
    thanks: str  # the line of whoever is thanked for it; empty: nobody
    as_sent: Path | None = None  # its own file, where a credential is in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an order builds on: files on this machine's disk, and the works whose makers are thanked."""

    image: Path | None = None  # the first frame
    image_as_sent: Path | None = None  # its own file, where a credential is in it
    source: Path | None = None  # the film that is remixed, edited or extended, with its credential
    cast: tuple[Player, ...] = ()  # the kept characters that the prompt names
    learned_from: Register | None = None  # what the weights learned from; None: what the package's did


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    """A finished render on this machine's disk, and what is known of it."""

    video: Path
    thumbnail: Path
    spritesheet: Path
    frames: int
    fps: int
    size: tuple[int, int]
    weights_sha256: str
    frames_sha256: str
    seal: Seal  # of the film
    notes: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()


class Engine(Protocol):
    """Paints orders for one model."""

    def capability(self) -> Capability:
        """What the model can do."""
        ...

    def paint(
        self, order: Order, *, party: str, given: Given, folder: Path, tick: Tick, show: Show, memory: Memory
    ) -> Painted:
        """Make what was ordered, as files in ``folder``, of what was ``given`` to it; go on where ``memory`` says.

        Raises UserError where the order cannot be made, StoppedError where ``tick`` did.
        """
        ...
