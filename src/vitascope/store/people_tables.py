"""The tables of the programme's people: terms, cohorts, permissions, holds, invitations, sign-in, leak watch."""

import sqlalchemy as sa

from vitascope.store.tables import metadata

terms = sa.Table(
    "terms",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("issued", sa.Double, nullable=False),
    sa.Column("policy", sa.Text, nullable=False),  # rights.terms.Policy as JSON
)

cohorts = sa.Table(
    "cohorts",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("quotas", sa.Text, nullable=False),  # of each member's permission
    sa.Column("days", sa.Integer, nullable=False),  # that each permission lasts
)

cohort_terms = sa.Table(
    "cohort_terms",
    metadata,
    sa.Column("cohort", sa.String(64), sa.ForeignKey("cohorts.id"), primary_key=True),
    sa.Column("terms", sa.String(64), sa.ForeignKey("terms.hash"), primary_key=True),
    sa.Column("announced", sa.Double, nullable=False),
    sa.Column("effective", sa.Double, nullable=False),
)

permissions = sa.Table(
    "permissions",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("grantor", sa.String(64), nullable=False),
    sa.Column("grantee", sa.String(64), nullable=False, index=True),
    sa.Column("object", sa.String(255), nullable=False),
    sa.Column("uses", sa.Text, nullable=False),
    sa.Column("terms", sa.String(64), nullable=False),
    sa.Column("valid_from", sa.Double, nullable=False),
    sa.Column("valid_until", sa.Double, nullable=False),
    sa.Column("parent", sa.String(64), index=True),
    sa.Column("cohort", sa.String(64), index=True),
    sa.Column("quotas", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("ending", sa.String(16)),
)

acceptances = sa.Table(
    "acceptances",
    metadata,
    sa.Column("permission", sa.String(64), primary_key=True),
    sa.Column("party", sa.String(64), nullable=False),
    sa.Column("terms", sa.String(64), nullable=False),
    sa.Column("at", sa.Double, nullable=False),
)

declined_terms = sa.Table(
    "declined_terms",
    metadata,
    sa.Column("party", sa.String(64), primary_key=True),
    sa.Column("terms", sa.String(64), primary_key=True),
    sa.Column("at", sa.Double, nullable=False),
)

key_permissions = sa.Table(
    "key_permissions",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("permission", sa.String(64), nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("confirmed_until", sa.Double),
    sa.Column("host", sa.String(64)),  # of a pass: the key it was minted by
)

holds = sa.Table(
    "holds",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("reach", sa.String(16), nullable=False),
    sa.Column("target", sa.String(255), nullable=False),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("placed_by", sa.String(64), nullable=False),
    sa.Column("placed", sa.Double, nullable=False),
    sa.Column("until", sa.Double, nullable=False, index=True),
    sa.Column("second", sa.String(64)),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("lifted_by", sa.String(64)),
    sa.Column("appeal_by", sa.String(64)),
    sa.Column("appeal_opened", sa.Double),
    sa.Column("appeal_state", sa.String(16)),
    sa.Column("appeal_decided_by", sa.String(64)),
)

questions = sa.Table(
    "questions",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("is_required", sa.Boolean, nullable=False),
    sa.Column("retired_at", sa.Double),
)

applications = sa.Table(
    "applications",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("letter", sa.Text, nullable=False),  # address and answers, encrypted
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("decided_by", sa.String(64)),
    sa.Column("reason", sa.Text, nullable=False),
)

invitations = sa.Table(
    "invitations",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),
    sa.Column("address", sa.Text, nullable=False),  # encrypted
    sa.Column("cohort", sa.String(64), nullable=False),
    sa.Column("made_by", sa.String(64), nullable=False),
    sa.Column("made_at", sa.Double, nullable=False),
    sa.Column("expires_at", sa.Double, nullable=False),
    sa.Column("used_at", sa.Double),
    sa.Column("used_by", sa.String(64)),
    sa.Column("revoked_at", sa.Double),
    sa.Column("part", sa.String(16), nullable=False, server_default="member"),  # or rightsholder
)

people = sa.Table(
    "people",
    metadata,
    sa.Column("party", sa.String(64), primary_key=True),
    sa.Column("address_digest", sa.String(64), nullable=False, unique=True),
    sa.Column("address", sa.Text, nullable=False),  # encrypted
)

sign_in_links = sa.Table(
    "sign_in_links",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("party", sa.String(64), nullable=False),
    sa.Column("made_at", sa.Double, nullable=False),
    sa.Column("expires_at", sa.Double, nullable=False),
    sa.Column("used_at", sa.Double),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("party", sa.String(64), nullable=False, index=True),
    sa.Column("browser_key", sa.Text, nullable=False),  # a public key; its private half cannot leave the browser
    sa.Column("made_at", sa.Double, nullable=False),
    sa.Column("expires_at", sa.Double, nullable=False),
    sa.Column("ended_at", sa.Double),
    sa.Column("confirmed_until", sa.Double),
)

proofs = sa.Table(
    "proofs",
    metadata,
    sa.Column("session", sa.String(64), primary_key=True),
    sa.Column("nonce", sa.String(64), primary_key=True),
    sa.Column("at", sa.Double, nullable=False, index=True),
)

passkeys = sa.Table(
    "passkeys",
    metadata,
    sa.Column("id", sa.String(512), primary_key=True),
    sa.Column("party", sa.String(64), nullable=False, index=True),
    sa.Column("public_key", sa.Text, nullable=False),
    sa.Column("sign_count", sa.BigInteger, nullable=False),
    sa.Column("made_at", sa.Double, nullable=False),
)

challenges = sa.Table(
    "challenges",
    metadata,
    sa.Column("challenge", sa.String(128), primary_key=True),
    sa.Column("party", sa.String(64), nullable=False),
    sa.Column("purpose", sa.String(16), nullable=False),
    sa.Column("expires_at", sa.Double, nullable=False),
)

key_habits = sa.Table(
    "key_habits",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("habits", sa.Text, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
)

notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("party", sa.String(64), nullable=False, index=True),
    sa.Column("key", sa.String(64), nullable=False),
    sa.Column("hold", sa.String(64), nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("answer", sa.String(16)),
    sa.Column("answered_at", sa.Double),
    sa.Column("mailed_at", sa.Double),  # when the letter about it was handed over, or found to have no address
)

roles = sa.Table(
    "roles",
    metadata,
    sa.Column("permission", sa.String(64), primary_key=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("offered_by", sa.String(64), nullable=False),
    sa.Column("agreed_by", sa.String(64)),
)

auditors = sa.Table(
    "auditors",
    metadata,
    sa.Column("name", sa.String(255), primary_key=True),
    sa.Column("key", sa.Text, nullable=False),  # name+hash+key, as C2SP writes it
    sa.Column("party", sa.String(64), nullable=False),
    sa.Column("at", sa.Double, nullable=False),
)

cosignatures = sa.Table(
    "cosignatures",
    metadata,
    sa.Column("auditor", sa.String(255), primary_key=True),
    sa.Column("size", sa.BigInteger, primary_key=True),
    sa.Column("line", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),  # the checkpoint they signed
    sa.Column("at", sa.Double, nullable=False),
)

TABLES = (
    terms, cohorts, cohort_terms, permissions, acceptances, key_permissions, holds, questions, applications,
    invitations, people, sign_in_links, sessions, proofs, passkeys, challenges, key_habits, notices,
    roles, auditors, cosignatures,
)  # fmt: skip
"""All of them, each after those it refers to."""
