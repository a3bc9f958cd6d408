"""The kiosk killed while it is touched; ``make kills`` does it two hundred times."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.bench.kiosk_kills import kill_kiosks
from tests.conftest import need

KILLS = 4


@pytest.mark.screen
def test_a_kiosk_that_is_killed_loses_no_ticket_and_miscounts_no_label(tmp_path: Path) -> None:
    need(shutil.which("Xvfb"), "Xvfb is not installed")
    told = kill_kiosks(tmp_path, KILLS, seed=3)
    assert told.kills == KILLS
    assert told.tickets + told.labels > 0, "it was never touched"
    assert (told.lost, told.twice, told.miscounted) == (0, 0, 0)
