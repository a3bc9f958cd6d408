"""SQL: tables, migrations, the unit of work. SQLite by default, PostgreSQL for more than one process."""
