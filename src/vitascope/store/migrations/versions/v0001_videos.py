"""First schema: parties and their keys, videos, workers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    _parties_and_keys()
    _videos()
    op.create_table(
        "workers",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("process", sa.Integer, nullable=False),
        sa.Column("capabilities", sa.Text, nullable=False),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("seen_at", sa.Double, nullable=False),
        sa.Column("gone_at", sa.Double),
    )


def _parties_and_keys() -> None:
    op.create_table(
        "parties",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("priority", sa.String(16), nullable=False),
        sa.Column("requests_per_minute", sa.Integer, nullable=False),
        sa.Column("jobs_in_flight", sa.Integer, nullable=False),
        sa.Column("seconds_per_day", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
    )
    op.create_table(
        "keys",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("party", sa.String(64), sa.ForeignKey("parties.id"), nullable=False, index=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double),
        sa.Column("revoked_at", sa.Double),
        sa.Column("replaced_by", sa.String(64)),
        sa.Column("last_used_at", sa.Double),
    )


def _videos() -> None:
    op.create_table(
        "videos",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("party", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("order", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("idempotency", sa.String(255)),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("urgency", sa.Integer, nullable=False),
        sa.Column("progress", sa.Integer, nullable=False),
        sa.Column("stage", sa.Text),
        sa.Column("claim", sa.String(64)),
        sa.Column("worker", sa.String(64)),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("started_at", sa.Double),
        sa.Column("completed_at", sa.Double),
        sa.Column("expires_at", sa.Double),
        sa.Column("deleted_at", sa.Double),
        sa.Column("failure_code", sa.String(64)),
        sa.Column("failure_message", sa.Text),
        sa.Column("made", sa.Text),
        sa.Column("engine_seconds", sa.Double),
    )
    op.create_index("videos_by_party", "videos", ["party", "id"])
    op.create_index("videos_by_urgency", "videos", ["state", "model", "urgency"])
    op.create_index("videos_by_idempotency", "videos", ["party", "idempotency"], unique=True)
    op.create_index("videos_by_fingerprint", "videos", ["party", "fingerprint"])
    op.create_index("videos_by_day", "videos", ["party", "created_at"])
    op.create_index("videos_by_expiry", "videos", ["expires_at"])
    op.create_index("videos_by_completion", "videos", ["model", "completed_at"])
