"""The sleeping twin: an engine that only takes time, for load and chaos, which try everything around an engine."""

import hashlib
import time
from pathlib import Path

import numpy as np

from vitascope.orders import Order
from vitascope.sealed import Seal
from vitascope.types import Halfway, Memory, Progress
from vitascope.videos.workers import Capability
from vitascope.worker.engine import Given, Painted, Show, Tick

NAME = "twin"
_STEPS = 10


class Twin:
    """Sleeps for ``seconds`` in ten steps, then leaves files that say what was ordered."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def capability(self) -> Capability:
        """See Engine."""
        return Capability(
            model=NAME,
            size=(64, 64),
            fps=8,
            longest_seconds=60.0,
            sides=(16, 4096),
            verbs=("create", "remix"),
            steps=_STEPS,
            most_steps=100,
            has_guidance=False,
            weights_sha256="0" * 64,
            words=(),
            has_characters=True,
            licence="CC0-1.0",
        )

    def paint(
        self, order: Order, *, party: str, given: Given, folder: Path, tick: Tick, show: Show, memory: Memory
    ) -> Painted:  # the twin looks at nothing
        """See Engine."""
        content = f"{order.seed} {order.prompt}".encode()
        self._sleep(hashlib.sha256(content).hexdigest(), tick, memory)
        files = [folder / name for name in ("video.mp4", "thumbnail.webp", "spritesheet.jpg")]
        for file in files:
            file.write_bytes(content)
        video, thumbnail, spritesheet = files
        return Painted(
            video=video,
            thumbnail=thumbnail,
            spritesheet=spritesheet,
            frames=round(order.seconds * 8),
            fps=8,
            size=order.size,
            weights_sha256="0" * 64,
            frames_sha256=hashlib.sha256(content).hexdigest(),
            seal=Seal(manifest_sha256="0" * 64, mark_id=0),  # of no picture: what it leaves is text
        )

    def _sleep(self, of: str, tick: Tick, memory: Memory) -> None:
        """Step by step, with numbers for latents that say how many are behind."""
        kept = memory.recall(of, (1, 1))
        done = 0 if kept is None else kept.step
        tick(Progress(stage="denoise", step=done, steps=_STEPS))
        for step in range(done + 1, _STEPS + 1):
            time.sleep(self._seconds / _STEPS)
            memory.keep(Halfway(rows=np.full((1, 1), step, np.float32), step=step, of=of))
            left = self._seconds * (_STEPS - step) / _STEPS
            tick(Progress(stage="denoise", step=step, steps=_STEPS, eta_seconds=left))
