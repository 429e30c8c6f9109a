"""The tables of consent and money: what the migrations make is what the repositories expect."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from vitascope.store import rights_tables


def test_the_migrations_make_the_tables_of_consent_and_money(database):
    """From an empty database the changes lead to exactly the tables in rights_tables.py."""
    names = {table.name for table in vars(rights_tables).values() if hasattr(table, "columns")}

    def ours(_object, name, kind, *_):
        return kind != "table" or name in names

    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": False})

        assert len(names) > 10
        assert [] == compare_metadata(context, rights_tables.metadata)
