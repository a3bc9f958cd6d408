"""Alembic's entry: runs the migrations over the engine that the server itself would open.

All of them are one transaction on both databases: two processes that start at once take turns, and a
migration that fails or is killed leaves the schema as it was.
"""

from __future__ import annotations

from alembic import context

from server.store.engine import open_engine
from server.store.tables import metadata

engine = open_engine(context.config.get_main_option("sqlalchemy.url") or "")
try:
    with engine.connect() as connection:
        postgresql = connection.dialect.name == "postgresql"
        if not postgresql:
            # Before the transaction, where it still counts: SQLite alters a table by copying it, and
            # dropping the old one would take along the rows that refer to it.
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            if postgresql:
                # The second process waits, however long the first migrates, and then finds nothing to do.
                connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(5218600)")
            # Batch mode: SQLite alters a table by copying it.
            context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
            with context.begin_transaction():
                context.run_migrations()
finally:
    engine.dispose()
