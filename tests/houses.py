"""A house for tests: its secrets, and keys made in one line."""

from vitascope.orders import Limits
from vitascope.programme import keys
from vitascope.store.secrets import Secrets

SECRETS = Secrets(pepper=b"p" * 32, vault=b"v" * 32)
NOW = 1_800_000_000.0


class Unwritten:
    """A log for tests of something else: it takes every leaf and keeps none."""

    def append(self, _event):
        """Forgets the event."""


def new_key(database, *, name="Ana", scopes=("video.create", "video.read"), limits=None, **facts):
    """A key that is good for a year."""
    with database.transaction() as tx:
        return keys.create(
            tx, Unwritten(), by=keys.OPERATOR, name=name,
            scopes=scopes, limits=limits or Limits(), secrets=SECRETS, now=NOW,
            **{"expires_at": NOW + 365 * 86_400, **facts},
        )  # fmt: skip
