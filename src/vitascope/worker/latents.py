"""Where a render is between noise and clip, as a file: who takes the job up after a crash goes on from there.

Latents are a picture one decode away, without mark and seal, so they are no door: they lie in a folder that only this
file names, no row tells of them, and what hands out films hands out what rows tell of.
"""

import hashlib
import io
import math
import time

import numpy as np

from vitascope.logs import tell
from vitascope.refusals import FilesError
from vitascope.store.blobs import Blobs
from vitascope.store.database import Database
from vitascope.types import Halfway
from vitascope.videos import repository

FOLDER = "latents"

KEEP_PAUSE = 1.0
"""Seconds of denoising before the first file and between two: a crash costs a second and a step. A clip of the embedded
model takes less than that and never pays; a film of minutes pays a file a second, which the next takes the place of."""

_SHARE = 9  # a pause is as many times what the last file took: a slow store costs a tenth of the render
_FAULT_PAUSE = 30.0  # seconds before a store that is full or away is tried again: the render does not need it
_DIGEST = hashlib.sha256().digest_size


class Latents:
    """What is kept of one job in hand. See vitascope.types.Memory."""

    def __init__(self, blobs: Blobs, video: str, *, may_exist: bool) -> None:
        """``may_exist``: whether an attempt before could have left a file; where none did, nobody looks for one."""
        self._blobs, self._video, self._may_exist = blobs, video, may_exist
        self._due = math.inf

    def recall(self, of: str, shape: tuple[int, ...]) -> Halfway | None:
        """See Memory."""
        self._due = time.monotonic() + KEEP_PAUSE
        if not self._may_exist:
            return None
        try:
            halfway = _unpacked(self._blobs.read(_key(self._video)), of, shape)
        except FilesError as error:
            if not isinstance(error.__cause__, FileNotFoundError):
                tell("latents_unread", video=self._video, refusal=error.code)
            return None
        except ValueError as error:
            tell("latents_refused", video=self._video, reason=str(error))
            return None
        tell("render_taken_up", video=self._video, step=halfway.step)
        return halfway

    def keep(self, halfway: Halfway) -> None:
        """See Memory."""
        begin = time.monotonic()
        if begin < self._due:
            return
        self._may_exist = True
        try:
            self._blobs.put(_key(self._video), _packed(halfway), media_type="application/octet-stream")
        except FilesError as error:
            tell("latents_not_kept", video=self._video, refusal=error.code)
            self._due = time.monotonic() + _FAULT_PAUSE
        else:
            self._due = time.monotonic() + max(KEEP_PAUSE, _SHARE * (time.monotonic() - begin))

    def forget(self) -> None:
        """Remove the file; where the store is away the sweep does it later."""
        if self._may_exist:
            try:
                self._blobs.remove([_key(self._video)])
            except FilesError:
                tell("files_left_behind", video=self._video)


def sweep(database: Database, blobs: Blobs) -> int:
    """Remove the latents of jobs that ended while nobody held them; how many. Raises DatabaseError, FilesError."""
    kept = list(blobs.keys(FOLDER))
    with database.reading() as tx:
        jobs = {key: repository.find(tx, key.rpartition("/")[2]) for key in kept}
    over = [key for key, job in jobs.items() if job is None or job.has_ended]
    blobs.remove(over)
    return len(over)


def _key(video: str) -> str:
    return f"{FOLDER}/{video}"


def _packed(halfway: Halfway) -> bytes:
    """An npz behind its own sha256: a file that was cut short is told before anything in it is believed."""
    file = io.BytesIO()
    np.savez(file, rows=halfway.rows, step=np.array(halfway.step), of=np.array(halfway.of))
    content = file.getvalue()
    return hashlib.sha256(content).digest() + content


def _unpacked(stored: bytes, of: str, shape: tuple[int, ...]) -> Halfway:
    """Raises ValueError, without a word of the file's own, where it is not what was kept of that very render."""
    digest, content = stored[:_DIGEST], stored[_DIGEST:]
    if hashlib.sha256(content).digest() != digest:
        raise ValueError("cut short or damaged")
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        rows, step, whose = file["rows"], int(file["step"]), str(file["of"])
    if whose != of:
        raise ValueError("of another plan, other weights or another processor")
    if rows.shape != shape or rows.dtype != np.float32:
        raise ValueError("of another shape")
    return Halfway(rows=rows, step=step, of=of)
