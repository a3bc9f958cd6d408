"""A kiosk that is no hall's own: on every glass its screens fit, can be touched and read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assets.demo.screens import virtual_screen
from server.protocol.places import FONT_BOLD, ICONS
from tests.conftest import need
from tests.ui.kiosk_enrolments import TITLES

pytestmark = pytest.mark.screen
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What is wrong with each screen, in sentences."""
    need(shutil.which("Xvfb"), "Xvfb is not installed")
    need(FONT_BOLD.is_file(), "the fonts are not fetched: run 'make setup'")
    need((ICONS / "ticket.png").is_file(), "the icons are not made: run 'make setup'")
    folder = tmp_path_factory.mktemp("kiosk-enrolments")
    screen = virtual_screen(1920, 1080, folder / "screen")
    report = folder / "faults.json"
    try:
        drawn = subprocess.run(
            [sys.executable, "-m", "tests.ui.kiosk_enrolments", "--faults", str(report)],
            cwd=ROOT,
            env=os.environ | dict(screen.env) | {"KIVY_HOME": str(folder / "kivy")},
            capture_output=True,
            text=True,
            timeout=120,
        )
    finally:
        screen.close()
    assert report.is_file(), drawn.stderr[-2000:]
    told: dict[str, list[str]] = json.loads(report.read_text(encoding="utf-8"))
    return told


@pytest.mark.parametrize("title", TITLES)
def test_a_screen_of_pairing_fits_and_can_be_read(title: str, found: dict[str, list[str]]) -> None:
    assert found[title] == []
