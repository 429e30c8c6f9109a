"""Fifth schema: who gave whom a role, and auditors' lines below checkpoints."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables, and watch the keys there were before the programme as any member's.

    They were entered as keys of services, which now are public passes: those the leak watch does not look at.
    """
    op.add_column("notices", sa.Column("mailed_at", sa.Double))
    op.execute("UPDATE key_permissions SET kind = 'member' WHERE kind = 'service' AND permission LIKE 'access_%'")
    op.create_table(
        "roles",
        sa.Column("permission", sa.String(64), primary_key=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("offered_by", sa.String(64), nullable=False),
        sa.Column("agreed_by", sa.String(64)),
    )
    op.create_table(
        "cosignatures",
        sa.Column("auditor", sa.String(255), primary_key=True),
        sa.Column("size", sa.BigInteger, primary_key=True),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_table(
        "auditors",
        sa.Column("name", sa.String(255), primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("party", sa.String(64), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
