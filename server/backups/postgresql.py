"""PostgreSQL: copied by pg_dump in one snapshot, brought back by pg_restore in one transaction.

Everything of ours is in the schema ``public``. A restore gives the one that is there another name
(``before_restore_…``) and makes a new one, which whoever owns the database may do.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from server.store.engine import open_engine, reading
from server.store.libpq import libpq

from .archive import Kind
from .databases import Refusing
from .facts import Facts, differs, facts_of

SCHEMA = "public"
DEBIAN = Path("/usr/lib/postgresql")


class PostgresqlDatabase:
    kind: Kind = "postgresql"

    def __init__(self, url: str) -> None:
        self._url = url
        self._address, self._password = libpq(url)

    def copy(self, to: Path) -> Facts:
        engine = open_engine(self._url)
        try:
            with reading(engine).begin() as connection:
                # It only looks on while pg_dump works on its snapshot, and that may take its time.
                connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
                snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
                asked = ["--format=custom", f"--schema={SCHEMA}", "--no-owner", "--no-privileges"]
                self._run(
                    "pg_dump", *asked, f"--snapshot={snapshot}", f"--file={to}", f"--dbname={self._address}"
                )
                facts = facts_of(connection)
        except SQLAlchemyError as error:
            raise Refusing(f"the database cannot be copied: {getattr(error, 'orig', error)}") from error
        finally:
            engine.dispose()
        to.chmod(0o600)
        return facts

    def tried(self, dump: Path, told: Facts, folder: Path) -> str | None:
        self._run("pg_restore", "--list", str(dump))
        name = f"liqu_tryout_{uuid.uuid4().hex[:12]}"
        try:
            with self._admin() as connection:
                connection.execute(
                    sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
                )
        except psycopg.errors.InsufficientPrivilege:
            return "its user may not make a database to try it in (ALTER ROLE … CREATEDB)"
        url = make_url(self._url).set(database=name).render_as_string(hide_password=False)
        try:
            self._restore(dump, libpq(url)[0])
            with looking_at(url) as looked:
                found = differs(looked, told)
        finally:
            with self._admin() as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        if found is not None:
            raise Refusing(f"the copy is not good: {found}")
        return None

    def occupied(self) -> list[str]:
        with self._admin() as connection:
            if not _tables(connection):
                return []
            try:
                return [id for (id,) in connection.execute("SELECT id FROM public.halls ORDER BY id")]
            except psycopg.errors.UndefinedTable:
                # Somebody else's tables.
                return ["?"]

    def in_use(self) -> bool:
        with self._admin() as connection:
            others = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            ).fetchone()
        return bool(others and others[0])

    @contextmanager
    def bring(self, dump: Path, aside: datetime) -> Iterator[str]:
        kept = f"before_restore_{aside:%Y%m%d_%H%M%S}"
        there, old, new = False, sql.Identifier(kept), sql.Identifier(SCHEMA)
        try:
            with self._admin() as connection, connection.transaction():
                there = _tables(connection)
                if there:
                    connection.execute(sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(new, old))
                connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(new))
        except psycopg.errors.InsufficientPrivilege as error:
            raise Refusing(
                "its user may not give the schema another name: make an empty database that the user owns,"
                " and restore into that one (--database)"
            ) from error
        try:
            self._restore(dump, self._address)
            yield f"schema {kept}" if there else ""
        except BaseException:
            with self._admin() as connection, connection.transaction():
                connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(new))
                back = sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(old, new)
                connection.execute(back if there else sql.SQL("CREATE SCHEMA {}").format(new))
            raise

    def differs(self, told: Facts) -> str | None:
        with looking_at(self._url) as connection:
            return differs(connection, told)

    def _restore(self, dump: Path, address: str) -> None:
        asked = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
        self._run("pg_restore", *asked, f"--schema={SCHEMA}", f"--dbname={address}", str(dump))

    def _admin(self) -> psycopg.Connection:
        try:
            return psycopg.connect(self._address, password=self._password or None, autocommit=True)
        except psycopg.OperationalError as error:
            raise Refusing(f"the database cannot be reached: {error}") from error

    def _run(self, program: str, *asked: str) -> None:
        path = _programs() / program
        known = {**os.environ, "LC_ALL": "C.UTF-8"}
        if self._password:
            known["PGPASSWORD"] = self._password
        done = subprocess.run([path, *asked], capture_output=True, text=True, env=known)  # noqa: S603
        if done.returncode:
            # Its first line says what it is; none of them repeats a row.
            said = re.sub(r"\s+", " ", done.stderr).strip()[:300]
            raise Refusing(f"{program} failed: {said}")


def _programs() -> Path:
    """The folder of the newest pg_dump: it copies from every older server."""
    numbered = [one for one in DEBIAN.glob("*/bin") if (one / "pg_dump").exists()]
    newest = max(numbered, key=lambda one: float(one.parent.name), default=None)
    found = shutil.which("pg_dump")
    if newest is None and found is None:
        raise Refusing("pg_dump is not there: install postgresql-client")
    return newest or Path(found or "").parent


def _tables(connection: psycopg.Connection) -> bool:
    """Whether anything is in the schema."""
    found = connection.execute(
        "SELECT EXISTS (SELECT FROM information_schema.tables WHERE table_schema = %s)", (SCHEMA,)
    ).fetchone()
    return bool(found and found[0])


@contextmanager
def looking_at(url: str) -> Iterator[Connection]:
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    try:
        with reading(engine).begin() as connection:
            yield connection
    finally:
        engine.dispose()
