"""Fourth schema: the programme's people; every party and key there is gets a permission of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_YEAR = 365 * 86_400.0
_USES = (
    "character.create character.use guest.invite permission.decline permission.withdraw programme.appeal "
    "programme.report reference.use video.create video.download video.edit video.export video.extend video.publish "
    "video.read video.remix video.unpublish"
)


def upgrade() -> None:
    """Make the tables, and turn the keys there are into keys of permissions."""
    _terms()
    _access()
    _coming_in()
    _signing_in()
    _watching()
    _adopt()


def _terms() -> None:
    op.create_table(
        "terms",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("issued", sa.Double, nullable=False),
        sa.Column("policy", sa.Text, nullable=False),
    )
    op.create_table(
        "cohorts",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("quotas", sa.Text, nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
    )
    op.create_table(
        "cohort_terms",
        sa.Column("cohort", sa.String(64), sa.ForeignKey("cohorts.id"), primary_key=True),
        sa.Column("terms", sa.String(64), sa.ForeignKey("terms.hash"), primary_key=True),
        sa.Column("announced", sa.Double, nullable=False),
        sa.Column("effective", sa.Double, nullable=False),
    )


def _access() -> None:
    op.create_table(
        "permissions",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("grantor", sa.String(64), nullable=False),
        sa.Column("grantee", sa.String(64), nullable=False),
        sa.Column("object", sa.String(255), nullable=False),
        sa.Column("uses", sa.Text, nullable=False),
        sa.Column("terms", sa.String(64), nullable=False),
        sa.Column("valid_from", sa.Double, nullable=False),
        sa.Column("valid_until", sa.Double, nullable=False),
        sa.Column("parent", sa.String(64)),
        sa.Column("cohort", sa.String(64)),
        sa.Column("quotas", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("ending", sa.String(16)),
    )
    op.create_index("ix_permissions_grantee", "permissions", ["grantee"])
    op.create_index("ix_permissions_parent", "permissions", ["parent"])
    op.create_index("ix_permissions_cohort", "permissions", ["cohort"])
    op.create_table(
        "acceptances",
        sa.Column("permission", sa.String(64), primary_key=True),
        sa.Column("party", sa.String(64), nullable=False),
        sa.Column("terms", sa.String(64), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_table(
        "key_permissions",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("permission", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("confirmed_until", sa.Double),
    )
    op.create_index("ix_key_permissions_permission", "key_permissions", ["permission"])
    op.create_table(
        "holds",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("reach", sa.String(16), nullable=False),
        sa.Column("target", sa.String(255), nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("placed_by", sa.String(64), nullable=False),
        sa.Column("placed", sa.Double, nullable=False),
        sa.Column("until", sa.Double, nullable=False),
        sa.Column("second", sa.String(64)),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("lifted_by", sa.String(64)),
        sa.Column("appeal_by", sa.String(64)),
        sa.Column("appeal_opened", sa.Double),
        sa.Column("appeal_state", sa.String(16)),
        sa.Column("appeal_decided_by", sa.String(64)),
    )
    op.create_index("ix_holds_until", "holds", ["until"])


def _coming_in() -> None:
    op.create_table(
        "questions",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("is_required", sa.Boolean, nullable=False),
        sa.Column("retired_at", sa.Double),
    )
    op.create_table(
        "applications",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("letter", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("cohort", sa.String(64), nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("made_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.Column("used_at", sa.Double),
        sa.Column("used_by", sa.String(64)),
        sa.Column("revoked_at", sa.Double),
    )
    op.create_table(
        "people",
        sa.Column("party", sa.String(64), primary_key=True),
        sa.Column("address_digest", sa.String(64), nullable=False, unique=True),
        sa.Column("address", sa.Text, nullable=False),
    )


def _signing_in() -> None:
    op.create_table(
        "sign_in_links",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("party", sa.String(64), nullable=False),
        sa.Column("made_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.Column("used_at", sa.Double),
    )
    op.create_table(
        "sessions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("party", sa.String(64), nullable=False),
        sa.Column("browser_key", sa.Text, nullable=False),
        sa.Column("made_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.Column("ended_at", sa.Double),
        sa.Column("confirmed_until", sa.Double),
    )
    op.create_index("ix_sessions_party", "sessions", ["party"])
    op.create_table(
        "proofs",
        sa.Column("session", sa.String(64), primary_key=True),
        sa.Column("nonce", sa.String(64), primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_index("ix_proofs_at", "proofs", ["at"])
    op.create_table(
        "passkeys",
        sa.Column("id", sa.String(512), primary_key=True),
        sa.Column("party", sa.String(64), nullable=False),
        sa.Column("public_key", sa.Text, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("made_at", sa.Double, nullable=False),
    )
    op.create_index("ix_passkeys_party", "passkeys", ["party"])
    op.create_table(
        "challenges",
        sa.Column("challenge", sa.String(128), primary_key=True),
        sa.Column("party", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
    )


def _watching() -> None:
    op.create_table(
        "key_habits",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("habits", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("party", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("hold", sa.String(64), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("answer", sa.String(16)),
        sa.Column("answered_at", sa.Double),
    )
    op.create_index("ix_notices_party", "notices", ["party"])


def _adopt() -> None:
    """One permission a party, under its own id and without quotas: the party's limits go on counting at the door."""
    op.execute(
        sa.text(
            "INSERT INTO permissions "
            "(id, grantor, grantee, object, uses, terms, valid_from, valid_until, quotas, state) "
            "SELECT 'access_' || id, 'programme', id, 'engine', :uses, 'house', created_at, created_at + :life, '[]', "
            "'active' FROM parties"
        ).bindparams(uses=_USES, life=100 * _YEAR)
    )
    op.execute("INSERT INTO key_permissions (key, permission, kind) SELECT id, 'access_' || party, 'service' FROM keys")
