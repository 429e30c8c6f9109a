"""Thirteenth schema: what a snapshot was taken for; those there are were taken to train from."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the column."""
    op.add_column("snapshots", sa.Column("use", sa.String(16), nullable=False, server_default="train"))
