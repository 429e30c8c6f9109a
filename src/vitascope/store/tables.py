"""The tables as the repositories see them; ``migrations`` make them, and a test holds the two together."""

import sqlalchemy as sa

metadata = sa.MetaData()

parties = sa.Table(
    "parties",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("priority", sa.String(16), nullable=False),
    sa.Column("requests_per_minute", sa.Integer, nullable=False),
    sa.Column("jobs_in_flight", sa.Integer, nullable=False),
    sa.Column("seconds_per_day", sa.Integer, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
)

keys = sa.Table(
    "keys",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),  # the public part of the key
    sa.Column("party", sa.String(64), sa.ForeignKey("parties.id"), nullable=False, index=True),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),  # HMAC of the secret part; the secret is nowhere
    sa.Column("scopes", sa.Text, nullable=False),  # separated by spaces
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("expires_at", sa.Double),
    sa.Column("revoked_at", sa.Double),
    sa.Column("replaced_by", sa.String(64)),
    sa.Column("last_used_at", sa.Double),
)

videos = sa.Table(
    "videos",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),  # begins with the time, so that ids sort as they were made
    sa.Column("party", sa.String(64), nullable=False),
    sa.Column("key", sa.String(64), nullable=False),
    sa.Column("model", sa.String(64), nullable=False),
    sa.Column("order", sa.Text, nullable=False),  # orders.Order as JSON
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("idempotency", sa.String(255)),
    sa.Column("seconds", sa.Double, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("urgency", sa.Integer, nullable=False),  # lower goes first: class of priority, then fair turn
    sa.Column("progress", sa.Integer, nullable=False),
    sa.Column("stage", sa.Text),
    sa.Column("claim", sa.String(64)),  # who holds this may write the row; a new one shuts the old one out
    sa.Column("worker", sa.String(64)),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("started_at", sa.Double),
    sa.Column("completed_at", sa.Double),
    sa.Column("expires_at", sa.Double),
    sa.Column("deleted_at", sa.Double),  # the row stays: it counts towards the day's quota, and cursors page past it
    sa.Column("failure_code", sa.String(64)),
    sa.Column("failure_message", sa.Text),
    sa.Column("made", sa.Text),  # videos.job.Made as JSON
    sa.Column("engine_seconds", sa.Double),  # the engine's own time, of all attempts that finished
    sa.Index("videos_by_party", "party", "id"),
    sa.Index("videos_by_urgency", "state", "model", "urgency"),
    sa.Index("videos_by_idempotency", "party", "idempotency", unique=True),
    sa.Index("videos_by_fingerprint", "party", "fingerprint"),
    sa.Index("videos_by_day", "party", "created_at"),
    sa.Index("videos_by_expiry", "expires_at"),
    sa.Index("videos_by_completion", "model", "completed_at"),
)

workers = sa.Table(
    "workers",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),  # fresh for each process; DBOS's executor id
    sa.Column("host", sa.String(255), nullable=False),
    sa.Column("process", sa.Integer, nullable=False),
    sa.Column("capabilities", sa.Text, nullable=False),
    sa.Column("started_at", sa.Double, nullable=False),
    sa.Column("seen_at", sa.Double, nullable=False),
    sa.Column("gone_at", sa.Double),
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("party", sa.String(64), nullable=False),
    sa.Column("video", sa.String(64), nullable=False),
    sa.Column("type", sa.String(32), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Index("events_by_party", "party", "id"),
    sa.Index("events_by_video", "video", "id"),
    sa.Index("events_by_time", "at"),
    sqlite_autoincrement=True,
)

webhook_endpoints = sa.Table(
    "webhook_endpoints",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("party", sa.String(64), nullable=False),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("event_types", sa.Text, nullable=False),  # separated by spaces
    sa.Column("secret", sa.Text, nullable=False),  # encrypted: signing needs it back
    sa.Column("secret_hint", sa.String(16), nullable=False),
    sa.Column("old_secret", sa.Text),
    sa.Column("old_secret_until", sa.Double),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("updated_at", sa.Double, nullable=False),
    sa.Index("webhook_endpoints_by_party", "party", "id"),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("endpoint", sa.String(64), nullable=False),
    sa.Column("event", sa.String(64), nullable=False),  # the webhook-id: the same on every attempt
    sa.Column("type", sa.String(32), nullable=False),
    sa.Column("video", sa.String(64), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_at", sa.Double),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("status_code", sa.Integer),
    sa.Column("error", sa.Text),
    sa.Index("deliveries_due", "state", "next_at"),
    sa.Index("deliveries_by_endpoint", "endpoint", "id"),
    sa.Index("deliveries_once", "endpoint", "event", unique=True),
)

marks = sa.Table(
    "marks",
    metadata,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(16), nullable=False),  # 64 bits in hexadecimal digits
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("model", sa.String(64), nullable=False),
    sa.Column("manifest_sha256", sa.String(64), nullable=False),  # this and all behind it: empty until it is finished
    sa.Column("frames_sha256", sa.String(64), nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("copy_of", sa.String(16)),
    sa.Column("party", sa.String(64), nullable=False),
    sa.Index("marks_by_id", "id", unique=True),
    sa.Index("marks_by_copy", "copy_of"),
)

fingerprints = sa.Table(
    "fingerprints",
    metadata,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("mark", sa.String(16), nullable=False),
    sa.Column("words", sa.LargeBinary, nullable=False),  # 32 bytes a picture: see provenance/fingerprint.py
    sa.Index("fingerprints_by_mark", "mark", unique=True),
    sqlite_autoincrement=True,  # no number is given twice, not even that of an erased one: see marks/mirror.py
)
