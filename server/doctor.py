"""``liqu-doctor server``: the machine that a hall's server runs on."""

from __future__ import annotations

import argparse
import os
import socket
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from hardware.doctor import parts
from hardware.doctor.finding import Check, Finding, Unreadable, fault, hint, well
from server.certificates.settings import FILE as SIGNING
from server.certificates.settings import SettingsError as SigningError
from server.certificates.settings import read_signer
from server.channels.settings import FILE as CHANNELS
from server.channels.settings import SettingsError, read_settings
from server.seals.key import SealKeyError, open_seal_key
from server.services.machine import LOW, last_backup
from server.store import halls, journal
from server.store.engine import open_engine, reading, sqlite_url

BACKUP_OLD = timedelta(days=2)


def doctor(arguments: Sequence[str]) -> Sequence[Check]:
    """``hardware.doctor.finding.Doctor`` for a server."""
    parser = argparse.ArgumentParser(prog="liqu-doctor server", description="Looks at a server's machine.")
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument("--database", default="", help="postgresql+psycopg://… (else SQLite in the folder)")
    parser.add_argument("--port", type=int, default=8600)
    asked = parser.parse_args(arguments)
    if not asked.data.is_dir():
        raise Unreadable(f"{asked.data} is not there: run 'liqu-server init --data {asked.data}' first")
    url = asked.database or sqlite_url(asked.data)
    return (
        Check("data folder", lambda: _folder(asked.data)),
        Check("database", lambda: _database(url)),
        Check("channels", lambda: _channels(asked.data)),
        Check("signing", lambda: _signing(asked.data)),
        Check("seal key", lambda: _seal(asked.data)),
        Check("backup", lambda: _backup(asked.data)),
        Check("port", lambda: _port(asked.port)),
        Check("clock", _clock),
    )


def _folder(data: Path) -> Iterator[Finding]:
    yield from parts.folder(data, "data folder")
    loose = data.stat().st_mode & 0o007
    if loose:
        yield hint("data folder", f"{data} is open to everybody on this machine", f"chmod o-rwx {data}")
    usage = os.statvfs(data)
    if usage.f_bavail * usage.f_frsize < LOW:
        yield fault(
            "disk", f"less than {LOW >> 20} MB are free", "make room now: numbers stop when the disk is full"
        )


def _database(url: str) -> Iterator[Finding]:
    part = "database"
    engine = open_engine(url)
    try:
        with reading(engine).begin() as connection:
            names = halls.hall_ids(connection)
            broken = {hall: journal.check(connection, hall) for hall in names}
    except SQLAlchemyError as error:
        yield fault(
            part,
            f"it can't be used: {error.__cause__ or error}",
            "restore the last backup: liqu-server restore",
        )
        return
    finally:
        engine.dispose()
    if not names:
        yield hint(part, "it has no hall yet", "liqu-server init --demo makes one to try")
    for hall, at in broken.items():
        if at is None:
            yield well("journal", f"{hall}: whole")
        else:
            yield fault(
                "journal", f"{hall}: broken at line {at}", "keep everything as it is; call who audits you"
            )
    yield well(part, f"{len(names)} hall(s)")


def _channels(data: Path) -> Iterator[Finding]:
    try:
        settings = read_settings(data)
    except SettingsError as error:
        yield fault("channels", str(error), f"correct {data / CHANNELS}")
        return
    if (data / CHANNELS).exists():
        yield well("channels", f"{len(settings.channels)} channel(s) to customers")
    else:
        yield hint("channels", "there is no channels.toml", "without it nobody is told by message")


def _signing(data: Path) -> Iterator[Finding]:
    try:
        signer = read_signer(data)
    except SigningError as error:
        yield fault("signing", str(error), f"correct {data / SIGNING}")
        return
    if signer is None:
        yield hint("signing", f"there is no {SIGNING}", "certificates carry 样张 until there is a key")
    else:
        yield well("signing", "the key for certificates can be used")


def _seal(data: Path) -> Iterator[Finding]:
    try:
        key = open_seal_key(data)
    except SealKeyError as error:
        yield fault("seal key", str(error), "bring seal-key.pem back from a backup")
        return
    yield well("seal key", f"public key {key.public}")


def _backup(data: Path) -> Iterator[Finding]:
    last = last_backup(data)
    if last is None:
        yield fault("backup", "there has been none", "enable liqu-backup.timer, or run liqu-server backup")
    elif datetime.now(UTC) - last > BACKUP_OLD:
        yield fault(
            "backup", f"the last is of {last:%Y-%m-%d %H:%M} UTC", "look at: journalctl -u liqu-backup"
        )
    else:
        yield well("backup", f"the last is of {last:%Y-%m-%d %H:%M} UTC")


def _port(port: int) -> Iterator[Finding]:
    with socket.socket() as probe:
        probe.settimeout(2)
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            yield well("port", f"something answers at {port}")
        else:
            yield hint("port", f"nothing answers at {port}", "systemctl start liqu-server")


def _clock() -> Iterator[Finding]:
    synchronised = Path("/run/systemd/timesync/synchronized")
    chrony = Path("/run/chrony/chronyd.sock")
    if synchronised.exists() or chrony.exists():
        yield well("clock", "it is kept by the network's time")
    else:
        yield hint("clock", "nothing is seen to keep it right", "timedatectl set-ntp true")
