"""Fifteenth schema: rate tables that were told and called off before they counted."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the column."""
    op.add_column("rate_tables", sa.Column("called_off_at", sa.Double))
