"""Pictures that videos begin with: where they lie, and when they go.

A picture lies under the hash of its file, so that the same order sent again is the same order; several videos may
begin with it, and somebody may just be ordering one. So it goes a day after it was sent for the last time, if no video
that is not deleted begins with it: all of them were deleted, or its order was refused.
"""

from typing import Final

from vitascope.store.blobs import Blobs
from vitascope.store.database import Database
from vitascope.videos import repository

FOLDER: Final = "inputs"
YOUNG: Final = 24 * 3600.0


def folder(party: str, sha256: str) -> str:
    """Where a file of somebody's lies, by its hash: as a PNG, and as it came where a credential is in it."""
    return f"{FOLDER}/{party}/{sha256}"


def sweep(database: Database, blobs: Blobs, now: float) -> int:
    """Remove the files that no video begins with any more; how many. Raises DatabaseError, FilesError."""
    old = list(blobs.old(FOLDER, now - YOUNG))
    if not old:
        return 0
    with database.reading() as tx:
        needed = {_home(image) for image in repository.begun_with(tx, FOLDER)}
    over = [key for key in old if _home(key) not in needed]
    blobs.remove(over)
    return len(over)


def _home(key: str) -> str:
    return key.rpartition("/")[0]
