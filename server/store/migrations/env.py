"""Alembic's entry: runs the migrations over the engine that the server itself would open."""

from __future__ import annotations

from alembic import context

from server.store.engine import open_engine
from server.store.tables import metadata

engine = open_engine(context.config.get_main_option("sqlalchemy.url") or "")
with engine.connect() as connection:
    # Batch mode: SQLite alters a table by copying it.
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            # Two processes may start at once: the second waits here and then finds nothing to do.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(5218600)")
        context.run_migrations()
engine.dispose()
