"""Prove that nobody changed the journal."""

from __future__ import annotations

import argparse
import sys

from server.store import halls, journal
from server.store.engine import open_engine, reading

from .telling import database

HELP = "prove that the journal is whole"


def options(parser: argparse.ArgumentParser) -> None:
    """None of its own."""


def do(asked: argparse.Namespace) -> int:
    engine = open_engine(database(asked))
    broken = False
    with reading(engine).begin() as connection:
        for hall in halls.hall_ids(connection):
            at = journal.check(connection, hall)
            broken = broken or at is not None
            verdict = "whole" if at is None else f"broken at line {at}"
            sys.stdout.write(f"{hall}: the journal is {verdict}\n")
    engine.dispose()
    return 1 if broken else 0
