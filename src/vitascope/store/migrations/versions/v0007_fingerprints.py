"""Seventh schema: fingerprints are numbered as they are entered, so that who has read some can ask for the rest."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table anew, since a primary key cannot be given another column everywhere, and carry all rows over."""
    op.rename_table("fingerprints", "fingerprints_of_0006")
    op.create_table(
        "fingerprints",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("mark", sa.String(16), nullable=False),
        sa.Column("words", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.execute("INSERT INTO fingerprints (mark, words) SELECT mark, words FROM fingerprints_of_0006 ORDER BY mark")
    op.drop_table("fingerprints_of_0006")
    op.create_index("fingerprints_by_mark", "fingerprints", ["mark"], unique=True)
