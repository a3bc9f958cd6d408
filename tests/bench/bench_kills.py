"""Figures of a storm: the server killed a thousand times, the kiosk two hundred, at any moment under load.

``KILLS=100,20`` in the environment makes it smaller. A promise that is broken ends the storm with a failure.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.integration.storm.kills import storm_of_kills
from tests.integration.storm.processes import Starter

from .figures import Figure
from .kiosk_kills import kill_kiosks

SERVER, KIOSK = 1000, 200
A_STORM = 100
"""Kills in one storm: each begins with a hall of its own, as a day does."""


def none(name: str, count: int, of: str) -> Figure:
    """What there may be none of."""
    return Figure(name, f"{count} of {of}", "0", float(count), at_most=0)


def server(kills: int) -> list[Figure]:
    start = Starter()
    done = answers = tickets = calls = again = labels = copies = certificates = asked = 0
    began = time.monotonic()
    try:
        while done < kills:
            with tempfile.TemporaryDirectory(prefix="liqu-kills-") as name:
                told = storm_of_kills(start, Path(name), min(A_STORM, kills - done), seed=done + 1)
            # The last of a storm's kills ends it.
            done += told.kills - 1
            answers += len(told.book.answers)
            tickets += sum(one.status == 201 for one in told.book.answers)
            asked += told.book.asked_again
            calls += told.calls
            again += told.twice
            labels += told.papers.labels
            copies += told.papers.copies
            certificates += told.papers.certificates
            print(f"{done} kills of the server in {time.monotonic() - began:.0f} s", flush=True)
    finally:
        start.end()
    # A difference of any kind would have ended the storm: what is left to say is of how many.
    return [
        Figure(f"{done} SIGKILLs of the server: commands answered", f"{answers}, {asked} asked again"),
        none("tickets acknowledged and lost", 0, f"{tickets}"),
        none("numbers repeated", 0, f"{tickets}"),
        none("calls announced twice", again, f"{calls}"),
        none("labels miscounted", 0, f"{labels}"),
        none("certificates issued twice or not at all", 0, f"{certificates}"),
        none("printed copies miscounted", 0, f"{copies}"),
    ]


def kiosk(kills: int) -> list[Figure]:
    if shutil.which("Xvfb") is None:
        return [Figure("SIGKILLs of the kiosk", "not measured: Xvfb is not installed (make setup)")]
    with tempfile.TemporaryDirectory(prefix="liqu-kills-") as name:
        told = kill_kiosks(Path(name), kills)
    return [
        Figure(
            f"{told.kills} SIGKILLs of the kiosk: tickets shown, labels", f"{told.tickets}, {told.labels}"
        ),
        none("kiosk: tickets shown and lost", told.lost, f"{told.tickets}"),
        none("kiosk: numbers shown twice", told.twice, f"{told.tickets}"),
        none("kiosk: labels miscounted", told.miscounted, f"{told.labels}"),
    ]


def run() -> Sequence[Figure]:
    wanted = (os.environ.get("KILLS") or f"{SERVER},{KIOSK}").split(",")
    return [*server(int(wanted[0])), *kiosk(int(wanted[-1]))]
