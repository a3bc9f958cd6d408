"""Take a backup, and bring one back."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from server import __version__
from server.services.machine import LAST_BACKUP, backup_word
from server.store.engine import known_schemas, sync_folder
from server.store.holding import owned_as

from . import archive
from .archive import DUMPS, SETTINGS, Manifest
from .databases import Database, Refusing
from .folder import settings_in

NAME = "liqu-{:%Y%m%d-%H%M%S}.tar.gz"
OURS = "liqu-????????-??????.tar.gz"
WORK = ".liqu-backup-"


@dataclass(frozen=True, slots=True)
class Taken:
    file: Path
    manifest: Manifest
    untried: str | None
    """Why it could not be tried out by restoring it; None: it was."""


def take(database: Database, data: Path, to: Path, now: datetime) -> Taken:
    """A backup of ``database`` and of the settings in ``data`` in the file ``to``, or in the folder ``to``
    under a name of its own; then read back from the disk and tried out.

    Raises Refusing, OSError; then there is no file.
    """
    file = to / NAME.format(now) if to.is_dir() else to
    if file.exists():
        raise Refusing(f"{file} is there already: name another file, or a folder")
    with working_in(file.parent) as work:
        dump = work / "dump"
        facts = database.copy(dump)
        files = {DUMPS[database.kind]: dump}
        # Copied first: what is hashed and what is packed must be the same, whoever edits them meanwhile.
        for name, path in settings_in(data).items():
            kept = work / f"settings-{len(files)}"
            kept.write_bytes(path.read_bytes())
            files[SETTINGS + name] = kept
        members = {name: archive.digest(path) for name, path in files.items()}
        manifest = Manifest(__version__, now, database.kind, facts, members)
        archive.write(file, manifest, files)
        try:
            (work / "again").mkdir()
            read = archive.unpack(file, work / "again")
            dump.unlink()
            untried = database.tried(work / "again" / DUMPS[database.kind], read.facts, work)
        except (archive.BadBackup, Refusing):
            file.unlink(missing_ok=True)
            raise
    return Taken(file, manifest, untried)


def keep_newest(folder: Path, many: int) -> list[Path]:
    """Remove the backups in ``folder`` but the newest ``many``; which ones."""
    old = sorted(folder.glob(OURS))[: -max(1, many)]
    for file in old:
        file.unlink()
    return old


def leave_word(data: Path, at: datetime, file: Path, fault: str | None) -> None:
    """For the health page: how the last backup went, and which was the last good one."""
    word: dict[str, object] = {"at": at.isoformat(), "file": str(file.resolve()), "ok": fault is None}
    if fault is not None:
        good = backup_word(data)
        word |= {"fault": fault, "before": {"at": good[0].isoformat(), "file": good[1]} if good else None}
    fresh = data / f".{LAST_BACKUP}.{os.getpid()}"
    fresh.write_text(json.dumps(word, ensure_ascii=False) + "\n", encoding="utf-8")
    owned_as(fresh, data)
    fresh.replace(data / LAST_BACKUP)


@contextmanager
def working_in(folder: Path) -> Iterator[Path]:
    """A folder for the time of the work; what a work that was killed left is cleared away."""
    for left in folder.glob(f"{WORK}*"):
        if datetime.now(UTC).timestamp() - left.stat().st_mtime > 86_400:
            shutil.rmtree(left, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=WORK, dir=folder))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def restore(
    database: Database, data: Path, file: Path, now: datetime, *, replace: bool
) -> tuple[Manifest, str]:
    """Bring the backup ``file`` into ``database`` and ``data``; its manifest, and where all that was is now.

    Raises BadBackup, Refusing, OSError; then everything is as it was.
    """
    with working_in(data) as work:
        manifest = archive.unpack(file, work)
        if manifest.kind != database.kind:
            other = "--database postgresql+psycopg://…" if manifest.kind == "postgresql" else "no --database"
            raise Refusing(f"{file} is of a {manifest.kind} database: restore it with {other}")
        if manifest.facts.revision not in known_schemas():
            raise Refusing(f"{file} is of a newer version (Liqu {manifest.version}): install that one first")
        dump = work / DUMPS[manifest.kind]
        database.tried(dump, manifest.facts, work)
        halls = database.occupied()
        if halls and not replace:
            there = "a database that cannot be read" if halls == ["?"] else f"a hall ({', '.join(halls)})"
            raise Refusing(f"there is {there} already. With --replace it is moved aside first")
        if database.in_use():
            raise Refusing("somebody is connected to the database: stop the servers first")
        with database.bring(dump, now) as kept:
            found = database.differs(manifest.facts)
            if found is not None:
                raise Refusing(f"what was restored is not what was backed up: {found}")
            _settings(work / SETTINGS, data, data / f"before-restore-{now:%Y%m%d-%H%M%S}")
    return manifest, kept


def _settings(fresh: Path, data: Path, aside: Path) -> None:
    """Put the settings in place; those that differ go aside first."""
    moved: list[tuple[Path, Path | None]] = []
    try:
        for path in sorted(one for one in fresh.rglob("*") if one.is_file()):
            name = path.relative_to(fresh)
            to = data / name
            to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            kept = None
            if to.exists():
                kept = aside / name
                kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                os.replace(to, kept)
            moved.append((to, kept))
            os.replace(path, to)
            owned_as(to, data)
            sync_folder(to.parent)
    except BaseException:
        for to, kept in reversed(moved):
            to.unlink(missing_ok=True)
            if kept is not None:
                os.replace(kept, to)
        raise
