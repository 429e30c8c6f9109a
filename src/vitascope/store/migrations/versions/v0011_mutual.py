"""Eleventh schema: permissions that count only while the other side gives the same in return."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the column; nothing that was given before hangs on a return."""
    op.add_column("owner_permissions", sa.Column("is_mutual", sa.Boolean, nullable=False, server_default=sa.false()))
