"""Every state of the display, set in the real typeface: nothing cut, nothing over anything else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from server.protocol.places import FONT_BOLD
from tests.conftest import need
from tests.ui.display_states import STATES

ROOT = Path(__file__).resolve().parents[2]
SIZES = ("1920x1080", "1280x720", "1366x768", "3840x2160", "1920x1200", "1080x1920", "720x1280", "1200x1920")


@pytest.fixture(scope="module")
def told() -> dict[str, list[str]]:
    """What does not fit, by size and state; all measured by one process."""
    need(FONT_BOLD.is_file(), "the typeface is not there: run 'make setup'")
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.display_measure", *SIZES],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.screen
@pytest.mark.parametrize("size", SIZES)
def test_nothing_on_the_display_is_cut_shrunk_away_or_overlaps(told: dict[str, list[str]], size: str) -> None:
    here = {name: faults for name, faults in told.items() if name.startswith(f"{size} ")}
    assert len(here) == len(STATES)
    assert {name: faults for name, faults in here.items() if faults} == {}
