"""Sixth schema: the register of marks and their fingerprints, which lay in the data folder before."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables; a worker takes over what its data folder holds when it starts."""
    op.create_table(
        "marks",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("manifest_sha256", sa.String(64), nullable=False),
        sa.Column("frames_sha256", sa.String(64), nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("copy_of", sa.String(16)),
        sa.Column("party", sa.String(64), nullable=False),
    )
    op.create_index("marks_by_id", "marks", ["id"], unique=True)
    op.create_index("marks_by_copy", "marks", ["copy_of"])
    op.create_table(
        "fingerprints",
        sa.Column("mark", sa.String(16), primary_key=True),
        sa.Column("words", sa.LargeBinary, nullable=False),
    )
