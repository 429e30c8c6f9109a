"""Who carries which model, and who is alive: workers beat while they live, and publish what their models can do."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from vitascope.store.database import Transaction
from vitascope.videos import worker_repository as repository

SILENT_AFTER = 10.0
"""Seconds without a beat after which a worker counts as dead, wherever it runs. It beats every second from a thread of
its own; a stalled one that comes back finds its claims gone and stops."""

STUCK_AFTER = 60.0
"""The same for one whose process can be seen running: where disk or cores are taken it is slow, and not yet stuck."""

LEFT = 0.0
"""What stands for the last beat of a worker that went in good order."""

_BLIND = SILENT_AFTER / 2  # seconds without a look after which nothing is known of who beat meanwhile


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """What a model can do, as its worker knows it."""

    model: str
    size: tuple[int, int]
    fps: int
    longest_seconds: float
    sides: tuple[int, int]  # smallest and largest side of a file
    verbs: tuple[str, ...]
    steps: int
    most_steps: int
    has_guidance: bool  # whether a negative prompt means anything to it
    weights_sha256: str
    words: tuple[str, ...]  # what it was taught, as English prints it
    licence: str
    seconds_per_video_second: float | None = None
    has_characters: bool = False  # whether kept characters can be in its videos
    shapes: tuple[tuple[int, int], ...] = ()  # the sizes it paints as they are; none told: ``size`` alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A process that makes videos."""

    id: str
    host: str
    process: int
    models: tuple[str, ...]
    started_at: float
    seen_at: float


def enter(tx: Transaction, worker: str, *, host: str, process: int, now: float) -> None:
    """A worker begins."""
    repository.add(tx, worker, host=host, process=process, now=now)


def publish(tx: Transaction, worker: str, capabilities: Sequence[Capability], now: float) -> None:
    """Tell what a worker's models can do; enters the worker where it is not known yet."""
    if not repository.is_known(tx, worker):
        enter(tx, worker, host="", process=0, now=now)
    text = json.dumps([asdict(capability) for capability in capabilities], ensure_ascii=False)
    repository.change(tx, worker, capabilities=text, seen_at=now)


def beat(tx: Transaction, worker: str, now: float) -> bool:
    """A sign of life; False where the worker was given up, and must stop."""
    return repository.beat(tx, worker, now)


def leave(tx: Transaction, worker: str) -> None:
    """A worker ends: whoever looks next may take over what it had at once."""
    repository.change(tx, worker, seen_at=LEFT)


def entered(tx: Transaction) -> tuple[Worker, ...]:
    """Workers that were not given up, beating or not."""
    return tuple(_worker(row) for row in repository.rows(tx))


class Vigil:
    """Tells who fell silent, by what one watcher saw itself: a beat that stays the same while it looks on.

    No clock is compared. While the database is away nobody can beat and nobody can look: afterwards the watch begins
    anew, so an outage, however long, is not taken for the death of everybody.
    """

    def __init__(self, *, silent_after: float = SILENT_AFTER) -> None:
        self._silent_after = silent_after
        self._beats: dict[str, tuple[float, float]] = {}  # the last beat, and when it was seen first
        self._looked_at = float("-inf")

    def silent(self, known: Sequence[Worker], now: float) -> frozenset[str]:
        """The ids of those among ``known`` that are silent; ``now`` is of this process, and never goes back."""
        before = self._beats if now - self._looked_at <= _BLIND else {}
        self._looked_at = now
        self._beats = {one.id: _still(before.get(one.id), one.seen_at, now) for one in known}
        return frozenset(
            one for one, (beat, since) in self._beats.items() if beat == LEFT or now - since >= self._silent_after
        )


def _still(before: tuple[float, float] | None, beat: float, now: float) -> tuple[float, float]:
    return before if before is not None and before[0] == beat else (beat, now)


def give_up(tx: Transaction, ids: Sequence[str], now: float) -> None:
    """These workers are dead; should one of them live, its next beat tells it."""
    repository.give_up(tx, ids, now)


def alive(tx: Transaction, now: float, model: str | None = None) -> tuple[Worker, ...]:
    """Workers that beat, all or those that carry a model."""
    living = [_worker(row) for row in repository.rows(tx) if row["seen_at"] >= now - SILENT_AFTER]
    return tuple(worker for worker in living if model is None or model in worker.models)


def capabilities(tx: Transaction, now: float) -> tuple[Capability, ...]:
    """What the house can do, by model name: of the living, else of whoever carried a model last."""
    known: dict[str, Capability] = {}
    for row in repository.newest_rows(tx):
        for capability in _capabilities(row["capabilities"]):
            known.setdefault(capability.model, capability)
    return tuple(known[model] for model in sorted(known))


def sweep(tx: Transaction, now: float) -> None:
    """Drop workers that have been gone for a day; the last that carried anything stays, for what it could do."""
    repository.drop_before(tx, now - 86_400)


def _capabilities(text: str) -> list[Capability]:
    return [_capability(fields) for fields in json.loads(text)]


def _capability(fields: dict[str, Any]) -> Capability:
    pairs: dict[str, Any] = {name: tuple(fields.pop(name)) for name in ("size", "sides", "verbs", "words")}
    shapes = tuple((width, height) for width, height in fields.pop("shapes", ()))
    return Capability(**pairs, **fields, shapes=shapes)


def _worker(row: repository.Row) -> Worker:
    return Worker(
        id=row["id"],
        host=row["host"],
        process=row["process"],
        models=tuple(capability.model for capability in _capabilities(row["capabilities"])),
        started_at=row["started_at"],
        seen_at=row["seen_at"],
    )
