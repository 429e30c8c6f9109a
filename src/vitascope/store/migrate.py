"""Brings a database's schema up to this program's version, from nothing or from any older one."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from vitascope.refusals import DatabaseError

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x56495441  # "VITA": of all processes that start at once, one migrates and the others wait


def upgrade(engine: sa.Engine, to: str = "head") -> None:
    """Apply what is missing up to revision ``to``; processes that start together wait for each other.

    Raises DatabaseError where the database was made by a newer program.
    """
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config = _config(connection)
        _require_known(revision_of(connection), config)
        command.upgrade(config, to)


def require_current(connection: sa.Connection) -> None:
    """Raise DatabaseError unless the database has this program's schema, to the revision."""
    revision, config = revision_of(connection), _config(connection)
    _require_known(revision, config)
    if revision is None:
        raise DatabaseError("The database holds nothing of Vitascope. Check the URL.")
    if revision != (today := ScriptDirectory.from_config(config).get_current_head()):
        raise DatabaseError(
            f"The database has schema {revision!r} and this version reads {today!r}: it was last used by an older one. "
            "It was left as it is. Start `vitascope serve` or a worker of this version on it, or on a copy of it, "
            "which brings it up to date, then look again."
        )


def revision_of(connection: sa.Connection) -> str | None:
    """The revision the database has, None where it has none of our tables."""
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config


def _require_known(revision: str | None, config: Config) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise DatabaseError(
            f"The database has schema {revision!r}, which this version does not know: it was used by a newer one. "
            "Start that one, or restore a copy from before."
        )
