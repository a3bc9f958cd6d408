"""Run every figure, print the table, write ``var/bench.json``; exit 1 when a bound is not kept."""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import psutil

from .figures import Figure

PARTS = (
    "bench_server",
    "bench_booking",
    "bench_kiosk",
    "bench_returning",
    "bench_codes",
    "bench_labels",
    "bench_certificates",
    "bench_cases",
    "bench_network",
)
OUT = Path("var/bench.json")


def table(figures: list[Figure]) -> str:
    rows = ["| figure | measured | yardstick | ratio | bound |", "|---|---|---|---|---|"]
    for one in figures:
        bound = f"≤ {one.at_most}" if one.at_most is not None else ""
        bound = f"≥ {one.at_least}" if one.at_least is not None else bound
        mark = {True: " ✓", False: " ✗", None: ""}[one.kept]
        ratio = f"{one.ratio:.2f}" if one.ratio is not None else ""
        rows.append(f"| {one.name} | {one.value} | {one.yardstick} | {ratio} | {bound}{mark} |")
    return "\n".join(rows)


def machine() -> str:
    """What is measured on."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.platform()}, Python {platform.python_version()}"
    )


def main(parts: list[str]) -> int:
    figures: list[Figure] = []
    for part in parts or PARTS:
        figures += importlib.import_module(f"tests.bench.{part}").run()
    when = datetime.now(UTC).date().isoformat()
    print(f"{when}, {machine()}\n\n{table(figures)}")
    OUT.parent.mkdir(exist_ok=True)
    rows = [asdict(one) | {"kept": one.kept} for one in figures]
    OUT.write_text(
        json.dumps({"date": when, "machine": machine(), "figures": rows}, ensure_ascii=False, indent=2)
    )
    return 1 if any(one.kept is False for one in figures) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
