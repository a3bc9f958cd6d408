"""The file of a backup: a gzipped tar with ``manifest.json`` first, then the members that it names by hash.

Members: ``database.sqlite`` or ``database.pgdump``, and ``settings/…`` as they lie in the data folder. The
file is for its owner alone: customers' names, keys and passwords are in it.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal, TypeAlias

from server.store.engine import sync_folder

from .facts import Facts, from_plain

MANIFEST = "manifest.json"
MANIFEST_LIMIT = 4 * 1024 * 1024
MEMBERS = 500
FORMAT = 1
SETTINGS = "settings/"
CHUNK = 1 << 20

Kind: TypeAlias = Literal["sqlite", "postgresql"]
DUMPS: Mapping[Kind, str] = {"sqlite": "database.sqlite", "postgresql": "database.pgdump"}


class BadBackup(Exception):
    """The file is none of ours, or not whole: its sentence says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    version: str
    """Of the program that made it."""
    at: datetime
    kind: Kind
    facts: Facts
    members: dict[str, str]
    """Name → SHA-256, hex."""


def digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def write(to: Path, manifest: Manifest, files: Mapping[str, Path]) -> None:
    """Write the backup to ``to``, whole or not at all. ``files``: the members by name."""
    fresh = to.with_name(f".{to.name}.partial")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            # The level: a database is mostly text that shrinks well at once, and backups are made at night.
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as tar:
                plain = {"format": FORMAT, **asdict(manifest), "at": manifest.at.isoformat()}
                told = json.dumps(plain, ensure_ascii=False, indent=1).encode()
                tar.addfile(_head(MANIFEST, len(told), manifest.at), io.BytesIO(told))
                for name, path in files.items():
                    with path.open("rb") as content:
                        tar.addfile(_head(name, path.stat().st_size, manifest.at), content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(to)
    finally:
        fresh.unlink(missing_ok=True)
    sync_folder(to.parent)


def _head(name: str, size: int, at: datetime) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.size, made.mtime, made.mode = size, int(at.timestamp()), 0o600
    return made


def unpack(file: Path, folder: Path) -> Manifest:
    """Lay the members of the backup ``file`` into ``folder`` and answer its manifest.

    Raises BadBackup for what is no whole backup; then nothing of it may be used. OSError as any reading does.
    """
    try:
        with tarfile.open(file, "r:gz") as tar:
            manifest = _manifest(tar)
            left = dict(manifest.members)
            while (member := tar.next()) is not None:
                told = left.pop(member.name, None)
                content = tar.extractfile(member) if member.isreg() else None
                if told is None or content is None:
                    raise BadBackup(f"{file} holds {member.name!r}, which its manifest does not name")
                with content:
                    found = _lay(content, folder / member.name)  # type: ignore[arg-type]
                if found != told:
                    raise BadBackup(
                        f"{file} is damaged: {member.name} is not what was put in. Take another backup"
                    )
            # What is cut off at its end is found here: the tar's own end and the checksum over all.
            if left:
                raise BadBackup(
                    f"{file} is cut short: {', '.join(sorted(left))} missing. Take another backup"
                )
            return manifest
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadBackup(f"{file} is no backup of Liqu, or cut short ({error}). Take another file") from error


def _manifest(tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    content = tar.extractfile(first) if first is not None and first.name == MANIFEST else None
    if first is None or content is None or first.size > MANIFEST_LIMIT:
        raise BadBackup(f"{tar.name!s} is no backup of Liqu: it does not begin with {MANIFEST}")
    try:
        plain = json.loads(content.read())
        if plain["format"] != FORMAT:
            raise BadBackup(f"{tar.name!s} is a backup of a newer version of Liqu: install that one first")
        members = {str(name): str(told) for name, told in plain["members"].items()}
        kind: Kind = "sqlite" if plain["kind"] == "sqlite" else "postgresql"
        if len(members) > MEMBERS or DUMPS[kind] not in members or not all(map(_ours, members)):
            raise BadBackup(f"{tar.name!s} names members that are not a backup's")
        at = datetime.fromisoformat(plain["at"])
        return Manifest(str(plain["version"]), at, kind, from_plain(plain["facts"]), members)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadBackup(f"{tar.name!s} is no backup of Liqu: its {MANIFEST} cannot be read") from error


def _ours(name: str) -> bool:
    """Whether a member may be called that: nothing leaves the folder it is laid into."""
    if name in DUMPS.values():
        return True
    path = PurePosixPath(name)
    return name == str(path) and name.startswith(SETTINGS) and ".." not in path.parts and "\0" not in name


def _lay(content: BinaryIO, to: Path) -> str:
    """Write ``content`` to ``to``, for its owner alone, and answer its SHA-256."""
    to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    hashed = hashlib.sha256()
    descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while chunk := content.read(CHUNK):
            hashed.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return hashed.hexdigest()
