"""Asks whether any package of the lock has a known vulnerability: ``python assets/setup/audit.py [--must]``.

The lock is asked about as a whole, in one request, by uv's own audit (source: OSV; ``LIQU_AUDIT_URL`` names a
mirror of it). What is found fails the run. A source that cannot be reached is said loudly, and fails it only
with ``--must``: a hall's network often reaches packages and nothing else, and a build is no weather vane.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IGNORED = Path(__file__).with_name("audit-ignored.json")
"""Identifier of a vulnerability → why it does not touch us, and until when that was looked at."""
FOUND, UNREACHABLE = 1, 3
SECONDS = 120


def uv() -> str | None:
    """uv as set-up has installed it, else that of the machine."""
    ours = ROOT / "var" / "tools" / "bin" / "uv"
    return str(ours) if ours.exists() else shutil.which("uv")


def asked(program: str, lock: Path) -> tuple[int, str]:
    """(0: none, 1: found, else: could not ask; what it said)."""
    command = [program, "audit", "--frozen", "--preview-features", "audit", "--project", str(lock.parent)]
    if url := os.environ.get("LIQU_AUDIT_URL"):
        command += ["--service-url", url]
    for identifier in json.loads(IGNORED.read_text(encoding="utf-8")):
        command += ["--ignore", identifier]
    environment = {**os.environ, "UV_HTTP_TIMEOUT": "15", "UV_HTTP_RETRIES": "1", "UV_NO_CONFIG": "1"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=SECONDS, env=environment
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return 2, str(error)
    return done.returncode, (done.stdout + done.stderr).strip()


def main(arguments: Sequence[str], lock: Path = ROOT / "uv.lock") -> int:
    program = uv()
    status, said = (2, "uv is not installed") if program is None else asked(program, lock)
    if status == 0:
        print("audit:", said.splitlines()[-1] if said else "nothing found")
        return 0
    if status == FOUND:
        print(said, file=sys.stderr)
        print(
            "\naudit failed: take a version without it (make lock UPGRADE=1), or write into "
            f"assets/setup/{IGNORED.name} why it does not touch us",
            file=sys.stderr,
        )
        return FOUND
    print(f"NOT AUDITED: known vulnerabilities could not be asked for.\n  {said[:400]}", file=sys.stderr)
    return UNREACHABLE if "--must" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
