"""Runs the changes on the connection that ``store.migrate`` hands in, inside its transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
