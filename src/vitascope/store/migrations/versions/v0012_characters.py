"""Twelfth schema: kept characters."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "characters",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("party", sa.String(64), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("faces", sa.Integer, nullable=False),
        sa.Column("likeness", sa.String(64)),
        sa.Column("credit", sa.String(255), nullable=False),
        sa.Column("has_credential", sa.Boolean, nullable=False),
    )
    op.create_index("characters_by_party", "characters", ["party", "id"])
