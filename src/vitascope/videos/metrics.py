"""Numbers about the house for who watches it, counted from the rows, so that every desk tells the same."""

from collections.abc import Mapping
from dataclasses import dataclass

from vitascope.store.database import Transaction
from vitascope.videos import repository, workers


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The house at this moment. ``ended`` counts deleted videos too, so it never falls."""

    queued: int
    in_progress: int
    workers: int
    ended: Mapping[str, int]  # by state
    stages: Mapping[str, int]  # of the jobs in progress
    video_seconds: Mapping[str, float]  # finished, by model
    engine_seconds: Mapping[str, float]  # by model


def counts(tx: Transaction, now: float) -> Counts:
    """Count."""
    by_state, worked = repository.counted(tx), repository.worked(tx)
    return Counts(
        queued=by_state.get("queued", 0),
        in_progress=by_state.get("in_progress", 0),
        workers=len(workers.alive(tx, now)),
        ended={state: by_state.get(state, 0) for state in ("completed", "failed", "cancelled")},
        stages=repository.stages(tx),
        video_seconds={model: video for model, (video, _) in worked.items()},
        engine_seconds={model: engine for model, (_, engine) in worked.items()},
    )
