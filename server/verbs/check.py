"""Prove that the journal is whole, that each day's seal fits it, and that copies kept outside agree."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, select

from server.domain.seals import Signed
from server.seals.audit import Copy, Fault, Walked, faults, not_sealed_yet
from server.seals.files import FOLDER, read_copies
from server.seals.key import FILE, open_seal_key
from server.store import halls, journal, seals
from server.store import tables as t
from server.store.engine import open_engine, reading

from .telling import database, tell

HELP = "prove that the journal is whole and fits its seals"
MOST_TOLD = 20


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seals",
        type=Path,
        action="append",
        default=[],
        metavar="FOLDER_OR_FILE",
        help="seals that were kept outside this machine; may be given again",
    )
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        metavar="HEX",
        help="the public key that was noted outside this machine (else that of the data folder); "
        "may be given again, where the key was changed",
    )


def do(asked: argparse.Namespace) -> int:
    # On paper and on the page it stands in groups.
    noted = [key.replace(" ", "") for key in asked.key]
    for key in noted:
        if not _is_key(key):
            return tell(f"{key} is no public key: it has 64 signs, 0-9 and a-f")
    publics = noted or ([open_seal_key(asked.data).public] if (asked.data / FILE).exists() else [])
    copies, strange = _copies(asked.data, asked.seals)
    engine = open_engine(database(asked))
    found: list[tuple[Walked, list[Signed], list[Copy], list[Fault]]] = []
    try:
        with reading(engine).begin() as connection:
            for hall in halls.hall_ids(connection):
                rows = seals.listed(connection, hall)
                own = [copy for copy in copies if copy.signed.seal.hall == hall]
                walked = _walked(connection, hall, [*rows, *(copy.signed for copy in own)])
                found.append((walked, rows, own, faults(walked, rows, own, publics)))
    finally:
        engine.dispose()
    known = {walked.hall for walked, *_ in found}
    strange += [
        f"{copy.where} is of a hall that is not here" for copy in copies if copy.signed.seal.hall not in known
    ]
    for walked, *_ in found:
        verdict = "whole" if walked.broken_at is None else f"broken at line {walked.broken_at}"
        sys.stdout.write(f"{walked.hall}: the journal is {verdict}\n")
    if any(rows or own for _, rows, own, _ in found):
        _table(found)
    for walked, rows, _, wrong in found:
        for fault in wrong[:MOST_TOLD]:
            sys.stdout.write(f"{walked.hall}: {fault.said}\n")
        if len(wrong) > MOST_TOLD:
            sys.stdout.write(f"{walked.hall}: and {len(wrong) - MOST_TOLD} more\n")
        waiting = not_sealed_yet(walked, rows)
        if waiting:
            sys.stdout.write(
                f"{walked.hall}: not sealed yet: {waiting[0]} … {waiting[-1]} ({len(waiting)}); "
                "the server does it while it runs\n"
            )
    for said in strange:
        sys.stdout.write(f"{said}\n")
    return 1 if strange or any(wrong for *_, wrong in found) else 0


def _is_key(text: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(text))
    except ValueError:
        return False
    return True


def _copies(data: Path, outside: Sequence[Path]) -> tuple[list[Copy], list[str]]:
    """(the seals as files, here and outside; what is wrong with files). Raises OSError."""
    own = data / FOLDER
    copies, strange = [], []
    for path in (*([own] if own.is_dir() else []), *outside):
        for where, signed in read_copies(path):
            if signed is None:
                strange.append(f"{where} is no seal")
            else:
                copies.append(Copy(where, signed))
    return copies, strange


def _walked(connection: Connection, hall: str, named: Sequence[Signed]) -> Walked:
    """The hall's journal from its first line to its last, and what the seals name of it."""
    today = connection.execute(select(t.halls.c.day).where(t.halls.c.id == hall)).scalar_one()
    walked = Walked(hall, today)
    wanted = {one.seal.seq for one in named}

    def see(row: Any) -> None:
        walked.lines = row.seq
        if row.seq in wanted:
            walked.hashes[row.seq] = row.hash
        if row.kind == "day.ended":
            walked.ended[date.fromisoformat(row.subject)] = row.seq
        elif row.kind == "day.sealed":
            walked.sealed[date.fromisoformat(row.subject)] = halls.unpack(row.payload)["seal"]

    walked.broken_at = journal.check(connection, hall, see)
    return walked


def _table(found: Sequence[tuple[Walked, list[Signed], list[Copy], list[Fault]]]) -> None:
    heads = ("hall", "journal", "lines", "sealed days", "copies", "verdict")
    lines = [heads]
    for walked, rows, own, wrong in found:
        days = f"{rows[0].seal.day} … {rows[-1].seal.day} ({len(rows)})" if rows else "none"
        journal_is = "whole" if walked.broken_at is None else "BROKEN"
        verdict = "good" if not wrong else f"BROKEN from {wrong[0].day or f'line {walked.broken_at}'}"
        lines.append((walked.hall, journal_is, f"{walked.lines:,}", days, str(len(own)), verdict))
    wide = [max(len(line[at]) for line in lines) for at in range(len(heads))]
    for line in lines:
        sys.stdout.write(
            "  ".join(cell.ljust(width) for cell, width in zip(line, wide, strict=True)).rstrip()
        )
        sys.stdout.write("\n")
