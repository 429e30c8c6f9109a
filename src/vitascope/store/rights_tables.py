"""The tables of consent, contributions and money; ``migrations`` make them, and a test holds the two together."""

import sqlalchemy as sa

from vitascope.store.tables import metadata

owner_permissions = sa.Table(
    "owner_permissions",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("grantor", sa.String(64), nullable=False, index=True),
    sa.Column("grantee", sa.String(64), nullable=False),
    sa.Column("object", sa.String(255), nullable=False, index=True),
    sa.Column("uses", sa.Text, nullable=False),  # separated by spaces
    sa.Column("terms", sa.String(64), nullable=False),
    sa.Column("licence", sa.String(64), nullable=False),
    sa.Column("restrictions", sa.Text, nullable=False),
    sa.Column("valid_from", sa.Double, nullable=False),
    sa.Column("valid_until", sa.Double, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("ending", sa.String(16)),
    sa.Column("transfer", sa.String(64)),  # what is paid for it, where it is paid
    sa.Column("never_with", sa.Text, nullable=False, server_default=""),  # words no prompt may say with it, one a line
    sa.Column(
        "is_mutual", sa.Boolean, nullable=False, server_default=sa.false()
    ),  # only while theirs in return is live
)

likeness_uses = sa.Table(
    "likeness_uses",
    metadata,
    sa.Column("video", sa.String(64), primary_key=True),
    sa.Column("likeness", sa.String(64), primary_key=True),
    sa.Column("person", sa.String(64), nullable=False, index=True),
    sa.Column("party", sa.String(64), nullable=False),  # who ordered it
    sa.Column("units", sa.BigInteger, nullable=False),  # what the person is owed if it is made, by the rates of then
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("settled_at", sa.Double, index=True),  # when that was booked, or there was nothing to book
    sa.Column("is_unbacked", sa.Boolean, nullable=False, server_default=sa.false()),  # made, and the pool was empty
)

opt_in_works = sa.Table(
    "opt_in_works",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("credit", sa.Text, nullable=False),  # as the owner wishes to be named; empty: not at all
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("path", sa.String(255), nullable=False),  # key in the file store
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("concepts", sa.Text, nullable=False),
    sa.Column("signals", sa.Text, nullable=False),  # rights.signals, as JSON, with the raw words that were found
    sa.Column("uploaded_at", sa.Double, nullable=False),
    sa.Column("removed_at", sa.Double),
    sa.Index("opt_in_works_once", "owner", "sha256", unique=True),
)

snapshots = sa.Table(
    "snapshots",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),  # sha256 of the register it holds
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("leaf", sa.Integer, nullable=False),
    sa.Column("use", sa.String(16), nullable=False, server_default="train"),  # what its works may be used for
)

snapshot_works = sa.Table(
    "snapshot_works",
    metadata,
    sa.Column("snapshot", sa.String(64), sa.ForeignKey("snapshots.id"), primary_key=True),
    sa.Column("work", sa.String(64), primary_key=True, index=True),
)

learned_models = sa.Table(
    "learned_models",
    metadata,
    sa.Column("weights_sha256", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("snapshot", sa.String(64), nullable=False, index=True),
    sa.Column("at", sa.Double, nullable=False),
)

opt_outs = sa.Table(
    "opt_outs",
    metadata,
    sa.Column("name", sa.String(255), primary_key=True),  # a work id or an author, lower case
    sa.Column("at", sa.Double, nullable=False),
)

contributions = sa.Table(
    "contributions",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("party", sa.String(64), nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("about", sa.String(64), nullable=False),  # a render, or nothing
    sa.Column("manifest", sa.Text, nullable=False),
    sa.Column("credit", sa.String(16), nullable=False),
    sa.Column("credited_as", sa.Text, nullable=False),
    sa.Column("is_public", sa.Boolean, nullable=False),
    sa.Column("submitted_at", sa.Double, nullable=False, index=True),
)

contribution_steps = sa.Table(
    "contribution_steps",
    metadata,
    sa.Column("contribution", sa.String(64), sa.ForeignKey("contributions.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("severity", sa.String(16)),
    sa.Column("units", sa.Integer),  # hours, findings, seconds: what the rate is multiplied by
    sa.Column("original", sa.String(64)),  # of which it is a duplicate
    sa.Column("transfer", sa.String(64)),
)

proposals = sa.Table(
    "proposals",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("party", sa.String(64), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("opened_at", sa.Double, nullable=False),
    sa.Column("closes_at", sa.Double, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("answered_by", sa.String(64)),
)

votes = sa.Table(
    "votes",
    metadata,
    sa.Column("proposal", sa.String(64), sa.ForeignKey("proposals.id"), primary_key=True),
    sa.Column("party", sa.String(64), primary_key=True),
    sa.Column("is_for", sa.Boolean, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
)

characters = sa.Table(
    "characters",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),  # begins with the time, so that ids sort as they were made
    sa.Column("party", sa.String(64), nullable=False),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("faces", sa.Integer, nullable=False),
    sa.Column("likeness", sa.String(64)),  # the claimed name of the person it shows
    sa.Column("credit", sa.String(255), nullable=False),
    sa.Column("has_credential", sa.Boolean, nullable=False),
    sa.Index("characters_by_party", "party", "id"),
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("name", sa.String(255), primary_key=True),
    sa.Column("currency", sa.String(3), primary_key=True),
)

transfers = sa.Table(
    "transfers",
    metadata,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(64), nullable=False, unique=True),  # the caller's: the same one twice is one transfer
    sa.Column("phase", sa.String(16), nullable=False),  # posted at once, pending, or what became of a pending one
    sa.Column("pending", sa.String(64), unique=True),  # which one this resolves; a pending one resolves once
    sa.Column("debit", sa.String(255), nullable=False, index=True),
    sa.Column("credit", sa.String(255), nullable=False, index=True),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("purpose", sa.String(32), nullable=False),
    sa.Column("reference", sa.String(255), nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sqlite_autoincrement=True,
)

rate_tables = sa.Table(
    "rate_tables",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("at", sa.Double, primary_key=True),
    sa.Column("rates", sa.Text, nullable=False),
    sa.Column("called_off_at", sa.Double),  # before it counted, so that it never does
)

payout_details = sa.Table(
    "payout_details",
    metadata,
    sa.Column("party", sa.String(64), primary_key=True),
    sa.Column("locked", sa.Text, nullable=False),  # name and account number, readable by this house alone; deletable
)
