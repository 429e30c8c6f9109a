"""A job and what came of it: the values that the book hands out."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

from vitascope.orders import Order
from vitascope.sealed import Seal
from vitascope.store.blobs import Stored

State = Literal["queued", "in_progress", "completed", "failed", "cancelled"]

UNFINISHED: tuple[State, ...] = ("queued", "in_progress")
ENDED: tuple[State, ...] = ("completed", "failed", "cancelled")
VARIANTS = ("video", "thumbnail", "spritesheet")

AS_SENT = "as-sent"
"""Name of a first frame's own file, beside the PNG of it; only there where a credential is in it."""

_ID_PREFIX = "video_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why there is no video: a code for programs, a sentence for people."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a render is: ``step`` of ``steps`` of the stage ``name``."""

    name: str
    step: int
    steps: int
    eta_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a finished job left: its files and how they came about. There is none without a seal of ``provenance``."""

    files: Mapping[str, Stored]  # by variant
    frames: int
    fps: int
    size: tuple[int, int]
    seed: int
    weights_sha256: str
    frames_sha256: str
    seal: Seal  # of the film
    notes: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()
    inference_seconds: float = 0.0
    peak_megabytes: float = 0.0

    @property
    def mark_id(self) -> str:
        """The number of the film's mark in 16 hexadecimal digits: JavaScript has no number of 64 bits."""
        return f"{self.seal.mark_id:016x}"

    def to_json(self) -> str:
        """All of it as JSON."""
        fields = asdict(self)
        del fields["seal"]
        fields |= {"manifest_sha256": self.seal.manifest_sha256, "mark_id": self.mark_id}
        return json.dumps(fields, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What ``to_json`` wrote."""
        fields: dict[str, Any] = json.loads(text)
        width, height = fields.pop("size")
        files = {variant: Stored(**stored) for variant, stored in fields.pop("files").items()}
        seal = Seal(manifest_sha256=fields.pop("manifest_sha256"), mark_id=int(fields.pop("mark_id"), 16))
        notes, thanks = tuple(fields.pop("notes")), tuple(fields.pop("credits"))
        return cls(files=files, seal=seal, size=(width, height), notes=notes, credits=thanks, **fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One video that was ordered. Times are seconds since 1970."""

    id: str
    party: str
    key: str
    order: Order
    state: State
    progress: int  # 0..100, and 100 only when the files are there
    created_at: float
    started_at: float | None = None
    completed_at: float | None = None
    expires_at: float | None = None
    failure: Failure | None = None
    stage: Stage | None = None
    made: Made | None = None
    attempts: int = 0  # workers that began it

    @property
    def has_ended(self) -> bool:
        """Whether nothing will change any more but its expiry."""
        return self.state in ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A job that was entered, or the one that was entered before for the same request."""

    job: Job
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some jobs of a longer list."""

    jobs: tuple[Job, ...]
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How long a job will take: jobs before it, and a guess at the seconds until it is finished."""

    position: int  # 0: the next, or running
    eta_seconds: float | None
    has_worker: bool  # whether anybody alive carries the model


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A worker's hold on a job: whoever claims it later shuts this one out."""

    video: str
    token: str
    party: str
    worker: str
    order: Order
    attempt: int  # 1 for the first worker that began it
    since: float  # when it was ordered, or last begun: from then on it waited for this claim
    progress: int  # percents that attempts before this one told


def new_id(now: float) -> str:
    """An id that begins with its time in milliseconds, so that ids sort as they were made; 32 hexadecimal digits."""
    return f"{_ID_PREFIX}{int(now * 1000):012x}{secrets.token_hex(10)}"
