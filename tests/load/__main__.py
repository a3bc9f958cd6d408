"""``make load``: play the scenes, print the table, write ``var/load.json``; 1 when a bound is not kept."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from tests.bench.__main__ import machine, table
from tests.bench.figures import Figure

from .scenes import City, Great, city, great

OUT = Path("var/load.json")


def asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make load LOAD=…", description=__doc__)
    parser.add_argument("scenes", nargs="*", help="hall, city (default: both)")
    hall, town = Great(), City()
    parser.add_argument("--counters", type=int, default=hall.counters, help="hall: windows")
    parser.add_argument("--boards", type=int, default=hall.boards, help="hall: boards")
    parser.add_argument("--phones", type=int, default=hall.phones, help="hall: phones that follow a ticket")
    parser.add_argument("--minutes", type=float, default=hall.minutes, help="hall: simulated minutes")
    parser.add_argument("--faster", type=float, default=hall.faster, help="hall: simulated seconds in one")
    parser.add_argument("--halls", type=int, default=town.halls, help="city: halls")
    parser.add_argument("--clients", type=int, default=town.clients, help="city: at work at once")
    parser.add_argument(
        "--seconds", type=float, default=town.seconds, help="city: for each number of processes"
    )
    parser.add_argument("--processes", default="1,2,4", help="city: numbers of server processes")
    parser.add_argument("--balance", default=town.balance, choices=("least_conn", "hall", "none"))
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    given = asked(arguments)
    uvloop.install()
    rows: list[Figure] = []
    told: dict[str, object] = {}
    if not given.scenes or "hall" in given.scenes:
        scene = Great(given.counters, given.boards, given.phones, 4, given.minutes, given.faster)
        more, told["hall"] = great(scene)
        rows += more
    if not given.scenes or "city" in given.scenes:
        some = tuple(int(one) for one in given.processes.split(","))
        town = replace(City(), halls=given.halls, clients=given.clients, seconds=given.seconds)
        more, told["city"] = city(replace(town, processes=some, balance=given.balance))
        rows += more
    when = datetime.now(UTC).date().isoformat()
    print(f"{when}, {machine()}\n\n{table(rows)}")
    OUT.parent.mkdir(exist_ok=True)
    figures = [asdict(one) | {"kept": one.kept} for one in rows]
    written = {"date": when, "machine": machine(), "figures": figures, "told": told}
    OUT.write_text(json.dumps(written, ensure_ascii=False, indent=2))
    return 1 if any(one.kept is False for one in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
