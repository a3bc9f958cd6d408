"""A PostgreSQL address as its own programs and driver take it."""

from __future__ import annotations

from sqlalchemy import make_url


def libpq(url: str) -> tuple[str, str]:
    """(connection string without the password, password) of ``url``; of several hosts all of them.

    The password is apart because a program's arguments are seen by everybody on the machine.
    """
    from psycopg.conninfo import make_conninfo

    made = make_url(url)
    _, said = made.get_dialect()().create_connect_args(made)
    password = str(said.pop("password", "") or "")
    said.pop("context", None)
    return make_conninfo("", **said), password
