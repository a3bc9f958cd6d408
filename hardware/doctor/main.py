"""``liqu-doctor kiosk|display --config FILE``, ``liqu-doctor server --data DIR``: what to put right.

Which parts a machine has is said in its program's own settings, so each program brings its doctor (an entry
point of the group ``liqu.doctors``); this file knows none of them.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from importlib.metadata import entry_points

from .finding import Doctor, Finding, Grade, Unreadable, examine

GROUP = "liqu.doctors"
MARKS: dict[Grade, str] = {"well": "  ok  ", "hint": " NOTE ", "fault": " FAIL "}


def main(arguments: Sequence[str] | None = None) -> int:
    """0: all is well; 1: something is to be done; 2: the settings can't be read, or nothing was asked."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    doctors = {one.name: one for one in entry_points(group=GROUP)}
    if not given or given[0] not in doctors:
        known = "|".join(sorted(doctors))
        sys.stderr.write(
            f"liqu-doctor {known}: say which machine this is; 'liqu-doctor kiosk --help' tells more\n"
        )
        return 2
    # What is found is said here, once; a library that tells its own besides would bury it.
    os.environ.setdefault("KIVY_NO_CONSOLELOG", "1")
    logging.disable(logging.CRITICAL)
    doctor: Doctor = doctors[given[0]].load()
    try:
        checks = doctor(given[1:])
    except Unreadable as error:
        sys.stderr.write(f"liqu-doctor: {error}\n")
        return 2
    faults = hints = 0
    for finding in examine(checks):
        sys.stdout.write(line(finding))
        sys.stdout.flush()
        faults += finding.grade == "fault"
        hints += finding.grade == "hint"
    sys.stdout.write(summary(faults, hints))
    return 1 if faults else 0


def line(finding: Finding) -> str:
    """One finding as it is printed: its mark and part, how it is, and below it what to do."""
    said = f"{MARKS[finding.grade]} {finding.part:<14} {finding.said}\n"
    return said + (f"{'':<22} -> {finding.remedy}\n" if finding.remedy else "")


def summary(faults: int, hints: int) -> str:
    if faults:
        return f"\n{faults} to put right, {hints} to know of.\n"
    return f"\nAll is well{f', {hints} to know of' if hints else ''}.\n"


if __name__ == "__main__":
    sys.exit(main())
