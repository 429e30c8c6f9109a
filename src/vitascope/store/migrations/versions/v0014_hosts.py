"""Fourteenth schema: the key that a pass was minted by; earlier passes get what is true of later ones.

Their keys have no end of their own, since their guests have no other way in to what they made, and may have no more at
once, in a minute or in a day than whoever gave the pass. By which key they were minted nobody wrote down.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_LIMITS = ("requests_per_minute", "jobs_in_flight", "seconds_per_day")
_PASSES = sa.table("permissions", *map(sa.column, ("grantor", "grantee", "parent")))
_KEYS = sa.table("keys", *map(sa.column, ("party", "expires_at")))
_PARTIES = sa.table("parties", *map(sa.column, ("id", *_LIMITS)))


def upgrade() -> None:
    """Make the column, and let earlier passes be as later ones are."""
    op.add_column("key_permissions", sa.Column("host", sa.String(64)))
    guests = sa.select(_PASSES.c.grantee).where(_PASSES.c.parent.is_not(None))
    op.execute(sa.update(_KEYS).where(_KEYS.c.party.in_(guests)).values(expires_at=None))
    givers = _PARTIES.alias()
    for name in _LIMITS:
        own = (
            sa.select(sa.func.min(givers.c[name]))
            .join_from(_PASSES, givers, givers.c.id == _PASSES.c.grantor)
            .where(_PASSES.c.grantee == _PARTIES.c.id, _PASSES.c.parent.is_not(None))
            .scalar_subquery()
        )
        wider = _PARTIES.c.id.in_(guests), _PARTIES.c[name] > own
        op.execute(sa.update(_PARTIES).where(*wider).values({name: own}))
