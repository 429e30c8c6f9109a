"""Ninth schema: which render draws on whose likeness, and words a likeness is not used with."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table and the column."""
    op.create_table(
        "likeness_uses",
        sa.Column("video", sa.String(64), primary_key=True),
        sa.Column("likeness", sa.String(64), primary_key=True),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("party", sa.String(64), nullable=False),
        sa.Column("units", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("settled_at", sa.Double),
        sa.Column("is_unbacked", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_index("ix_likeness_uses_person", "likeness_uses", ["person"])
    op.create_index("ix_likeness_uses_settled_at", "likeness_uses", ["settled_at"])
    op.add_column("owner_permissions", sa.Column("never_with", sa.Text, nullable=False, server_default=""))
