"""Tell which time it is for the machine and for the halls; ``--right``: the machine's clock is right.

A running server that does not go by the machine's clock, because it leapt, goes by it again after that.
"""

from __future__ import annotations

import argparse
import sys

from server.services.clock import utc_now, vouched_for
from server.store.engine import open_engine, reading
from server.store.journal import last_instant

from .telling import database, for_us_alone

HELP = "tell the time, or that the machine's clock is right"
RIGHT = "clock-is-right"
"""The file that tells a running server."""


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--right", action="store_true", help="you looked: the machine's clock is right")


def do(asked: argparse.Namespace) -> int:
    engine = open_engine(database(asked))
    with reading(engine).begin() as connection:
        last = last_instant(connection)
    engine.dispose()
    now = utc_now()
    vouched = "set by a time server" if vouched_for() else "no time server vouches for it"
    sys.stdout.write(f"the machine's clock: {now:%Y-%m-%d %H:%M:%S} UTC ({vouched})\n")
    sys.stdout.write(
        f"the journal's last line: {last:%Y-%m-%d %H:%M:%S} UTC\n" if last else "no journal yet\n"
    )
    if not asked.right:
        return 0
    if last is not None and now < last:
        sys.stdout.write("the machine's clock is before the journal's last line: set it first\n")
        return 1
    for_us_alone(asked.data / RIGHT, b"")
    sys.stdout.write("a running server goes by it from now on\n")
    return 0
