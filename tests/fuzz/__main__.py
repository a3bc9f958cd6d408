"""``python -m tests.fuzz [--seconds N] [--seed N] [TARGET…]``: feeds each target; 1 when one broke.

An input that breaks a target is written to var/fuzz/ and named; it then belongs into the target's seeds.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import sys
import time
import traceback
from pathlib import Path
from random import Random

from .mutate import mutated
from .targets import Target, quiet, targets

OUT = Path(__file__).resolve().parents[2] / "var" / "fuzz"
ROOM = 1 << 30
"""Bytes that a target may make the process grow by: more ends in MemoryError, which is a defect."""


def fed(target: Target, dice: Random, until: float) -> tuple[int, list[str]]:
    """How many inputs it was given until the clock says ``until``, and what broke it."""
    count, broken = 0, []
    while time.monotonic() < until and len(broken) < 5:
        data = mutated(target.seeds, dice)
        count += 1
        try:
            target.feed(data)
        except Exception:
            OUT.mkdir(parents=True, exist_ok=True)
            path = OUT / f"{target.name}-{hashlib.sha256(data).hexdigest()[:12]}"
            path.write_bytes(data)
            broken.append(f"{path}\n{traceback.format_exc(limit=-3)}")
    return count, broken


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=30, help="for each target")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args()
    quiet()
    here = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (here + ROOM, resource.RLIM_INFINITY))
    seed = asked.seed if asked.seed is not None else time.time_ns()
    bad = 0
    for target in targets():
        if asked.names and target.name not in asked.names:
            continue
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.monotonic()
        count, broken = fed(target, Random(seed), began + asked.seconds)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
        print(
            f"{target.name:<10} {count:>8} inputs, {len(broken)} broke it, memory +{grown} MiB (seed {seed})"
        )
        for told in broken:
            print(told)
        bad += bool(broken)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
