"""Files in the database (photos, certificates): in the same transaction and backup as what they belong to."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, insert, select

from . import tables as t


@dataclass(frozen=True, slots=True)
class File:
    id: str
    hall: str
    kind: Literal["photo", "certificate"]
    subject: str
    """The id or code of what it belongs to."""
    media: str
    content: bytes
    made_at: datetime
    made_by: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def add(connection: Connection, file: File) -> None:
    row = {name: getattr(file, name) for name in File.__dataclass_fields__}
    connection.execute(insert(t.files).values(row | {"size": len(file.content), "sha256": file.sha256}))


def find(connection: Connection, hall: str, id: str) -> File | None:
    table = t.files.c
    row = connection.execute(select(t.files).where(table.hall == hall, table.id == id)).one_or_none()
    if row is None:
        return None
    return File(**{name: getattr(row, name) for name in File.__dataclass_fields__})


def of_subject(connection: Connection, hall: str, subject: str) -> list[tuple[str, str, datetime]]:
    """(id, media type, when) of each file of a subject, the oldest first; without what is in them."""
    table = t.files.c
    rows = connection.execute(
        select(table.id, table.media, table.made_at)
        .where(table.hall == hall, table.subject == subject)
        .order_by(table.made_at, table.id)
    )
    return [(row.id, row.media, row.made_at) for row in rows]


def of_subjects(
    connection: Connection, hall: str, subjects: Sequence[str], media: str
) -> dict[str, list[tuple[str, datetime]]]:
    """Subject → (id, when) of its files of that media type, the oldest first; without what is in them."""
    table = t.files.c
    rows = connection.execute(
        select(table.subject, table.id, table.made_at)
        .where(table.hall == hall, table.subject.in_(list(subjects)), table.media == media)
        .order_by(table.made_at, table.id)
    )
    found: dict[str, list[tuple[str, datetime]]] = {}
    for row in rows:
        found.setdefault(row.subject, []).append((row.id, row.made_at))
    return found


def holding(connection: Connection, hall: str, sha256: str) -> tuple[str, str] | None:
    """(kind, subject) of the file with that digest, byte for byte; None: this hall made no such file."""
    table = t.files.c
    row = connection.execute(
        select(table.kind, table.subject).where(table.hall == hall, table.sha256 == sha256).limit(1)
    ).one_or_none()
    return None if row is None else (row.kind, row.subject)
