"""A process that gives numbers until it is killed: ``python -m tests.unit.kiosk.giving_forever FOLDER``.

Each number is written to standard output once it may be shown; it is handed in to nobody.
"""

from __future__ import annotations

import os
import secrets
import sys
import uuid
from datetime import timedelta
from pathlib import Path

from kiosk import alone as a
from kiosk.standby import Standby
from tests.ui.kiosk_states import HOME, WALL
from tests.unit.kiosk.lending_hall import LendingHall


def main(folder: Path) -> None:
    kiosk = Standby(folder, new_id=lambda: uuid.uuid4().hex, new_code=lambda: secrets.token_hex(8).upper())
    if not kiosk.remembers:
        lent = LendingHall(most=400).leases(remembers=True)
        assert lent is not None
        kiosk.lend(lent, timedelta())
    while True:
        for service in HOME.services:
            ticket = kiosk.give(a.GiveAlone("k", service.id, "zh"), HOME, WALL)
            if ticket is not None:
                os.write(1, f"{ticket.number}\n".encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
