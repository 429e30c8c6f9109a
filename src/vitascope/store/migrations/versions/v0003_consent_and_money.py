"""Third schema: consent and what learned from it, contributions and proposals, the journal of money."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    _works()
    _consent()
    _voice()
    _money()


def _works() -> None:
    op.create_table(
        "opt_in_works",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("credit", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("path", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("concepts", sa.Text, nullable=False),
        sa.Column("signals", sa.Text, nullable=False),
        sa.Column("uploaded_at", sa.Double, nullable=False),
        sa.Column("removed_at", sa.Double),
    )
    op.create_index("ix_opt_in_works_owner", "opt_in_works", ["owner"])
    op.create_index("opt_in_works_once", "opt_in_works", ["owner", "sha256"], unique=True)
    op.create_table(
        "opt_outs",
        sa.Column("name", sa.String(255), primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_table(
        "owner_permissions",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("grantor", sa.String(64), nullable=False),
        sa.Column("grantee", sa.String(64), nullable=False),
        sa.Column("object", sa.String(255), nullable=False),
        sa.Column("uses", sa.Text, nullable=False),
        sa.Column("terms", sa.String(64), nullable=False),
        sa.Column("licence", sa.String(64), nullable=False),
        sa.Column("restrictions", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Double, nullable=False),
        sa.Column("valid_until", sa.Double, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("ending", sa.String(16)),
        sa.Column("transfer", sa.String(64)),
    )
    op.create_index("ix_owner_permissions_grantor", "owner_permissions", ["grantor"])
    op.create_index("ix_owner_permissions_object", "owner_permissions", ["object"])


def _consent() -> None:
    op.create_table(
        "snapshots",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("leaf", sa.Integer, nullable=False),
    )
    op.create_table(
        "snapshot_works",
        sa.Column("snapshot", sa.String(64), sa.ForeignKey("snapshots.id"), primary_key=True),
        sa.Column("work", sa.String(64), primary_key=True),
    )
    op.create_index("ix_snapshot_works_work", "snapshot_works", ["work"])
    op.create_table(
        "learned_models",
        sa.Column("weights_sha256", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("snapshot", sa.String(64), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_index("ix_learned_models_snapshot", "learned_models", ["snapshot"])


def _voice() -> None:
    op.create_table(
        "contributions",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("party", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("about", sa.String(64), nullable=False),
        sa.Column("manifest", sa.Text, nullable=False),
        sa.Column("credit", sa.String(16), nullable=False),
        sa.Column("credited_as", sa.Text, nullable=False),
        sa.Column("is_public", sa.Boolean, nullable=False),
        sa.Column("submitted_at", sa.Double, nullable=False),
    )
    op.create_index("ix_contributions_party", "contributions", ["party"])
    op.create_index("ix_contributions_submitted_at", "contributions", ["submitted_at"])
    op.create_table(
        "contribution_steps",
        sa.Column("contribution", sa.String(64), sa.ForeignKey("contributions.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("severity", sa.String(16)),
        sa.Column("original", sa.String(64)),
        sa.Column("units", sa.Integer),
        sa.Column("transfer", sa.String(64)),
    )
    op.create_table(
        "proposals",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("party", sa.String(64), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("opened_at", sa.Double, nullable=False),
        sa.Column("closes_at", sa.Double, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("answered_by", sa.String(64)),
    )
    op.create_table(
        "votes",
        sa.Column("proposal", sa.String(64), sa.ForeignKey("proposals.id"), primary_key=True),
        sa.Column("party", sa.String(64), primary_key=True),
        sa.Column("is_for", sa.Boolean, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )


def _money() -> None:
    op.create_table(
        "accounts",
        sa.Column("name", sa.String(255), primary_key=True),
        sa.Column("currency", sa.String(3), primary_key=True),
    )
    op.create_table(
        "transfers",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("phase", sa.String(16), nullable=False),
        sa.Column("pending", sa.String(64), unique=True),
        sa.Column("debit", sa.String(255), nullable=False),
        sa.Column("credit", sa.String(255), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("reference", sa.String(255), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_transfers_debit", "transfers", ["debit"])
    op.create_index("ix_transfers_credit", "transfers", ["credit"])
    op.create_table(
        "rate_tables",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("at", sa.Double, primary_key=True),
        sa.Column("rates", sa.Text, nullable=False),
    )
    op.create_table(
        "payout_details",
        sa.Column("party", sa.String(64), primary_key=True),
        sa.Column("locked", sa.Text, nullable=False),
    )
