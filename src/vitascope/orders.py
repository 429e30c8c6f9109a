"""What the front desk, the programme, the book of videos and the workers hand to each other: orders and grants.

They live on the ground floor, apart from ``types.py``, because the people's side of the house never loads NumPy.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Self

Verb = Literal["create", "remix", "edit", "extend"]
Priority = Literal["high", "normal", "low"]
Learning = Literal["notAllowed", "allowed", "constrained"]
"""Whether others may mine a file and train on it, as its credential says (CAWG training and data mining 1.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """What others may do with the file beyond looking at it, and where the terms of a constrained use stand."""

    mining: Learning = "notAllowed"
    terms: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who is in it, beside what the model knows."""

    shown: tuple[str, ...] = ()  # the claimed names of whom the first frame is said to show
    characters: tuple[str, ...] = ()  # ids of kept characters, whose names the prompt says


NOBODY = Cast()
"""Of an order that draws on what the model knows alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was ordered at the desk, with everything settled but how it will be painted.

    The seed is settled here, so that a render that is begun again after a crash paints the same frames.
    """

    prompt: str
    model: str  # the name of what runs, never an alias
    seconds: float
    size: tuple[int, int]  # width, height in pixels
    seed: int
    seed_is_drawn: bool = False  # by the desk, because nobody asked for one
    verb: Verb = "create"
    fps: int | None = None
    steps: int | None = None
    negative_prompt: str | None = None
    image: str | None = None  # key of a PNG in the file store: the first frame
    cast: Cast = NOBODY
    source: str | None = None  # the video that a remix, an edit or an extension builds on
    priority: Priority = "normal"
    reservation: Reservation = Reservation()

    def to_json(self) -> str:
        """The order as JSON, the same text for the same order."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The order that ``to_json`` wrote, or an earlier version of it."""
        fields: dict[str, Any] = json.loads(text)
        width, height = fields.pop("size")
        before = {"mining": fields.pop("mining", "notAllowed"), "terms": fields.pop("mining_terms", "")}
        reservation = Reservation(**fields.pop("reservation", before))
        cast = fields.pop("cast", ())
        told = cast if isinstance(cast, dict) else {"shown": cast}  # a list, before characters were kept
        cast = Cast(**{name: tuple(names) for name, names in told.items()})
        return cls(size=(width, height), cast=cast, reservation=reservation, **fields)

    def fingerprint(self) -> str:
        """SHA-256 of what was asked: a drawn seed is not part of it, nobody asked for that."""
        asked = replace(self, seed=0) if self.seed_is_drawn else self
        return hashlib.sha256(asked.to_json().encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one party may have: jobs begun in a minute, jobs unfinished at once, seconds of video in a UTC day."""

    requests_per_minute: int = 600
    jobs_in_flight: int = 1_000
    seconds_per_day: int = 36_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """The programme's yes: whose request this is, by which key, and what that key may do."""

    party: str
    key: str
    scopes: frozenset[str]
    priority: Priority
    limits: Limits


Document = Mapping[str, object]
"""A JSON object."""
