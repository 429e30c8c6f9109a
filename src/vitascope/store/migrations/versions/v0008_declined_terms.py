"""Eighth schema: which announced terms a member declined."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "declined_terms",
        sa.Column("party", sa.String(64), primary_key=True),
        sa.Column("terms", sa.String(64), primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
    )
