"""Tenth schema: what part somebody is invited to take, a member's or a rightsholder's."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the column; whoever was invited before was invited as a member."""
    op.add_column("invitations", sa.Column("part", sa.String(16), nullable=False, server_default="member"))
